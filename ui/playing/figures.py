"""The figures of the HUD and the words of the banner, from what the run and the screen say."""

from __future__ import annotations

from dataclasses import replace

from PyQt5.QtCore import QCoreApplication

from rkvideo.data import StreamInfo
from rkvideo.sources.address_book import public_name
from rkvideo.status import RunStatus

from ..contract.panels import Recording
from ..contract.run import Run
from ..picture.banner import Banner, Tone, banner_for, error_text
from ..picture.hud import HudFigures
from ..picture.paint_meter import PaintFigures
from .player import Player

_translate = QCoreApplication.translate


def hud_figures(
    run: Run, status: RunStatus, painted: PaintFigures, recording: Recording | None
) -> HudFigures:
    """What the HUD shows: the rate and the latency are those of the painted pictures."""
    stats, counts, titles = run.stats(), status.counts, run.titles
    stages = (*stats.stages, ("paint", painted.paint_s))
    return HudFigures(
        shown_fps=painted.fps,
        source_fps=_source_fps(status.stream, stats.source_fps),
        latency_p50=painted.latency.p50 * 1e3,
        latency_p95=painted.latency.p95 * 1e3,
        stages=tuple((stage, seconds * 1e3) for stage, seconds in stages),
        dropped=counts.dropped,
        late=counts.late,
        failed=counts.failed,
        damaged=status.source.damaged,
        model=titles.model,
        backend=titles.backend,
        decoder=status.stream.decoder if status.stream else "",
        recording_s=recording.seconds if recording else None,
        recording_waits=status.trouble is not None,
        record_dropped=recording.dropped if recording else 0,
        recording_bytes=recording.bytes if recording else None,
        npu=status.npu,
    )


def _source_fps(stream: StreamInfo | None, measured: float) -> float:
    """The rate of a live source as it comes; that of a file is its own, however it is played."""
    if stream is None or stream.live or stream.rate is None:
        return measured
    return float(stream.rate)


def player_banner(
    player: Player, status: RunStatus, now: float, *, has_picture: bool, has_old_picture: bool
) -> Banner | None:
    """What is said over the picture, None where all is well.

    `has_picture` is true once this run has shown one; until then a picture of the run before may
    be there, which is dimmed.
    """
    source = public_name(player.config.source)
    if player.is_suspended:
        return Banner(_translate("Banner", "comparing models…"), dims=not has_picture)
    if player.refusal is not None:
        title = _translate("Banner", "cannot be opened")
        return Banner(title, error_text(player.refusal), Tone.ERROR, dims=True)
    if player.run is None or player.is_opening:
        return Banner(_translate("Banner", "opening…"), source, dims=has_old_picture)
    banner = banner_for(status, player.run.titles.source, now, has_picture=has_picture)
    if banner is not None and has_old_picture and not has_picture:
        return replace(banner, dims=True)
    return banner
