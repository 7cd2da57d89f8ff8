"""What lies over the picture looks as it did when somebody last looked at it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PyQt5.QtGui import QImage
from PyQt5.QtWidgets import QApplication

from rkvideo.pictures.overlay import class_color
from rkvideo.ui.picture import boxes, over_picture
from rkvideo.ui.picture.hud import _Column
from rkvideo.ui.playing.start_page import StartPage
from tests.ui.picture.golden_scenes import FOLDER, SCENES, strange_pixels

# DejaVu's serif letters in the place of its sans make 6; the least part that is left out 700.
MOST_STRANGE = 400


def kept(name: str) -> QImage:
    image = QImage(str(FOLDER / f"{name}.png"))
    assert not image.isNull()
    return image


@pytest.mark.parametrize("name", SCENES)
def test_it_looks_as_it_did(qapp: QApplication, name: str) -> None:
    assert strange_pixels(SCENES[name](), kept(name)) <= MOST_STRANGE


def test_no_picture_passes_for_another(qapp: QApplication) -> None:
    for name in SCENES:
        painted = SCENES[name]()
        for other in SCENES.keys() - {name}:
            assert strange_pixels(painted, kept(other)) > MOST_STRANGE


def _nothing(*_args: object) -> None:
    return None


def _no_labels(*_args: object) -> list[object]:
    return []


def _next_color(class_id: int, shade: int = 0) -> tuple[int, int, int]:
    return class_color(class_id + 1, shade)


@pytest.mark.parametrize(
    ("name", "owner", "part", "instead"),
    [
        ("line", over_picture, "paint_pill", _nothing),
        ("line", boxes, "_paint_labels", _no_labels),
        ("line", boxes, "class_color", _next_color),
        ("figures", _Column, "_rates", _nothing),
        ("figures", _Column, "_latency", _nothing),
        ("figures", _Column, "_stage_bar", _nothing),
        ("figures", _Column, "_legend", _nothing),
        ("figures", _Column, "_counts", _nothing),
        ("tracks", over_picture, "paint_trails", _nothing),
        ("beside", over_picture, "paint_divider", _nothing),
        ("beside", over_picture, "paint_captions", _nothing),
        ("beside", over_picture, "paint_sentence", _nothing),
        ("crowd", boxes, "_paint_labels", _no_labels),
        ("start", StartPage, "show_cameras", _nothing),
        ("start", StartPage, "show_recent", _nothing),
    ],
)
def test_a_picture_without_one_of_its_parts_fails(
    qapp: QApplication,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    owner: object,
    part: str,
    instead: Callable[..., object],
) -> None:
    monkeypatch.setattr(owner, part, instead)
    assert strange_pixels(SCENES[name](), kept(name)) > MOST_STRANGE
