"""Finds words that a widget has no room for, and widgets that stick out of their window."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PyQt5.QtCore import QPoint, QRect, Qt
from PyQt5.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QGroupBox,
    QLabel,
    QLineEdit,
    QScrollArea,
    QStyle,
    QStyleOptionComboBox,
    QTabBar,
    QWidget,
)

# A pixel of rounding, and the bearing of a slanted letter.
_SLACK = 2


def cut_words(window: QWidget) -> list[str]:
    """The words of visible widgets that are wider or higher than the room that they have.

    A combo box that has the name of a source among its words may shorten it, if its tooltip has it.
    """
    found = []
    for widget in window.findChildren(QWidget):
        if widget.isVisible() and not widget.visibleRegion().isEmpty():
            found += [f"{type(widget).__name__}: {words}" for words in _cut_of(widget)]
    return found


def outside(window: QWidget) -> list[str]:
    """The visible widgets that are cut at the right or the left by what holds them.

    What is below the edge of a scroll area can be scrolled to.
    """
    found = []
    for widget in window.findChildren(QWidget):
        is_of_qt = isinstance(widget.parentWidget(), (QLineEdit, QTabBar))
        if not widget.isVisible() or not _has_words(widget) or is_of_qt:
            continue
        left = widget.mapTo(window, QPoint(0, 0)).x()
        place = QRect(left, 0, widget.width(), 1)
        room = _room(widget, window)
        if place.left() < room.left() - _SLACK or place.right() > room.right() + _SLACK:
            found.append(f"{type(widget).__name__}: {_words(widget)}")
    return found


def _room(widget: QWidget, window: QWidget) -> QRect:
    """What the ancestors leave of the width of the window."""
    room = QRect(0, 0, window.width(), 1)
    holder = widget.parentWidget()
    while holder is not None and holder is not window:
        is_scrolled = isinstance(holder, QScrollArea) and holder.horizontalScrollBar().maximum() > 0
        if not is_scrolled:
            room = room.intersected(
                QRect(holder.mapTo(window, QPoint(0, 0)).x(), 0, holder.width(), 1)
            )
        holder = holder.parentWidget()
    return room


def _has_words(widget: QWidget) -> bool:
    return isinstance(widget, (QLabel, QAbstractButton, QComboBox, QGroupBox, QLineEdit))


def _words(widget: QWidget) -> str:
    if isinstance(widget, (QLabel, QAbstractButton, QLineEdit)):
        return widget.text() or widget.toolTip()
    return widget.currentText() if isinstance(widget, QComboBox) else widget.objectName()


def _cut_of(widget: QWidget) -> Iterator[str]:
    metrics = widget.fontMetrics()
    if isinstance(widget, QLabel) and widget.text():
        if widget.wordWrap():
            needed = widget.heightForWidth(widget.width())
            words = (metrics.horizontalAdvance(word) for word in widget.text().split())
            if needed > widget.height() + _SLACK or max(words, default=0) > widget.width() + _SLACK:
                yield widget.text()
        elif metrics.size(0, widget.text()).width() > widget.contentsRect().width() + _SLACK:
            yield widget.text()
    elif isinstance(widget, QAbstractButton) and widget.text() and _shows_text(widget):
        if widget.sizeHint().width() > widget.width() + _SLACK:
            yield widget.text()
    elif isinstance(widget, QComboBox) and widget.toolTip() != widget.currentText():
        option = QStyleOptionComboBox()
        widget.initStyleOption(option)
        room = widget.style().subControlRect(
            QStyle.CC_ComboBox, option, QStyle.SC_ComboBoxEditField, widget
        )
        if metrics.horizontalAdvance(widget.currentText()) > room.width() + _SLACK:
            yield widget.currentText()
    elif isinstance(widget, QTabBar):
        for tab in range(widget.count()):
            if metrics.horizontalAdvance(widget.tabText(tab)) > widget.tabRect(tab).width():
                yield widget.tabText(tab)
    elif isinstance(widget, QLineEdit) and not widget.text():
        room = widget.width() - metrics.height()
        yield from _wide(widget.placeholderText(), metrics.horizontalAdvance, room)


def _wide(words: str, width_of: Callable[[str], int], room: int) -> Iterator[str]:
    if width_of(words) > room:
        yield words


def _shows_text(button: QAbstractButton) -> bool:
    style = getattr(button, "toolButtonStyle", None)
    return style is None or style() != Qt.ToolButtonIconOnly
