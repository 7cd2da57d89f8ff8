"""Whether the window is recording, and since when."""

from __future__ import annotations

from collections.abc import Callable

from rkvideo.sinks.base import Sink
from ui.bridge import Bridge
from ui.run import Run


class RecordSwitch:
    """Adds a recorder to the run and takes it away again; one recording at a time.

    A recorder that ends by itself (a full disk) turns the switch off through the bridge.
    """

    def __init__(self, run: Run, bridge: Bridge, make_recorder: Callable[[], Sink]) -> None:
        self._run = run
        self._bridge = bridge
        self._make_recorder = make_recorder
        self._name: str | None = None
        self._number = 0
        self._started_s = 0.0
        bridge.sink_closed.connect(self._closed)

    @property
    def is_on(self) -> bool:
        """True while a recording goes on."""
        return self._name is not None

    def seconds(self, now: float) -> float | None:
        """How long the recording has been going on at `now`, None where there is none."""
        return now - self._started_s if self.is_on else None

    def start(self, now: float) -> None:
        """Start a recording. Raises what the recorder's maker and `Run.add_sink` raise."""
        self.add(self._make_recorder(), now)

    def add(self, recorder: Sink, now: float, *, required: bool = False) -> None:
        """Start a recording with a recorder that the caller made."""
        watched, number = self._bridge.watch(recorder)
        self._run.add_sink(watched, required=required)
        self._name, self._number = recorder.name, number
        self._started_s = now

    def stop(self) -> None:
        """End the recording; its file is finished in the run's own thread."""
        if self._name is not None:
            self._run.remove_sink(self._name)
            self._name = None

    def _closed(self, number: int) -> None:
        if number == self._number:
            self._name = None
