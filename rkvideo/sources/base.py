"""What every source is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, runtime_checkable

from rkvideo.data import CodedFrame, Frame, StreamInfo
from rkvideo.status import SourceReport


def always() -> bool:
    """For a seek that nothing overtakes."""
    return True


class Source(Protocol):
    """A place that frames come from; one thread opens it, reads it and closes it.

    A new source is tested by adding it to `tests/contract/test_sources.py`.
    """

    @property
    def name(self) -> str:
        """What to call it in a title, a log or an error: no password in it. Always there."""
        ...

    @property
    def live(self) -> bool:
        """True where time passes whether frames are read or not: a camera, a stream."""
        ...

    def open(self) -> StreamInfo:
        """Open it. After an error or a `close` it may be called again (that is a reconnect).

        Raises SourceOpenError, within the open time-out.
        """
        ...

    def read(self) -> Frame | None:
        """The next frame, None at the end.

        `index` and `pts_s` rise over reopening too. Another width and height than before is
        allowed. Raises SourceLostError (the source is to be closed and opened again),
        DecodeError (too much of what arrived is damaged; reading on would not help).
        """
        ...

    def interrupt(self) -> None:
        """Called from any thread: end a blocked `open` or `read` as soon as can be.

        The interrupted call raises SourceError or returns None, and so does every later one.
        """
        ...

    def close(self) -> None:
        """Close what `open` opened; harmless if nothing is open."""
        ...


@runtime_checkable
class Seekable(Protocol):
    """What a source has besides, where it can be played from any place.

    `StreamInfo.seekable` says whether `seek` works for what is open; `Frame.position_s` is then
    there. Both members belong to the thread that reads.
    """

    looping: bool
    """Whether the next end is followed by the beginning."""

    def seek(self, position_s: float, goes_on: Callable[[], bool] = always) -> None:
        """Make the frame that is shown at `position_s` the next one that `read` gives.

        That is the last whose position is not after it; beyond the end it is the last of all.
        `index` and `pts_s` go on rising. A seek that takes long asks `goes_on`, and gives up where
        that says no; then only another seek says what `read` gives. Raises what `read` raises.
        """
        ...


@runtime_checkable
class CatchingUp(Protocol):
    """What a source that waits has besides, where it can leave frames out before decoding."""

    def catch_up(self, behind_s: float) -> None:
        """The next frame is already `behind_s` late (negative: early). Said before each `read`.

        A source that plays as fast as it can is never told.
        """
        ...


@runtime_checkable
class Lending(Protocol):
    """What a source has besides, whose pictures may lie in memory that a video unit lends."""

    def wait_for_room(self) -> None:
        """Wait until one more picture may be lent, or `interrupt` was called.

        Who does not wait is given copies of what is too much. A source that plays by itself is
        never waited for.
        """
        ...


@runtime_checkable
class Coded(Protocol):
    """What a source has besides, whose pictures come coded and may be copied as they are."""

    def tap(self, take: Callable[[CodedFrame], None]) -> None:
        """Call `take` with each picture of a live source as it arrives, decoded or not.

        Said before the first `open`. It is called in a thread of the source and must not block.
        """
        ...


@runtime_checkable
class Reporting(Protocol):
    """What a source has besides, where it knows more of its frames than they say themselves."""

    def report(self) -> SourceReport:
        """What there is to tell, counted from the first opening on; for the thread that reads."""
        ...
