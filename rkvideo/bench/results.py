"""What a bench has measured, as plain data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from statistics import fmean

from rkvideo.data import STAGES
from rkvideo.machine.clock_watch import ClockFlag, joined_flags
from rkvideo.machine.clocks import Clocks
from rkvideo.machine.identity import Machine
from rkvideo.model_files.network import Network
from rkvideo.stats import rate_of
from rkvideo.status import mark_of

MEGABYTE = 1e6


@dataclass(frozen=True, slots=True)
class Measurement:
    """One measurement of one row, without its warm-up. What is None could not be read here.

    frames: results that were counted. span_s: seconds from the first of them to the last.
    decoded: frames of the source from the first to the last; dropped: those of them that were
    not shown, for whatever reason. *_ms: milliseconds; latency is from the arrival of a frame's
    data to the hand-over of its boxes. stages_ms: p50 by stage. cpu_percent: CPU time of the
    whole process by the clock, 100 is one core. resident_bytes: the most memory that the process
    held. npu_loads: mean load of each core in percent. Temperatures in degrees Celsius and
    clocks in Hz, before the run was opened and at its end, while it was still loaded; `clocks` are
    all of them at that end. busy: by part (`limits.Part`) the share of the span in which it worked,
    0 to 1. worker_cores: by kind of CPU core, the share of the samples in which a worker was on it.
    clock_flags: whether the clocks of NPU, memory and CPU stood still; empty where nobody looked.
    unit_loads: by the kernel's name of it, the mean load in percent of each unit beside the NPU.
    fan_percent: how hard the fan was driven on average. workers_used: how many workers took frames
    at the end, and workers_on_one_cpu whether they were kept on one CPU core.
    """

    frames: int
    span_s: float
    decoded: int
    dropped: int
    infer_p50_ms: float
    infer_p95_ms: float
    latency_p50_ms: float
    latency_p95_ms: float
    stages_ms: tuple[tuple[str, float], ...]
    cpu_percent: float
    cpu_ms_per_frame: float
    detections_per_frame: float
    resident_bytes: int | None = None
    npu_loads: tuple[float, ...] | None = None
    temperature_before_c: float | None = None
    temperature_after_c: float | None = None
    clock_before_hz: int | None = None
    clock_after_hz: int | None = None
    throttled: bool = False
    clocks: Clocks | None = None
    busy: tuple[tuple[str, float], ...] = ()
    worker_cores: tuple[tuple[str, float], ...] = ()
    clock_flags: tuple[ClockFlag, ...] = ()
    unit_loads: tuple[tuple[str, float], ...] = ()
    fan_percent: float | None = None
    workers_used: int | None = None
    workers_on_one_cpu: bool = False

    @property
    def fps(self) -> float | None:
        """Frames per second; None where too little was measured, see `rate_of`."""
        return rate_of(self.frames, self.span_s)


@dataclass(frozen=True, slots=True)
class BenchRow:
    """A model at one size with all its measurements; the figures are their means.

    `argument` is the `--model` argument, `title` what opened (`NAME@SIZE`), `size` (width,
    height) of its input. `sha256` is that of the model's file, empty where it has none.
    `same_boxes` are the boxes a frame of the first `same_frames` frames of a file, which every row
    has seen; None of a live source. `network` is None where it is not known. `way` is the one that
    the backend took where it has several.
    `trouble` says why it could not be measured, empty where it could.
    """

    argument: str
    title: str
    backend: str
    size: tuple[int, int] | None
    workers: int
    measurements: tuple[Measurement, ...] = ()
    trouble: str = ""
    sha256: str = ""
    same_boxes: float | None = None
    same_frames: int | None = None
    network: Network | None = None
    way: str = ""

    @property
    def runs_on(self) -> str:
        """What ran the model, for people: the way, else the backend."""
        return self.way or self.backend

    @property
    def pixels(self) -> int | None:
        """Pixels of the model's input."""
        return None if self.size is None else self.size[0] * self.size[1]

    @property
    def fps(self) -> float | None:
        """Mean frames per second of the measurements."""
        return self.mean(lambda one: one.fps)

    @property
    def fps_spread(self) -> tuple[float, float] | None:
        """The lowest and the highest frames per second of the measurements that have a rate."""
        rates = [one.fps for one in self.measurements if one.fps is not None]
        return (min(rates), max(rates)) if rates else None

    @property
    def workers_used(self) -> int:
        """How many workers took frames at the end; all where nobody has counted."""
        known = [one.workers_used for one in self.measurements if one.workers_used is not None]
        return known[-1] if known else self.workers

    @property
    def throttled(self) -> bool:
        """True where a measurement was made with the NPU's clock held back."""
        return any(one.throttled for one in self.measurements)

    @property
    def dropped(self) -> int | None:
        """Frames that were not shown, in all measurements."""
        return sum(one.dropped for one in self.measurements) if self.measurements else None

    @property
    def resident_bytes(self) -> int | None:
        """The most memory that the process held in any measurement."""
        return _most(one.resident_bytes for one in self.measurements)

    @property
    def npu_loads(self) -> tuple[float, ...] | None:
        """Mean load of each NPU core in percent."""
        known = [one.npu_loads for one in self.measurements if one.npu_loads is not None]
        if not known or len({len(loads) for loads in known}) > 1:
            return None
        return tuple(fmean(of_core) for of_core in zip(*known, strict=True))

    @property
    def clock_after_hz(self) -> int | None:
        """The lowest clock that a measurement ended with."""
        clocks = [one.clock_after_hz for one in self.measurements if one.clock_after_hz is not None]
        return min(clocks, default=None)

    @property
    def clock_before_hz(self) -> int | None:
        """The highest clock that a measurement began with."""
        return _most(one.clock_before_hz for one in self.measurements)

    @property
    def stages_ms(self) -> tuple[tuple[str, float], ...]:
        """Mean p50 of each stage in milliseconds; empty where nothing was measured."""
        if not self.measurements:
            return ()
        each = [dict(one.stages_ms) for one in self.measurements]
        return tuple((stage, fmean(one.get(stage, 0.0) for one in each)) for stage in STAGES)

    @property
    def boxes_per_frame(self) -> float | None:
        """Boxes a frame: of the frames that every row has seen, where there are any."""
        own = self.mean(lambda one: one.detections_per_frame)
        return own if self.same_boxes is None else self.same_boxes

    @property
    def clocks(self) -> Clocks | None:
        """The clocks at the end of the last measurement that could read them."""
        return next((one.clocks for one in reversed(self.measurements) if one.clocks), None)

    @property
    def busy(self) -> tuple[tuple[str, float], ...]:
        """By part, the mean share of the time in which it worked; empty where unknown."""
        return _mean_shares([one.busy for one in self.measurements])

    @property
    def worker_cores(self) -> tuple[tuple[str, float], ...]:
        """By kind of CPU core, the mean share of the samples in which a worker was on it."""
        return _mean_shares([one.worker_cores for one in self.measurements])

    @property
    def clock_flags(self) -> tuple[ClockFlag, ...]:
        """Whether the clocks stood still over all measurements; empty where nobody looked."""
        return joined_flags(one.clock_flags for one in self.measurements)

    @property
    def unit_loads(self) -> tuple[tuple[str, float], ...]:
        """By unit beside the NPU, its mean load in percent; empty where none could be read."""
        return _mean_shares([one.unit_loads for one in self.measurements])

    def mean(self, figure: Callable[[Measurement], float | None]) -> float | None:
        """The mean of a figure over the measurements that have it."""
        known = [value for one in self.measurements if (value := figure(one)) is not None]
        return fmean(known) if known else None


@dataclass(frozen=True, slots=True)
class BenchSource:
    """What was read; `name` holds no password. `fps` is None where the source does not know."""

    name: str
    width: int
    height: int
    fps: float | None
    live: bool
    decoder: str = ""


@dataclass(frozen=True, slots=True)
class BenchSettings:
    """How it was measured. `order` are the rows as they were measured in turn.

    `hold_fps` are the frames per second for which the largest size is looked for.
    """

    backend: str
    seconds: float | None
    frames: int | None
    warmup_s: float
    repeats: int
    seed: int
    order: tuple[str, ...]
    confidence: float
    iou: float
    hold_fps: float | None = None
    tiles: str = ""


@dataclass(frozen=True, slots=True)
class BenchReport:
    """What a bench has measured. `made_at` is ISO 8601 with the offset from UTC.

    `complete` is False where it was cut short; `source` is None where it never opened.
    """

    version: str
    made_at: str
    machine: Machine
    settings: BenchSettings
    source: BenchSource | None
    rows: tuple[BenchRow, ...] = field(default=())
    complete: bool = True

    @property
    def mark(self) -> str:
        """`SIMULATED` where a row was measured on the simulated NPU, else empty."""
        return next(filter(None, (mark_of(row.backend) for row in self.rows)), "")

    @property
    def is_empty(self) -> bool:
        """True where no row has a measurement."""
        return not any(row.measurements for row in self.rows)


@dataclass(frozen=True, slots=True)
class BenchStatus:
    """A snapshot of a bench.

    `measuring` is the `--model` argument under way, empty before the first and after the last;
    `is_warming` until its first frame counts. `done` of `total` measurements are over, `fraction`
    is 0 to 1 over all of them. `rows` are those that have something to show, in the plan's order.
    """

    rows: tuple[BenchRow, ...] = ()
    measuring: str = ""
    is_warming: bool = False
    done: int = 0
    total: int = 0
    fraction: float = 0.0
    is_cancelled: bool = False


def _mean_shares(
    each: Sequence[tuple[tuple[str, float], ...]],
) -> tuple[tuple[str, float], ...]:
    """The mean of each share over the measurements that have shares; an absent one counts as 0."""
    known = [dict(shares) for shares in each if shares]
    names = dict.fromkeys(name for shares in known for name in shares)
    return tuple((name, fmean(shares.get(name, 0.0) for shares in known)) for name in names)


def _most(values: Iterable[int | None]) -> int | None:
    return max((value for value in values if value is not None), default=None)
