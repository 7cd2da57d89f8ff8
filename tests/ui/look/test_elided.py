"""Texts without room end in an ellipsis."""

from __future__ import annotations

import numpy as np
import pytest
from PyQt5.QtWidgets import QComboBox, QLabel, QWidget
from pytestqt.qtbot import QtBot

from rkvideo.ui.look.elided import ElidedComboBox, ElidedLabel, ElidedProgressBar
from tests.helpers.painted_samples import rgb

LONG = "a-long-name-of-a-clip.mp4, at full speed"


def painted(widget: QWidget, width: int) -> np.ndarray:
    widget.resize(width, widget.sizeHint().height())
    return rgb(widget.grab().toImage())


def label(kind: type[QLabel], text: str) -> QLabel:
    made = kind()
    made.setText(text)
    return made


def combo(kind: type[QComboBox], text: str) -> QComboBox:
    made = kind()
    made.addItem(text)
    return made


@pytest.mark.parametrize(
    ("make", "plain", "elided"),
    [(label, QLabel, ElidedLabel), (combo, QComboBox, ElidedComboBox)],
)
def test_what_has_room_is_as_ever_and_what_has_none_ends_in_dots(
    qtbot: QtBot, make, plain, elided
) -> None:
    widgets = [make(kind, LONG) for kind in (plain, elided)]
    for widget in widgets:
        qtbot.addWidget(widget)
    wide = widgets[0].sizeHint().width() + 20
    assert (painted(widgets[0], wide) == painted(widgets[1], wide)).all()
    cut, short = (painted(widget, wide // 2) for widget in widgets)
    assert cut.shape == short.shape
    # The beginning is the same, the end is not.
    assert (cut[:, : wide // 5] == short[:, : wide // 5]).all()
    assert (cut != short).any()
    room = widgets[1].fontMetrics().elidedText(LONG, 1, wide // 2 - 4)
    assert room.endswith("…")


def test_each_line_of_a_label_is_shortened_by_itself_and_kept_whole(qtbot: QtBot) -> None:
    widget = label(ElidedLabel, f"{LONG}\nshort")
    qtbot.addWidget(widget)
    same = label(ElidedLabel, f"{LONG} and more\nshort")
    qtbot.addWidget(same)
    height = widget.sizeHint().height()
    for each in (widget, same):
        each.resize(90, height)
    assert (rgb(widget.grab().toImage()) == rgb(same.grab().toImage())).all()
    assert widget.text() == f"{LONG}\nshort"


def test_words_in_a_bar_lose_their_middle_and_are_whole_where_the_mouse_rests(qtbot: QtBot) -> None:
    words = "2 of 6: yolo11n@640, warming up, 1:09 left"
    bar = ElidedProgressBar()
    qtbot.addWidget(bar)
    bar.setValue(0)
    bar.setFormat(words)
    room = bar.fontMetrics().horizontalAdvance(words)
    bar.resize(room + 20, 24)
    assert bar.text() == words
    bar.resize(room // 2, 24)
    assert bar.fontMetrics().horizontalAdvance(bar.text()) <= room // 2
    start, _, end = bar.text().partition("…")
    assert (words.startswith(start), words.endswith(end), "left" in end) == (True, True, True)
    assert bar.toolTip() == words
