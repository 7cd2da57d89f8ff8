"""A person's habits in the real window: what was chosen comes back, the keys are listed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PyQt5.QtCore import Qt

from rkvideo.config import DetectionFilter
from rkvideo.status import RunState
from rkvideo.ui.picture.banner import Tone
from tests.helpers.real_desk import RealDesk


def test_source_model_thresholds_playing_and_panels_come_back(desk: RealDesk) -> None:
    clip = desk.clip()
    desk.open(clip)
    desk.press(Qt.Key_T)
    desk.press(Qt.Key_M)
    desk.until_refreshed(lambda: desk.models.running is not None)
    desk.press(Qt.Key_1)
    desk.until_refreshed(lambda: desk.window.player.config.model == "yolo11n@320")
    desk.tuning.most.setValue(2)
    desk.tuning.agnostic.click()
    desk.press(Qt.Key_Minus)
    desk.press(Qt.Key_L)
    wanted = DetectionFilter(max_detections=2, class_agnostic=True)
    desk.until(lambda: desk.run.wanted == wanted)
    desk.close()

    desk.open("demo", named=())
    assert desk.run.titles.source == clip
    assert desk.result.first.model == "yolo11n@320x192"
    assert len(desk.result.first.detections) == 2
    assert desk.run.wanted == wanted
    assert (desk.status.playback.speed, desk.status.playback.loop) == (0.5, True)
    # A narrow window has one drawer: that of the last key.
    assert desk.window.parts.docks.shown == ("models",)
    assert desk.tuning.most.value() == 2
    desk.close()

    desk.file.forget()
    desk.open(clip, named=())
    assert desk.result.first.model.startswith("yolo11n@640x")
    assert desk.run.wanted == DetectionFilter()
    assert desk.window.parts.docks.shown == ()


@pytest.mark.parametrize("key", [Qt.Key_F1, Qt.Key_Question])
def test_the_keys_are_listed_over_a_picture_that_goes_on(desk: RealDesk, key: Qt.Key) -> None:
    desk.open("pattern:320x240@30")
    desk.press(key)
    keys = dict(desk.window.view.overlays.keys)
    assert keys["Space"] == "pause, go on, play again"
    assert desk.window.view.overlays.hud is None
    desk.wait_next()
    desk.press(Qt.Key_Escape)
    assert desk.window.view.overlays.keys == ()
    assert desk.window.view.overlays.hud is not None


def test_a_source_whose_model_cannot_be_used_is_told_and_not_remembered(
    desk: RealDesk, errors: list[str]
) -> None:
    desk.open("pattern:320x240@30")
    desk.window.player.open(replace(desk.window.player.config, model="yolox-nano"))
    desk.until_refreshed(lambda: desk.banner.tone is Tone.ERROR)
    assert "no head fits the model's outputs" in desk.banner.detail
    assert [error.partition(" 1x")[0] for error in errors] == ["no head fits the model's outputs"]
    errors.clear()
    desk.close()
    assert desk.file.load().model == "yolo11n"


def test_closing_ends_the_run_and_every_thread_of_it(desk: RealDesk) -> None:
    desk.open("pattern:320x240@30")
    run = desk.run
    desk.press(Qt.Key_Q)
    desk.until(lambda: desk.window._ending.is_done)
    assert run.status().state is RunState.STOPPED
    assert run._threads.alive() == ()
