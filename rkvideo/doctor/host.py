"""The checks that a board and a PC share: Python, ONNX Runtime, decoders, Qt, screen, disk."""

from __future__ import annotations

from rkvideo.backends.rknn import PACKAGE
from rkvideo.config import CameraChoice
from rkvideo.doctor.check import Finding, lacking, missing, note, ok, warning
from rkvideo.doctor.chosen import Chosen
from rkvideo.doctor.fonts import PACKAGE as FONT_PACKAGE
from rkvideo.doctor.fonts import has_chinese_font, speaks_chinese
from rkvideo.doctor.system import System
from rkvideo.machine.called import as_called, as_root
from rkvideo.machine.cameras import find_cameras
from rkvideo.machine.device_access import access_repair
from rkvideo.machine.display import bare_platform, bare_trouble, missing_display
from rkvideo.machine.npu_files import ROOT
from rkvideo.machine.places import Place
from rkvideo.machine.qt_libraries import (
    can_load,
    missing_qt_packages,
    packages_repair,
    pyqt5_repair,
)
from rkvideo.machine.telemetry import is_telemetry_off
from rkvideo.sinks.encoders import ENCODERS

_FIRST_PYTHON, _LAST_PYTHON = (3, 10), (3, 13)
_CUDA = "CUDAExecutionProvider"
_HARDWARE_DECODERS = ("_rkmpp", "_v4l2m2m")
# The two are one package to Python, so an environment holds one of them.
PYAVS = ("av", "pyav-rkmpp")
VIDEO_UNIT = "/dev/mpp_service"
_NEEDED_BY = "which ffmpeg-rockchip asks for"
# A recording of 8 Mbit/s fills this in 17 minutes.
_ENOUGH_BYTES = 1_000_000_000


def check_python(system: System, chosen: Chosen) -> Finding:
    """This Python, and whether sudo has put another one in its place."""
    version = ".".join(str(number) for number in system.python)
    detail = f"Python {version}, {system.executable}"
    if not _FIRST_PYTHON <= system.python <= _LAST_PYTHON:
        return missing(f"{detail}: rkvideo needs 3.10 to 3.13", f"PYTHON=python3.11 {as_called()}")
    if "SUDO_USER" in system.environment and not system.in_venv:
        needed = PACKAGE if chosen.needs_npu else "onnxruntime"
        return lacking(
            needed not in system.packages,
            f"{detail}: sudo runs this one, not that of .venv with your packages",
            f"{as_called()} doctor without sudo, or {as_root()} doctor",
        )
    return ok(detail)


def check_onnx(system: System, chosen: Chosen) -> Finding:
    """ONNX Runtime, and what it was installed to run on."""
    pip = f"{system.executable} -m pip"
    if system.providers is None:
        return lacking(
            chosen.needs_onnx,
            "onnxruntime cannot be imported",
            f"{pip} install --force-reinstall onnxruntime",
        )
    version = system.packages.get("onnxruntime") or system.packages.get("onnxruntime-gpu", "")
    detail = f"onnxruntime {version}, {', '.join(system.providers)}"
    if "onnxruntime-gpu" in system.packages and _CUDA not in system.providers:
        return warning(
            f"{detail}: onnxruntime-gpu is installed, but offers no {_CUDA}: models run on the CPU",
            f"{pip} uninstall -y onnxruntime-gpu onnxruntime && {pip} install onnxruntime",
        )
    if not is_telemetry_off(system.environment):
        return warning(
            f"{detail}: its usage events would be sent", "export ORT_DISABLE_TELEMETRY=1"
        )
    detail += "; no usage events are sent"
    if _CUDA in system.providers:
        return note(f"{detail}; rkvideo runs models on the CPU all the same")
    return ok(detail)


def check_pyav(system: System, _chosen: Chosen) -> Finding:
    """Which PyAV is here, and whether it is the one for this machine."""
    there = [f"{name} {system.packages[name]}" for name in PYAVS if name in system.packages]
    detail = " and ".join(there) or "PyAV of an unknown package"
    if len(there) > 1:
        return warning(
            f"{detail}: they are one to Python, and each holds files of the other",
            f"{_pip(system)} uninstall -y {' '.join(PYAVS)} && "
            f"{_pip(system)} install {_fitting_pyav(system)}",
        )
    ours = [name for name in system.filters if name.endswith("_rkrga")]
    if "pyav-rkmpp" in system.packages:
        filters = f", filters {', '.join(ours)}" if ours else ""
        if not system.exists(VIDEO_UNIT):
            return note(
                f"{detail}{filters}: there is no {VIDEO_UNIT}, and it lacks libx264",
                f"{_pip(system)} uninstall -y pyav-rkmpp && {_pip(system)} install av",
            )
        return ok(f"{detail}{filters}")
    if system.soc is not None and system.exists(VIDEO_UNIT) and not _has_rkmpp(system):
        return note(
            f"{detail}: it does not use the video unit of this board",
            f"{as_called()}, which takes pyav-rkmpp, or {_pip(system)} uninstall -y av && "
            f"{_pip(system)} install pyav-rkmpp",
        )
    return ok(detail)


def _pip(system: System) -> str:
    return f"{system.executable} -m pip"


def _fitting_pyav(system: System) -> str:
    has_video_unit = system.machine == "aarch64" and system.exists(VIDEO_UNIT)
    return "pyav-rkmpp" if has_video_unit else "av"


def _has_rkmpp(system: System) -> bool:
    return any(name.endswith("_rkmpp") for name in system.decoders)


def check_decoders(system: System, _chosen: Chosen) -> Finding:
    """The hardware decoders of this FFmpeg."""
    named = [name for name in system.decoders if name.endswith(_HARDWARE_DECODERS)]
    text = ", ".join(named) or "none"
    if system.soc is not None and not _has_rkmpp(system):
        return note(f"{text}: no rkmpp, so the CPU decodes", "docs/board.md, Hardware decoding")
    return ok(f"{text}; where none of them works the CPU decodes")


def check_encoders(system: System, _chosen: Chosen) -> Finding:
    """What a recording takes of the encoders that open here."""
    taken = {
        codec: next((each for each in encoders if each.name in system.encoders), None)
        for codec, encoders in ENCODERS.items()
    }
    h264, hevc = taken["h264"], taken["hevc"]
    text = f"{hevc.name} with --record-codec hevc" if hevc else "nothing encodes HEVC"
    if h264 is None:
        return warning(
            f"none opens for H.264, MPEG-4 or MJPEG; {text}",
            f"{_pip(system)} install --force-reinstall {_fitting_pyav(system)}",
        )
    if h264.stands_in:
        return note(f"{h264.name}, because none opens for H.264; {text}")
    return ok(f"{h264.name}; {text}")


def check_cameras(system: System, _chosen: Chosen) -> Finding:
    """Which cameras there are, each with the names that lead to it."""
    cameras = find_cameras(system.root)
    if not cameras:
        return ok("none")
    return ok("; ".join(_words_of(camera) for camera in cameras))


def _words_of(camera: CameraChoice) -> str:
    name = "" if camera.name == camera.source else f" ({camera.name})"
    return " = ".join((f"{camera.source}{name}", *camera.links))


def check_video_devices(system: System, _chosen: Chosen) -> Finding:
    """Whether this user may open what the rkmpp decoders need."""
    if not _has_rkmpp(system):
        return ok("not needed: this FFmpeg has no rkmpp decoder")
    heaps = system.names("/dev/dma_heap", "*") or ("/dev/dma_heap",)
    devices = (VIDEO_UNIT, "/dev/rga", *heaps)
    absent = [name for name in devices if not system.exists(name)]
    if absent:
        return warning(
            f"there is no {', '.join(absent)}, {_NEEDED_BY}",
            "install an image with Rockchip's kernel: docs/board.md, Image",
        )
    closed = [name for name in devices if not system.may_use(system.path(name))]
    if closed:
        return warning(
            f"you may not use {', '.join(closed)}, {_NEEDED_BY}",
            access_repair(system.root, closed, "video"),
        )
    return ok(", ".join(devices))


def check_opencv(system: System, _chosen: Chosen) -> Finding:
    """Whether an OpenCV with Qt plug-ins of its own is installed beside PyQt5."""
    with_windows = [
        name for name in ("opencv-python", "opencv-contrib-python") if name in system.packages
    ]
    pip = f"{system.executable} -m pip"
    if with_windows and system.has_pyqt5:
        return warning(
            f"{' and '.join(with_windows)} beside PyQt5: its own Qt plug-in xcb can end the window",
            f"{pip} uninstall -y {' '.join(with_windows)} && "
            f"{pip} install --force-reinstall --no-deps opencv-python-headless",
        )
    version = system.packages.get("opencv-python-headless")
    return ok(f"opencv-python-headless {version}" if version else "no OpenCV wheel with windows")


def check_qt(system: System, _chosen: Chosen) -> Finding:
    """PyQt5 and the libraries of Qt's platform plug-ins."""
    if not system.has_pyqt5:
        return warning(
            "PyQt5 is not installed: only `run` works",
            pyqt5_repair(system.machine, system.executable),
        )
    loads = can_load if system.root == ROOT else None
    absent = missing_qt_packages(system.environment, system.root, loads)
    if absent:
        return warning(f"Qt lacks {', '.join(absent)}", packages_repair(absent))
    chosen_by_user = system.environment.get("QT_QPA_PLATFORM")
    if chosen_by_user:
        return note(f"QT_QPA_PLATFORM={chosen_by_user} decides where the window goes")
    if speaks_chinese(system.environment) and not has_chinese_font(system):
        return warning(
            "the window's language is Chinese, and no font for it was found",
            packages_repair((FONT_PACKAGE,)),
        )
    return ok("PyQt5 with the libraries of its platform plug-in xcb")


def check_display(system: System, _chosen: Chosen) -> Finding:
    """Whether a window can be shown."""
    reason = missing_display(system.environment)
    if reason is None:
        return ok("a window can be opened")
    trouble = None
    if not system.environment.get("DISPLAY"):
        trouble = bare_trouble(system.root, may=system.may_use)
        if trouble is None:
            bare = bare_platform(system.root)
            return note(
                f"{reason}: --fullscreen draws straight to the screen ({bare})",
                f"{as_called()} --fullscreen, or start it on the desktop",
            )
    reason = ", and ".join(filter(None, (reason, trouble)))
    return note(f"{reason}: `view` records instead", f"{as_called()} run ... --record out.mp4")


def check_disk(system: System, _chosen: Chosen) -> Finding:
    """The space for recordings."""
    if system.free_bytes is None:
        return warning(system.recordings, f"{as_called()} run ... --record PATH")
    detail = f"{system.free_bytes / 1e9:.1f} GB free in {system.recordings}"
    if system.free_bytes < _ENOUGH_BYTES:
        return warning(
            f"{detail}: little for recordings", f"{as_called()} run ... --record /OTHER/DISK"
        )
    return ok(detail)


def check_place(place: Place) -> Finding:
    """Where something is kept."""
    is_there = place.path.exists()
    return ok(f"{place.path}: {place.holds}{'' if is_there else ' (not there yet)'}")
