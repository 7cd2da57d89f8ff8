"""Pixels of the view: where the picture, its bars and its boxes are."""

from __future__ import annotations

import av
import numpy as np
import pytest
from PyQt5.QtCore import QRect, QRectF
from pytestqt.qtbot import QtBot

from rkvideo.data import UInt8Array
from rkvideo.pictures.overlay import Look, class_color
from rkvideo.pictures.pixels import Area, PictureConverter
from rkvideo.ui.picture.boxes import line_width
from rkvideo.ui.picture.paint_meter import PaintMeter
from rkvideo.ui.picture.scaled_picture import ScaledPicture
from rkvideo.ui.picture.video_view import VideoView
from rkvideo.ui.picture.viewport import fit
from tests.helpers.painted_samples import rgb
from tests.helpers.ui_stand_ins import GREY, TITLES, grey_result


def shown(qtbot: QtBot, width: int, height: int) -> VideoView:
    view = VideoView(PaintMeter())
    qtbot.addWidget(view)
    view.resize(width, height)
    return view


@pytest.mark.parametrize(
    ("picture", "view", "expected"),
    [
        ((320, 160), (640, 480), (0, 80, 640, 320)),
        ((160, 320), (640, 480), (200, 0, 240, 480)),
        ((320, 160), (320, 160), (0, 0, 320, 160)),
        ((1920, 1080), (1366, 768), (0, 0, 1365, 768)),
        ((4000, 10), (100, 100), (0, 49, 100, 1)),
    ],
)
def test_fit_keeps_the_aspect_in_the_middle(
    picture: tuple[int, int], view: tuple[int, int], expected: tuple[int, int, int, int]
) -> None:
    assert fit(picture, view) == QRect(*expected)


def test_bars_are_black_and_the_picture_fills_the_rest(qtbot: QtBot) -> None:
    view = shown(qtbot, 640, 480)
    view.show_result(grey_result(), TITLES)
    pixels = rgb(view.grab().toImage())
    assert pixels.shape == (480, 640, 3)
    assert (pixels[:80] == 0).all()
    assert (pixels[400:] == 0).all()
    assert (pixels[80:400] == GREY).all()


def test_boxes_lie_where_the_letterboxed_picture_puts_them(qtbot: QtBot) -> None:
    view = shown(qtbot, 640, 480)
    view.show_result(grey_result(boxes=((50, 40, 150, 120),)), TITLES)
    pixels = rgb(view.grab().toImage())
    color = np.array(class_color(0))
    # Twice as large, and 80 rows of black above.
    assert (pixels[160, 260:300] == color).all()
    assert (pixels[320, 101:299] == color).all()
    assert (pixels[200:319, 100] == color).all()
    assert (pixels[200:319, 300] == color).all()
    assert (pixels[164:317, 104:297] == GREY).all()
    assert (pixels[324:400] == GREY).all()


def test_the_label_is_above_its_box_or_inside_where_there_is_no_room(qtbot: QtBot) -> None:
    view = shown(qtbot, 640, 480)
    color = np.array(class_color(0))

    def label_rows(top: float) -> list[int]:
        view.show_result(grey_result(boxes=((50, top, 150, 120),)), TITLES)
        column = rgb(view.grab().toImage())[:, 102]
        return [row for row in range(480) if (column[row] == color).all()]

    above = label_rows(40)
    assert above[0] < 155
    assert 160 in above
    inside = label_rows(0)
    assert inside[0] == 80
    assert inside[-2] > 85


def test_a_label_at_the_right_edge_stays_in_the_picture(qtbot: QtBot) -> None:
    view = shown(qtbot, 640, 480)
    view.show_result(grey_result(boxes=((310, 80, 320, 120),)), TITLES)
    pixels = rgb(view.grab().toImage())
    tagged = (pixels[233] == np.array(class_color(0))).all(axis=1).nonzero()[0]
    assert tagged[0] < 600
    assert tagged[-1] <= 639


def test_lines_grow_with_the_view_and_the_look() -> None:
    widths = [line_width(QRectF(0, 0, 16, height)) for height in (100, 720, 1080, 2160)]
    assert widths == [1.0, 2.0, 3.0, 6.0]
    assert line_width(QRectF(0, 0, 16, 1080), 2.0) == 6.0
    assert line_width(QRectF(0, 0, 16, 720), 0.5) == 1.0


def test_the_look_sets_thickness_and_label(qtbot: QtBot) -> None:
    view = shown(qtbot, 640, 480)
    color = np.array(class_color(0))

    def painted_with(look: Look) -> tuple[int, int]:
        """How wide the left line is, and how many pixels of colour lie above the box."""
        view.set_look(look)
        view.show_result(grey_result(boxes=((50, 40, 150, 120),)), TITLES)
        pixels = rgb(view.grab().toImage())
        is_color = (pixels == color).all(axis=2)
        return int(is_color[240, 90:110].sum()), int(is_color[:157].sum())

    _, full = painted_with(Look())
    _, name = painted_with(Look(labels="name"))
    _, score = painted_with(Look(labels="score"))
    assert full > name > score > 0
    assert painted_with(Look(labels="off")) == (1, 0)
    assert painted_with(Look(labels="off", thickness=3.0)) == (4, 0)


class CountingConverter(PictureConverter):
    def __init__(self) -> None:
        super().__init__()
        self.sizes: list[tuple[int, int]] = []

        self.areas: list[Area | None] = []

    def bgra(
        self, picture: av.VideoFrame, width: int, height: int, area: Area | None = None
    ) -> UInt8Array:
        self.sizes.append((width, height))
        self.areas.append(area)
        return super().bgra(picture, width, height, area)


def counted(view: VideoView) -> CountingConverter:
    converter = CountingConverter()
    view._picture = ScaledPicture(converter)
    return converter


def test_converted_at_the_size_in_device_pixels(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(VideoView, "devicePixelRatioF", lambda _self: 2.0)
    view = shown(qtbot, 641, 480)
    converter = counted(view)
    view.show_result(grey_result(), TITLES)
    pixels = rgb(view.grab().toImage())
    assert converter.sizes == [(1282, 641)]
    assert view.picture_rect() == QRectF(0, 79.5, 641, 320.5)
    assert (pixels[:79] == 0).all()
    assert (pixels[80:399] == GREY).all()
    assert (pixels[401:] == 0).all()


def test_converted_once_per_frame_and_size(qtbot: QtBot) -> None:
    view = shown(qtbot, 640, 480)
    converter = counted(view)
    view.show_result(grey_result(), TITLES)
    view.grab()
    view.grab()
    assert converter.sizes == [(640, 320)]
    view.resize(320, 320)
    view.grab()
    view.show_result(grey_result(1), TITLES)
    view.grab()
    assert converter.sizes == [(640, 320), (320, 160), (320, 160)]


def test_only_the_first_painting_of_a_result_counts(qtbot: QtBot) -> None:
    meter = PaintMeter()
    view = VideoView(meter)
    qtbot.addWidget(view)
    view.grab()
    assert meter.count == 0
    view.show_result(grey_result(), TITLES)
    view.grab()
    view.grab()
    assert meter.count == 1


def test_another_picture_size_in_the_same_run(qtbot: QtBot) -> None:
    view = shown(qtbot, 640, 480)
    view.show_result(grey_result(), TITLES)
    view.grab()
    view.show_result(grey_result(1, size=(160, 320), grey=200), TITLES)
    pixels = rgb(view.grab().toImage())
    assert (pixels[:, 200:440] == 200).all()
    assert (pixels[:, :200] == 0).all()


def test_paint_meter_figures() -> None:
    meter = PaintMeter()
    assert meter.figures(0.0).fps == 0.0
    for frame in range(11):
        meter.painted(frame * 0.1, frame * 0.1 + 0.03, frame * 0.1 + 0.05)
    figures = meter.figures(1.05)
    assert figures.fps == pytest.approx(10.0)
    assert figures.latency.p50 == pytest.approx(0.05)
    assert figures.paint_s == pytest.approx(0.02)
    silent = meter.figures(100.0)
    assert (silent.fps, silent.latency.p95, silent.paint_s) == (0.0, 0.0, 0.0)
