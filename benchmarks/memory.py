"""Whether a long run keeps its memory.

    python -m benchmarks.memory

Runs 20,000 frames of a test pattern through a simulated NPU and compares the resident memory
after 2,000 frames with that at the end; ends with 1 where it grew by more than 5 %.
"""

from __future__ import annotations

import psutil

from rkvideo.assembly import open_run
from rkvideo.config import AppConfig, SimulationSpec
from rkvideo.data import FrameResult

FRAMES = 20_000
EARLY = 2_000
ALLOWED_GROWTH = 1.05


def main() -> int:
    """Run the bench; gives the exit code."""
    process = psutil.Process()
    resident: dict[int, int] = {}

    def watch(result: FrameResult) -> None:
        shown = result.frame.index + 1
        if shown in (EARLY, FRAMES):
            resident[shown] = process.memory_info().rss

    pipeline = open_run(
        AppConfig(
            source=f"pattern:320x192@30:{FRAMES}",
            model="yolo11n@320",
            backend="simulated",
            simulation=SimulationSpec(latency_ms=0.0),
        ),
        print,
    )
    pipeline.observe(watch)
    pipeline.start()
    status = pipeline.wait(600)
    pipeline.join(5)
    if status.error is not None:
        raise status.error
    growth = resident[FRAMES] / resident[EARLY]
    print(
        f"{status.counts.shown} frames shown; resident memory {resident[EARLY] / 1e6:.1f} MB after "
        f"{EARLY}, {resident[FRAMES] / 1e6:.1f} MB at the end, ratio {growth:.3f}"
    )
    return 0 if growth <= ALLOWED_GROWTH else 1


if __name__ == "__main__":
    raise SystemExit(main())
