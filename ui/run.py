"""What the window is given: a run to show, and what its keys may make."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from rkvideo.data import FrameResult, RunStatus
from rkvideo.overlay import RunTitles
from rkvideo.sinks.base import Sink
from rkvideo.stats import StatsSnapshot


class Run(Protocol):
    """A run as the window sees it; `rkvideo.pipeline.Pipeline` is one.

    The window calls every method in the GUI thread, but for `join`, which may block.
    """

    @property
    def titles(self) -> RunTitles:
        """What the run is called; may become more exact once it has started."""
        ...

    def start(self, wait: bool = True) -> None:
        """Start it; with `wait=False` an error of the start is found in `status`."""
        ...

    def pause(self) -> None:
        """Hold the pictures where they are."""
        ...

    def resume(self) -> None:
        """Go on after `pause`."""
        ...

    def stop(self) -> None:
        """End the run; returns at once."""
        ...

    def join(self, timeout: float) -> None:
        """Wait for its end, `timeout` seconds at most. Raises ShutdownTimeout."""
        ...

    def status(self) -> RunStatus:
        """A snapshot of the run."""
        ...

    def stats(self) -> StatsSnapshot:
        """The figures of the last seconds."""
        ...

    def observe(self, observer: Callable[[FrameResult], None]) -> None:
        """Call `observer` with each result, in a thread of the run; before `start`."""
        ...

    def add_sink(self, sink: Sink, *, required: bool = False) -> None:
        """Write to `sink` from now on. Raises PipelineStateError once the run has ended."""
        ...

    def remove_sink(self, name: str) -> bool:
        """Finish the sink of that name in its own thread; False where there is none."""
        ...


@dataclass(frozen=True, slots=True)
class WindowOptions:
    """What the caller decides for the window.

    `make_recorder` gives a new sink each time a recording starts and chooses its file.
    `save_snapshot` writes a result to a file of its choice and returns its path; it is called
    outside the GUI thread. Both raise RkVideoError. `first_recorder` records from the first frame
    on, and an error of it ends the run.
    """

    make_recorder: Callable[[], Sink]
    save_snapshot: Callable[[FrameResult], Path]
    first_recorder: Sink | None = None
    fullscreen: bool = False
