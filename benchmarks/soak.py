"""Whether anything grows while a stream is lost again and again, recorded, and its model switched.

    python -m benchmarks.soak [--minutes 30] [--size 1920x1080] [--fps 30] [--what annotated]

A real RTSP server paints the clock into its pictures (GStreamer, run by the system's Python). It is
killed every 60 s and started again on the same port 2 s later; the model of the simulated NPU is
switched every 20 s. Prints, for the whole time and for the second half of it, how resident memory,
threads, open files, the true and the told latency rise per hour, and what became of the frames. The
first minute is left out: libraries are loaded in it.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import psutil

from rkvideo.assembly import open_run, prepare_model
from rkvideo.config import AppConfig, RecordOptions, SimulationSpec
from rkvideo.data import FrameResult
from rkvideo.machine.heap import keep_one_heap
from rkvideo.pictures.overlay import Look
from rkvideo.pictures.pixels import plane_array
from rkvideo.pipeline.pipeline import Pipeline
from rkvideo.sinks.recorders import recorders_at
from rkvideo.sizes.words import parse_size
from tests.helpers.painted_clock import read_clock, seconds_since

SERVER = Path(__file__).parents[1] / "tests/helpers/rtsp_server.py"
SAMPLE_S, SWITCH_S, KILL_S, AWAY_S = 5.0, 20.0, 60.0, 2.0
SETTLE_S = 60.0
MODELS = ("yolo11n@320", "yolo11n@416")
PATIENCE_S = 20.0
_RECENT = 300


@dataclass(frozen=True, slots=True)
class Sample:
    """What was measured at `at_s` seconds of the run.

    `latency_ms` is the median of late of what is true, `told_ms` of what is told: the true one
    begins when the server paints the picture, so that a server that is starved is in it.
    """

    at_s: float
    resident_mb: float
    threads: int
    open_files: int
    latency_ms: float
    told_ms: float


class Server:
    """The server's process; `start` starts it anew on the same port."""

    def __init__(self, size: tuple[int, int], fps: int) -> None:
        self._words = [f"--width={size[0]}", f"--height={size[1]}", f"--fps={fps}", "--painted=1"]
        self._port = 0
        self._process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        """The address of the stream."""
        return f"rtsp://127.0.0.1:{self._port}/live"

    def start(self) -> None:
        """Start it and wait until it takes connections."""
        words = ["/usr/bin/python3", str(SERVER), f"--port={self._port}", *self._words]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(words, stdin=pipe, stdout=pipe, text=True)
        assert self._process.stdout is not None
        self._port = int(self._process.stdout.readline().split()[1])

    def kill(self) -> None:
        """Kill it as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


class Every:
    """Calls `act` once `period_s` has passed since the last time."""

    def __init__(self, period_s: float, act: Callable[[], None], first_s: float = 0.0) -> None:
        self._period_s, self._act = period_s, act
        self._next_s = time.monotonic() + (first_s or period_s)

    def look(self) -> None:
        """Act if it is time."""
        if time.monotonic() >= self._next_s:
            self._next_s += self._period_s
            self._act()


class Soak:
    """One run, the server that it plays, and what is done to both."""

    def __init__(self, options: argparse.Namespace, folder: Path) -> None:
        self._server = Server(parse_size(options.size), options.fps)
        self._server.start()
        self._config = AppConfig(
            source=self._server.url,
            model=MODELS[0],
            backend="simulated",
            retry_open=True,
            simulation=SimulationSpec(cores=3),
        )
        self._switches = 0
        self._latencies: deque[tuple[float, float]] = deque(maxlen=_RECENT)
        self._process = psutil.Process()
        self.samples: list[Sample] = []
        self.pipeline: Pipeline = open_run(self._config, print)
        self.pipeline.observe(self._observe)
        recording = RecordOptions(options.what)
        for sink in recorders_at(self.pipeline, recording, Look, folder / "soak.mp4"):
            self.pipeline.add_sink(sink)

    def run(self, seconds: float) -> None:
        """Play for so long; every thread has ended then."""
        began = time.monotonic()
        self.pipeline.start()
        duties = (
            Every(SAMPLE_S, lambda: self._sample(time.monotonic() - began)),
            Every(SWITCH_S, self._switch),
            Every(KILL_S, self._server.kill),
            Every(KILL_S, self._server.start, first_s=KILL_S + AWAY_S),
        )
        while time.monotonic() - began < seconds and not self.pipeline.status().state.is_final:
            self.pipeline.wait(0.2)
            for duty in duties:
                duty.look()
        self.pipeline.stop()
        self.pipeline.join(PATIENCE_S)
        self._server.kill()

    def _observe(self, result: FrameResult) -> None:
        painted_s = read_clock(plane_array(result.frame.picture, 0))
        timings = result.first.timings
        true_s = seconds_since(painted_s, timings.emitted_s)
        self._latencies.append((true_s, timings.total))

    def _switch(self) -> None:
        self._switches += 1
        model = MODELS[self._switches % len(MODELS)]
        self.pipeline.switch_model(prepare_model(replace(self._config, model=model), print))

    def _sample(self, at_s: float) -> None:
        recent = tuple(self._latencies)
        true_s, told_s = np.median(recent, axis=0) if recent else (0.0, 0.0)
        sample = Sample(
            at_s,
            self._process.memory_info().rss / 1e6,
            self._process.num_threads(),
            self._process.num_fds(),
            float(true_s) * 1e3,
            float(told_s) * 1e3,
        )
        self.samples.append(sample)
        print(
            f"{at_s:7.0f} s  {sample.resident_mb:7.1f} MB  {sample.threads:3d} threads"
            f"  {sample.open_files:3d} files  {sample.latency_ms:6.1f} ms,"
            f" told {sample.told_ms:6.1f} ms",
            flush=True,
        )


def slope_per_hour(samples: list[Sample], name: str) -> float:
    """How much a figure rises in an hour: the line of least squares through its samples."""
    hours = [sample.at_s / 3600 for sample in samples]
    return float(np.polyfit(hours, [getattr(sample, name) for sample in samples], 1)[0])


def main() -> int:
    """Run it; gives the exit code, which is 1 where the run did not last."""
    keep_one_heap()
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--size", default="1920x1080")
    parser.add_argument("--fps", type=int, default=30)
    parser.add_argument("--what", choices=("annotated", "raw", "both"), default="annotated")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        soak = Soak(options, Path(folder))
        soak.run(options.minutes * 60)
        tell(soak, sum(path.stat().st_size for path in Path(folder).iterdir()))
    status = soak.pipeline.status()
    for notice in status.notices:
        print(f"note: {notice}")
    return int(status.error is not None)


def tell(soak: Soak, recorded_bytes: int) -> None:
    """Print the slopes and the counts."""
    kept = [sample for sample in soak.samples if sample.at_s >= SETTLE_S]
    second = kept[len(kept) // 2 :]
    for name in ("resident_mb", "threads", "open_files", "latency_ms", "told_ms"):
        values = [getattr(sample, name) for sample in kept]
        print(
            f"{name:12} {min(values):8.1f} to {max(values):8.1f}   per hour"
            f" {slope_per_hour(kept, name):+9.2f}, second half {slope_per_hour(second, name):+9.2f}"
        )
    print(soak.pipeline.status().counts, soak.pipeline.status().source)
    print(f"{len(soak.pipeline.status().recordings)} recordings, {recorded_bytes / 1e6:.1f} MB")


if __name__ == "__main__":
    raise SystemExit(main())
