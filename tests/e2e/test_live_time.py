"""What a live source says of time against what is true: real servers, clocks in the pictures.

No test here asks how fast something is; medians keep a busy machine out.
"""

from __future__ import annotations

import contextlib
import itertools
import statistics
import time

import pytest

from rkvideo.config import SourceOptions
from rkvideo.pictures.pixels import plane_array
from rkvideo.sources.pattern import read_index
from rkvideo.sources.registry import make_source
from tests.helpers.live_http import live_playlist, live_ts, mjpeg_camera
from tests.helpers.painted_clock import read_clock, seconds_since
from tests.helpers.streams import rtsp_server


@contextlib.contextmanager
def playing(url):
    source = make_source(url, SourceOptions(open_timeout_s=15.0))
    try:
        source.open()
        yield source
    finally:
        source.interrupt()
        source.close()


def read_for(source, seconds):
    frames = [source.read()]
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        frames.append(source.read())
    return frames


@pytest.mark.parametrize("fps", [5, 25])
def test_captured_is_when_the_picture_was_made(fps):
    with rtsp_server(fps=fps, painted=1) as server, playing(server.url()) as source:
        frames = read_for(source, 4.0)[-2 * fps :]
        told = [frame.captured_s for frame in frames]
    errors = [
        seconds_since(read_clock(plane_array(frame.picture, 0)), captured_s)
        for frame, captured_s in zip(frames, told, strict=True)
    ]
    # Encoding and the loopback lie between; a whole frame more if the parser's delay were left out.
    assert 0 <= statistics.median(errors) < 0.8 / fps


@pytest.mark.parametrize("fps", [5, 25])
def test_a_unit_of_mpeg_ts_is_handed_out_two_later_and_told_of_when_it_came(fps):
    with live_ts(fps, lambda number: number / fps) as server, playing(server.url) as source:
        frames = read_for(source, 3.0)[-fps:]
        sent = list(server.sent)
    errors = [frame.captured_s - sent[read_index(frame.picture)] for frame in frames]
    assert abs(statistics.median(errors)) < 0.8 / fps


@pytest.mark.parametrize("fps", [5, 10, 30])
def test_six_seconds_of_mjpeg_are_six_seconds(fps):
    with mjpeg_camera(fps) as server, playing(server.url) as source:
        frames = read_for(source, 6.0)
        sent = list(server.sent)
        assert source.report().anchors == 0
    numbers = [read_index(frame.picture) for frame in (frames[0], frames[-1])]
    true_s = sent[numbers[1]] - sent[numbers[0]]
    assert frames[-1].pts_s - frames[0].pts_s == pytest.approx(true_s, abs=1.5 / fps)


def test_mjpeg_that_comes_six_pictures_at_a_time_is_played_evenly():
    with mjpeg_camera(30, lump=6) as server, playing(server.url) as source:
        frames = read_for(source, 5.0)[-45:]
        assert source.report().undecoded == 0
    assert [read_index(frame.picture) for frame in frames[1:]] == [
        read_index(frame.picture) + 1 for frame in frames[:-1]
    ]
    steps = [after.pts_s - before.pts_s for before, after in itertools.pairwise(frames)]
    # As it arrives, five of six follow at once.
    assert statistics.median(steps) == pytest.approx(1 / 30, abs=0.01)
    assert sum(step > 1 / 60 for step in steps) > 0.8 * len(steps)


@pytest.mark.parametrize(
    ("name", "stamp_of"),
    [
        ("back by 100 s", lambda n: n / 25 + (500 if n < 60 else 400)),
        ("ahead by 100 s", lambda n: n / 25 + (500 if n < 60 else 600)),
        ("ahead by 1 s", lambda n: n / 25 + (500 if n < 60 else 501)),
        ("ahead by 5 h", lambda n: n / 25 + (500 if n < 60 else 18500)),
        ("frozen", lambda n: 500 + min(n, 60) / 25),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_stamps_that_jump_or_stand_still_do_not_change_the_time(name, stamp_of):
    with live_ts(25, stamp_of) as server, playing(server.url) as source:
        frames = read_for(source, 4.0)
        sent = list(server.sent)
        report = source.report()
    numbers = [read_index(frame.picture) for frame in frames]
    assert numbers[-1] - numbers[0] + 1 - len(numbers) == report.undecoded
    true_s = sent[numbers[-1]] - sent[numbers[0]]
    assert frames[-1].pts_s == pytest.approx(true_s, abs=0.2)
    steps = [after.pts_s - before.pts_s for before, after in itertools.pairwise(frames)]
    assert all(step > 0 for step in steps)
    # What is not within a frame of even is what the machine held up, not the stamps.
    assert statistics.median(steps) == pytest.approx(0.04, abs=0.02)
    assert (report.anchors, len(report.notices)) == (1, 1)


def test_a_live_playlist_is_played_evenly_and_whole(tmp_path):
    with live_playlist(tmp_path) as url, playing(url) as source:
        shown = []
        for _ in range(250):
            frame = source.read()
            shown.append((time.perf_counter(), read_index(frame.picture), frame.pts_s))
        assert source.report().undecoded == 0
    numbers = [number for _, number, _ in shown]
    assert numbers == list(range(numbers[0], numbers[0] + 250))
    assert [pts for *_, pts in shown] == pytest.approx([n / 25 for n in range(250)], abs=0.002)
    waits = sorted(after[0] - before[0] for before, after in itertools.pairwise(shown))
    # Unpaced it is 1.8 s; what is wanted, one frame interval, is measured by benchmarks/live.py.
    assert waits[int(len(waits) * 0.95)] < 0.2
