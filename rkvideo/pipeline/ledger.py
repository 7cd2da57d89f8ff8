"""The book of a run: its state, its counts, its first error, and whether it is ending.

Every thread writes here, and asks here whether the run goes on: no other part remembers that.
"""

from __future__ import annotations

import enum
import threading
import time
from collections.abc import Callable
from dataclasses import fields, replace

from rkvideo.data import StageTimings, StreamInfo
from rkvideo.sinks.base import RECORDING
from rkvideo.stats import Percentiles, RunStats, StatsSnapshot
from rkvideo.status import (
    FrameCounts,
    LoadedModel,
    NpuSample,
    Playback,
    RunState,
    RunStatus,
    SinkCounts,
    SourceReport,
    SourceTrouble,
    Switches,
)

_MOST_NOTICES = 20


class RunEnd(enum.IntEnum):
    """How far a run is on the way to its end; it only rises."""

    NOT_YET = 0
    DRAINS = 1
    """No frame will follow; those under way are worked off."""
    CUT_SHORT = 2
    """It was stopped or has failed: what is under way is dropped."""


class Ledger:
    """One lock, one state, immutable snapshots.

    IDLE -> STARTING -> RUNNING <-> PAUSED, RUNNING <-> RECONNECTING, and from each of them to one
    of FINISHED, STOPPED, FAILED. The first error is kept, later ones are not.
    """

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._changed = threading.Condition()
        # Its counts are those of when it was last asked for: several change with each frame.
        self._status = RunStatus(RunState.IDLE, FrameCounts())
        self._counts = dict.fromkeys((field.name for field in fields(FrameCounts)), 0)
        self._has_counted = False
        self._pending: set[str] = set()
        self._paused = False
        self._ending = RunEnd.NOT_YET
        self._was_stopped = False
        self._stats = RunStats()

    def status(self) -> RunStatus:
        """A snapshot of the run."""
        with self._changed:
            return self._snapshot()

    def stats(self) -> StatsSnapshot:
        """The figures of the last seconds."""
        with self._changed:
            return self._stats.snapshot(self._clock())

    def overall(self) -> tuple[float | None, dict[str, Percentiles]]:
        """Frames per second and the percentiles of each stage over the whole run."""
        with self._changed:
            return self._stats.overall_fps(), self._stats.overall()

    def begin(self, pending: set[str]) -> None:
        """The run starts; `pending` names what must open before it is running."""
        with self._changed:
            self._pending = set(pending)
            self._set(state=RunState.STARTING)

    def settled(self, name: str) -> None:
        """What the start waits for is open, or will not be: its notice or error says why."""
        with self._changed:
            self._pending.discard(name)
            if not self._pending and self._status.state is RunState.STARTING:
                self._set(state=self._moving_state())

    def wait_started(self) -> RunStatus:
        """Wait until the run has left STARTING, has an error or is cut short; the snapshot."""
        with self._changed:
            self._changed.wait_for(
                lambda: (
                    self._status.state not in (RunState.IDLE, RunState.STARTING)
                    or self._status.error is not None
                    or self._ending is RunEnd.CUT_SHORT
                )
            )
            return self._snapshot()

    def wait_ended(self, timeout: float) -> RunStatus:
        """Wait until the run has ended or `timeout` seconds went by; gives the snapshot."""
        with self._changed:
            self._changed.wait_for(lambda: self._status.state.is_final, timeout)
            return self._snapshot()

    def wait_over(self, timeout: float) -> bool:
        """Wait until the run has ended or is cut short, `timeout` seconds at most; is it so?"""
        with self._changed:
            return self._changed.wait_for(
                lambda: self._status.state.is_final or self._ending is RunEnd.CUT_SHORT, timeout
            )

    def wait_stream(self) -> StreamInfo | None:
        """Wait until the source has told what it is; None where the run ends before that."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._status.stream is not None or self._ending is not RunEnd.NOT_YET
            )
            return None if self._ending is RunEnd.CUT_SHORT else self._status.stream

    @property
    def ending(self) -> RunEnd:
        """How far the run is on the way to its end."""
        with self._changed:
            return self._ending

    def wait_ending(self, timeout: float) -> None:
        """Wait until the run is ending, `timeout` seconds at most."""
        with self._changed:
            self._changed.wait_for(lambda: self._ending is not RunEnd.NOT_YET, timeout)

    def drains(self) -> None:
        """No frame will follow."""
        self._end_as(RunEnd.DRAINS)

    def cut_short(self, *, by_user: bool = False) -> None:
        """What is under way will be dropped: the user stopped the run, or an error did."""
        with self._changed:
            self._was_stopped = self._was_stopped or by_user
        self._end_as(RunEnd.CUT_SHORT)

    def _end_as(self, ending: RunEnd) -> None:
        with self._changed:
            self._ending = max(self._ending, ending)
            self._changed.notify_all()

    def source_plays(self, stream: StreamInfo) -> None:
        """The source is open (again)."""
        with self._changed:
            self._set(stream=stream, trouble=None)
            if self._status.state is RunState.RECONNECTING:
                self._set(state=RunState.STARTING if self._pending else self._moving_state())
        self.settled("source")

    def source_lost(self, reason: str, retry_at_s: float | None) -> None:
        """The source does not play; the next try is at `retry_at_s`, or under way now."""
        with self._changed:
            before = self._status.trouble
            lost_at = before.lost_at_s if before else self._clock()
            self._set(
                state=RunState.RECONNECTING, trouble=SourceTrouble(reason, lost_at, retry_at_s)
            )

    def source_retries(self) -> None:
        """A new try to open the source is under way."""
        with self._changed:
            if self._status.trouble is not None:
                self._set(trouble=replace(self._status.trouble, retry_at_s=None))

    def set_paused(self, paused: bool) -> None:
        """Remember whether the user has paused, and show it where the run is moving."""
        with self._changed:
            self._paused = paused
            if self._status.state in (RunState.RUNNING, RunState.PAUSED):
                self._set(state=self._moving_state())

    @property
    def paused(self) -> bool:
        """True while the user has paused."""
        with self._changed:
            return self._paused

    def decoded(self) -> None:
        """A frame came out of the source."""
        with self._changed:
            self._stats.frame_decoded(self._clock())
            self._add(decoded=1)

    def source_reports(self, report: SourceReport) -> None:
        """What the source tells of its own; frames that it did not decode are dropped ones."""
        with self._changed:
            undecoded = report.undecoded - self._status.source.undecoded
            self._set(source=report)
            self._add(decoded=undecoded, dropped=undecoded)
        for text in report.notices:
            self.notice(text)

    def shown(self, timings: StageTimings) -> int:
        """A frame was handed on; gives how many so far."""
        with self._changed:
            self._stats.frame_shown(timings)
            self._add(shown=1)
            return self._counts["shown"]

    def count(self, **more: int) -> None:
        """Add to counts of `FrameCounts` by name."""
        with self._changed:
            self._add(**more)

    def sink_counted(self, name: str, *, written: int = 0, dropped: int = 0) -> None:
        """Add to the counts of the sink of that name; those of a recording are frames of the run.

        The first frame that a sink could not keep up with is told.
        """
        with self._changed:
            known = {sink.name: sink for sink in self._status.sinks}
            before = known.get(name, SinkCounts(name))
            known[name] = replace(
                before, written=before.written + written, dropped=before.dropped + dropped
            )
            self._status = replace(self._status, sinks=tuple(known.values()))
            if name == RECORDING:
                self._add(recorded=written, record_dropped=dropped)
        if dropped and not before.dropped:
            self.notice(f"{name}: it cannot keep up with the source, frames are missing in it")

    def sink_encodes(self, name: str, encoder: str) -> None:
        """The sink of that name has taken this encoder."""
        with self._changed:
            known = {sink.name: sink for sink in self._status.sinks}
            known[name] = replace(known.get(name, SinkCounts(name)), encoder=encoder)
            self._set(sinks=tuple(known.values()))

    def notice(self, text: str) -> None:
        """Something that the user should know and that does not end the run; told once."""
        with self._changed:
            if text not in self._status.notices:
                self._set(notices=(*self._status.notices, text)[-_MOST_NOTICES:])

    def recorded_files(self, files: tuple[str, ...]) -> None:
        """A sink has finished these files."""
        with self._changed:
            self._set(recordings=(*self._status.recordings, *files))

    def npu_sampled(self, sample: NpuSample) -> None:
        """The newest figures of the NPU."""
        with self._changed:
            self._set(npu=sample)

    def models(self, loaded: tuple[LoadedModel, ...], loading: str, switches: Switches) -> None:
        """The models in memory, the one in use first; the one on its way; how switches ended."""
        with self._changed:
            status = self._status
            if (loaded, loading, switches) != (status.loaded, status.loading, status.switches):
                self._set(loaded=loaded, loading=loading, switches=switches)

    def playback(self, playback: Playback) -> None:
        """How the file is played from now on."""
        with self._changed:
            self._set(playback=playback)

    def fail(self, error: Exception) -> None:
        """Keep the first error; it ends the run."""
        with self._changed:
            if self._status.error is None:
                self._set(error=error)

    def end(self) -> None:
        """Every thread has ended. What was still under way counts as dropped."""
        with self._changed:
            counts = self._snapshot().counts
            gone = counts.shown + counts.late + counts.failed + counts.dropped
            self._add(dropped=counts.decoded - gone)
            if self._status.error is not None:
                state = RunState.FAILED
            else:
                state = RunState.STOPPED if self._was_stopped else RunState.FINISHED
            self._set(state=state)

    def _moving_state(self) -> RunState:
        return RunState.PAUSED if self._paused else RunState.RUNNING

    def _add(self, **more: int) -> None:
        for name, count in more.items():
            self._counts[name] += count
        self._has_counted = True

    def _snapshot(self) -> RunStatus:
        if self._has_counted:
            self._has_counted = False
            self._status = replace(self._status, counts=FrameCounts(**self._counts))
        return self._status

    def _set(self, **changes: object) -> None:
        self._status = replace(self._status, **changes)  # type: ignore[arg-type]
        self._changed.notify_all()
