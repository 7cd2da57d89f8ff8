"""The dialog for files and folders, which looks as the rest of the window does."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PyQt5.QtCore import QStandardPaths, Qt, QUrl
from PyQt5.QtWidgets import QFileDialog, QWidget

from .sizes import px

_SIZE: Final = (860, 520)
_PLACES: Final = (
    QStandardPaths.HomeLocation,
    QStandardPaths.MoviesLocation,
    QStandardPaths.PicturesLocation,
    QStandardPaths.DownloadLocation,
)


def folder_dialog(parent: QWidget | None, title: str, folder: str = "") -> QFileDialog:
    """A `file_dialog` for a folder that is there."""
    dialog = file_dialog(parent, title, folder)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    return dialog


def open_dialog(
    parent: QWidget | None, title: str, filters: Sequence[str], folder: str = ""
) -> QFileDialog:
    """A `file_dialog` for a file that is there, of one of the `filters`, as Qt writes them."""
    dialog = file_dialog(parent, title, folder)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.setNameFilters(filters)
    return dialog


def file_dialog(parent: QWidget | None, title: str, folder: str = "") -> QFileDialog:
    """A dialog that is gone once it is closed; it begins in `folder`, else among the videos.

    Never one of the desktop: on a board there is often none, or one of another language and look.
    """
    places = [QStandardPaths.writableLocation(place) for place in _PLACES]
    known = [place for place in dict.fromkeys(places) if place and Path(place).is_dir()]
    videos = QStandardPaths.writableLocation(QStandardPaths.MoviesLocation)
    start = folder or (videos if videos in known else "")
    dialog = QFileDialog(parent, title, start)
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setSidebarUrls([QUrl.fromLocalFile(place) for place in known])
    dialog.resize(px(_SIZE[0]), px(_SIZE[1]))
    return dialog
