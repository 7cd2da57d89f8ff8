"""The pipeline against its ceiling, against one CPU core and against a plain loop.

    python -m benchmarks.pipeline [CASE ...] [--rounds N]

Runs without a window on a simulated NPU of 3 cores, each in a process of its own, in turns. The
ceiling is cores / latency: what the NPU could do if nothing ever made it wait. `clip` plays a 1080p
H.264 clip that is made first; `stills` hands on pictures that are decoded already, so that only
the threads are in the way. `one` keeps the whole process on one CPU core, which nothing should be
faster than. `plain` is a loop in one thread that decodes the clip by PyAV, makes rgb24 and resizes
it by cv2 into a letterbox: no model, no boxes, no order. `stages` books CPU time by stage.

Counted is what comes after a warm-up of some seconds, in which the workers are deployed. Of the
rounds the median is told, and the least and the most. A hand-over is a thread that stops and waits
for another one or for the NPU: a voluntary context switch. Ends with 1 where a wanted ratio is
missed in the median.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np

from rkvideo.assembly import run_spec_of
from rkvideo.config import AppConfig, SimulationSpec, SourceOptions
from rkvideo.data import Frame, StreamInfo
from rkvideo.pipeline.pipeline import Pipeline, RunSpec
from rkvideo.sources.prepare import name_colours, prepare_picture
from rkvideo.sources.rotation import Rotator

SIZE = (1920, 1080)
RATE = 30
CLIP_FRAMES = 600
CORES = 3
WARM_UP_S = 4.0
MEASURED_S = 5.0
PATIENCE_S = 120.0
SAME = 0.97
"""Two runs of the same differ by so much."""


@dataclass(frozen=True, slots=True)
class Case:
    """A run to be measured; `latency_ms` None for the plain loop, which infers nothing."""

    source: str
    latency_ms: float | None = None
    one_cpu: bool = False
    stages: bool = False

    @property
    def ceiling(self) -> float | None:
        """Frames per second of an NPU that never waits."""
        return None if self.latency_ms is None else CORES / (self.latency_ms / 1e3)


CASES = {
    "stills-1": Case("stills", 1.0),
    "stills-1-one": Case("stills", 1.0, one_cpu=True),
    "stills-5": Case("stills", 5.0),
    "stills-5-one": Case("stills", 5.0, one_cpu=True),
    "stills-13.6": Case("stills", 13.6),
    "stills-13.6-one": Case("stills", 13.6, one_cpu=True),
    "plain": Case("clip"),
    "clip-5": Case("clip", 5.0),
    "clip-13.6": Case("clip", 13.6),
    "clip-25": Case("clip", 25.0),
    "stages": Case("clip", 25.0, stages=True),
}


@dataclass(frozen=True, slots=True)
class Figures:
    """What a case came to: per second, and milliseconds of CPU and hand-overs per frame."""

    fps: float
    cpu_ms: float
    hand_overs: float
    workers: str = ""
    stages_ms: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a figure of one case has to be, beside that of another one or the ceiling of its own."""

    case: str
    beside: str
    figure: str
    ratio: float
    is_most: bool = False

    def holds(self, ratio: float) -> bool:
        """Whether the ratio is what is wanted."""
        return ratio <= self.ratio if self.is_most else ratio >= self.ratio


WANTED = (
    Wanted("stills-1", "stills-1-one", "fps", SAME),
    Wanted("stills-5", "stills-5-one", "fps", SAME),
    Wanted("stills-13.6", "stills-13.6-one", "fps", SAME),
    Wanted("stills-1", "ceiling", "fps", 900 / 3000),
    Wanted("stills-13.6", "ceiling", "fps", 0.98),
    Wanted("clip-5", "ceiling", "fps", 305 / 600),
    Wanted("clip-13.6", "ceiling", "fps", 0.98),
    Wanted("clip-25", "ceiling", "fps", 0.95),
    Wanted("clip-5", "plain", "cpu_ms", 0.8, is_most=True),
    Wanted("clip-13.6", "plain", "cpu_ms", 0.8, is_most=True),
    Wanted("clip-25", "plain", "cpu_ms", 0.8, is_most=True),
)


class CpuMeter:
    """Adds up the CPU time that threads spend inside functions, by stage."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.seconds: dict[str, float] = {}

    def measured(self, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The same function, that books its CPU time under `stage`."""

        def wrapper(*args: Any) -> Any:
            before = time.thread_time()
            try:
                return function(*args)
            finally:
                spent = time.thread_time() - before
                with self._lock:
                    self.seconds[stage] = self.seconds.get(stage, 0.0) + spent

        return wrapper


class Metered:
    """Stands in front of an object; the methods that are named book their CPU time."""

    def __init__(self, wrapped: Any, meter: CpuMeter, stages: dict[str, str]) -> None:
        self._wrapped = wrapped
        for method, stage in stages.items():
            setattr(self, method, meter.measured(stage, getattr(wrapped, method)))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._wrapped, name)


def metered(spec: RunSpec, meter: CpuMeter) -> RunSpec:
    """The same run, metered. Frame threads of the decoder are not the reading thread's."""

    def make_adapter(backend: Any) -> Any:
        adapter = spec.prepared.make_adapter(backend)
        return Metered(adapter, meter, {"preprocess": "preprocess", "postprocess": "postprocess"})

    def open_backend(worker: int) -> Any:
        return Metered(spec.prepared.plan.open(worker), meter, {"infer": "infer (simulated)"})

    return replace(
        spec,
        source=Metered(spec.source, meter, {"read": "decode (reading thread)"}),
        prepared=replace(
            spec.prepared,
            plan=replace(spec.prepared.plan, open=open_backend),
            make_adapter=make_adapter,
        ),
    )


class Stills:
    """A source of pictures that are decoded already: a few of them, again and again."""

    name = "stills"
    live = False

    def __init__(self) -> None:
        self._pictures = []
        for picture in moving_pictures(4):
            name_colours(picture)
            self._pictures.append(prepare_picture(picture, Rotator()))
        self._index = 0
        self._goes_on = True

    def open(self) -> StreamInfo:
        """What it is."""
        return StreamInfo(self.name, *SIZE, Fraction(RATE), None, live=False)

    def read(self) -> Frame | None:
        """The next one."""
        if not self._goes_on:
            return None
        index, self._index = self._index, self._index + 1
        picture = self._pictures[index % len(self._pictures)]
        return Frame(index, index / RATE, time.perf_counter(), 0.0, picture)

    def interrupt(self) -> None:
        """No picture follows."""
        self._goes_on = False

    def close(self) -> None:
        """Nothing is open."""


def moving_pictures(count: int) -> Iterator[av.VideoFrame]:
    """A moving picture with detail, so that its decoding costs what a camera's does."""
    width, height = SIZE
    noise = np.random.default_rng(1).integers(0, 255, (height, width * 2), np.uint8)
    smooth = (noise // 4 + np.linspace(0, 180, width * 2).astype(np.uint8)).astype(np.uint8)
    for index in range(count):
        gray = np.ascontiguousarray(smooth[:, index * 4 % width : index * 4 % width + width])
        yield av.VideoFrame.from_ndarray(gray, "gray").reformat(format="yuv420p")


def make_clip(path: Path) -> None:
    """Encode the moving picture as a camera would."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=Fraction(RATE))
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        stream.options = {"preset": "superfast", "crf": "26"}
        for picture in moving_pictures(CLIP_FRAMES):
            container.mux(stream.encode(picture))
        container.mux(stream.encode())


def hand_overs() -> int:
    """How often threads of this process that are alive have stopped to wait so far."""
    return sum(
        int(line.split()[1])
        for status in Path("/proc/self/task").glob("*/status")
        for line in status.read_text().splitlines()
        if line.startswith("voluntary")
    )


class Meter:
    """The figures of a part of a run, from here on."""

    def __init__(self, frames: int) -> None:
        self._before = (frames, time.perf_counter(), time.process_time(), hand_overs())

    def figures(self, frames: int) -> Figures:
        """Those up to now."""
        now = (frames, time.perf_counter(), time.process_time(), hand_overs())
        count, wall_s, cpu_s, waits = (
            later - sooner for sooner, later in zip(self._before, now, strict=True)
        )
        return Figures(count / wall_s, cpu_s * 1e3 / count, waits / count)


def run_case(case: Case, clip: Path) -> Figures:
    """Measure a case in this process."""
    if case.one_cpu:
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    if case.latency_ms is None:
        return run_plain_loop(clip)
    config = AppConfig(
        source=str(clip),
        backend="simulated",
        source_options=SourceOptions(loop=True),
        simulation=SimulationSpec(cores=CORES, latency_ms=case.latency_ms),
    )
    spec, stages = run_spec_of(config, print), CpuMeter()
    if case.source == "stills":
        spec = replace(spec, source=Stills())
    if case.stages:
        spec = metered(spec, stages)
    pipeline = Pipeline(spec)
    pipeline.start()
    pipeline.wait(WARM_UP_S)
    meter, booked = Meter(pipeline.status().counts.shown), dict(stages.seconds)
    status = pipeline.wait(MEASURED_S)
    count = status.counts.shown
    figures = meter.figures(count)
    place = "on one CPU core" if pipeline.workers_on_one_cpu else "on all"
    workers = f"{pipeline.workers_used} of {pipeline.workers} {place}"
    pipeline.stop()
    pipeline.join(5)
    if status.error is not None:
        raise status.error
    frames = figures.fps * MEASURED_S
    by_stage = tuple(
        (stage, (seconds - booked.get(stage, 0.0)) * 1e3 / frames)
        for stage, seconds in sorted(stages.seconds.items())
    )
    return replace(figures, workers=workers, stages_ms=by_stage)


def run_plain_loop(clip: Path) -> Figures:
    """What somebody writes who wants the pictures in a model's input and nothing else."""
    cv2.setNumThreads(1)
    letterbox = np.full((640, 640, 3), 114, np.uint8)
    scale = min(640 / SIZE[0], 640 / SIZE[1])
    width, height = round(SIZE[0] * scale), round(SIZE[1] * scale)
    top = (640 - height) // 2
    content = letterbox[top : top + height, :width]
    with av.open(str(clip)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        meter = Meter(0)
        for count, picture in enumerate(container.decode(stream), start=1):  # noqa: B007
            rgb = picture.to_ndarray(format="rgb24")
            cv2.resize(rgb, (width, height), dst=content, interpolation=cv2.INTER_LINEAR)
        return meter.figures(count)


def measured(name: str, clip: Path) -> Figures:
    """Measure a case in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.pipeline", name, "--clip", str(clip)]
    told = subprocess.run(
        command, check=True, capture_output=True, text=True, timeout=PATIENCE_S
    ).stdout
    return Figures(**json.loads(told.splitlines()[-1]))


def print_case(name: str, rounds: list[Figures]) -> None:
    """A line for a case."""
    rates = [each.fps for each in rounds]
    cpu = [each.cpu_ms for each in rounds]
    waits = statistics.median(each.hand_overs for each in rounds)
    ceiling = CASES[name].ceiling
    share = "" if ceiling is None else f"{statistics.median(rates) / ceiling:.3f}"
    print(
        f"{name:16} {statistics.median(rates):7.1f} {min(rates):7.1f} {max(rates):7.1f} {share:>7}"
        f" {statistics.median(cpu):8.2f} {min(cpu):6.2f} {waits:7.1f}  {rounds[-1].workers}"
    )
    for stage, spent_ms in rounds[-1].stages_ms:
        print(f"    CPU ms a frame, {stage}: {spent_ms:.2f}")


def print_ratio(wanted: Wanted, told: dict[str, list[Figures]]) -> bool:
    """A line for what is wanted; whether it holds. Ratios are those of one round, the median."""
    of_case = [getattr(each, wanted.figure) for each in told[wanted.case]]
    if wanted.beside == "ceiling":
        beside = [CASES[wanted.case].ceiling or 1.0] * len(of_case)
    else:
        beside = [getattr(each, wanted.figure) for each in told[wanted.beside]]
    ratios = [one / other for one, other in zip(of_case, beside, strict=True)]
    ratio, sign = statistics.median(ratios), "at most" if wanted.is_most else "at least"
    holds = wanted.holds(ratio)
    print(
        f"{wanted.figure} of {wanted.case} / {wanted.beside}: {ratio:.3f} "
        f"({min(ratios):.3f} to {max(ratios):.3f}), wanted {sign} {wanted.ratio:.3f}"
        f"{'' if holds else ': MISSED'}"
    )
    return holds


def main() -> int:
    """Run the bench; gives the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("cases", nargs="*", choices=[[], *CASES], help="default: all")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--clip", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    names = args.cases or list(CASES)
    if args.clip is not None:
        print(json.dumps(asdict(run_case(CASES[names[0]], args.clip))))
        return 0
    told: dict[str, list[Figures]] = {name: [] for name in names}
    with tempfile.TemporaryDirectory() as folder:
        clip = Path(folder) / "clip.mp4"
        make_clip(clip)
        for _ in range(args.rounds):
            for name in names:
                told[name].append(measured(name, clip))
    print(
        f"{SIZE[0]}x{SIZE[1]}, {CORES} NPU cores, {len(os.sched_getaffinity(0))} CPU cores, load "
        f"{os.getloadavg()[0]:.1f}, median of {args.rounds} rounds"
    )
    print(
        f"{'case':16} {'fps':>7} {'least':>7} {'most':>7} {'/ceil':>7} {'CPU ms':>8} "
        f"{'least':>6} {'waits':>7}  workers"
    )
    for name, rounds in told.items():
        print_case(name, rounds)
    known = [each for each in WANTED if each.case in told and each.beside in {*told, "ceiling"}]
    missed = [each for each in known if not print_ratio(each, told)]
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
