"""Short messages that go away by themselves."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from PyQt5.QtCore import QEvent, QPointF, QRectF, Qt, QTimer, QUrl, QVariantAnimation
from PyQt5.QtGui import (
    QDesktopServices,
    QFont,
    QFontMetricsF,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QTextOption,
)
from PyQt5.QtWidgets import QWidget

from ..look import theme

SHOWN_MS: Final = 4000
OFFERED_MS: Final = 10_000
"""For how long something is there that can be clicked: it is to be read and reached first."""
FADING_MS: Final = 400
_MOST_TOASTS: Final = 4
# Of the width of what lies below: the HUD has the other side.
_WIDEST: Final = 0.5
# What can be done: in heights of ordinary text.
_ACTION_ROW: Final = 1.7
_ACTION_GAP: Final = 1.6
# WORD JOINER: has no width and lets no line end.
_JOINER: Final = "\u2060"


@dataclass(frozen=True, slots=True)
class ToastAction:
    """Something that can be done about a message: its words, and what a click on them does."""

    text: str
    act: Callable[[], object] = field(compare=False)


@dataclass(frozen=True, slots=True)
class Toast:
    """A message and what can be done about it; the next one of its `topic` takes its place."""

    text: str
    actions: tuple[ToastAction, ...] = ()
    topic: str = ""


@dataclass(frozen=True, slots=True)
class _Laid:
    """Where a message lies, its words, and each of its actions, in this widget."""

    toast: Toast
    place: QRectF
    text: QRectF
    actions: tuple[QRectF, ...]

    def moved(self, x: float) -> _Laid:
        moved = tuple(one.translated(x, 0) for one in self.actions)
        return _Laid(self.toast, self.place.translated(x, 0), self.text.translated(x, 0), moved)


class ToastArea(QWidget):
    """The last few messages, at the upper right of its parent; they fade together.

    `top` says below what they may begin.
    """

    def __init__(self, parent: QWidget, top: Callable[[], float]) -> None:
        super().__init__(parent)
        self._tops = [top]
        self.hide()
        self._toasts: deque[Toast] = deque(maxlen=_MOST_TOASTS)
        self._laid: list[_Laid] = []
        self._opacity = 1.0
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
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

    def show_toast(self, text: str, actions: tuple[ToastAction, ...] = (), topic: str = "") -> None:
        """Show one more message; the same one again only lasts longer.

        One with a `topic` takes the place of the one before about the same.
        """
        toast = Toast(text, actions, topic)
        gone = [old for old in self._toasts if old == toast or (topic and old.topic == topic)]
        for old in gone:
            self._toasts.remove(old)
        self._fading.stop()
        self._opacity = 1.0
        self._toasts.append(toast)
        offers = any(each.actions for each in self._toasts)
        self._patience.start(OFFERED_MS if offers else SHOWN_MS)
        self._lay_out()
        self.show()
        self.raise_()

    def keep_below(self, top: Callable[[], float]) -> None:
        """Leave room above the messages for something else, too."""
        self._tops.append(top)

    def _top(self) -> float:
        return max(top() for top in self._tops)

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
        self._laid = []
        self._opacity = 1.0
        self.hide()

    def follow(self) -> None:
        """What lies above the messages may have changed."""
        if self._toasts and self.y() != round(self._top()):
            self._lay_out()

    def _lay_out(self) -> None:
        """Measure the messages, stack them, and be as large as they are."""
        parent = self.parentWidget()
        if parent is None:
            return
        around = QRectF(parent.rect())
        unit = theme.em(around)
        laid: list[_Laid] = []
        top = 0.0
        for toast in self._toasts:
            laid.append(_lay_out(toast, top, _WIDEST * around.width(), unit))
            top = laid[-1].place.bottom() + 0.4 * unit
        width = max(one.place.width() for one in laid)
        self._laid = [one.moved(width - one.place.width()) for one in laid]
        margin = round(0.7 * unit)
        left, above = int(around.width() - width) - margin, round(self._top())
        self.setGeometry(left, above, int(width) + 1, int(top) + 1)
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
        for one in self._laid:
            theme.paint_panel(painter, one.place, unit)
            font.setUnderline(False)
            painter.setFont(font)
            painter.setPen(theme.TEXT)
            painter.drawText(one.text, _whole_names(one.toast.text), _wrapping())
            font.setUnderline(True)
            painter.setFont(font)
            painter.setPen(theme.FPS)
            for action, place in zip(one.toast.actions, one.actions, strict=True):
                painter.drawText(place, theme.LEFT, action.text)
        painter.end()

    def action_at(self, point: QPointF) -> ToastAction | None:
        """What a click at a point of this widget does."""
        for one in self._laid:
            for action, place in zip(one.toast.actions, one.actions, strict=True):
                if place.contains(point):
                    return action
        return None

    def place_of(self, text: str) -> QRectF:
        """Where an action with these words is, in this widget; empty where there is none."""
        places = (
            place
            for one in self._laid
            for action, place in zip(one.toast.actions, one.actions, strict=True)
            if action.text == text
        )
        return next(places, QRectF())

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Show what can be clicked; a message that is read stays."""
        if event is not None:
            self._fading.stop()
            self._opacity = 1.0
            self._patience.start()
            can_act = self.action_at(event.localPos()) is not None
            shape = Qt.CursorShape.PointingHandCursor if can_act else Qt.CursorShape.ArrowCursor
            self.setCursor(shape)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Do what was clicked."""
        action = self.action_at(event.localPos()) if event is not None else None
        if action is not None:
            action.act()


def _lay_out(toast: Toast, top: float, widest: float, unit: float) -> _Laid:
    font = theme.font(unit)
    text = _text_size(toast.text, font, widest - 2 * unit)
    metrics = QFontMetricsF(font)
    widths = [metrics.horizontalAdvance(action.text) for action in toast.actions]
    row = sum(widths) + _ACTION_GAP * unit * max(0, len(widths) - 1)
    actions_height = _ACTION_ROW * unit if widths else 0.0
    # A hair more than measured: rounding must not break the line elsewhere.
    place = QRectF(
        0,
        top,
        max(text.width(), row) + 2 * unit + 2,
        text.height() + 0.8 * unit + actions_height,
    )
    inner = place.adjusted(unit, 0.4 * unit, -unit, -0.4 * unit - actions_height)
    actions = []
    left = inner.left()
    for width in widths:
        actions.append(QRectF(left, inner.bottom(), width, actions_height))
        left += width + _ACTION_GAP * unit
    return _Laid(toast, place, inner, tuple(actions))


def _whole_names(text: str) -> str:
    """The same to the eye, but no line ends at the hyphen of a file name."""
    return text.replace("-", f"{_JOINER}-{_JOINER}")


def _wrapping() -> QTextOption:
    option = QTextOption(Qt.AlignmentFlag.AlignLeft)
    # Between words; a path that is longer than a line has none.
    option.setWrapMode(QTextOption.WrapAtWordBoundaryOrAnywhere)
    return option


def _text_size(text: str, font: QFont, widest: float) -> QRectF:
    # The painter does not hold it.
    paper = QImage(1, 1, QImage.Format_RGB32)
    painter = QPainter(paper)
    painter.setFont(font)
    size = painter.boundingRect(QRectF(0, 0, widest, 1e4), _whole_names(text), _wrapping())
    painter.end()
    return size


def show_folder(path: Path) -> None:
    """Let the desktop show the folder that `path` lies in."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))
