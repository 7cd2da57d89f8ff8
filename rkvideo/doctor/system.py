"""The machine as the checks see it: plain values, and a root folder below which files are read."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import av
import av.filter

from rkvideo.backends.base import BackendSpec
from rkvideo.backends.onnx import available_providers
from rkvideo.config import ModelSpec
from rkvideo.doctor.painter import PainterAnswer, ask_painter
from rkvideo.doctor.trial import open_once
from rkvideo.errors import BackendUnavailableError, SinkOpenError
from rkvideo.machine.affinity import cores_of_process
from rkvideo.machine.device_access import may_use
from rkvideo.machine.npu_files import ROOT, KernelText, below, names_in, read
from rkvideo.machine.places import Place, all_places, model_folders
from rkvideo.machine.qt_libraries import has_pyqt5
from rkvideo.machine.soc import COMPATIBLE, Soc, read_soc
from rkvideo.pictures.rga.trial import RgaAnswer, try_rga
from rkvideo.sinks.encoders import opening_encoders
from rkvideo.sinks.folders import recordings_folder

_PACKAGES = (
    "av",
    "pyav-rkmpp",
    "onnxruntime",
    "onnxruntime-gpu",
    "opencv-contrib-python",
    "opencv-python",
    "opencv-python-headless",
    "rknn-toolkit-lite2",
)


@dataclass(frozen=True, slots=True)
class System:
    """What the checks are told of a machine.

    `cores` are the CPU cores that this process may use. `packages` maps the Python packages that
    matter to their versions, `decoders` are those of FFmpeg, `filters` its filters, `encoders`
    those that a recording could take and that open here.
    `providers` are those of ONNX Runtime, None where it cannot be imported. `may_use` tells
    whether this user may read and write a device, `open_model` opens a .rknn file once,
    `ask_painter` tries the GPU, `try_rga` RGA.
    `free_bytes` is what is left on the disk of `recordings`, None where that folder cannot be made;
    `recordings` is then the reason.
    """

    root: Path
    environment: Mapping[str, str]
    python: tuple[int, int]
    executable: str
    in_venv: bool
    uid: int
    machine: str
    cores: frozenset[int]
    packages: Mapping[str, str]
    has_pyqt5: bool
    decoders: tuple[str, ...]
    filters: tuple[str, ...]
    encoders: tuple[str, ...]
    providers: tuple[str, ...] | None
    model_dirs: tuple[Path, ...]
    places: tuple[Place, ...]
    recordings: str
    free_bytes: int | None
    may_use: Callable[[Path], bool] = field(repr=False)
    open_model: Callable[[ModelSpec], BackendSpec] = field(repr=False)
    ask_painter: Callable[[], PainterAnswer] = field(repr=False)
    try_rga: Callable[[], RgaAnswer] = field(repr=False)

    @property
    def compatible(self) -> Path:
        """The device tree's file that tells the chip."""
        return self.path(str(COMPATIBLE))

    @property
    def soc(self) -> Soc | None:
        """The chip, None on a PC."""
        return read_soc(self.compatible)

    def path(self, name: str) -> Path:
        """The absolute path `name`, below this machine's root."""
        return below(self.root, name)

    def exists(self, name: str) -> bool:
        """True where `name` is there and this user may see it."""
        try:
            return self.path(name).exists()
        except PermissionError:
            return False

    def read(self, name: str) -> KernelText:
        """The text of a file of the kernel or of /etc."""
        return read(self.root, name)

    def names(self, folder: str, pattern: str) -> tuple[str, ...]:
        """The absolute names in `folder` that fit `pattern`, sorted."""
        return names_in(self.root, folder, pattern)


def this_system() -> System:
    """The machine that the program runs on."""
    recordings, free_bytes = _recordings()
    return System(
        root=ROOT,
        environment=os.environ,
        python=sys.version_info[:2],
        executable=sys.executable,
        in_venv=sys.prefix != sys.base_prefix,
        uid=os.getuid(),
        machine=platform.machine(),
        cores=cores_of_process(),
        packages=_packages(),
        has_pyqt5=has_pyqt5(),
        decoders=tuple(sorted(av.codecs_available)),
        filters=tuple(sorted(av.filter.filters_available)),
        encoders=opening_encoders(),
        providers=_providers(),
        model_dirs=model_folders(),
        places=all_places(),
        recordings=recordings,
        free_bytes=free_bytes,
        may_use=may_use,
        open_model=open_once,
        ask_painter=ask_painter,
        try_rga=try_rga,
    )


def _packages() -> dict[str, str]:
    found = {}
    for name in _PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def _providers() -> tuple[str, ...] | None:
    try:
        return available_providers()
    except BackendUnavailableError:
        return None


def _recordings() -> tuple[str, int | None]:
    try:
        folder = recordings_folder()
    except SinkOpenError as error:
        return str(error), None
    return str(folder), shutil.disk_usage(folder).free
