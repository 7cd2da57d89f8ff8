"""The backend over a stand-in for the toolkit, which runs the cut model in ONNX Runtime."""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from rkvideo.backends.registry import plan_backend
from rkvideo.backends.rknn_sim import RknnSimBackend
from rkvideo.cli.arguments import parse
from rkvideo.config import AppConfig, InputSpec, ModelSpec
from rkvideo.convert.choices import DEFAULT_IMAGES
from rkvideo.convert.command import convert, options_of
from rkvideo.errors import (
    ConfigError,
    InferenceError,
    ModelLoadError,
    ModelMismatchError,
    ModelNotFoundError,
)
from rkvideo.models.resolve import resolve
from rkvideo.toolkit.kept_builds import builds_folder
from rkvideo.toolkit.process import Toolkit
from tests.helpers.model_samples import rknn_bytes, save_onnx
from tests.helpers.paths import MODELS, ROOT

STAND_IN = Toolkit(Path(sys.executable), ROOT / "tests/helpers/toolkit_stand_in.py")


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a converted model, and a cache with its build."""
    folder = tmp_path_factory.mktemp("sim")
    clip = MODELS / "clips" / "bikes.mp4"
    words = ("yolo11n", "--sizes", "128x96", "--calibration", str(clip), "--out", str(folder))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        work = folder / "work"
        work.mkdir()
        console = Console(file=io.StringIO())
        convert(options_of(parse(["convert", *words])), work, console, lambda _say: STAND_IN)
        # Nothing of the conversion's own work is needed later.
        shutil.rmtree(work)
    return folder


@pytest.fixture
def spec(converted: Path, monkeypatch: pytest.MonkeyPatch) -> ModelSpec:
    monkeypatch.setenv("XDG_CACHE_HOME", str(converted / "cache"))
    monkeypatch.delenv("STAND_IN_TOOLKIT", raising=False)
    return resolve("yolo11n@128x96", backend="rknn-sim", dirs=[converted])


def opened(spec: ModelSpec) -> RknnSimBackend:
    assert spec.path is not None
    return RknnSimBackend(spec.path, spec, STAND_IN)


def test_it_takes_pixels_and_gives_the_outputs_of_the_build(spec: ModelSpec) -> None:
    backend = opened(spec)
    assert backend.spec.input == InputSpec(128, 96, "nhwc", "uint8", scale=1.0)
    shapes = [output.shape for output in backend.spec.outputs]
    assert shapes == [
        (1, channels, 96 // stride, 128 // stride)
        for stride in (8, 16, 32)
        for channels in (64, 80)
    ]
    dark = backend.infer(np.zeros((1, 96, 128, 3), np.uint8), 0)
    again = backend.infer(np.zeros((1, 96, 128, 3), np.uint8), 1)
    light = backend.infer(np.full((1, 96, 128, 3), 255, np.uint8), 2)
    assert [output.shape for output in dark] == shapes
    assert all(np.array_equal(first, second) for first, second in zip(dark, again, strict=True))
    assert not np.array_equal(dark[0], light[0])
    backend.close()


def test_a_tensor_of_another_shape_is_refused(spec: ModelSpec) -> None:
    backend = opened(spec)
    with pytest.raises(InferenceError, match=r"yolo11n@128x96 \(rknn-sim\), frame 7: was given"):
        backend.infer(np.zeros((1, 3, 96, 128), np.uint8), 7)
    backend.close()


def test_a_closed_backend_says_so(spec: ModelSpec) -> None:
    backend = opened(spec)
    backend.close()
    backend.close()
    with pytest.raises(InferenceError, match="frame 3: the model is closed"):
        backend.infer(np.zeros((1, 96, 128, 3), np.uint8), 3)


def test_a_build_that_fails_is_told(spec: ModelSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAND_IN_TOOLKIT", "refuse")
    with pytest.raises(ModelLoadError, match=r"failed while building.*answered -1"):
        opened(spec)


def test_a_file_of_another_machine_is_refused_in_words(spec: ModelSpec, tmp_path: Path) -> None:
    path = tmp_path / "m.rknn"
    path.write_bytes(rknn_bytes())
    with pytest.raises(ModelNotFoundError, match=r"m\.rknn was not converted on this machine"):
        RknnSimBackend(path, ModelSpec("m", path), STAND_IN)


def test_the_build_is_kept_under_the_hash_of_the_file(spec: ModelSpec) -> None:
    (folder,) = builds_folder().iterdir()
    names = sorted(path.name for path in folder.iterdir())
    assert [name for name in names if not name.endswith((".png", ".log"))] == [
        "dataset.txt",
        "model.onnx",
        "order.json",
    ]
    assert sum(name.endswith(".png") for name in names) == DEFAULT_IMAGES


def test_an_onnx_file_is_not_for_the_simulator(tmp_path: Path) -> None:
    path = save_onnx(tmp_path / "m.onnx")
    with pytest.raises(ModelMismatchError, match=r"--backend rknn-sim cannot run m\.onnx"):
        plan_backend(AppConfig("x", backend="rknn-sim"), ModelSpec("m", path))


@pytest.mark.parametrize("fields", [{"workers": 2}, {"cores": (0,)}])
def test_there_is_one_worker(spec: ModelSpec, fields: dict[str, int]) -> None:
    with pytest.raises(ConfigError, match="rknn-sim has one worker and no cores"):
        plan_backend(AppConfig("x", backend="rknn-sim", **fields), spec)
