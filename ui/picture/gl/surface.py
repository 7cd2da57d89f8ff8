"""What of a view the GPU draws: the picture, and whatever a QPainter puts over it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Protocol

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtGui import QOpenGLPaintDevice, QPaintDevice, QSurfaceFormat
from PyQt5.QtWidgets import QOpenGLWidget, QVBoxLayout, QWidget

from ..scaled_picture import ShownPart
from .calls import GlError
from .picture import GlPicture, is_in_planes

_log = logging.getLogger(__name__)


class PaintsThrough(Protocol):
    """A view, as its surface sees it."""

    def shown_part(self) -> ShownPart | None:
        """What is to be drawn, None without a picture."""
        ...

    def paint_on(self, device: QPaintDevice, draw: Callable[[], bool]) -> None:
        """Call `draw`, then paint all else; the picture too where `draw` says that it has not."""
        ...

    def paint_through(self, surface: QWidget | None, by: str = "") -> None:
        """Show what `by` paints on `surface`, None for the view itself."""
        ...


class GlSurface(QOpenGLWidget):
    """Fills a view and draws for it; mouse and keys stay the view's.

    `failed` says why the driver draws no more.
    """

    failed = pyqtSignal(str)

    def __init__(self, view: QWidget, paints: PaintsThrough, driver: str) -> None:
        super().__init__(view)
        self._paints = paints
        self._picture: GlPicture | None = None
        self._trouble = ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        wanted = QSurfaceFormat.defaultFormat()
        # The GUI thread has other things to do than to wait for the screen.
        wanted.setSwapInterval(0)
        self.setFormat(wanted)
        layout = QVBoxLayout(view)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self)
        self.lower()
        # Not while it is painted: it ends with that.
        self.failed.connect(self._leave, Qt.ConnectionType.QueuedConnection)  # type: ignore[call-arg]
        paints.paint_through(self, driver)

    def _leave(self) -> None:
        self._paints.paint_through(None)

    def initializeGL(self) -> None:
        """Make the textures and the program; again where Qt has made another context.

        Those of the one before went with it.
        """
        self._picture = None
        context = self.context()
        try:
            if context is None:
                raise GlError("there is no context")
            self._picture = GlPicture(context)
        except GlError as error:
            self._fail(error)

    def paintGL(self) -> None:
        """Draw the picture and let the view paint over it."""
        # Not onto the widget: while Qt grabs it, that is painted elsewhere.
        ratio = self.devicePixelRatioF()
        device = QOpenGLPaintDevice(self.size() * ratio)
        device.setDevicePixelRatio(ratio)
        self._paints.paint_on(device, self._draw)

    def _draw(self) -> bool:
        part = self._paints.shown_part()
        if self._picture is None or part is None or not is_in_planes(part.frame.picture):
            return False
        try:
            if not self._picture.fits(part.frame.picture):
                return False
            self._picture.clear(part.view_wh)
            self._picture.draw(part.frame, part.seen, part.view_wh)
        except GlError as error:
            self._fail(error)
            return False
        return True

    def _fail(self, error: GlError) -> None:
        self._picture = None
        if not self._trouble:
            self._trouble = str(error)
            _log.warning("the GPU draws no more, the CPU paints: %s", error)
            self.failed.emit(self._trouble)
