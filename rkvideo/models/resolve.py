"""Finding models: a name, a path or an exported folder to a `ModelSpec`.

`models list` and `info` are in `catalogue.py`, `fetch` in `fetch.py`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from rkvideo.config import EXPORT_FOLDER_SUFFIX, MODEL_SUFFIXES, ModelName, ModelSpec
from rkvideo.errors import ModelError, ModelLoadError, ModelNotFoundError
from rkvideo.files.untrusted import at_home, is_file, is_folder
from rkvideo.machine.called import as_called
from rkvideo.machine.places import model_folders
from rkvideo.machine.soc import COMPATIBLE, Soc, read_soc
from rkvideo.model_files.labels import read_labels
from rkvideo.model_files.manifest import FetchableFile, read_manifest
from rkvideo.model_files.rknn_file import read_header
from rkvideo.model_files.shipped import shipped_files
from rkvideo.model_files.sidecar import apply_sidecar
from rkvideo.sizes.words import parse_size

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable


# NAME.rknn, NAME-640.rknn, NAME-640x384-rk3588-i8.rknn: what `convert` writes.
_LADDER = re.compile(
    r"(?P<name>.+?)(?:-(?P<size>\d+(?:x\d+)?))?(?:-(?P<soc>rk\d{4}))?(?:-(?:i8|fp16|fp))?"
)
# In the order of looking: a longer name before one that is its beginning.
_FAMILIES = (
    "yolov10", "yolov5", "yolov6", "yolov7", "yolov8", "yolov9", "yolo11", "yolo26", "yolox",
    "ppyoloe", "rtdetr",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A model file in a models folder, as its file name describes it."""

    path: Path
    name: str
    size: tuple[int, int] | None
    soc: str

    @property
    def backend(self) -> str:
        """The backend that runs it."""
        return self.path.suffix[1:]


def resolve(
    text: str,
    labels: Path | None = None,
    backend: str = "auto",
    *,
    dirs: Sequence[Path] | None = None,
    compatible: Path = COMPATIBLE,
) -> ModelSpec:
    """The model that `--model` names.

    `text` is `NAME`, the path of an .onnx or .rknn file, or an Ultralytics `*_rknn_model` folder,
    each with `@640` or `@640x384` after it if need be. Where the file takes any size, one number
    is the long side of an input that fits the picture, and without a number it fits too. Of a
    name's files the one that `backend` runs is taken; with `auto` a .rknn file on a board, an .onnx
    file elsewhere. The simulated backend needs no file. `labels` is a file of labels that goes
    before any other.
    `dirs` are the folders to look in; `compatible` is the device tree's file that tells the chip.

    Raises:
        ModelNotFoundError: nothing of that name, path or size; says what there is.
        ModelLoadError: the path is no kind of model.
        ConfigError: the size, the label file, the sidecar or the manifest is wrong.
    """
    asked = ModelName.parse(text)
    base = asked.name
    folders = model_folders() if dirs is None else tuple(dirs)
    soc = read_soc(compatible)
    if _is_path(base):
        spec = _from_path(at_home(base), soc)
    elif backend == "simulated":
        spec = _with_sidecar(_describe(base, None), folders)
    else:
        spec = _from_name(asked, backend, folders, soc)
    spec = replace(spec, size=asked.size, fits=asked.size is None or asked.fits)
    return replace(spec, labels=read_labels(labels)) if labels is not None else spec


def model_files(folders: Sequence[Path]) -> tuple[ModelFile, ...]:
    """The model files of `folders`, in the order of the folders and then by name."""
    return tuple(
        _model_file(path)
        for folder in folders
        for path in sorted(folder.glob("*"))
        if path.suffix in MODEL_SUFFIXES and is_file(path)
    )


def spec_of_file(file: ModelFile, folders: Sequence[Path]) -> ModelSpec:
    """The spec of a file in a models folder; raises ConfigError where its sidecar is wrong."""
    return _with_sidecar(_describe(file.name, file.path), folders)


def local_file(name: str, dirs: Sequence[Path] | None = None) -> Path | None:
    """Where the file of the manifest's entry `name` lies, None where it is to be fetched."""
    entry = read_manifest().get(name)
    if entry is None:
        return None
    for folder in model_folders() if dirs is None else dirs:
        path = folder / entry.file
        if is_file(path):
            return path
    return None


def family_of(name: str) -> str:
    """The family that a model's name gives away, empty for none."""
    lowered = name.lower()
    return next((family for family in _FAMILIES if family in lowered), "")


def _is_path(text: str) -> bool:
    path = Path(text)
    if "/" in text or path.suffix in MODEL_SUFFIXES or text.endswith(EXPORT_FOLDER_SUFFIX):
        return True
    # A folder that happens to be called like a model is not meant.
    return is_file(path)


def _from_path(path: Path, soc: Soc | None) -> ModelSpec:
    if is_folder(path):
        name = path.name.removesuffix(EXPORT_FOLDER_SUFFIX)
        path = _in_export_folder(path, soc)
    elif not is_file(path):
        raise ModelNotFoundError(f"no model at {path}: check the path")
    elif path.suffix not in MODEL_SUFFIXES:
        raise ModelLoadError(
            f"{path} is neither an .onnx nor a .rknn file: export the model to ONNX first"
        )
    else:
        name = _model_file(path).name
    return _with_sidecar(_describe(name, path), (path.parent,))


def _in_export_folder(folder: Path, soc: Soc | None) -> Path:
    files = sorted(folder.glob("*.rknn"))
    if soc is not None and len(files) > 1:
        files = [path for path in files if soc.runs(read_header(path).targets)]
    if len(files) == 1:
        return files[0]
    if files:
        names = ", ".join(path.name for path in files)
        raise ModelNotFoundError(f"{folder} holds several models ({names}): give the path of one")
    raise ModelNotFoundError(f"{folder} holds no .rknn file for this machine: check the path")


def _from_name(
    asked: ModelName, backend: str, folders: Sequence[Path], soc: Soc | None
) -> ModelSpec:
    name = asked.name
    files = model_files(folders)
    # A file's stem is always its name, also where it looks like one of a ladder.
    exact = [file for file in files if file.path.stem == name]
    mine = exact + [file for file in files if file.name == name and file not in exact]
    order = _preference(backend, soc)
    for suffix in order:
        fitting = [file for file in mine if file.backend == suffix]
        if suffix == "rknn":
            fitting = [file for file in fitting if _fits(file, asked, soc)]
            wanted = asked.size or (640, 640)
            fitting.sort(key=lambda file: (file.size is not None, file.size != wanted))
        if fitting:
            return _with_sidecar(_describe(fitting[0].name, fitting[0].path), folders)
    raise _not_found(asked, backend, files, mine)


def _preference(backend: str, soc: Soc | None) -> tuple[str, ...]:
    if backend == "rknn-sim":
        return ("rknn",)
    if backend in ("onnx", "rknn"):
        return (backend,)
    return ("onnx", "rknn") if soc is None else ("rknn", "onnx")


def _fits(file: ModelFile, asked: ModelName, soc: Soc | None) -> bool:
    if soc is not None and file.soc and not soc.runs((file.soc,)):
        return False
    size = _rknn_size(file)
    if asked.size is None or size is None:
        return True
    return size == asked.size or (asked.fits and max(size) == asked.size[0])


def _rknn_size(file: ModelFile) -> tuple[int, int] | None:
    """(width, height) of a .rknn file; None where it cannot be told, which opening it will."""
    if file.size is not None:
        return file.size
    try:
        shape = read_header(file.path).inputs[0].shape
    except (ModelError, IndexError):
        return None
    return (shape[3], shape[2]) if len(shape) == 4 else None


def _not_found(
    asked: ModelName,
    backend: str,
    files: Sequence[ModelFile],
    mine: Sequence[ModelFile],
) -> ModelNotFoundError:
    entries = _fetchable_models()
    name = asked.name
    if mine:
        there = ", ".join(file.path.name for file in mine)
        return ModelNotFoundError(
            f"no file of {asked} for --backend {backend} (there is {there}): another size or "
            f"chip is made with `{as_called()} convert {name}`"
        )
    if name in entries:
        return ModelNotFoundError(
            f"model {name} is not on this machine: `{as_called()} models fetch {name}` gets it"
        )
    there = ", ".join(sorted({file.name for file in files})) or "nothing"
    return ModelNotFoundError(
        f"no model called {name!r}: there is {there}, and `{as_called()} models fetch` gets "
        f"{', '.join(entries)}; or give the path of an .onnx or .rknn file"
    )


def _fetchable_models() -> dict[str, FetchableFile]:
    return {name: entry for name, entry in read_manifest().items() if entry.kind == "model"}


def _describe(name: str, path: Path | None) -> ModelSpec:
    return ModelSpec(name=name, path=path, family=family_of(name))


def _with_sidecar(spec: ModelSpec, folders: Sequence[Path]) -> ModelSpec:
    """Apply the sidecar of the file itself, else the one that is named like the model.

    `folders`, and then the files that come with the program, are looked through for the latter:
    one sidecar serves every size of a model.
    """
    name = f"{spec.name}.toml"
    places: list[tuple[Traversable, str]] = [(folder, name) for folder in folders]
    places.append((shipped_files(), name))
    if spec.path is not None:
        places.insert(0, (spec.path.parent, f"{spec.path.stem}.toml"))
    for folder, name in places:
        if (folder / name).is_file():
            return apply_sidecar(spec, folder, name)
    return spec


def _model_file(path: Path) -> ModelFile:
    match = _LADDER.fullmatch(path.stem)
    if path.suffix != ".rknn" or match is None:
        return ModelFile(path, path.stem, None, "")
    size = parse_size(match["size"]) if match["size"] else None
    return ModelFile(path, match["name"], size, match["soc"] or "")
