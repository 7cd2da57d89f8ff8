"""A small picture of each source that was watched, for the start page."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from PyQt5.QtCore import QBuffer, QIODevice
from PyQt5.QtGui import QImage

from rkvideo.files.whole import replace_whole
from rkvideo.sources.address_book import public_name

from .state import FOLDER_NAME

__all__ = ["FOLDER_NAME", "SIZE", "Thumbnails"]

SIZE: Final = (320, 180)
# What a camera has seen is for nobody else's eyes.
_MODE: Final = 0o600


class Thumbnails:
    """Pictures in a folder, by what the source is called without its password.

    Nothing of the source's name is in the name of its file. Every method waits for the disk.
    """

    def __init__(self, folder: Path, remembered: Callable[[], Iterable[str]] = lambda: ()) -> None:
        """`remembered` gives the sources whose pictures stay, whoever has watched them."""
        self._folder = folder
        self._remembered = remembered

    def keep(self, shown: str, image: QImage, known: Iterable[str]) -> None:
        """Write the picture of a source, and drop those of sources that are not `known` any more.

        A disk that refuses costs the picture, nothing else.
        """
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        image.save(buffer, "JPG", 85)
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            replace_whole(self._path(shown), bytes(buffer.data().data()), mode=_MODE)
            remembered = map(public_name, self._remembered())
            kept = {self._path(one) for one in (shown, *known, *remembered)}
            for path in self._folder.glob("*.jpg"):
                if path not in kept:
                    path.unlink(missing_ok=True)

    def load(self, shown: str) -> QImage:
        """The picture of a source, a null one where there is none."""
        return QImage(str(self._path(shown)))

    def _path(self, shown: str) -> Path:
        return self._folder / f"{hashlib.sha256(shown.encode()).hexdigest()[:24]}.jpg"
