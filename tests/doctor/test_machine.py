"""Each check of `doctor` that a PC has too, where one thing is wrong."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from rkvideo.pictures.rga.trial import RgaAnswer
from tests.helpers.board_samples import GROUP, board, pc, plug_in, put
from tests.helpers.doctor_samples import JOIN, answer, denied, without
from tests.helpers.model_samples import rknn_bytes
from tests.helpers.told_paths import told_of

IMAGE = "install an image with Rockchip's kernel"
VENV = "/home/u/rkvideo/.venv/bin/python"


@pytest.mark.parametrize(
    ("packages", "state"), [({"rknn-toolkit-lite2": "2.3.2"}, "warning"), ({}, "missing")]
)
def test_sudo_runs_another_python(tree: Path, packages: dict[str, str], state: str) -> None:
    system = board(
        tree,
        environment={"SUDO_USER": "u", "WAYLAND_DISPLAY": "w"},
        in_venv=False,
        executable="/usr/bin/python3",
        packages=packages,
    )
    assert answer(system, "python") == [
        state,
        "Python 3.11, /usr/bin/python3: sudo runs this one, not that of .venv with your packages",
        "./run.sh doctor without sudo, or sudo ./run.sh doctor",
    ]
    assert answer(replace(system, in_venv=True), "python")[0] == "ok"


def test_a_python_that_is_too_new(tmp_path: Path) -> None:
    assert answer(pc(tmp_path, python=(3, 13)), "python")[0] == "ok"
    assert answer(pc(tmp_path, python=(3, 14)), "python") == [
        "missing",
        f"Python 3.14, {VENV}: rkvideo needs 3.10 to 3.13",
        "PYTHON=python3.11 ./run.sh",
    ]


def test_onnx_runtime_that_is_not_there(tmp_path: Path, tree: Path) -> None:
    repair = f"{VENV} -m pip install --force-reinstall onnxruntime"
    detail = "onnxruntime cannot be imported"
    assert answer(pc(tmp_path, providers=None), "onnx runtime") == ["missing", detail, repair]
    assert answer(board(tree, providers=None), "onnx runtime") == ["warning", detail, repair]


def test_usage_events_that_would_be_sent(tmp_path: Path) -> None:
    system = pc(tmp_path, environment={"WAYLAND_DISPLAY": "wayland-0"})
    assert answer(system, "onnx runtime") == [
        "warning",
        "onnxruntime 1.23.0, CPUExecutionProvider: its usage events would be sent",
        "export ORT_DISABLE_TELEMETRY=1",
    ]


def test_cuda_that_was_asked_for_and_is_not_there(tmp_path: Path) -> None:
    system = pc(tmp_path, packages={"onnxruntime-gpu": "1.23.0"})
    assert answer(system, "onnx runtime") == [
        "warning",
        "onnxruntime 1.23.0, CPUExecutionProvider: onnxruntime-gpu is installed, but offers no "
        "CUDAExecutionProvider: models run on the CPU",
        f"{VENV} -m pip uninstall -y onnxruntime-gpu onnxruntime && "
        f"{VENV} -m pip install onnxruntime",
    ]
    there = replace(system, providers=("CUDAExecutionProvider", "CPUExecutionProvider"))
    assert answer(there, "onnx runtime") == [
        "note",
        "onnxruntime 1.23.0, CUDAExecutionProvider, CPUExecutionProvider; "
        "no usage events are sent; rkvideo runs models on the CPU all the same",
        "",
    ]


def test_a_board_without_hardware_decoders(tree: Path) -> None:
    assert answer(board(tree, decoders=("h264", "h264_v4l2m2m")), "decoders") == [
        "note",
        "h264_v4l2m2m: no rkmpp, so the CPU decodes",
        "docs/board.md, Hardware decoding",
    ]


BOTH = {"av": "18.1.0", "pyav-rkmpp": "18.1.0.post2"}


@pytest.mark.parametrize(("unit", "fitting"), [((), "pyav-rkmpp"), (("/dev/mpp_service",), "av")])
def test_two_pyavs_in_one_environment(tree: Path, unit: tuple[str, ...], fitting: str) -> None:
    without(tree, *unit)
    assert answer(board(tree, packages=BOTH), "pyav") == [
        "warning",
        "av 18.1.0 and pyav-rkmpp 18.1.0.post2: they are one to Python, and each holds files of "
        "the other",
        f"{VENV} -m pip uninstall -y av pyav-rkmpp && {VENV} -m pip install {fitting}",
    ]


def test_a_pyav_that_is_not_the_one_for_the_board(tree: Path) -> None:
    plain = board(tree, packages={"av": "18.1.0"}, decoders=("h264",))
    assert answer(plain, "pyav")[:2] == [
        "note",
        "av 18.1.0: it does not use the video unit of this board",
    ]
    # Built by hand on ffmpeg-rockchip: it is as good.
    assert answer(replace(plain, decoders=("h264_rkmpp",)), "pyav") == ["ok", "av 18.1.0", ""]
    without(tree, "/dev/mpp_service")
    assert answer(plain, "pyav")[0] == "ok"
    assert answer(board(tree), "pyav") == [
        "note",
        "pyav-rkmpp 18.1.0.post2, filters scale_rkrga, vpp_rkrga: there is no /dev/mpp_service, "
        "and it lacks libx264",
        f"{VENV} -m pip uninstall -y pyav-rkmpp && {VENV} -m pip install av",
    ]


@pytest.mark.parametrize(
    ("encoders", "state", "detail"),
    [
        (
            ("mpeg4", "mjpeg"),
            "note",
            "mpeg4, because none opens for H.264; nothing encodes HEVC",
        ),
        (
            ("libx265",),
            "warning",
            "none opens for H.264, MPEG-4 or MJPEG; libx265 with --record-codec hevc",
        ),
    ],
)
def test_encoders_that_stand_in_or_are_not_there(
    tmp_path: Path, encoders: tuple[str, ...], state: str, detail: str
) -> None:
    assert answer(pc(tmp_path, encoders=encoders), "encoders")[:2] == [state, detail]


def test_video_devices_that_this_user_may_not_use(tree: Path) -> None:
    system = board(tree, may_use=denied("mpp_service", "system"))
    assert answer(system, "video devices") == [
        "warning",
        "you may not use /dev/mpp_service, /dev/dma_heap/system, which ffmpeg-rockchip asks for",
        JOIN,
    ]
    without(tree, "/dev/rga", "/dev/dma_heap")
    assert answer(system, "video devices") == [
        "warning",
        "there is no /dev/rga, /dev/dma_heap, which ffmpeg-rockchip asks for",
        f"{IMAGE}: docs/board.md, Image",
    ]


def test_an_opencv_with_windows_beside_pyqt5(tmp_path: Path) -> None:
    system = pc(tmp_path, packages={"opencv-python": "4.11"})
    assert answer(system, "opencv") == [
        "warning",
        "opencv-python beside PyQt5: its own Qt plug-in xcb can end the window",
        f"{VENV} -m pip uninstall -y opencv-python && "
        f"{VENV} -m pip install --force-reinstall --no-deps opencv-python-headless",
    ]
    assert answer(replace(system, has_pyqt5=False), "opencv")[0] == "ok"


def test_qt_that_lacks_libraries(tree: Path) -> None:
    folder = "/usr/lib/aarch64-linux-gnu"
    without(tree, f"{folder}/libxcb-icccm.so.4", f"{folder}/libxkbcommon-x11.so.0")
    assert answer(board(tree), "qt") == [
        "warning",
        "Qt lacks libxcb-icccm4, libxkbcommon-x11-0",
        "sudo apt-get install -y libxcb-icccm4 libxkbcommon-x11-0",
    ]


@pytest.mark.parametrize(
    ("machine", "repair"),
    [
        ("aarch64", "sudo apt-get install -y python3-pyqt5"),
        ("x86_64", f"{VENV} -m pip install PyQt5"),
    ],
)
def test_a_machine_without_pyqt5(tree: Path, machine: str, repair: str) -> None:
    assert answer(board(tree, has_pyqt5=False, machine=machine), "qt") == [
        "warning",
        "PyQt5 is not installed: only `run` works",
        repair,
    ]


def test_a_platform_that_the_user_has_chosen(tree: Path) -> None:
    system = board(tree, environment={"QT_QPA_PLATFORM": "eglfs"})
    assert answer(system, "qt")[:2] == [
        "note",
        "QT_QPA_PLATFORM=eglfs decides where the window goes",
    ]


def test_no_desktop(tree: Path) -> None:
    nothing = "there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)"
    plug_in(tree)
    assert answer(board(tree, environment={}), "display") == [
        "note",
        f"{nothing}: --fullscreen draws straight to the screen (eglfs)",
        "./run.sh --fullscreen, or start it on the desktop",
    ]
    closed = answer(board(tree, environment={}, may_use=lambda _path: False), "display")
    assert closed[1].startswith(f"{nothing}, and you may not use /dev/dri/card0: ")
    put(tree, "/sys/class/drm/card0-HDMI-A-1/status", "disconnected\n")
    assert answer(board(tree, environment={}), "display") == [
        "note",
        f"{nothing}, and no monitor is plugged in: `view` records instead",
        "./run.sh run ... --record out.mp4",
    ]


def test_a_disk_that_is_nearly_full(tmp_path: Path) -> None:
    assert answer(pc(tmp_path, free_bytes=310_000_000), "disk") == [
        "warning",
        "0.3 GB free in /home/u/Videos/rkvideo: little for recordings",
        "./run.sh run ... --record /OTHER/DISK",
    ]
    assert answer(pc(tmp_path, free_bytes=None, recordings="cannot be made"), "disk") == [
        "warning",
        "cannot be made",
        "./run.sh run ... --record PATH",
    ]


# The source and the model.


def test_a_demo_clip_that_was_not_fetched(tree: Path) -> None:
    without(tree, "/models/clips/bikes.mp4")
    assert answer(board(tree), "source") == [
        "missing",
        "the demo clip is not here",
        "./run.sh models fetch bikes",
    ]


def test_a_file_that_is_not_there(tree: Path) -> None:
    state, detail, repair = answer(board(tree), "source", source="gone.mp4")
    assert (state, repair) == ("missing", "give another source: ./run.sh doctor SOURCE")
    assert detail.startswith("gone.mp4: ")


@pytest.mark.parametrize("source", ["/dev/video0", "0"])
def test_a_camera(tree: Path, source: str) -> None:
    assert answer(board(tree), "source", source) == ["ok", "/dev/video0", ""]
    assert answer(board(tree, may_use=denied("video0")), "source", source) == [
        "missing",
        f"/dev/video0 is for the group {GROUP}",
        JOIN,
    ]
    without(tree, "/dev/video0")
    assert answer(board(tree), "source", source) == [
        "missing",
        "/dev/video0 does not exist",
        "v4l2-ctl --list-devices",
    ]


def test_a_model_that_was_not_fetched(tmp_path: Path) -> None:
    put(tmp_path, "yolo11n.toml", 'licence = "AGPL-3.0"\n')  # comes with the project
    system = pc(tmp_path, model_dirs=(tmp_path,))
    assert answer(system, "model", model="yolo11n@320") == [
        "missing",
        "model yolo11n is not on this machine: `./run.sh models fetch yolo11n` gets it",
        "./run.sh models fetch yolo11n",
    ]
    assert answer(system, "weights") == [
        "note",
        "models that were not fetched: yolo11n, yolox-nano",
        "./run.sh models fetch yolo11n yolox-nano",
    ]


def test_a_sidecar_without_its_model(tree: Path) -> None:
    put(tree, "/models/plates.toml", 'licence = "unknown"\n')
    put(tree, "/models/yolo11n.toml", 'licence = "AGPL-3.0"\n')
    assert answer(board(tree), "weights") == [
        "warning",
        "sidecars without a model file: plates",
        "put the .onnx or .rknn file beside each, or remove the .toml file",
    ]


def test_a_model_that_is_not_converted_runs_on_the_cpu(tree: Path) -> None:
    without(tree, "/models/yolo11n-640-rk3588-i8.rknn")
    assert answer(board(tree), "model") == [
        "warning",
        f"yolo11n: {tree}/models/yolo11n.onnx runs on the CPU: there is no .rknn file of it for "
        "the rk3588",
        "on a PC: ./run.sh convert yolo11n --target rk3588 --calibration FOLDER, "
        f"then copy the .rknn and .toml files into {tree}/models here",
    ]


def test_a_model_of_another_chip(tree: Path) -> None:
    path = tree / "other.rknn"
    path.write_bytes(rknn_bytes(targets=["rk3562"]))
    state, detail, _ = answer(board(tree), "model", model=str(path))
    assert state == "missing"
    assert detail == (
        f"{path} is made for rk3562, but this board has an rk3588: convert it for rk3588"
    )


def test_a_file_that_is_no_model(tree: Path) -> None:
    path = tree / "junk.rknn"
    path.write_bytes(b"GIF89a" + bytes(100))
    assert answer(board(tree), "model", model=str(path))[:2] == [
        "missing",
        f"{path} is not a .rknn file: convert the model for your chip first",
    ]


def test_planes_that_give_other_pixels_here_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def black(_picture, _area, target, _order):
        target[:] = 0

    monkeypatch.setattr("rkvideo.detection.picture_ways.resize_planes", black)
    state, detail, repair = answer(pc(tmp_path), "picture way")
    assert state == "note"
    assert detail.startswith(
        "a drawn picture: pictures no longer go by planes: its pixels of yuv420p 1280x720 differ"
    )
    assert repair.endswith("run ... --fast off leaves the trial out")


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (
            RgaAnswer("", "v1.10.4_[1], RGA_3 RGA_2_Enhance", 1.44),
            [
                "ok",
                "v1.10.4_[1], RGA_3 RGA_2_Enhance: scales a picture as swscale does, within 1.4 of "
                "255 on average",
                "",
            ],
        ),
        (
            RgaAnswer("improcess: Fatal error (0)", "v1.10.4_[1], RGA_2_Enhance"),
            ["note", "v1.10.4_[1], RGA_2_Enhance: not used: improcess: Fatal error (0)", ""],
        ),
        (RgaAnswer("there is no /dev/rga"), ["note", "librga: not used: there is no /dev/rga", ""]),
    ],
)
def test_what_rga_does_is_told(tree: Path, found: RgaAnswer, told: list[str]) -> None:
    assert answer(board(tree, try_rga=lambda: found), "rga") == told
    state = "works" if not found.reason else "not used"
    assert told_of("rga", "librga").state == state


def test_where_pyav_has_no_video_unit_rga_is_not_tried(tree: Path) -> None:
    def tried() -> RgaAnswer:
        raise AssertionError("it was tried")

    told = answer(board(tree, decoders=("h264",), try_rga=tried), "rga")
    assert told == ["note", "this PyAV has no decoder of a video unit: nothing for RGA to read", ""]
