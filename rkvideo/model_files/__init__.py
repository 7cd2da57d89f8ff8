"""What a model file and the files beside it say; no runtime is needed."""
