"""What lies over the picture looks as it did when somebody last looked at it."""

from __future__ import annotations

import pytest
from PyQt5.QtGui import QImage
from PyQt5.QtWidgets import QApplication

from tests.ui.picture.golden_scenes import FOLDER, SCENES, difference

# Other letters of the same size change about 1 level and 1 % of the squares.
MOST_LEVELS = 4.0
MOST_SQUARES = 0.04


def kept(name: str) -> QImage:
    image = QImage(str(FOLDER / f"{name}.png"))
    assert not image.isNull()
    return image


@pytest.mark.parametrize("name", SCENES)
def test_it_looks_as_it_did(qapp: QApplication, name: str) -> None:
    levels, squares = difference(SCENES[name](), kept(name))
    assert levels <= MOST_LEVELS
    assert squares <= MOST_SQUARES


def test_no_picture_passes_for_another(qapp: QApplication) -> None:
    for name in SCENES:
        painted = SCENES[name]()
        for other in SCENES.keys() - {name}:
            levels, squares = difference(painted, kept(other))
            assert levels > MOST_LEVELS or squares > MOST_SQUARES
