"""What a model file and the files beside it say; no runtime is needed.

- `rknn_file`, `metadata`: the header of a .rknn file, and what an exporter wrote.
- `network`: how large a network is.
- `literals`: the values in what an exporter wrote.
- `labels`: the names of the classes.
- `sidecar`: what the owner of a model knows besides.
- `manifest`: the files that can be fetched.
- `shipped`: the files that come with the program.
"""
