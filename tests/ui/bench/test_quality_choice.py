"""What was chosen to be laid beside fps: it is told, shown again, and waits for a clip."""

from __future__ import annotations

from pathlib import Path

import pytest

from rkvideo.config import ModelChoice
from rkvideo.report.quality import QualityWish
from rkvideo.ui.bench.quality_setup import AGREEMENT, LABELLED, NONE
from rkvideo.ui.kept.state import QualityChoice
from tests.helpers.bench_panel_desk import CLIP, Desk

PROPOSED, OTHER = "yolo11n@1280", "yolo11n@416"


def told(desk: Desk) -> list[QualityChoice]:
    """What the panel says from now on."""
    choices: list[QualityChoice] = []
    desk.panel.quality_changed.connect(choices.append)
    return choices


def reopened(desk: Desk, choice: QualityChoice) -> Desk:
    """A window of a later start, which lists its models after it has shown what was chosen."""
    models, desk.choices = desk.choices, ()
    desk.panel = desk.new_panel()
    desk.panel.show_quality(choice)
    desk.panel.show_choices(models)
    desk.choices = models
    return desk


def test_each_part_of_the_choice_is_told_and_shown_by_the_next_start(desk: Desk) -> None:
    choices, quality = told(desk), desk.panel.setup.quality
    quality.kind.setCurrentIndex(LABELLED)
    quality.folder.setText("/data/coco ")
    quality.pictures.setValue(500)
    labelled = QualityChoice("labelled", "/data/coco", pictures=500)
    assert choices[-1] == labelled
    quality.kind.setCurrentIndex(AGREEMENT)
    quality.reference.setCurrentText(OTHER)
    quality.pictures.setValue(20)
    agreement = QualityChoice("agreement", "/data/coco", OTHER, 500, 20)
    assert choices[-1] == agreement
    of_data = QualityWish(data=Path("/data/coco"), pictures=500)
    assert reopened(desk, labelled).panel.setup.quality.wish() == of_data
    of_clip = QualityWish(against=OTHER, pictures=20)
    assert reopened(desk, agreement).panel.setup.quality.wish() == of_clip
    # What belongs to the other kind is still there.
    desk.panel.setup.quality.kind.setCurrentIndex(LABELLED)
    assert desk.panel.setup.quality.wish() == of_data


def test_what_is_shown_is_not_told_as_a_change(desk: Desk) -> None:
    choices = told(desk)
    desk.panel.show_quality(QualityChoice("agreement", "/data", OTHER, 500, 20))
    desk.panel.show_choices((ModelChoice("b@320", "b", (320, 320), "int8", "onnx", "MIT"),))
    desk.panel.show_source("rtsp://camera/stream")
    desk.panel.show_source(CLIP)
    assert choices == []


def test_the_proposed_reference_is_not_kept_by_name(desk: Desk) -> None:
    choices, quality = told(desk), desk.panel.setup.quality
    desk.panel.show_in_use("yolo11n@320")
    quality.kind.setCurrentIndex(AGREEMENT)
    assert quality.reference.currentText() == PROPOSED
    quality.reference.setCurrentText(OTHER)
    quality.reference.setCurrentText(PROPOSED)
    assert choices == [
        QualityChoice("agreement"),
        QualityChoice("agreement", reference=OTHER),
        QualityChoice("agreement"),
    ]


def test_a_reference_that_is_not_there_is_waited_for(desk: Desk) -> None:
    models = desk.choices
    desk.panel.show_quality(QualityChoice("agreement", reference=OTHER))
    desk.panel.show_choices(models[:1])
    assert desk.panel.setup.quality.reference.currentText() == PROPOSED
    desk.panel.show_choices(models)
    assert desk.panel.setup.quality.reference.currentText() == OTHER


@pytest.mark.parametrize("on_camera", [None, LABELLED])
def test_agreement_waits_while_a_camera_is_watched(desk: Desk, on_camera: int | None) -> None:
    quality = desk.panel.setup.quality
    desk.panel.show_quality(QualityChoice("agreement"))
    desk.panel.show_source("rtsp://camera/stream")
    assert quality.chosen == NONE
    assert quality.wish() is None
    if on_camera is not None:
        quality.kind.setCurrentIndex(on_camera)
    desk.panel.show_source(CLIP)
    assert quality.chosen == (AGREEMENT if on_camera is None else on_camera)
