"""What every sink is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final, Protocol, TypeAlias, runtime_checkable

from rkvideo.data import CodedFrame, FrameResult, StreamInfo
from rkvideo.status import RunStatus, RunTitles

# A run counts the frames of the sink of this name, and tells its files.
RECORDING: Final = "recording"


class Sink(Protocol):
    """A place that results are written to; one thread opens it, writes it and closes it.

    A new sink is tested by adding it to `tests/contract/test_sinks.py`.
    """

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


@runtime_checkable
class TakesFrames(Protocol):
    """What a sink has besides, where it may want frames that no model has seen."""

    every_frame: bool
    """Whether it wants every frame of a live source, each with the last boxes before it."""


@runtime_checkable
class TakesPackets(Protocol):
    """What a sink has besides, where it may copy what the source has coded."""

    @property
    def copies(self) -> bool:
        """Whether it does; known once it is open."""
        ...

    @property
    def copies_only(self) -> bool:
        """Whether it then wants no results."""
        ...

    def write_coded(self, frame: CodedFrame) -> None:
        """Write one picture, in the order of decoding; the first is a keyframe.

        Raises SinkWriteError.
        """
        ...


@runtime_checkable
class WithoutPictures(Protocol):
    """What a sink has besides, where it may do without `Frame.picture`: others look at it."""

    @property
    def sees_pictures(self) -> bool:
        """Whether it does look at it."""
        ...


@runtime_checkable
class Telling(Protocol):
    """What a sink has besides, where it mends what goes wrong and says so."""

    def told(self) -> tuple[str, ...]:
        """What the user should know, since it was asked for last; in the thread that writes."""
        ...


@runtime_checkable
class Encoding(Protocol):
    """What a sink has besides, where it may encode pictures."""

    @property
    def encoder(self) -> str:
        """The encoder that was taken, known once the sink is open; empty where there is none."""
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

    @property
    def seconds(self) -> float:
        """How long they are by now, in seconds of the source: it stands still while that does."""
        ...


# A model names its classes only once it is open, which is after its sinks were made.
TitlesSource: TypeAlias = RunTitles | Callable[[], RunTitles]


def titles_now(source: TitlesSource) -> RunTitles:
    """The titles as they are at this moment."""
    return source if isinstance(source, RunTitles) else source()
