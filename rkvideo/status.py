"""What a run says of itself: its state, its counts, its models. All of it is frozen."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field, replace

from rkvideo.data import SideResult, StreamInfo


class RunState(enum.Enum):
    """Where a run is. It ends in one of the last three, and nothing follows them."""

    IDLE = "idle"
    STARTING = "starting"
    RUNNING = "running"
    PAUSED = "paused"
    RECONNECTING = "reconnecting"
    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"

    @property
    def is_final(self) -> bool:
        """True once no thread will produce anything more."""
        return self in (RunState.FINISHED, RunState.STOPPED, RunState.FAILED)


@dataclass(frozen=True, slots=True)
class FrameCounts:
    """What became of the frames: at the end, decoded = shown + dropped + late + failed.

    A frame that was left out before decoding, because the decoder is slower than its source, counts
    in `decoded` and in `dropped`; `RunStatus.source` tells how many those are.
    """

    decoded: int = 0
    dropped: int = 0
    inferred: int = 0
    late: int = 0
    shown: int = 0
    recorded: int = 0
    record_dropped: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class SinkCounts:
    """What became of the frames that one sink was sent; `dropped` it could not keep up with.

    `encoder` is the one that it took, empty where it encodes nothing.
    """

    name: str
    written: int = 0
    dropped: int = 0
    encoder: str = ""


@dataclass(frozen=True, slots=True)
class SourceTrouble:
    """Why a live source is not playing, since when, and when the next try is due.

    Both stamps are `perf_counter` seconds; `retry_at_s` is None while a try is under way.
    """

    reason: str
    lost_at_s: float
    retry_at_s: float | None


@dataclass(frozen=True, slots=True)
class SourceReport:
    """What a source tells of itself while it plays, counted from its first opening on.

    undecoded: frames that were not decoded, because newer ones waited. anchors: how often its
    stamps were left because they jumped, stood still or passed at another rate than its frames
    came. notices: what the user should know of that, in words. damaged: frames of which a part or
    all was lost on the way or is broken. missing: frames that a file should have had besides, where
    it is cut off. lost_packets: RTP packets that FFmpeg missed, which it knows over UDP.
    """

    undecoded: int = 0
    anchors: int = 0
    notices: tuple[str, ...] = ()
    damaged: int = 0
    missing: int = 0
    lost_packets: int = 0


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """A model that is in memory: `NAME@WIDTHxHEIGHT`, its backend, how many contexts.

    `memory_bytes` is what the process grew by while they were opened, None where unknown.
    """

    title: str
    backend: str
    contexts: int
    memory_bytes: int | None


@dataclass(frozen=True, slots=True)
class Switches:
    """What became of the switches of a run, by the numbers that `Run.switch_model` gave.

    `in_use` is the one whose model is in use, 0 for the model of the start. `refused` is the
    newest one whose model could not be loaded, 0 where there is none, and `reason` says why.
    """

    in_use: int = 0
    refused: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Playback:
    """How a file is played. `speed` is a factor of its own speed, None for as fast as possible."""

    speed: float | None = 1.0
    loop: bool = False


@dataclass(frozen=True, slots=True)
class UnitLoad:
    """How busy a unit of the chip was, 0 to 100 %, by its driver's name of it.

    `clock_hz` is its clock where the same file tells it.
    """

    name: str
    percent: float
    clock_hz: int | None = None


@dataclass(frozen=True, slots=True)
class Fan:
    """How hard a fan is driven, 0 to 100 %, and its turns a minute where they are counted."""

    percent: float
    rpm: int | None = None


@dataclass(frozen=True, slots=True)
class NpuSample:
    """The NPU and the units beside it at one moment.

    What is None has its reason in `absent`, by the field's name.
    `loads` is the share of the driver's last second that each core was busy, in percent, core 0
    first. `temperature_zone` tells whose temperature it is: of some chips only the whole has one.
    `resident_bytes` is the memory of this process, `available_bytes` what the machine could still
    give: the NPU has no memory of its own. `rga` and `video` have an entry for each core of the RGA
    and of the video unit.
    """

    loads: tuple[int, ...] | None
    clock_hz: int | None
    temperature_c: float | None
    temperature_zone: str | None
    driver: str | None
    resident_bytes: int | None
    available_bytes: int | None
    absent: tuple[tuple[str, str], ...] = ()
    rga: tuple[UnitLoad, ...] | None = None
    video: tuple[UnitLoad, ...] | None = None
    gpu: UnitLoad | None = None
    fan: Fan | None = None

    @property
    def units(self) -> tuple[UnitLoad, ...]:
        """The units beside the NPU whose load is known."""
        return (*(self.rga or ()), *(self.video or ()), *((self.gpu,) if self.gpu else ()))


@dataclass(frozen=True, slots=True)
class RunStatus:
    """A snapshot of a run. The window and the command line read it; neither pokes flags.

    `error` is the first error, the one that ended the run. `notices` are things the user should
    know that did not end it (a core that failed to open, a recording that stopped, a model that
    could not be switched to). `sinks` tells of every sink, also of one that has ended. `npu` is the
    newest sample of the NPU's figures, None before the first. `loaded` are the models in memory,
    the one in use first; `loading` names the model that is being opened beside them, empty where
    none is. `switches` tells which switch they are of. `source` is what the source tells of its
    own.
    """

    state: RunState
    counts: FrameCounts
    stream: StreamInfo | None = None
    trouble: SourceTrouble | None = None
    error: Exception | None = None
    notices: tuple[str, ...] = field(default=())
    recordings: tuple[str, ...] = field(default=())
    sinks: tuple[SinkCounts, ...] = ()
    npu: NpuSample | None = None
    loaded: tuple[LoadedModel, ...] = ()
    loading: str = ""
    switches: Switches = Switches()
    playback: Playback = Playback()
    source: SourceReport = SourceReport()


SIMULATED = "SIMULATED"
"""The word on everything that shows boxes of the simulated NPU: they look real and are not."""


def mark_of(backend: str) -> str:
    """`SIMULATED` for the backend whose boxes are made up, empty for every other."""
    return SIMULATED if backend == "simulated" else ""


@dataclass(frozen=True, slots=True)
class RunTitles:
    """What a run is called on the overlay; `source` holds no password.

    `way` is the one that the backend takes where it has several (`rknn-c`, `rknn-lite`), and
    `picture_way` the one from the newest picture to the input (`plain`, `planes`, `rga`), empty
    before it.
    """

    source: str
    model: str
    backend: str
    labels: tuple[str, ...]
    way: str = ""
    picture_way: str = ""

    @property
    def runs_on(self) -> str:
        """What runs the model, for people: the way, else the backend."""
        return self.way or self.backend

    @property
    def mark(self) -> str:
        """`SIMULATED` where the boxes are made up, empty where a model found them."""
        return mark_of(self.backend)

    def label(self, class_id: int) -> str:
        """The name of a class, or `class N` where the model names none."""
        return self.labels[class_id] if 0 <= class_id < len(self.labels) else f"class {class_id}"

    def of(self, side: SideResult) -> RunTitles:
        """These titles with the model of `side`, whose labels name the classes of its boxes."""
        return replace(self, model=side.model, labels=side.labels)


@dataclass(frozen=True, slots=True)
class FetchProgress:
    """What is fetched: its name in the manifest, and bytes; `total` is 0 where it is not known."""

    name: str
    done: int = 0
    total: int = 0
