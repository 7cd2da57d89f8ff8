"""Tuning in the real window: each control acts on the next frame of the same run."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PyQt5.QtCore import QPoint, Qt
from PyQt5.QtWidgets import QAbstractSpinBox, QSlider

from rkvideo.config import DetectionFilter
from rkvideo.data import FrameResult
from rkvideo.pictures.overlay import Look
from rkvideo.status import RunState
from tests.helpers.real_desk import RealDesk


@pytest.fixture
def desk(desk: RealDesk) -> Iterator[RealDesk]:
    """Plays a pattern, with the Boxes panel open."""
    desk.open("pattern:640x384@60")
    desk.press(Qt.Key_T)
    desk.until_refreshed(lambda: desk.tuning.classes.list.count() == 80)
    opened = []
    desk.window.player.opening.connect(lambda: opened.append(desk.window.player.config.source))
    yield desk
    # Nothing was started anew.
    assert [source for source in opened if "clip.mp4" not in source] == []
    assert desk.status.error is None


def type_number(desk: RealDesk, field: QAbstractSpinBox, text: str) -> None:
    desk.click(field)
    field.selectAll()
    desk.qtbot.keyClicks(field, text)
    desk.qtbot.keyClick(field, Qt.Key_Return)


def slide_to_end(desk: RealDesk, slider: QSlider) -> None:
    """Reach the slider with Tab, and draw it to its end by key."""
    slider.setFocus(Qt.TabFocusReason)
    desk.press(Qt.Key_End)


def until_found(desk: RealDesk, holds: Callable[[FrameResult], bool]) -> FrameResult:
    """Wait for a picture with such boxes; gives it."""
    desk.until(lambda: holds(desk.result))
    return desk.result


def test_confidence(desk: RealDesk) -> None:
    scores = desk.result.first.detections.score
    assert len(scores) >= 2
    between = round(float(scores.min() + scores.max()) / 2, 2)
    type_number(desk, desk.tuning.confidence.spin, f"{between:.2f}")
    desk.until(lambda: desk.run.wanted.confidence == between)
    until_found(desk, lambda result: 0 < len(result.first.detections) < len(scores))
    assert (desk.result.first.detections.score >= between).all()
    slide_to_end(desk, desk.tuning.confidence.slider)
    until_found(desk, lambda result: len(result.first.detections) == 0)


def test_iou_maximum_and_class_agnostic(desk: RealDesk) -> None:
    type_number(desk, desk.tuning.iou.spin, "0.30")
    type_number(desk, desk.tuning.most, "1")
    desk.click(desk.tuning.agnostic, QPoint(8, desk.tuning.agnostic.height() // 2))
    desk.until(
        lambda: desk.run.wanted == DetectionFilter(iou=0.3, max_detections=1, class_agnostic=True)
    )
    until_found(desk, lambda result: len(result.first.detections) == 1)


def test_a_class_that_is_searched_and_ticked_is_the_only_one(desk: RealDesk) -> None:
    name = desk.result.first.labels[int(desk.result.first.detections.class_id[0])]
    classes = desk.tuning.classes
    desk.click(classes.none)
    until_found(desk, lambda result: len(result.first.detections) == 0)
    desk.click(classes.search)
    desk.qtbot.keyClicks(classes.search, name)
    desk.click(classes.all)
    desk.until(lambda: name in (desk.run.wanted.classes or ()))
    assert all(name in each for each in desk.run.wanted.classes)
    result = until_found(desk, lambda result: len(result.first.detections) > 0)
    assert {result.first.labels[each] for each in result.first.detections.class_id} == {name}
    desk.click(desk.tuning.defaults)
    desk.until(lambda: desk.run.wanted == DetectionFilter())


def test_digits_that_are_typed_into_a_field_switch_no_model(desk: RealDesk) -> None:
    desk.click(desk.tuning.classes.search)
    desk.qtbot.keyClicks(desk.tuning.classes.search, "1 r s")
    desk.wait_next()
    assert desk.status.loading == ""
    assert desk.status.state is RunState.RUNNING
    assert desk.result.first.model == "yolo11n@640x384"
    assert not desk.videos.exists()
    desk.press(Qt.Key_Escape)
    assert desk.window.view.hasFocus()
    desk.press(Qt.Key_Space)
    assert desk.status.state is RunState.PAUSED


def test_a_click_on_a_control_takes_no_key_from_the_window(desk: RealDesk) -> None:
    tuning = desk.tuning
    for widget in (tuning.labels, tuning.classes.list.viewport(), tuning.agnostic, tuning.defaults):
        desk.click(widget)
        if widget is tuning.labels:
            tuning.labels.hidePopup()
        before = desk.status.state
        desk.press(Qt.Key_Space)
        assert desk.status.state is not before


def test_the_look_acts_on_the_view_at_once(desk: RealDesk) -> None:
    labels = desk.tuning.labels
    labels.setCurrentIndex(labels.findData("off"))
    slide_to_end(desk, desk.tuning.hud_scale.slider)
    desk.until(lambda: desk.window.view.look.labels == "off")
    desk.until(lambda: desk.window.view.look.hud_scale == desk.tuning.hud_scale.spin.maximum())
    desk.click(desk.tuning.defaults)
    desk.until(lambda: desk.window.view.look == Look())


def test_in_a_paused_file_the_boxes_on_the_screen_follow(desk: RealDesk) -> None:
    desk.window._sources.open(desk.clip())
    desk.wait_picture("clip.mp4")
    desk.until(lambda: desk.number >= 5)
    desk.pause()
    held, before = desk.number, desk.result.first.detections
    assert len(before) >= 2
    between = float(before.score[0] + before.score[-1]) / 2
    type_number(desk, desk.tuning.confidence.spin, f"{between:.2f}")
    desk.until(lambda: len(desk.result.first.detections) < len(before))
    assert desk.number == held
    assert (desk.result.first.detections.score >= desk.run.wanted.confidence - 1e-6).all()
    desk.click(desk.tuning.defaults)
    desk.until(lambda: len(desk.result.first.detections) == len(before))
    desk.settle()
    assert np.array_equal(desk.result.first.detections.score, before.score)
    assert (desk.number, desk.status.state) == (held, RunState.PAUSED)
