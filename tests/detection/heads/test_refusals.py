"""What no head serves is refused in words, before the first frame."""

from __future__ import annotations

import pytest

from rkvideo.backends.base import OutputSpec
from rkvideo.detection.heads.base import HeadHints
from rkvideo.detection.heads.detect import bind_head
from rkvideo.errors import ModelMismatchError

SQUARE = (80, 40, 20)


def branches(*channels):
    return [(1, count, side, side) for side in SQUARE for count in channels]


def refusal(shapes, size=(640, 640), **hints):
    specs = [OutputSpec(f"out{index}", shape) for index, shape in enumerate(shapes)]
    with pytest.raises(ModelMismatchError) as caught:
        bind_head(specs, size, HeadHints(**hints))
    message = str(caught.value)
    assert "\n" not in message
    return message


POSE = [*branches(65), (1, 17, 3, 8400)]
FOREIGN = [
    ("segmentation", [*branches(64, 80, 1, 32), (1, 32, 160, 160)], {}),
    ("segmentation", [*branches(255, 96), (1, 32, 160, 160)], {}),
    ("segmentation", [(1, 116, 8400), (1, 32, 160, 160)], {}),
    ("segmentation", [(1, 300, 38)], {}),
    ("segmentation", [(1, 116, 8400)], {"class_count": 80}),
    ("pose", POSE, {}),
    ("pose", [(1, 300, 57)], {}),
    ("pose", [(1, 56, 8400)], {"class_count": 1}),
    ("pose", [(1, 56, 8400)], {"task": "pose"}),
    ("rotated boxes", [*branches(79), (1, 1, 8400)], {}),
    ("rotated boxes", [(1, 20, 8400)], {"class_count": 15}),
    ("rotated boxes", [(1, 300, 7)], {}),
    ("classification", [(1, 1000)], {}),
    ("classification", [(1, 84, 8400)], {"task": "classify"}),
]


@pytest.mark.parametrize(("kind", "shapes", "hints"), FOREIGN)
def test_foreign_models_are_called_by_their_name(kind, shapes, hints):
    message = refusal(shapes, **hints)
    assert f"a {kind} model" in message or f"a model of {kind}" in message
    assert "x".join(map(str, shapes[0])) in message
    assert "use a detection model" in message
    for layout in ("dfl", "anchors", "yolox", "single", "end2end"):
        assert layout in message


REASONS = [
    ("its batch is not 1", [(4, 84, 8400)], {}),
    ("an input of 640x640 has 8400 cells", [(1, 84, 1234)], {}),
    ("80x80 cells do not divide the input of 640x384", branches(64, 80), {"size": (640, 384)}),
    (
        "yolox of 13 classes or anchors of 1 classes: name the classes",
        branches(18),
        {},
    ),
    ("yolox of 60 classes or dfl of 1 classes: name the classes", branches(65), {}),
    (
        "single of 2 classes, cells first or yolox of 1 classes: name the classes",
        [(1, 8400, 6)],
        {},
    ),
    ("they hold 80 classes, but 18 are named", branches(64, 80, 1), {"class_count": 18}),
    (
        "may be single of 80 classes and single of 80 classes, cells first at this size: choose "
        "another",
        [(1, 84, 84)],
        {"size": (64, 64)},
    ),
    ("single of 80 classes, but 18 classes are named", [(1, 84, 8400)], {"class_count": 18}),
    ("cannot be read as the head 'yolox' asked for", [(1, 84, 8400)], {"head": "yolox"}),
    ("cannot be read as the head 'single' asked for", branches(64, 80), {"head": "single"}),
    ("which output holds the boxes cannot be told", branches(7, 9), {}),
    ("the third output per stride is no sum", branches(64, 80, 2), {}),
    ("4 outputs per stride are too many", branches(64, 80, 1, 1), {}),
    ("differ in their channels", [(1, 64, 80, 80), (1, 80, 40, 40)], {}),
    ("3 anchors", [(1, 2, side, side, 85) for side in SQUARE], {}),
    ("3 strides need 3 anchors (6 numbers) each", branches(255), {"anchors": ((1, 2),)}),
    ("the anchors of stride 64 are not known", [(1, 255, 10, 10)], {}),
    ("a mixture", [(1, 84, 8400), (1, 84, 8400)], {}),
    ("a split yolox head has maps of 4, 1", branches(64, 80, 1), {"head": "yolox"}),
]


@pytest.mark.parametrize(("reason", "shapes", "options"), REASONS)
def test_the_reason_is_given(reason, shapes, options):
    message = refusal(shapes, **options)
    assert reason in message
    assert "x".join(map(str, shapes[0])) in message


def test_an_unknown_head_names_the_known_ones():
    message = refusal(branches(255), head="ssd")
    assert message == (
        "there is no head 'ssd': name one of dfl, anchors, yolox, yolox-decoded, single, end2end, "
        "rtdetr"
    )


@pytest.mark.parametrize(
    ("shapes", "hints", "layout", "classes"),
    [
        (branches(18), {"class_count": 1}, "anchors", 1),
        (branches(18), {"head": "yolox"}, "yolox", 13),
        (branches(85), {}, "yolox", 80),
        (branches(85), {"class_count": 21}, "dfl", 21),
        (branches(65), {"class_count": 1}, "dfl", 1),
        (branches(7), {}, "yolox", 2),
        (branches(32), {}, "yolox", 27),
        (branches(64, 32), {}, "dfl", 32),
        ([(1, 8400, 6)], {"class_count": 1}, "yolox", 1),
        ([(1, 8400, 6)], {"class_count": 2}, "single", 2),
        ([(1, 8400, 6)], {"head": "end2end"}, "end2end", 0),
        ([(1, 25200, 6)], {}, "anchors", 1),
        ([(1, 6, 8400)], {}, "single", 2),
        ([(1, 56, 8400)], {}, "single", 52),
        ([(1, 84, 8500)], {}, "single", 80),
        ([(1, 84, 34000)], {}, "single", 80),
    ],
)
def test_ambiguous_shapes(shapes, hints, layout, classes):
    specs = [OutputSpec("out", shape) for shape in shapes]
    head = bind_head(specs, (640, 640), HeadHints(**hints))
    assert (head.layout, head.class_count) == (layout, classes)
