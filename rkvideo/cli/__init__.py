"""The words of the command line, the run without a window, what the window is served.

- `main`, `commands`: the exit codes, and a function for each command.
- `arguments`, `words`: the words of a call, and all that can be said.
- `typed_source`: where a source comes from, and hiding its password.
- `view`, `run`, `headless`, `run_report`: the window; the run without one, and what it tells.
- `models`, `model_tables`: `models list`, `info` and `fetch`.
- `outputs`, `recording`: the files that a call asks for; where `--record` leads, and its recorders.
- `completion`: the words, for a shell.
- `__main__`: `python -m rkvideo.cli`.
- `window_services`: what the program does for its window.
"""
