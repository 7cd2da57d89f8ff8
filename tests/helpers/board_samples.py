"""A played RK3588 board: the files that its kernel and its image show, below a folder.

No NPU is behind it. `board` and `pc` give the `System` that the checks of `doctor` look at.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from rkvideo.backends.base import BackendSpec
from rkvideo.config import InputSpec
from rkvideo.doctor.painter import PainterAnswer
from rkvideo.doctor.system import System
from rkvideo.machine.qt_libraries import QT_LIBRARIES, XCB_LIBRARIES
from rkvideo.machine.telemetry import NO_TELEMETRY
from rkvideo.pictures.rga.trial import RgaAnswer
from tests.helpers.model_samples import rknn_bytes
from tests.helpers.paths import MODELS

NPU = "/sys/class/devfreq/fdab0000.npu"
DDR = "/sys/class/devfreq/dmc"
GROUP = "npu-users"
CLIP = MODELS / "clips" / "bikes.mp4"
# As rga_debugger.c of kernel 6.1 writes it while a session is open, whose name is a command line.
RGA_LOAD = "/sys/kernel/debug/rkrga/load"
MPP = "/proc/mpp_service"
RGA = """num of scheduler = 3
================= load ==================
scheduler[0]: rga3
\t load = 42%
-----------------------------------
scheduler[1]: rga3
\t load = 27%
-----------------------------------
scheduler[2]: rga2
\t load = 0%
-----------------------------------
\t process 17: pid = 217002, name: ffmpeg -i scheduler[3]: x load = 9%
"""
# As mpp_common.c writes it, some of an RK3588's cores.
VIDEO = """fdb90000.jpegd            load:   0.00% utilization:   0.00%
fdbd0000.rkvenc-core      load:  98.26% utilization:  97.25%
fdc38100.rkvdec-core      load: 100.31% utilization:  17.09%
"""
FILES = {
    "/proc/device-tree/compatible": "radxa,rock-5b\0rockchip,rk3588\0",
    "/proc/sys/kernel/osrelease": "6.1.84-vendor\n",
    "/proc/self/status": "Name:\tpython3\nVmPeak:\t  900000 kB\nVmRSS:\t  204800 kB\n",
    "/proc/meminfo": "MemTotal:       8000000 kB\nMemAvailable:    4000000 kB\n",
    "/sys/bus/platform/drivers/RKNPU/bind": "",
    "/sys/kernel/debug/rknpu/version": "RKNPU driver: v0.9.8\n",
    "/sys/kernel/debug/rknpu/load": "NPU load:  Core0: 31%, Core1:  7%, Core2:  0%,\n",
    f"{NPU}/governor": "rknpu_ondemand\n",
    f"{NPU}/cur_freq": "300000000\n",
    f"{NPU}/available_frequencies": "300000000 400000000 700000000 1000000000\n",
    f"{NPU}/userspace/set_freq": "undefined\n",
    f"{DDR}/governor": "performance\n",
    f"{DDR}/cur_freq": "2112000000\n",
    f"{DDR}/available_frequencies": "528000000 2112000000\n",
    **{
        f"/sys/devices/system/cpu/cpu{core}/cpu_capacity": f"{530 if core < 4 else 1024}\n"
        for core in range(8)
    },
    "/sys/class/thermal/thermal_zone0/type": "soc-thermal\n",
    "/sys/class/thermal/thermal_zone0/temp": "41615\n",
    "/sys/class/thermal/thermal_zone10/type": "npu-thermal\n",
    "/sys/class/thermal/thermal_zone10/temp": "43500\n",
    RGA_LOAD: RGA,
    f"{MPP}/load": VIDEO,
    f"{MPP}/load_interval": "1000\n",
    "/sys/class/devfreq/fb000000.gpu/load": "5@300000000Hz\n",
    "/sys/class/hwmon/hwmon0/name": "soc_thermal\n",
    "/sys/class/hwmon/hwmon9/name": "pwmfan\n",
    "/sys/class/hwmon/hwmon9/pwm1": "102\n",
    "/sys/class/hwmon/hwmon9/fan1_input": "2100\n",
    "/dev/dri/renderD128": "",
    "/dev/dri/renderD129": "",
    "/dev/mpp_service": "",
    "/dev/rga": "",
    "/dev/dma_heap/system": "",
    "/dev/video0": "",
    "/usr/lib/librknnrt.so": "\x7fELF librknnrt version: 2.3.2 (429f97ae6b@2025-04-09) end",
    "/etc/group": f"+\nroot:x:4294967295:\n{GROUP}:x:{os.getgid()}:\n",
    **{f"/usr/lib/aarch64-linux-gnu/{name}": "" for name in (*QT_LIBRARIES, *XCB_LIBRARIES)},
}


def put(root: Path, name: str, text: str) -> Path:
    """Write the file `name` below `root`."""
    path = root / name.lstrip("/")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def plug_in(root: Path) -> None:
    """A monitor at the card of the board in `root`."""
    put(root, "/dev/dri/card0", "")
    put(root, "/sys/class/drm/card0-HDMI-A-1/status", "connected\n")


def make_board(root: Path) -> Path:
    """The files of a board on which all is well."""
    for name, text in FILES.items():
        put(root, name, text)
    nodes = root / "dev/dri/by-path"
    nodes.mkdir()
    (nodes / "platform-fdab0000.npu-render").symlink_to("../renderD129")
    models = root / "models"
    (models / "clips").mkdir(parents=True)
    (models / "clips" / CLIP.name).symlink_to(CLIP)
    for name in ("yolo11n-640-rk3588-i8.rknn", "yolox-nano.rknn"):
        (models / name).write_bytes(rknn_bytes(inputs=[(1, 3, 640, 640)]))
    for name in ("yolo11n.onnx", "yolox-nano.onnx"):
        (models / name).touch()
    return root


def board(root: Path, **changes: Any) -> System:
    """The board in `root` for a user who may use everything."""
    return _system(
        root,
        {
            "machine": "aarch64",
            "environment": {"WAYLAND_DISPLAY": "wayland-0", **NO_TELEMETRY},
            "executable": "/home/u/rkvideo/.venv/bin/python",
            "packages": {
                "pyav-rkmpp": "18.1.0.post2",
                "onnxruntime": "1.23.0",
                "opencv-python-headless": "4.12.0",
                "rknn-toolkit-lite2": "2.3.2",
            },
            "decoders": ("h264", "h264_rkmpp", "hevc_rkmpp"),
            "filters": ("scale", "scale_rkrga", "vpp_rkrga"),
            "encoders": ("h264_rkmpp", "hevc_rkmpp", "mpeg4", "mjpeg"),
            **changes,
        },
    )


def pc(root: Path, **changes: Any) -> System:
    """A PC with nothing of a board; its models are those of the project."""
    return _system(
        root,
        {
            "machine": "x86_64",
            "environment": {"WAYLAND_DISPLAY": "wayland-0", **NO_TELEMETRY},
            "executable": "/home/u/rkvideo/.venv/bin/python",
            "packages": {
                "av": "18.1.0",
                "onnxruntime": "1.23.0",
                "opencv-python-headless": "4.12.0",
            },
            "decoders": ("h264", "h264_v4l2m2m"),
            "filters": ("scale",),
            "encoders": ("libx264", "libx265", "mpeg4", "mjpeg"),
            "model_dirs": (MODELS,),
            **changes,
        },
    )


PAINTS = PainterAnswer(
    by_gpu=True,
    reason="",
    levels=1,
    platform="wayland",
    vendor="Arm",
    renderer="Mali-G610",
    version="OpenGL ES 3.2",
)


SCALES = RgaAnswer("", "v1.10.4_[1], RGA_3 RGA_2_Enhance", 1.4)


def _system(root: Path, fields: dict[str, Any]) -> System:
    return System(
        **{
            "root": root,
            "python": (3, 11),
            "in_venv": True,
            "uid": 1000,
            "cores": frozenset(range(8)),
            "has_pyqt5": True,
            "providers": ("CPUExecutionProvider",),
            "model_dirs": (root / "models",),
            "places": (),
            "recordings": "/home/u/Videos/rkvideo",
            "free_bytes": 12_340_000_000,
            "may_use": lambda path: True,
            "ask_painter": lambda: PAINTS,
            "try_rga": lambda: SCALES,
            "open_model": lambda model: BackendSpec(InputSpec(640, 640), (), way="rknn-c"),
            **fields,
        }
    )
