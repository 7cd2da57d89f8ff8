"""What every sink is."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Protocol

from rkvideo.data import FrameResult, RunStatus, StreamInfo

# A recording may be two files. The sink of the first name is the one whose frames are counted,
# whatever is drawn on them; one of the second name is the raw file beside it.
RECORDING: Final = "recording"
RAW_RECORDING: Final = "raw recording"


class Sink(Protocol):
    """A place that results are written to; one thread opens it, writes it and closes it."""

    @property
    def name(self) -> str:
        """What to call it in a status or an error."""
        ...

    def open(self, info: StreamInfo) -> None:
        """Create the output. Raises SinkOpenError."""
        ...

    def write(self, result: FrameResult, status: RunStatus) -> None:
        """Write one result, in rising order of index. Raises SinkWriteError."""
        ...

    def close(self) -> tuple[str, ...]:
        """Finish the output, whatever happened before; gives the files that now exist.

        Raises SinkWriteError where finishing fails; what was written before stays.
        """
        ...


class FileSink(Sink, Protocol):
    """A sink that writes files and can be asked from any thread how they grow."""

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files that were begun, oldest first; empty before the first frame."""
        ...

    @property
    def size_bytes(self) -> int:
        """How large these files are together, as of the last frame written."""
        ...
