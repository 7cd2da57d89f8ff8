"""Gathers the figures of one measurement: an observer of the run, and samples of the machine."""

from __future__ import annotations

import time
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np

from rkvideo.bench.plan import BenchPlan
from rkvideo.bench.results import Measurement
from rkvideo.data import STAGES, FrameResult
from rkvideo.machine.clock_watch import ClockWatch
from rkvideo.machine.clocks import Clocks
from rkvideo.machine.npu_files import ROOT, npu_devfreq, read
from rkvideo.machine.process import cpu_count, machine_times
from rkvideo.stats import Percentiles
from rkvideo.status import NpuSample

LOADED_PERCENT = 50
"""A core that is busy for less than this has no need of its highest clock."""

_LEAST_FRAMES = 2
_MOST_BOXES_KEPT = 1_000_000
_COLUMNS = ("total", *STAGES, "busy")


@dataclass(frozen=True, slots=True)
class WorkersUsed:
    """How many workers took frames, and on how many NPU cores they are; 0 where not bound.

    `on_one_cpu` says whether they were kept on one CPU core.
    """

    workers: int
    cores: int
    on_one_cpu: bool = False


class Sampling:
    """Counts the frames of one measurement, from the end of the warm-up until it has enough.

    `observe` is called in a thread of the run, `sampled` in the bench's; the figures are asked for
    once the run has ended. `full` is called once, by `observe`, when nothing more is counted.
    """

    def __init__(self, plan: BenchPlan, is_live: Callable[[], bool], full: Callable[[], None]):
        self._plan = plan
        self._is_live = is_live
        self._full = full
        self._by_pts = False
        self._first_seen: tuple[float, float] | None = None
        self._samples = {name: array("d") for name in _COLUMNS}
        self._detections = 0
        self._first_index = self._last_index = 0
        self._first_s = self._last_s = 0.0
        self._first_cpu_s = self._last_cpu_s = 0.0
        self._npu: list[NpuSample] = []
        self._worker_kinds: Counter[str] = Counter()
        self._clocks: Clocks | None = None
        self._clock_watch = ClockWatch()
        self._machine_before = (0.0, 0.0)
        self._machine_after: tuple[float, float] | None = None
        self._keeps_boxes = False
        self._boxes = array("L")
        self.is_full = False
        self.model = ""

    @property
    def frames(self) -> int:
        """How many frames were counted so far."""
        return len(self._samples["total"])

    def observe(self, result: FrameResult) -> None:
        """Count a result, if its turn has come."""
        if self.is_full:
            return
        now = result.first.timings.emitted_s
        if self._first_seen is None:
            self._keeps_boxes = not self._is_live()
            self._by_pts = self._plan.frames is not None and self._keeps_boxes
            self._first_seen = (now, result.frame.pts_s)
            self.model = result.first.model
        self._keep_boxes(result)
        if self._is_warm(now, result.frame.pts_s):
            self._count(result, now)

    def sampled(self, sample: NpuSample, clocks: Clocks, cores: Sequence[int] = ()) -> None:
        """Keep what the machine does, unless it is still warming up.

        `cores` are the numbers of the CPU cores on which the workers are.
        """
        if self.frames:
            self._npu.append(sample)
            self._clocks = clocks
            self._clock_watch.look(clocks)
            self._worker_kinds.update(clocks.kind_of(number) for number in cores)

    @property
    def boxes(self) -> Sequence[int]:
        """Boxes of each frame of a file from its first on, warm-up included; none of a live one."""
        return self._boxes

    def fraction(self, now: float) -> float:
        """How much of the measurement is done, 0 to 1."""
        if self._first_seen is None:
            return 0.0
        if self._plan.frames is not None:
            return min(1.0, self.frames / self._plan.frames)
        whole = self._plan.warmup_s + self._plan.seconds
        return max(0.0, min(1.0, (now - self._first_seen[0]) / whole))

    def measurement(
        self,
        before: NpuSample,
        *,
        highest_hz: int | None,
        uses_npu: bool,
        used: WorkersUsed | None = None,
        interpreter: float | None = None,
    ) -> Measurement:
        """The figures; at least two frames must have been counted.

        `interpreter` is the share of the time in which the interpreter was held.
        """
        intervals = self.frames - 1
        span = self._last_s - self._first_s
        cpu = self._last_cpu_s - self._first_cpu_s
        decoded = self._last_index - self._first_index + 1
        at = {name: Percentiles.of(samples) for name, samples in self._samples.items()}
        after = self._npu[-1] if self._npu else before
        return Measurement(
            frames=self.frames,
            span_s=span,
            decoded=decoded,
            dropped=decoded - self.frames,
            infer_p50_ms=at["infer"].p50 * 1e3,
            infer_p95_ms=at["infer"].p95 * 1e3,
            latency_p50_ms=at["total"].p50 * 1e3,
            latency_p95_ms=at["total"].p95 * 1e3,
            stages_ms=tuple((stage, at[stage].p50 * 1e3) for stage in STAGES),
            cpu_percent=100 * cpu / span,
            cpu_ms_per_frame=1e3 * cpu / intervals,
            detections_per_frame=self._detections / self.frames,
            resident_bytes=max(
                (s.resident_bytes for s in self._npu if s.resident_bytes is not None), default=None
            ),
            npu_loads=_mean_loads(self._npu),
            temperature_before_c=before.temperature_c,
            temperature_after_c=after.temperature_c,
            clock_before_hz=before.clock_hz,
            clock_after_hz=after.clock_hz,
            throttled=uses_npu
            and is_throttled(before, after, highest_hz, is_loaded=self._is_loaded(after)),
            clocks=self._clocks,
            busy=() if used is None else self._busy(used, cpu, decoded, interpreter),
            workers_used=None if used is None else used.workers,
            workers_on_one_cpu=used is not None and used.on_one_cpu,
            worker_cores=tuple(
                (kind, times / self._worker_kinds.total())
                for kind, times in self._worker_kinds.most_common()
            ),
            clock_flags=self._clock_watch.flags(),
            unit_loads=_mean_unit_loads(self._npu),
            fan_percent=_mean(sample.fan.percent for sample in self._npu if sample.fan),
        )

    def _busy(
        self, used: WorkersUsed, cpu_s: float, decoded: int, interpreter: float | None
    ) -> tuple[tuple[str, float], ...]:
        """By part, the share of the span in which it worked; see `limits`."""
        span = self._last_s - self._first_s
        spent = {stage: sum(self._samples[stage]) for stage in STAGES}
        # Of a frame in tiles the stages are those of one worker, and cores were busy for all.
        busy = sum(self._samples["busy"])
        worked = spent["preprocess"] + busy + spent["postprocess"]
        shares = {
            # Frames that were dropped were decoded too.
            "decoder": spent["decode"] * decoded / self.frames / span,
            "cpu": cpu_s / span / cpu_count(),
            "machine": self._machine_share(),
            "workers": worked / span / used.workers,
        }
        if used.cores:
            shares["npu"] = busy / span / used.cores
        if interpreter is not None:
            shares["interpreter"] = interpreter
        return tuple((part, min(1.0, share)) for part, share in shares.items())

    def _machine_share(self) -> float:
        """How busy the CPU of the whole machine was, with whatever else runs on it."""
        busy, passed = np.subtract(self._machine_after or machine_times(), self._machine_before)
        return float(busy / passed) if passed > 0 else 0.0

    def _keep_boxes(self, result: FrameResult) -> None:
        """Of a file, whose frames come from the first one on and none of which is left out."""
        is_next = result.frame.index == len(self._boxes)
        if self._keeps_boxes and is_next and len(self._boxes) < _MOST_BOXES_KEPT:
            self._boxes.append(len(result.first.detections))

    def _is_warm(self, now: float, pts_s: float) -> bool:
        if self._first_seen is None:
            return False
        began_s, first_pts_s = self._first_seen
        since = pts_s - first_pts_s if self._by_pts else now - began_s
        return since >= self._plan.warmup_s

    def _count(self, result: FrameResult, now: float) -> None:
        if not self.frames:
            self._first_index, self._first_s = result.frame.index, now
            self._first_cpu_s = time.process_time()
            self._machine_before = machine_times()
        elif self._is_over(now):
            self._end()
            return
        for name, samples in self._samples.items():
            samples.append(getattr(result.first.timings, name))
        self._detections += len(result.first.detections)
        self._last_index, self._last_s = result.frame.index, now
        self._last_cpu_s = time.process_time()
        if self.frames == self._plan.frames:
            self._end()

    def _is_over(self, now: float) -> bool:
        # A model that is slower than the time asked for is still measured over one interval.
        return (
            self._plan.frames is None
            and self.frames >= _LEAST_FRAMES
            and now - self._first_s > self._plan.seconds
        )

    def _end(self) -> None:
        self._machine_after = machine_times()
        self.is_full = True
        self._full()

    def _is_loaded(self, sample: NpuSample) -> bool:
        if sample.loads is None:
            return not self._is_live()
        return max(sample.loads, default=0) >= LOADED_PERCENT


def is_throttled(
    before: NpuSample, after: NpuSample, highest_hz: int | None, *, is_loaded: bool
) -> bool:
    """True where the NPU's clock fell, or stood below its highest although it was needed.

    A clock that cannot be read tells nothing.
    """
    if after.clock_hz is None:
        return False
    if before.clock_hz is not None and after.clock_hz < before.clock_hz:
        return True
    return is_loaded and highest_hz is not None and after.clock_hz < highest_hz


def highest_npu_clock() -> int | None:
    """The highest clock of the NPU in Hz, None where the kernel does not tell."""
    folder = npu_devfreq(ROOT)
    text = read(ROOT, f"{folder}/available_frequencies").text if folder else None
    return max((int(word) for word in (text or "").split() if word.isdigit()), default=None)


def _mean_unit_loads(samples: Sequence[NpuSample]) -> tuple[tuple[str, float], ...]:
    """The mean over the samples that have the unit."""
    loads: dict[str, list[float]] = {}
    for sample in samples:
        for unit in sample.units:
            loads.setdefault(unit.name, []).append(unit.percent)
    return tuple((name, fmean(of_unit)) for name, of_unit in loads.items())


def _mean(values: Iterable[float]) -> float | None:
    known = list(values)
    return fmean(known) if known else None


def _mean_loads(samples: list[NpuSample]) -> tuple[float, ...] | None:
    known = [sample.loads for sample in samples if sample.loads is not None]
    if not known or len({len(loads) for loads in known}) > 1:
        return None
    return tuple(fmean(of_core) for of_core in np.transpose(known).tolist())
