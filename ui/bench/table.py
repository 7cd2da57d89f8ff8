"""The table of the bench's panel: a row for each model and size, one or two runs of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from PyQt5.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QSortFilterProxyModel,
    Qt,
)
from PyQt5.QtGui import QFont
from PyQt5.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from rkvideo.bench.pairs import RowPair, paired
from rkvideo.bench.results import BenchRow
from rkvideo.bench.verdict import counts_same_frames

from ..look import theme
from ..look.changes import follow_font, follow_language
from .columns import HINTS, TITLES, WORDS, BesideFps, Field, fields_of, side_text

SORT_ROLE: Final = int(Qt.ItemDataRole.UserRole)

_RIGHT: Final = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class BenchTable(QAbstractTableModel):
    """The rows of run A, and with a run B its figures beside them and the change in percent."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pairs: tuple[RowPair, ...] = ()
        self._beside = BesideFps()
        self._best: dict[str, float | None] = {}
        self._fields = fields_of(self._beside, has_b=False)
        self._is_same = True

    def show_rows(
        self,
        a: Sequence[BenchRow],
        b: Sequence[BenchRow] = (),
        beside: BesideFps = BesideFps(),  # noqa: B008
    ) -> bool:
        """Show other rows, with what stands beside their fps; False where all of it is there."""
        pairs = paired(a, b)
        if (pairs, beside) == (self._pairs, self._beside):
            return False
        self.beginResetModel()
        self._pairs, self._beside = pairs, beside
        self._fields = fields_of(beside, has_b=bool(b))
        self._is_same = counts_same_frames([row for row in (*a, *b) if row.measurements])
        self._best = {
            field.key: field.best(pairs) for field in self._fields if field.side in ("", "A")
        }
        self.endResetModel()
        return True

    def pair(self, number: int) -> RowPair:
        """The pair of a row of this model, not of its sorting proxy."""
        return self._pairs[number]

    def shown_columns(self, *, all_of_them: bool) -> tuple[int, ...]:
        """The columns that say something: those that people decide by, or all of them."""
        return tuple(
            number
            for number, field in enumerate(self._fields)
            if (all_of_them or field.is_first) and self._says_something(field)
        )

    def _says_something(self, field: Field) -> bool:
        if not self._pairs:
            return not field.is_quality
        return any(field.value(pair) is not None for pair in self._pairs)

    def retranslate(self) -> None:
        """The headings in the language that is chosen now."""
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self._fields) - 1)
        if self._pairs:
            self.headerDataChanged.emit(Qt.Orientation.Vertical, 0, len(self._pairs) - 1)

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008
        """See QAbstractTableModel."""
        return 0 if parent.isValid() else len(self._pairs)

    def columnCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008
        """See QAbstractTableModel."""
        return 0 if parent.isValid() else len(self._fields)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """See QAbstractTableModel."""
        pair, field = self._pairs[index.row()], self._fields[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return field.text(pair)
        if role == SORT_ROLE:
            return field.value(pair)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return theme.LEFT if field.key in WORDS else _RIGHT
        if role == Qt.ItemDataRole.FontRole and self._is_best(field, pair):
            font = QFont()
            font.setBold(True)
            return font
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(pair) or field.tip(pair) or None
        if role == Qt.ItemDataRole.ForegroundRole and pair.row.trouble:
            return theme.FAINT_TEXT
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """See QAbstractTableModel."""
        if orientation == Qt.Orientation.Vertical:
            return self._row_header(self._pairs[section], role)
        field = self._fields[section]
        if role == Qt.ItemDataRole.DisplayRole:
            title = QCoreApplication.translate("BenchTable", TITLES[field.key])
            title = title.format(confidence=self._beside.confidence_text)
            if field.key == "detections" and not self._is_same:
                title = self.tr("boxes a frame,\nother frames")
            return title if field.side == "" else f"{title}\n{side_text(field.side)}"
        if role == Qt.ItemDataRole.ToolTipRole and field.key in HINTS:
            return QCoreApplication.translate("BenchTable", HINTS[field.key])
        return None

    def _row_header(self, pair: RowPair, role: int) -> Any:
        row = pair.row
        if role == Qt.ItemDataRole.DisplayRole:
            if row.trouble:
                return self.tr("{model} (failed)").format(model=row.title)
            if row.throttled:
                return self.tr("{model} (throttled)").format(model=row.title)
            return row.title
        if role == Qt.ItemDataRole.ForegroundRole:
            if row.trouble:
                return theme.ERROR
            return theme.WARNING if row.throttled else None
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(pair) or row.argument
        return None

    def _tip(self, pair: RowPair) -> str:
        if pair.row.trouble:
            return pair.row.trouble
        if pair.row.throttled:
            return self.tr("the NPU's clock was held back while this row was measured")
        return ""

    def _is_best(self, field: Field, pair: RowPair) -> bool:
        if field.side not in ("", "A") or pair.a is None:
            return False
        winner = self._best.get(field.key)
        return winner is not None and field.value(pair) == winner


class BenchView(QTableView):
    """The table as a widget: sorted by a click on a heading, in the plan's order at first."""

    def __init__(self, model: BenchTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table = model
        self._sorted = _Sorted(self)
        self._sorted.setSourceModel(model)
        self._sorted.setSortRole(SORT_ROLE)
        self.setModel(self._sorted)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setWordWrap(False)
        headings = QHeaderView(Qt.Orientation.Horizontal, self)
        headings.setSectionsClickable(True)
        headings.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        headings.setSortIndicator(-1, Qt.SortOrder.DescendingOrder)
        self.setHorizontalHeader(headings)
        self._headings = headings
        rows = QHeaderView(Qt.Orientation.Vertical, self)
        # Rows of one height: to measure every cell for it would take too long.
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setVerticalHeader(rows)
        self._rows = rows
        follow_font(self, self._set_row_height)
        follow_language(self, model.retranslate)
        self._shows_all = False
        model.modelReset.connect(self._hide_columns)
        self._hide_columns()
        self.setSortingEnabled(True)

    def show_all(self, is_all: bool) -> None:
        """Whether every column that says something is shown, or those that people decide by."""
        self._shows_all = is_all
        self._hide_columns()

    def _hide_columns(self) -> None:
        shown = set(self._table.shown_columns(all_of_them=self._shows_all))
        for column in range(self._table.columnCount()):
            self.setColumnHidden(column, column not in shown)

    @property
    def selected(self) -> tuple[str, ...]:
        """The `--model` arguments of the rows that are selected, as they stand in the plan."""
        selection = self.selectionModel()
        chosen = selection.selectedRows() if selection is not None else []
        numbers = sorted(self._sorted.mapToSource(index).row() for index in chosen)
        return tuple(self._table.pair(number).row.argument for number in numbers)

    @property
    def table(self) -> BenchTable:
        """The rows, unsorted."""
        return self._table

    def fit(self, font: QFont, columns: Iterable[int] | None = None) -> None:
        """Take the size at which nothing is cut off, in this font and with these columns only."""
        # Else every cell would be measured again for each column that is hidden.
        self._headings.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        for part in (self, self._headings, self._rows):
            part.setFont(font)
            part.ensurePolished()
        if columns is not None:
            shown = set(columns)
            for column in range(self._table.columnCount()):
                self.setColumnHidden(column, column not in shown)
        self.resizeColumnsToContents()
        self._set_row_height()
        frame = 2 * self.frameWidth()
        self.resize(
            self._rows.sizeHint().width() + self._headings.length() + frame,
            self._headings.sizeHint().height() + self._rows.length() + frame,
        )

    def _set_row_height(self) -> None:
        self._rows.setDefaultSectionSize(round(1.35 * self.fontMetrics().height()))


class _Sorted(QSortFilterProxyModel):
    """Sorts by the values; what is absent comes last, whichever way."""

    def lessThan(self, left: QModelIndex, right: QModelIndex) -> bool:
        first, second = left.data(SORT_ROLE), right.data(SORT_ROLE)
        if first is None or second is None:
            is_rising = self.sortOrder() == Qt.SortOrder.AscendingOrder
            return (first is not None) if is_rising else (first is None and second is not None)
        return bool(first < second)
