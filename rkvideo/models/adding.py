"""A model that the user has somewhere becomes one of the models that are offered."""

from __future__ import annotations

import filecmp
import json
import shutil
from collections.abc import Mapping
from pathlib import Path

from rkvideo.config import EXPORT_FOLDER_SUFFIX, MODEL_SUFFIXES, ModelSpec
from rkvideo.errors import ModelLoadError, ModelNotFoundError, SinkOpenError
from rkvideo.files.untrusted import is_file, is_folder, load_toml
from rkvideo.files.whole import new_file, replace_whole
from rkvideo.machine.places import writable_model_folder
from rkvideo.models.catalogue import describe
from rkvideo.models.resolve import resolve


def add_model(path: Path, folder: Path | None = None) -> str:
    """Copy a model into the user's models folder; gives the name that `--model` takes.

    `path` is an .onnx or .rknn file, whose sidecar comes along with the labels that it names, or an
    Ultralytics `*_rknn_model` folder. What a `metadata.yaml` calls the classes goes into a sidecar:
    in a folder of many models the file would speak for all of them. The file stays where it is.
    One that is there already is left alone; another of its name is not replaced: the new one gets
    a number.

    Raises:
        ModelNotFoundError: there is none.
        ModelLoadError: it is none, or is damaged.
        SinkOpenError: the folder cannot be written.
    """
    source = _file_of(path)
    target_folder = folder or writable_model_folder()
    described = describe(ModelSpec(source.stem, source))
    try:
        target_folder.mkdir(parents=True, exist_ok=True)
        target = _free(target_folder, _name_of(path, source), source)
        if not target.exists():
            _copy(source, target)
            _bring_labels(source, target, described.labels)
    except OSError as error:
        raise SinkOpenError(f"{target_folder} cannot be written: {error.strerror}") from error
    return target.stem


def _file_of(path: Path) -> Path:
    if is_folder(path):
        return resolve(str(path)).path or path
    if not is_file(path):
        raise ModelNotFoundError(f"no model at {path}: check the path")
    if path.suffix.lower() not in MODEL_SUFFIXES:
        raise ModelLoadError(f"{path} is neither an .onnx nor a .rknn file")
    return path


def _name_of(path: Path, source: Path) -> str:
    if is_folder(path):
        return path.name.removesuffix(EXPORT_FOLDER_SUFFIX) or source.stem
    return source.stem


def _free(folder: Path, name: str, source: Path) -> Path:
    """Where the file goes: its own place where it is there already, else a free one."""
    number = 1
    while True:
        numbered = name if number == 1 else f"{name}-copy{number}"
        target = folder / f"{numbered}{source.suffix.lower()}"
        if not target.exists() or filecmp.cmp(source, target, shallow=False):
            return target
        number += 1


def _copy(source: Path, target: Path) -> None:
    with source.open("rb") as read, new_file(target) as write:
        shutil.copyfileobj(read, write)


def _bring_labels(source: Path, target: Path, labels: tuple[str, ...]) -> None:
    """The sidecar of the source, or one with the labels that stand beside a .rknn file."""
    sidecar, wanted = source.with_suffix(".toml"), target.with_suffix(".toml")
    if wanted.exists():
        return
    if is_file(sidecar):
        _copy(sidecar, wanted)
        _copy_named(sidecar.parent, target.parent, load_toml(sidecar))
    elif labels and source.suffix.lower() == ".rknn":
        # A string of JSON is one of TOML too.
        replace_whole(wanted, f"labels = {json.dumps(list(labels), ensure_ascii=False)}\n")


def _copy_named(source: Path, target: Path, sidecar: Mapping[str, object]) -> None:
    named = sidecar.get("labels")
    if isinstance(named, str) and "/" not in named and is_file(source / named):
        wanted = target / named
        if not wanted.exists():
            _copy(source / named, wanted)
