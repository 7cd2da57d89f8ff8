"""Whether the window is recording, since when, and what."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from rkvideo.errors import RkVideoError
from rkvideo.sinks.base import FileSink, Sink
from rkvideo.status import RunStatus

from ..bridge import Bridge
from ..contract.panels import Recording
from ..contract.run import WindowRun


class RunWithSinks(Protocol):
    """What the switch asks of a run."""

    def add_sink(self, sink: Sink, *, required: bool = False) -> None:
        """Write to `sink` from now on. Raises PipelineStateError once the run has ended."""
        ...

    def remove_sink(self, name: str) -> bool:
        """Finish the sink of that name in its own thread."""
        ...

    def status(self) -> RunStatus:
        """A snapshot of the run."""
        ...


class RecordSwitch:
    """Adds recorders to the run and takes them away again; one recording at a time.

    A recording is made by one recorder or by several. Where one ends by itself (a full disk) the
    switch turns off, through the bridge, and the others finish their files. One that `keep_on` has
    asked for begins with each run, until the user stops it.
    """

    def __init__(
        self,
        run: RunWithSinks,
        bridge: Bridge,
        make_recorders: Callable[[], Sequence[FileSink]],
    ) -> None:
        self._run = run
        self._bridge = bridge
        self._make_recorders = make_recorders
        # By the number under which the bridge tells that it was closed.
        self._recorders: dict[int, FileSink] = {}
        self._dropped_before = 0
        self._make_asked: Callable[[WindowRun], Sequence[FileSink]] | None = None
        bridge.sink_closed.connect(self._closed)

    @property
    def is_on(self) -> bool:
        """True while a recording goes on."""
        return bool(self._recorders)

    def recording(self) -> Recording | None:
        """The recording as it is now, None where there is none."""
        if not self.is_on:
            return None
        return Recording(
            seconds=max(recorder.seconds for recorder in self._recorders.values()),
            bytes=sum(recorder.size_bytes for recorder in self._recorders.values()),
            dropped=self._run.status().counts.record_dropped - self._dropped_before,
            paths=tuple(path for recorder in self._recorders.values() for path in recorder.paths),
        )

    def start(self) -> None:
        """Start a recording. Raises what the recorders' maker and `WindowRun.add_sink` raise."""
        self._add(self._make_recorders())

    def keep_on(self, make_recorders: Callable[[WindowRun], Sequence[FileSink]]) -> None:
        """Record each run that `run_made` tells of with new recorders, until `stop`."""
        self._make_asked = make_recorders

    def run_made(self, run: WindowRun) -> None:
        """`run` is about to start: record it from its first frame on, if `keep_on` asked for it.

        Raises what the recorders' maker and `WindowRun.add_sink` raise.
        """
        if self._make_asked is not None:
            self._add(self._make_asked(run))

    def _add(self, recorders: Sequence[FileSink]) -> None:
        added: dict[int, FileSink] = {}
        dropped_before = self._run.status().counts.record_dropped
        try:
            for recorder in recorders:
                watched, number = self._bridge.watch(recorder)
                self._run.add_sink(watched)
                added[number] = recorder
        except RkVideoError:
            self._remove(added.values())
            raise
        self._recorders = added
        self._dropped_before = dropped_before

    def stop(self) -> None:
        """End the recording, and ask for none; its files are finished in the run's own threads."""
        self._make_asked = None
        self._finish()

    def _finish(self) -> None:
        recorders, self._recorders = self._recorders, {}
        self._remove(recorders.values())

    def _remove(self, recorders: Iterable[FileSink]) -> None:
        for recorder in recorders:
            self._run.remove_sink(recorder.name)

    def _closed(self, number: int) -> None:
        if self._recorders.pop(number, None) is not None:
            self._finish()
