"""The same pictures through the float model and through Rockchip's simulator."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import av

from rkvideo.backends.base import BackendSpec
from rkvideo.backends.common import with_overrides
from rkvideo.backends.onnx import OnnxBackend
from rkvideo.config import DetectionFilter, InputSpec, ModelSpec
from rkvideo.data import Outputs, Tensor
from rkvideo.detection.detector import DetectorAdapter
from rkvideo.errors import ModelMismatchError
from rkvideo.evaluation.matching import Boxes
from rkvideo.evaluation.protocols import watch
from rkvideo.toolkit.process import ToolkitProcess

OnPicture = Callable[[int], None]

_THREADS = 1
_WANTED = watch(DetectionFilter().iou).wanted


def float_spec(path: Path, model: ModelSpec) -> BackendSpec:
    """What an ONNX file takes and gives; raises ModelMismatchError where it is not float32."""
    with contextlib.closing(OnnxBackend(path, model, _THREADS)) as backend:
        spec = backend.spec
    if spec.input.dtype != "float32" or spec.input.layout != "nchw":
        raise ModelMismatchError(
            f"{path} takes {spec.input.dtype} {spec.input.layout}, but the toolkit takes float32 "
            "with channels first: export it with half=False and without changes to its input"
        )
    return spec


def npu_spec(spec: BackendSpec, model: ModelSpec) -> BackendSpec:
    """The same model as a .rknn file takes it: plain pixels, channels last."""
    pixels = InputSpec(spec.input.width, spec.input.height, "nhwc", "uint8", scale=1.0)
    return replace(spec, input=with_overrides(pixels, model))


def float_boxes(
    path: Path, model: ModelSpec, pictures: Sequence[av.VideoFrame]
) -> tuple[Boxes, ...]:
    """What ONNX Runtime finds in the pictures."""
    with contextlib.closing(OnnxBackend(path, model, _THREADS)) as backend:
        return tuple(_boxes(backend.spec, model, pictures, backend.infer))


def simulated_boxes(
    toolkit: ToolkitProcess,
    spec: BackendSpec,
    model: ModelSpec,
    pictures: Sequence[av.VideoFrame],
    on_picture: OnPicture,
) -> tuple[Boxes, ...]:
    """What the model that `toolkit` has built finds in the pictures."""

    def infer(tensor: Tensor, number: int) -> Outputs:
        on_picture(number)
        # The simulator may leave out sides of 1.
        arrays = toolkit.infer(tensor)
        return tuple(
            array.reshape(output.shape) for array, output in zip(arrays, spec.outputs, strict=True)
        )

    return tuple(_boxes(spec, model, pictures, infer))


def _boxes(
    spec: BackendSpec,
    model: ModelSpec,
    pictures: Sequence[av.VideoFrame],
    infer: Callable[[Tensor, int], Outputs],
) -> Iterator[Boxes]:
    adapter = DetectorAdapter(model, spec)
    for number, picture in enumerate(pictures):
        tensor, letterbox = adapter.preprocess(picture)
        found = adapter.postprocess(infer(tensor, number), letterbox, _WANTED)
        yield Boxes.of(found.xyxy, found.score, found.class_id)
