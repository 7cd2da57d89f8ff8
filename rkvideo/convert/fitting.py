"""The size of a file that fits certain pictures: `--fit`."""

from __future__ import annotations

import contextlib
import re

from rkvideo.backends.onnx import read_onnx
from rkvideo.backends.onnx_input import stride_of
from rkvideo.config import ModelSpec, SourceOptions
from rkvideo.errors import ConfigError, SourceError
from rkvideo.files.untrusted import at_home, exists
from rkvideo.sizes.input_fit import InputFit
from rkvideo.sources.registry import make_source

_RATIO = re.compile(r"([1-9][0-9]{0,4}):([1-9][0-9]{0,4})")


def picture_size(text: str) -> tuple[int, int]:
    """(width, height) of what `text` names: `16:9`, or the pictures of a video or a folder.

    Of a video it is the size as it is shown: upright, with square pixels. Raises ConfigError.
    """
    ratio = _RATIO.fullmatch(text)
    if ratio is not None and not exists(at_home(text)):
        return int(ratio[1]), int(ratio[2])
    source = make_source(text, SourceOptions())
    with contextlib.closing(source):
        try:
            stream = source.open()
        except SourceError as error:
            raise ConfigError(f"--fit: {error}: give a video, or a shape such as 16:9") from error
    return stream.width, stream.height


def fitted_sizes(
    model: ModelSpec, picture: tuple[int, int], long_sides: tuple[int, ...]
) -> tuple[tuple[int, int], ...]:
    """(width, height) of an input for `picture` with each of the long sides.

    Raises ConfigError where one is no multiple of the model's largest stride, ModelLoadError.
    """
    metadata = read_onnx(model.path).metadata if model.path is not None else {}
    stride = stride_of(metadata, model)
    for side in long_sides:
        if side % stride:
            raise ConfigError(f"--sizes {side}: give multiples of {stride}, the model's stride")
    return tuple(InputFit(side, stride).size_for(*picture) for side in long_sides)
