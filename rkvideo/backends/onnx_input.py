"""What an ONNX file declares, and the input that it has at the size that a model asks for."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rkvideo.backends.common import check_fixed_size
from rkvideo.config import InputDtype, InputSpec, Layout, ModelSpec
from rkvideo.errors import ModelMismatchError
from rkvideo.model_files.metadata import Metadata, input_size, largest_stride
from rkvideo.sizes.input_fit import InputFit
from rkvideo.sizes.words import size_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

DEFAULT_SIDE = 640
DEFAULT_STRIDE = 32

_DTYPES: dict[str, InputDtype] = {
    "tensor(float)": "float32",
    "tensor(float16)": "float16",
    "tensor(uint8)": "uint8",
}
# As `parse_size` has it; a tensor of that size is 800 MB.
_LARGEST_SIDE = 8192
# 2 GB of float32: boxes of the largest input are 350 MB.
_MOST_OUTPUT_VALUES = 500_000_000


@dataclass(frozen=True, slots=True)
class OnnxTensor:
    """An input or output as the file declares it; a dynamic side is a name, or None."""

    name: str
    shape: tuple[int | str | None, ...]
    dtype: str


@dataclass(frozen=True, slots=True)
class OnnxFile:
    """What an ONNX file declares."""

    inputs: tuple[OnnxTensor, ...]
    outputs: tuple[OnnxTensor, ...]
    metadata: Metadata


def choose_input(path: Path, file: OnnxFile, model: ModelSpec) -> InputSpec:
    """The input that `file` has at the size that `model` asks for.

    Raises:
        ModelMismatchError: not one picture of three channels, or another size than it can take.
    """
    tensor = only_input(path, file)
    if tensor.dtype not in _DTYPES:
        raise ModelMismatchError(
            f"{path}: input {tensor.name} is {tensor.dtype}, but only float32, float16 and uint8 "
            "pixels can be fed: export it again"
        )
    dtype = _DTYPES[tensor.dtype]
    layout = _layout(path, tensor)
    height, width = tensor.shape[2:] if layout == "nchw" else tensor.shape[1:3]
    width, height = _choose_size(width, height, file.metadata, model)
    if not (0 < width <= _LARGEST_SIDE and 0 < height <= _LARGEST_SIDE):
        raise ModelMismatchError(
            f"{path} takes pictures of {width}x{height}, but sides from 1 to {_LARGEST_SIDE} "
            "pixels are fed: export it again with the size of its training"
        )
    _check_outputs(path, file)
    scale = 1.0 if dtype == "uint8" else 1 / 255
    return InputSpec(width=width, height=height, layout=layout, dtype=dtype, scale=scale)


def choose_fit(file: OnnxFile, model: ModelSpec, own: InputSpec) -> InputFit | None:
    """How the input follows the picture, None where it keeps the size of `own`.

    It does where both sides are dynamic, one number was asked for or none, and no exporter has
    written down a size that is no square.
    """
    shape = file.inputs[0].shape
    sides = shape[2:] if own.layout == "nchw" else shape[1:3]
    is_dynamic = not any(isinstance(side, int) for side in sides)
    if not model.fits or not is_dynamic or own.width != own.height:
        return None
    return InputFit(own.width, stride_of(file.metadata, model))


def _check_outputs(path: Path, file: OnnxFile) -> None:
    """Raise ModelMismatchError where an output is declared that no memory holds."""
    for tensor in file.outputs:
        check_output(path, tensor.name, tensor.shape)


def check_output(path: Path, name: str, shape: Sequence[int | str | None]) -> None:
    """Raise ModelMismatchError where no memory holds an output of that shape."""
    if math.prod(side for side in shape if isinstance(side, int)) > _MOST_OUTPUT_VALUES:
        raise ModelMismatchError(
            f"{path}: output {name} has shape {_shape_text(shape)}, which is too large: export a "
            "detection model"
        )


def _choose_size(
    file_width: int | str | None,
    file_height: int | str | None,
    metadata: Metadata,
    model: ModelSpec,
) -> tuple[int, int]:
    if isinstance(file_width, int) and isinstance(file_height, int):
        check_fixed_size(model, (file_width, file_height))
        return file_width, file_height
    width, height = model.size or input_size(metadata) or (DEFAULT_SIDE, DEFAULT_SIDE)
    if isinstance(file_width, int) or isinstance(file_height, int):
        width = file_width if isinstance(file_width, int) else width
        height = file_height if isinstance(file_height, int) else height
        check_fixed_size(model, (width, height))
    _check_strides((width, height), metadata, model)
    return width, height


def _check_strides(size: tuple[int, int], metadata: Metadata, model: ModelSpec) -> None:
    stride = stride_of(metadata, model)
    if all(side % stride == 0 for side in size):
        return
    below, above = (
        size_text((_multiple(size[0], stride, up), _multiple(size[1], stride, up)))
        for up in (False, True)
    )
    nearest = above if below == above else f"{below} and {above}"
    raise ModelMismatchError(
        f"model {model.name} takes sides that are multiples of {stride}, not {size_text(size)}: "
        f"the nearest sizes are {nearest}"
    )


def stride_of(metadata: Metadata, model: ModelSpec) -> int:
    """The largest stride of a model, which divides both sides of its input."""
    return max(model.strides, default=0) or largest_stride(metadata) or DEFAULT_STRIDE


def _multiple(side: int, stride: int, up: bool) -> int:
    """The multiple of `stride` at or below `side`, or at or above it; never 0."""
    return max(stride, (side + (stride - 1 if up else 0)) // stride * stride)


def _layout(path: Path, tensor: OnnxTensor) -> Layout:
    if len(tensor.shape) != 4:
        raise ModelMismatchError(
            f"{path}: input {tensor.name} has shape {_shape_text(tensor.shape)}, expected one "
            "picture such as 1x3x640x640"
        )
    batch, second, _, last = tensor.shape
    if isinstance(batch, int) and batch != 1:
        raise ModelMismatchError(
            f"{path} takes a batch of {batch}, but pictures are fed one by one: export it with a "
            "batch of 1"
        )
    if second == 3:
        return "nchw"
    if last == 3:
        return "nhwc"
    if isinstance(second, int):
        raise ModelMismatchError(
            f"{path}: input {tensor.name} has shape {_shape_text(tensor.shape)}, none of whose "
            "sides is the 3 colour channels that are fed"
        )
    return "nchw"


def only_input(path: Path, file: OnnxFile) -> OnnxTensor:
    """The input for the picture. Raises ModelMismatchError where there are others."""
    if len(file.inputs) != 1:
        names = ", ".join(tensor.name for tensor in file.inputs)
        raise ModelMismatchError(
            f"{path} takes {len(file.inputs)} inputs ({names}), but only models that take one "
            "picture are served"
        )
    return file.inputs[0]


def _shape_text(shape: Sequence[int | str | None]) -> str:
    return "x".join("?" if side is None else str(side) for side in shape)
