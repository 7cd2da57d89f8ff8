"""What numbers the objects of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from rkvideo.data import FrameResult


class Tracker(Protocol):
    """Numbers the objects of results: called with each in order, from one thread at a time."""

    @property
    def is_on(self) -> bool:
        """Whether it does."""
        ...

    @property
    def present(self) -> dict[int, int]:
        """How many numbered objects of each class the last result had, by class id."""
        ...

    @property
    def seen(self) -> dict[int, int]:
        """How many objects of each class had a number so far, by class id."""
        ...

    def turn(self, *, on: bool) -> None:
        """Number the boxes of the next results, or no longer. Raises ConfigError: it cannot."""
        ...

    def __call__(self, result: FrameResult) -> FrameResult:
        """The result with `Detections.track_id`; as it is while not on."""
        ...
