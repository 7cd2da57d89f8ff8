"""What `models list` and `models info` show, as data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rkvideo.backends.onnx import read_onnx
from rkvideo.backends.onnx_input import OnnxTensor
from rkvideo.config import ModelSpec
from rkvideo.errors import ModelNotFoundError, RkVideoError
from rkvideo.files.untrusted import one_line
from rkvideo.machine.places import model_folders
from rkvideo.model_files.labels import parse_names
from rkvideo.model_files.manifest import read_manifest
from rkvideo.model_files.metadata import Metadata, literal, read_metadata
from rkvideo.model_files.rknn_file import RknnTensor, read_header
from rkvideo.models.conversion import conversion_text, weights_text
from rkvideo.models.resolve import ModelFile, model_files, spec_of_file
from rkvideo.sizes.words import size_text

UNKNOWN_LICENCE = ModelSpec("", None).licence


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """A row of `models list`: one file, or one that can be fetched (`path` is None then).

    `sizes` is text for people, such as `640x384` or `any multiple of 32, or fitted`. `trouble` says
    why a file cannot be used, empty if it can.
    """

    name: str
    sizes: str
    family: str
    backend: str
    licence: str
    path: Path | None
    trouble: str = ""

    @property
    def present(self) -> bool:
        """True where the file is on this machine."""
        return self.path is not None


@dataclass(frozen=True, slots=True)
class TensorInfo:
    """An input or output; the shape as text, with names or `?` for dynamic sides."""

    name: str
    shape: str
    dtype: str


@dataclass(frozen=True, slots=True)
class ModelDescription:
    """What `models info` shows of one file. `targets` are the chips of a .rknn file.

    `weights` are what a .rknn file computes in, as text, empty of others.
    `conversion` says how it was made and how well it agrees with the float model, empty where
    `convert` has not written that down.
    """

    spec: ModelSpec
    backend: str
    file_bytes: int
    inputs: tuple[TensorInfo, ...]
    outputs: tuple[TensorInfo, ...]
    labels: tuple[str, ...]
    task: str
    targets: tuple[str, ...]
    quantised: bool
    exporter: str
    metadata: tuple[tuple[str, str], ...]
    conversion: str = ""
    weights: str = ""


def list_models(dirs: Sequence[Path] | None = None) -> tuple[ModelEntry, ...]:
    """The models on this machine, then those that can be fetched.

    Raises:
        ConfigError: the manifest is wrong. A bad model or sidecar is the trouble of its own row.
    """
    folders = model_folders() if dirs is None else tuple(dirs)
    files = model_files(folders)
    there = {file.path.name for file in files}
    rows = [_entry_of_file(file, folders) for file in files]
    rows += [
        ModelEntry(entry.name, entry.sizes, entry.family, "onnx", entry.licence, None)
        for entry in read_manifest().values()
        if entry.kind == "model" and entry.file not in there
    ]
    return tuple(rows)


def describe(spec: ModelSpec) -> ModelDescription:
    """What the file of a resolved model holds; works for a .rknn file on any machine.

    Raises:
        ModelNotFoundError, ModelLoadError, BackendUnavailableError.
    """
    if spec.path is None:
        raise ModelNotFoundError(f"model {spec.name} has no file to describe")
    if spec.path.suffix == ".rknn":
        return _describe_rknn(spec, spec.path)
    return _describe_onnx(spec, spec.path)


def _entry_of_file(file: ModelFile, folders: Sequence[Path]) -> ModelEntry:
    spec = ModelSpec(file.name, file.path)
    trouble = ""
    sizes = ""
    try:
        spec = spec_of_file(file, folders)
        description = describe(spec)
        spec, sizes = description.spec, _sizes(description)
    except RkVideoError as error:
        trouble = str(error)
    return ModelEntry(file.name, sizes, spec.family, file.backend, spec.licence, file.path, trouble)


def _sizes(description: ModelDescription) -> str:
    sides = description.inputs[0].shape.split(" x ") if description.inputs else []
    if not sides:
        return ""
    if len(sides) != 4:
        return description.inputs[0].shape
    height, width = sides[2:] if sides[1] == "3" else sides[1:3]
    if height.isdigit() and width.isdigit():
        return size_text((int(width), int(height)))
    return "any multiple of 32, or fitted"


def _describe_rknn(spec: ModelSpec, path: Path) -> ModelDescription:
    header = read_header(path)
    metadata = read_metadata(path)
    dtype = "int8" if header.quantised else "float16"

    def infos(tensors: tuple[RknnTensor, ...]) -> tuple[TensorInfo, ...]:
        return tuple(
            TensorInfo(one_line(tensor.name, 80), _shape_text(tensor.shape), dtype)
            for tensor in tensors
        )

    return ModelDescription(
        spec=_with_licence(spec, metadata),
        backend="rknn",
        file_bytes=path.stat().st_size,
        inputs=infos(header.inputs),
        outputs=infos(header.outputs),
        labels=spec.labels or parse_names(metadata.get("names", "")),
        task=one_line(str(literal(metadata, "task") or ""), 40),
        targets=header.targets,
        quantised=header.quantised,
        exporter=f"rknn-toolkit2 {header.version}",
        metadata=tuple(sorted(metadata.items())),
        conversion=conversion_text(path),
        weights=weights_text(path, quantised=header.quantised),
    )


def _describe_onnx(spec: ModelSpec, path: Path) -> ModelDescription:
    file = read_onnx(path)

    def infos(tensors: tuple[OnnxTensor, ...]) -> tuple[TensorInfo, ...]:
        return tuple(
            TensorInfo(
                one_line(tensor.name, 80), _shape_text(tensor.shape), _dtype_text(tensor.dtype)
            )
            for tensor in tensors
        )

    author, version = file.metadata.get("author", ""), file.metadata.get("version", "")
    return ModelDescription(
        spec=_with_licence(spec, file.metadata),
        backend="onnx",
        file_bytes=path.stat().st_size,
        inputs=infos(file.inputs),
        outputs=infos(file.outputs),
        labels=spec.labels or parse_names(file.metadata.get("names", "")),
        task=one_line(str(literal(file.metadata, "task") or ""), 40),
        targets=(),
        quantised=False,
        exporter=one_line(f"{author} {version}", 80),
        metadata=tuple(sorted(file.metadata.items())),
    )


def _with_licence(spec: ModelSpec, metadata: Metadata) -> ModelSpec:
    """The spec with the licence that the exporter wrote, where nothing else names one."""
    named = one_line(metadata.get("license", ""), 80)
    return replace(spec, licence=named) if named and spec.licence == UNKNOWN_LICENCE else spec


def _shape_text(shape: tuple[int | str | None, ...]) -> str:
    return " x ".join("?" if side is None else str(side) for side in shape)


def _dtype_text(text: str) -> str:
    """`float32` for onnxruntime's `tensor(float)`, `uint8` for `tensor(uint8)`."""
    word = text.removeprefix("tensor(").removesuffix(")")
    return "float32" if word == "float" else word
