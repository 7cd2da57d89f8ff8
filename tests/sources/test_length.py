"""What is said of pictures that did not come, and what a container's length is that of."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from rkvideo.config import SourceOptions
from rkvideo.data import Frame, StreamInfo
from rkvideo.sources.file import FileSource
from rkvideo.sources.length import Length, Played, missing_frames
from rkvideo.sources.pattern import draw_pattern
from tests.helpers.video_samples import Clip, cut_off, make_clip, number_of, x264


def played(path: Path) -> tuple[StreamInfo, list[Frame], FileSource]:
    source = FileSource(path, SourceOptions())
    info = source.open()
    frames = []
    while (frame := source.read()) is not None:
        frames.append(frame)
    source.close()
    return info, frames, source


def with_sound(path: Path, *, frames: int, sound_s: int) -> Path:
    """Pictures of 25 a second beside a sound that may go on after them."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height = 64, 48
        audio = container.add_stream("aac", rate=8000, layout="mono")
        for index in range(frames):
            container.mux(stream.encode(draw_pattern(64, 48, index)))
        container.mux(stream.encode(None))
        for second in range(sound_s):
            sound = av.AudioFrame.from_ndarray(np.zeros((1, 8000), np.float32), "fltp", "mono")
            sound.sample_rate, sound.pts = 8000, 8000 * second
            container.mux(audio.encode(sound))
        container.mux(audio.encode(None))
    return path


@pytest.mark.parametrize("file_name", ["clip.mkv", "clip.mp4", "clip.flv", "clip.ts"])
def test_sound_after_the_last_picture_is_no_missing_picture(tmp_path: Path, file_name: str) -> None:
    info, frames, source = played(with_sound(tmp_path / file_name, frames=50, sound_s=10))
    assert len(frames) == 50
    assert (source.report().missing, source.report().notices) == (0, ())
    # FLV does not say which of its streams is as long as it.
    if not file_name.endswith("flv"):
        assert info.duration_s == pytest.approx(2.0, abs=0.05)


def test_pictures_that_an_edit_list_hides_are_not_missing(tmp_path: Path) -> None:
    pts = tuple(index / 25 for index in range(-20, 20))
    clip = make_clip(Clip(tmp_path / "cut.mp4", frames=40, pts=pts), options={"bf": "0"})
    info, frames, source = played(clip.path)
    assert (info.frames, [number_of(frame) for frame in frames]) == (40, list(range(20, 40)))
    assert (source.report().missing, source.report().notices) == (0, ())


def test_empty_pictures_of_an_avi_are_not_missing(tmp_path: Path) -> None:
    clip = Clip(tmp_path / "gap.avi", frames=19)
    with av.open(str(clip.path), "w") as container:
        stream = container.add_stream("mpeg4", rate=25)
        stream.width, stream.height = clip.width, clip.height
        for index in (*range(10), *range(41, 50)):
            picture = draw_pattern(clip.width, clip.height, index)
            picture.pts, picture.time_base = index, Fraction(1, 25)
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    info, frames, source = played(clip.path)
    assert (info.frames, len(frames)) == (50, 19)
    assert frames[-1].pts_s == pytest.approx(1.96)
    assert (source.report().missing, source.report().notices) == (0, ())


def test_a_joined_recording_is_not_called_cut(tmp_path: Path) -> None:
    """Its length is that of one of its parts."""
    first = make_clip(Clip(tmp_path / "first.ts", frames=50))
    second = make_clip(Clip(tmp_path / "second.ts", frames=25))
    path = tmp_path / "joined.ts"
    path.write_bytes(first.path.read_bytes() + second.path.read_bytes())
    _, frames, source = played(path)
    assert len(frames) == 75
    assert source.report().missing == 0
    assert all("cut off" not in notice for notice in source.report().notices)


@pytest.mark.parametrize("file_name", ["cut.mp4", "cut.mkv", "cut.flv"])
def test_a_file_that_is_cut_says_so_still(tmp_path: Path, file_name: str) -> None:
    clip = make_clip(
        Clip(tmp_path / file_name, frames=60),
        options={"g": "15"},
        container_options={"movflags": "faststart"} if file_name.endswith("mp4") else None,
    )
    cut_off(clip.path, 0.6)
    _, frames, source = played(clip.path)
    assert 10 < len(frames) < 60
    assert source.report().missing == pytest.approx(60 - len(frames), abs=2)


def test_h264_with_b_frames_in_avi_keeps_its_times(tmp_path: Path) -> None:
    """AVI has no times of display; ffmpeg shows these pictures evenly too."""
    clip = make_clip(
        Clip(tmp_path / "clip.avi"), options={"bf": "3"} | x264(b_pyramid="normal", b_adapt=0)
    )
    _, frames, _ = played(clip.path)
    assert [number_of(frame) for frame in frames] == list(range(30))
    assert [frame.pts_s for frame in frames] == pytest.approx(clip.expected_pts)


LENGTH = Length(4.0, is_of_pictures=True)


def test_times_of_display_that_a_container_makes_up_are_left(tmp_path: Path) -> None:
    """MXF of FFmpeg's tells no order of H.264's pictures: all stamps are those of decoding."""
    path = make_clip(Clip(tmp_path / "b.mxf", frames=40), options=x264(bframes=3, b_adapt=0)).path
    _, frames, source = played(path)
    assert [number_of(frame) for frame in frames] == list(range(40))
    assert source.report().anchors == 0
    steps = np.diff([frame.pts_s for frame in frames])
    # What is held back at first is known only from the first step back.
    assert steps[3:] == pytest.approx(0.04)


@pytest.mark.parametrize(
    ("frames", "length", "came", "missing"),
    [
        (100, LENGTH, Played(100, 0, 4.0), 0),
        (100, LENGTH, Played(60, 0, 2.4), 40),
        # Either word alone may be of something else.
        (100, LENGTH, Played(60, 0, 4.0), 0),
        (100, LENGTH, Played(60, 40, 2.4), 0),
        (100, None, Played(60, 0, None), 40),
        (None, LENGTH, Played(60, 0, 2.4), 40),
        (None, LENGTH, Played(98, 0, 3.92), 0),
        (None, Length(4.0, is_of_pictures=False), Played(60, 0, 2.4), 0),
        (None, LENGTH, Played(0, 0, 0.0), 0),
        (None, None, Played(60, 0, 2.4), 0),
    ],
)
def test_missing_frames(
    frames: int | None, length: Length | None, came: Played, missing: int
) -> None:
    assert missing_frames(frames, length, came) == missing


def slides(path: Path, options: dict[str, str], codec: str = "libx264") -> Path:
    """Three pictures at 0, 1 and 3 s, of which the last is to be shown for four seconds."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=25, options=options)
        stream.width, stream.height = 64, 48
        stream.pix_fmt = "rgb8" if codec == "gif" else "yuv420p"
        stream.time_base = stream.codec_context.time_base = Fraction(1, 100)
        packets = []
        for index, place in enumerate((0, 100, 300)):
            picture = draw_pattern(64, 48, index).reformat(format=stream.pix_fmt)
            picture.pts, picture.time_base = place, Fraction(1, 100)
            packets += stream.encode(picture)
        packets += stream.encode(None)
        packets[-1].duration = 400
        for packet in packets:
            container.mux(packet)
    return path


def test_the_last_picture_is_shown_as_long_as_the_container_says(tmp_path: Path) -> None:
    _, frames, _ = played(slides(tmp_path / "slides.mp4", {"bf": "0"}))
    assert [frame.pts_s for frame in frames] == [0, 1, 3]
    assert frames[-1].shown_s == pytest.approx(4)


def test_times_in_the_order_of_decoding_show_no_picture_beyond_the_end(tmp_path: Path) -> None:
    """The picture at 3 s is decoded before that at 1 s, and mp4 says that it is shown for 2 s."""
    clip = make_clip(
        Clip(tmp_path / "b.mp4", frames=3, pts=(0, 1, 3)), options={"bf": "2", "b-adapt": "0"}
    )
    info, frames, _ = played(clip.path)
    assert info.duration_s is not None
    assert frames[-1].shown_s == pytest.approx(info.duration_s - 3)
