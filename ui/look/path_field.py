"""A field for a file or a folder of this machine, which may be dropped there."""

from __future__ import annotations

from PyQt5.QtCore import QMimeData
from PyQt5.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PyQt5.QtWidgets import QLineEdit, QWidget


class PathField(QLineEdit):
    """What is dropped takes the place of what is in it; Qt would put its address in between."""

    def dragEnterEvent(self, event: QDragEnterEvent | None) -> None:
        """Take one that can be read, leave the others to what lies below."""
        _answer(event)

    def dragMoveEvent(self, event: QDragMoveEvent | None) -> None:
        """The same wherever in the field it is."""
        _answer(event)

    def dropEvent(self, event: QDropEvent | None) -> None:
        """Show its path."""
        path = _dropped_path(event.mimeData()) if event is not None else ""
        _answer(event)
        if path:
            self.setText(path)


def leave_drops_to(window: QWidget) -> None:
    """What is dropped on a text field of a window is for the window, but for a `PathField`."""
    for field in window.findChildren(QLineEdit):
        if not isinstance(field, PathField):
            field.setAcceptDrops(False)


def _answer(event: QDropEvent | None) -> None:
    if event is None:
        return
    if _dropped_path(event.mimeData()):
        event.acceptProposedAction()
    else:
        event.ignore()


def _dropped_path(dropped: QMimeData | None) -> str:
    urls = dropped.urls() if dropped is not None else []
    return urls[0].toLocalFile() if urls else ""
