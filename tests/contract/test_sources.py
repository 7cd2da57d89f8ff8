"""What every source must do; a new one is added to `KINDS` below.

Live sources need a device or a server: see test_rtsp.py, test_http.py and test_file.py."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest

from rkvideo.config import SourceOptions
from rkvideo.errors import SourceOpenError
from rkvideo.sources.pattern import read_index
from rkvideo.sources.registry import make_source
from tests.helpers.circles import large_in_circles
from tests.helpers.video_samples import Clip, as_yuv420p, make_clip, make_image


@dataclass(frozen=True)
class Kind:
    """A source kind: how its sample is made, and what else than the clip is known of it."""

    title: str
    make: Callable[[Path], tuple[str, Clip]]
    decoder: str
    counts_frames: bool


def clip_kind(title, file_name, *, decoder="h264", counts_frames=False, truth=None, **encoding):
    def make(folder: Path) -> tuple[str, Clip]:
        clip = replace(truth or Clip(Path()), path=folder / file_name)
        make_clip(clip, **encoding)
        return str(clip.path), clip

    return Kind(title, make, decoder, counts_frames)


def make_folder(folder: Path) -> tuple[str, Clip]:
    for index, name in enumerate(("1.jpg", "2.png", "10.bmp", "11.webp", "a1.jpeg", "a02.png")):
        make_image(folder / name, index)
    return str(folder), Clip(folder, frames=6)


def make_pattern(folder: Path) -> tuple[str, Clip]:
    return "pattern:320x240@30:40", Clip(folder, frames=40, rate=Fraction(30))


STEPS_S = (0.0, 0.04, 0.2, 0.24, 0.9, 0.901, 1.5, 2.0, 2.04, 2.08)
VARIABLE = Clip(Path(), frames=len(STEPS_S), pts=STEPS_S)

KINDS = (
    clip_kind("mp4", "clip.mp4", counts_frames=True),
    clip_kind("mp4 with B-frames", "clip.mp4", counts_frames=True, options={"bf": "3"}),
    clip_kind("mp4 30000/1001", "n.mp4", counts_frames=True,
              truth=Clip(Path(), rate=Fraction(30000, 1001))),
    clip_kind("mkv of one frame", "one.mkv", truth=Clip(Path(), frames=1)),
    clip_kind("mkv with a variable rate", "clip.mkv", truth=VARIABLE),
    clip_kind("mpeg-ts that starts at 1.4 s", "clip.ts", options={"bf": "2"}),
    clip_kind("avi with mjpeg", "clip.avi", decoder="mjpeg", counts_frames=True, codec="mjpeg"),
    clip_kind("webm with vp9", "clip.webm", decoder="vp9", codec="libvpx-vp9",
              options={"deadline": "realtime", "cpu-used": "8"}),
    clip_kind("h264 without pts", "clip.h264", format_name="h264"),
    Kind("folder", make_folder, "images", True),
    Kind("pattern", make_pattern, "", True),
)  # fmt: skip


@pytest.fixture(scope="module", params=KINDS, ids=lambda kind: kind.title)
def sample(request, tmp_path_factory):
    kind = request.param
    text, clip = kind.make(tmp_path_factory.mktemp("sample"))
    return kind, text, clip


@pytest.fixture
def opened():
    sources = []

    def open_source(text, **options):
        source = make_source(text, SourceOptions(**options))
        sources.append(source)
        return source, source.open()

    yield open_source
    for source in sources:
        source.close()


def read_all(source):
    frames = []
    while (frame := source.read()) is not None:
        frames.append(frame)
    return frames


def test_nothing_large_waits_for_the_collector(sample):
    _, text, _ = sample
    with large_in_circles() as left:
        source = make_source(text, SourceOptions())
        source.open()
        frames = read_all(source)
        source.close()
        assert frames
        del source, frames
    assert left == {}


def numbers(frames):
    return [read_index(as_yuv420p(frame.picture)) for frame in frames]


def test_says_what_it_is(sample, opened):
    kind, text, clip = sample
    source, info = opened(text)
    assert (info.name, source.name) == (text, text)
    assert (info.width, info.height) == (clip.width, clip.height)
    assert (info.live, source.live) == (False, False)
    assert info.decoder == kind.decoder
    assert info.frames == (clip.frames if kind.counts_frames else None)
    if clip.pts is None:
        assert info.rate == clip.rate


def test_gives_every_picture_once_and_in_order(sample, opened):
    _, text, clip = sample
    source, _ = opened(text)
    frames = read_all(source)
    assert numbers(frames) == list(range(clip.frames))
    assert [frame.index for frame in frames] == list(range(clip.frames))
    assert {(frame.width, frame.height) for frame in frames} == {(clip.width, clip.height)}


def test_pts_are_those_of_the_clip_from_zero(sample, opened):
    _, text, clip = sample
    source, _ = opened(text)
    stamps = [frame.pts_s for frame in read_all(source)]
    assert stamps == pytest.approx(clip.expected_pts, abs=0.0011)
    assert all(after > before for before, after in pairwise(stamps))


def test_end_stays_the_end(sample, opened):
    _, text, _ = sample
    source, _ = opened(text)
    read_all(source)
    assert source.read() is None
    assert source.read() is None


def test_data_arrives_during_the_run_and_decoding_takes_time(sample, opened):
    _, text, _ = sample
    started = time.perf_counter()
    source, _ = opened(text)
    frames = read_all(source)
    ended = time.perf_counter()
    assert all(started <= frame.captured_s <= ended for frame in frames)
    assert 0 < sum(frame.decode_s for frame in frames) < ended - started


def test_reopening_goes_on_counting(sample, opened):
    _, text, clip = sample
    source, _ = opened(text)
    first = read_all(source)
    source.close()
    source.open()
    second = read_all(source)
    assert [frame.index for frame in second] == list(range(clip.frames, 2 * clip.frames))
    assert second[0].pts_s > first[-1].pts_s
    assert len(second) == clip.frames


def test_loop_starts_again_and_goes_on_counting(sample, opened):
    _, text, clip = sample
    source, info = opened(text, loop=True)
    frames = [source.read() for _ in range(2 * clip.frames + 1)]
    assert [frame.index for frame in frames] == list(range(2 * clip.frames + 1))
    stamps = [frame.pts_s for frame in frames]
    assert all(after > before for before, after in pairwise(stamps))
    assert info.frames is None


def test_after_an_interrupt_nothing_comes(sample, opened):
    _, text, _ = sample
    source, _ = opened(text)
    assert source.read() is not None
    source.interrupt()
    assert source.read() is None
    source.close()
    with pytest.raises(SourceOpenError, match="interrupted"):
        source.open()


def test_close_is_harmless_at_any_time(sample):
    _, text, _ = sample
    source = make_source(text, SourceOptions())
    source.close()
    source.open()
    source.close()
    source.close()
    assert source.read() is None


def test_realtime_makes_it_live_and_keeps_the_pictures(sample, opened):
    _, text, clip = sample
    source, info = opened(text, realtime=True)
    assert (info.live, source.live) == (True, True)
    assert source.name == text
    # A single frame is due at once; the pacing itself is tested in test_paced.py.
    assert read_index(as_yuv420p(source.read().picture)) == 0
    timer = threading.Timer(0.05, source.interrupt)
    timer.start()
    frames = read_all(source)
    timer.join()
    assert [frame.index for frame in frames] == list(range(1, len(frames) + 1))
    assert len(frames) < clip.frames
