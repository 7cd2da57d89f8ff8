"""Which sizes of a model there are to measure, where the user names none."""

from __future__ import annotations

from rkvideo.bench.plan import DEFAULT_SIZES
from rkvideo.errors import ConfigError, ModelError
from rkvideo.model_files.manifest import read_manifest
from rkvideo.models.catalogue import ModelEntry, list_models
from rkvideo.models.resolve import resolve
from rkvideo.sizes.words import parse_size

Sizes = tuple[str, ...]


def sizes_there(model: str, backend: str) -> Sizes:
    """The input sizes of `--model model` as they follow its `@`, smallest first.

    Those of its .rknn files where these are what `backend` runs; else 320, 416 and 640, or the
    one size of an ONNX file that has no other. Empty where the model cannot be read: measuring it
    tells why.
    """
    if backend == "simulated":
        return DEFAULT_SIZES
    try:
        path = resolve(model, backend=backend).path
    except (ModelError, ConfigError):
        entry = read_manifest().get(model)
        return () if entry is None else _sizes(entry.sizes)
    if path is None:
        return ()
    entries = [entry for entry in list_models((path.parent,)) if entry.present]
    name = next((entry.name for entry in entries if entry.path == path), "")
    mine = [
        entry
        for entry in entries
        if entry.path == path or (model == name and _is_rung(entry, name, path.suffix))
    ]
    found = {size for entry in mine if not entry.trouble for size in _sizes(entry.sizes)}
    return tuple(sorted(found, key=_area))


def _is_rung(entry: ModelEntry, name: str, suffix: str) -> bool:
    """True for a file of the ladder that `convert` made of one model: a file for each size."""
    return suffix == ".rknn" and entry.name == name and f".{entry.backend}" == suffix


def _sizes(text: str) -> Sizes:
    try:
        parse_size(text)
    except ConfigError:
        return DEFAULT_SIZES
    return (text,)


def _area(size: str) -> tuple[int, str]:
    width, height = parse_size(size)
    return width * height, size
