"""What the figures say while nothing plays, and what they tell as wrong."""

from __future__ import annotations

from dataclasses import replace

from rkvideo.stats import Percentiles
from rkvideo.status import FrameCounts, NpuSample, RunState, RunStatus, SourceTrouble
from rkvideo.ui.contract.panels import Recording
from rkvideo.ui.picture.hud import HudFigures
from rkvideo.ui.picture.paint_meter import PaintFigures
from rkvideo.ui.picture.pill import Pill
from rkvideo.ui.playing.figures import MOST_CLASSES, RISING_S, FiguresBook, pill_of
from tests.helpers.ui_stand_ins import STREAM, StandInRun

PAINTED = PaintFigures(29.5, Percentiles(0.021, 0.03), 0.002)
SILENT = PaintFigures(0.0, Percentiles(), 0.0)
RUNNING = RunStatus(RunState.RUNNING, FrameCounts(), stream=STREAM)
LOST = replace(RUNNING, trouble=SourceTrouble("no data", 3.0, 8.0))


class Book:
    def __init__(self) -> None:
        self.book = FiguresBook()
        self.run = StandInRun()

    def at(self, now: float, status: RunStatus, painted: PaintFigures = PAINTED) -> HudFigures:
        return self.book.figures(self.run, status, painted, None, now)


def test_the_last_true_rates_stay_while_nothing_plays() -> None:
    book = Book()
    playing = book.at(1.0, RUNNING)
    assert (playing.shown_fps, playing.latency_p50, playing.is_past) == (29.5, 21.0, False)
    ended = replace(RUNNING, state=RunState.FINISHED, counts=FrameCounts(dropped=4))
    for status in (ended, replace(RUNNING, state=RunState.PAUSED), LOST):
        figures = book.at(9.0, status, SILENT)
        assert (figures.shown_fps, figures.latency_p50, figures.is_past) == (29.5, 21.0, True)
        assert figures.stages == playing.stages
    assert book.at(9.0, ended, SILENT).dropped == 4


def test_another_run_does_not_show_the_figures_of_the_one_before() -> None:
    book = Book()
    book.at(1.0, RUNNING)
    book.run = StandInRun()
    assert book.at(2.0, RUNNING, SILENT).shown_fps == 0.0


def test_a_count_is_wrong_while_it_rises_and_a_little_longer() -> None:
    book = Book()
    assert book.at(0.0, RUNNING).rising == frozenset()
    dropped = replace(RUNNING, counts=FrameCounts(dropped=5, late=1))
    assert book.at(1.0, dropped).rising == {"dropped", "late"}
    more = replace(RUNNING, counts=FrameCounts(dropped=6, late=1))
    assert book.at(1.1 + RISING_S, more).rising == {"dropped"}
    assert book.at(2.2 + 2 * RISING_S, more).rising == frozenset()
    assert book.at(30.0, LOST).rising == {"lost"}


def test_an_npu_that_works_at_a_lower_clock_than_before_is_throttled() -> None:
    book = Book()

    def with_npu(megahertz: int, load: int) -> HudFigures:
        sample = NpuSample((load, 0, 0), megahertz * 1_000_000, 80.0, None, None, None, None)
        return book.at(1.0, replace(RUNNING, npu=sample))

    assert with_npu(1000, 90).rising == frozenset()
    assert with_npu(600, 90).rising == {"throttled"}
    # An idle NPU is clocked down by its governor.
    assert with_npu(300, 2).rising == frozenset()


def test_the_pill_has_the_time_of_the_clip_and_says_why_it_stands_still() -> None:
    recording = Recording(12.0, 0, 0, ())
    assert pill_of(None, RUNNING) is None
    assert pill_of(recording, RUNNING) == Pill(12.0)
    assert pill_of(recording, LOST) == Pill(12.0, "waits for the camera")
    assert pill_of(recording, replace(RUNNING, state=RunState.PAUSED)) == Pill(12.0, "paused")


def test_numbered_objects_are_counted_by_class_and_the_rarest_together() -> None:
    book = Book()
    assert book.at(1.0, RUNNING).objects == ()
    book.run.objects_present = {0: 2}
    book.run.objects_seen = {1: 4, 0: 12}
    assert book.at(2.0, RUNNING).objects == (("person", 2, 12), ("bicycle", 0, 4))
    book.run.objects_present = {3: 1, 9: 2}
    book.run.objects_seen = {number: 20 - number for number in range(10)}
    objects = book.at(3.0, RUNNING).objects
    assert len(objects) == MOST_CLASSES
    assert objects[3] == ("class 3", 1, 17)
    assert objects[-1] == ("others", 2, 15 + 14 + 13 + 12 + 11)
