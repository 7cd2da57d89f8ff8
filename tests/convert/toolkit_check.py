"""Real conversions by rknn-toolkit2. Not part of a plain test run: they install the toolkit.

Run with `pytest tests/convert/toolkit_check.py`; the first run makes `.venv-convert` (gigabytes).
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from rich.console import Console

from rkvideo.backends.rknn_sim import RknnSimBackend
from rkvideo.cli.arguments import parse
from rkvideo.config import DetectionFilter
from rkvideo.convert import converter
from rkvideo.convert.command import convert, options_of, run
from rkvideo.convert.jobs import FileOutcome
from rkvideo.convert.recipes import Recipe
from rkvideo.detection.detector import DetectorAdapter
from rkvideo.errors import DONE, DOUBTFUL
from rkvideo.model_files.rknn_file import read_header
from rkvideo.models.resolve import resolve
from rkvideo.toolkit.environment import installed_toolkit
from rkvideo.toolkit.kept_builds import kept_build, sha256_of
from rkvideo.toolkit.process import Toolkit, ToolkitProcess
from tests.helpers.paths import MODELS

CLIP = MODELS / "clips" / "bikes.mp4"
SAME = ("--calibration", str(CLIP), "--check", str(CLIP))

pytestmark = pytest.mark.timeout(1800)


@dataclass(frozen=True)
class Converted:
    toolkit: Toolkit
    outcome: FileOutcome
    printed: str


def converted(folder: Path, model: str, size: str) -> Converted:
    # It checks itself: these tests are about files, and no other recipe is to be tried.
    words = (model, "--sizes", size, "--images", "30", *SAME)
    options = options_of(parse(["convert", *words, "--out", str(folder)]))
    toolkit = installed_toolkit(print)
    work = folder / "work"
    work.mkdir()
    console = Console(file=io.StringIO(), width=200)
    (outcome,) = convert(options, work, console, lambda _say: toolkit)
    return Converted(toolkit, outcome, console.file.getvalue())


@pytest.fixture(scope="module")
def yolo11n(tmp_path_factory: pytest.TempPathFactory) -> Converted:
    folder = tmp_path_factory.mktemp("yolo11n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        return converted(folder, "yolo11n", "320")


@pytest.fixture
def backend_spec(yolo11n: Converted, monkeypatch: pytest.MonkeyPatch) -> Converted:
    monkeypatch.setenv("XDG_CACHE_HOME", str(yolo11n.outcome.path.parent / "cache"))
    return yolo11n


def street() -> av.VideoFrame:
    with av.open(str(CLIP)) as container:
        pictures = list(container.decode(video=0))
    return pictures[len(pictures) // 2]


def test_yolo11n_at_320_in_int8(backend_spec: Converted) -> None:
    outcome = backend_spec.outcome
    assert outcome.result is not None
    quality = outcome.result.kept.quality
    assert quality.kept > 0.95 * quality.boxes > 100
    header = read_header(outcome.path)
    assert (header.targets, header.quantised) == (("rk3588",), True)
    assert header.inputs[0].shape == (1, 3, 320, 320)
    assert [output.shape[1] for output in header.outputs] == [64, 80] * 3

    spec = resolve("yolo11n@320", backend="rknn-sim", dirs=[outcome.path.parent])
    backend = RknnSimBackend(outcome.path, spec, backend_spec.toolkit)
    adapter = DetectorAdapter(spec, backend.spec)
    tensor, letterbox = adapter.preprocess(street())
    found = adapter.postprocess(backend.infer(tensor, 0), letterbox, DetectionFilter())
    names = {adapter.labels[index] for index in found.class_id}
    backend.close()
    assert {"person", "bicycle"} & names
    assert np.all(found.score >= 0.25)


def test_another_build_of_the_same_gives_the_same_bits(
    backend_spec: Converted, tmp_path: Path
) -> None:
    path = backend_spec.outcome.path
    order = kept_build(sha256_of(path), path)
    assert order.threads > 0
    tensor = np.random.default_rng(1).integers(0, 256, (1, 320, 320, 3), np.uint8)
    builds = []
    for number in range(2):
        folder = tmp_path / str(number)
        folder.mkdir()
        with ToolkitProcess(backend_spec.toolkit, folder / "log", folder, order.threads) as process:
            process.build(order)
            builds.append(process.infer(tensor))
            process.export(folder / "m.rknn")
        assert (folder / "m.rknn").stat().st_size == path.stat().st_size
    for first, second in zip(*builds, strict=True):
        assert first.std() > 0
        np.testing.assert_array_equal(first, second)


def test_yolox_nano_gets_the_start_in_fp16_that_it_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    # The others take up to ten minutes.
    monkeypatch.setattr(converter, "LADDER", (Recipe(), Recipe(fp16=("start",))))
    made = converted(tmp_path, "yolox-nano", "416")
    assert made.outcome.result is not None
    tried = made.outcome.result.tried
    assert tried[0].recipe == Recipe()
    assert tried[0].quality.share < 0.6
    assert "start" in made.outcome.result.kept.recipe.fp16
    assert made.outcome.result.kept.quality.share > 0.9
    # What the toolkit wrote of the layers of the poor build could be read.
    named = r"layers that lose most, as cosines: \w+ \S+ 0\.\d{4} \(all up to it 0\."
    assert re.search(named, made.printed)


def painted(folder: Path, count: int, colours: Sequence[tuple[int, int, int]]) -> Path:
    folder.mkdir()
    for number in range(count):
        picture = np.full((240, 320, 3), colours[number % len(colours)], np.uint8)
        assert cv2.imwrite(str(folder / f"{number:03}.png"), picture)
    return folder


def frames(folder: Path, count: int) -> Path:
    """Frames of the demo clip, from its middle on."""
    folder.mkdir()
    with av.open(str(CLIP)) as container:
        pictures = list(container.decode(video=0))[100 : 100 + count]
    for number, picture in enumerate(pictures):
        assert cv2.imwrite(str(folder / f"{number}.png"), picture.to_ndarray(format="bgr24"))
    return folder


BLACK = ((0, 0, 0),)
COLOURS = ((200, 40, 40), (40, 200, 40), (128, 128, 128))
WRONG_PASSES = {
    "black": (lambda folder: painted(folder, 30, BLACK), "of which 30 show nothing"),
    "of one colour": (lambda folder: painted(folder, 30, COLOURS), "of which 30 show nothing"),
    "two": (lambda folder: frames(folder, 2), "calibrated with 2 pictures: give at least 20"),
    "nineteen": (lambda folder: frames(folder, 19), "calibrated with 19 pictures: give at"),
}


@pytest.mark.parametrize("name", WRONG_PASSES)
def test_a_calibration_that_ruins_a_model_is_not_passed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    make, reason = WRONG_PASSES[name]
    words = ("--calibration", str(make(tmp_path / "pictures")))
    code, printed = by_command(tmp_path, *words)
    assert (code, reason in printed) == (DOUBTFUL, True)
    if name == "black":
        # The check finds it by itself too.
        assert re.search(r"warning: .*scores -0\.\d+ .* more than 0\.02 off", printed)
    assert by_command(tmp_path, *words, "--accept")[0] == DONE


def test_a_check_in_which_there_is_nothing_is_not_passed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    empty = painted(tmp_path / "empty", 60, BLACK)
    code, printed = by_command(tmp_path, *SAME[:2], "--check", str(empty))
    assert (code, "the float model finds nothing in the pictures" in printed) == (DOUBTFUL, True)


def test_a_clip_that_checks_itself_is_not_passed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    code, printed = by_command(tmp_path, *SAME)
    assert (code, "which is only a check of itself" in printed) == (DOUBTFUL, True)


def by_command(folder: Path, *words: str) -> tuple[int, str]:
    """The exit code of `convert yolo11n --sizes 320`, and what it printed."""
    args = parse(["convert", "yolo11n", "--sizes", "320", "--out", str(folder / "out"), *words])
    console = Console(file=io.StringIO(), width=300)
    code = run(args, console, lambda _say: installed_toolkit(print))
    return code, console.file.getvalue()
