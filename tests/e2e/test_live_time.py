"""What a live source says of time against what is true: real servers, clocks in the pictures.

No test here asks how fast something is; medians keep a busy machine out. The sources are read at
the same time, each in a thread of its own, since reading them is waiting for them.
"""

from __future__ import annotations

import itertools
import statistics
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass

import pytest

from rkvideo.config import SourceOptions
from rkvideo.data import Frame
from rkvideo.pictures.pixels import plane_array
from rkvideo.sources.pattern import read_index
from rkvideo.sources.registry import make_source
from rkvideo.status import SourceReport
from tests.helpers.live_http import live_playlist, live_ts, mjpeg_camera
from tests.helpers.painted_clock import read_clock, seconds_since
from tests.helpers.streams import rtsp_server


@dataclass(frozen=True)
class Watched:
    """What a source gave: frames, when each was handed out, when the server sent them."""

    frames: list[Frame]
    handed_s: list[float]
    sent_s: list[float]
    report: SourceReport

    @property
    def numbers(self) -> list[int]:
        """The numbers that the pictures carry."""
        return [read_index(frame.picture) for frame in self.frames]

    def drift_s(self) -> float:
        """By how much the time told went ahead of the true one, from the first quarter to the last.

        A median of each, so that a frame that the machine held up counts for nothing.
        """
        ahead_s = [
            frame.pts_s - self.sent_s[number]
            for frame, number in zip(self.frames, self.numbers, strict=True)
        ]
        quarter = len(ahead_s) // 4
        return statistics.median(ahead_s[-quarter:]) - statistics.median(ahead_s[:quarter])


def watch(serving: Callable[[], AbstractContextManager], seconds: float) -> Watched:
    with serving() as server:
        url = server if isinstance(server, str) else server.url
        source = make_source(url if isinstance(url, str) else url(), OPTIONS)
        frames, handed_s = [], []
        try:
            source.open()
            until = time.perf_counter() + seconds
            while not frames or handed_s[-1] < until:
                frames.append(source.read())
                handed_s.append(time.perf_counter())
        finally:
            source.interrupt()
            source.close()
        return Watched(frames, handed_s, list(getattr(server, "sent", ())), source.report())


OPTIONS = SourceOptions(open_timeout_s=15.0)
STAMPS = {
    "back by 100 s": lambda n: n / 25 + (500 if n < 60 else 400),
    "ahead by 100 s": lambda n: n / 25 + (500 if n < 60 else 600),
    "ahead by 1 s": lambda n: n / 25 + (500 if n < 60 else 501),
    "ahead by 5 h": lambda n: n / 25 + (500 if n < 60 else 18500),
    "frozen": lambda n: 500 + min(n, 60) / 25,
}


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Future[Watched]]:
    sources: dict[str, tuple[Callable[[], AbstractContextManager], float]] = {
        "playlist": (lambda: live_playlist(tmp_path_factory.mktemp("playlist")), 6.0),
        **{f"mjpeg {fps}": (lambda fps=fps: mjpeg_camera(fps), 6.0) for fps in (5, 10, 30)},
        "mjpeg in lumps": (lambda: mjpeg_camera(10, lump=3), 6.0),
        **{f"rtsp {n}": (lambda n=n: rtsp_server(fps=n, painted=1), 4.0) for n in (5, 25)},
        **{f"ts {n}": (lambda n=n: live_ts(n, lambda number: number / n), 3.0) for n in (5, 25)},
        **{name: (lambda name=name: live_ts(25, STAMPS[name]), 4.0) for name in STAMPS},
    }
    with ThreadPoolExecutor(len(sources)) as readers:
        seen = {name: readers.submit(watch, *each) for name, each in sources.items()}
    # An error comes out where the result is asked for.
    return seen


@pytest.mark.parametrize("fps", [5, 25])
def test_captured_is_when_the_picture_was_made(watched, fps):
    frames = watched[f"rtsp {fps}"].result().frames[-2 * fps :]
    errors = [
        seconds_since(read_clock(plane_array(frame.picture, 0)), frame.captured_s)
        for frame in frames
    ]
    # Encoding and the loopback lie between; a whole frame more if the parser's delay were left out.
    assert 0 <= statistics.median(errors) < 0.8 / fps


@pytest.mark.parametrize("fps", [5, 25])
def test_a_unit_of_mpeg_ts_is_handed_out_two_later_and_told_of_when_it_came(watched, fps):
    seen = watched[f"ts {fps}"].result()
    errors = [
        frame.captured_s - seen.sent_s[number]
        for frame, number in zip(seen.frames[-fps:], seen.numbers[-fps:], strict=True)
    ]
    assert abs(statistics.median(errors)) < 0.8 / fps


@pytest.mark.parametrize("fps", [5, 10, 30])
def test_six_seconds_of_mjpeg_are_six_seconds(watched, fps):
    seen = watched[f"mjpeg {fps}"].result()
    assert seen.report.anchors == 0
    # With the stamps that FFmpeg makes up, 25 a second, it would be 0.9 s at least.
    assert abs(seen.drift_s()) < 1.5 / fps


def test_mjpeg_that_comes_three_pictures_at_a_time_is_played_evenly(watched):
    seen = watched["mjpeg in lumps"].result()
    assert seen.report.undecoded == 0
    numbers = seen.numbers[-18:]
    assert numbers == list(range(numbers[0], numbers[0] + 18))
    pts = [frame.pts_s for frame in seen.frames[-18:]]
    steps = [after - before for before, after in itertools.pairwise(pts)]
    # As it arrives, five of six follow at once.
    even_s = (seen.sent_s[numbers[-1]] - seen.sent_s[numbers[0]]) / (len(numbers) - 1)
    # As it arrives, two of three follow at once.
    assert statistics.median(steps) == pytest.approx(even_s, rel=0.4)


@pytest.mark.parametrize("name", STAMPS)
def test_stamps_that_jump_or_stand_still_do_not_change_the_time(watched, name):
    seen = watched[name].result()
    numbers, report = seen.numbers, seen.report
    assert numbers[-1] - numbers[0] + 1 - len(numbers) == report.undecoded
    assert seen.frames[0].pts_s == 0.0
    assert abs(seen.drift_s()) < 0.2
    steps = [after.pts_s - before.pts_s for before, after in itertools.pairwise(seen.frames)]
    assert all(step > 0 for step in steps)
    # What is not within a frame of even is what the machine held up, not the stamps.
    assert statistics.median(steps) == pytest.approx(0.04, abs=0.02)
    assert (report.anchors, len(report.notices)) == (1, 1)


def test_a_live_playlist_is_played_evenly_and_whole(watched):
    seen = watched["playlist"].result()
    assert seen.report.undecoded == 0
    count = len(seen.frames)
    # More than the segment that was there at first.
    assert count > 100
    assert seen.numbers == list(range(seen.numbers[0], seen.numbers[0] + count))
    told = [frame.pts_s for frame in seen.frames]
    assert told == pytest.approx([n / 25 for n in range(count)], abs=0.002)
    # Unpaced most waits are none, and one of a segment is two seconds.
    waits = [after - before for before, after in itertools.pairwise(seen.handed_s)]
    assert statistics.median(waits) == pytest.approx(0.04, abs=0.02)
