"""The threads of a run; knows protocols only.

- `pipeline`: puts the threads together.
- `source_runner`, `backoff`, `playback`: the decode thread; when a lost source is tried again;
  what the user asks for while a file plays.
- `prepared`: a model that is ready to be opened.
- `model_switch`, `pool_state`, `worker_pool`, `worker`: which pool serves the run, where each pool
  is in its life, the workers of one, and what a worker does with a frame.
- `deployment`: which workers of a pool take frames, and where they run.
- `picture_use`: how long the picture of a frame is needed, and who sees it meanwhile.
- `tracker`: what numbers the objects.
- `tiled`: a frame in tiles, which several workers share.
- `core_turn`: when a worker takes its frame from a live source.
- `live_order`: the order of what workers make of a live source.
- `outlet`, `emit`: how outcomes are worked off by the worker that brings one, and what becomes of
  them.
- `sink_runner`, `frame_feed`: the thread of a sink, and how it gets every frame of a live source.
- `coded_group`: what a copy of a live source that begins now needs of its past.
- `ledger`: the book of the run; it alone knows whether the run is ending.
- `channels`, `threads`: what threads hand each other through; how they are started and end.
"""
