"""Damage, rotation and decoders of files; the rest is in tests/contract/test_sources.py."""

from __future__ import annotations

import errno
import logging
import os
import re
from concurrent.futures import ThreadPoolExecutor

import av
import av.error
import numpy as np
import pytest
from av.codec.context import ThreadType

from rkvideo.config import SourceOptions
from rkvideo.errors import DecodeError, SourceLostError, SourceOpenError
from rkvideo.pictures.lent import Lender
from rkvideo.pictures.pixels import plane_array
from rkvideo.sources.camera import CameraSource, camera_open_error
from rkvideo.sources.decoder import Decoder
from rkvideo.sources.decoder_names import decoder_names
from rkvideo.sources.file import FileSource
from rkvideo.sources.pattern import draw_pattern, read_index
from rkvideo.sources.reader import ContainerReader
from rkvideo.sources.registry import make_source
from tests.helpers.video_samples import (
    CLOCKWISE,
    COUNTER_CLOCKWISE,
    HALF_TURN,
    Clip,
    cut_off,
    make_clip,
    make_image,
    rotate_mp4,
)


def play(source):
    info = source.open()
    frames = []
    try:
        while (frame := source.read()) is not None:
            frames.append(frame)
    finally:
        source.close()
    return info, frames


def open_error(text, **options):
    source = make_source(str(text), SourceOptions(**options))
    with pytest.raises(SourceOpenError) as caught:
        source.open()
    source.close()
    return caught.value


def test_missing_file(tmp_path):
    error = open_error(tmp_path / "no.mp4")
    assert str(error).startswith(f"{tmp_path / 'no.mp4'}: no such file: check the path")
    assert error.usage


def test_a_file_below_a_folder_that_may_not_be_read(tmp_path, monkeypatch):
    """Root may read all, so the answer of the kernel is played."""

    def refuse(path, *_):
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    path = tmp_path / "a" / "b.mp4"
    monkeypatch.setattr("rkvideo.sources.file.Path.stat", refuse)
    error = open_error(path)
    assert str(error).startswith(f"{path}: you may not read this file")
    assert error.usage


def test_a_file_where_the_folder_of_the_call_is_gone(tmp_path, monkeypatch):
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert "no such file: check the path (from a folder that is gone)" in str(open_error("b.mp4"))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the file is empty"),
        (b"just words\n" * 50, "not a video that FFmpeg can read"),
        (b"\0\0\0\x08ftyp\0\0\0\0free", "not a video that FFmpeg can read"),
        # As a recorder that was killed leaves it.
        (b"\0\0\0\x08ftyp\0\0\0\0mdat" + bytes(90), "its index (moov) is missing"),
    ],
)
def test_what_is_no_video(tmp_path, content, words):
    path = tmp_path / "words.mp4"
    path.write_bytes(content)
    error = open_error(path)
    assert words in str(error)
    assert "\n" not in str(error)
    assert error.usage


def test_sound_alone_is_no_video(tmp_path):
    path = tmp_path / "sound.wav"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=8000, layout="mono")
        sound = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), layout="mono")
        sound.sample_rate = 8000
        container.mux(stream.encode(sound))
    assert "holds no video stream" in str(open_error(path))


@pytest.mark.parametrize("file_name", ["cut.mp4", "cut.mkv", "cut.ts"])
def test_a_cut_file_plays_up_to_the_cut(tmp_path, file_name):
    clip = make_clip(
        Clip(tmp_path / file_name, frames=60),
        options={"g": "15"},
        container_options={"movflags": "faststart"} if file_name.endswith("mp4") else None,
    )
    cut_off(clip.path, 0.6)
    _, frames = play(FileSource(clip.path, SourceOptions()))
    assert 10 < len(frames) < 60
    assert [frame.index for frame in frames] == list(range(len(frames)))


def test_a_pipe_that_gave_no_video_is_not_waited_for_again(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor(1) as executor:
        written = executor.submit(pipe.write_bytes, b"just words\n" * 50)
        assert "not a video that FFmpeg can read" in str(open_error(pipe))
        written.result()


@pytest.mark.parametrize("share", [0.3, 0.95])
def test_a_file_that_is_cut_before_its_index_says_so(tmp_path, share):
    clip = make_clip(Clip(tmp_path / "cut.mp4", frames=30))
    cut_off(clip.path, share)
    assert "the file is cut off: its index (moov) is missing" in str(open_error(clip.path))


def test_links_that_lead_in_a_circle_are_told_as_that(tmp_path):
    (tmp_path / "a.mp4").symlink_to(tmp_path / "b.mp4")
    (tmp_path / "b.mp4").symlink_to(tmp_path / "a.mp4")
    assert "its links lead in a circle" in str(open_error(tmp_path / "a.mp4"))


def test_a_file_cut_in_its_first_picture_does_not_open(tmp_path):
    clip = make_clip(Clip(tmp_path / "cut.mkv"))
    data = clip.path.read_bytes()
    clip.path.write_bytes(data[: data.index(b"\x1f\x43\xb6\x75") + 60])
    assert open_error(clip.path).usage


def with_latin1_title(path):
    """A clip whose title is `Caméra` in Latin-1."""
    with av.open(str(path), "w") as container:
        container.metadata["title"] = "Cam_ra"
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height = 64, 48
        for index in range(3):
            container.mux(stream.encode(draw_pattern(64, 48, index)))
        container.mux(stream.encode(None))
    path.write_bytes(path.read_bytes().replace(b"Cam_ra", b"Cam\xe9ra"))
    return path


@pytest.mark.parametrize("file_name", ["title.mp4", "title.mkv"])
def test_words_in_a_file_need_not_be_utf8(tmp_path, file_name):
    _, frames = play(FileSource(with_latin1_title(tmp_path / file_name), SourceOptions()))
    assert len(frames) == 3


@pytest.mark.parametrize("file_name", ["2025-01-01T12:00:00.mp4", "http:a.mkv", "%d 100%.mp4"])
def test_no_name_of_a_file_means_a_protocol(tmp_path, monkeypatch, file_name):
    make_clip(Clip(tmp_path / file_name, frames=3))
    monkeypatch.chdir(tmp_path)
    _, frames = play(make_source(file_name, SourceOptions()))
    assert len(frames) == 3


def test_a_file_url_is_a_path(tmp_path):
    make_clip(Clip(tmp_path / "a b.mp4", frames=3))
    source = make_source(f"file://{tmp_path}/a%20b.mp4", SourceOptions())
    assert source.name == str(tmp_path / "a b.mp4")
    assert len(play(source)[1]) == 3


def damage(path, first, last):
    """Overwrite the packets first..last of an AVI, found by their positions in the file."""
    with av.open(str(path)) as container:
        places = [(packet.pos, packet.size) for packet in container.demux(video=0) if packet.size]
    data = bytearray(path.read_bytes())
    for position, size in places[first : last + 1]:
        start = data.index(b"\xff\xd8", position)
        data[start : start + size] = bytes(size)
    path.write_bytes(data)


def test_damaged_packets_are_left_out_and_counted(tmp_path, caplog, capfd):
    clip = make_clip(Clip(tmp_path / "clip.avi"), codec="mjpeg")
    damage(clip.path, 10, 12)
    source = FileSource(clip.path, SourceOptions())
    with caplog.at_level(logging.WARNING):
        _, frames = play(source)
    assert (len(frames), source.damaged) == (27, 3)
    assert f"{clip.path}: 3 of its packets were damaged" in caplog.messages
    assert capfd.readouterr().err == ""


def test_thirty_damaged_packets_in_a_row_are_too_many(tmp_path):
    clip = make_clip(Clip(tmp_path / "clip.avi", frames=60), codec="mjpeg")
    damage(clip.path, 20, 59)
    source = FileSource(clip.path, SourceOptions(hwdec="none"))
    with pytest.raises(DecodeError, match=r"clip\.avi: 30 damaged packets in a row"):
        play(source)


@pytest.mark.parametrize(
    ("matrix", "turns"),
    [(CLOCKWISE, -1), (COUNTER_CLOCKWISE, 1), (HALF_TURN, 2)],
    ids=["clockwise", "counter-clockwise", "half turn"],
)
def test_pictures_come_upright(tmp_path, matrix, turns):
    clip = make_clip(Clip(tmp_path / "phone.mp4"), options={"qp": "10"})
    rotate_mp4(clip.path, matrix)
    info, frames = play(FileSource(clip.path, SourceOptions()))
    size = (240, 320) if turns in (1, -1) else (320, 240)
    assert (info.width, info.height) == size
    assert len(frames) == 30
    for frame in (frames[0], frames[17], frames[-1]):
        drawn = plane_array(draw_pattern(320, 240, frame.index), 0)
        upright = plane_array(frame.picture, 0)
        assert upright.shape == (size[1], size[0])
        difference = np.abs(np.rot90(drawn, turns).astype(int) - upright)
        assert np.percentile(difference, 99) < 12


@pytest.mark.parametrize(
    ("suffix", "second_at", "expected_s", "told"),
    [(".ts", 3600.0, 1.96, True), (".mp4", 3600.0, 3600.96, False), (".ts", 5.0, 5.96, False)],
)
def test_joined_recordings_are_closed_and_slide_shows_are_not(
    tmp_path, suffix, second_at, expected_s, told
):
    stamps = (*(n / 25 for n in range(25)), *(second_at + n / 25 for n in range(25)))
    clip = make_clip(Clip(tmp_path / f"clip{suffix}", frames=50, pts=stamps))
    source = FileSource(clip.path, SourceOptions())
    _, frames = play(source)
    assert len(frames) == 50
    assert frames[-1].pts_s == pytest.approx(expected_s, abs=0.01)
    assert source.report().anchors == int(told)
    assert len(source.report().notices) == int(told)


def test_decoder_order():
    has = ("h264", "h264_v4l2m2m", "h264_rkmpp", "libdav1d", "av1_rkmpp")
    assert decoder_names("h264", "h264", "auto", has) == ("h264_rkmpp", "h264_v4l2m2m", "h264")
    assert decoder_names("av1", "libdav1d", "auto", has) == ("av1_rkmpp", "libdav1d")
    assert decoder_names("vp9", "vp9", "auto", has) == ("vp9",)
    assert decoder_names("h264", "h264", "none", has) == ("h264",)
    assert decoder_names("h264", "h264", "h264_rkmpp", has) == ("h264_rkmpp",)


def test_a_hardware_decoder_that_does_not_open_is_passed_over(tmp_path):
    # This FFmpeg has the decoder but no machine that runs the tests has its device.
    assert "h264_v4l2m2m" in av.codecs_available
    clip = make_clip(Clip(tmp_path / "clip.mp4"))
    info, frames = play(FileSource(clip.path, SourceOptions(hwdec="auto")))
    assert (info.decoder, len(frames)) == ("h264", 30)
    error = open_error(clip.path, hwdec="h264_v4l2m2m")
    assert "decoder h264_v4l2m2m cannot be opened on this machine" in str(error)
    assert error.usage


@pytest.mark.parametrize("first", ["mjpeg", "hevc", "vp8"])
def test_a_decoder_that_opens_and_gives_no_picture_is_passed_over(tmp_path, first):
    # Decoders of other codecs stand in for hardware that does not work: they open and then fail,
    # or swallow every packet.
    clip = make_clip(Clip(tmp_path / "clip.ts", frames=80), options={"bf": "2"})
    with av.open(str(clip.path)) as container:
        stream = container.streams.video[0]
        decoder = Decoder(stream, (first, "h264"), ThreadType.AUTO, "clip.ts", Lender())
        packets = [packet for packet in container.demux(stream) if packet.size]
        decoded = [each for packet in (*packets, None) for each in decoder.decode(packet)]
    assert [read_index(each.picture) for each in decoded] == list(range(80))
    assert (decoder.name, decoder.damaged) == ("h264", 0)


def test_decoders_that_are_listed_and_missing_are_passed_over(tmp_path):
    clip = make_clip(Clip(tmp_path / "clip.mp4"))
    reader = ContainerReader(
        av.open(str(clip.path)),
        lambda container, stream: container.demux(stream),
        name="clip.mp4",
        hwdec="auto",
        threads=ThreadType.AUTO,
        available=("h264_rkmpp", "h264_v4l2m2m"),
    )
    assert reader.start()
    assert reader.info(live=False).decoder == "h264"
    reader.close()


@pytest.mark.parametrize("name", ["nonsense", "hevc", "h264_nvenc"])
def test_a_decoder_that_cannot_serve_is_named_with_those_that_can(tmp_path, name):
    clip = make_clip(Clip(tmp_path / "clip.mp4", frames=2))
    error = open_error(clip.path, hwdec=name)
    assert re.search(rf"--hwdec {name} does not decode h264 here: .* h264, ", str(error))
    assert error.usage


def test_folder_leaves_out_and_counts_damaged_images(tmp_path):
    for index in range(3):
        make_image(tmp_path / f"{index}.jpg", index)
    (tmp_path / "1.jpg").write_bytes(b"no image")
    (tmp_path / "notes.txt").write_text("no image either")
    source = make_source(str(tmp_path), SourceOptions())
    info, frames = play(source)
    assert (info.frames, len(frames), source.damaged) == (3, 2, 1)


def test_folder_takes_images_of_different_sizes(tmp_path):
    make_image(tmp_path / "1.png", 0, (320, 240))
    make_image(tmp_path / "2.png", 1, (33, 17))
    info, frames = play(make_source(str(tmp_path), SourceOptions()))
    assert (info.width, info.height) == (320, 240)
    assert [(frame.width, frame.height) for frame in frames] == [(320, 240), (33, 17)]


def test_folder_without_an_image(tmp_path):
    error = open_error(tmp_path)
    assert str(error) == (
        f"{tmp_path}: no image in this folder: it takes .jpg, .jpeg, .png, .bmp, .webp"
    )
    assert error.usage


def test_folder_of_damaged_images(tmp_path):
    (tmp_path / "1.jpg").write_bytes(b"x")
    (tmp_path / "2.png").write_bytes(b"")
    assert "not one of its 2 images can be decoded" in str(open_error(tmp_path))


def test_missing_camera():
    error = open_error("/dev/video97")
    assert str(error).startswith("/dev/video97: no such camera: plug it in")
    assert error.usage


def test_a_device_that_is_no_camera(tmp_path):
    source = CameraSource(tmp_path / "video0", SourceOptions())
    (tmp_path / "video0").symlink_to("/dev/null")
    with pytest.raises(SourceOpenError, match="not a camera: look for one") as caught:
        source.open()
    assert caught.value.usage


@pytest.mark.parametrize(
    ("failure", "words", "usage"),
    [
        (av.error.PermissionError(errno.EACCES, "no"), "add yourself to the group video", True),
        (av.error.OSError(errno.EBUSY, "no"), "another program uses it: close that one", False),
        (
            av.error.ArgumentError(errno.EINVAL, "Invalid argument"),
            "(Invalid argument): see what it offers with `v4l2-ctl -d /dev/video0"
            " --list-formats-ext`",
            True,
        ),
    ],
)
def test_what_a_camera_refuses_with(failure, words, usage):
    error = camera_open_error("/dev/video0", failure)
    assert words in str(error)
    assert error.usage is usage


def test_a_file_that_vanishes_between_two_turns_is_lost(tmp_path):
    clip = make_clip(Clip(tmp_path / "clip.mp4", frames=2))
    source = make_source(str(clip.path), SourceOptions(loop=True))
    source.open()
    clip.path.unlink()
    assert [source.read().index for _ in range(2)] == [0, 1]
    with pytest.raises(SourceLostError, match="no such file"):
        source.read()
    source.close()
