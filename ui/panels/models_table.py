"""The models that are there, as the rows of a table."""

from __future__ import annotations

from enum import IntEnum
from typing import Any, Final

from PyQt5.QtCore import QT_TRANSLATE_NOOP, QAbstractTableModel, QCoreApplication, QModelIndex, Qt
from PyQt5.QtGui import QFont

from rkvideo.config import ModelChoice

from ..look.units import short_type

MOST_KEYS: Final = 9
SEARCHED: Final = Qt.ItemDataRole.UserRole
_NOTHING: Final = QModelIndex()


class ModelColumn(IntEnum):
    """The columns, left to right."""

    KEY = 0
    NAME = 1
    SIZE = 2
    TYPE = 3
    BACKEND = 4
    LICENCE = 5
    FPS = 6


_HEADERS: Final = {
    ModelColumn.KEY: "",
    ModelColumn.NAME: QT_TRANSLATE_NOOP("ModelsTable", "Model"),
    ModelColumn.SIZE: QT_TRANSLATE_NOOP("ModelsTable", "Size"),
    ModelColumn.TYPE: QT_TRANSLATE_NOOP("ModelsTable", "Type"),
    ModelColumn.BACKEND: QT_TRANSLATE_NOOP("ModelsTable", "Backend"),
    ModelColumn.LICENCE: QT_TRANSLATE_NOOP("ModelsTable", "Licence"),
    ModelColumn.FPS: "fps",
}
# As wide as `fp16` and `int8`; the tooltip has the whole word.
_NUMBERS: Final = (ModelColumn.KEY, ModelColumn.SIZE, ModelColumn.FPS)


class ModelsTable(QAbstractTableModel):
    """A row for each choice, in the order given.

    The usable ones are numbered from 1 to 9, as their keys are. The row in use and the one being
    loaded have a mark in place of the number.
    """

    def __init__(self) -> None:
        super().__init__()
        self._choices: tuple[ModelChoice, ...] = ()
        self._keys: dict[str, int] = {}
        self._running = -1
        self._loading = -1

    @property
    def choices(self) -> tuple[ModelChoice, ...]:
        """The rows."""
        return self._choices

    @property
    def running(self) -> ModelChoice | None:
        """The one in use."""
        return self._choices[self._running] if self._running >= 0 else None

    def show(self, choices: tuple[ModelChoice, ...]) -> None:
        """Show other choices, or the same with other figures; what is marked is marked anew."""
        is_same = [each.argument for each in choices] == [each.argument for each in self._choices]
        if not is_same:
            self.beginResetModel()
        self._choices = choices
        usable = [choice.argument for choice in choices if not choice.trouble]
        self._keys = {argument: 1 + place for place, argument in enumerate(usable[:MOST_KEYS])}
        if is_same:
            self._all_changed()
        else:
            self._running = self._loading = -1
            self.endResetModel()

    def mark(self, running: int, loading: int) -> None:
        """Mark the row in use and the one that is being loaded; -1 is none."""
        if (running, loading) != (self._running, self._loading):
            self._running, self._loading = running, loading
            self._all_changed()

    def argument_of(self, number: int) -> str | None:
        """What `--model` takes for the row with this key."""
        return next((name for name, key in self._keys.items() if key == number), None)

    def rowCount(self, parent: QModelIndex = _NOTHING) -> int:
        """One row for each choice."""
        return 0 if parent.isValid() else len(self._choices)

    def columnCount(self, parent: QModelIndex = _NOTHING) -> int:
        """The columns of `ModelColumn`."""
        return 0 if parent.isValid() else len(ModelColumn)

    def flags(self, index: QModelIndex) -> Qt.ItemFlags:
        """What cannot be used is grey."""
        if not index.isValid() or self._choices[index.row()].trouble:
            return Qt.ItemFlags(Qt.ItemFlag.NoItemFlags)
        return Qt.ItemFlags(Qt.ItemFlag.ItemIsEnabled) | Qt.ItemFlag.ItemIsSelectable

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The name of a column; whole in its tooltip, where there is no room for it."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            if section == ModelColumn.KEY:
                return "" if role == Qt.ItemDataRole.DisplayRole else self.tr("key")
            return QCoreApplication.translate("ModelsTable", _HEADERS[ModelColumn(section)])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(ModelColumn(section))
        return None

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Texts, marks and tooltips of a cell."""
        if not index.isValid():
            return None
        choice, column = self._choices[index.row()], ModelColumn(index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(index.row(), column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(index.row())
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if role == Qt.ItemDataRole.FontRole and index.row() == self._running:
            bold = QFont()
            bold.setBold(True)
            return bold
        if role == SEARCHED:
            return " ".join((choice.argument, choice.size_words, choice.precision, choice.backend))
        return None

    def retranslate(self) -> None:
        """The language has changed."""
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(ModelColumn) - 1)

    def _text(self, row: int, column: ModelColumn) -> str:
        choice = self._choices[row]
        match column:
            case ModelColumn.KEY:
                return self._marked_key(row)
            case ModelColumn.NAME:
                return choice.name
            case ModelColumn.SIZE:
                return choice.size_words
            case ModelColumn.TYPE:
                return short_type(choice.precision)
            case ModelColumn.BACKEND:
                return choice.backend
            case ModelColumn.LICENCE:
                return choice.licence
        return "" if choice.fps is None else f"{choice.fps:.{int(choice.fps < 100)}f}"

    def _marked_key(self, row: int) -> str:
        if row == self._running:
            return "▶"
        if row == self._loading:
            return "…"
        return str(self._keys.get(self._choices[row].argument, ""))

    def _tip(self, row: int) -> str:
        choice = self._choices[row]
        lines = [f"{choice.argument}   {choice.backend}   {choice.precision}"]
        if key := self._keys.get(choice.argument):
            lines.append(self.tr("key {number}").format(number=key))
        if choice.licence:
            lines.append(self.tr("licence: {name}").format(name=choice.licence))
        if row == self._running:
            lines.append(self.tr("in use"))
        if row == self._loading:
            lines.append(self.tr("is being loaded"))
        if choice.trouble:
            lines.append(choice.trouble)
        return "\n".join(lines)

    def _all_changed(self) -> None:
        if self._choices:
            last = self.index(len(self._choices) - 1, len(ModelColumn) - 1)
            self.dataChanged.emit(self.index(0, 0), last)


def _alignment(column: ModelColumn) -> int:
    side = Qt.AlignmentFlag.AlignRight if column in _NUMBERS else Qt.AlignmentFlag.AlignLeft
    return int(side | Qt.AlignmentFlag.AlignVCenter)
