"""What a model file and the files beside it say; no runtime is needed.

- `rknn_file`, `metadata`: the header of a .rknn file, and what an exporter wrote.
- `labels`: the names of the classes.
- `sidecar`, `toml_file`: what the owner of a model knows besides.
- `manifest`: the files that can be fetched.
- `shipped`: the files that come with the program.
"""
