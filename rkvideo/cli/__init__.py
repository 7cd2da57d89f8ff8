"""The words of the command line, the run without a window, what the window is served.

- `main`, `arguments`: a function for each command, and the words.
- `headless`: `run`, without a window.
- `model_tables`: `models list` and `models info`.
- `__main__`: `python -m rkvideo.cli`.
- `window_services`: what the program does for its window.
"""
