"""The pipeline against its ceiling, and where its CPU time goes.

    python -m benchmarks.pipeline

A 1080p H.264 clip is made, then run without a window on a simulated NPU of 3 cores at 25 ms.
The ceiling is cores / latency: what the NPU could do if nothing ever made it wait. Prints the
ratio to it and the CPU time per frame by stage; ends with 1 where the ratio is under 0.95.
"""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from rkvideo.assembly import run_spec_of
from rkvideo.config import AppConfig, SimulationSpec, SourceOptions
from rkvideo.pipeline.pipeline import Pipeline, RunSpec

SIZE = (1920, 1080)
CLIP_FRAMES = 600
FRAMES = 600
CORES = 3
LATENCY_MS = 25.0
WANTED_RATIO = 0.95


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


def make_clip(path: Path) -> None:
    """A moving picture with detail, so that its decoding costs what a camera's does."""
    width, height = SIZE
    noise = np.random.default_rng(1).integers(0, 255, (height, width * 2), np.uint8)
    smooth = (noise // 4 + np.linspace(0, 180, width * 2).astype(np.uint8)).astype(np.uint8)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=Fraction(30))
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.options = {"preset": "superfast", "crf": "26"}
        for index in range(CLIP_FRAMES):
            gray = np.ascontiguousarray(smooth[:, index * 4 : index * 4 + width])
            frame = av.VideoFrame.from_ndarray(gray, "gray").reformat(format="yuv420p")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


def main() -> int:
    """Run the bench; gives the exit code."""
    config = AppConfig(
        source="",
        backend="simulated",
        frames=FRAMES,
        source_options=SourceOptions(loop=True),
        simulation=SimulationSpec(cores=CORES, latency_ms=LATENCY_MS),
    )
    meter = CpuMeter()
    with tempfile.TemporaryDirectory() as folder:
        clip = Path(folder) / "clip.mp4"
        make_clip(clip)
        spec = run_spec_of(replace(config, source=str(clip)), print)
        pipeline = Pipeline(metered(spec, meter))
        before = time.process_time()
        pipeline.start()
        status = pipeline.wait(600)
        pipeline.join(5)
        cpu = time.process_time() - before
    if status.error is not None:
        raise status.error
    fps, stages = pipeline.overall()
    if fps is None:
        raise RuntimeError("the run was too short to have a rate")
    ceiling = CORES / (LATENCY_MS / 1e3)
    print(f"{status.counts.shown} frames of {SIZE[0]}x{SIZE[1]}, {pipeline.workers} workers")
    print(f"throughput {fps:.1f} fps, ceiling {ceiling:.1f} fps, ratio {fps / ceiling:.3f}")
    print(f"CPU ms per frame: all {cpu * 1e3 / status.counts.shown:.2f}")
    for stage, seconds in sorted(meter.seconds.items()):
        print(f"  {stage}: {seconds * 1e3 / status.counts.shown:.2f}")
    print("wall ms, p50: " + "  ".join(f"{k} {v.p50 * 1e3:.1f}" for k, v in stages.items()))
    return 0 if fps / ceiling >= WANTED_RATIO else 1


if __name__ == "__main__":
    raise SystemExit(main())
