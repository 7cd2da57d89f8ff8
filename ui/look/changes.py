"""What a widget does when the language or the font of the window changes."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from types import MethodType
from typing import cast

from PyQt5.QtCore import QEvent, QObject
from PyQt5.QtWidgets import QWidget


def follow_language(widget: QWidget, set_texts: Callable[[], None]) -> None:
    """Call `set_texts`, a method, now and again whenever the window speaks another language.

    A filter, and no base class of the widgets: `tr` looks under the class of the object, so a
    class with words has no heirs.
    """
    _Follower(widget, QEvent.Type.LanguageChange, set_texts)
    set_texts()


def follow_font(widget: QWidget, measure: Callable[[], None]) -> None:
    """Call `measure`, a method, now and again whenever the widget has another font."""
    _Follower(widget, QEvent.Type.FontChange, measure)
    measure()


class _Follower(QObject):
    """Lives as long as its widget; the method does not keep the widget alive through it."""

    def __init__(self, widget: QWidget, kind: QEvent.Type, method: Callable[[], None]) -> None:
        super().__init__(widget)
        self._kind = kind
        self._method = weakref.WeakMethod(cast(MethodType, method))
        widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject | None, event: QEvent | None) -> bool:
        """Look at every event and hold none back."""
        if event is not None and event.type() == self._kind:
            method = self._method()
            if method is not None:
                method()
        return False
