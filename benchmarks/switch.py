"""How long a live picture stands still when the model is switched.

    python -m benchmarks.switch

Plays a test pattern of 1280x720 at 30 fps as a live source on a simulated NPU of 3 cores at
13.6 ms and switches its model 20 times. Prints the largest gap between two shown frames; ends with
1 where it is over 150 ms and one inference.
"""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import pairwise

from rkvideo.assembly import open_run, prepare_model
from rkvideo.config import AppConfig, SimulationSpec, SourceOptions
from rkvideo.data import FrameResult
from rkvideo.pipeline.pipeline import Pipeline

SWITCHES = 20
SIZES = (320, 416, 640)
LATENCY_MS = 13.6
ALLOWED_GAP_MS = 150 + LATENCY_MS
SETTLE_S = 0.5
PATIENCE_S = 30.0


def main() -> int:
    """Run the bench; gives the exit code."""
    config = AppConfig(
        source="pattern:1280x720@30",
        model=f"yolo11n@{SIZES[-1]}",
        backend="simulated",
        source_options=SourceOptions(realtime=True),
        simulation=SimulationSpec(cores=3, latency_ms=LATENCY_MS),
    )
    pipeline = open_run(config, print)
    shown: list[FrameResult] = []
    pipeline.observe(shown.append)
    pipeline.start()
    pipeline.wait(SETTLE_S)
    first = len(shown)
    took = []
    for number in range(SWITCHES):
        model = f"yolo11n@{SIZES[number % len(SIZES)]}"
        took.append(switch(pipeline, replace(config, model=model)))
        pipeline.wait(SETTLE_S)
    pipeline.stop()
    pipeline.join(5)
    stamps = [result.first.timings.emitted_s for result in shown[first:]]
    gap_ms = max(after - before for before, after in pairwise(stamps)) * 1e3
    print(
        f"{len(stamps)} frames shown over {SWITCHES} switches of {max(took) * 1e3:.0f} ms at most"
    )
    print(f"largest gap {gap_ms:.1f} ms, allowed {ALLOWED_GAP_MS:.1f} ms")
    return 0 if gap_ms <= ALLOWED_GAP_MS else 1


def switch(pipeline: Pipeline, config: AppConfig) -> float:
    """Switch to the model of `config`; gives the seconds until the old one was out of memory."""
    began = time.perf_counter()
    pipeline.switch_model(prepare_model(config, print))
    while (status := pipeline.status()).loading or len(status.loaded) > 1:
        if time.perf_counter() - began > PATIENCE_S:
            raise SystemExit(f"the switch to {config.model} did not end in {PATIENCE_S:g} s")
        pipeline.wait(0.002)
    return time.perf_counter() - began


if __name__ == "__main__":
    raise SystemExit(main())
