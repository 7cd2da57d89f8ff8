"""Nothing is converted twice: how often a picture is coloured or brought into planes, counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import ClassVar

import av
import numpy as np
import pytest
from av.video.reformatter import VideoReformatter

from rkvideo.assembly import open_run, prepare_model, run_spec_of
from rkvideo.config import AppConfig, RecordOptions, SimulationSpec
from rkvideo.data import FrameResult
from rkvideo.detection import picture_ways
from rkvideo.detection.picture_ways import PLAIN, PictureWays, SharedColours
from rkvideo.pictures import canvas
from rkvideo.pictures.overlay import Look
from rkvideo.pictures.pixels import PictureConverter
from rkvideo.pipeline.pipeline import Pipeline
from rkvideo.sinks.recorders import recorders_at
from rkvideo.status import RunState
from tests.helpers.patience import PATIENCE_S
from tests.helpers.sink_samples import read_video

FRAMES = 12


class CountingConverter(PictureConverter):
    """A stand-in that counts, by the part of a picture, what it colours."""

    coloured: ClassVar[Counter[str]] = Counter()

    def rgb24(self, picture, area=None):
        self.coloured["whole" if area is None else "part"] += 1
        return super().rgb24(picture, area)


class CountingReformatter:
    """A stand-in that counts what it converts to another format or size."""

    converted: ClassVar[Counter[str]] = Counter()

    def __init__(self):
        self._real = VideoReformatter()

    def reformat(self, frame, *words, **options):
        made = self._real.reformat(frame, *words, **options)
        if made is not frame:
            self.converted[frame.format.name] += 1
        return made


@pytest.fixture
def coloured(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    monkeypatch.setattr(CountingConverter, "coloured", Counter())
    monkeypatch.setattr(picture_ways, "PictureConverter", CountingConverter)
    return CountingConverter.coloured


@pytest.fixture
def converted(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    monkeypatch.setattr(CountingReformatter, "converted", Counter())
    monkeypatch.setattr(canvas, "VideoReformatter", CountingReformatter)
    return CountingReformatter.converted


def clip(path: Path, layout: str, size: tuple[int, int] = (320, 192)) -> Path:
    """A lossless clip whose decoder gives pictures of that layout."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=25)
        stream.width, stream.height, stream.pix_fmt = *size, layout
        for number in range(FRAMES):
            picture = av.VideoFrame(*size, layout)
            for plane in picture.planes:
                plane.update(bytes([16 + 8 * number]) * plane.buffer_size)
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    return path


def config(source: Path, model: str, **more) -> AppConfig:
    return AppConfig(
        str(source), model, backend="simulated", simulation=SimulationSpec(2, 1.0), **more
    )


def run(pipeline: Pipeline) -> list[FrameResult]:
    seen: list[FrameResult] = []
    pipeline.observe(seen.append)
    pipeline.start()
    status = pipeline.wait(PATIENCE_S)
    pipeline.join(PATIENCE_S)
    assert status.state is RunState.FINISHED, status.error
    return seen


def beside(source: Path, first: str, second: str) -> Pipeline:
    """An A|B view of two sizes."""
    asked = config(source, first)
    spec = run_spec_of(asked, print)
    return Pipeline(replace(spec, prepared=prepare_model(asked, print, second)))


def found_by(results: list[FrameResult], side: int) -> list[list[list[float]]]:
    return [each.sides[side].detections.xyxy.tolist() for each in results]


@pytest.mark.parametrize("second", ["yolo11n@192", "yolo11n@320"])
def test_both_models_of_a_view_have_one_coloured_picture(
    tmp_path: Path, coloured: Counter[str], second: str
) -> None:
    source = clip(tmp_path / "clip.mkv", "yuv422p")
    results = run(beside(source, "yolo11n@320", second))
    assert coloured == {"whole": FRAMES}
    coloured.clear()
    alone = run(open_run(config(source, second), print))
    assert coloured == {"whole": FRAMES}
    assert found_by(results, 1) == found_by(alone, 0)


def ways_of(*made_by_planes: bool) -> tuple[list[PictureWays], SharedColours]:
    """The ways of models that follow each other, and the colours of the first one."""
    ways = [PictureWays(None) for _ in made_by_planes]
    for one, following in pairwise(ways):
        one.share_with(following)
    for way, by_planes in zip(ways, made_by_planes, strict=True):
        way.name = "planes" if by_planes else PLAIN
    return ways, ways[0]._plain.colours


def test_a_coloured_picture_is_kept_for_who_wants_it_and_no_longer(coloured: Counter[str]) -> None:
    first, second = (av.VideoFrame(64, 64, "yuv422p") for _ in range(2))
    target = np.empty((32, 32, 3), np.uint8)
    (a, b), colours = ways_of(False, False)
    a.fill(first, None, target, "rgb")
    assert colours._kept is not None
    b.fill(first, None, target, "bgr")
    assert colours._kept is None
    assert coloured == {"whole": 1}
    # What is kept is that of one picture, and of all of it.
    a.fill(first, None, target, "rgb")
    b.fill(second, None, target, "rgb")
    a.fill(first, None, target, "rgb")
    b.fill(first, (0, 0, 32, 32), target, "rgb")
    assert coloured == {"whole": 4, "part": 1}
    (a, b), colours = ways_of(False, True)
    a.fill(first, None, target, "rgb")
    assert colours._kept is None


@pytest.mark.parametrize("hud", [False, True])
@pytest.mark.parametrize(("layout", "times"), [("yuv422p", 1), ("yuv444p", 1), ("yuv420p", 0)])
def test_a_clip_and_its_raw_twin_have_one_picture_in_planes(
    tmp_path: Path, converted: Counter[str], layout: str, times: int, hud: bool
) -> None:
    source = clip(tmp_path / "clip.mkv", layout)
    pipeline = open_run(config(source, "yolo11n@320"), print)
    options = RecordOptions("both", hud=hud)
    for sink in recorders_at(pipeline, options, Look, tmp_path / "out.mp4"):
        pipeline.add_sink(sink, required=True)
    run(pipeline)
    assert sum(converted.values()) == times * FRAMES
    drawn, raw = (read_video(tmp_path / f"out{end}.mp4") for end in ("", "-raw"))
    assert len(drawn) == len(raw) == FRAMES
    # Nothing that is drawn on one is on the other.
    for number, picture in enumerate(raw):
        luma = picture.to_ndarray(format="gray")
        assert int(luma.max()) - int(luma.min()) <= 2, number
    assert any(int(np.ptp(each.to_ndarray(format="gray"))) > 20 for each in drawn)
