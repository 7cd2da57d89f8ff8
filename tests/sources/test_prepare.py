"""What is shown of a decoded picture: upright, square pixels, its true colours, whole lines."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from rkvideo.cli.main import main
from rkvideo.config import SourceOptions
from rkvideo.pictures.pixels import PictureConverter, plane_array
from rkvideo.pictures.planes import resize_planes
from rkvideo.sources.prepare import name_colours, square_size
from rkvideo.sources.registry import make_source
from tests.helpers.video_samples import (
    DISPLAY_MATRICES,
    orient_jpeg,
    orient_png,
    rotate_mp4,
    x264,
)

RATE = Fraction(25)
BT709, BT601 = 1, 5

UPRIGHT = {
    1: lambda pixels: pixels,
    2: lambda pixels: pixels[:, ::-1],
    3: lambda pixels: pixels[::-1, ::-1],
    4: lambda pixels: pixels[::-1],
    5: lambda pixels: pixels.swapaxes(0, 1),
    6: lambda pixels: np.rot90(pixels, -1),
    7: lambda pixels: np.rot90(pixels, 2).swapaxes(0, 1),
    8: lambda pixels: np.rot90(pixels, 1),
}
"""What is to be done to a picture of each EXIF orientation so that it stands upright."""


def corners(width=96, height=64):
    """Four colours, one in each corner, uint8 (height, width, 3) RGB."""
    pixels = np.empty((height, width, 3), np.uint8)
    pixels[: height // 2, : width // 2] = 200, 40, 40
    pixels[: height // 2, width // 2 :] = 40, 200, 40
    pixels[height // 2 :, : width // 2] = 40, 40, 200
    pixels[height // 2 :, width // 2 :] = 120, 120, 120
    return pixels


def write_clip(path, pictures, *, codec="libx264", options=None, aspect=None, tag=None):
    """A clip of yuv420p pictures; `tag` is the colour space that it names, None for none."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=RATE, options=options or {})
        stream.width, stream.height = pictures[0].width, pictures[0].height
        stream.pix_fmt = "yuv420p"
        if aspect is not None:
            stream.codec_context.sample_aspect_ratio = aspect
        if tag is not None:
            stream.codec_context.colorspace = tag
        for number, picture in enumerate(pictures):
            picture.pts, picture.time_base = number, 1 / RATE
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    return path


def yuv_picture(pixels, colorspace="ITU601"):
    rgb = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")
    picture = rgb.reformat(format="yuv420p", dst_colorspace=colorspace, dst_color_range="MPEG")
    picture.colorspace, picture.color_range = 2, 0
    return picture


def frames_of(path, **options):
    source = make_source(str(path), SourceOptions(**options))
    info, frames = source.open(), []
    while (frame := source.read()) is not None:
        frames.append(frame)
    source.close()
    return info, frames


def rgb_of(frame):
    return PictureConverter().rgb24(frame.picture)


def half_by_planes(frame):
    """Half as wide and high, by its planes, uint8 (height, width, 3) RGB."""
    target = np.empty((frame.height // 2, frame.width // 2, 3), np.uint8)
    resize_planes(frame.picture, None, target, "rgb")
    return target


def middle_difference(one, other):
    """The mean difference, without what lies at an edge between colours."""
    assert one.shape == other.shape
    return np.median(np.abs(one.astype(int) - other))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_display_matrix_turns_and_mirrors(tmp_path, orientation):
    pixels = corners()
    path = write_clip(tmp_path / "phone.mp4", [yuv_picture(pixels)], options=x264(qp=5))
    rotate_mp4(path, DISPLAY_MATRICES[orientation])
    info, (frame,) = frames_of(path)
    expected = UPRIGHT[orientation](pixels)
    assert (info.height, info.width) == expected.shape[:2]
    assert middle_difference(rgb_of(frame), expected) <= 3
    assert middle_difference(half_by_planes(frame), expected[::2, ::2]) <= 3


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", ["jpg", "png"])
def test_an_exif_orientation_is_seen_as_opencv_sees_it(tmp_path, suffix, orientation):
    path = tmp_path / f"photo.{suffix}"
    assert cv2.imwrite(str(path), corners()[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 98])
    {"jpg": orient_jpeg, "png": orient_png}[suffix](path, orientation)
    info, (frame,) = frames_of(tmp_path)
    seen = cv2.imread(str(path))[..., ::-1]
    assert middle_difference(seen, UPRIGHT[orientation](corners())) <= 3
    assert (info.height, info.width) == seen.shape[:2]
    assert middle_difference(rgb_of(frame), seen) <= 3


@pytest.mark.parametrize(
    ("size", "aspect", "shown"),
    [
        ((1440, 1080), Fraction(4, 3), (1920, 1080)),
        ((720, 576), Fraction(16, 15), (768, 576)),
        ((720, 576), Fraction(64, 45), (1024, 576)),
        ((720, 480), Fraction(8, 9), (720, 540)),
        ((720, 480), Fraction(32, 27), (854, 480)),
        ((640, 480), Fraction(1), (640, 480)),
        ((641, 481), Fraction(1, 1), (641, 481)),
        ((640, 480), None, (640, 480)),
        ((640, 480), Fraction(0), (640, 480)),
        ((640, 480), Fraction(5760, 5761), (640, 480)),
        ((640, 480), Fraction(1, 1000), (640, 480)),
    ],
)
def test_no_side_shrinks_when_pixels_become_square(size, aspect, shown):
    assert square_size(*size, aspect) == shown


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "ts"])
def test_pixels_of_a_clip_become_square(tmp_path, suffix):
    pixels = corners(144, 108)
    path = write_clip(
        tmp_path / f"clip.{suffix}",
        [yuv_picture(pixels)] * 30,
        options=x264(qp=5),
        aspect=Fraction(4, 3),
    )
    info, frames = frames_of(path)
    assert (info.width, info.height) == (192, 108)
    assert {(frame.width, frame.height) for frame in frames} == {(192, 108)}
    expected = cv2.resize(pixels, (192, 108), interpolation=cv2.INTER_LINEAR)
    assert middle_difference(rgb_of(frames[0]), expected) <= 3
    assert middle_difference(half_by_planes(frames[0]), expected[::2, ::2]) <= 3


def test_long_pixels_of_a_turned_clip_are_turned_with_it(tmp_path):
    pixels = corners(144, 108)
    path = write_clip(
        tmp_path / "clip.mp4", [yuv_picture(pixels)], options=x264(qp=5), aspect=Fraction(4, 3)
    )
    rotate_mp4(path, DISPLAY_MATRICES[6])
    info, (frame,) = frames_of(path)
    assert (info.width, info.height) == (frame.width, frame.height) == (108, 192)
    expected = np.rot90(cv2.resize(pixels, (192, 108)), -1)
    assert middle_difference(rgb_of(frame), expected) <= 3


def test_boxes_recordings_and_json_have_the_pixels_that_are_shown(tmp_path):
    path = write_clip(
        tmp_path / "clip.mp4", [yuv_picture(corners(144, 108))] * 3, aspect=Fraction(4, 3)
    )
    lines, record = tmp_path / "boxes.jsonl", tmp_path / "out.mp4"
    options = ["--backend", "simulated", "--npu-latency-ms", "1"]
    assert (
        main(["run", str(path), *options, "--detections", str(lines), "--record", str(record)]) == 0
    )
    for line in lines.read_text().splitlines():
        told = json.loads(line)
        assert (told["width"], told["height"]) == (192, 108)
        for found in told["detections"]:
            assert found["box"][2] <= 192
    with av.open(str(record)) as recorded:
        stream = recorded.streams.video[0]
        assert (stream.width, stream.height) == (192, 108)
        assert stream.sample_aspect_ratio in (None, 1)


@pytest.mark.parametrize(
    ("size", "matrix", "tag"),
    [
        ((1280, 720), "ITU709", None),
        ((720, 1280), "ITU709", None),
        ((640, 480), "ITU601", None),
        ((720, 576), "ITU601", None),
        ((1280, 720), "ITU601", BT601),
        ((640, 480), "ITU709", BT709),
    ],
)
def test_untagged_hd_is_bt709_and_tags_hold(tmp_path, size, matrix, tag):
    pixels = corners(*size)
    path = write_clip(
        tmp_path / "clip.mp4", [yuv_picture(pixels, matrix)], options=x264(qp=5), tag=tag
    )
    _, (frame,) = frames_of(path)
    assert middle_difference(rgb_of(frame), pixels) <= 3
    assert middle_difference(half_by_planes(frame), corners(*(side // 2 for side in size))) <= 3
    assert frame.picture.colorspace == (BT709 if matrix == "ITU709" else frame.picture.colorspace)


@pytest.mark.parametrize("tag", [0, 3, 8, 10, 14])
def test_a_colour_space_that_cannot_be_converted_counts_as_none(tag):
    picture = yuv_picture(corners(1280, 720), "ITU709")
    picture.colorspace = tag
    name_colours(picture)
    assert middle_difference(PictureConverter().rgb24(picture), corners(1280, 720)) <= 3


def moving(moment):
    """A light block on grey that moves 8 pixels a picture, uint8 (240, 320)."""
    luma = np.full((240, 320), 40, np.uint8)
    left = 20 + round(moment * 8)
    luma[40:200, left : left + 60] = 200
    return luma


def fields(number):
    """Picture `number` as two fields, the lower one (odd lines) half a picture earlier."""
    picture = av.VideoFrame(320, 240, "yuv420p")
    luma = plane_array(picture, 0)
    luma[0::2], luma[1::2] = moving(number + 0.5)[0::2], moving(number)[1::2]
    for plane in (1, 2):
        plane_array(picture, plane)[:] = 128
    return picture


INTERLACED = {
    "h264": ("clip.mp4", {"codec": "libx264", "options": x264(interlaced=1, bff=1, qp=5)}),
    "mpeg2": (
        "clip.mkv",
        {"codec": "mpeg2video", "options": {"flags": "+ildct+ilme", "qmax": "2"}},
    ),
}


def combing(frame):
    """How far neighbouring lines are apart where the block is: the lines of one field agree."""
    luma = plane_array(frame.picture, 0).astype(int)
    return np.abs(luma[60:180:2] - luma[61:181:2]).mean()


@pytest.fixture(params=INTERLACED)
def interlaced(request, tmp_path) -> Path:
    name, encoding = INTERLACED[request.param]
    return write_clip(tmp_path / name, [fields(number) for number in range(20)], **encoding)


def test_interlaced_video_is_shown_in_whole_lines(interlaced):
    info, frames = frames_of(interlaced)
    assert len(frames) == 20
    assert (info.width, info.height) == (320, 240)
    for number, frame in enumerate(frames):
        assert frame.position_s == pytest.approx(number / 25, abs=1e-3)
        assert combing(frame) < 0.5
        shown = plane_array(frame.picture, 0).astype(int)
        # The field that came first decides; the edges above and below are interpolated.
        assert np.abs(shown - moving(number))[60:180].mean() < 1


def test_fields_are_left_alone_where_that_is_asked_for(interlaced):
    _, frames = frames_of(interlaced, deinterlace="off")
    assert len(frames) == 20
    assert min(combing(frame) for frame in frames) > 3


def test_whole_pictures_are_left_alone_but_where_all_are_asked_for(tmp_path):
    path = write_clip(tmp_path / "clip.mp4", [fields(n) for n in range(6)], options=x264(qp=5))
    assert min(combing(frame) for frame in frames_of(path)[1]) > 3
    forced = frames_of(path, deinterlace="on")[1]
    assert len(forced) == 6
    assert max(combing(frame) for frame in forced) < 0.5


def test_a_seek_in_interlaced_video_gives_that_picture(interlaced):
    source = make_source(str(interlaced), SourceOptions())
    source.open()
    for number in (15, 2, 19, 0, 7):
        source.seek(number / 25 + 0.001)
        frame = source.read()
        assert frame.position_s == pytest.approx(number / 25, abs=1e-3)
        assert np.abs(plane_array(frame.picture, 0).astype(int) - moving(number))[60:180].mean() < 1
    source.close()
