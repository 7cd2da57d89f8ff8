"""Real-time video object detection on Rockchip NPUs, and the same program on a PC.

`Detector` finds boxes in a picture, `open_run` plays a video or a stream, `run_bench` measures.
What they need is imported when it is first asked for.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rkvideo.api.bench import run_bench
    from rkvideo.api.detector import Detector
    from rkvideo.api.run import Run, open_run
    from rkvideo.bench.results import BenchReport
    from rkvideo.data import Detections, FrameResult, StreamInfo
    from rkvideo.errors import RkVideoError
    from rkvideo.sinks.base import Sink
    from rkvideo.status import RunStatus

__version__ = "0.1.0"

__all__ = [
    "BenchReport",
    "Detections",
    "Detector",
    "FrameResult",
    "RkVideoError",
    "Run",
    "RunStatus",
    "Sink",
    "StreamInfo",
    "__version__",
    "open_run",
    "run_bench",
]

_HOMES = {
    "BenchReport": "bench.results",
    "Detections": "data",
    "Detector": "api.detector",
    "FrameResult": "data",
    "RkVideoError": "errors",
    "Run": "api.run",
    "RunStatus": "status",
    "Sink": "sinks.base",
    "StreamInfo": "data",
    "open_run": "api.run",
    "run_bench": "api.bench",
}


def __getattr__(name: str) -> Any:
    """What is exported, from the module that has it."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
