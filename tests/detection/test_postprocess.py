"""From outputs to the boxes of a picture."""

from __future__ import annotations

import numpy as np
import pytest

from rkvideo.backends.base import OutputSpec
from rkvideo.config import DetectionFilter, InputSpec
from rkvideo.detection.heads.detect import bind_head
from rkvideo.detection.letterbox import fit
from rkvideo.detection.postprocess import detect
from rkvideo.errors import ConfigError
from tests.helpers import head_samples as made
from tests.helpers.head_samples import Known

SIZE = (640, 640)
# 1920x1080 at scale 1/3, 140 rows of pad at the top.
LETTERBOX = fit((1920, 1080), InputSpec(*SIZE))

BEST = Known((100, 200, 200, 300), 0.875, 2)
DOUBLE = Known((108, 200, 208, 300), 0.75, 2)
OTHER_CLASS = Known((100, 208, 200, 308), 0.625, 5)
FAR = Known((400, 300, 500, 400), 0.5, 2)
BEYOND = Known((560, 100, 700, 200), 0.4375, 1)
IN_PAD = Known((300, 20, 400, 100), 0.9375, 2)
EVERYTHING = [FAR, DOUBLE, BEYOND, IN_PAD, OTHER_CLASS, BEST]


def found(outputs, **options):
    specs = [OutputSpec(f"out{index}", each.shape) for index, each in enumerate(outputs)]
    head = bind_head(specs, SIZE)
    return detect(outputs, head, LETTERBOX, DetectionFilter(**options))


def source_box(known):
    """By hand: minus the pad, times 3, cut off at the picture."""
    x1, y1, x2, y2 = known.xyxy
    return [
        max(x1 * 3, 0),
        max((y1 - 140) * 3, 0),
        min(x2 * 3, 1920),
        min((y2 - 140) * 3, 1080),
    ]


def assert_detections(detections, known):
    assert detections.class_id.tolist() == [each.class_id for each in known]
    np.testing.assert_allclose(detections.score, [each.score for each in known], rtol=1e-5)
    expected = np.reshape([source_box(each) for each in known], (-1, 4))
    np.testing.assert_allclose(detections.xyxy, expected, atol=0.05)
    assert detections.track_id is None


@pytest.mark.parametrize(
    ("options", "kept"),
    [
        ({}, [BEST, OTHER_CLASS, FAR, BEYOND]),
        ({"iou": 0.95}, [BEST, DOUBLE, OTHER_CLASS, FAR, BEYOND]),
        ({"class_agnostic": True}, [BEST, FAR, BEYOND]),
        ({"confidence": 0.6}, [BEST, OTHER_CLASS]),
        ({"confidence": 0.95}, []),
        ({"max_detections": 2}, [BEST, OTHER_CLASS]),
        ({"classes": frozenset({1, 5})}, [OTHER_CLASS, BEYOND]),
        # The filter comes before NMS: what is not wanted cannot drop what is.
        ({"classes": frozenset({5}), "class_agnostic": True}, [OTHER_CLASS]),
        ({"classes": frozenset({7})}, []),
        ({"classes": frozenset()}, []),
    ],
)
@pytest.mark.parametrize("layout", ["dfl", "single"])
def test_detect(layout, options, kept):
    if layout == "dfl":
        outputs = made.dfl_outputs(SIZE, 80, EVERYTHING)
    else:
        outputs = [made.single_output(SIZE, 80, EVERYTHING)]
    assert_detections(found(outputs, **options), kept)


def test_nothing_found():
    detections = found(made.dfl_outputs(SIZE, 80, []))
    assert_detections(detections, [])
    assert detections.xyxy.shape == (0, 4)


def test_only_boxes_in_the_pad():
    assert_detections(found(made.dfl_outputs(SIZE, 80, [IN_PAD])), [])


def test_final_candidates_are_not_suppressed_again():
    output = made.end2end_output(EVERYTHING)
    assert_detections(found([output]), [BEST, DOUBLE, OTHER_CLASS, FAR, BEYOND])
    assert_detections(found([output], max_detections=2), [BEST, DOUBLE])


def test_boxes_that_are_not_finite_are_dropped():
    outputs = made.yolox_outputs(SIZE, 80, [BEST, FAR])
    column, row = BEST.cell(BEST.stride())
    outputs[made.STRIDES.index(BEST.stride())][0, 2, row, column] = 500
    assert_detections(found(outputs), [FAR])


def test_classes_by_name_are_an_error():
    with pytest.raises(ConfigError) as caught:
        found(made.dfl_outputs(SIZE, 80, []), classes=frozenset({"car", 3}))
    assert str(caught.value) == "classes car are given by name: look up their ids in the labels"
