"""How large things are on which screen, and the style that is made from it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PyQt5.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from rkvideo.ui.look.icons import NAMES, icon, tool_button
from rkvideo.ui.look.sizes import ScreenFacts, px
from rkvideo.ui.look.style import apply_style
from tests.helpers.styled import styled


@pytest.fixture
def dark(qapp: QApplication) -> Iterator[QApplication]:
    """The application, which has its old looks again afterwards."""
    with styled(qapp):
        yield qapp


@pytest.mark.parametrize(
    ("screen", "factor"),
    [
        (ScreenFacts(1920, 1080), 1.0),
        (ScreenFacts(3840, 2160), 2.0),
        (ScreenFacts(1280, 720), 1.0),
        (ScreenFacts(2160, 3840), 2.0),
        (ScreenFacts(2560, 1080), 1.0),
        (ScreenFacts(1920, 1080, 144.0), 1.5),
        (ScreenFacts(15360, 8640), 4.0),
    ],
)
def test_things_take_the_same_share_of_every_screen(screen: ScreenFacts, factor: float) -> None:
    assert screen.factor == factor


def test_text_icons_and_lengths_are_twice_as_large_at_twice_the_screen(
    dark: QApplication, qtbot: QtBot
) -> None:
    heights, icons = [], []
    label, button = QLabel("words"), tool_button("play")
    qtbot.addWidget(label)
    qtbot.addWidget(button)
    for factor in (1.0, 2.0):
        apply_style(dark, factor)
        assert dark.font().pixelSize() == 13 * factor
        assert px(320) == 320 * factor
        label.ensurePolished()
        button.ensurePolished()
        heights.append(label.fontMetrics().height())
        icons.append(button.iconSize().width())
    assert heights[1] == pytest.approx(2 * heights[0], abs=2)
    assert icons == [18, 36]


def test_a_thin_line_stays_thin_and_paddings_grow(dark: QApplication) -> None:
    apply_style(dark, 2.0)
    sheet = dark.styleSheet()
    assert "border: 1px solid" in sheet
    assert "QMenu::item { padding: 10px 44px; }" in sheet


def test_each_icon_is_a_picture_of_its_own(qapp: QApplication) -> None:
    pictures = {
        bytes(icon(name).pixmap(32).toImage().bits().asarray(32 * 32 * 4)) for name in NAMES
    }
    assert len(pictures) == len(NAMES)
