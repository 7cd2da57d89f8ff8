"""`Detector` on the first picture of the demo clip."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from rkvideo import Detector
from rkvideo.data import UInt8Array
from rkvideo.errors import ConfigError, ModelNotFoundError
from tests.helpers.paths import MODELS

PERSON = [385.73, 229.66, 437.73, 271.84]


class PilStandIn:
    """Stands for a PIL image, of which a detector uses these two: PIL is no dependency."""

    def __init__(self, rgb: UInt8Array, mode: str = "RGBA") -> None:
        self._rgb = rgb
        self.mode = mode
        self.asked: list[str] = []

    def convert(self, mode: str) -> UInt8Array:
        self.asked.append(mode)
        return self._rgb


@pytest.fixture(scope="module")
def rgb() -> UInt8Array:
    with av.open(str(MODELS / "clips/bikes.mp4")) as container:
        return next(container.decode(video=0)).to_ndarray(format="rgb24")


@pytest.fixture(scope="module")
def detector() -> Iterator[Detector]:
    with Detector("yolo11n@640x640") as opened:
        yield opened


def test_the_boxes_are_those_of_a_run(detector: Detector, rgb: UInt8Array) -> None:
    found = detector(rgb)
    assert found.xyxy == pytest.approx(np.array([PERSON]), abs=0.5)
    assert found.score == pytest.approx(np.array([0.3435]), abs=0.01)
    assert [detector.labels[class_id] for class_id in found.class_id] == ["person"]
    assert detector.title == "yolo11n@640x640"


def test_each_picture_is_fitted_whatever_came_before(rgb: UInt8Array) -> None:
    high = np.ascontiguousarray(rgb.transpose(1, 0, 2))
    with Detector("yolo11n@640", confidence=0.01) as detector:
        assert detector.title == "yolo11n@640"
        first = detector(rgb)
        detector(high)
        assert detector.title == "yolo11n@288x640"
        again = detector(rgb)
        assert detector.title == "yolo11n@640x288"
    assert len(first) > 0
    assert np.array_equal(first.xyxy, again.xyxy)
    assert np.array_equal(first.score, again.score)


@pytest.mark.parametrize("mode", ["I;16", "I;16B", "I", "F"])
def test_a_pil_image_of_more_bits_is_refused_for_pil_would_make_it_white(
    detector: Detector, rgb: UInt8Array, mode: str
) -> None:
    with pytest.raises(ValueError, match=f"mode {mode}, more levels than 256"):
        detector(PilStandIn(rgb, mode))


def test_the_order_of_the_colours_is_what_is_said(detector: Detector, rgb: UInt8Array) -> None:
    first = detector(rgb)
    # A view with negative strides, as this idiom gives it, is a picture too.
    same = detector(rgb[:, :, ::-1], color="bgr")
    assert np.array_equal(first.xyxy, same.xyxy)
    assert np.array_equal(first.score, same.score)
    swapped = detector(rgb, color="bgr")
    assert not np.array_equal(first.score, swapped.score)


def test_a_pil_image_has_its_own_colours(detector: Detector, rgb: UInt8Array) -> None:
    image = PilStandIn(rgb)
    found = detector(image, color="bgr")
    assert image.asked == ["RGB"]
    assert np.array_equal(found.xyxy, detector(rgb).xyxy)


def test_any_size_and_any_thread(detector: Detector, rgb: UInt8Array) -> None:
    cut = np.ascontiguousarray(rgb[101:, 301:])
    expected = detector(cut)
    with ThreadPoolExecutor(4) as threads:
        for found in threads.map(detector, [cut] * 8):
            assert np.array_equal(found.xyxy, expected.xyxy)
    assert (expected.xyxy[:, 2] <= cut.shape[1]).all()


def test_the_filter_holds(rgb: UInt8Array) -> None:
    with Detector(
        "yolo11n@640x640", classes=["PERSON", 2], confidence=0.3, labels=None
    ) as detector:
        assert detector(rgb).class_id.tolist() == [0]
    with Detector("yolo11n@640x640", classes=["bicycle"]) as detector:
        assert len(detector(rgb)) == 0
    with Detector("yolo11n@640x640", confidence=0.01, max_detections=3) as detector:
        assert len(detector(rgb)) == 3


@pytest.mark.parametrize(
    ("image", "error", "told"),
    [
        ("cat.jpg", TypeError, r"image is a str: give a uint8 array"),
        (None, TypeError, r"image is a NoneType: give"),
        (np.zeros((4, 4), np.uint8), ValueError, r"image is uint8 of shape \(4, 4\): give uint8"),
        (np.zeros((4, 4, 4), np.uint8), ValueError, r"\(4, 4, 4\): give uint8 \(height, width, 3"),
        (np.zeros((0, 4, 3), np.uint8), ValueError, r"\(0, 4, 3\): give"),
        (np.zeros((4, 4, 3), np.float32), ValueError, "image is float32 of shape"),
    ],
)
def test_what_is_no_picture_is_told(
    image: Any, error: type[Exception], told: str, detector: Detector
) -> None:
    with pytest.raises(error, match=told):
        detector(image)


def test_another_order_of_colours_is_told(detector: Detector, rgb: UInt8Array) -> None:
    with pytest.raises(ValueError, match="color is 'hsv': give 'rgb' or 'bgr'"):
        detector(rgb, color="hsv")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("options", "error", "told"),
    [
        ({"model": "nosuch"}, ModelNotFoundError, "no model called 'nosuch'"),
        ({"confidence": 2}, ConfigError, "--conf is 2"),
        ({"classes": ["persn"]}, ConfigError, "did you mean 'person'"),
        ({"labels": Path("/nosuch")}, ConfigError, "label file /nosuch cannot be read"),
    ],
)
def test_what_cannot_be_opened_is_told_and_leaves_no_thread(
    options: dict[str, Any], error: type[Exception], told: str
) -> None:
    before = threading.active_count()
    with pytest.raises(error, match=told):
        Detector(**{"model": "yolo11n@320", **options})
    assert threading.active_count() == before


def test_a_closed_detector_is_closed(rgb: UInt8Array) -> None:
    before = threading.active_count()
    detector = Detector("yolo11n@320")
    detector(rgb)
    detector.close()
    detector.close()
    assert threading.active_count() == before
    with pytest.raises(RuntimeError):
        detector(rgb)


def test_the_simulated_backend_needs_no_file(rgb: UInt8Array) -> None:
    with Detector("anything@320", backend="simulated") as detector:
        assert len(detector(rgb)) > 0
