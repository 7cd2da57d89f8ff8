"""Short messages that go away by themselves."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PyQt5.QtCore import QEvent, QPointF, QRectF, Qt, QTimer, QUrl, QVariantAnimation, pyqtSignal
from PyQt5.QtGui import QDesktopServices, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent
from PyQt5.QtWidgets import QWidget

from ..look import theme

SHOWN_MS: Final = 4000
FADING_MS: Final = 400
_MOST_TOASTS: Final = 4
# Of the width of what lies below: the HUD has the other side.
_WIDEST: Final = 0.5
_WRAP: Final = int(Qt.TextFlag.TextWrapAnywhere) | int(Qt.AlignmentFlag.AlignLeft)


@dataclass(frozen=True, slots=True)
class Toast:
    """A message; a click on it shows the folder of `path`, if it has one."""

    text: str
    path: Path | None = None


class ToastArea(QWidget):
    """The last few messages, at the upper right of its parent; they fade together.

    `asked` carries a path whose folder the user wants to see.
    """

    asked = pyqtSignal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.hide()
        self._toasts: deque[Toast] = deque(maxlen=_MOST_TOASTS)
        self._places: list[tuple[QRectF, Toast]] = []
        self._opacity = 1.0
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(SHOWN_MS)
        self._fading = QVariantAnimation(self)
        self._fading.setDuration(FADING_MS)
        self._fading.setStartValue(1.0)
        self._fading.setEndValue(0.0)
        self._patience.timeout.connect(self._fading.start)
        self._fading.valueChanged.connect(self._faded)
        self._fading.finished.connect(self._gone)
        self.setMouseTracking(True)
        parent.installEventFilter(self)

    @property
    def lines(self) -> tuple[str, ...]:
        """The messages, oldest first."""
        return tuple(toast.text for toast in self._toasts)

    @property
    def opacity(self) -> float:
        """From 1.0, there, to 0.0, gone."""
        return self._opacity

    def show_toast(self, text: str, path: Path | None = None) -> None:
        """Show one more message; the same one again only lasts longer."""
        toast = Toast(text, path)
        if toast in self._toasts:
            self._toasts.remove(toast)
        self._fading.stop()
        self._opacity = 1.0
        self._toasts.append(toast)
        self._patience.start()
        self._lay_out()
        self.show()
        self.raise_()

    def eventFilter(self, watched: object, event: QEvent | None) -> bool:
        """Stay at the corner of the parent."""
        if event is not None and event.type() == QEvent.Type.Resize and self._toasts:
            self._lay_out()
        return False

    def _faded(self, opacity: float) -> None:
        self._opacity = opacity
        self.update()

    def _gone(self) -> None:
        self._toasts.clear()
        self._places = []
        self._opacity = 1.0
        self.hide()

    def _lay_out(self) -> None:
        """Measure the messages, stack them, and be as large as they are."""
        parent = self.parentWidget()
        if parent is None:
            return
        around = QRectF(parent.rect())
        unit = theme.em(around)
        metrics = QFontMetricsF(theme.font(unit))
        widest = _WIDEST * around.width()
        self._places = []
        top = 0.0
        for toast in self._toasts:
            limit = QRectF(0, 0, widest - 2 * unit, 1e4)
            text = metrics.boundingRect(limit, _WRAP, toast.text)
            # A hair more than measured: rounding must not break the line elsewhere.
            place = QRectF(0, top, text.width() + 2 * unit + 2, text.height() + 0.8 * unit)
            self._places.append((place, toast))
            top = place.bottom() + 0.4 * unit
        width = max(place.width() for place, _ in self._places)
        for place, _ in self._places:
            place.moveRight(width)
        margin = round(0.7 * unit)
        self.setGeometry(int(around.width() - width) - margin, margin, int(width) + 1, int(top) + 1)
        self.update()

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        """Paint each message on a panel of its own."""
        parent = self.parentWidget()
        if parent is None:
            return
        unit = theme.em(QRectF(parent.rect()))
        painter = QPainter(self)
        painter.setRenderHint(QPainter.Antialiasing)
        painter.setOpacity(self._opacity)
        font = theme.font(unit)
        for place, toast in self._places:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.PANEL)
            painter.drawRoundedRect(place, unit / 2, unit / 2)
            font.setUnderline(toast.path is not None)
            painter.setFont(font)
            painter.setPen(theme.TEXT)
            inner = place.adjusted(unit, 0.4 * unit, -unit, -0.4 * unit)
            painter.drawText(inner, _WRAP, toast.text)
        painter.end()

    def toast_at(self, point: QPointF) -> Toast | None:
        """The message at a point of this widget."""
        return next((toast for place, toast in self._places if place.contains(point)), None)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Show that a message can be clicked."""
        if event is not None:
            toast = self.toast_at(event.localPos())
            has_path = toast is not None and toast.path is not None
            shape = Qt.CursorShape.PointingHandCursor if has_path else Qt.CursorShape.ArrowCursor
            self.setCursor(shape)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Ask for the folder of a message with a path."""
        toast = self.toast_at(event.localPos()) if event is not None else None
        if toast is not None and toast.path is not None:
            self.asked.emit(toast.path)


def show_folder(path: Path) -> None:
    """Let the desktop show the folder that `path` lies in."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))
