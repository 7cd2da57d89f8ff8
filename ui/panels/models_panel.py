"""The Models panel: a card for each model; a click on a size switches to it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PyQt5.QtCore import QEvent, pyqtSignal
from PyQt5.QtWidgets import (
    QAction,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QVBoxLayout,
    QWidget,
)

from rkvideo.config import FetchChoice, ModelChoice
from rkvideo.status import LoadedModel

from ..look import theme
from ..look.changes import follow_language
from ..look.file_dialog import open_dialog
from ..look.folding_bar import FoldingBar
from ..look.icons import icon, tool_button
from ..look.key_names import with_key
from ..look.sizes import px
from .model_book import ModelBook
from .model_card import ModelCard, SizeChip

_FILES: Final = "*.onnx *.rknn"


class ModelsPanel(QWidget):
    """Cards of models.

    `chosen` carries what `--model` takes, `beside_asked` two of them, A and B; `add_asked` the path
    of a model file, `fetch_asked` the name of a model that can be fetched. The keys 1 to 9 and the
    brackets are the window's: it asks `argument_of` and `neighbour`.
    """

    chosen = pyqtSignal(str)
    beside_asked = pyqtSignal(str, str)
    refresh_asked = pyqtSignal()
    add_asked = pyqtSignal(object)
    fetch_asked = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._book = ModelBook()
        self._cards: tuple[ModelCard, ...] = ()
        self._dialog: QFileDialog | None = None
        self.search = QLineEdit()
        self.refresh = tool_button("loop")
        self.bar = FoldingBar()
        self.beside = QAction(icon("beside"), "", self)
        self.add = QAction(icon("add"), "", self)
        self.fetch_menu = QMenu(self)
        self.loading = QLabel()
        self._list = QVBoxLayout()
        self._build()
        follow_language(self, self._set_texts)

    def show_choices(self, choices: tuple[ModelChoice, ...]) -> None:
        """Show these models."""
        self._book.show(choices)
        self._deal()

    def show_fetchable(self, models: tuple[FetchChoice, ...]) -> None:
        """Offer these to be fetched."""
        self.fetch_menu.clear()
        for model in models:
            words = "  ·  ".join(word for word in (model.name, model.sizes, model.licence) if word)
            action = self.fetch_menu.addAction(words)
            if action is not None:
                action.setEnabled(not model.is_here)
                action.triggered.connect(lambda _on, name=model.name: self.fetch_asked.emit(name))

    def show_status(self, running: str, loading: str, loaded: tuple[LoadedModel, ...]) -> None:
        """Mark the model in use and the one being loaded, and tell what is in memory.

        `running` is its `--model` argument; see `ModelBook.mark`.
        """
        if self._book.mark(running, loading, loaded):
            self._mark()

    def show_refusal(self, argument: str, reason: str) -> None:
        """A model could not be used: its card says why until it can."""
        self._book.refuse(argument, reason)
        self._mark()

    def argument_of(self, number: int) -> str | None:
        """The model of key 1 to 9, None where there is none."""
        return self._book.argument_of(number)

    def neighbour(self, step: int) -> str | None:
        """The model in use, `step` sizes larger (smaller where negative), None at the end."""
        return self._book.neighbour(step)

    @property
    def running(self) -> ModelChoice | None:
        """The listed model that is in use."""
        return self._book.running

    @property
    def cards(self) -> tuple[ModelCard, ...]:
        """What is shown, top to bottom."""
        return self._cards

    @property
    def chips(self) -> tuple[SizeChip, ...]:
        """Every size that is shown, top to bottom."""
        return tuple(chip for card in self._cards for chip in card.chips)

    def changeEvent(self, event: QEvent | None) -> None:
        """Cards of another size of text are dealt anew."""
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.FontChange and self._cards:
            self._deal()

    def _build(self) -> None:
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._deal)
        self.beside.setCheckable(True)
        self.add.triggered.connect(self._add_clicked)
        self.refresh.clicked.connect(lambda _checked: self.refresh_asked.emit())
        self.loading.setWordWrap(True)
        self.fetch_menu.setIcon(icon("fetch"))
        for action in (self.beside, self.add, self.fetch_menu.menuAction()):
            if action is not None:
                self.bar.add_action(action)
        top = QHBoxLayout()
        top.addWidget(self.search, 1)
        top.addWidget(self.refresh)
        column = QVBoxLayout(self)
        column.setContentsMargins(*theme.panel_margins())
        column.setSpacing(px(6))
        column.addLayout(top)
        column.addWidget(self.bar)
        column.addWidget(self.loading)
        column.addLayout(self._list)
        column.addStretch(1)

    def _deal(self) -> None:
        """Lay out the cards that are searched for."""
        for card in self._cards:
            card.setParent(None)
            card.deleteLater()
        self._cards = tuple(ModelCard(family) for family in self._book.families(self.search.text()))
        for card in self._cards:
            self._list.addWidget(card)
        for chip in self.chips:
            chip.picked.connect(self._picked)
            chip.beside_picked.connect(self._show_beside)
        self._mark()

    def _mark(self) -> None:
        for card in self._cards:
            card.show_state(self._book)
        loading = self._book.loading_title
        if loading:
            self.loading.setText(self.tr("loading {model}…").format(model=loading))
        self.loading.setVisible(bool(loading))
        self.beside.setEnabled(self._book.running is not None)

    def _picked(self, argument: str) -> None:
        if self.beside.isChecked():
            self._show_beside(argument)
        elif self._book.running is None or self._book.running.argument != argument:
            self.chosen.emit(argument)

    def _show_beside(self, argument: str) -> None:
        self.beside.setChecked(False)
        running = self._book.running
        if running is not None and running.argument != argument:
            self.beside_asked.emit(running.argument, argument)

    def _add_clicked(self, _on: bool) -> None:
        self.ask_file()

    def ask_file(self) -> QFileDialog:
        """Let the user choose a model file; the picture goes on behind the dialog."""
        if self._dialog is None:
            models = self.tr("Models ({kinds})").format(kinds=_FILES)
            dialog = open_dialog(self.window(), self.tr("Add a model"), [models])
            dialog.fileSelected.connect(lambda path: self.add_asked.emit(Path(path)))
            dialog.finished.connect(self._dialog_closed)
            self._dialog = dialog
        self._dialog.open()
        return self._dialog

    def _dialog_closed(self, _result: int) -> None:
        self._dialog = None

    def _set_texts(self) -> None:
        self.search.setPlaceholderText(self.tr("search a model"))
        self.search.setToolTip(self.tr("a name, a size, a type of numbers or a backend"))
        self.refresh.setToolTip(self.tr("look for models again"))
        self.beside.setText("A|B")
        self.beside.setToolTip(
            with_key(
                self.tr("then click the size that shall be seen beside the one in use"), "beside"
            )
        )
        self.add.setText(self.tr("Add model…"))
        self.add.setToolTip(self.tr("an .onnx or .rknn file; it can be dropped on the window too"))
        self.fetch_menu.setTitle(self.tr("Fetch"))
        fetch = self.fetch_menu.menuAction()
        if fetch is not None:
            fetch.setToolTip(self.tr("models that can be downloaded"))
        self._mark()
