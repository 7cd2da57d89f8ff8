"""From an ONNX model to .rknn files: graph surgery, calibration, compiler, agreement."""
