from __future__ import annotations

from dataclasses import replace

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rkvideo.data import Detections
from rkvideo.pictures.canvas import Canvas
from rkvideo.pictures.overlay import Look, Rgb, class_color
from rkvideo.pictures.painter import (
    PlanePainter,
    SideMemory,
    drawable_line,
    drawable_name,
    yuv,
)
from tests.helpers.sink_samples import TITLES, found, grey_picture

BT709, UNSPECIFIED = 1, 2
BACKGROUND = 100
CAR = yuv(class_color(1), UNSPECIFIED)


def canvas(width: int = 640, height: int = 480) -> Canvas:
    """A grey picture whose chroma is 90 and 160, so that grey ink shows there too."""
    picture = grey_picture(width, height, BACKGROUND)
    np.frombuffer(picture.planes[1], np.uint8)[:] = 90
    np.frombuffer(picture.planes[2], np.uint8)[:] = 160
    return Canvas.of(picture)


def with_boxes(
    detections: Detections, width: int = 640, height: int = 480, **look: object
) -> Canvas:
    painted = canvas(width, height)
    PlanePainter(painted, Look(**look)).draw_boxes(detections, TITLES)
    return painted


def with_hud(line: str, width: int = 640, height: int = 480, **look: object) -> Canvas:
    painted = canvas(width, height)
    PlanePainter(painted, Look(**look)).draw_hud(line)
    return painted


def bounds(changed: np.ndarray) -> tuple[int, int, int, int]:
    """x1, y1, x2, y2 around what is True."""
    rows, columns = np.flatnonzero(changed.any(1)), np.flatnonzero(changed.any(0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def label_of_car(x1: float, y1: float, x2: float, y2: float) -> tuple[int, int, int, int]:
    """Where the label of a box is: what differs from the same box labelled by another painter."""
    painted = with_boxes(found((x1, y1, x2, y2, 0.5, 1)))
    outline = np.zeros(painted.y.shape, bool)
    left, top, right, bottom = (round(side / 2) * 2 for side in (x1, y1, x2, y2))
    outline[top:bottom, left:right] = True
    outline[top + 2 : bottom - 2, left + 2 : right - 2] = False
    return bounds((painted.y != BACKGROUND) & ~outline)


@pytest.mark.parametrize("color", [class_color(number) for number in range(14)] + [(0, 0, 0)])
@pytest.mark.parametrize(
    ("tag", "name"),
    [(BT709, "ITU709"), (UNSPECIFIED, "ITU601"), (4, "FCC"), (7, "SMPTE240M"), (9, "BT2020")],
)
@pytest.mark.parametrize("colour_range", ["MPEG", "JPEG"])
def test_colours_are_those_of_pyav(color: Rgb, tag: int, name: str, colour_range: str) -> None:
    pixels = np.full((16, 16, 3), color, np.uint8)
    picture = av.VideoFrame.from_ndarray(pixels, "rgb24").reformat(
        format="yuv420p", dst_colorspace=name, dst_color_range=colour_range
    )
    expected = [np.frombuffer(plane, np.uint8)[0] for plane in picture.planes]
    # The rounding of swscale in full range is coarser.
    assert np.abs(np.array(yuv(color, tag, colour_range == "JPEG")) - expected).max() <= 2


def test_white_and_black_are_limited_range() -> None:
    assert yuv((255, 255, 255), BT709) == (235, 128, 128)
    assert yuv((0, 0, 0), UNSPECIFIED) == (16, 128, 128)


def test_a_box_is_an_outline_on_all_three_planes() -> None:
    painted = with_boxes(found((100, 120, 300, 400, 0.5, 1)))
    for plane, ink, paper, scale in (
        (painted.y, CAR[0], BACKGROUND, 1),
        (painted.u, CAR[1], 90, 2),
        (painted.v, CAR[2], 160, 2),
    ):
        x1, y1, x2, y2, line = (side // scale for side in (100, 120, 300, 400, 2))
        expected = np.full((y2 - y1 + 4, x2 - x1 + 4), paper)
        expected[2:-2, 2:-2] = ink
        expected[2 + line : -2 - line, 2 + line : -2 - line] = paper
        found_there = plane[y1 - 2 : y2 + 2, x1 - 2 : x2 + 2]
        # The label lies above the box.
        assert (found_there[2:] == expected[2:]).all()


@pytest.mark.parametrize(("height", "line"), [(240, 2), (720, 2), (1080, 4), (2160, 6)])
def test_the_line_grows_with_the_picture(height: int, line: int) -> None:
    painted = with_boxes(found((0, 100, 600, 220, 0.5, 1)), 640, height)
    assert (painted.y[180, :20] == CAR[0]).tolist() == [True] * line + [False] * (20 - line)


@pytest.mark.parametrize(
    ("height", "thickness", "line"),
    [(720, 0.5, 2), (720, 3, 6), (1080, 0.5, 2), (1080, 2, 6), (1080, 3, 8)],
)
def test_the_line_is_as_thick_as_asked(height: int, thickness: float, line: int) -> None:
    box = found((0, 100, 600, 220, 0.5, 1))
    painted = with_boxes(box, 640, height, thickness=thickness)
    assert (painted.y[180, :20] == CAR[0]).tolist() == [True] * line + [False] * (20 - line)


def test_a_thick_line_on_a_picture_that_is_thinner() -> None:
    painted = with_boxes(found((0, 0, 4, 4, 0.5, 1)), 4, 4, thickness=3, labels="off")
    assert set(painted.y.ravel().tolist()) == {CAR[0]}


def test_without_labels_only_the_outline_is_drawn() -> None:
    painted = with_boxes(found((100, 120, 300, 400, 0.5, 1)), labels="off")
    assert bounds(painted.y != BACKGROUND) == (100, 120, 300, 400)


def test_a_label_has_the_name_or_the_score_as_asked() -> None:
    def label_of(**look: object) -> np.ndarray:
        painted = with_boxes(found((100, 120, 300, 400, 0.5, 1)), **look)
        x1, y1, x2, _ = bounds(painted.y[:118] != BACKGROUND)
        return painted.y[y1:118, x1:x2]

    full, name, score = (label_of(labels=style) for style in ("full", "name", "score"))
    # `car 0.50` begins as `car` does; `0.50` is something else.
    letters = name.shape[1] - 8
    assert name.shape[1] < score.shape[1] < full.shape[1]
    assert (full[:, :letters] == name[:, :letters]).all()
    assert (score[:, :letters] != name[:, :letters]).any()
    assert (label_of() == full).all()


@pytest.mark.parametrize("box", [(50, 60, 50, 60), (639, 479, 640, 480), (0, 0, 0.4, 0.4)])
def test_a_box_without_size_is_still_seen(box: tuple[float, float, float, float]) -> None:
    painted = with_boxes(found((*box, 0.5, 1)))
    assert (painted.y == CAR[0]).sum() >= 4


def test_a_label_sits_on_top_of_its_box() -> None:
    x1, _, _, y2 = label_of_car(100, 120, 300, 400)
    assert (x1, y2) == (100, 120)


def test_a_label_without_room_above_lies_inside_the_box() -> None:
    above = label_of_car(100, 120, 300, 400)
    inside = label_of_car(100, 4, 300, 400)
    # Its first two rows and columns are the outline of the box, of the same colour.
    assert inside == (102, 6, above[2], 4 + above[3] - above[1])


def test_a_label_stays_inside_the_right_edge() -> None:
    usual = label_of_car(100, 120, 300, 400)
    assert label_of_car(620, 120, 640, 400) == (640 - (usual[2] - usual[0]), usual[1], 640, 120)


def test_letters_are_black_on_a_light_label_and_take_no_colour() -> None:
    x1, y1, x2, y2 = label_of_car(100, 120, 300, 400)
    painted = with_boxes(found((100, 120, 300, 400, 0.5, 1)))
    assert painted.y[y1:y2, x1:x2].min() <= 30
    for plane, paper in ((painted.u, CAR[1]), (painted.v, CAR[2])):
        part = plane[y1 // 2 : y2 // 2, x1 // 2 : x2 // 2].astype(int)
        assert np.abs(part - paper).min() == 0
        # Strokes of one pixel cover half of a chroma pixel.
        assert np.abs(part - 128).min() <= 0.6 * abs(paper - 128)
        assert min(paper, 128) <= part.min() <= part.max() <= max(paper, 128)


def test_a_label_wider_than_the_picture_is_cut_off() -> None:
    painted = canvas(64, 48)
    titles = replace(TITLES, labels=("a very long name for one class",))
    PlanePainter(painted).draw_boxes(found((10, 30, 40, 44, 0.5, 0)), titles)
    x1, y1, x2, _ = bounds(painted.y != BACKGROUND)
    assert (x1, x2) == (0, 64)
    assert (painted.y[y1] == yuv(class_color(0), UNSPECIFIED)[0]).all()


def test_a_box_at_the_lower_right_corner_still_shows() -> None:
    painted = with_boxes(found((320, 240, 320, 240, 0.5, 1)), 320, 240)
    _, _, x2, y2 = bounds(painted.y != BACKGROUND)
    assert (x2, y2) == (320, 240)
    assert painted.y[239, 319] == CAR[0]


def test_the_best_box_is_drawn_last() -> None:
    painted = with_boxes(found((100, 120, 300, 400, 0.9, 1), (100, 120, 300, 400, 0.3, 0)))
    assert set(painted.y[200:390, 100:102].ravel().tolist()) == {CAR[0]}


def test_no_boxes_and_no_lines_leave_the_picture_alone() -> None:
    painted = with_boxes(Detections.empty())
    PlanePainter(painted).draw_hud("")
    assert [np.unique(plane).tolist() for plane in (painted.y, painted.u, painted.v)] == [
        [BACKGROUND],
        [90],
        [160],
    ]


@settings(max_examples=60, deadline=None)
@given(
    st.tuples(*[st.floats(0, 320, width=32)] * 2),
    st.tuples(*[st.floats(0, 240, width=32)] * 2),
)
def test_any_box_inside_the_picture_can_be_drawn(
    across: tuple[float, float], down: tuple[float, float]
) -> None:
    (x1, x2), (y1, y2) = sorted(across), sorted(down)
    painted = with_boxes(found((x1, y1, x2, y2, 0.5, 1)), 320, 240)
    left, top, right, bottom = bounds(painted.y != BACKGROUND)
    even = [min(limit, round(side / 2) * 2) for side, limit in ((x1, 318), (y1, 238))]
    assert (painted.y[even[1] : even[1] + 2, even[0]] != BACKGROUND).all()
    assert left <= even[0]
    assert top <= even[1]
    assert right >= min(320, round(x2 / 2) * 2)
    assert bottom >= min(240, round(y2 / 2) * 2)


def test_the_hud_is_white_on_a_panel_through_which_the_picture_shows() -> None:
    painted = with_hud("25.0 fps")
    x1, y1, x2, y2 = bounds(painted.y != BACKGROUND)
    assert 0 < x1 <= 8
    assert 0 < y1 <= 8
    # 0.35 of the picture and the rest black: 0.35 * 100 + 0.65 * 16.
    assert painted.y[y1, x1] == painted.y[y2 - 1, x2 - 1] == 45
    assert 225 <= painted.y.max() <= 235
    assert np.unique(painted.u[y1 // 2 : y2 // 2, x1 // 2 : x2 // 2]).tolist() == [128]
    assert bounds(painted.u != 90) == (x1 // 2, y1 // 2, x2 // 2, y2 // 2)


def test_a_line_that_is_too_wide_is_written_smaller() -> None:
    painted = with_hud("latency " * 12, width=640, height=240)
    _, _, x2, _ = bounds(painted.y != BACKGROUND)
    ink = bounds(painted.y > 150)
    assert x2 <= 320
    assert ink[2] <= x2
    assert ink[2] - ink[0] > 250


def test_the_hud_is_as_large_as_asked() -> None:
    def ink_of(scale: float) -> tuple[int, int, int, int]:
        painted = with_hud("12 fps", width=1920, height=1080, hud_scale=scale)
        return bounds(painted.y > 150)

    half, usual, double = (ink_of(scale) for scale in (0.5, 1.0, 2.0))
    height = usual[3] - usual[1]
    assert half[3] - half[1] == pytest.approx(height / 2, abs=2)
    assert double[3] - double[1] == pytest.approx(height * 2, abs=3)


@pytest.mark.parametrize(("scale", "widest"), [(0.5, 480), (1, 960), (2, 1920), (3, 1920)])
def test_a_larger_hud_may_take_more_of_the_width(scale: float, widest: int) -> None:
    painted = with_hud("latency " * 14, width=1920, height=1080, hud_scale=scale)
    right = bounds(painted.y != BACKGROUND)[2]
    assert 0.8 * widest < right <= widest


@pytest.mark.parametrize(
    ("name", "drawn"),
    [
        ("person", "person"),
        ("Café", "Cafe"),
        ("ﬁn №5", "fin No5"),
        ("行人", "class 3"),
        ("Straße", "class 3"),
    ],
)
def test_names_are_drawn_in_the_letters_there_are(name: str, drawn: str) -> None:
    assert drawable_name(name, 3, unicode=False) == drawn
    assert drawable_name(name, 3, unicode=True) == name


def test_lines_are_drawn_in_the_letters_there_are() -> None:
    assert drawable_line("modèle 行人@640", unicode=False) == "modele __@640"
    assert drawable_line("modèle 行人@640", unicode=True) == "modèle 行人@640"


def test_labels_of_a_crowd_do_not_cover_each_other_and_neighbours_have_their_shades() -> None:
    painted = canvas()
    memory = SideMemory()
    crowd = found(*((100 + 12 * n, 200, 160 + 12 * n, 400, 0.9, 1) for n in range(4)))
    PlanePainter(painted).draw_boxes(crowd, TITLES, memory)
    shades = [yuv(class_color(1, shade), UNSPECIFIED)[0] for shade in range(4)]
    # The right edges of the four boxes.
    assert [painted.y[300, 158 + 12 * n] for n in range(4)] == shades
    assert len(memory.choices) >= 3
    # The same objects come in another order.
    turned = found(*((102 + 12 * n, 200, 162 + 12 * n, 400, 0.9, 1) for n in (3, 2, 1, 0)))
    again = canvas()
    PlanePainter(again).draw_boxes(turned, TITLES, memory)
    assert [again.y[300, 160 + 12 * n] for n in range(4)] == shades


def test_a_clip_is_drawn_in_the_letters_of_the_face_that_is_asked() -> None:
    asked: list[tuple[str, int, int]] = []

    def face(text: str, capital: int, pad: int) -> np.ndarray:
        asked.append((text, capital, pad))
        return np.full((capital + 2 * pad, 10 * len(text)), 255, np.uint8)

    titles = replace(TITLES, labels=("person", "行人"))
    painted = canvas()
    painter = PlanePainter(painted, Look(face=face))
    painter.draw_boxes(found((100, 120, 300, 400, 0.5, 1)), titles)
    painter.draw_hud("30.0 fps · 行人@640")
    assert [text for text, _, _ in asked] == ["行人 0.50", "30.0 fps · 行人@640"]
    x1, _, x2, _ = bounds(painted.y[:120] != BACKGROUND)
    assert x2 - x1 > 10 * len("30.0 fps")


def test_half_a_letter_is_a_question_mark() -> None:
    """The name of a file that is not UTF-8: OpenCV ends the program at one."""
    assert np.array_equal(with_hud("caf\udce9.mp4").y, with_hud("caf?.mp4").y)
