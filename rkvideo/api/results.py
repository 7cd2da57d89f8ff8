"""The results of a run on their way from its threads to the caller."""

from __future__ import annotations

from rkvideo.config import DeliveryPolicy
from rkvideo.data import FrameResult, StreamInfo
from rkvideo.pipeline.channels import Channel, ChannelClosed
from rkvideo.status import RunStatus

QUEUED_RESULTS = 8


class ResultQueue:
    """A sink that the caller takes from.

    Where every frame counts, a slow caller holds the run back; of a live source it finds the
    newest result, and what was left out meanwhile is counted.
    """

    def __init__(self, policy: DeliveryPolicy) -> None:
        self._policy = policy
        self._results: Channel[FrameResult] = Channel(QUEUED_RESULTS)
        self._left_out = 0

    @property
    def name(self) -> str:
        """What to call it in a status or an error."""
        return "results"

    @property
    def left_out(self) -> int:
        """How many results found nobody to take them before a newer one came."""
        return self._left_out

    def take(self) -> FrameResult:
        """Wait for the next result. Raises ChannelClosed after the last."""
        return self._results.get()

    def give_up(self) -> None:
        """Nobody will take any more: the run goes on without."""
        self._results.cancel()

    def open(self, info: StreamInfo) -> None:
        """Nothing is created."""
        if self._policy == "latest" or (self._policy == "auto" and info.live):
            self._results.keep_latest()

    def write(self, result: FrameResult, status: RunStatus) -> None:
        """Hand on one result; waits for a slow caller where every frame counts."""
        try:
            self._left_out += self._results.put(result) is not None
        except ChannelClosed:
            # The caller has left, or only waits for the end.
            return

    def close(self) -> tuple[str, ...]:
        """The last result was handed on; no file was written."""
        self._results.close()
        return ()
