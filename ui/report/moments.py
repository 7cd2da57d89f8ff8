"""The list of disagreements: a small picture of each, its time, and what only one model has."""

from __future__ import annotations

from typing import Final

from PyQt5.QtCore import QCoreApplication, QSignalBlocker, QSize, Qt, pyqtSignal
from PyQt5.QtGui import QIcon
from PyQt5.QtWidgets import QAbstractItemView, QListWidget, QListWidgetItem, QWidget

from rkvideo.evaluation.disagreement import Disagreement, Disagreements

from ..look.changes import follow_font, follow_language
from ..look.sizes import px
from ..look.units import time_words
from .thumbnails import thumbnail_of

_WIDTH: Final = 116
_HEIGHT: Final = 76
_LETTERS: Final = 9.0


class MomentList(QListWidget):
    """The moments of a search, the one that differs most first; `opened` carries a row of it.

    A click opens, and so do Enter and the space bar on the row that has the focus.
    """

    opened = pyqtSignal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._report: Disagreements | None = None
        self.setWordWrap(True)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.itemClicked.connect(lambda item: self.opened.emit(self.row(item)))
        self.itemActivated.connect(lambda item: self.opened.emit(self.row(item)))
        follow_font(self, self._fill)
        follow_language(self, self._set_texts)

    @property
    def report(self) -> Disagreements | None:
        """What is listed, None for nothing."""
        return self._report

    def show_report(self, report: Disagreements | None) -> None:
        """List what a search has found."""
        self._report = report
        self.setCurrentRow(-1)
        self._fill()

    def step(self, by: int) -> int | None:
        """Choose the next row, or with -1 the one before; None where there is none that way."""
        row = self.currentRow() + by
        if not 0 <= row < self.count():
            return None
        self.setCurrentRow(row)
        return row

    def _fill(self) -> None:
        row = self.currentRow()
        with QSignalBlocker(self):
            self.clear()
            size = QSize(px(_WIDTH), px(_HEIGHT))
            self.setIconSize(size)
            self.setSpacing(px(1))
            for moment in self._report.found if self._report is not None else ():
                picture = thumbnail_of(moment, size, px(_LETTERS), self.devicePixelRatioF())
                shown = QIcon(picture)
                # Else Qt tints that of the chosen row.
                shown.addPixmap(picture, QIcon.Mode.Selected)
                self.addItem(QListWidgetItem(shown, ""))
            if row < self.count():
                self.setCurrentRow(row)
        self._set_texts()

    def _set_texts(self) -> None:
        report = self._report
        if report is None:
            return
        tip = self.tr(
            "A box counts by how far its score is above the threshold of {confidence}; the frame"
            " with the largest sum comes first."
        ).format(confidence=f"{report.confidence:g}")
        for row, moment in enumerate(report.found):
            item = self.item(row)
            if item is None:
                continue
            item.setText(moment_words(moment, report.titles))
            own = self.tr("differs by {weight}, both have {both}").format(
                weight=f"{moment.weight:.2f}", both=moment.both
            )
            near = (
                self.tr("1 frame of the same moment differs less")
                if moment.beside == 1
                else self.tr("{count} frames of the same moment differ less")
            ).format(count=moment.beside)
            lines = [own, *([near] if moment.beside else []), tip]
            item.setToolTip("\n".join(lines))


def moment_words(moment: Disagreement, titles: tuple[str, str]) -> str:
    """`0:09.4`, then a line such as `2 only in yolo11n@640` for each model that has some."""
    words = QCoreApplication.translate("MomentList", "{count} only in {model}")
    told = [
        words.format(count=moment.only(side), model=titles[side])
        for side in (0, 1)
        if moment.only(side)
    ]
    return "\n".join((place_words(moment.position_s), *told))


def place_words(position_s: float) -> str:
    """`0:09.4`: tenths of a second tell neighbours apart."""
    tenths = int(position_s * 10 + 1e-6)
    return f"{time_words(tenths / 10)}.{tenths % 10}"
