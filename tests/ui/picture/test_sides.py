"""The A|B view: whose boxes are where, the divider under the mouse, the captions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PyQt5.QtCore import QCoreApplication, QEvent, QPoint, QPointF, QRectF, Qt
from PyQt5.QtGui import QMouseEvent, QPainter
from PyQt5.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from rkvideo.data import Detections, FrameResult, SideResult, StageTimings
from rkvideo.pictures.overlay import Look, class_color
from rkvideo.ui.picture.over_picture import Overlays
from rkvideo.ui.picture.side_meter import SideFigures, SideMeter, SideMeters
from rkvideo.ui.picture.sides import caption_panels, caption_top, paint_captions, split
from rkvideo.ui.picture.video_view import VideoView
from tests.helpers.painted_samples import ChineseStandIn, rgb, words
from tests.helpers.ui_stand_ins import TITLES, grey_result
from tests.ui.picture.test_video_view import shown
from tests.ui.picture.test_zoom import turn_wheel

BOX = (40.0, 40.0, 280.0, 120.0)
A, B = np.array(class_color(0)), np.array(class_color(2))


def timings(emitted_s: float, infer: float = 0.012, latency: float = 0.040) -> StageTimings:
    return StageTimings(0, 0, 0, infer, 0, 0, emitted_s - latency, emitted_s)


def ab_result(emitted_s: float = 10.0) -> FrameResult:
    """The same box from both models: class 0 of A, class 2 of B."""
    result = grey_result(boxes=(BOX,))
    found = Detections(
        np.array([BOX], np.float32), np.array([0.5], np.float32), np.array([2], np.int32)
    )
    labels = ("person", "bicycle", "lorry")
    side_a = replace(result.first, model="yolo11n@640x640", timings=timings(emitted_s, 0.012))
    side_b = SideResult(found, timings(emitted_s, 0.030, 0.070), "yolox-nano@416x416", labels)
    return replace(result, sides=(side_a, side_b))


def shown_ab(qtbot: QtBot) -> VideoView:
    view = shown(qtbot, 640, 320)
    view.set_look(Look(labels="off"))
    view.show_result(ab_result(), TITLES)
    return view


def columns(view: VideoView, color: np.ndarray) -> tuple[int, int]:
    """Where the box's upper line has a colour."""
    found = (rgb(view.grab().toImage())[80] == color).all(axis=1).nonzero()[0]
    return int(found[0]), int(found[-1])


@pytest.mark.parametrize("divider", [0.25, 0.5, 0.75])
def test_boxes_of_a_end_at_the_divider_where_those_of_b_begin(qtbot: QtBot, divider: float) -> None:
    view = shown_ab(qtbot)
    view.divider = divider
    x = 640 * divider
    first, last = columns(view, A)
    assert first == 80
    assert x - 4 <= last < x
    first, last = columns(view, B)
    assert x <= first <= x + 4
    assert last == 560


def test_without_model_b_there_is_no_divider(qtbot: QtBot) -> None:
    view = shown_ab(qtbot)
    view.show_result(grey_result(boxes=(BOX,)), TITLES)
    assert columns(view, A) == (80, 560)


def send(view: VideoView, kind: QEvent.Type, at: tuple[float, float]) -> None:
    held = Qt.MouseButton.NoButton
    if kind is not QEvent.Type.MouseButtonRelease:
        held = Qt.MouseButton.LeftButton
    button = Qt.MouseButton.LeftButton
    no_key = Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(view, QMouseEvent(kind, QPointF(*at), button, held, no_key))


def test_the_mouse_drags_the_divider(qtbot: QtBot) -> None:
    view = shown_ab(qtbot)
    send(view, QEvent.Type.MouseButtonPress, (323, 100))
    assert view.divider == pytest.approx(323 / 640)
    send(view, QEvent.Type.MouseMove, (480, 20))
    assert view.divider == 0.75
    assert view.cursor().shape() == Qt.CursorShape.SplitHCursor
    send(view, QEvent.Type.MouseMove, (9999, 20))
    assert view.divider == 1.0
    send(view, QEvent.Type.MouseMove, (-50, 20))
    assert view.divider == 0.0
    send(view, QEvent.Type.MouseMove, (160, 20))
    send(view, QEvent.Type.MouseButtonRelease, (160, 20))
    send(view, QEvent.Type.MouseMove, (400, 20))
    assert view.divider == 0.25


def test_a_press_far_from_the_divider_leaves_it(qtbot: QtBot) -> None:
    view = shown_ab(qtbot)
    send(view, QEvent.Type.MouseButtonPress, (200, 100))
    send(view, QEvent.Type.MouseMove, (250, 100))
    assert view.divider == 0.5


def test_a_double_click_on_the_divider_is_not_for_full_screen(qtbot: QtBot) -> None:
    view = shown_ab(qtbot)
    with qtbot.assertNotEmitted(view.fullscreen_asked):
        qtbot.mouseDClick(view, Qt.MouseButton.LeftButton, pos=QPoint(320, 100))
    with qtbot.waitSignal(view.fullscreen_asked):
        qtbot.mouseDClick(view, Qt.MouseButton.LeftButton, pos=QPoint(120, 100))


def test_the_divider_halves_what_is_seen_of_a_zoomed_picture(qtbot: QtBot) -> None:
    view = shown_ab(qtbot)
    turn_wheel(view, QPointF(320, 80), 4)
    assert view.visible_rect() == QRectF(0, 0, 640, 320)
    first, last = columns(view, A)
    assert first == 0
    assert 316 <= last < 320
    assert columns(view, B)[1] == 639


def test_the_tooltip_is_that_of_the_side_under_the_mouse(qtbot: QtBot) -> None:
    view = shown_ab(qtbot)
    assert view.words_at(QPointF(200, 160)) == "person 0.90\n240 x 80 pixels"
    assert view.words_at(QPointF(400, 160)) == "lorry 0.50\n240 x 80 pixels"


def test_boxes_carry_the_names_of_the_model_that_found_them(qtbot: QtBot) -> None:
    view = shown(qtbot, 640, 320)
    result = grey_result(boxes=(BOX,))
    made = replace(result, sides=(replace(result.first, labels=("helmet",)),))
    # The run has switched to a model with other labels since.
    view.show_result(made, TITLES)
    assert view.words_at(QPointF(200, 160)) == "helmet 0.90\n240 x 80 pixels"


def test_a_meter_tells_of_the_last_five_seconds() -> None:
    meter = SideMeter()
    for step in range(101):
        meter.add("m@640x640", timings(step * 0.1, infer=0.5 if step < 40 else 0.020))
    figures = meter.figures(10.0)
    assert figures == SideFigures(
        "m@640x640", pytest.approx(10.0), pytest.approx(0.040), pytest.approx(0.020)
    )
    silent = meter.figures(30.0)
    assert (silent.fps, silent.latency_s, silent.infer_s) == (0.0, 0.0, 0.0)
    meter.add("other@320x320", timings(30.0, infer=0.001))
    assert meter.figures(30.0).infer_s == pytest.approx(0.001)


def test_both_meters_are_read_twice_a_second_and_at_a_new_model() -> None:
    meters = SideMeters()
    meters.add(grey_result())
    assert meters.figures(9.0)[0].model == ""
    meters.add(ab_result(9.1))
    left, right = meters.figures(9.1)
    assert (left.model, right.model) == ("yolo11n@640x640", "yolox-nano@416x416")
    assert (left.infer_s, right.infer_s) == (pytest.approx(0.012), pytest.approx(0.030))
    assert (left.latency_s, right.latency_s) == (pytest.approx(0.040), pytest.approx(0.070))
    meters.add(ab_result(9.2))
    assert meters.figures(9.3)[0].fps == 0.0
    assert meters.figures(9.7)[0].fps > 0


def test_while_nothing_plays_the_meters_keep_the_last_true_figures() -> None:
    meters = SideMeters()
    for step in range(20):
        meters.add(ab_result(step * 0.1))
    playing = meters.figures(1.9)
    assert playing[0].fps == pytest.approx(10.0)
    paused = meters.figures(60.0, plays=False)
    assert [replace(one, is_past=False) for one in paused] == list(playing)
    assert [one.is_past for one in paused] == [True, True]
    # A frame that is stepped to changes nothing of it.
    meters.add(ab_result(61.0))
    assert meters.figures(61.0, plays=False) == paused
    assert meters.figures(62.0)[0].fps == 0.0


def test_a_jump_while_paused_has_no_rate_to_tell(qapp: object) -> None:
    meters = SideMeters()
    meters.add(ab_result(9.0))
    left, right = meters.figures(9.0, plays=False)
    assert (left.fps, left.infer_s) == (0.0, pytest.approx(0.012))

    def paint(painter: QPainter, rect: QRectF) -> None:
        panels = caption_panels(split(rect, 0.5), rect, caption_top(rect, rect, rect.bottom()))
        paint_captions(painter, panels, (left, right), (1, 1), rect)

    assert words((1280, 720), paint)[:4] == ["A", "yolo11n@640x640", "p50 40 ms", "infer 12.0 ms"]


FIGURES = (
    SideFigures("yolo11n@640x640", 29.94, 0.1412, 0.0136),
    SideFigures("yolox-nano@416x416", 29.9, 0.050, 0.0082),
)


def captions(size: tuple[int, int], divider: float) -> list[str]:
    def paint(painter, rect):
        top = caption_top(rect, rect, rect.bottom())
        panels = caption_panels(split(rect, divider), rect, top)
        paint_captions(painter, panels, FIGURES, (12, 7), rect)

    return words(size, paint)


@pytest.mark.parametrize("size", [(1920, 1080), (1280, 720), (640, 360)])
def test_each_half_has_a_caption(qapp: object, size: tuple[int, int]) -> None:
    assert captions(size, 0.5) == [
        *("A", "yolo11n@640x640", "29.9 fps", "p50 141 ms", "infer 13.6 ms", "boxes 12"),
        *("B", "yolox-nano@416x416", "29.9 fps", "p50 50 ms", "infer 8.2 ms", "boxes 7"),
    ]


def test_no_label_lies_under_a_caption_or_the_sentence(qtbot: QtBot) -> None:
    view = shown(qtbot, 640, 320)
    both = ab_result()

    def place_of_label(box: tuple[float, float, float, float]) -> list[int]:
        found = grey_result(boxes=(box,)).first.detections
        first = replace(both.first, detections=found)
        view.show_result(replace(both, sides=(first, both.sides[1])), TITLES)
        view.grab()
        return [*view._boxes.labels[0].choices.values()]

    # Above its left corner there is the caption; the right one is clear of it.
    assert place_of_label((20, 145, 155, 158)) == [2]
    at_sentence = (120, 138, 158, 158)
    assert place_of_label(at_sentence) == [0]
    view.set_overlays(Overlays(sentence="320 is 1.34 times as fast as 640."))
    assert place_of_label(at_sentence) != [0]


def test_a_narrow_half_has_no_caption(qapp: object) -> None:
    assert captions((1280, 720), 0.05)[0] == "B"
    assert captions((1280, 720), 0.97)[-1] == "boxes 12"


def test_the_captions_of_an_upright_picture_lie_in_the_bars_beside_it(qapp: object) -> None:
    view, picture = QRectF(0, 0, 1280, 720), QRectF(620, 0, 40, 720)
    left, right = caption_panels(split(picture, 0.5), view, 600.0)
    # 24.5 heights of text of 18, and 0.7 of one from the divider.
    assert (left.width(), right.width()) == (441.0, 441.0)
    assert (left.right(), right.left()) == (640 - 0.7 * 18, 640 + 0.7 * 18)
    assert (left.left() > view.left(), right.right() < view.right()) == (True, True)


def test_the_captions_speak_the_language(qapp: object) -> None:
    translator = ChineseStandIn()
    QCoreApplication.installTranslator(translator)
    try:
        said = "".join(captions((1280, 720), 0.5))
    finally:
        QCoreApplication.removeTranslator(translator)
    assert "检测框" in said
    assert "推理13.6ms" in "".join(said.split())
    assert "…" not in said
