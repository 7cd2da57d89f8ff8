"""What lies over the picture, and what the bar shows, at one moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from rkvideo.status import RunState, RunStatus

from ..contract.panels import Bench
from ..picture.banner import Banner
from ..picture.hud_layer import Hud
from ..picture.over_picture import Overlays
from ..playing.figures import FiguresBook, pill_of, player_banner
from ..playing.transport import TransportFigures
from .parts import WindowParts


@dataclass(frozen=True, slots=True)
class PicturesSeen:
    """Whether this run has shown a picture, and whether one of any run is on the screen."""

    of_this_run: bool
    of_any_run: bool


class OverlayMaker:
    """Asks the parts of the window what there is to say."""

    def __init__(self, parts: WindowParts) -> None:
        self._parts = parts
        self._book = FiguresBook()

    def overlays(
        self,
        status: RunStatus,
        now: float,
        pictures: PicturesSeen,
        banner: Banner | None,
        keys: tuple[tuple[str, str], ...],
    ) -> Overlays:
        """All of it; while there are `keys`, only they and the pill."""
        pill = pill_of(self._parts.recording.recording(), status)
        if keys:
            return Overlays(pill=pill, keys=keys)
        plays = status.state is RunState.RUNNING and status.trouble is None
        hud, sentence = self._hud(status, now, pictures), self._sentence()
        return Overlays(hud=hud, banner=banner, pill=pill, sentence=sentence, plays=plays)

    def banner(self, status: RunStatus, now: float, pictures: PicturesSeen) -> Banner | None:
        """What the player says over the picture."""
        return player_banner(
            self._parts.player,
            status,
            now,
            has_picture=pictures.of_this_run,
            has_old_picture=pictures.of_any_run,
        )

    def transport(self, status: RunStatus, now: float, *, has_picture: bool) -> TransportFigures:
        """What the bar shows."""
        player = self._parts.player
        return TransportFigures(
            status=status,
            now=now,
            position_s=player.position_s,
            speed=player.speed,
            loop=player.config.source_options.loop,
            has_picture=has_picture,
            model=player.run.titles.model if player.run else "",
            is_beside=bool(player.beside),
            is_recording=self._parts.recording.is_on,
        )

    def _sentence(self) -> str:
        """What Compare has said of the two models that are seen."""
        bench = cast("Bench | None", self._parts.docks.panel("compare"))
        result = self._parts.view.result
        if bench is None or result is None or len(result.sides) < 2:
            return ""
        return bench.sentence_on(*(side.model for side in result.sides))

    def _hud(self, status: RunStatus, now: float, pictures: PicturesSeen) -> Hud | None:
        state, run = self._parts.settings.state, self._parts.player.run
        if run is None or not pictures.of_this_run or state.figures == "none":
            return None
        painted = self._parts.meter.figures(now)
        recording = self._parts.recording.recording()
        figures = self._book.figures(run, status, painted, recording, now)
        return Hud(figures, state.figures, state.figures_corner, self._parts.view.painted_by)
