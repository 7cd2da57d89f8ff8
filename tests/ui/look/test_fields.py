"""Choices and numbers: their arrows are as large as the screen wants them, as are the fields."""

from __future__ import annotations

import pytest
from PyQt5.QtCore import QRect
from PyQt5.QtGui import QImage
from PyQt5.QtWidgets import (
    QApplication,
    QComboBox,
    QLineEdit,
    QMenu,
    QPushButton,
    QSpinBox,
    QStyle,
    QStyleOptionComboBox,
    QStyleOptionSpinBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.helpers.styled import styled


def bright(image: QImage, area: QRect) -> QRect:
    """The smallest rectangle that holds every bright pixel of an area."""
    found = QRect()
    for y in range(area.top(), area.bottom() + 1):
        for x in range(area.left(), area.right() + 1):
            if image.pixelColor(x, y).lightness() > 128:
                found |= QRect(x, y, 1, 1)
    return found


def choice() -> tuple[QWidget, QStyle.ComplexControl, QStyle.SubControl, QStyleOptionComboBox]:
    combo = QComboBox()
    combo.addItem("one")
    option = QStyleOptionComboBox()
    combo.initStyleOption(option)
    return combo, QStyle.CC_ComboBox, QStyle.SC_ComboBoxArrow, option


def number() -> tuple[QWidget, QStyle.ComplexControl, QStyle.SubControl, QStyleOptionSpinBox]:
    spin = QSpinBox()
    option = QStyleOptionSpinBox()
    spin.initStyleOption(option)
    return spin, QStyle.CC_SpinBox, QStyle.SC_SpinBoxUp, option


# Of a picture of 64 the arrow has 38: 7 of 12 pixels, 6 of 10.
@pytest.mark.parametrize(("make", "wide", "arrow"), [(choice, 16, 7), (number, 16, 6)])
@pytest.mark.parametrize("factor", [1.0, 2.0, 4.0])
def test_arrows_of_fields_grow_with_the_screen(
    qapp: QApplication, qtbot: QtBot, make, wide: int, arrow: int, factor: float
) -> None:
    with styled(qapp, factor):
        field, control, part, option = make()
        qtbot.addWidget(field)
        field.resize(round(200 * factor), field.sizeHint().height())
        field.show()
        option.initFrom(field)
        option.rect = field.rect()
        area = field.style().subControlRect(control, option, part, field)
        assert area.width() == pytest.approx(wide * factor, abs=2)
        # The line around the field is one pixel at its end.
        seen = bright(field.grab().toImage(), area.adjusted(1, 2, -3, -1))
        assert seen.width() == pytest.approx(arrow * factor, abs=2)


@pytest.mark.parametrize("factor", [1.0, 2.0, 4.0])
def test_fields_of_a_form_are_equally_high(qapp: QApplication, qtbot: QtBot, factor: float) -> None:
    with styled(qapp, factor):
        fields = (QLineEdit(), QComboBox(), QSpinBox())
        for field in fields:
            qtbot.addWidget(field)
            field.show()
        heights = [field.sizeHint().height() for field in fields]
        assert max(heights) - min(heights) <= 2 * factor


def test_a_button_with_a_menu_has_room_for_its_words_and_the_arrow(
    qapp: QApplication, qtbot: QtBot
) -> None:
    with styled(qapp, 2.0):
        button = QPushButton("Earlier reports")
        button.setMenu(QMenu(button))
        qtbot.addWidget(button)
        button.resize(button.sizeHint())
        button.show()
        words = button.fontMetrics().horizontalAdvance(button.text())
        # Two paddings of 10, the arrow and its gap.
        assert button.width() >= words + 2 * (10 + 12 + 4)
