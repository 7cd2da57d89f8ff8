"""The view of the table of models: whole rows, in columns that share what room there is."""

from __future__ import annotations

from typing import Final

from PyQt5.QtCore import QModelIndex, Qt, pyqtSignal
from PyQt5.QtGui import QFontMetrics, QKeyEvent, QResizeEvent
from PyQt5.QtWidgets import QAbstractItemView, QApplication, QHeaderView, QTableView

from .models_table import ModelColumn

_FONT_SHARE: Final = 0.85  # of the application's: seven columns share 300 pixels
_CELL_PADDING: Final = 7
_HEADING_PADDING: Final = 20  # that of the style and of the heading, and the line beside it
_ROW_PADDING: Final = 8
# Which columns give up room where there is too little of it, in that order, and the text that
# they still show.
_YIELDING: Final = (
    (ModelColumn.LICENCE, "A…"),
    (ModelColumn.NAME, "yolo11n"),
    (ModelColumn.BACKEND, "o…"),
    (ModelColumn.NAME, "yo…"),
    (ModelColumn.SIZE, "640"),
)


class ModelRows(QTableView):
    """`picked` is a plain click on a row or Enter, not a click that extends the selection."""

    picked = pyqtSignal(QModelIndex)

    def __init__(self) -> None:
        super().__init__()
        font = self.font()
        if font.pointSizeF() > 0:
            font.setPointSizeF(_FONT_SHARE * font.pointSizeF())
            self.setFont(font)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        if (rows := self.verticalHeader()) is not None:
            rows.hide()
            rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
            rows.setDefaultSectionSize(QFontMetrics(font).height() + _ROW_PADDING)
        if (columns := self.horizontalHeader()) is not None:
            columns.setFont(font)
            columns.setMinimumSectionSize(1)
            columns.setHighlightSections(False)
            columns.setTextElideMode(Qt.TextElideMode.ElideRight)
            columns.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.clicked.connect(self._clicked)

    def fit_columns(self) -> None:
        """Give each column the room of its widest text; too little is shared, too much is NAME's.

        Call it when the rows have changed.
        """
        model, viewport = self.model(), self.viewport()
        if model is None or viewport is None:
            return
        bold = self.font()
        bold.setBold(True)
        metrics = QFontMetrics(bold)

        def room(text: str) -> int:
            return metrics.horizontalAdvance(text) + _CELL_PADDING

        widths = {
            column: max(
                (room(model.index(row, column).data() or "0") for row in range(model.rowCount())),
                default=room("0000"),
            )
            for column in ModelColumn
        }
        spare = viewport.width() - sum(widths.values())
        for column, text in _YIELDING:
            if spare < 0:
                given = min(-spare, max(0, widths[column] - room(text)))
                widths[column] -= given
                spare += given
        # Whole headings, as far as there is room; their tooltips have them too.
        for column in ModelColumn:
            heading = str(model.headerData(column, Qt.Orientation.Horizontal) or "")
            wanted = metrics.horizontalAdvance(heading) + _HEADING_PADDING - widths[column]
            given = max(0, min(spare, wanted if heading else 0))
            widths[column] += given
            spare -= given
        widths[ModelColumn.NAME] += max(0, spare)
        for column, width in widths.items():
            self.setColumnWidth(column, width)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Share the new width."""
        super().resizeEvent(event)
        self.fit_columns()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Enter picks the current row."""
        if event is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.currentIndex().isValid():
                self.picked.emit(self.currentIndex())
            return
        super().keyPressEvent(event)

    def _clicked(self, index: QModelIndex) -> None:
        if QApplication.keyboardModifiers() == Qt.KeyboardModifier.NoModifier:
            self.picked.emit(index)
