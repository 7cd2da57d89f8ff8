"""The figures in three steps: what the line says, where they lie, and how they are carried."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PyQt5.QtCore import QPoint, QRectF, QSizeF, Qt
from PyQt5.QtGui import QColor
from pytestqt.qtbot import QtBot

from rkvideo.pictures.overlay import Corner
from rkvideo.ui.look import theme
from rkvideo.ui.picture.face import window_face
from rkvideo.ui.picture.hud import HudFigures
from rkvideo.ui.picture.hud_layer import Hud
from rkvideo.ui.picture.hud_line import LinePart, line_parts
from rkvideo.ui.picture.hud_place import CORNERS, nearest_corner, place
from rkvideo.ui.picture.over_picture import Overlays
from rkvideo.ui.picture.paint_meter import PaintMeter
from rkvideo.ui.picture.pill import Pill
from rkvideo.ui.picture.video_view import VideoView
from tests.helpers.painted_samples import rgb
from tests.helpers.pointer import move_to
from tests.helpers.ui_stand_ins import TITLES, grey_result

FIGURES = HudFigures(
    shown_fps=30.0,
    latency_p50=21.4,
    model="yolo11n@640",
    dropped=12,
    late=3,
    failed=1,
    stages=(("decode", 2.0), ("infer", 13.6)),
)
VIEW = QRectF(0, 0, 1280, 720)


def said(figures: HudFigures) -> list[tuple[str, QColor]]:
    return [(part.text, part.color) for part in line_parts(figures)]


def test_the_line_is_rate_latency_and_model() -> None:
    assert line_parts(FIGURES) == (
        LinePart("30.0 fps", theme.TEXT),
        LinePart("21 ms", theme.TEXT),
        LinePart("yolo11n@640", theme.TEXT),
    )


def test_what_is_wrong_follows_in_its_colour() -> None:
    rising = frozenset({"dropped", "failed", "lost", "throttled"})
    assert said(replace(FIGURES, rising=rising))[3:] == [
        ("dropped 12", theme.WARNING),
        ("failed 1", theme.ERROR),
        ("lost", theme.ERROR),
        ("throttled", theme.WARNING),
    ]


def test_figures_of_the_past_are_grey_and_those_that_never_were_are_no_zeros() -> None:
    assert said(replace(FIGURES, is_past=True))[0] == ("30.0 fps", theme.FAINT_TEXT)
    assert [text for text, _ in said(HudFigures(is_past=True))] == ["- fps", "- ms"]


@pytest.mark.parametrize("corner", CORNERS)
def test_they_lie_in_the_black_bar_at_their_corner(corner: Corner) -> None:
    line, stacked = QSizeF(300, 24), QSizeF(110, 72)
    wide_picture = QRectF(0, 88, 1280, 544)
    number, panel = place((line, stacked), corner, VIEW, wide_picture, 11)
    assert number == 0
    assert not panel.intersects(wide_picture)
    assert nearest_corner(panel.center(), VIEW) == corner
    tall_picture = QRectF(160, 0, 960, 720)
    number, panel = place((line, stacked), corner, VIEW, tall_picture, 11)
    assert number == 1
    assert not panel.intersects(tall_picture)
    assert nearest_corner(panel.center(), VIEW) == corner


def test_without_a_bar_they_lie_over_the_picture_in_one_line() -> None:
    number, panel = place((QSizeF(300, 24), QSizeF(110, 72)), "top right", VIEW, VIEW, 11)
    assert (number, panel) == (0, QRectF(969, 11, 300, 24))


def shown(qtbot: QtBot, overlays: Overlays) -> VideoView:
    view = VideoView(PaintMeter())
    qtbot.addWidget(view)
    view.resize(1280, 720)
    view.show_result(grey_result(size=(320, 180)), TITLES)
    view.set_overlays(overlays)
    return view


def test_a_drag_carries_them_to_another_corner(qtbot: QtBot) -> None:
    view = shown(qtbot, Overlays(hud=Hud(FIGURES, "line")))
    start = view.hud_panel().center().toPoint()
    with qtbot.waitSignal(view.figures_moved) as moved:
        qtbot.mousePress(view, Qt.LeftButton, pos=start)
        move_to(view, 1100, 650)
        qtbot.mouseRelease(view, Qt.LeftButton, pos=QPoint(1100, 650))
    assert moved.args == ["bottom right"]


def test_their_tooltip_says_what_each_stage_is(qtbot: QtBot) -> None:
    view = shown(qtbot, Overlays(hud=Hud(FIGURES, "line")))
    words = view.words_at(view.hud_panel().center()).splitlines()
    assert "decode: from the packet to a picture" in words
    assert "infer: the model itself" in words
    assert view.words_at(QRectF(view.rect()).center()) == ""


@pytest.mark.parametrize("corner", ["top left", "top right"])
def test_the_pill_is_at_the_right_and_messages_begin_below_it(qtbot: QtBot, corner: Corner) -> None:
    pill = Pill(42.0)
    view = shown(qtbot, Overlays(hud=Hud(FIGURES, "line", corner), pill=pill))
    pixels = rgb(view.grab().toImage())
    red = (pixels == theme.RECORDING.getRgb()[:3]).all(axis=2)
    rows, columns = red.any(axis=1).nonzero()[0], red.any(axis=0).nonzero()[0]
    assert columns[0] > 1000
    assert (rows[0] > view.hud_panel().bottom()) == (corner == "top right")
    assert view.message_top() > rows[-1]


def test_the_pill_says_why_it_stands_still() -> None:
    assert Pill(42.9).text == "REC 0:42"
    assert Pill(3725.0, "waits for the camera").text == "REC 1:02:05 · waits for the camera"


@pytest.mark.parametrize("text", ["REC 30.0 FI", "行人 0.91"])
def test_the_face_of_the_window_has_capitals_of_the_height_asked(qapp: object, text: str) -> None:
    ink = window_face(text, 40, 12)
    assert ink.shape[0] == 64
    rows = (ink > 128).any(axis=1).nonzero()[0]
    if text.isascii():
        assert rows[0] == pytest.approx(12, abs=2)
        assert rows[-1] == pytest.approx(51, abs=2)
    assert ink.max() == 255
    assert 40 < ink.shape[1] < 40 * len(text)
