"""The letterbox: where the picture lies in the input, and the way back."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from rkvideo.config import InputSpec
from rkvideo.data import Letterbox
from rkvideo.detection.letterbox import InputMaker, fit, to_source


@pytest.mark.parametrize(
    ("source_wh", "input_wh", "placement", "content_wh", "left_top"),
    [
        ((1920, 1080), (640, 640), "center", (640, 360), (0, 140)),
        ((1080, 1920), (640, 640), "center", (360, 640), (140, 0)),
        ((1920, 1080), (640, 640), "top-left", (640, 360), (0, 0)),
        ((1920, 1080), (640, 384), "center", (640, 360), (0, 12)),
        ((640, 640), (640, 384), "center", (384, 384), (128, 0)),
        ((320, 180), (1920, 1088), "center", (1920, 1080), (0, 4)),
        ((640, 480), (640, 480), "center", (640, 480), (0, 0)),
        # An odd pad of 213 leaves 106 at the top.
        ((640, 427), (640, 640), "center", (640, 427), (0, 106)),
        ((5000, 1), (640, 640), "center", (640, 1), (0, 319)),
        ((640, 427), (416, 416), "center", (416, 278), (0, 69)),
        ((640, 427), (416, 416), "top-left", (416, 277), (0, 0)),
        ((1920, 1080), (640, 640), "stretch", (640, 640), (0, 0)),
    ],
)
def test_fit(source_wh, input_wh, placement, content_wh, left_top):
    letterbox = fit(source_wh, InputSpec(*input_wh, placement=placement))
    assert letterbox == Letterbox(source_wh, input_wh, content_wh, *left_top)


def test_back_to_the_source_and_clipped():
    letterbox = fit((1920, 1080), InputSpec(640, 640))
    inside = np.array([[0, 140, 640, 500], [100, 240, 200, 340]], np.float32)
    outside = np.array([[-10, 100, 700, 600], [0, 0, 640, 140]], np.float32)
    expected = [[0, 0, 1920, 1080], [300, 300, 600, 600], [0, 0, 1920, 1080], [0, 0, 1920, 0]]
    moved = to_source(np.concatenate((inside, outside)), letterbox)
    np.testing.assert_allclose(moved, expected, rtol=1e-6)
    assert moved.dtype == np.float32
    assert to_source(np.empty((0, 4), np.float32), letterbox).shape == (0, 4)


@pytest.mark.parametrize("source_wh", [(640, 427), (427, 640), (3000, 5), (500, 357), (1, 8)])
@pytest.mark.parametrize("placement", ["center", "top-left", "stretch"])
def test_the_content_leads_back_to_the_whole_picture(source_wh, placement):
    """Each side of the content is a whole number of pixels, so each axis has a scale of its own."""
    letterbox = fit(source_wh, InputSpec(320, 320, placement=placement))
    left, top = letterbox.left, letterbox.top
    width, height = letterbox.content_wh
    content = [[left, top, left + width, top + height], [left, top, left + width, top + height / 2]]
    expected = [[0, 0, *source_wh], [0, 0, source_wh[0], source_wh[1] / 2]]
    back = to_source(np.array(content, np.float32), letterbox)
    np.testing.assert_allclose(back, expected, rtol=1e-6)


def picture(width, height):
    """Noise: every pixel and channel differs from its neighbours."""
    return np.random.default_rng(3).integers(0, 256, (height, width, 3), dtype=np.uint8)


def plain_tensor(rgb, spec):
    """The tensor by separate steps, in memory of its own."""
    letterbox = fit((rgb.shape[1], rgb.shape[0]), spec)
    width, height = letterbox.content_wh
    canvas = np.full((spec.height, spec.width, 3), spec.pad, np.uint8)
    rows = slice(letterbox.top, letterbox.top + height)
    columns = slice(letterbox.left, letterbox.left + width)
    canvas[rows, columns] = cv2.resize(rgb, (width, height), interpolation=cv2.INTER_LINEAR)
    if spec.color == "bgr":
        canvas = canvas[:, :, ::-1]
    if spec.layout == "nchw":
        canvas = canvas.transpose(2, 0, 1)
    if spec.dtype == "uint8":
        return canvas[None]
    return (canvas[None].astype(np.float32) * np.float32(spec.scale)).astype(spec.dtype)


@pytest.mark.parametrize("placement", ["center", "top-left", "stretch"])
@pytest.mark.parametrize("color", ["rgb", "bgr"])
@pytest.mark.parametrize("dtype", ["uint8", "float16", "float32"])
@pytest.mark.parametrize("layout", ["nchw", "nhwc"])
def test_tensors(layout, dtype, color, placement):
    spec = InputSpec(96, 64, layout, dtype, color, 1 / 255, 114, placement)
    maker = InputMaker(spec)
    # Wide, tall, wide again: the pad of the letterbox before must be gone.
    for rgb in (picture(200, 90), picture(50, 120), picture(200, 90), picture(96, 64)):
        tensor, letterbox = maker.make(rgb)
        assert tensor.shape == spec.shape
        assert tensor.dtype == dtype
        assert tensor.flags.c_contiguous
        assert letterbox == fit((rgb.shape[1], rgb.shape[0]), spec)
        np.testing.assert_array_equal(tensor, plain_tensor(rgb, spec))


def test_one_memory_for_all_frames():
    maker = InputMaker(InputSpec(96, 64, "nhwc", "uint8"))
    first, letterbox = maker.make(picture(200, 90))
    second, same = maker.make(picture(200, 90)[:, ::-1])
    assert second is first
    assert same is letterbox


def test_the_picture_is_not_changed():
    rgb = picture(96, 64)
    before = rgb.copy()
    InputMaker(InputSpec(96, 64, "nhwc", "uint8", "bgr")).make(rgb)
    np.testing.assert_array_equal(rgb, before)


def test_scale_of_one_keeps_the_levels():
    rgb = np.full((64, 96, 3), 200, np.uint8)
    tensor, _ = InputMaker(InputSpec(96, 64, scale=1.0)).make(rgb)
    assert np.unique(tensor).tolist() == [200.0]
