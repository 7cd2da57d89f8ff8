"""Measures models and sizes one after another, each in a run of its own."""

from __future__ import annotations

import datetime
import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from statistics import fmean
from typing import Protocol, TypeAlias

from rkvideo import __version__
from rkvideo.assembly import open_run as open_pipeline
from rkvideo.bench.interpreter import InterpreterProbe
from rkvideo.bench.plan import BenchPlan, PlannedRow
from rkvideo.bench.results import (
    BenchReport,
    BenchRow,
    BenchSettings,
    BenchSource,
    BenchStatus,
)
from rkvideo.bench.sampling import Sampling, WorkersUsed, highest_npu_clock
from rkvideo.config import AppConfig, ModelName
from rkvideo.data import FrameResult, StreamInfo
from rkvideo.errors import (
    ConfigError,
    InferenceError,
    ModelError,
    RkVideoError,
    ShutdownTimeout,
    SourceLostError,
)
from rkvideo.machine.clocks import Clocks, read_clocks
from rkvideo.machine.identity import this_machine
from rkvideo.machine.npu_monitor import NpuMonitor
from rkvideo.machine.thread_cores import cores_of_threads
from rkvideo.models.file_facts import model_hash, network_of
from rkvideo.sources.names import DEMO
from rkvideo.sources.registry import make_source
from rkvideo.status import NpuSample, RunStatus, RunTitles

JOIN_S = 5.0
WORKER_THREADS = "npu-"
"""How the threads of a pool's workers are called."""

SAMPLE_PERIOD_S = 0.5
"""The driver tells the load of its last second; a sample costs a few reads of small files."""


class MeasuredRun(Protocol):
    """What a bench needs of a run; `rkvideo.pipeline.pipeline.Pipeline` is one."""

    @property
    def titles(self) -> RunTitles:
        """What the run is called."""
        ...

    @property
    def workers(self) -> int:
        """How many workers there are."""
        ...

    @property
    def workers_used(self) -> int:
        """How many of them take frames."""
        ...

    @property
    def workers_on_one_cpu(self) -> bool:
        """Whether those are kept on one CPU core."""
        ...

    @property
    def cores(self) -> int:
        """On how many NPU cores they are; 0 where they are not bound."""
        ...

    @property
    def is_ending(self) -> bool:
        """True once it was cut short."""
        ...

    def observe(
        self, observer: Callable[[FrameResult], None], *, sees_pictures: bool = True
    ) -> None:
        """Call `observer` with each result, in a thread of the run.

        Without `sees_pictures` it looks at no picture.
        """
        ...

    def start(self) -> None:
        """Start it; raises what kept it from starting."""
        ...

    def stop(self) -> None:
        """End it; from any thread, also before it was started."""
        ...

    def join(self, timeout: float) -> None:
        """Wait for its end. Raises ShutdownTimeout."""
        ...

    def status(self) -> RunStatus:
        """A snapshot of the run."""
        ...


OpenRun: TypeAlias = Callable[[AppConfig], MeasuredRun]


class BenchRunner:
    """One bench: `run` blocks the thread that calls it, once; the rest is for any thread."""

    def __init__(
        self,
        plan: BenchPlan,
        open_run: OpenRun | None = None,
        *,
        observer: Callable[[FrameResult], None] | None = None,
        say: Callable[[str], None] = lambda _line: None,
        sample: Callable[[], NpuSample] | None = None,
        highest_clock: Callable[[], int | None] = highest_npu_clock,
        clocks: Callable[[], Clocks] = read_clocks,
    ) -> None:
        """`observer` gets each result, also those of the warm-up, and must return at once.

        `say` is told of a download. `sample` and `highest_clock` read the NPU's figures,
        `clocks` those of memory and CPU too.
        """
        self._plan = plan
        self._open_run = open_run or (lambda config: open_pipeline(config, say))
        self._observer = observer
        self._sample = sample or NpuMonitor().sample
        self._highest_clock = highest_clock
        self._clocks = clocks
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._cancelled = False
        self._run: MeasuredRun | None = None
        self._sampling: Sampling | None = None
        self._rows = {
            turn: BenchRow(turn.model, turn.model, plan.config.backend, None, turn.workers or 0)
            for turn in plan.rows()
        }
        self._boxes: dict[PlannedRow, list[Sequence[int]]] = {}
        self._first_trouble: RkVideoError | None = None
        self._stream: StreamInfo | None = None
        self._source_name = ""
        self._measuring = ""
        self._done = 0

    @property
    def titles(self) -> RunTitles | None:
        """What the run that is measured just now is called, None between two runs."""
        with self._lock:
            return None if self._run is None else self._run.titles

    def status(self) -> BenchStatus:
        """A snapshot of the bench."""
        total = len(self._rows) * self._plan.repeats
        with self._lock:
            sampling = self._sampling
            part = sampling.fraction(time.perf_counter()) if sampling else 0.0
            return BenchStatus(
                rows=self._told_rows(),
                measuring=self._measuring,
                is_warming=sampling is None or sampling.frames == 0,
                done=self._done,
                total=total,
                fraction=min(1.0, (self._done + part) / total),
                is_cancelled=self._cancelled,
            )

    def cancel(self) -> None:
        """End `run` soon; what was measured so far stays in its report."""
        with self._lock:
            self._cancelled = True
            run = self._run
        if run is not None:
            run.stop()
        self._wake.set()

    def run(self) -> BenchReport:
        """Measure every row; blocks.

        A model that cannot be opened or fails gives a row with the reason. Raises ConfigError and
        SourceError for what is wrong with the source, ShutdownTimeout where a run does not end,
        and the first model's error where no row could be measured. What was measured before an
        error is in `report`.
        """
        if self._plan.config.source != DEMO:
            # Else every row would fail for a word that no row is to blame for.
            make_source(self._plan.config.source, self._plan.config.source_options)
        for turn in self._plan.order():
            if self._cancelled:
                break
            if not self._rows[turn].trouble:
                self._measure(turn)
            with self._lock:
                self._done += not self._cancelled
                self._measuring = ""
        self._tell_networks()
        report = self.report()
        if self._first_trouble is not None and report.is_empty and report.complete:
            raise self._first_trouble
        return report

    def report(self) -> BenchReport:
        """What was measured so far; complete once every measurement is over."""
        plan, config = self._plan, self._plan.config
        order = plan.order()
        with self._lock:
            return BenchReport(
                version=__version__,
                made_at=datetime.datetime.now().astimezone().isoformat(timespec="seconds"),
                machine=this_machine(),
                settings=BenchSettings(
                    backend=config.backend,
                    seconds=plan.seconds if plan.frames is None else None,
                    frames=plan.frames,
                    warmup_s=plan.warmup_s,
                    repeats=plan.repeats,
                    seed=plan.seed,
                    order=tuple(str(turn) for turn in order),
                    confidence=config.filter.confidence,
                    iou=config.filter.iou,
                    hold_fps=plan.hold_fps,
                    tiles=str(config.tiling or ""),
                ),
                source=_bench_source(self._source_name, self._stream),
                rows=self._told_rows(),
                complete=self._done == len(order),
            )

    def _measure(self, turn: PlannedRow) -> None:
        with self._lock:
            self._measuring = str(turn)
        before = self._sample()
        try:
            run = self._open_run(self._plan.config_for(turn))
            sampling = Sampling(self._plan, lambda: _is_live(run), self._wake.set)
            probe = InterpreterProbe(lambda: sampling.frames > 0 and not sampling.is_full)
            try:
                with probe:
                    self._watch(run, sampling)
            finally:
                self._end(run)
            self._settle(turn, run, sampling, before, probe.held_share)
        except (ConfigError, ModelError, InferenceError) as error:
            self._refuse(turn, error)

    def _watch(self, run: MeasuredRun, sampling: Sampling) -> None:
        """Start the run and stay until it has been measured, has ended or is cancelled."""
        self._wake.clear()
        run.observe(sampling.observe, sees_pictures=False)
        if self._observer is not None:
            run.observe(self._observer)
        with self._lock:
            self._run, self._sampling = run, sampling
            if self._cancelled:
                return
        run.start()
        while True:
            # A run that ends by itself is noticed at the next sample.
            self._wake.wait(SAMPLE_PERIOD_S)
            sampling.sampled(self._sample(), self._clocks(), cores_of_threads(WORKER_THREADS))
            status = run.status()
            if self._cancelled or sampling.is_full or status.state.is_final or run.is_ending:
                return
            if status.trouble is not None:
                raise SourceLostError(
                    f"{run.titles.source}: the source was lost in the middle of a measurement: "
                    f"{status.trouble.reason}"
                )

    def _end(self, run: MeasuredRun) -> None:
        run.stop()
        try:
            run.join(JOIN_S)
        except ShutdownTimeout as error:
            raise error from run.status().error
        finally:
            with self._lock:
                self._run = self._sampling = None

    def _settle(
        self,
        turn: PlannedRow,
        run: MeasuredRun,
        sampling: Sampling,
        before: NpuSample,
        interpreter: float | None,
    ) -> None:
        if self._cancelled:
            return
        status, titles = run.status(), run.titles
        if status.error is not None and not sampling.is_full:
            raise status.error
        if sampling.frames < 2:
            raise SourceLostError(
                f"{titles.source}: the source ended before anything could be measured: "
                "ask for a shorter warm-up"
            )
        measured = sampling.measurement(
            before,
            highest_hz=self._highest_clock(),
            uses_npu=titles.backend == "rknn",
            used=WorkersUsed(run.workers_used, run.cores, run.workers_on_one_cpu),
            interpreter=interpreter,
        )
        with self._lock:
            self._boxes.setdefault(turn, []).append(sampling.boxes)
            row = self._rows[turn]
            self._rows[turn] = replace(
                row,
                title=sampling.model,
                backend=titles.backend,
                way=titles.way,
                size=_size_of(sampling.model),
                workers=run.workers,
                sha256=row.sha256 or model_hash(self._plan.config_for(turn)),
                measurements=(*row.measurements, measured),
            )
            self._stream, self._source_name = status.stream, titles.source

    def _refuse(self, turn: PlannedRow, error: RkVideoError) -> None:
        self._first_trouble = self._first_trouble or error
        with self._lock:
            self._rows[turn] = replace(self._rows[turn], measurements=(), trouble=str(error))
            self._boxes.pop(turn, None)

    def _tell_networks(self) -> None:
        """Once nothing is measured any more: it takes the CPU."""
        for turn, row in list(self._rows.items()):
            if row.measurements and not self._cancelled:
                network = network_of(self._plan.config_for(turn), row.size)
                with self._lock:
                    self._rows[turn] = replace(self._rows[turn], network=network)

    def _told_rows(self) -> tuple[BenchRow, ...]:
        seen = [boxes for each in self._boxes.values() for boxes in each]
        same = min(map(len, seen), default=0)
        return tuple(
            replace(row, same_boxes=fmean(self._boxes[turn][0][:same]), same_frames=same)
            if same and turn in self._boxes
            else row
            for turn, row in self._rows.items()
            if row.measurements or row.trouble
        )


def _is_live(run: MeasuredRun) -> bool:
    stream = run.status().stream
    return stream is not None and stream.live


def _size_of(title: str) -> tuple[int, int] | None:
    try:
        return ModelName.parse(title).size
    except ConfigError:
        return None


def _bench_source(name: str, stream: StreamInfo | None) -> BenchSource | None:
    if stream is None:
        return None
    rate = None if stream.rate is None else float(stream.rate)
    # The folder of a clip is nobody's business but its owner's.
    short = name if "://" in name else os.path.basename(name)  # noqa: PTH119
    return BenchSource(short, stream.width, stream.height, rate, stream.live, stream.decoder)
