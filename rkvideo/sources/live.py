"""What the live sources share: one container after another, and a clock that outlives them."""

from __future__ import annotations

import time

from rkvideo.data import Frame, StreamInfo
from rkvideo.errors import DecodeError, SourceLostError, SourceOpenError
from rkvideo.sources.reader import ContainerReader, make_frame
from rkvideo.sources.timeline import Timeline


class LiveReader:
    """Reads the container that is open now; index and pts go on over a reconnect.

    The time between the last picture before it and the reopening is kept as a gap in the pts.
    """

    def __init__(self) -> None:
        self._timeline = Timeline()
        self._reader: ContainerReader | None = None
        self._last_read_at: float | None = None

    def open(self, reader: ContainerReader, no_picture: str, *, live: bool = True) -> StreamInfo:
        """Decode the first picture; raises SourceOpenError, with `no_picture` if there is none."""
        self._reader = reader
        try:
            if not reader.start():
                raise SourceOpenError(no_picture)
        except (SourceLostError, DecodeError) as error:
            self.close()
            raise SourceOpenError(str(error)) from error
        except SourceOpenError:
            self.close()
            raise
        info = reader.info(live)
        self._timeline.set_rate(info.rate)
        now = time.monotonic()
        self._timeline.resume(None if self._last_read_at is None else now - self._last_read_at)
        return info

    def read(self) -> Frame | None:
        """The next frame; None at the end of the container, and where none is open."""
        decoded = None if self._reader is None else self._reader.read()
        if decoded is None:
            return None
        self._last_read_at = time.monotonic()
        return make_frame(self._timeline, decoded)

    @property
    def is_open(self) -> bool:
        """True between `open` and `close`."""
        return self._reader is not None

    def close(self) -> None:
        """Close the container, if one is open."""
        if self._reader is not None:
            reader, self._reader = self._reader, None
            reader.close()
