"""The looks of the program on the application that all tests share, for a while."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PyQt5.QtWidgets import QApplication

from rkvideo.ui.look.style import apply_style


@contextmanager
def styled(app: QApplication, factor: float = 1.0) -> Iterator[None]:
    """While inside, everything looks as in the program, `factor` times as large."""
    font, palette, style = app.font(), app.palette(), app.style().objectName()
    apply_style(app, factor)
    try:
        yield
    finally:
        apply_style(app, 1.0)
        app.setStyleSheet("")
        app.setStyle(style)
        app.setPalette(palette)
        app.setFont(font)
