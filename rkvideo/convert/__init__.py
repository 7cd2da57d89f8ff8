"""From an ONNX model to .rknn files.

- `command`, `report`: `convert`, and what it shows.
- `converter`, `jobs`: makes the files one after another; what is asked for, and what is up to date.
- `surgery`, `graph`, `attention`, `focus`, `trunk`, `weights`: the cuts in the graph, and PyTorch
  weights to ONNX.
- `versions`: other versions of ONNX and types of numbers than the toolkit reads.
- `choices`, `fitting`: what a user can choose of a conversion, and sizes that fit pictures.
- `calibration`, `check_set`, `task`: the pictures that calibrate int8, those that check it, and all
  that the files of a conversion share.
- `recipes`, `float_parts`: the ways to quantise that are tried, and what stays in fp16.
- `check`, `quality`, `verdict`, `layers`: what int8 loses against the float model, whether that is
  too much, and which layers it hurts.
"""
