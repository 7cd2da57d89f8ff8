"""The figures of the HUD and the words of the banner, from what the run and the screen say."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from PyQt5.QtCore import QCoreApplication

from rkvideo.bench.plan import is_always_live
from rkvideo.bench.sampling import LOADED_PERCENT, is_throttled
from rkvideo.data import StreamInfo
from rkvideo.sources.address_book import public_name
from rkvideo.status import NpuSample, RunState, RunStatus

from ..contract.panels import Recording
from ..contract.run import Task, WindowRun
from ..look.class_names import in_language
from ..look.error_words import shown_error
from ..picture.banner import Banner, Tone, banner_for
from ..picture.hud import HudFigures, Trouble
from ..picture.paint_meter import PaintFigures
from ..picture.pill import Pill
from .player import Player

_translate = QCoreApplication.translate

# How long a count that rose is told as something that is wrong now.
RISING_S: Final = 10.0
# Two rows of the figures.
MOST_CLASSES: Final = 6
_RATES: Final = ("shown_fps", "source_fps", "latency_p50", "latency_p95", "stages")


class FiguresBook:
    """Makes the figures, and keeps the last true ones for when nothing plays."""

    def __init__(self) -> None:
        self._run: WindowRun | None = None
        self._begin(None)

    def _begin(self, run: WindowRun | None) -> None:
        self._run = run
        self._kept: HudFigures | None = None
        self._counts: dict[Trouble, int] = {}
        self._rose_s: dict[Trouble, float] = {}
        self._highest: NpuSample | None = None

    def figures(
        self,
        run: WindowRun,
        status: RunStatus,
        painted: PaintFigures,
        recording: Recording | None,
        now: float,
    ) -> HudFigures:
        """The figures at `now` (`perf_counter` seconds).

        While nothing plays, rates and times are the last ones of this run.
        """
        if run is not self._run:
            self._begin(run)
        is_playing = status.state is RunState.RUNNING and status.trouble is None and painted.fps > 0
        made = hud_figures(run, status, painted, recording)
        made = replace(made, rising=self._rising(made, status, now), is_past=not is_playing)
        if is_playing:
            self._kept = made
        elif (kept := self._kept) is not None:
            return replace(made, **{name: getattr(kept, name) for name in _RATES})
        return made

    def _rising(self, made: HudFigures, status: RunStatus, now: float) -> frozenset[Trouble]:
        counts: dict[Trouble, int] = {
            "dropped": made.dropped,
            "late": made.late,
            "failed": made.failed,
            "damaged": made.damaged,
        }
        for kind, count in counts.items():
            if count > self._counts.get(kind, 0):
                self._rose_s[kind] = now
        self._counts = counts
        rising = {kind for kind, rose_s in self._rose_s.items() if now - rose_s <= RISING_S}
        if status.trouble is not None:
            rising.add("lost")
        if self._is_throttled(status.npu):
            rising.add("throttled")
        return frozenset(rising)

    def _is_throttled(self, sample: NpuSample | None) -> bool:
        """Whether a busy NPU has a lower clock than it had before in this run."""
        if sample is None or sample.clock_hz is None:
            return False
        before = self._highest
        if before is None or (before.clock_hz or 0) < sample.clock_hz:
            self._highest = before = sample
        is_loaded = max(sample.loads or (), default=0) >= LOADED_PERCENT
        return is_loaded and is_throttled(before, sample, None, is_loaded=is_loaded)


def hud_figures(
    run: WindowRun, status: RunStatus, painted: PaintFigures, recording: Recording | None
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
        lost_packets=status.source.lost_packets,
        model=titles.model,
        backend=titles.runs_on,
        picture_way=titles.picture_way,
        decoder=status.stream.decoder if status.stream else "",
        is_scaled_by_rga=painted.is_by_rga,
        recording_s=recording.seconds if recording else None,
        recording_waits=status.trouble is not None,
        record_dropped=recording.dropped if recording else 0,
        recording_bytes=recording.bytes if recording else None,
        npu=status.npu,
        objects=_objects(run),
    )


def _objects(run: WindowRun) -> tuple[tuple[str, int, int], ...]:
    """The classes of which most objects were numbered; what has no room is counted together."""
    present, seen = run.objects_present, run.objects_seen
    titles = in_language(run.titles)
    most = sorted(seen, key=lambda class_id: (-seen[class_id], class_id))
    named, rest = (
        (most, [])
        if len(most) <= MOST_CLASSES
        else (
            most[: MOST_CLASSES - 1],
            most[MOST_CLASSES - 1 :],
        )
    )
    rows = [(titles.label(one), present.get(one, 0), seen[one]) for one in named]
    if rest:
        together = (sum(present.get(one, 0) for one in rest), sum(seen[one] for one in rest))
        rows.append((_translate("Hud", "others"), *together))
    return tuple(rows)


def _source_fps(stream: StreamInfo | None, measured: float) -> float:
    """The rate of a live source as it comes; that of a file is its own, however it is played."""
    if stream is None or stream.live or stream.rate is None:
        return measured
    return float(stream.rate)


def pill_of(recording: Recording | None, status: RunStatus) -> Pill | None:
    """The pill of a recording, None without one."""
    if recording is None:
        return None
    waits = ""
    if status.trouble is not None or status.state is RunState.RECONNECTING:
        waits = _translate("Pill", "waits for the camera")
    elif status.state is RunState.PAUSED:
        waits = _translate("Pill", "paused")
    return Pill(recording.seconds, waits)


def player_banner(
    player: Player, status: RunStatus, now: float, *, has_picture: bool, has_old_picture: bool
) -> Banner | None:
    """What is said over the picture, None where all is well.

    `has_picture` is true once this run has shown one; until then a picture of the run before may
    be there, which is dimmed.
    """
    source = public_name(player.config.source)
    if player.lent_to is not None:
        return Banner(_lent_words(player.lent_to), dims=not has_picture)
    if player.refusal is not None:
        title = _translate("Banner", "cannot be opened")
        return Banner(title, shown_error(player.refusal), Tone.ERROR, dims=True)
    if player.run is None or player.is_opening:
        return Banner(_translate("Banner", "opening…"), source, dims=has_old_picture)
    is_live = is_always_live(player.config.source)
    shown = player.run.titles.source
    banner = banner_for(status, shown, now, has_picture=has_picture, is_live=is_live)
    if banner is not None and has_old_picture and not has_picture:
        return replace(banner, dims=True)
    return banner


def _lent_words(task: Task) -> str:
    return {
        "comparison": _translate("Banner", "comparing models…"),
        "evaluation": _translate("Banner", "evaluating models…"),
        "search": _translate("Banner", "looking for disagreements…"),
    }[task]
