"""Check boxes in lists: words begin behind them and are whole, however large the screen is."""

from __future__ import annotations

import pytest
from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
)
from pytestqt.qtbot import QtBot

from rkvideo.ui.look.checks import CheckRoom
from tests.helpers.styled import styled

WORDS = "yolo11n"


def tree() -> QTreeWidget:
    made = QTreeWidget()
    made.setRootIsDecorated(False)
    made.setItemDelegate(CheckRoom(made))
    item = QTreeWidgetItem([WORDS])
    item.setCheckState(0, Qt.Checked)
    made.addTopLevelItem(item)
    return made


def row() -> QListWidget:
    made = QListWidget()
    item = QListWidgetItem(WORDS, made)
    item.setCheckState(Qt.Checked)
    return made


@pytest.mark.parametrize("factor", [1.0, 1.5, 2.0, 4.0])
@pytest.mark.parametrize("make", [tree, row])
def test_words_begin_behind_their_check_box_and_are_whole(
    qapp: QApplication, qtbot: QtBot, make, factor: float
) -> None:
    with styled(qapp, factor):
        view: QAbstractItemView = make()
        qtbot.addWidget(view)
        view.resize(600, 200)
        view.show()
        option = QStyleOptionViewItem()
        option.initFrom(view)
        option.widget = view
        option.text = WORDS
        option.checkState = Qt.Checked
        option.features |= QStyleOptionViewItem.HasCheckIndicator | QStyleOptionViewItem.HasDisplay
        index = view.model().index(0, 0)
        option.rect = view.visualRect(index)
        option.rect.setWidth(view.sizeHintForColumn(0))
        parts = (QStyle.SE_ItemViewItemCheckIndicator, QStyle.SE_ItemViewItemText)
        box, words = (view.style().subElementRect(part, option, view) for part in parts)
        assert box.width() == round(13 * factor) + 2
        assert words.left() > box.right()
        if isinstance(view, QTreeWidget):
            # The list is as wide as its drawer; a column of a tree is as wide as its contents.
            margin = view.style().pixelMetric(QStyle.PM_FocusFrameHMargin, option, view) + 1
            assert words.width() >= view.fontMetrics().horizontalAdvance(WORDS) + 2 * margin
