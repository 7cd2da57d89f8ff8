"""Trails over the picture."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from pytestqt.qtbot import QtBot

from rkvideo.pictures.overlay import Look, class_color
from rkvideo.ui.picture.paint_meter import PaintMeter
from rkvideo.ui.picture.video_view import VideoView
from tests.helpers.painted_samples import rgb
from tests.helpers.trail_samples import numbered
from tests.helpers.ui_stand_ins import GREY, TITLES

INK = np.array(class_color(0), float)


def walk(qtbot: QtBot, *, trails: bool) -> VideoView:
    """A box has gone right for more than two seconds; its foot is at 296 of 360."""
    view = VideoView(PaintMeter())
    qtbot.addWidget(view)
    view.resize(640, 360)
    view.set_look(Look("off", trails=trails))
    for n in range(60):
        view.show_result(numbered(n, (4 * n, 50, 40 + 4 * n, 296)), TITLES)
    return view


def strengths(view: VideoView) -> list[float]:
    """How much of the ink there is on the trail, from its old end to its box."""
    row = rgb(view.grab().toImage())[295].astype(float)
    shares = (row - GREY)[:, :] @ (INK - GREY) / ((INK - GREY) @ (INK - GREY))
    return [float(shares[256 - back]) for back in (170, 130, 80)]


def test_a_trail_fades_and_is_not_there_unless_it_is_asked_for(qtbot: QtBot) -> None:
    faint, fair, strong = strengths(walk(qtbot, trails=True))
    assert 0.1 < faint < fair < strong <= 1.0
    assert strengths(walk(qtbot, trails=False)) == [0.0, 0.0, 0.0]


def test_another_source_has_no_trail_of_the_one_before(qtbot: QtBot) -> None:
    view = walk(qtbot, trails=True)
    view.show_result(numbered(61, (240, 50, 280, 296)), replace(TITLES, source="another"))
    assert strengths(view) == [0.0, 0.0, 0.0]
