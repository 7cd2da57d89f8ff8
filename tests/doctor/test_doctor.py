"""`main.py doctor` on a played board where all is well, and on a PC."""

from __future__ import annotations

import io
import json
from pathlib import Path

import av
import pytest
from rich.console import Console

from rkvideo.cli.arguments import parse
from rkvideo.doctor.command import run
from rkvideo.doctor.system import System, this_system
from rkvideo.errors import ConfigError
from rkvideo.machine.places import all_places
from tests.helpers.board_samples import board, pc, put
from tests.helpers.model_samples import rknn_bytes
from tests.helpers.paths import MODELS

NOT_A_BOARD = "not a Rockchip board: ONNX Runtime is used, what only a board has is not checked"
PC_CHECKS = (
    *("source", "model", "weights", "chip", "container"),
    *("python", "onnx runtime", "pyav", "decoders", "encoders", "picture way", "video devices"),
    *("cameras", "opencv", "qt", "display", "painting", "disk"),
)


def doctor(*words: str, system: System | None = None) -> tuple[int, str]:
    # Narrow on purpose: a line that is told to people is never folded.
    console = Console(file=io.StringIO(), width=40, highlight=False)
    code = run(parse(["doctor", *words]), console, system)
    return code, console.file.getvalue()


def test_a_healthy_board_has_a_line_for_each_check(tree: Path) -> None:
    code, text = doctor(system=board(tree))
    models = tree / "models"
    assert text.splitlines() == [
        f"ok      source             {models}/clips/bikes.mp4: 640x272, 25 fps, decoder h264",
        f"ok      model              yolo11n: {models}/yolo11n-640-rk3588-i8.rknn",
        "ok      weights            every known model has its file",
        "ok      chip               rk3588, 3 NPU cores",
        "ok      container          not in a container",
        "ok      npu driver         RKNPU 0.9.8, kernel 6.1.84-vendor",
        "ok      npu devices        /dev/dri/by-path/platform-fdab0000.npu-render",
        "ok      runtime library    librknnrt 2.3.2, the model was made with 2.3.2",
        "ok      rknn-toolkit-lite2 rknn-toolkit-lite2 2.3.2 in Python 3.11",
        "ok      npu way            rknn-c, tried with yolo11n",
        "ok      npu load           NPU load: Core0: 31%, Core1: 7%, Core2: 0%",
        "note    npu clock          governor rknpu_ondemand, 300 of 1000 MHz: figures vary with "
        "the load  repair: sudo ./run.sh run ... --pin-clocks npu",
        "ok      ddr clock          governor performance, 2112 of 2112 MHz",
        "ok      cpu cores          4-7 decode and infer, 0-3 do the rest",
        "ok      temperature        soc-thermal 42 °C, npu-thermal 44 °C",
        "ok      units              RGA 42/27/0 %, video unit 100 % (fdc38100.rkvdec-core, of 3 "
        "cores), GPU 5 %, fan 40 %",
        "ok      rga                v1.10.4_[1], RGA_3 RGA_2_Enhance: scales a picture as swscale "
        "does, within 1.4 of 255 on average",
        "ok      python             Python 3.11, /home/u/rkvideo/.venv/bin/python",
        "ok      onnx runtime       onnxruntime 1.23.0, CPUExecutionProvider; "
        "no usage events are sent",
        "ok      pyav               pyav-rkmpp 18.1.0.post2, filters scale_rkrga, vpp_rkrga",
        "ok      decoders           h264_rkmpp, hevc_rkmpp; where none of them works the CPU "
        "decodes",
        "ok      encoders           h264_rkmpp; hevc_rkmpp with --record-codec hevc",
        "ok      picture way        planes, tried with a drawn picture in yuv420p and nv12",
        "ok      video devices      /dev/mpp_service, /dev/rga, /dev/dma_heap/system",
        "ok      cameras            /dev/video0",
        "ok      opencv             opencv-python-headless 4.12.0",
        "ok      qt                 PyQt5 with the libraries of its platform plug-in xcb",
        "ok      display            a window can be opened",
        "ok      painting           the GPU, within 1 levels of the CPU: Arm, Mali-G610, "
        "OpenGL ES 3.2, by wayland",
        "ok      disk               12.3 GB free in /home/u/Videos/rkvideo",
    ]
    assert code == 0


def test_a_pc_says_once_that_it_is_no_board(tmp_path: Path) -> None:
    code, text = doctor("--json", system=pc(tmp_path))
    rows = json.loads(text)
    assert [row["check"] for row in rows] == list(PC_CHECKS)
    assert {tuple(row) for row in rows} == {("check", "state", "detail", "repair")}
    answers = {row["check"]: (row["state"], row["detail"], row["repair"]) for row in rows}
    assert answers["chip"] == ("ok", NOT_A_BOARD, "")
    assert text.count("a board") == 1
    assert answers["model"] == ("ok", f"yolo11n: {MODELS / 'yolo11n.onnx'}", "")
    assert answers["decoders"][1] == "h264_v4l2m2m; where none of them works the CPU decodes"
    assert answers["encoders"][1] == "libx264; libx265 with --record-codec hevc"
    assert answers["video devices"][1] == "not needed: this FFmpeg has no rkmpp decoder"
    # The libraries of Qt are looked for below this root, where there are none.
    assert [name for name, answer in answers.items() if answer[0] != "ok"] == ["qt"]
    assert code == 0


def test_this_machine_is_examined(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_VIDEOS_DIR", str(tmp_path))
    code, text = doctor("pattern:64x64@30", "--json")
    answers = {row["check"]: (row["state"], row["detail"]) for row in json.loads(text)}
    places = [place.name for place in all_places()]
    assert list(answers) == [*PC_CHECKS, *places]
    assert answers["source"] == ("ok", "pattern:64x64@30: 64x64, 30 fps, decoder none")
    assert answers["onnx runtime"][0] == "ok"
    assert "CPUExecutionProvider" in answers["onnx runtime"][1]
    assert "h264_v4l2m2m" in answers["decoders"][1]
    assert answers["pyav"] == ("ok", f"av {av.__version__}")
    assert answers["encoders"] == ("ok", "libx264; libx265 with --record-codec hevc")
    assert answers["disk"][1].endswith(f" free in {tmp_path}/rkvideo")
    assert code == 0


def test_what_is_known_of_this_machine_is_real() -> None:
    system = this_system()
    assert system.root == Path("/")
    assert system.packages["av"].split(".")[0].isdigit()
    assert system.has_pyqt5
    assert system.in_venv
    assert system.may_use(Path("/dev/null"))
    assert not system.may_use(Path("/dev/no-such-device"))


def test_only_what_the_run_needs_makes_the_exit_code_1(tree: Path) -> None:
    (tree / "usr/lib/librknnrt.so").unlink()
    needs_it, text = doctor("--json", system=board(tree))
    assert [row["check"] for row in json.loads(text) if row["state"] == "missing"] == [
        "runtime library"
    ]
    does_not, text = doctor("--json", "--model", str(tree / "models/yolo11n.onnx"),
                            system=board(tree))  # fmt: skip
    states = {row["check"]: row["state"] for row in json.loads(text)}
    assert states["runtime library"] == "warning"
    assert (needs_it, does_not) == (1, 0)


@pytest.mark.parametrize("source", ["ftp://host/a.mp4", "pattern:64", ""])
def test_a_source_that_can_be_none_is_wrong_usage(tmp_path: Path, source: str) -> None:
    with pytest.raises(ConfigError):
        doctor(source, system=pc(tmp_path))


def test_a_password_is_never_told(tmp_path: Path) -> None:
    code, text = doctor("rtsp://u:secret@camera/1", system=pc(tmp_path))
    assert text.splitlines()[0] == (
        "note    source             rtsp://u:***@camera/1 is not tried here  "
        "repair: ./run.sh run ADDRESS --frames 1"
    )
    assert "secret" not in text
    assert code == 0


def test_a_rknn_file_needs_a_board(tmp_path: Path) -> None:
    path = tmp_path / "m.rknn"
    path.write_bytes(rknn_bytes())
    code, text = doctor("--model", str(path), system=pc(tmp_path))
    assert text.splitlines()[1] == (
        "missing model              m.rknn runs only on a Rockchip board: on this machine use its "
        "ONNX file or --backend simulated  repair: ./run.sh models list"
    )
    assert code == 1


def test_a_clock_that_a_crash_left_pinned_is_put_back(tree: Path) -> None:
    npu = "/sys/class/devfreq/fdab0000.npu"
    governor = put(tree, f"{npu}/governor", "userspace")
    put(tree, "/run/rkvideo/clocks.json",
        json.dumps([{"folder": npu, "governor": "rknpu_ondemand"}]))  # fmt: skip
    _, text = doctor("--json", system=board(tree))
    clock = next(row for row in json.loads(text) if row["check"] == "npu clock")
    assert (clock["state"], clock["detail"]) == (
        "note",
        "a run that crashed had left clocks pinned: put back fdab0000.npu to rknpu_ondemand",
    )
    assert governor.read_text() == "rknpu_ondemand"
