"""What every backend does in the same way: input defaults, shape checks, outputs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from rkvideo.backends.base import BackendSpec, OutputSpec
from rkvideo.backends.values import OutputValues
from rkvideo.config import InputSpec, ModelSpec
from rkvideo.errors import InferenceError, ModelMismatchError
from rkvideo.model_files.labels import parse_names
from rkvideo.model_files.metadata import read_metadata
from rkvideo.sizes.words import size_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from rkvideo.data import Outputs, Tensor
    from rkvideo.model_files.rknn_file import RknnHeader


def rknn_spec(
    path: Path,
    header: RknnHeader,
    wanted: InputSpec,
    shapes: Iterable[tuple[int, ...]],
    values: Iterable[OutputValues | None] | None = None,
) -> BackendSpec:
    """The spec of a .rknn file: names from its header, labels from the metadata beside it.

    `shapes` are those of the outputs, in the header's order; `values` what a first run gave.
    """
    metadata = read_metadata(path)
    return BackendSpec(
        input=wanted,
        outputs=tuple(
            OutputSpec(output.name, shape, seen)
            for output, shape, seen in zip(
                header.outputs, shapes, values or (None,) * len(header.outputs), strict=True
            )
        ),
        labels=parse_names(metadata.get("names", "")),
        metadata=tuple(sorted(metadata.items())),
    )


def with_overrides(default: InputSpec, model: ModelSpec) -> InputSpec:
    """The backend's `default` input with what the model's sidecar says put over it.

    `scale` is left alone for a uint8 input: such a file normalises by itself, and one sidecar
    serves the ONNX file and the .rknn files made from it.
    """
    scale = default.scale if model.scale is None or default.dtype == "uint8" else model.scale
    return InputSpec(
        width=default.width,
        height=default.height,
        layout=default.layout,
        dtype=default.dtype,
        color=model.color or default.color,
        scale=scale,
        pad=default.pad if model.pad is None else model.pad,
        placement=model.placement or default.placement,
    )


def check_fixed_size(model: ModelSpec, file_size: tuple[int, int]) -> None:
    """Raise ModelMismatchError if another size than the file's only one was asked for."""
    is_asked = model.fits and model.size is not None and max(file_size) == model.size[0]
    if model.size is not None and model.size != file_size and not is_asked:
        raise ModelMismatchError(
            f"{model.path} takes {size_text(file_size)} only, not {size_text(model.size)}: ask for "
            f"@{size_text(file_size)}, or export or convert it again at {size_text(model.size)}"
        )


def input_of(tensor: Tensor, spec: BackendSpec) -> InputSpec:
    """The input that `tensor` was made for: the spec's own, or one of another size that it fits."""
    wanted, fit = spec.input, spec.fit
    if fit is None or tensor.ndim != len(wanted.shape):
        return wanted
    height, width = tensor.shape[2:] if wanted.layout == "nchw" else tensor.shape[1:3]
    fits = max(width, height) == fit.long_side and not (width % fit.stride or height % fit.stride)
    return replace(wanted, width=width, height=height) if fits else wanted


def check_tensor(tensor: Tensor, spec: InputSpec, who: str) -> None:
    """Raise InferenceError unless `tensor` has the shape and dtype of `spec`.

    `who` names the model, the core and the frame in the message.
    """
    if tensor.shape != spec.shape or tensor.dtype != spec.dtype:
        raise InferenceError(
            f"{who}: was given {tensor.dtype} {tensor.shape}, expected {spec.dtype} {spec.shape}"
        )


def as_outputs(
    arrays: Sequence[Tensor],
    expected: Sequence[OutputSpec],
    who: str,
    *,
    own_size: bool = True,
) -> Outputs:
    """The arrays as float32 and C-contiguous, after a check of their number and shapes.

    Without `own_size` they belong to an input of another size, and only their axes are known.

    Raises:
        InferenceError: they are not what `expected` says.
    """
    if len(arrays) != len(expected):
        raise InferenceError(f"{who}: gave {len(arrays)} outputs, expected {len(expected)}")
    for array, output in zip(arrays, expected, strict=True):
        is_same = array.shape == output.shape if own_size else array.ndim == len(output.shape)
        if not is_same:
            raise InferenceError(
                f"{who}: output {output.name} has shape {array.shape}, expected {output.shape}"
            )
    return tuple(np.ascontiguousarray(array, dtype=np.float32) for array in arrays)
