"""Labels in a crowd: none covers another, small boxes show theirs under the mouse."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from pytestqt.qtbot import QtBot

from rkvideo.data import Detections, FrameResult
from rkvideo.pictures.overlay import class_color
from rkvideo.ui.picture.paint_meter import PaintMeter
from rkvideo.ui.picture.video_view import VideoView
from tests.helpers.painted_samples import rgb
from tests.helpers.pointer import move_to
from tests.helpers.ui_stand_ins import TITLES, grey_result


def boxes_of(*boxes: tuple[float, float, float, float], index: int = 0) -> FrameResult:
    return grey_result(index, boxes, size=(640, 360))


def shown(qtbot: QtBot, result: FrameResult) -> VideoView:
    view = VideoView(PaintMeter())
    qtbot.addWidget(view)
    view.resize(1280, 720)
    view.show_result(result, TITLES)
    return view


def colored(view: VideoView, shade: int) -> np.ndarray:
    return (rgb(view.grab().toImage()) == class_color(0, shade)).all(axis=2)


def test_two_objects_of_one_class_have_two_shades_and_keep_them(qtbot: QtBot) -> None:
    left, right = (100, 100, 200, 250), (300, 100, 400, 250)
    view = shown(qtbot, boxes_of(left, right))
    assert colored(view, 0)[300, 200]
    assert colored(view, 1)[300, 600]
    # They come in another order, and have moved.
    view.show_result(boxes_of((304, 100, 404, 250), (104, 100, 204, 250), index=1), TITLES)
    assert colored(view, 0)[300, 208]
    assert colored(view, 1)[300, 608]


def test_a_small_box_shows_its_label_under_the_mouse_only(qtbot: QtBot) -> None:
    view = shown(qtbot, boxes_of((300, 100, 306, 110)))
    without = colored(view, 0).sum()
    move_to(view, 606, 210)
    assert colored(view, 0).sum() > 5 * without
    move_to(view, 20, 600)
    assert colored(view, 0).sum() == without


def test_calm_boxes_go_half_of_the_way_and_a_jump_at_once(qtbot: QtBot) -> None:
    view = shown(qtbot, boxes_of((100, 100, 200, 250)))
    view.set_calm(True)
    view.show_result(boxes_of((104, 100, 204, 250), index=1), TITLES)
    assert colored(view, 0)[300, 204]
    assert not colored(view, 0)[300, 208]
    view.show_result(boxes_of((180, 100, 280, 250), index=2), TITLES)
    assert colored(view, 0)[300, 360]


def test_a_tracked_object_keeps_its_shade_wherever_it_goes(qtbot: QtBot) -> None:
    def tracked(result: FrameResult, *numbers: int) -> FrameResult:
        found = result.first.detections
        ids = np.array(numbers, np.int32)
        with_ids = Detections(found.xyxy, found.score, found.class_id, ids)
        return replace(result, sides=(replace(result.first, detections=with_ids),))

    view = shown(qtbot, tracked(boxes_of((100, 100, 200, 250), (300, 100, 400, 250)), 7, 9))
    view.show_result(tracked(boxes_of((20, 20, 90, 200), index=1), 9), TITLES)
    assert colored(view, 1)[200, 40]
