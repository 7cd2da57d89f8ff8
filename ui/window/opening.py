"""What leads to a picture: the desk of sources, the start page, what is fetched meanwhile."""

from __future__ import annotations

from dataclasses import dataclass

from PyQt5.QtCore import QCoreApplication
from PyQt5.QtWidgets import QWidget

from rkvideo.sources.names import DEMO

from ..contract.run import WindowOptions
from ..kept.thumbnails import FOLDER_NAME, Thumbnails
from ..playing.source_desk import SourceDesk
from ..playing.start_desk import StartDesk
from .drop_hint import DropHint
from .fetch_notice import FetchNotice
from .parts import WindowParts
from .toasts import ToastAction


@dataclass(frozen=True, slots=True)
class OpeningParts:
    """One of each, for a window."""

    sources: SourceDesk
    start: StartDesk
    fetch: FetchNotice

    def look(self, parts: WindowParts) -> None:
        """Show how far a download is."""
        self.fetch.show_progress(parts.services.fetch_progress())


def make_opening(window: QWidget, parts: WindowParts, options: WindowOptions) -> OpeningParts:
    """The parts of a window that open sources."""
    sources = SourceDesk(
        parts.source_bar, parts.player, parts.services, parts.settings, parts.bridge, window
    )
    file = options.state_file
    start = StartDesk(
        parts.picture_area,
        parts.source_bar,
        sources,
        parts.services,
        parts.bridge,
        None if file is None else Thumbnails(file.path.parent / FOLDER_NAME, file.history),
        lambda: parts.view.result,
    )

    def offer_more(source: str) -> None:
        """Who has watched nothing but the demo may not know that there is a start page."""
        if source == DEMO and set(sources.recent) == {DEMO} and not options.kiosk:
            words = QCoreApplication.translate("Opening", "this is the demo clip")
            offered = QCoreApplication.translate("Opening", "watch something else…")
            action = ToastAction(offered, lambda: start.open(can_close=True))
            parts.toasts.show_toast(words, (action,))

    parts.toasts.keep_below(lambda: start.page.buttons_bottom if start.is_open else 0.0)
    sources.proven.connect(offer_more)
    sources.hovered.connect(DropHint(window).show_hint)
    fetch = FetchNotice(parts.picture_area)
    fetch.cancelled.connect(parts.services.cancel_fetch)
    return OpeningParts(sources, start, fetch)
