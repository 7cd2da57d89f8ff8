"""Names for who does not see the window: those of what has no words of its own."""

from __future__ import annotations

import re
from typing import Final

from PyQt5.QtCore import QObject, QTimer
from PyQt5.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QWidget,
)

from .changes import follow_language

# The key that ends a tooltip, and the lines that explain it.
_KEY: Final = re.compile(r"\s*\([^()]*\)$")


class SpokenNames(QObject):
    """Names what a window holds by its tooltips and placeholders, in each language anew.

    What has a label has its name from there: `QLabel.setBuddy`.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        follow_language(window, self._soon)

    def _soon(self) -> None:
        # The window hears of another language before what it holds.
        QTimer.singleShot(0, self._name)

    def _name(self) -> None:
        labelled = {label.buddy() for label in self._window.findChildren(QLabel)}
        for kind in (QAbstractButton, QComboBox, QLineEdit, QAbstractSpinBox):
            for part in self._window.findChildren(kind):
                if part not in labelled and not _words_on(part):
                    part.setAccessibleName(_words_of(part))


def _words_on(part: QWidget) -> str:
    return part.text() if isinstance(part, QAbstractButton) else ""


def _words_of(part: QWidget) -> str:
    placeholder = part.placeholderText() if isinstance(part, QLineEdit) else ""
    return placeholder or _KEY.sub("", part.toolTip().partition("\n")[0])
