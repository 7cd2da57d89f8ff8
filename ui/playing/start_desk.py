"""Fills the start page and the menu of sources, and keeps a picture of each source."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PyQt5.QtCore import QEvent, QObject, QTimer
from PyQt5.QtWidgets import QWidget

from rkvideo.data import FrameResult
from rkvideo.sources.address_book import public_name

from ..bridge import Bridge
from ..contract.services import Services
from ..kept.thumbnails import SIZE, Thumbnails
from ..picture.thumbnail import thumbnail_of
from .source_bar import SourceBar
from .source_desk import SourceDesk
from .start_page import OfferedCamera, RecentSource, StartPage

# Many clips begin in the dark.
_SECOND_LOOK_MS: Final = 3000


class StartDesk(QObject):
    """The start page over `area`; `newest` gives what is on the screen, None for nothing."""

    def __init__(
        self,
        area: QWidget,
        bar: SourceBar,
        sources: SourceDesk,
        services: Services,
        bridge: Bridge,
        thumbnails: Thumbnails | None,
        newest: Callable[[], FrameResult | None],
    ) -> None:
        super().__init__(area)
        self._area = area
        self._bar = bar
        self._sources = sources
        self._services = services
        self._bridge = bridge
        self._thumbnails = thumbnails
        self._newest = newest
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(_SECOND_LOOK_MS)
        self._again.timeout.connect(self._keep)
        self._shown = ""
        self.page = StartPage(area)
        self.page.hide()
        area.installEventFilter(self)
        bar.page_asked.connect(self.toggle)
        bar.menu_asked.connect(lambda: self._ask_cameras(bar.show_cameras))
        bar.camera_opened.connect(self._open_camera)
        self.page.opened.connect(self._open)
        self.page.camera_opened.connect(self._open_camera)
        self.page.file_asked.connect(self._ask_file)
        self.page.closed.connect(self.close)
        sources.proven.connect(self._proven)
        sources.opening.connect(self.close)

    @property
    def is_open(self) -> bool:
        """Whether the page lies over the picture."""
        return not self.page.isHidden()

    def toggle(self) -> None:
        """Open the page, or go back to the picture."""
        if self.is_open:
            self.close()
        else:
            self.open(can_close=True)

    def open(self, *, can_close: bool) -> None:
        """Show the page.

        Without a picture behind it there is nothing to go back to, and typing is for its field.
        """
        self.page.close_button.setVisible(can_close)
        self.page.setGeometry(self._area.rect())
        self.page.show()
        self.page.raise_()
        if not can_close:
            self.page.address.setFocus()
        self._bridge.ask(self._recent, self.page.show_recent)
        self._ask_cameras(self.page.show_cameras)

    def close(self) -> None:
        """Back to the picture, if there is one."""
        self.page.hide()

    def eventFilter(self, _watched: QObject | None, event: QEvent | None) -> bool:
        """Lie over all of the area."""
        if event is not None and event.type() == QEvent.Type.Resize:
            self.page.setGeometry(self._area.rect())
        return False

    def _ask_file(self) -> None:
        self._bar.open_file()

    def _open(self, text: str) -> None:
        self._sources.open(text)

    def _open_camera(self, source: str, mode: object) -> None:
        self._sources.open_camera(source, mode)  # type: ignore[arg-type]

    def _recent(self) -> tuple[RecentSource, ...]:
        kept = self._thumbnails
        return tuple(
            RecentSource(shown) if kept is None else RecentSource(shown, kept.load(shown))
            for shown in self._sources.recent
        )

    def _ask_cameras(self, show: Callable[[tuple[OfferedCamera, ...]], None]) -> None:
        services = self._services

        def find() -> tuple[OfferedCamera, ...]:
            return tuple(
                OfferedCamera(camera, services.camera_modes(camera.source))
                for camera in services.cameras()
            )

        self._bridge.ask(find, show)

    def _proven(self, source: str) -> None:
        self._shown = public_name(source)
        self._keep()
        self._again.start()

    def _keep(self) -> None:
        kept, result = self._thumbnails, self._newest()
        if kept is None or result is None or not self._shown:
            return
        shown, recent = self._shown, self._sources.recent
        self._bridge.ask(
            lambda: kept.keep(shown, thumbnail_of(result.frame, *SIZE), recent), lambda _: None
        )
