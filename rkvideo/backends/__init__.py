"""What runs a model.

- `base`, `common`, `registry`: what every backend is, what they share, and which one runs a model
  with how many workers on which cores.
- `onnx`, `onnx_input`, `onnx_profile`: ONNX Runtime on the CPU, the input that a file has at a
  size, and how large a network is by its profile.
- `rknn`, `rknn_runtime`, `rknn_log`: an NPU, its runtime library, and what that logs.
- `rknn_c`, `rknn_abi`, `rknn_memory`: the same by the library's own calls; what these are, and the
  memory that it shares.
- `rknn_proof`: which of the two ways a model takes.
- `rknn_sim`: Rockchip's simulator.
- `values`: what the numbers of a first run tell.
- `simulated`, `planted`: an NPU that is played, and the boxes that it shows.
"""
