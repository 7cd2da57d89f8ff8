"""The threads of a run; knows protocols only.

- `pipeline`: puts the threads together.
- `source_runner`, `backoff`, `playback`: the decode thread; when a lost source is tried again;
  when a frame of a file is due.
- `prepared`: a model that is ready to be opened.
- `model_switch`, `worker_pool`, `worker`: which pool serves the run, the workers of one pool, and
  what a worker does with a frame.
- `core_turn`: when a worker takes its frame from a live source.
- `live_order`: the order of what workers make of a live source.
- `emit`, `sink_runner`: the emit thread, and the thread of a sink.
- `ledger`: the book of the run.
- `channels`, `threads`: what threads hand each other through, and how they end.
"""
