"""Which boxes only one of two models has, how much a frame differs, and the list of moments."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from rkvideo.config import AppConfig, DetectionFilter, SourceOptions
from rkvideo.data import Detections, SideResult, StageTimings
from rkvideo.errors import ConfigError, SinkWriteError, SourceOpenError
from rkvideo.evaluation.disagreeing import DisagreementSearch
from rkvideo.evaluation.disagreement import (
    Disagreement,
    alone_of,
    apart_s,
    lone_boxes,
    most_different,
    weight_of,
)
from rkvideo.evaluation.spread_frames import SpreadFrames
from rkvideo.sources.registry import make_source
from tests.helpers.labelled_samples import planted_detector
from tests.helpers.video_samples import Clip, make_clip, number_of

NOTHING = StageTimings(0, 0, 0, 0, 0, 0, 0, 0)


def side(*rows: tuple[float, float, float, float, float, int], labels=("cat", "dog")) -> SideResult:
    """Rows of x1, y1, x2, y2, score, class; best score first."""
    boxes = np.array([row[:4] for row in rows], np.float32).reshape(-1, 4)
    scores = np.array([row[4] for row in rows], np.float32)
    classes = np.array([row[5] for row in rows], np.int32)
    return SideResult(Detections(boxes, scores, classes), NOTHING, "m@320x320", labels)


def test_boxes_meet_one_to_one_by_class_and_half_of_an_overlap() -> None:
    a = side((0, 0, 100, 100, 0.9, 0), (2, 0, 102, 100, 0.8, 0), (200, 0, 300, 100, 0.7, 1))
    b = side((0, 0, 100, 100, 0.9, 0), (200, 0, 300, 100, 0.6, 0), (200, 60, 300, 160, 0.5, 1))
    alone = alone_of(a, b)
    # The second cat of A has no free partner; the dogs overlap by 40 of 160; B's second is a cat.
    assert alone.first.tolist() == [False, True, True]
    assert alone.second.tolist() == [False, True, True]
    assert alone.both == 1


def test_classes_meet_by_name_and_one_that_only_one_knows_is_not_compared() -> None:
    a = side((0, 0, 100, 100, 0.9, 0), (0, 0, 50, 50, 0.8, 1), labels=("cat", "dog"))
    b = side((0, 0, 100, 100, 0.9, 1), (0, 0, 50, 50, 0.8, 0), labels=("bird", "Cat"))
    alone = alone_of(a, b)
    assert (alone.first.tolist(), alone.second.tolist(), alone.both) == (
        [False] * 2,
        [False] * 2,
        1,
    )
    other = side((0, 0, 100, 100, 0.9, 0), labels=("zebra",))
    assert not alone_of(a, other).first.any()


def test_lone_boxes_are_told_in_shares_of_the_picture() -> None:
    lone = lone_boxes(side((20, 30, 120, 220, 0.5, 1)), side(), (200, 400))
    ((one),) = lone
    assert (one.side, one.name, one.score) == (0, "dog", 0.5)
    assert one.box == (0.1, 0.075, 0.6, 0.55)
    assert [each.side for each in lone_boxes(side(), side((0, 0, 9, 9, 0.5, 1)), (20, 20))] == [1]


def test_a_box_counts_by_how_far_it_is_above_the_threshold() -> None:
    assert weight_of([0.26], 0.25) == pytest.approx(1 / 75)
    assert weight_of([0.25, 1.0], 0.25) == pytest.approx(1)
    assert weight_of([0.9, 0.5], 0.0) == pytest.approx(1.4)
    assert weight_of([1.0], 1.0) == 0


def moment(position_s: float, weight: float) -> Disagreement:
    return Disagreement(position_s, (), 0, weight)


def test_of_frames_that_are_near_each_other_the_most_different_one_is_listed() -> None:
    frames = [moment(0.0, 1), moment(0.5, 3), moment(1.4, 2), moment(1.6, 1), moment(4.0, 2.5)]
    found = most_different(frames, 1.0)
    assert [(each.position_s, each.beside) for each in found] == [(0.5, 2), (4.0, 0), (1.6, 0)]
    assert [each.position_s for each in most_different(frames, 1.0, most=1)] == [0.5]
    assert [apart_s(10), apart_s(7200)] == [1.0, 72.0]


@pytest.mark.parametrize(
    ("most", "numbers"),
    [(100, list(range(60))), (60, list(range(60))), (6, [0, 10, 20, 30, 40, 50]), (1, [0])],
)
def test_frames_are_evenly_spread_over_a_clip(tmp_path: Path, most: int, numbers) -> None:
    clip = make_clip(Clip(tmp_path / "clip.mp4", frames=60)).path
    source = SpreadFrames(make_source(str(clip), SourceOptions()), most)
    info = source.open()
    frames = []
    while (frame := source.read()) is not None:
        frames.append(frame)
    source.close()
    assert [number_of(frame) for frame in frames] == numbers
    assert [frame.index for frame in frames] == list(range(len(numbers)))
    assert [frame.position_s for frame in frames] == pytest.approx([n / 25 for n in numbers])
    assert (source.frames, source.expected, info.frames) == (60, len(numbers), len(numbers))


def test_far_frames_are_sought_and_are_the_same(tmp_path: Path) -> None:
    clip = make_clip(Clip(tmp_path / "clip.mp4", frames=300)).path
    source = SpreadFrames(make_source(str(clip), SourceOptions()), 2)
    source.open()
    numbers = [number_of(frame) for frame in iter(source.read, None)]
    source.close()
    assert numbers == [0, 150]


CAT, DOG = (20, 60, 120, 240, 0.9, 0), (150, 80, 300, 260, 0.6, 1)


@pytest.fixture
def models(tmp_path: Path) -> tuple[str, str]:
    """A model with two boxes, and one that has the first of them alone."""
    more = planted_detector(tmp_path / "more.onnx", [CAT, DOG])
    less = planted_detector(tmp_path / "less.onnx", [CAT])
    return str(more), str(less)


def test_a_search_tells_what_it_looked_at_and_where_it_differs(tmp_path: Path, models) -> None:
    clip = make_clip(Clip(tmp_path / "clip.mp4", frames=60)).path
    seen: list[int] = []
    search = DisagreementSearch(
        AppConfig(str(clip), backend="onnx"),
        models,
        20,
        observer=lambda result: seen.append(len(result.sides)),
    )
    report = search.run()
    assert report is not None
    assert (search.progress().done, search.progress().total) == (20, 20)
    assert seen == [2] * 20
    assert (report.frames, report.looked_at, report.failed, report.differing) == (60, 20, 0, 20)
    assert report.titles == ("more", "less")
    # 60 frames are 2.4 s: of the first second the first is taken, as all weigh alike.
    assert [each.position_s for each in report.found] == pytest.approx([0.0, 1.08, 2.16])
    first = report.found[0]
    assert (first.only(0), first.only(1), first.both) == (1, 0, 1)
    assert first.weight == pytest.approx((0.6 - 0.25) / 0.75, abs=1e-5)
    assert [each.name for each in first.lone] == ["dog"]
    assert first.thumbnail.startswith(b"\xff\xd8")
    assert sum(each.beside for each in report.found) == 20 - 3


def test_what_is_tuned_holds_for_a_search(tmp_path: Path, models) -> None:
    clip = make_clip(Clip(tmp_path / "clip.mp4", frames=10)).path
    wanted = DetectionFilter(confidence=0.7)
    report = DisagreementSearch(
        AppConfig(str(clip), backend="onnx", filter=wanted), models, 10
    ).run()
    assert report is not None
    assert (report.confidence, report.looked_at, report.differing) == (0.7, 10, 0)


def test_a_search_that_is_cancelled_gives_nothing_and_leaves_no_thread(
    tmp_path: Path, models
) -> None:
    clip = make_clip(Clip(tmp_path / "clip.mp4", frames=250)).path
    begun = threading.Event()
    search = DisagreementSearch(
        AppConfig(str(clip), backend="onnx"), models, 250, observer=lambda _: begun.set()
    )
    answers: list[object] = []
    thread = threading.Thread(target=lambda: answers.append(search.run()))
    thread.start()
    assert begun.wait(60)
    search.cancel()
    thread.join(60)
    assert answers == [None]


def test_what_cannot_be_compared_is_one_line(tmp_path: Path, models) -> None:
    config = AppConfig("pattern:320x320@30", backend="onnx")
    with pytest.raises(ConfigError, match="choose two models or sizes"):
        DisagreementSearch(config, (models[0], models[0]), 5)
    with pytest.raises(SourceOpenError, match="no frame of it can be gone back to"):
        DisagreementSearch(config, models, 5).run()
    clip = make_clip(Clip(tmp_path / "clip.mp4", frames=5)).path
    other = planted_detector(tmp_path / "other.onnx", [CAT], ("zebra", "cow", "owl"))
    with pytest.raises(SinkWriteError, match="no class of one name"):
        DisagreementSearch(AppConfig(str(clip), backend="onnx"), (models[0], str(other)), 5).run()
