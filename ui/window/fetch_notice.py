"""What is being fetched, over the picture: how far it is, and a button that ends it."""

from __future__ import annotations

from typing import Final

from PyQt5.QtCore import QEvent, QObject, pyqtSignal
from PyQt5.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from rkvideo.status import FetchProgress

from ..look.changes import follow_language
from ..look.sizes import margins, px
from ..look.units import size_words

_BAR_WIDTH: Final = 120
_FROM_BELOW: Final = 12


class FetchNotice(QFrame):
    """At the lower edge of its parent while something is fetched; `cancelled` by the user."""

    cancelled = pyqtSignal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAutoFillBackground(True)
        self._progress: FetchProgress | None = None
        self.words = QLabel()
        self.bar = QProgressBar()
        self.cancel = QPushButton()
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(px(_BAR_WIDTH))
        row = QHBoxLayout(self)
        row.setContentsMargins(*margins(10, 6, 10, 6))
        for part in (self.words, self.bar, self.cancel):
            row.addWidget(part)
        self.cancel.clicked.connect(lambda _checked: self.cancelled.emit())
        parent.installEventFilter(self)
        self.hide()
        follow_language(self, self._set_texts)

    def show_progress(self, progress: FetchProgress | None) -> None:
        """Show how far it is, or go away."""
        if progress != self._progress:
            self._progress = progress
            self._set_texts()
        self.setVisible(progress is not None)

    def eventFilter(self, _watched: QObject | None, event: QEvent | None) -> bool:
        """Stay where the parent's lower edge is."""
        if event is not None and event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def _set_texts(self) -> None:
        self.cancel.setText(self.tr("Cancel"))
        self.cancel.setToolTip(self.tr("fetch nothing"))
        progress = self._progress
        if progress is None:
            return
        if progress.total:
            words = self.tr("fetching {name}: {done} of {total}")
        else:
            words = self.tr("fetching {name}")
        self.words.setText(
            words.format(
                name=progress.name,
                done=size_words(progress.done),
                total=size_words(progress.total),
            )
        )
        # Without an end the bar runs to and fro.
        self.bar.setRange(0, progress.total)
        self.bar.setValue(progress.done)
        self._place()

    def _place(self) -> None:
        parent = self.parentWidget()
        if parent is None:
            return
        size = self.sizeHint().boundedTo(parent.size())
        self.setGeometry(
            (parent.width() - size.width()) // 2,
            parent.height() - size.height() - px(_FROM_BELOW),
            size.width(),
            size.height(),
        )
        self.raise_()
