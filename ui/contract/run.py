"""What the window is given: the runs that it shows, and how it starts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

from rkvideo.config import DetectionFilter, PaintWay
from rkvideo.data import Frame, FrameResult
from rkvideo.pictures.overlay import Look
from rkvideo.sinks.base import FileSink, Sink
from rkvideo.stats import StatsSnapshot
from rkvideo.status import RunStatus, RunTitles

from ..kept.state import StateFile, WindowState

if TYPE_CHECKING:
    from rkvideo.pipeline.prepared import PreparedModel

# What may have the machine for itself while the run of the window waits.
Task: TypeAlias = Literal["comparison", "evaluation", "search"]


class WindowRun(Protocol):
    """A run as the window sees it; `rkvideo.pipeline.pipeline.Pipeline` is one.

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

    @property
    def wanted(self) -> DetectionFilter:
        """The filter of the next frame."""
        ...

    def set_filter(self, wanted: DetectionFilter) -> None:
        """Use another filter from the next frame on."""
        ...

    def switch_model(self, prepared: PreparedModel) -> int:
        """Open another model beside the one in use and swap to it between two frames.

        Returns at once. `status().loading` names it until it is in use; where it cannot be opened
        the old model goes on and a notice says why. To or from an A|B view the old models leave
        first, and the picture waits. A further call takes the place of one that has not begun to
        load. Gives the number of the switch, from 1: `status().switches` tells by it how the
        switch ended. Raises PipelineStateError once the run has ended.
        """
        ...

    def set_tracking(self, on: bool) -> None:
        """Number objects from the next frame on, or no longer. Raises ConfigError: it cannot."""
        ...

    @property
    def objects_present(self) -> dict[int, int]:
        """How many numbered objects of each class there are now, by class id; of side A."""
        ...

    @property
    def objects_seen(self) -> dict[int, int]:
        """How many there were so far; empty where nothing was numbered."""
        ...

    def seek(self, position_s: float) -> None:
        """Go on at the frame that a file shows at `position_s`; while paused that one is shown."""
        ...

    def step(self) -> None:
        """While paused: show the next frame of a file, and stay paused."""
        ...

    def set_speed(self, speed: float | None) -> None:
        """Play a file at this factor of its own speed, None for as fast as possible."""
        ...

    def set_loop(self, loop: bool) -> None:
        """Whether a file starts over at its end."""
        ...

    def observe(
        self,
        observer: Callable[[FrameResult], None],
        *,
        sees_lent: Callable[[Frame], None] | None = None,
    ) -> None:
        """Call `observer` with each result, in a thread of the run; before `start`.

        `sees_lent` is called in a worker with each frame whose picture a video unit lends still.
        """
        ...

    def add_sink(self, sink: Sink, *, required: bool = False) -> None:
        """Write to `sink` from now on. Raises PipelineStateError once the run has ended."""
        ...

    def remove_sink(self, name: str) -> bool:
        """Finish the sink of that name in its own thread; False where there is none."""
        ...


@dataclass(frozen=True, slots=True)
class WindowOptions:
    """How the window starts.

    `kiosk`: full screen and nothing but the picture; with `touch` a tap brings the bar.
    `closes_on_refusal`: the source was named on the command line, so a wrong one closes the window
    and is told in the terminal. `language` is
    one of `ui.look.language.LANGUAGES` or `auto`, empty for what the state says. `paint` says who
    scales and colours the picture.
    `starts_with_page`: the start page asks what to watch, and nothing is opened before.
    `first_recorders` makes the recorders that record the first source from its first frame on,
    anew for each run of it: after a retry, a bench, or when a file is played again. `state` is
    what the window remembers of its last life, `state_file` where it goes, None for nowhere.
    """

    fullscreen: bool = False
    kiosk: bool = False
    touch: bool = False
    paint: PaintWay = "auto"
    starts_with_page: bool = False
    closes_on_refusal: bool = False
    language: str = ""
    first_recorders: Callable[[WindowRun, Callable[[], Look]], Sequence[FileSink]] | None = None
    state: WindowState = field(default_factory=WindowState)
    state_file: StateFile | None = None
