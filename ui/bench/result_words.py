"""What a result says in words: its sentence, and below it when and on what it was measured."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt5.QtCore import Qt
from PyQt5.QtGui import QResizeEvent
from PyQt5.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from rkvideo.bench.pairs import named_pairs
from rkvideo.bench.results import BenchRow
from rkvideo.report.whole import JoinedReport

from ..look.elided import ElidedLabel
from .clock_words import caution_text
from .conditions import heading_of
from .sentence import sentence_of


class ResultWords(QWidget):
    """Two labels, each gone where it has nothing to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sentence, self.heading = QLabel(), ElidedLabel()
        for label in (self.sentence, self.heading):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.sentence.setWordWrap(True)
        self.sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        bold = self.sentence.font()
        bold.setBold(True)
        self.sentence.setFont(bold)
        # Two lines of conditions must not decide how narrow the panel can be.
        self.heading.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addWidget(self.sentence)
        column.addWidget(self.heading)

    def show_results(
        self,
        rows: Sequence[BenchRow],
        a: JoinedReport | None,
        b: JoinedReport | None,
        *,
        is_from_before: bool,
    ) -> None:
        """Say what `rows` come to, which are those of run A or of one that is not over yet."""
        lines = [] if a is None else list(heading_of(self._words_of_a(b, is_from_before), a))
        if b is not None:
            lines += heading_of("B: {when}, {source}", b)
        told = (sentence_of(rows, a), caution_text(_compared(rows, b)))
        texts = {self.sentence: " ".join(filter(None, told)), self.heading: "\n".join(lines)}
        for label, text in texts.items():
            label.setText(text)
            label.setVisible(bool(text))
        self.heading.setToolTip(self.heading.text())
        self._fit_sentence()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Keep the sentence whole."""
        super().resizeEvent(event)
        self._fit_sentence()

    def _fit_sentence(self) -> None:
        # A splitter does not ask how high a text is at its width.
        self.sentence.setMinimumHeight(max(0, self.sentence.heightForWidth(self.width())))

    def _words_of_a(self, b: JoinedReport | None, is_from_before: bool) -> str:
        if is_from_before:
            return self.tr("last result: {when}, {source}")
        return "{when}, {source}" if b is None else "A: {when}, {source}"


def _compared(rows: Sequence[BenchRow], b: JoinedReport | None) -> Sequence[BenchRow]:
    """What is laid side by side: the rows of A, or each of them and that of B."""
    if b is None:
        return rows
    return [row for _, row in named_pairs(rows, b.benches[0].rows)]
