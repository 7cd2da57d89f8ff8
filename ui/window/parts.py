"""The parts of the window that act on each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PyQt5.QtCore import QCoreApplication
from PyQt5.QtWidgets import QMainWindow

from rkvideo.config import AppConfig
from rkvideo.errors import RkVideoError
from rkvideo.evaluation.disagreement import lone_of
from rkvideo.pictures.overlay import Look
from rkvideo.sinks.base import FileSink

from ..bridge import Bridge
from ..contract.services import Services
from ..kept.settings import Settings
from ..look.error_words import shown_error
from ..picture.face import window_face
from ..picture.paint_meter import PaintMeter
from ..picture.video_view import VideoView
from ..playing.glimpses import Glimpses
from ..playing.player import Player
from ..playing.recording import RecordSwitch
from ..playing.source_bar import SourceBar
from ..playing.transport import TransportBar
from .docks import PanelDocks, PanelSpec
from .picture_area import PictureArea
from .toasts import ToastArea


@dataclass(frozen=True, slots=True)
class WindowParts:
    """One of each, made by the main window."""

    services: Services
    bridge: Bridge
    settings: Settings
    player: Player
    recording: RecordSwitch
    meter: PaintMeter
    view: VideoView
    transport: TransportBar
    picture_area: PictureArea
    source_bar: SourceBar
    toasts: ToastArea
    glimpses: Glimpses
    docks: PanelDocks

    def drawn_look(self) -> Look:
        """How recordings and snapshots are drawn: as the window does; from any thread."""
        state = self.settings.state
        alone = lone_of if state.marks_alone else None
        return replace(state.look, divider=self.view.divider, face=window_face, alone=alone)


def make_parts(
    window: QMainWindow,
    services: Services,
    bridge: Bridge,
    settings: Settings,
    config: AppConfig,
    panels: Sequence[PanelSpec],
) -> WindowParts:
    """The parts of a window that starts with `config`; nothing is opened yet."""
    bridge.words_of_error = shown_error
    meter = PaintMeter()
    view = VideoView(meter)
    bridge.prepare_with(view.ahead)
    transport = TransportBar()
    player = Player(services, bridge, config, window)
    area = PictureArea(view, transport)

    def make_recorders() -> Sequence[FileSink]:
        if player.run is None:
            words = QCoreApplication.translate("WindowParts", "no recording: nothing is played now")
            raise RkVideoError(words)
        return services.make_recorders(player.run, settings.state.record, parts.drawn_look)

    parts = WindowParts(
        services=services,
        bridge=bridge,
        settings=settings,
        player=player,
        recording=RecordSwitch(player, bridge, make_recorders),
        meter=meter,
        view=view,
        transport=transport,
        picture_area=area,
        source_bar=SourceBar(),
        toasts=ToastArea(area, view.message_top),
        glimpses=Glimpses(transport.slider, player, services, bridge, area),
        docks=PanelDocks(window, panels),
    )
    return parts
