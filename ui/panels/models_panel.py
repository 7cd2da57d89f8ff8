"""The Models panel: every model and size that is there; a click switches to it."""

from __future__ import annotations

from PyQt5.QtCore import QModelIndex, QSortFilterProxyModel, Qt, pyqtSignal
from PyQt5.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from rkvideo.config import ModelChoice, ModelName
from rkvideo.status import LoadedModel

from ..look import theme
from ..look.changes import follow_language
from ..look.units import size_words
from .models_rows import ModelRows
from .models_table import SEARCHED, ModelColumn, ModelsTable

_PAIR = 2


class ModelsPanel(QWidget):
    """A table of models.

    `chosen` carries what `--model` takes, `beside_asked` two of them, A and B. The keys 1 to 9 and
    the brackets are the window's: it asks `argument_of` and `neighbour`.
    """

    chosen = pyqtSignal(str)
    beside_asked = pyqtSignal(str, str)
    refresh_asked = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table = ModelsTable()
        self._found = QSortFilterProxyModel(self)
        self._running = ""
        self._in_use = ""
        self._loading = ""
        self._loaded: tuple[LoadedModel, ...] = ()
        self.search = QLineEdit()
        self.view = ModelRows()
        self.beside = QPushButton()
        self.refresh = QPushButton()
        self.memory = QLabel()
        self._build()
        follow_language(self, self._set_texts)

    def show_choices(self, choices: tuple[ModelChoice, ...]) -> None:
        """Show these models; what was selected stays so where they are the same."""
        self._table.show(choices)
        self._mark()
        self.view.fit_columns()
        self._selection_changed()

    def show_status(self, running: str, loading: str, loaded: tuple[LoadedModel, ...]) -> None:
        """Mark the model in use and the one being loaded, and tell what is in memory.

        `running` is its `--model` argument. Where no row has it (`yolo11n` for `yolo11n@640`),
        the first of `loaded` tells which row it is, also after the run has ended.
        """
        if loaded:
            self._in_use = loaded[0].title
        elif running != self._running:
            self._in_use = ""
        self._running, self._loading, self._loaded = running, loading, loaded
        self._mark()
        self._show_memory()

    def argument_of(self, number: int) -> str | None:
        """The model of key 1 to 9, None where there is none."""
        return self._table.argument_of(number)

    def neighbour(self, step: int) -> str | None:
        """The model in use, `step` sizes larger (smaller where negative), None at the end."""
        running = self._table.running
        if running is None:
            return None
        family = [
            choice
            for choice in self._table.choices
            if (choice.name, choice.backend) == (running.name, running.backend)
            and not choice.trouble
        ]
        orders = sorted({choice.order for choice in (*family, running)})
        place = orders.index(running.order) + step
        if not 0 <= place < len(orders):
            return None
        there = [choice for choice in family if choice.order == orders[place]]
        # Of two of that size the one that was quantised alike.
        there.sort(key=lambda choice: choice.precision != running.precision)
        return there[0].argument if there else None

    def _build(self) -> None:
        self._found.setSourceModel(self._table)
        self._found.setFilterRole(SEARCHED)
        self._found.setFilterKeyColumn(ModelColumn.NAME)
        self._found.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.view.setModel(self._found)
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._found.setFilterFixedString)
        self.view.picked.connect(self._picked)
        if (selection := self.view.selectionModel()) is not None:
            selection.selectionChanged.connect(self._selection_changed)
        self.beside.clicked.connect(self._ask_beside)
        self.refresh.clicked.connect(self.refresh_asked)
        self.beside.setEnabled(False)
        self.memory.setWordWrap(True)
        top = QHBoxLayout()
        top.addWidget(self.search, 1)
        top.addWidget(self.refresh)
        column = QVBoxLayout(self)
        column.setContentsMargins(*theme.panel_margins())
        column.addLayout(top)
        column.addWidget(self.view, 1)
        column.addWidget(self.beside)
        column.addWidget(self.memory)

    def _picked(self, index: QModelIndex) -> None:
        choice = self._choice(index)
        if not choice.trouble and choice is not self._table.running:
            self.chosen.emit(choice.argument)

    def _choice(self, index: QModelIndex) -> ModelChoice:
        return self._table.choices[self._found.mapToSource(index).row()]

    def _selected(self) -> list[ModelChoice]:
        """The selected rows, the one in use first, then from top to bottom."""
        selection = self.view.selectionModel()
        rows = sorted(index.row() for index in selection.selectedRows()) if selection else []
        choices = [self._choice(self._found.index(row, 0)) for row in rows]
        return sorted(choices, key=lambda choice: choice is not self._table.running)

    def _selection_changed(self) -> None:
        self.beside.setEnabled(len(self._selected()) == _PAIR)

    def _ask_beside(self) -> None:
        if len(pair := self._selected()) == _PAIR:
            self.beside_asked.emit(pair[0].argument, pair[1].argument)

    def _mark(self) -> None:
        running = self._row_of(self._running)
        self._table.mark(
            self._row_of(self._in_use) if running < 0 else running, self._row_of(self._loading)
        )

    def _row_of(self, title: str) -> int:
        """The row with this argument, else with this `NAME@SIZE`, -1 where there is none."""
        if not title:
            return -1
        names = [choice.argument for choice in self._table.choices]
        titles = [str(ModelName(each.name, each.size, each.fits)) for each in self._table.choices]
        for known in (names, titles):
            if title in known:
                return known.index(title)
        return -1

    def _show_memory(self) -> None:
        lines = [_memory_line(model) for model in self._loaded]
        if lines:
            lines.insert(0, self.tr("In memory:"))
        if self._loading:
            lines.append(self.tr("loading {model}…").format(model=self._loading))
        self.memory.setText("\n".join(lines))
        self.memory.setVisible(bool(lines))

    def _set_texts(self) -> None:
        self.search.setPlaceholderText(self.tr("search a model"))
        self.refresh.setText(self.tr("Refresh"))
        self.refresh.setToolTip(self.tr("look for models again"))
        self.beside.setText(self.tr("Compare A|B"))
        self.beside.setToolTip(
            self.tr(
                "select two rows, the second one with Ctrl and a click, and see them side by side"
            )
        )
        self._table.retranslate()
        self.view.fit_columns()
        self._show_memory()


def _memory_line(model: LoadedModel) -> str:
    memory = "" if model.memory_bytes is None else f"   {size_words(model.memory_bytes)}"
    return f"{model.title}   {model.backend} x{model.contexts}{memory}"
