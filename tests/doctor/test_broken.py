"""Each check of `doctor` that is about the NPU, where one thing is wrong."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rkvideo.backends.rknn_runtime import library_version
from tests.helpers.board_samples import DDR, GROUP, NPU, board, pc, put
from tests.helpers.doctor_samples import JOIN, answer, denied, without

LIBRARY = "/usr/lib/librknnrt.so"
GET_LIBRARY = (
    "curl -fLO https://github.com/airockchip/rknn-toolkit2/raw/master/rknpu2/runtime/Linux/"
    "librknn_api/aarch64/librknnrt.so && sudo install -m 644 librknnrt.so /usr/lib/librknnrt.so"
)
IMAGE = "install an image with Rockchip's kernel"
VENV = "/home/u/rkvideo/.venv/bin/python"


def forbid(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Stands in for the kernel, which lets only root into debugfs; tests may run as root."""
    read_bytes = Path.read_bytes

    def refuse(path: Path) -> bytes:
        if folder in path.parents:
            raise PermissionError(13, "Permission denied", str(path))
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)


# The NPU driver.


def test_a_driver_whose_version_is_hidden_is_a_note(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forbid(monkeypatch, tree / "sys/kernel/debug")
    assert answer(board(tree), "npu driver") == [
        "note",
        "RKNPU is there, kernel 6.1.84-vendor, its version is not: "
        "/sys/kernel/debug/rknpu/version may be read by root only",
        "sudo ./run.sh doctor",
    ]
    assert answer(board(tree), "npu load") == [
        "note",
        "/sys/kernel/debug/rknpu/load may be read by root only: the load of the cores is not shown",
        "start with sudo to see it: sudo ./run.sh run ...",
    ]


@pytest.mark.parametrize(
    ("name", "text"),
    [("/proc/rknpu/version", "RKNPU driver: v0.9.2"), ("/sys/module/rknpu/version", "0.9.2\n")],
)
def test_other_places_tell_the_driver_without_root(
    tree: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str
) -> None:
    forbid(monkeypatch, tree / "sys/kernel/debug")
    put(tree, name, text)
    assert answer(board(tree), "npu driver")[:2] == ["ok", "RKNPU 0.9.2, kernel 6.1.84-vendor"]


def test_a_mainline_kernel_is_told(tree: Path) -> None:
    without(tree, "/sys/bus/platform/drivers/RKNPU", "/sys/kernel/debug/rknpu")
    put(tree, "/sys/bus/platform/drivers/rocket/bind", "")
    put(tree, "/proc/sys/kernel/osrelease", "6.18.2\n")
    assert answer(board(tree), "npu driver") == [
        "missing",
        "kernel 6.18.2 has the mainline NPU driver rocket, which RKNNLite cannot use",
        f"{IMAGE} (5.10 or 6.1): docs/board.md, Image",
    ]


def test_a_kernel_without_a_driver_is_told(tree: Path) -> None:
    without(tree, "/sys/bus/platform/drivers/RKNPU", "/sys/kernel/debug/rknpu")
    assert answer(board(tree), "npu driver") == [
        "missing",
        "kernel 6.1.84-vendor has no NPU driver RKNPU",
        f"sudo modprobe rknpu, else {IMAGE}: docs/board.md, Image",
    ]
    assert answer(board(tree), "npu load")[1:] == [
        "/proc/rknpu/load does not exist: the load of the cores is not shown",
        "sudo mount -t debugfs none /sys/kernel/debug",
    ]


# Devices, container, library, wheel.


def test_an_npu_of_another_group_names_the_group(tree: Path) -> None:
    system = board(tree, may_use=denied("platform-fdab0000.npu-render"))
    assert answer(system, "npu devices") == [
        "missing",
        f"/dev/dri/by-path/platform-fdab0000.npu-render may be used by the group {GROUP} only, "
        "and you are not in it",
        JOIN,
    ]


def test_nobody_is_told_to_join_the_group_root(tree: Path) -> None:
    put(tree, "/etc/group", f"root:x:{os.getgid()}:\n")
    rules = (
        "| sudo tee /etc/udev/rules.d/99-rkvideo.rules && sudo udevadm control --reload && "
        "sudo udevadm trigger && sudo usermod -aG"
    )
    assert answer(board(tree, may_use=lambda path: False), "npu devices")[2] == (
        f"""echo 'KERNEL=="renderD129", GROUP="render", MODE="0660"' {rules} render $USER, """
        "then log in again"
    )
    closed = board(tree, may_use=denied("mpp_service", "system"))
    assert answer(closed, "video devices")[2] == (
        f"""echo 'KERNEL=="mpp_service|system", GROUP="video", MODE="0660"' {rules} video $USER, """
        "then log in again"
    )


def test_a_group_without_a_name_is_the_usual_one(tree: Path) -> None:
    put(tree, "/etc/group", "")
    assert answer(board(tree, may_use=denied("video0")), "source", "/dev/video0") == [
        "missing",
        "/dev/video0 is for the group video",
        "sudo usermod -aG video $USER, then log in again",
    ]


def test_render_nodes_stand_for_the_npu_where_udev_names_none(tree: Path) -> None:
    without(tree, "/dev/dri/by-path")
    assert answer(board(tree), "npu devices")[:2] == [
        "ok",
        "/dev/dri/renderD128, /dev/dri/renderD129",
    ]
    put(tree, "/dev/rknpu", "")
    assert answer(board(tree), "npu devices")[:2] == ["ok", "/dev/rknpu"]


def test_no_node_at_all_is_missing(tree: Path) -> None:
    without(tree, "/dev/dri")
    assert answer(board(tree), "npu devices") == [
        "missing",
        "no device of the NPU: neither /dev/dri/renderD* nor /dev/rknpu exists",
        f"{IMAGE}: docs/board.md, Image",
    ]


@pytest.mark.parametrize("mark", ["/.dockerenv", "/run/.containerenv"])
def test_a_container_that_hides_the_board(tree: Path, mark: str) -> None:
    put(tree, mark, "")
    assert answer(board(tree), "container") == ["ok", "in a container", ""]
    without(tree, "/dev/dri/renderD129")
    docker = (
        "docker run --security-opt systempaths=unconfined --device /dev/dri "
        "--device /dev/dma_heap --device /dev/mpp_service --device /dev/rga ..."
    )
    assert answer(board(tree), "container") == [
        "missing",
        "this container lacks /dev/dri/renderD129: rknnlite does not start in it",
        docker,
    ]
    without(tree, "/proc/device-tree")
    assert answer(board(tree), "container", model=str(tree / "models/yolo11n.onnx")) == [
        "warning",
        "this container lacks /proc/device-tree/compatible and /dev/dri/renderD129: "
        "rknnlite does not start in it",
        docker,
    ]


def test_a_container_on_a_pc_is_well(tmp_path: Path) -> None:
    put(tmp_path, "/.dockerenv", "")
    assert answer(pc(tmp_path), "container") == ["ok", "in a container", ""]


def test_a_missing_library_names_the_command(tree: Path) -> None:
    without(tree, LIBRARY)
    assert answer(board(tree), "runtime library") == [
        "missing",
        "/usr/lib/librknnrt.so does not exist",
        GET_LIBRARY,
    ]


@pytest.mark.parametrize(
    ("version", "state", "detail"),
    [
        (
            "1.5.2",
            "missing",
            "librknnrt 1.5.2 is older than the toolkit 2.3.2 that made the model: "
            "`Invalid RKNN model version 6` is its answer",
        ),
        (
            "2.0.0b0",
            "warning",
            "librknnrt 2.0.0 is older than the toolkit 2.3.2 that made the model: it may refuse it",
        ),
    ],
)
def test_a_library_older_than_the_model(tree: Path, version: str, state: str, detail: str) -> None:
    put(tree, LIBRARY, f"\0librknnrt version: {version} (429f97ae6b)\0")
    assert answer(board(tree), "runtime library") == [state, detail, GET_LIBRARY]


@pytest.mark.parametrize(
    ("version", "detail"),
    [
        ("2.3.0", "librknnrt 2.3.0, the model was made with 2.3.2"),
        ("3.0.0", "librknnrt 3.0.0, the model was made with 2.3.2"),
    ],
)
def test_a_library_that_fits(tree: Path, version: str, detail: str) -> None:
    put(tree, LIBRARY, f"\0librknnrt version: {version}\0")
    assert answer(board(tree), "runtime library") == ["ok", detail, ""]


def test_without_a_rknn_model_the_library_is_only_named(tree: Path) -> None:
    found = answer(board(tree), "runtime library", model=str(tree / "models/yolo11n.onnx"))
    assert found == ["ok", "librknnrt 2.3.2", ""]


@pytest.mark.parametrize("text", ["", "\x7fELF and nothing", "librknnrt version: unknown"])
def test_a_library_without_a_version(tree: Path, text: str) -> None:
    put(tree, LIBRARY, text)
    assert answer(board(tree), "runtime library") == [
        "warning",
        "/usr/lib/librknnrt.so does not tell its version",
        GET_LIBRARY,
    ]


def test_the_version_is_found_deep_in_a_library(tmp_path: Path) -> None:
    path = tmp_path / "lib.so"
    path.write_bytes(bytes(7_000_000) + b"librknnrt version: 2.4.1 (x)" + bytes(1000))
    assert library_version(path) == "2.4.1"
    path.write_bytes(b"librknnrt version: 2.4")
    assert library_version(path) == "2.4"


def test_a_missing_wheel(tree: Path) -> None:
    system = board(tree, packages={"onnxruntime": "1.23.0"})
    assert answer(system, "rknn-toolkit-lite2") == [
        "missing",
        f"rknn-toolkit-lite2 is not installed in {VENV}: `No module named rknnlite`",
        f'{VENV} -m pip install "rknn-toolkit-lite2>=2.3.2"',
    ]
    assert answer(replace(system, python=(3, 13)), "rknn-toolkit-lite2") == [
        "missing",
        "rknn-toolkit-lite2 has no wheel for Python 3.13, the last is for 3.12",
        "rm -r .venv && ./run.sh, on an image whose /usr/bin/python3 is 3.10 to 3.12",
    ]


# Clocks and temperature.


@pytest.mark.parametrize(
    ("governor", "clock", "state", "detail"),
    [
        ("userspace", 1_000_000_000, "ok", "governor userspace, 1000 of 1000 MHz"),
        ("performance", 700_000_000, "ok", "governor performance, 700 of 1000 MHz"),
        (
            "userspace",
            300_000_000,
            "note",
            "governor userspace, 300 of 1000 MHz: figures vary with the load",
        ),
    ],
)
def test_the_npu_clock(tree: Path, governor: str, clock: int, state: str, detail: str) -> None:
    put(tree, f"{NPU}/governor", governor)
    put(tree, f"{NPU}/cur_freq", str(clock))
    assert answer(board(tree), "npu clock")[:2] == [state, detail]


def test_clocks_and_sensors_that_do_not_exist(tree: Path) -> None:
    without(tree, "/sys/class/devfreq", "/sys/class/thermal")
    assert answer(board(tree), "npu clock") == [
        "note",
        "/sys/class/devfreq/*.npu does not exist: the NPU's clock cannot be told or held",
        "",
    ]
    assert answer(board(tree), "ddr clock") == [
        "note",
        "/sys/class/devfreq/dmc does not exist: the memory's clock cannot be told or held",
        "",
    ]
    assert answer(board(tree), "temperature") == [
        "note",
        "no thermal zone: the temperature is not shown",
        "",
    ]


def test_a_pinned_clock_that_only_root_may_put_back(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = put(tree, "/run/rkvideo/clocks.json", f'[{{"folder": "{NPU}", "governor": "x"}}]')
    open_path = Path.open

    def refuse(path: Path, mode: str = "r", **kwargs: Any) -> Any:
        """Stands in for the kernel, which keeps others from writing what is root's."""
        if path == state and mode != "rb":
            raise PermissionError(13, "Permission denied")
        return open_path(path, mode, **kwargs)

    monkeypatch.setattr(Path, "open", refuse)
    assert answer(board(tree), "npu clock") == [
        "warning",
        "a run that crashed has left clocks pinned",
        "sudo ./run.sh doctor",
    ]


def test_a_damaged_note_of_a_pinned_clock(tree: Path) -> None:
    put(tree, "/run/rkvideo/clocks.json", "{")
    assert answer(board(tree), "npu clock") == [
        "warning",
        "/run/rkvideo/clocks.json is damaged: delete it and set the governors by hand",
        "sudo rm /run/rkvideo/clocks.json",
    ]


def test_a_memory_clock_that_varies(tree: Path) -> None:
    put(tree, f"{DDR}/governor", "dmc_ondemand")
    put(tree, f"{DDR}/cur_freq", "528000000")
    assert answer(board(tree), "ddr clock") == [
        "note",
        "governor dmc_ondemand, 528 of 2112 MHz: figures vary with the load",
        "echo performance | sudo tee /sys/class/devfreq/dmc/governor",
    ]


def test_a_sensor_that_does_not_answer(tree: Path) -> None:
    put(tree, "/sys/class/thermal/thermal_zone0/temp", "")
    assert answer(board(tree), "temperature")[1] == "soc-thermal ? °C, npu-thermal 44 °C"


def test_units_that_are_not_told_are_named_with_the_reason_and_the_repair(tree: Path) -> None:
    interval = "/proc/mpp_service/load_interval"
    put(tree, interval, "0\n")
    (tree / "sys/class/hwmon/hwmon9/name").unlink()
    assert answer(board(tree), "units") == [
        "note",
        f"RGA 42/27/0 %, GPU 5 %, no video ({interval} is 0, so nothing is counted), "
        "no fan (there is no fan that the kernel drives)",
        f"echo 1000 | sudo tee {interval}",
    ]
    put(tree, interval, "1000\n")
    (tree / "sys/kernel/debug/rkrga/load").unlink()
    state, detail, repair = answer(board(tree), "units")
    assert (state, repair) == ("note", "")
    assert "no rga (/proc/rkrga/load does not exist)" in detail
