"""The card of a model: what it is, and a chip for each size."""

from __future__ import annotations

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtGui import QMouseEvent
from PyQt5.QtWidgets import QFrame, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from rkvideo.config import ModelChoice

from ..look import theme
from ..look.flow import FlowLayout
from ..look.sizes import px
from ..look.units import short_type, size_words
from .model_book import ModelBook, ModelFamily


class SizeChip(QToolButton):
    """A size with what was measured of it. A click `picked` it, with Ctrl it is `beside_picked`."""

    picked = pyqtSignal(str)
    beside_picked = pyqtSignal(str)

    def __init__(self, choice: ModelChoice) -> None:
        super().__init__()
        self.choice = choice
        self.setObjectName("chip")
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setEnabled(not choice.trouble)
        self._is_running = False
        self.clicked.connect(lambda _checked: self._clicked())

    def show_state(self, book: ModelBook) -> None:
        """Show whether it is in use or being loaded."""
        choice = self.choice
        self._is_running = choice is book.running
        self.setChecked(self._is_running)
        words = [choice.size_words]
        if choice.fps is not None:
            words.append(f"{choice.fps:.{int(choice.fps < 100)}f} fps")
        if choice is book.loading:
            words.append("…")
        self.setText("  ".join(words))
        self.setToolTip(self._tip(book))

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """With Ctrl it shall be seen beside the one in use."""
        is_beside = event is not None and event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if is_beside and self.isDown():
            self.setDown(False)
            self.beside_picked.emit(self.choice.argument)
            return
        super().mouseReleaseEvent(event)

    def _clicked(self) -> None:
        # A click checks the button by itself; what is in use tells the run.
        self.setChecked(self._is_running)
        self.picked.emit(self.choice.argument)

    def _tip(self, book: ModelBook) -> str:
        choice = self.choice
        lines = [choice.argument]
        if choice.fps is None:
            lines.append(self.tr("not measured here yet: Compare does"))
        if key := book.key_of(choice):
            lines.append(self.tr("key {number}").format(number=key))
        if choice is book.running:
            lines.append(self.tr("in use"))
        if choice is book.loading:
            lines.append(self.tr("is being loaded"))
        return "\n".join(lines)


class ModelCard(QFrame):
    """Name, type, backend and licence, the chips, the memory, and why it cannot be used."""

    def __init__(self, family: ModelFamily, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.family = family
        self.setObjectName("card")
        # The stretch below the cards keeps it small: a largest height would be that of one row of
        # chips, however many there are.
        self.setSizePolicy(QSizePolicy.Preferred, QSizePolicy.Preferred)
        self.name = QLabel(family.name)
        self.name.setObjectName("title")
        self.facts = QLabel()
        self.memory = QLabel()
        self.trouble = QLabel()
        self.trouble.setObjectName("trouble")
        self.chips = tuple(SizeChip(choice) for choice in family.choices)
        flow = FlowLayout(gap=4)
        for chip in self.chips:
            flow.addWidget(chip)
        column = QVBoxLayout(self)
        column.setContentsMargins(*theme.panel_margins())
        column.setSpacing(px(4))
        for label in (self.name, self.facts):
            column.addWidget(label)
        column.addLayout(flow)
        for label in (self.memory, self.trouble):
            column.addWidget(label)
        for label in (self.name, self.facts, self.memory, self.trouble):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)

    def show_state(self, book: ModelBook) -> None:
        """Show what is in use, in memory, and in the way."""
        family = self.family
        for chip in self.chips:
            chip.show_state(book)
        self.facts.setText(
            "  ·  ".join(
                word
                for word in (short_type(family.precision), family.backend, family.licence)
                if word
            )
        )
        self.facts.setToolTip(
            self.tr("numbers in {precision}; runs on {backend}; licence: {licence}").format(
                precision=family.precision,
                backend=family.backend,
                licence=family.licence or self.tr("unknown"),
            )
        )
        self._show_lines(self.memory, self._memory(book))
        reasons = dict.fromkeys(book.trouble_of(choice) for choice in family.choices)
        self._show_lines(self.trouble, [reason for reason in reasons if reason])

    def _memory(self, book: ModelBook) -> list[str]:
        lines = []
        for model in book.memory_of(self.family):
            words = f"{model.title}  x{model.contexts}"
            if model.memory_bytes is not None:
                words += f"  {size_words(model.memory_bytes)}"
            lines.append(self.tr("in memory: {model}").format(model=words))
        return lines

    def _show_lines(self, label: QLabel, lines: list[str]) -> None:
        label.setText("\n".join(lines))
        label.setVisible(bool(lines))
