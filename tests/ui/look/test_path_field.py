"""Dropping a file or a folder on the field that names one."""

from __future__ import annotations

import pytest
from PyQt5.QtCore import QMimeData, QPoint, Qt, QUrl
from PyQt5.QtGui import QDragEnterEvent, QDropEvent
from PyQt5.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from rkvideo.ui.look.path_field import PathField


@pytest.fixture
def field(qtbot: QtBot) -> PathField:
    made = PathField("/data/coco")
    qtbot.addWidget(made)
    return made


def drop(field: PathField, dropped: QMimeData) -> bool:
    buttons = (QPoint(1, 1), Qt.CopyAction, dropped, Qt.LeftButton, Qt.NoModifier)
    entering = QDragEnterEvent(*buttons)
    QApplication.sendEvent(field, entering)
    QApplication.sendEvent(field, QDropEvent(*buttons))
    return entering.isAccepted()


def test_a_folder_takes_the_place_of_what_is_there(field: PathField) -> None:
    dropped = QMimeData()
    dropped.setUrls([QUrl.fromLocalFile("/data/my pictures")])
    assert drop(field, dropped)
    assert field.text() == "/data/my pictures"


@pytest.mark.parametrize("address", ["rtsp://cam/1", ""])
def test_what_is_no_file_is_for_somebody_else(field: PathField, address: str) -> None:
    dropped = QMimeData()
    dropped.setText("words")
    if address:
        dropped.setUrls([QUrl(address)])
    assert not drop(field, dropped)
    assert field.text() == "/data/coco"
