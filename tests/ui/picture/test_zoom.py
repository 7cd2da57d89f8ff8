"""Zoom and pan by the mouse, tooltips, and screens with two pixels to a point."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from PyQt5.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PyQt5.QtGui import QHelpEvent, QMouseEvent
from PyQt5.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from rkvideo.data import FrameResult
from rkvideo.ui.picture.video_view import VideoView
from rkvideo.ui.picture.viewport import MOST_ZOOM, Viewport, cut
from tests.helpers.painted_samples import rgb
from tests.helpers.paths import ROOT
from tests.helpers.pointer import turn_wheel
from tests.helpers.ui_stand_ins import GREY, TITLES, grey_result
from tests.ui.picture.test_video_view import counted, shown

BLOCK = (200, 80, 208, 88)


def block_result() -> FrameResult:
    """A grey picture, 320x160, with a white block and a box around it."""
    pixels = np.full((160, 320, 3), GREY, np.uint8)
    pixels[BLOCK[1] : BLOCK[3], BLOCK[0] : BLOCK[2]] = 255
    result = grey_result(boxes=(BLOCK,))
    picture = av.VideoFrame.from_ndarray(pixels, format="rgb24")
    return replace(result, frame=replace(result.frame, held=picture))


def white_columns(view: VideoView, row: int) -> tuple[int, int]:
    """The first and the last white pixel of a row."""
    white = (rgb(view.grab().toImage())[row] > 250).all(axis=1).nonzero()[0]
    return int(white[0]), int(white[-1])


def without_boxes(view: VideoView) -> VideoView:
    view.show_result(replace(block_result(), sides=grey_result().sides), TITLES)
    return view


def ask_tip(view: VideoView, at: QPoint) -> None:
    QApplication.sendEvent(view, QHelpEvent(QEvent.Type.ToolTip, at, view.mapToGlobal(at)))


def test_the_wheel_zooms_at_the_mouse(qtbot: QtBot) -> None:
    view = without_boxes(shown(qtbot, 640, 320))
    zooms: list[float] = []
    view.zoomed.connect(zooms.append)
    middle = QPointF(408, 168)
    turn_wheel(view, middle, 4)
    turn_wheel(view, middle, 4)
    assert zooms == [2.0, 4.0]
    assert view.zoom == 4.0
    # The block is 64 pixels wide now and its middle has not moved; its edges are blurred by 8.
    first, last = white_columns(view, 168)
    assert abs(first - 376) <= 8
    assert abs(last - 439) <= 8
    assert (first + last) / 2 == pytest.approx(407.5, abs=1)
    pixels = rgb(view.grab().toImage())
    assert (pixels[:, :360] == GREY).all()
    assert (pixels[:, 456:] == GREY).all()


def test_only_the_part_that_is_seen_is_converted(qtbot: QtBot) -> None:
    view = without_boxes(shown(qtbot, 640, 320))
    converter = counted(view)
    turn_wheel(view, QPointF(408, 168), 8)
    view.grab()
    ((left, top, width, height),) = converter.areas
    assert (left, top) == (152, 62)
    assert 80 <= width <= 84
    assert 40 <= height <= 44
    assert converter.sizes == [(width * 8, height * 8)]


def test_a_drag_moves_the_picture_and_leaves_no_bar(qtbot: QtBot) -> None:
    view = without_boxes(shown(qtbot, 640, 320))
    turn_wheel(view, QPointF(408, 168), 8)
    before = white_columns(view, 168)
    drag(qtbot, view, QPoint(500, 100), QPoint(430, 100))
    after = white_columns(view, 168)
    assert (after[0] - before[0], after[1] - before[1]) == (-70, -70)
    drag(qtbot, view, QPoint(10, 10), QPoint(639, 319))
    drag(qtbot, view, QPoint(10, 10), QPoint(639, 319))
    drag(qtbot, view, QPoint(10, 10), QPoint(639, 319))
    assert view.picture_rect().topLeft() == QPointF(0, 0)
    assert (rgb(view.grab().toImage())[:8, :8] == GREY).all()


def drag(qtbot: QtBot, view: VideoView, start: QPoint, end: QPoint) -> None:
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(view, end)
    move = QEvent.Type.MouseMove
    QApplication.sendEvent(view, mouse(move, end))
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=end)


def mouse(kind: QEvent.Type, at: QPoint) -> QEvent:
    button, held = Qt.MouseButton.LeftButton, Qt.MouseButton.LeftButton
    return QMouseEvent(kind, QPointF(at), button, held, Qt.KeyboardModifier.NoModifier)


def test_a_drag_of_a_whole_picture_moves_nothing(qtbot: QtBot) -> None:
    view = without_boxes(shown(qtbot, 640, 480))
    before = view.picture_rect()
    drag(qtbot, view, QPoint(300, 200), QPoint(400, 250))
    assert view.picture_rect() == before


def test_zoom_ends_at_1_and_at_16(qtbot: QtBot) -> None:
    view = without_boxes(shown(qtbot, 640, 320))
    turn_wheel(view, QPointF(1, 1), 100)
    assert view.zoom == MOST_ZOOM == 16
    turn_wheel(view, QPointF(600, 300), -100)
    assert view.zoom == 1
    assert view.picture_rect() == view.visible_rect()


def test_as_many_notches_back_show_all_of_it_again(qtbot: QtBot) -> None:
    view = without_boxes(shown(qtbot, 640, 320))
    for notches in (1, 1, 1, 2, -1, -1, -1, -1, -1):
        turn_wheel(view, QPointF(211, 99), notches)
    assert view.zoom == 1


def test_the_cursor_tells_what_a_drag_would_do(qtbot: QtBot) -> None:
    view = without_boxes(shown(qtbot, 640, 320))
    assert view.cursor().shape() == Qt.CursorShape.ArrowCursor
    turn_wheel(view, QPointF(408, 168), 4)
    assert view.cursor().shape() == Qt.CursorShape.OpenHandCursor
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    assert view.cursor().shape() == Qt.CursorShape.ClosedHandCursor
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    assert view.cursor().shape() == Qt.CursorShape.OpenHandCursor
    turn_wheel(view, QPointF(408, 168), -4)
    assert view.cursor().shape() == Qt.CursorShape.ArrowCursor


def test_a_cursor_that_the_window_hid_stays_hidden(qtbot: QtBot) -> None:
    view = without_boxes(shown(qtbot, 640, 320))
    view.setCursor(Qt.CursorShape.BlankCursor)
    QApplication.sendEvent(view, mouse(QEvent.Type.MouseMove, QPoint(100, 100)))
    assert view.cursor().shape() == Qt.CursorShape.BlankCursor


def test_zoom_stays_over_frames_and_ends_with_another_size(qtbot: QtBot) -> None:
    view = without_boxes(shown(qtbot, 640, 320))
    zooms: list[float] = []
    view.zoomed.connect(zooms.append)
    turn_wheel(view, QPointF(408, 168), 4)
    view.show_result(grey_result(1), TITLES)
    assert view.zoom == 2
    view.show_result(grey_result(2, size=(160, 160)), TITLES)
    assert view.zoom == 1
    assert zooms == [2.0, 1.0]
    turn_wheel(view, QPointF(320, 160), 4)
    view.reset_zoom()
    assert view.zoom == 1
    assert zooms == [2.0, 1.0, 2.0, 1.0]


def test_boxes_follow_the_zoom(qtbot: QtBot) -> None:
    view = shown(qtbot, 640, 320)
    view.show_result(block_result(), TITLES)
    turn_wheel(view, QPointF(408, 168), 8)
    # The box is the block's: 64 pixels around (408, 168).
    pixels = rgb(view.grab().toImage())
    line = (pixels[170] == np.array([80, 200, 230])).all(axis=1).nonzero()[0].tolist()
    assert line == [376, 440]


def test_a_view_without_a_picture_does_not_zoom(qtbot: QtBot) -> None:
    view = shown(qtbot, 640, 320)
    turn_wheel(view, QPointF(10, 10), 4)
    drag(qtbot, view, QPoint(10, 10), QPoint(50, 50))
    assert view.zoom == 1
    assert view.words_at(QPointF(5, 5)) == ""


def test_a_double_click_asks_for_full_screen(qtbot: QtBot) -> None:
    view = without_boxes(shown(qtbot, 640, 320))
    with qtbot.waitSignal(view.fullscreen_asked):
        qtbot.mouseDClick(view, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    with qtbot.assertNotEmitted(view.fullscreen_asked):
        qtbot.mouseDClick(view, Qt.MouseButton.RightButton, pos=QPoint(100, 100))


# The offscreen platform says so of the window of a tooltip.
@pytest.mark.qt_log_ignore("This plugin does not support (raise|propagateSizeHints)")
def test_the_tooltip_tells_class_score_and_size_in_source_pixels(qtbot: QtBot) -> None:
    view = shown(qtbot, 640, 480)
    view.show()
    view.show_result(grey_result(boxes=((50, 40, 150, 120), (60, 50, 80, 60.4))), TITLES)
    assert view.words_at(QPointF(280, 300)) == "person 0.90\n100 x 80 pixels"
    # A box inside another can be reached.
    assert view.words_at(QPointF(140, 190)) == "person 0.90\n20 x 10 pixels"
    assert view.words_at(QPointF(20, 20)) == ""
    turn_wheel(view, QPointF(140, 190), 8)
    assert view.words_at(QPointF(140, 190)) == "person 0.90\n20 x 10 pixels"
    assert view.words_at(QPointF(400, 300)) == "person 0.90\n100 x 80 pixels"
    ask_tip(view, QPoint(140, 190))
    assert QToolTip.text() == "person 0.90\n20 x 10 pixels"
    QToolTip.hideText()


@pytest.mark.qt_log_ignore("This plugin does not support (raise|propagateSizeHints)")
def test_the_tooltip_is_of_the_picture_that_is_shown(qtbot: QtBot) -> None:
    view = shown(qtbot, 640, 480)
    view.show()
    view.show_result(grey_result(boxes=((50, 40, 150, 120),)), TITLES)
    ask_tip(view, QPoint(280, 300))
    assert QToolTip.text() == "person 0.90\n100 x 80 pixels"
    view.show_result(grey_result(boxes=((50, 40, 150, 110),)), TITLES)
    assert QToolTip.text() == "person 0.90\n100 x 70 pixels"
    view.show_result(grey_result(boxes=()), TITLES)
    qtbot.waitUntil(lambda: not QToolTip.isVisible())
    # It does not come back by itself: nobody has asked.
    view.show_result(grey_result(boxes=((50, 40, 150, 120),)), TITLES)
    assert not QToolTip.isVisible()


@pytest.mark.parametrize("notches", [1, 3, 7, 12, 16])
@pytest.mark.parametrize("at", [(0.0, 0.0), (639.0, 479.0), (211.0, 333.0)])
def test_a_cut_covers_the_view_and_lies_where_the_picture_does(
    notches: int, at: tuple[float, float]
) -> None:
    picture, view = (317, 161), (640, 480)
    viewport = Viewport().zoomed(2 ** (notches / 4), QPointF(*at), picture, view)
    place = viewport.place(picture, view)
    part = cut(place, picture, view)
    seen = place.intersected(QRect(0, 0, *view))
    assert part.target.contains(seen)
    assert QRect(0, 0, *picture).contains(part.source)
    assert (part.source.x() % 2, part.source.y() % 2) == (0, 0)
    scale = place.width() / picture[0]
    assert part.target.x() == pytest.approx(place.x() + part.source.x() * scale, abs=0.51)
    assert part.target.width() == pytest.approx(part.source.width() * scale, abs=1.01)
    assert part.target.width() - seen.width() <= 4 * scale + 2


_RATIO_2 = """
import sys
from PyQt5.QtCore import QPointF
from PyQt5.QtWidgets import QApplication
app = QApplication(sys.argv)
from tests.helpers.painted_samples import rgb
from tests.helpers.pointer import turn_wheel
from tests.ui.picture.test_zoom import block_result
from tests.helpers.ui_stand_ins import TITLES
from rkvideo.ui.picture.hud import HudFigures
from rkvideo.ui.picture.paint_meter import PaintMeter
from rkvideo.ui.picture.hud_layer import Hud
from rkvideo.ui.picture.over_picture import Overlays
from rkvideo.ui.picture.video_view import VideoView
view = VideoView(PaintMeter())
view.resize(320, 160)
view.show_result(block_result(), TITLES)
turn_wheel(view, QPointF(204, 84), 4)
pixels = rgb(view.grab().toImage())
line = (pixels[168] == (80, 200, 230)).all(axis=1).nonzero()[0].tolist()
print(pixels.shape, view.devicePixelRatioF(), line[0], line[-1], view.words_at(QPointF(204, 84)))
view.set_overlays(Overlays(hud=Hud(HudFigures())))
view.grab()
print(view._over._hud._pixmap.devicePixelRatio(), view._picture._image.devicePixelRatio())
"""


def test_a_screen_with_two_pixels_to_a_point(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _RATIO_2],
        cwd=ROOT,
        env={
            **os.environ,
            "QT_QPA_PLATFORM": "offscreen",
            "QT_SCALE_FACTOR": "2",
            "XDG_RUNTIME_DIR": str(tmp_path),
        },
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    # Zoomed twice about the block's middle: 16 points wide there, 32 pixels, and lines of 2.
    shape, ratios = done.stdout.strip().rsplit("\n", 1)
    assert shape == "(320, 640, 3) 2.0 391 424 person 0.90\n8 x 8 pixels"
    assert ratios == "2.0 2.0"
