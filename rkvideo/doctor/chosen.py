"""The source and the model that the user wants to run, and the checks of these two."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rkvideo.backends.registry import plan_backend
from rkvideo.config import AppConfig, ModelName, ModelSpec, SourceOptions
from rkvideo.doctor.check import Finding, missing, note, ok, warning
from rkvideo.doctor.system import System
from rkvideo.errors import ModelError, ModelNotFoundError, SourceError
from rkvideo.machine.called import as_called
from rkvideo.machine.cameras import find_cameras, is_camera
from rkvideo.machine.device_access import access_repair, owners
from rkvideo.model_files.manifest import DEMO_CLIP, read_manifest
from rkvideo.model_files.rknn_file import RknnHeader, read_header
from rkvideo.models.resolve import local_file, model_files, resolve
from rkvideo.sources.names import DEMO, is_local_path, is_stream
from rkvideo.sources.registry import make_source
from rkvideo.sources.secrets import public_name


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is to be run. `spec` is None where the model was not found: `trouble` says why.

    `header` is that of a .rknn file. `trouble` may also say why this machine cannot run it.
    """

    source: str
    model: str
    spec: ModelSpec | None = None
    header: RknnHeader | None = None
    trouble: ModelError | None = None

    @property
    def needs_npu(self) -> bool:
        """True for a .rknn file."""
        return self._has_suffix(".rknn")

    @property
    def needs_onnx(self) -> bool:
        """True for an .onnx file."""
        return self._has_suffix(".onnx")

    def _has_suffix(self, suffix: str) -> bool:
        return (
            self.spec is not None
            and self.spec.path is not None
            and (self.spec.path.suffix == suffix)
        )


def choose(system: System, source: str, model: str) -> Chosen:
    """Find the model as `run` would. Raises ConfigError for a wrong source, size or sidecar."""
    make_source(source, SourceOptions())
    try:
        spec = resolve(model, dirs=system.model_dirs, compatible=system.compatible)
    except ModelError as error:
        return Chosen(source, model, trouble=error)
    header = None
    trouble: ModelError | None = None
    try:
        if spec.path is not None and spec.path.suffix == ".rknn":
            header = read_header(spec.path)
        plan_backend(AppConfig(source, model), spec, compatible=system.compatible)
    except ModelError as error:
        trouble = error
    return Chosen(source, model, spec, header, trouble)


def check_source(system: System, chosen: Chosen) -> Finding:
    """Whether the source is there and can be opened; streams and cameras are not opened."""
    text = chosen.source
    if text == DEMO:
        return _check_demo(system)
    if is_stream(text):
        return note(
            f"{public_name(text)} is not tried here", f"{as_called()} run ADDRESS --frames 1"
        )
    if text.isascii() and text.isdigit():
        return _check_camera(system, f"/dev/video{int(text)}")
    if is_local_path(text) and is_camera(Path(text)):
        return _check_camera(system, text)
    return _check_opening(text)


def check_model(system: System, chosen: Chosen) -> Finding:
    """Whether the model is there and this machine can run it."""
    if chosen.trouble is not None:
        return missing(str(chosen.trouble), _model_repair(chosen))
    path = chosen.spec.path if chosen.spec else None
    detail = f"{chosen.model}: {path}"
    soc = system.soc
    if soc is not None and path is not None and path.suffix == ".onnx":
        # A known model is fetched by `convert`; another one lies where its owner knows.
        model = path.stem if path.stem in read_manifest() else path.name
        return warning(
            f"{detail} runs on the CPU: there is no .rknn file of it for the {soc.name}",
            f"on a PC: {as_called()} convert {model} --target {soc.name} --calibration "
            f"FOLDER, then copy the .rknn and .toml files into {system.model_dirs[0]} here",
        )
    return ok(detail)


def check_weights(system: System, _chosen: Chosen) -> Finding:
    """Which sidecars and manifest entries have no file."""
    fetchable = [
        name
        for name, entry in read_manifest().items()
        if entry.kind == "model" and local_file(name, system.model_dirs) is None
    ]
    lonely = [name for name in _sidecars_without_file(system) if name not in fetchable]
    if lonely:
        return warning(
            f"sidecars without a model file: {', '.join(lonely)}",
            "put the .onnx or .rknn file beside each, or remove the .toml file",
        )
    if fetchable:
        return note(
            f"models that were not fetched: {', '.join(fetchable)}",
            f"{as_called()} models fetch {' '.join(fetchable)}",
        )
    return ok("every known model has its file")


def _check_demo(system: System) -> Finding:
    clip = local_file(DEMO_CLIP, system.model_dirs)
    if clip is None:
        return missing("the demo clip is not here", f"{as_called()} models fetch {DEMO_CLIP}")
    return _check_opening(str(clip))


def _check_opening(text: str) -> Finding:
    source = make_source(text, SourceOptions())
    try:
        info = source.open()
    except SourceError as error:
        return missing(str(error), f"give another source: {as_called()} doctor SOURCE")
    finally:
        source.close()
    rate = f", {float(info.rate):g} fps" if info.rate is not None else ""
    return ok(f"{text}: {info.width}x{info.height}{rate}, decoder {info.decoder or 'none'}")


def _check_camera(system: System, device: str) -> Finding:
    if not system.exists(device):
        there = ", ".join(camera.source for camera in find_cameras(system.root))
        return missing(
            f"{device} does not exist" + (f": there is {there}" if there else ""),
            "v4l2-ctl --list-devices",
        )
    if not system.may_use(system.path(device)):
        (group,) = owners(system.root, (device,), "video")
        return missing(
            f"{device} is for the group {group}",
            access_repair(system.root, (device,), "video"),
        )
    return ok(device)


def _model_repair(chosen: Chosen) -> str:
    if isinstance(chosen.trouble, ModelNotFoundError):
        name = ModelName.parse(chosen.model).name
        if name in read_manifest():
            return f"{as_called()} models fetch {name}"
    return f"{as_called()} models list"


def _sidecars_without_file(system: System) -> tuple[str, ...]:
    files = model_files(system.model_dirs)
    served = {file.name for file in files} | {file.path.stem for file in files}
    sidecars = {path.stem for folder in system.model_dirs for path in folder.glob("*.toml")}
    return tuple(sorted(sidecars - served))
