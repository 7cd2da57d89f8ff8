"""From an ONNX model to .rknn files.

- `command`, `report`: `convert`, and what it shows.
- `converter`, `jobs`: makes the files one after another; what is asked for, and what is up to date.
- `surgery`, `graph`, `attention`, `focus`, `trunk`, `weights`: the cuts in the graph, and PyTorch
  weights to ONNX.
- `versions`: other versions of ONNX and types of numbers than the toolkit reads.
- `choices`: what a user can choose of a conversion.
- `calibration`: the pictures that int8 is calibrated and checked with.
- `check`, `agreement`, `layers`: how well int8 finds what the float model finds, and which
  layers it hurts.
"""
