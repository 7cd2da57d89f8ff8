"""Inputs that follow the picture, where the source changes its size in the middle."""

from __future__ import annotations

from itertools import groupby

import av
import pytest

from rkvideo.backends.planted import planted_boxes
from rkvideo.data import FrameResult
from tests.helpers.stand_ins import Lifetimes, Script, StandInSource, assert_accounted
from tests.helpers.switching_desk import Seen, SwitchingDesk, indices, until

# None has a pad, in which a planted box would be cut off.
WIDE, HIGH, SQUARE = (480, 288), (288, 480), (300, 300)
SHAPES = (WIDE, HIGH, SQUARE, WIDE)
OF_EACH = 8


class ReshapingSource(StandInSource):
    """Stands for a stream whose pictures have another size after every few frames."""

    def read(self):
        frame = super().read()
        if frame is None:
            return None
        shape = SHAPES[frame.index // OF_EACH]
        picture = av.VideoFrame(*shape, "gray")
        return type(frame)(frame.index, frame.pts_s, frame.captured_s, 0.0, picture)


def play(desk: SwitchingDesk, model: str, beside: str = "", *, live: bool = False):
    script = Script(frames=OF_EACH * len(SHAPES), live=live, interval_s=0.02 if live else 0.0)
    second = desk.prepared(beside) if beside else None
    run = desk.run(ReshapingSource(script, Lifetimes()), desk.prepared(model, beside=second))
    seen = Seen(run)
    run.start()
    loaded = [model.title for model in run.status().loaded]
    return seen, loaded, until(run, lambda status: status.state.is_final)


def titles_of(results: list[FrameResult], side: int = 0) -> list[str]:
    return [title for title, _ in groupby(each.sides[side].model for each in results)]


def test_a_change_of_size_is_fitted_at_once_and_costs_no_frame(desk: SwitchingDesk) -> None:
    seen, loaded, status = play(desk, "a@320")
    assert indices(seen.results) == list(range(OF_EACH * len(SHAPES)))
    assert status.counts.shown == status.counts.decoded
    assert titles_of(seen.results) == ["a@320x192", "a@192x320", "a@320x320", "a@320x192"]
    assert loaded == ["a@320"]
    for result in seen.results:
        width, height = map(int, result.first.model.partition("@")[2].split("x"))
        planted, classes, _ = planted_boxes(result.frame.index, width, height)
        found = result.first.detections
        assert sorted(found.class_id) == sorted(classes)
        scale = min(width / result.frame.width, height / result.frame.height)
        widths = sorted((found.xyxy[:, 2] - found.xyxy[:, 0]) * scale)
        assert widths == pytest.approx(sorted(planted[:, 2] - planted[:, 0]), abs=0.1)


def test_each_side_of_an_ab_view_fits_by_itself(desk: SwitchingDesk) -> None:
    seen, loaded, _ = play(desk, "a@320", "b@64x64")
    assert indices(seen.results) == list(range(OF_EACH * len(SHAPES)))
    assert titles_of(seen.results) == ["a@320x192", "a@192x320", "a@320x320", "a@320x192"]
    assert titles_of(seen.results, 1) == ["b@64x64"]
    assert loaded == ["a@320", "b@64x64"]


def test_a_live_source_goes_on_through_it(desk: SwitchingDesk) -> None:
    seen, _, status = play(desk, "a@320", live=True)
    assert_accounted(status.counts)
    assert titles_of(seen.results) == ["a@320x192", "a@192x320", "a@320x320", "a@320x192"]
    assert desk.memory.came == ["a@320"]
