"""The clock is exchanged: what is asked of the waiting, not how long it takes."""

from __future__ import annotations

import itertools
import threading
from fractions import Fraction

import pytest

from rkvideo.config import SourceOptions
from rkvideo.sources import file, paced
from rkvideo.sources.file import FileSource
from rkvideo.sources.folder import FolderSource
from rkvideo.sources.paced import PacedSource
from rkvideo.sources.pattern import PatternSource, read_index
from tests.helpers.video_samples import Clip, as_yuv420p, make_clip, make_image, x264


class StandInClock:
    """Stands in for time and for the wait on an interrupt: waiting moves the time on."""

    def __init__(self):
        self.now = 100.0
        self.waits = []

    def perf_counter(self):
        return self.now

    def wait(self, seconds):
        self.waits.append(seconds)
        self.now += seconds
        return False


@pytest.fixture
def clock(monkeypatch):
    clock = StandInClock()
    monkeypatch.setattr(paced, "time", clock)
    return clock


@pytest.fixture
def source(clock, monkeypatch):
    source = PacedSource(PatternSource("pattern:64x48@10:5", SourceOptions()))
    monkeypatch.setattr(source._interrupt, "wait", clock.wait)
    source.open()
    return source


def test_each_frame_comes_when_it_is_due(source, clock):
    arrivals = []
    while (frame := source.read()) is not None:
        arrivals.append(clock.now)
        assert frame.captured_s == pytest.approx(clock.now - frame.decode_s)
    assert arrivals == pytest.approx([100.0, 100.1, 100.2, 100.3, 100.4])
    assert clock.waits == pytest.approx([0.1] * 4)


def test_a_late_reader_gets_what_is_due_at_once(source, clock):
    source.read()
    clock.now += 0.25
    assert [source.read().index, source.read().index] == [1, 2]
    assert clock.waits == []
    source.read()
    assert clock.waits == pytest.approx([0.05])


def test_a_frame_that_comes_late_was_sent_when_it_was_due(source, clock):
    source.read()
    clock.now += 0.25
    assert source.read().captured_s == pytest.approx(100.1)


def read_slowly(source, clock, cost_s):
    """Read to the end, each frame taking that long; gives frames and their lags."""
    frames, lags = [], []
    while (frame := source.read()) is not None:
        clock.now += cost_s
        frames.append(frame)
        lags.append(clock.now - (100.0 + frame.pts_s))
    return frames, lags


def test_a_reader_that_is_too_slow_does_not_fall_behind(clock, monkeypatch):
    source = PacedSource(PatternSource("pattern:192x48@30:600", SourceOptions()))
    monkeypatch.setattr(source._interrupt, "wait", clock.wait)
    source.open()
    frames, lags = read_slowly(source, clock, 0.05)
    assert max(lags) < 0.4
    assert len(frames) == pytest.approx(20 * 20, rel=0.02)
    assert source.report().undecoded == 600 - len(frames)
    numbers = [read_index(frame.picture) for frame in frames]
    assert [number / 30 for number in numbers] == pytest.approx([f.pts_s for f in frames])
    assert [frame.index for frame in frames] == list(range(len(frames)))


def test_every_frame_is_given_where_all_are_asked_for(clock, monkeypatch):
    source = PacedSource(PatternSource("pattern:64x48@30:90", SourceOptions()), keeps_all=True)
    monkeypatch.setattr(source._interrupt, "wait", clock.wait)
    source.open()
    frames, lags = read_slowly(source, clock, 0.05)
    assert (len(frames), source.report().undecoded) == (90, 0)
    assert lags[-1] == pytest.approx(90 * 0.05 - 89 / 30)


def test_a_file_leaves_out_what_its_decoder_cannot_do(tmp_path, clock, monkeypatch):
    clip = make_clip(
        Clip(tmp_path / "clip.mp4", frames=300, rate=Fraction(30)), options={"g": "15", "bf": "0"}
    )
    monkeypatch.setattr(file, "time", clock)
    source = PacedSource(FileSource(clip.path, SourceOptions(hwdec="none")))
    monkeypatch.setattr(source._interrupt, "wait", clock.wait)
    source.open()
    frames, lags = read_slowly(source, clock, 0.05)
    source.close()
    # Frames that were on their way in the decoder's threads come on top of the 0.25 s.
    assert max(lags) < 0.5
    assert len(frames) > 150
    assert source.report().undecoded == 300 - len(frames)
    numbers = [read_index(frame.picture) for frame in frames]
    assert [number / 30 for number in numbers] == pytest.approx([f.pts_s for f in frames], abs=1e-4)


def test_of_a_file_pictures_that_no_other_needs_go_first_and_are_enough(
    tmp_path, clock, monkeypatch
):
    # I B b B P: every second picture is no reference, and one keyframe stands at the beginning.
    coded = x264(keyint=300, bframes=3, b_pyramid="normal", b_adapt=0, scenecut=0)
    clip = make_clip(Clip(tmp_path / "clip.mp4", frames=300, rate=Fraction(30)), options=coded)
    monkeypatch.setattr(file, "time", clock)
    source = PacedSource(FileSource(clip.path, SourceOptions(hwdec="none")))
    monkeypatch.setattr(source._interrupt, "wait", clock.wait)
    source.open()
    frames, lags = read_slowly(source, clock, 0.05)
    source.close()
    assert max(lags) < 0.5
    numbers = [read_index(frame.picture) for frame in frames]
    assert max(after - before for before, after in itertools.pairwise(numbers)) == 2
    assert len(frames) > 0.9 * 20 * 10


def test_a_folder_leaves_out_images(tmp_path, clock, monkeypatch):
    for index in range(50):
        make_image(tmp_path / f"{index}.png", index)
    source = PacedSource(FolderSource(tmp_path, SourceOptions()))
    monkeypatch.setattr(source._interrupt, "wait", clock.wait)
    source.open()
    frames, lags = read_slowly(source, clock, 0.08)
    assert max(lags) < 0.4
    assert source.report().undecoded == 50 - len(frames) > 20
    numbers = [read_index(as_yuv420p(frame.picture)) for frame in frames]
    assert [number / 25 for number in numbers] == pytest.approx([f.pts_s for f in frames])


def test_interrupt_ends_the_waiting():
    source = PacedSource(PatternSource("pattern:64x48@0.01", SourceOptions()))
    source.open()
    source.read()
    timer = threading.Timer(0.05, source.interrupt)
    timer.start()
    assert source.read() is None
    timer.join()
