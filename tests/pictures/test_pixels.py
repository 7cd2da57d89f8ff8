"""Pixels: equal to what PyAV itself makes, in every format that decoders give."""

from __future__ import annotations

import threading

import av
import numpy as np
import pytest
from av.video.reformatter import Colorspace

from rkvideo.pictures import pixels as pixels_module
from rkvideo.pictures.pixels import PictureConverter
from rkvideo.sources.pattern import draw_pattern
from rkvideo.sources.prepare import prepare_picture
from rkvideo.sources.rotation import Rotator
from tests.helpers.patience import PATIENCE_S

SIZES = [(320, 240), (322, 182), (33, 17), (1, 1)]


def noise(width, height, pixel_format="yuv420p", seed=0):
    """A picture of noise at pts 7."""
    generator = np.random.default_rng(seed)
    shape = (height, width, 3)
    rgb = av.VideoFrame.from_ndarray(generator.integers(0, 256, shape, np.uint8), format="rgb24")
    picture = rgb.reformat(format=pixel_format)
    picture.pts = 7
    return picture


def expected(picture, pixel_format, **size):
    """What PyAV's own scaler makes of the picture; with threads its rows may lack their begin."""
    return picture.reformat(format=pixel_format, threads=1, **size).to_ndarray()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    "pixel_format", ["yuv420p", "yuvj420p", "nv12", "rgb24", "bgr24", "rgba", "gray", "yuv422p"]
)
def test_rgb24_equals_to_ndarray(size, pixel_format):
    picture = noise(*size, pixel_format)
    pixels = PictureConverter().rgb24(picture)
    assert pixels.shape == (size[1], size[0], 3)
    assert pixels.dtype == np.uint8
    np.testing.assert_array_equal(pixels, picture.to_ndarray(format="rgb24"))


@pytest.mark.parametrize("space", [Colorspace.ITU709, Colorspace.ITU601])
def test_the_colour_matrix_of_the_picture_is_honoured(space):
    picture = noise(64, 48)
    picture.colorspace = space
    np.testing.assert_array_equal(
        PictureConverter().rgb24(picture), picture.to_ndarray(format="rgb24")
    )


def test_known_colours():
    picture = draw_pattern(64, 48, 1)
    pixels = PictureConverter().rgb24(picture)
    assert pixels[8, 8].tolist() == [255, 255, 255]
    assert pixels[8, 24].tolist() == [0, 0, 0]


@pytest.mark.parametrize("source", SIZES)
@pytest.mark.parametrize("view", [(320, 240), (97, 55), (1280, 720)])
def test_rgb_is_scaled_in_one_pass(source, view):
    picture = noise(*source, "rgb24")
    pixels = PictureConverter().bgra(picture, *view)
    assert pixels.shape == (view[1], view[0], 4)
    np.testing.assert_array_equal(pixels, expected(picture, "bgra", width=view[0], height=view[1]))
    assert (pixels[..., 3] == 255).all()


@pytest.mark.parametrize("view", [(160, 130), (161, 131), (163, 130), (49, 37), (30, 20)])
@pytest.mark.parametrize("space", [Colorspace.ITU709, Colorspace.ITU601, Colorspace.BT2020])
@pytest.mark.parametrize(
    "pixel_format", ["yuv420p", "yuvj420p", "nv12", "yuv422p", "yuvj422p", "yuv444p", "yuyv422"]
)
def test_yuv_has_the_colours_and_edges_of_one_pass(pixel_format, space, view):
    picture = smooth(66, 50, pixel_format)
    picture.colorspace = space
    pixels = PictureConverter().bgra(picture, *view).astype(int)
    one_pass = expected(picture, "bgra", width=view[0], height=view[1]).astype(int)
    assert (pixels.shape, pixels[..., 3].min()) == ((view[1], view[0], 4), 255)
    # Colour that is shared by four pixels lies up to half a pixel beside its own place.
    steepest = 6 if view[0] > 66 else 12 * 66 // view[0]
    assert np.abs(pixels - one_pass).max() <= steepest
    assert np.abs(pixels - one_pass).mean() < 2.5


def test_a_screen_of_4k_is_shared_by_threads_and_has_the_same_pixels(monkeypatch):
    picture = noise(1920, 1080)
    pixels = []
    for cores in (1, 3):
        monkeypatch.setattr(pixels_module, "cpu_count", lambda cores=cores: cores)
        pixels.append(PictureConverter().bgra(picture, 3840, 2160))
    np.testing.assert_array_equal(*pixels)


def test_arrays_cannot_be_written():
    picture = noise(64, 48, "rgb24")
    converter = PictureConverter()
    for pixels in (converter.rgb24(picture), converter.bgra(picture, 64, 48)):
        with pytest.raises(ValueError, match="read-only"):
            pixels[0, 0, 0] = 1


def test_one_converter_serves_pictures_of_changing_size_and_format():
    converter = PictureConverter()
    for seed, (size, pixel_format) in enumerate(
        [((64, 48), "yuv420p"), ((32, 32), "nv12"), ((64, 48), "rgb24"), ((64, 48), "yuv420p")]
    ):
        picture = noise(*size, pixel_format, seed)
        np.testing.assert_array_equal(converter.rgb24(picture), picture.to_ndarray(format="rgb24"))


def test_a_prepared_picture_has_no_curve_and_no_primaries():
    picture = noise(64, 48)
    picture.color_trc = picture.color_primaries = 1
    before = picture.to_ndarray(format="rgb24")
    prepared = prepare_picture(picture, Rotator())
    unspecified = 2  # of libavutil/pixfmt.h
    assert (prepared.color_trc, prepared.color_primaries) == (unspecified, unspecified)
    np.testing.assert_array_equal(prepared.to_ndarray(format="rgb24"), before)


def test_threads_that_convert_one_picture_leave_it_as_it_was():
    tagged = noise(1280, 720)
    tagged.color_trc = tagged.color_primaries = 1
    picture = prepare_picture(tagged, Rotator())
    wanted = picture.to_ndarray(format="rgb24")
    tags = (picture.color_trc, picture.color_primaries, picture.colorspace, picture.color_range)
    wrong = []
    together = threading.Barrier(3)

    def convert():
        converter = PictureConverter()
        together.wait(PATIENCE_S)
        for _ in range(30):
            if not np.array_equal(converter.rgb24(picture), wanted):
                wrong.append(threading.current_thread().name)

    threads = [threading.Thread(target=convert) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert tags == (
        picture.color_trc,
        picture.color_primaries,
        picture.colorspace,
        picture.color_range,
    )


@pytest.mark.parametrize(
    "pixel_format",
    ["yuv420p", "yuvj420p", "nv12", "yuyv422", "rgb24", "rgb0", "gray", "yuv422p10le", "p010le"],
)
@pytest.mark.parametrize("area", [(0, 0, 64, 48), (10, 6, 20, 12), (40, 40, 26, 10)])
def test_a_part_of_a_picture_is_that_part_of_the_whole(pixel_format, area):
    picture = smooth(66, 50, pixel_format)
    left, top, width, height = area
    whole = PictureConverter().bgra(picture, 66, 50).astype(int)
    part = PictureConverter().bgra(picture, width, height, area)
    assert (part.shape, part.flags.writeable) == ((height, width, 4), False)
    # The last sample of chroma has no neighbour to be interpolated with.
    expected_part = whole[top : top + height, left : left + width]
    assert np.abs(part.astype(int) - expected_part).max() <= 12


@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuvj420p", "yuv422p", "nv12"])
def test_no_column_is_left_out_where_nothing_is_scaled(pixel_format):
    converter = PictureConverter()
    for width in [*range(2, 70), 850, 852, 1922]:
        plain = picture_of(np.full((8, width, 3), (200, 90, 30), np.uint8))
        pixels = converter.bgra(plain.reformat(format=pixel_format), width, 8).astype(int)
        assert np.abs(pixels - (30, 90, 200, 255)).max() <= 6, width


def test_a_part_is_cut_before_it_is_scaled():
    picture = smooth(64, 48, "yuv420p")
    part = PictureConverter().bgra(picture, 160, 80, (10, 6, 20, 10)).astype(int)
    expected_part = picture_of(PictureConverter().rgb24(picture)[6:16, 10:30])
    expected_pixels = PictureConverter().bgra(expected_part, 160, 80).astype(int)
    assert np.abs(part - expected_pixels)[..., :3].mean() < 4


def test_a_picture_with_a_palette_can_be_cut_too():
    generator = np.random.default_rng(0)
    numbers = generator.integers(0, 256, (48, 64), np.uint8)
    palette = generator.integers(0, 256, (256, 4), np.uint8)
    picture = av.VideoFrame.from_ndarray((numbers, palette), format="pal8")
    whole = PictureConverter().bgra(picture, 64, 48)
    part = PictureConverter().bgra(picture, 20, 12, (10, 6, 20, 12))
    np.testing.assert_array_equal(part[..., :3], whole[6:18, 10:30, :3])


def smooth(width, height, pixel_format):
    """A picture whose colours change slowly, so that it survives subsampled chroma."""
    rows, columns = np.mgrid[0:height, 0:width]
    pixels = np.stack([columns * 3, rows * 4, 255 - columns * 3], axis=-1).astype(np.uint8)
    return picture_of(pixels).reformat(format=pixel_format)


def picture_of(pixels):
    return av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")
