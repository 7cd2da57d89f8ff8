"""What other programs use: `from rkvideo import Detector, open_run, run_bench`.

- `detector`: boxes in single pictures.
- `run`, `results`: a source played through a model, and the results on their way to the caller.
- `bench`: models and sizes measured.
"""
