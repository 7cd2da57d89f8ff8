"""What the program does for its window: real models, a real recording, a real snapshot."""

from __future__ import annotations

import socket
from dataclasses import replace
from pathlib import Path

import av
import cv2
import pytest

from rkvideo.bench.measured_rates import MeasuredRates
from rkvideo.cli.window_services import WindowServices
from rkvideo.config import AppConfig, ModelChoice, RecordOptions
from rkvideo.data import FrameResult
from rkvideo.errors import ModelNotFoundError
from rkvideo.machine.watchdog import ServiceManager
from rkvideo.models.choices import model_choices
from rkvideo.pictures.overlay import Look
from tests.helpers.model_samples import rknn_bytes, save_onnx
from tests.helpers.patience import PATIENCE_S

PATTERN = AppConfig("pattern:320x192@30:40", backend="simulated")
DYNAMIC = (1, 3, "height", "width")


def choices(config: AppConfig, folder: Path, board: str = "") -> tuple[ModelChoice, ...]:
    compatible = folder / "compatible"
    compatible.write_bytes(board.encode())
    rates = {("any@416", "onnx"): 12.5}
    return model_choices(config, rates, dirs=[folder], compatible=compatible)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save_onnx(tmp_path / "any.onnx", shape=DYNAMIC)
    save_onnx(tmp_path / "fixed.onnx", shape=(1, 3, 64, 96))
    (tmp_path / "any.toml").write_text('licence = "MIT"\n')
    for size in (320, 640):
        header = rknn_bytes(inputs=((1, 3, size, size),))
        (tmp_path / f"any-{size}-rk3588-i8.rknn").write_bytes(header)
    return tmp_path


def test_a_dynamic_model_is_offered_at_every_size_of_the_ladder(folder: Path) -> None:
    found = choices(AppConfig("demo", model="any@512"), folder)
    assert [one.argument for one in found] == [
        *("any@320", "any@416", "any@512", "any@640", "any@640x640", "fixed@96x64"),
    ]
    square = ModelChoice("any@640x640", "any", (640, 640), "float32", "onnx", "MIT")
    assert found[3:5] == (replace(square, argument="any@640", fits=True), square)
    assert [one.size_words for one in found[3:]] == ["640", "640x640", "96x64"]
    assert [one.fps for one in found] == [None, 12.5, None, None, None, None]


def test_on_a_board_the_npu_runs_what_was_converted_for_it(folder: Path) -> None:
    found = choices(AppConfig("demo", model="any"), folder, "rockchip,rk3588\0")
    by_argument = {one.argument: (one.backend, one.precision) for one in found}
    assert by_argument == {
        "any@320x320": ("rknn", "int8"),
        "any@416": ("onnx", "float32"),
        # None of its files fits a camera: this one is proposed.
        "any@640x384": ("rknn", "int8"),
        "any@640x640": ("rknn", "int8"),
        "fixed@96x64": ("onnx", "float32"),
    }


def test_a_model_that_cannot_run_here_says_why(folder: Path) -> None:
    found = choices(AppConfig("demo", model="any", backend="rknn"), folder)
    assert [one.argument for one in found] == ["any@320x320", "any@640x384", "any@640x640"]
    proposed = found[1].trouble
    assert "it has 40 % fewer pixels than 640, for pictures of 16:9; on a PC" in proposed
    assert "convert any --sizes 640 --fit 16:9" in proposed
    assert all("runs only on a Rockchip board" in found[number].trouble for number in (0, 2))
    header = rknn_bytes(inputs=((1, 3, 384, 640),))
    (folder / "any-640x384-rk3588-i8.rknn").write_bytes(header)
    found = choices(AppConfig("demo", model="any", backend="rknn"), folder)
    assert all("runs only on a Rockchip board" in one.trouble for one in found)
    (folder / "damaged.onnx").write_bytes(b"no model")
    found = choices(AppConfig("demo", backend="onnx"), folder)
    (damaged,) = [one for one in found if one.name == "damaged"]
    assert "damaged.onnx" in damaged.trouble


def test_a_model_named_by_its_path_is_listed_too(folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    path = save_onnx(elsewhere / "mine.onnx", shape=(1, 3, 64, 96))
    found = choices(AppConfig("demo", model=str(path)), folder)
    assert f"{path}@96x64" in [one.argument for one in found]


def test_what_was_measured_is_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    MeasuredRates().remember({("yolo11n@320", "simulated"): 47.5})
    found = {one.argument: one.fps for one in WindowServices(print).models(PATTERN)}
    assert found["yolo11n@320"] == 47.5
    assert found["yolo11n@640"] is None


def test_a_model_is_made_ready_with_another_one_beside() -> None:
    services = WindowServices(print)
    prepared = services.prepare_model(replace(PATTERN, model="yolo11n@320"), "yolox-nano@416")
    assert (prepared.title, prepared.plan.name) == ("yolo11n@320", "simulated")
    assert prepared.beside is not None
    assert prepared.beside.title == "yolox-nano@416"
    with pytest.raises(ModelNotFoundError, match="nosuch"):
        services.prepare_model(replace(PATTERN, model="nosuch.onnx"))


def test_a_run_is_recorded_and_a_picture_of_it_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_VIDEOS_DIR", str(tmp_path))
    services = WindowServices(print)
    run = services.open_run(PATTERN)
    results: list[FrameResult] = []
    run.observe(results.append)
    for recorder in services.make_recorders(run, RecordOptions(what="both"), Look):
        run.add_sink(recorder)
    run.start()
    assert run.wait(30).state.is_final
    run.join(PATIENCE_S)
    clips = sorted((tmp_path / "rkvideo").glob("*.mp4"))
    assert [clip.stem.endswith("-raw") for clip in clips] == [True, False]
    for clip in clips:
        with av.open(str(clip)) as container:
            assert len(list(container.decode(video=0))) == 40
    bare = services.save_snapshot(results[5], run.titles, Look(), boxes=False)
    boxed = services.save_snapshot(results[5], run.titles, Look(), boxes=True)
    pictures = [cv2.imread(str(path)).astype(int) for path in (bare, boxed)]
    assert pictures[0].shape == (192, 320, 3)
    assert abs(pictures[0] - pictures[1]).max() > 60


def test_the_manager_is_told_once_that_the_window_is_up_and_parts_tell_their_silence(
    tmp_path: Path,
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
        end.bind(str(tmp_path / "notify"))
        services = WindowServices(print, ServiceManager(end.getsockname(), 30.0))
        assert services.silent_s() == {"window": 0}
        services.alive()
        services.alive()
        end.setblocking(False)
        assert end.recv(100) == b"READY=1"
        with pytest.raises(BlockingIOError):
            end.recv(100)
    services.open_run(PATTERN)
    assert services.silent_s().keys() == {"window", "source", "emit"}
