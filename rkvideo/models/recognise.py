"""Which head a model file would get, without a video."""

from __future__ import annotations

import contextlib

from rkvideo.backends.base import BackendSpec
from rkvideo.backends.common import rknn_spec
from rkvideo.backends.onnx import OnnxBackend
from rkvideo.config import InputSpec, ModelSpec
from rkvideo.detection.heads.base import Head
from rkvideo.detection.heads.detect import bind_head
from rkvideo.detection.hints import head_hints
from rkvideo.errors import ModelError, ModelMismatchError
from rkvideo.model_files.rknn_file import read_header


def recognised_head(model: ModelSpec) -> str:
    """`dfl, 80 classes, at 640x640`, or in words why the model cannot be used.

    An ONNX model is opened on the CPU; of a .rknn file only the header is read, so that this works
    on any machine.
    """
    try:
        spec = spec_of(model)
        head = head_of(model, spec)
    except ModelError as error:
        return f"none: {error}"
    classes = "1 class" if head.class_count == 1 else f"{head.class_count} classes"
    return f"{head.layout}, {classes}, at {spec.input.width}x{spec.input.height}"


def head_of(model: ModelSpec, spec: BackendSpec) -> Head:
    """The head for what the model gives. Raises ModelMismatchError."""
    size = (spec.input.width, spec.input.height)
    return bind_head(spec.outputs, size, head_hints(model, spec))


def spec_of(model: ModelSpec) -> BackendSpec:
    """What the model's file takes and gives, found as `recognised_head` does.

    Raises:
        ModelNotFoundError, ModelLoadError, ModelMismatchError, BackendUnavailableError.
    """
    if model.path is None:
        raise ModelMismatchError(f"model {model.name} has no file")
    if model.path.suffix == ".onnx":
        with contextlib.closing(OnnxBackend(model.path, model, threads=1)) as backend:
            return backend.spec
    header = read_header(model.path)
    _, _, height, width = header.inputs[0].shape
    shapes = (tensor.shape for tensor in header.outputs)
    return rknn_spec(model.path, header, InputSpec(width, height), shapes)
