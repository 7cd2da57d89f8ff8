"""Which encoder a recording takes, what its clips hold, and what is said where none is usual.

Of the lists of encoders some are stand-ins for those of another FFmpeg: they lack libx264, as the
one on a board with `pyav-rkmpp` does.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest

from rkvideo.cli import run as run_module
from rkvideo.errors import SinkOpenError, SinkWriteError
from rkvideo.sinks import clip as clip_module
from rkvideo.sinks import encoders as encoders_module
from rkvideo.sinks.clip import Clip
from rkvideo.sinks.encoders import ENCODERS, Encoder, bit_rate, choose, grey, opening_encoders
from rkvideo.sinks.recorder import PairRecorder, RawRecorder, Recorder
from rkvideo.stats import StatsSnapshot
from tests.helpers.command_line import SIMULATED, error_line
from tests.helpers.sink_samples import INFO, STATUS, TITLES, grey_picture, read_video, result
from tests.helpers.told_paths import told_of

KNOWN = {encoder.name: encoder for encoders in ENCODERS.values() for encoder in encoders}
HERE = opening_encoders()
WITHOUT_X264 = tuple(each for each in ENCODERS["h264"] if each.name != "libx264")
# libx264rgb takes no yuv420p: it is there and refuses, as hardware that is not there does.
REFUSING = (Encoder("no_such"), Encoder("libx264rgb"))
TIMES = (0.0, 0.04, 0.12, 3.5)  # a rate that is not kept, and a gap that asks for a keyframe


def written(clip: Clip, levels: tuple[int, ...] = (40, 100, 160, 220)) -> tuple[str, ...]:
    """The files of a clip of grey pictures at TIMES."""
    clip.open(INFO)
    for index, (level, pts_s) in enumerate(zip(levels, TIMES, strict=True)):
        clip.add(grey_picture(level=level), result(index, pts_s).frame, None)
    return clip.close()


def test_the_usual_encoders_open_here() -> None:
    assert set(HERE) >= {"libx264", "libx265", "mpeg4", "mjpeg"}


@pytest.mark.parametrize("name", HERE)
def test_each_encoder_that_opens_gives_back_pictures_and_times(tmp_path: Path, name: str) -> None:
    suffix = KNOWN[name].suffixes[0]
    (path,) = written(Clip(tmp_path / f"out{suffix}", "medium", encoders=(KNOWN[name],)))
    pictures = read_video(path)
    with av.open(path) as container:
        kind = container.streams.video[0].codec_context.name
        keyframes = [packet.is_keyframe for packet in container.demux(video=0) if packet.size]
    assert kind == {"libx264": "h264", "libx265": "hevc"}.get(name, name)
    # Rounded to the time base of the container: milliseconds in an mkv.
    assert [float(each.pts * each.time_base) for each in pictures] == pytest.approx(TIMES, abs=5e-4)
    assert keyframes[0]
    assert keyframes[-1]
    # The grey of 16..235, whatever range the encoder wants.
    expected = [round((level - 16) * 255 / 219) for level in (40, 100, 160, 220)]
    greys = [int(each.to_ndarray(format="rgb24")[120, 160, 0]) for each in pictures]
    assert greys == pytest.approx(expected, abs=3)


def test_the_first_that_opens_is_taken(tmp_path: Path) -> None:
    clip = Clip(tmp_path / "out.mp4", "medium", encoders=(*REFUSING, *ENCODERS["h264"]))
    assert written(clip) == (str(tmp_path / "out.mp4"),)
    assert (clip.encoder, clip.told()) == ("libx264", ())
    assert told_of("encoder", "no_such").words == "this FFmpeg does not have it"
    assert told_of("encoder", "libx264rgb").words == "Invalid argument"
    assert told_of("encoder", "libx264").state == "used"


def test_hardware_has_to_encode_a_picture_too() -> None:
    proven = replace(KNOWN["libx264"], in_hardware=True)
    assert choose((proven,), grey(320, 240), Fraction(30), "medium") is proven


def test_without_libx264_the_clip_is_mpeg4_and_that_is_said(tmp_path: Path) -> None:
    clip = Clip(tmp_path / "out.mp4", "medium", encoders=WITHOUT_X264)
    (path,) = written(clip)
    assert clip.encoder == "mpeg4"
    assert clip.told()[0] == (
        "out.mp4 is recorded as mpeg4: none of h264_rkmpp, h264_v4l2m2m opens here"
    )
    assert len(read_video(path)) == len(TIMES)


def test_mjpeg_goes_into_an_mkv(tmp_path: Path) -> None:
    clip = Clip(tmp_path / "out.mp4", "medium", encoders=(*REFUSING, KNOWN["mjpeg"]))
    assert written(clip) == (str(tmp_path / "out.mkv"),)
    assert clip.told()[0] == (
        "out.mkv is recorded as mjpeg: none of no_such, libx264rgb opens here"
    )


def test_no_encoder_at_all_is_told_before_a_file_is_there(tmp_path: Path) -> None:
    with pytest.raises(SinkOpenError) as caught:
        Clip(tmp_path / "out.mp4", "medium", encoders=REFUSING).open(INFO)
    assert str(caught.value) == (
        "no encoder of this FFmpeg (no_such, libx264rgb) opens for pictures of 320x240, so nothing "
        "can be recorded: leave --record-codec out"
    )
    assert list(tmp_path.iterdir()) == []


def test_a_size_that_no_encoder_takes_ends_a_recording_in_words(tmp_path: Path) -> None:
    # The standard of H.264 has no pictures of 2x2 in v4l2m2m, MPEG-4 none above 8191 lines.
    clip = Clip(tmp_path / "out.mp4", "medium", encoders=(KNOWN["mpeg4"],))
    clip.open(INFO)
    clip.add(grey_picture(), result(0).frame, replace(INFO))
    wide = grey_picture(16, 8200)
    with pytest.raises(SinkWriteError, match=r"out\.mp4 stopped: no encoder of this FFmpeg"):
        clip.add(wide, result(1, picture=wide).frame, replace(INFO, width=16, height=8200))
    assert clip.close() == (str(tmp_path / "out.mp4"),)
    assert len(read_video(tmp_path / "out.mp4")) == 1


def test_what_is_copied_needs_no_encoder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clip_module, "ENCODERS", {"h264": REFUSING})
    raw = RawRecorder(tmp_path / "raw.mp4")
    raw.open(replace(INFO, live=True, codec="h264"))
    assert (raw.copies, raw.encoder) == (True, "")
    with pytest.raises(SinkOpenError, match="nothing can be recorded"):
        RawRecorder(tmp_path / "raw.mp4").open(INFO)


def test_hevc_is_taken_where_it_is_asked_for(tmp_path: Path) -> None:
    both = PairRecorder(
        Recorder(tmp_path / "out.mp4", TITLES, StatsSnapshot, codec="hevc"),
        RawRecorder(tmp_path / "out-raw.mp4", codec="hevc"),
    )
    both.open(INFO)
    both.write(result(0), STATUS)
    for path in both.close():
        with av.open(path) as container:
            # The tag by which players of Apple know it.
            assert container.streams.video[0].codec_context.codec_tag == "hvc1"
    assert both.encoder == "libx265"


def recorded(
    main: Callable[..., tuple[int, str, str]], folder: Path
) -> tuple[int, str, dict[str, Any]]:
    """Exit code, what was said, and the figures of a run that records."""
    words = ("run", "pattern:64x64@30:5", *SIMULATED, "--record", "out.mp4", "--stats", "out.json")
    code, _, err = main(*words, cwd=folder)
    stats = folder / "out.json"
    return code, err, json.loads(stats.read_text()) if stats.exists() else {}


def test_a_run_says_which_encoder_it_took(
    main: Callable[..., tuple[int, str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clip_module, "ENCODERS", {"h264": WITHOUT_X264})
    code, err, stats = recorded(main, tmp_path)
    assert code == 0, err
    assert "encoder: mpeg4" in err.splitlines()
    assert stats["sinks"]["recording"] == {"written": 5, "dropped": 0, "encoder": "mpeg4"}
    assert stats["notices"] == [
        "out.mp4 is recorded as mpeg4: none of h264_rkmpp, h264_v4l2m2m opens here"
    ]


def test_a_run_that_nothing_can_record_is_refused_in_one_line(
    main: Callable[..., tuple[int, str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoders_module, "ENCODERS", {"h264": REFUSING})
    monkeypatch.setattr(run_module, "run_headless", None)
    code, err, _ = recorded(main, tmp_path)
    assert code == 2, err
    assert error_line(err).startswith("error: no encoder of this FFmpeg (no_such, libx264rgb)")
    assert not (tmp_path / "out.mp4").exists()


def test_an_encoder_without_constant_quality_gets_bits_in_the_same_proportion() -> None:
    rates = [bit_rate(1920, 1080, Fraction(30), each) for each in ("low", "medium", "high")]
    assert rates[1] == 6_220_800
    assert [round(rate / rates[1], 2) for rate in rates] == [0.56, 1.0, 1.78]
