"""The table of the bench's panel: a row for each model and size, one or two runs of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from PyQt5.QtCore import (
    QT_TRANSLATE_NOOP,
    QAbstractTableModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QSortFilterProxyModel,
    Qt,
)
from PyQt5.QtGui import QFont
from PyQt5.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from rkvideo.bench.columns import COLUMNS, Column, best, loads_text, number_text
from rkvideo.bench.pairs import RowPair, paired
from rkvideo.bench.results import BenchRow
from rkvideo.bench.verdict import counts_same_frames
from rkvideo.sizes.words import size_text

from ..look import theme
from ..look.changes import follow_font, follow_language
from .clock_words import clocks_text

SORT_ROLE: Final = int(Qt.ItemDataRole.UserRole)

_TITLES: Final = {
    "backend": QT_TRANSLATE_NOOP("BenchTable", "backend"),
    "input": QT_TRANSLATE_NOOP("BenchTable", "input\npixels"),
    "clocks": QT_TRANSLATE_NOOP("BenchTable", "clocks"),
    "fps": QT_TRANSLATE_NOOP("BenchTable", "fps"),
    "spread": QT_TRANSLATE_NOOP("BenchTable", "fps, lowest\nto highest"),
    "infer_p50_ms": QT_TRANSLATE_NOOP("BenchTable", "infer\np50 ms"),
    "infer_p95_ms": QT_TRANSLATE_NOOP("BenchTable", "infer\np95 ms"),
    "latency_p50_ms": QT_TRANSLATE_NOOP("BenchTable", "latency\np50 ms"),
    "latency_p95_ms": QT_TRANSLATE_NOOP("BenchTable", "latency\np95 ms"),
    "cpu_percent": QT_TRANSLATE_NOOP("BenchTable", "CPU\n%"),
    "cpu_ms": QT_TRANSLATE_NOOP("BenchTable", "CPU ms\nper frame"),
    "memory_mb": QT_TRANSLATE_NOOP("BenchTable", "memory\nMB"),
    "npu_load": QT_TRANSLATE_NOOP("BenchTable", "NPU load\n% per core"),
    "celsius_before": QT_TRANSLATE_NOOP("BenchTable", "before\n°C"),
    "celsius_after": QT_TRANSLATE_NOOP("BenchTable", "after\n°C"),
    "mhz_before": QT_TRANSLATE_NOOP("BenchTable", "before\nNPU MHz"),
    "mhz_after": QT_TRANSLATE_NOOP("BenchTable", "after\nNPU MHz"),
    "dropped": QT_TRANSLATE_NOOP("BenchTable", "dropped"),
    "detections": QT_TRANSLATE_NOOP("BenchTable", "boxes\nper frame"),
}
_HINTS: Final = {
    "fps": QT_TRANSLATE_NOOP("BenchTable", "mean of the repeats"),
    "latency_p50_ms": QT_TRANSLATE_NOOP(
        "BenchTable", "from a frame's arrival to its boxes; as fast as possible, frames queue"
    ),
    "cpu_percent": QT_TRANSLATE_NOOP("BenchTable", "of the whole program; 100 is one core"),
    "memory_mb": QT_TRANSLATE_NOOP("BenchTable", "the most that the whole program held"),
    "npu_load": QT_TRANSLATE_NOOP("BenchTable", "mean of the samples"),
    "dropped": QT_TRANSLATE_NOOP("BenchTable", "frames that were not shown"),
    "clocks": QT_TRANSLATE_NOOP("BenchTable", "whether they stood still meanwhile"),
}
# What a user decides by, in this order; the rest is behind "more".
_FIRST: Final = ("fps", "infer_p50_ms", "latency_p50_ms", "detections", "cpu_ms")
# Both ends of the repeats stand in one column.
_IN_SPREAD: Final = ("fps_min", "fps_max")
_WORDS: Final = ("backend", "clocks")
_RIGHT: Final = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


@dataclass(frozen=True, slots=True)
class _Field:
    """A column of the table: text and value of a pair; `side` is the run of a figure."""

    key: str
    side: str
    text: Callable[[RowPair], str]
    value: Callable[[RowPair], float | str | None]
    figure: Column | None = None


class BenchTable(QAbstractTableModel):
    """The rows of run A, and with a run B its figures beside them and the change in percent."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pairs: tuple[RowPair, ...] = ()
        self._best: dict[str, float | None] = {}
        self._fields = _fields(has_b=False)
        self._is_same = True

    def show_rows(self, a: Sequence[BenchRow], b: Sequence[BenchRow] = ()) -> bool:
        """Show other rows; False where they are those that are there already."""
        pairs = paired(a, b)
        if pairs == self._pairs:
            return False
        self.beginResetModel()
        self._pairs = pairs
        self._fields = _fields(has_b=bool(b))
        self._is_same = counts_same_frames([row for row in (*a, *b) if row.measurements])
        self._best = {column.key: best(column, tuple(a)) for column in COLUMNS}
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
            if (all_of_them or field.key in _FIRST)
            and (not self._pairs or any(field.value(pair) is not None for pair in self._pairs))
        )

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
            return theme.LEFT if field.key in _WORDS else _RIGHT
        if role == Qt.ItemDataRole.FontRole and self._is_best(field, pair):
            font = QFont()
            font.setBold(True)
            return font
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(pair) or None
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
            title = QCoreApplication.translate("BenchTable", _TITLES[field.key])
            if field.key == "detections" and not self._is_same:
                title = self.tr("boxes a frame,\nother frames")
            return title if field.side == "" else f"{title}\n{_side_text(field.side)}"
        if role == Qt.ItemDataRole.ToolTipRole and field.key in _HINTS:
            return QCoreApplication.translate("BenchTable", _HINTS[field.key])
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

    def _is_best(self, field: _Field, pair: RowPair) -> bool:
        if field.figure is None or field.side not in ("", "A") or pair.a is None:
            return False
        winner = self._best[field.key]
        return winner is not None and field.figure.value(pair.a) == winner


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


def _fields(*, has_b: bool) -> tuple[_Field, ...]:
    fields = []
    for column in sorted(COLUMNS, key=_place):
        if column.key in _IN_SPREAD:
            continue
        fields += [_of_a(column, "A" if has_b else ""), *([_of_b(column)] if has_b else [])]
        if has_b and column.key != "npu_load":
            fields.append(_change(column))
    fields += [
        *_spreads(has_b=has_b),
        _Field(
            "backend",
            "",
            lambda pair: pair.row.runs_on,
            lambda pair: pair.row.runs_on,
        ),
        _Field("input", "", _input_text, lambda pair: pair.row.pixels),
        _Field(
            *("clocks", "", lambda pair: clocks_text(pair.row) or number_text(None, 0)),
            lambda pair: clocks_text(pair.row) or None,
        ),
    ]
    return tuple(fields)


def _place(column: Column) -> int:
    return _FIRST.index(column.key) if column.key in _FIRST else len(_FIRST)


def _spreads(*, has_b: bool) -> list[_Field]:
    def of(side: str, row_of: Callable[[RowPair], BenchRow | None]) -> _Field:
        def text(pair: RowPair) -> str:
            row = row_of(pair)
            spread = None if row is None else row.fps_spread
            if spread is None:
                return number_text(None, 0)
            words = QCoreApplication.translate("BenchTable", "{lowest} to {highest}")
            return words.format(lowest=f"{spread[0]:.1f}", highest=f"{spread[1]:.1f}")

        def width(pair: RowPair) -> float | None:
            row = row_of(pair)
            spread = None if row is None else row.fps_spread
            return None if spread is None else spread[1] - spread[0]

        return _Field("spread", side, text, width)

    if not has_b:
        return [of("", lambda pair: pair.a)]
    return [of("A", lambda pair: pair.a), of("B", lambda pair: pair.b)]


def _input_text(pair: RowPair) -> str:
    return size_text(pair.row.size) if pair.row.size is not None else "–"  # noqa: RUF001


def _of_a(column: Column, side: str) -> _Field:
    return _Field(
        column.key,
        side,
        lambda pair: _figure_text(column, pair.a),
        lambda pair: None if pair.a is None else column.value(pair.a),
        column,
    )


def _of_b(column: Column) -> _Field:
    return _Field(
        column.key,
        "B",
        lambda pair: _figure_text(column, pair.b),
        lambda pair: None if pair.b is None else column.value(pair.b),
        column,
    )


def _change(column: Column) -> _Field:
    def text(pair: RowPair) -> str:
        change = pair.change(column)
        return number_text(None, 0) if change is None else f"{change:+.1f}"

    return _Field(column.key, "%", text, lambda pair: pair.change(column), column)


def _figure_text(column: Column, row: BenchRow | None) -> str:
    if row is None:
        return number_text(None, 0)
    return loads_text(row) if column.key == "npu_load" else column.text(row)


def _side_text(side: str) -> str:
    return "B - A, %" if side == "%" else side
