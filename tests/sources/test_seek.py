"""Seeking in a file: the exact frame, whatever the container and the order of decoding."""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

from rkvideo.config import SourceOptions
from rkvideo.sources.containers import open_file
from rkvideo.sources.registry import make_source
from tests.helpers.video_samples import Clip, make_clip, make_image, number_of, x264

FRAMES = 60


@dataclass(frozen=True)
class Kind:
    title: str
    make: Callable[[Path], str]


def clip_kind(title, name, *, pts=None, **encoding):
    def make(folder: Path) -> str:
        clip = Clip(folder / name, 128, 64, FRAMES if pts is None else len(pts), pts=pts)
        return str(make_clip(clip, **encoding).path)

    return Kind(title, make)


def make_folder(folder: Path) -> str:
    for index in range(12):
        make_image(folder / f"{index}.png", index, (128, 64))
    return str(folder)


STEPS_S = tuple(sum((0.04, 0.2, 0.001, 0.9)[number % 4] for number in range(n)) for n in range(30))

KINDS = (
    clip_kind("mp4 with B-frames", "b.mp4", options=x264(bframes=3, keyint=12, b_pyramid="normal")),
    clip_kind("mp4 with open GOPs", "o.mp4",
              options=x264(bframes=3, keyint=12, open_gop=1, scenecut=0)),
    clip_kind("mp4 of one keyframe", "one.mp4", options=x264(bframes=2, keyint=500)),
    clip_kind("mpeg-ts that starts at 1.4 s", "clip.ts", options=x264(bframes=2, keyint=10)),
    clip_kind("mpeg-ts with open GOPs", "o.ts",
              options=x264(bframes=3, keyint=12, open_gop=1, scenecut=0)),
    clip_kind("mkv with a variable rate", "clip.mkv", pts=STEPS_S, options=x264(keyint=7)),
    clip_kind("avi with mjpeg", "clip.avi", codec="mjpeg"),
    clip_kind("webm with vp9", "clip.webm", codec="libvpx-vp9",
              options={"deadline": "realtime", "cpu-used": "8", "g": "15"}),
    Kind("folder", make_folder),
    Kind("pattern", lambda folder: "pattern:256x48@30:40"),
)  # fmt: skip


@pytest.fixture(scope="module", params=KINDS, ids=lambda kind: kind.title)
def text(request, tmp_path_factory):
    return request.param.make(tmp_path_factory.mktemp("clip"))


def read_all(source):
    frames = []
    while (frame := source.read()) is not None:
        frames.append(frame)
    return frames


def test_a_seek_gives_the_frame_that_is_shown_then(text):
    source = make_source(text, SourceOptions())
    info = source.open()
    frames = read_all(source)
    places = [frame.position_s for frame in frames]
    assert places[0] == 0.0
    assert all(after > before for before, after in pairwise(places))
    assert info.seekable
    assert places[-1] < info.duration_s < places[-1] + 1.0
    chance = random.Random(1)
    wanted = [place for each in places for place in (each, each + 0.0005)]
    wanted += [chance.uniform(0, info.duration_s) for _ in range(40)]
    chance.shuffle(wanted)
    given = frames[-1:]
    for position_s in wanted:
        source.seek(position_s)
        expected = bisect_right(places, position_s) - 1
        for number in range(expected, min(expected + chance.randint(1, 4), len(places))):
            given.append(source.read())
            assert given[-1].position_s == places[number], position_s
            assert number_of(given[-1]) == number_of(frames[number])
    assert [frame.index for frame in given] == list(
        range(given[0].index, given[0].index + len(given))
    )
    assert all(after.pts_s > before.pts_s for before, after in pairwise(given))
    source.close()


def test_a_seek_beyond_the_end_gives_the_last_frame_and_then_the_end(text):
    source = make_source(text, SourceOptions())
    info = source.open()
    last = read_all(source)[-1]
    for position_s in (info.duration_s, info.duration_s + 1000):
        source.seek(position_s)
        again = source.read()
        assert (again.position_s, number_of(again)) == (last.position_s, number_of(last))
        assert source.read() is None
    source.close()


def test_a_seek_before_the_first_read_leaves_no_gap_in_the_count(text):
    source = make_source(text, SourceOptions())
    source.open()
    source.seek(0.2)
    first, second = source.read(), source.read()
    assert (first.index, second.index) == (0, 1)
    assert 0 < first.position_s <= 0.2 < second.position_s
    source.close()


def test_looping_can_be_changed_at_any_time(text):
    source = make_source(text, SourceOptions())
    source.open()
    count = len(read_all(source))
    source.looping = True
    again = [source.read() for _ in range(count + 1)]
    assert [frame.index for frame in again] == list(range(count, 2 * count + 1))
    assert again[0].position_s == again[-1].position_s == 0.0
    source.looping = False
    assert len(read_all(source)) == count - 1
    source.close()


def pixels_of(frame):
    return frame.position_s, frame.picture.to_ndarray(format="rgb24").tobytes()


def test_each_turn_of_a_loop_has_the_pictures_of_the_first(text):
    source = make_source(text, SourceOptions())
    source.open()
    first = [pixels_of(frame) for frame in read_all(source)]
    source.looping = True
    for _ in range(2):
        assert [pixels_of(source.read()) for _ in first] == first
    source.close()


def test_a_loop_opens_its_file_once_where_the_stamps_are_to_be_relied_on(text, monkeypatch):
    opened = []

    def open_and_note(path):
        opened.append(path)
        return open_file(path)

    monkeypatch.setattr("rkvideo.sources.file.open_file", open_and_note)
    source = make_source(text, SourceOptions())
    source.open()
    count = len(read_all(source))
    source.looping = True
    for _ in range(3 * count):
        source.read()
    source.close()
    if Path(text).is_file():
        assert len(opened) == (4 if text.endswith(".ts") else 1)


def test_a_file_that_was_put_in_the_place_of_another_plays_from_the_next_turn_on(tmp_path):
    clip = make_clip(Clip(tmp_path / "clip.mp4", 128, 64, 3))
    other = make_clip(Clip(tmp_path / "other.mp4", 192, 64, 3))
    source = make_source(str(clip.path), SourceOptions(loop=True))
    source.open()
    assert [source.read().picture.width for _ in range(3)] == [128] * 3
    other.path.replace(clip.path)
    assert [source.read().picture.width for _ in range(6)] == [192] * 6
    source.close()


def test_an_interrupt_ends_a_seek(text):
    source = make_source(text, SourceOptions())
    source.open()
    source.interrupt()
    source.seek(0.3)
    assert source.read() is None
    source.close()


def test_a_file_without_stamps_cannot_be_sought_and_still_loops(tmp_path):
    clip = make_clip(Clip(tmp_path / "clip.h264"), format_name="h264")
    source = make_source(str(clip.path), SourceOptions())
    info = source.open()
    assert (info.duration_s, info.seekable) == (None, False)
    source.seek(0.5)
    frames = read_all(source)
    assert [number_of(frame) for frame in frames] == list(range(30))
    assert {frame.position_s for frame in frames} == {None}
    source.looping = True
    assert number_of(source.read()) == 0
    source.close()


def test_a_folder_shows_the_image_before_one_that_is_damaged(tmp_path):
    make_folder(tmp_path)
    (tmp_path / "5.png").write_bytes(b"no image")
    source = make_source(str(tmp_path), SourceOptions())
    source.open()
    source.seek(5 / 25)
    assert [number_of(source.read()) for _ in range(2)] == [4, 6]
    source.close()


def test_what_is_live_cannot_be_sought():
    source = make_source("pattern:256x48@30:40", SourceOptions(realtime=True))
    assert source.open().seekable is False
    source.close()
    endless = make_source("pattern:256x48@30", SourceOptions())
    info = endless.open()
    assert (info.duration_s, info.seekable) == (None, False)
    assert endless.read().position_s is None
    endless.close()


def test_a_seek_that_is_wanted_no_more_ends_at_once(tmp_path):
    clip = make_clip(
        Clip(tmp_path / "one.mp4", 128, 64, 750), options=x264(keyint=1000, scenecut=0)
    )
    source = make_source(str(clip.path), SourceOptions())
    source.open()
    asked = []

    def until_the_fifth_picture():
        asked.append(None)
        return len(asked) < 5

    source.seek(28.0, until_the_fifth_picture)
    # Asked once more before each further try, but not for each of the 700 pictures.
    assert len(asked) < 20
    source.seek(1.0)
    frames = [source.read() for _ in range(2)]
    assert [frame.position_s for frame in frames] == [1.0, 1.04]
    assert [number_of(frame) for frame in frames] == [25, 26]
    assert [frame.index for frame in frames] == [0, 1]
    source.close()
