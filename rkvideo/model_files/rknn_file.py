"""The header of a .rknn file, read on any machine.

The format is not documented. Toolkits 1.6.2 to 2.5.0 write: bytes 0 to 3 `RKNN`, a little-endian
u64 at 8 that is 6, a u64 at 16 that is the size N of the compiled part, a u64 at 64 + N that is
the length of a JSON text, and that text at 72 + N. It says for which chips the file is made and
what goes in and comes out. Encrypted files hide it.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rkvideo.errors import ModelLoadError, ModelNotFoundError
from rkvideo.files.untrusted import one_line, parse_json

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

MAGIC = b"RKNN"
CONTAINER_VERSION = 6
_FIXED = struct.Struct("<4s4xQQ")
_LENGTH = struct.Struct("<Q")
_BODY_AT = 64
# The JSON of real files is some kilobytes; a larger length is a damaged file, not a promise.
_JSON_LIMIT = 16 * 1024 * 1024
# No chip takes more, and a product of such sides is still a number.
_MOST_DIMENSIONS = 8
_MOST_SIDE = 1 << 24


@dataclass(frozen=True, slots=True)
class RknnTensor:
    """Name and shape of one input or output; the shape is NCHW, batch first."""

    name: str
    shape: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RknnHeader:
    """What a .rknn file says of itself.

    `version` is the toolkit that wrote it; `targets` are the chips it runs on, in lower case;
    `quantised` is True where the input or an output is an integer type. Where the layers at both
    ends are in float16, nothing in the header says that those between them are not.
    """

    version: str
    targets: tuple[str, ...]
    inputs: tuple[RknnTensor, ...]
    outputs: tuple[RknnTensor, ...]
    quantised: bool


def read_header(path: Path) -> RknnHeader:
    """Read the header of a .rknn file.

    Raises:
        ModelNotFoundError: no such file.
        ModelLoadError: it is empty, cut short, encrypted or no .rknn file at all.
    """
    try:
        with path.open("rb") as file:
            return _parse(path, _read_json(path, file))
    except FileNotFoundError as error:
        raise ModelNotFoundError(f"no model at {path}: check the path") from error
    except OSError as error:
        raise ModelLoadError(f"{path} cannot be read: {error.strerror}") from error


def _read_json(path: Path, file: BinaryIO) -> bytes:
    start = file.read(_FIXED.size)
    if not start:
        raise ModelLoadError(f"{path} is empty: copy or convert it again")
    if not start.startswith(MAGIC):
        raise ModelLoadError(f"{path} is not a .rknn file: convert the model for your chip first")
    if len(start) < _FIXED.size:
        raise _damaged(path)
    _, container, size = _FIXED.unpack(start)
    if container != CONTAINER_VERSION:
        raise ModelLoadError(
            f"{path} is encrypted or of an unknown .rknn format ({container}, known is "
            f"{CONTAINER_VERSION}): convert it again without encryption"
        )
    try:
        file.seek(_BODY_AT + size)
    except (OverflowError, OSError, ValueError) as error:
        raise _damaged(path) from error
    prefix = file.read(_LENGTH.size)
    if len(prefix) < _LENGTH.size:
        raise _damaged(path)
    (length,) = _LENGTH.unpack(prefix)
    text = file.read(length) if length <= _JSON_LIMIT else b""
    if not text or len(text) < length:
        raise _damaged(path)
    return text


def _parse(path: Path, text: bytes) -> RknnHeader:
    try:
        tree = parse_json(text.rstrip(b"\0"))
        tensors = {int(item["tensor_id"]): item for item in tree["norm_tensor"]}
        inputs = _side(tree, tensors, "input")
        outputs = _side(tree, tensors, "output")
        targets = tree["target_platform"]
        if not inputs or not outputs or not targets:
            raise ValueError("it has no input, no output or no chip")
        return RknnHeader(
            version=one_line(str(tree["version"]), 40),
            targets=tuple(
                one_line(str(name).lower(), 40)
                for name in (targets if isinstance(targets, list) else [targets])
            ),
            inputs=tuple(_tensor(item) for item in inputs),
            outputs=tuple(_tensor(item) for item in outputs),
            quantised=any("int" in str(item["dtype"]["qnt_type"]) for item in inputs + outputs),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _damaged(path) from error


def _side(tree: Any, tensors: dict[int, Any], side: str) -> list[Any]:
    """The tensors of one side of the graph, in the order in which the runtime numbers them."""
    links = [link for link in tree["graph"] if link["left"] == side]
    links.sort(key=lambda link: int(link["left_tensor_id"]))
    if len(links) != int(tree[f"{side}_num"]):
        raise ValueError(f"{len(links)} {side} links, {tree[f'{side}_num']} expected")
    return [tensors[int(link["right_tensor_id"])] for link in links]


def _tensor(item: Any) -> RknnTensor:
    shape = tuple(int(side) for side in item["size"])
    if len(shape) > _MOST_DIMENSIONS or not all(0 < side <= _MOST_SIDE for side in shape):
        raise ValueError(f"{shape} is the shape of no tensor")
    return RknnTensor(one_line(str(item["url"]), 80), shape)


def _damaged(path: Path) -> ModelLoadError:
    return ModelLoadError(f"{path} is cut short or damaged: copy or convert it again")
