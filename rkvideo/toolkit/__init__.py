"""Rockchip's toolkit as a child process, for `convert` and for the rknn-sim backend.

- `environment`: the venv of rknn-toolkit2.
- `process`, `child`: the two ends of the pipe to it. `child` runs in that venv and imports nothing
  of rkvideo.
- `kept_builds`: what a .rknn file was built from.
"""
