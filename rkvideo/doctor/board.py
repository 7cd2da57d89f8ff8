"""The checks of what RKNNLite needs: chip, container, driver, devices, library, wheel."""

from __future__ import annotations

from rkvideo.backends.rknn import PACKAGE
from rkvideo.backends.rknn_runtime import (
    GET_LIBRARY,
    RUNTIME_LIBRARY,
    USUAL_GROUP,
    library_version,
    version_numbers,
)
from rkvideo.doctor.check import Finding, lacking, missing, note, ok, warning
from rkvideo.doctor.chosen import Chosen
from rkvideo.doctor.system import System
from rkvideo.machine.called import as_called, as_root
from rkvideo.machine.device_access import access_repair, owners
from rkvideo.machine.npu_files import DRIVER, driver_version, npu_nodes

_NOT_A_BOARD = "not a Rockchip board: ONNX Runtime is used, what only a board has is not checked"

# The wheels of rknn-toolkit-lite2 2.3.2 and 2.5.0 end here.
_LAST_PYTHON = (3, 12)
# rknnlite refuses to start in a container that lacks these two.
_CONTAINER_NEEDS = ("/proc/device-tree/compatible", "/dev/dri/renderD129")
_DOCKER = (
    "docker run --security-opt systempaths=unconfined --device /dev/dri --device /dev/dma_heap "
    "--device /dev/mpp_service --device /dev/rga ..."
)


def check_chip(system: System, _chosen: Chosen) -> Finding:
    """The chip and its NPU cores."""
    soc = system.soc
    if soc is None:
        return ok(_NOT_A_BOARD)
    return ok(f"{soc.name}, {soc.cores} NPU core{'s' if soc.cores > 1 else ''}")


def check_container(system: System, chosen: Chosen) -> Finding:
    """Whether a container shows rknnlite the files by which it knows a board."""
    if not (system.exists("/.dockerenv") or system.exists("/run/.containerenv")):
        return ok("not in a container")
    absent = [name for name in _CONTAINER_NEEDS if not system.exists(name)]
    # A container has the kernel's /sys also where the device tree is hidden.
    if not absent or (system.soc is None and not system.exists(DRIVER)):
        return ok("in a container")
    return lacking(
        chosen.needs_npu,
        f"this container lacks {' and '.join(absent)}: rknnlite does not start in it",
        _DOCKER,
    )


def check_driver(system: System, chosen: Chosen) -> Finding:
    """The NPU driver of Rockchip's kernel; the one of mainline is of no use to RKNNLite."""
    release = system.read("/proc/sys/kernel/osrelease").text or "unknown"
    version = driver_version(system.root)
    if version.text is not None:
        return ok(f"RKNPU {version.text}, kernel {release}")
    if system.exists(DRIVER):
        return note(
            f"RKNPU is there, kernel {release}, its version is not: {version.reason}",
            f"{as_root()} doctor",
        )
    if system.exists("/sys/bus/platform/drivers/rocket") or system.exists("/sys/module/rocket"):
        return lacking(
            chosen.needs_npu,
            f"kernel {release} has the mainline NPU driver rocket, which RKNNLite cannot use",
            "install an image with Rockchip's kernel (5.10 or 6.1): docs/board.md, Image",
        )
    return lacking(
        chosen.needs_npu,
        f"kernel {release} has no NPU driver RKNPU",
        "sudo modprobe rknpu, else install an image with Rockchip's kernel: docs/board.md, Image",
    )


def check_npu_devices(system: System, chosen: Chosen) -> Finding:
    """Whether this user may open the NPU."""
    nodes = npu_nodes(system.root)
    if not nodes:
        return lacking(
            chosen.needs_npu,
            "no device of the NPU: neither /dev/dri/renderD* nor /dev/rknpu exists",
            "install an image with Rockchip's kernel: docs/board.md, Image",
        )
    if any(system.may_use(system.path(node)) for node in nodes):
        return ok(", ".join(nodes))
    groups = ", ".join(owners(system.root, nodes, USUAL_GROUP))
    return lacking(
        chosen.needs_npu,
        f"{', '.join(nodes)} may be used by the group {groups} only, and you are not in it",
        access_repair(system.root, nodes, USUAL_GROUP),
    )


def check_library(system: System, chosen: Chosen) -> Finding:
    """The runtime library, and whether it is new enough for the model."""
    path = system.path(str(RUNTIME_LIBRARY))
    if not path.is_file():
        return lacking(chosen.needs_npu, f"{RUNTIME_LIBRARY} does not exist", GET_LIBRARY)
    version = library_version(path)
    if not version:
        return warning(f"{RUNTIME_LIBRARY} does not tell its version", GET_LIBRARY)
    if chosen.header is None:
        return ok(f"librknnrt {version}")
    made_with = chosen.header.version
    mine, wanted = version_numbers(version)[:2], version_numbers(made_with)[:2]
    if mine >= wanted:
        return ok(f"librknnrt {version}, the model was made with {made_with}")
    detail = f"librknnrt {version} is older than the toolkit {made_with} that made the model"
    if mine[:1] == wanted[:1]:
        return warning(f"{detail}: it may refuse it", GET_LIBRARY)
    return missing(f"{detail}: `Invalid RKNN model version 6` is its answer", GET_LIBRARY)


def check_wheel(system: System, chosen: Chosen) -> Finding:
    """RKNNLite in this Python."""
    python = ".".join(str(number) for number in system.python)
    version = system.packages.get(PACKAGE)
    if version is not None:
        return ok(f"{PACKAGE} {version} in Python {python}")
    if system.python > _LAST_PYTHON:
        return lacking(
            chosen.needs_npu,
            f"{PACKAGE} has no wheel for Python {python}, the last is for 3.12",
            f"rm -r .venv && {as_called()}, on an image whose /usr/bin/python3 is 3.10 to 3.12",
        )
    return lacking(
        chosen.needs_npu,
        f"{PACKAGE} is not installed in {system.executable}: `No module named rknnlite`",
        f'{system.executable} -m pip install "{PACKAGE}>=2.3.2"',
    )
