"""Stand-ins for the parts of a pipeline: no video, no model, faults on request.

Each records the threads that opened and closed it. `Script.at` maps a frame index to the part
that raises there: "source", "lost", "infer", "head" or "sink"; `Script.raised` maps a call ("open",
"read", "infer", "sink open") to what it raises.
"""

from __future__ import annotations

import contextlib
import threading
import time
from dataclasses import dataclass, field
from fractions import Fraction

import av
import numpy as np

from rkvideo.backends.base import BackendPlan, BackendSpec, OutputSpec
from rkvideo.config import DetectionFilter, InputSpec
from rkvideo.data import Detections, Frame, Letterbox, StreamInfo
from rkvideo.errors import (
    DecodeError,
    InferenceError,
    ModelLoadError,
    SinkWriteError,
    SourceLostError,
    SourceOpenError,
)
from rkvideo.pipeline.pipeline import Pipeline, RunSpec
from rkvideo.pipeline.prepared import PreparedModel
from rkvideo.pipeline.source_runner import PlayOptions
from rkvideo.sizes.tiling import PictureTile
from rkvideo.status import RunTitles
from tests.helpers.patience import PATIENCE_S

SIZE = (64, 48)


@dataclass
class Script:
    frames: int = 30
    live: bool = False
    interval_s: float = 0.0
    age_s: float = 0.0
    decode_s: float = 0.0
    infer_s: float = 0.0
    infer_of: dict[int, float] = field(default_factory=dict)
    at: dict[int, str] = field(default_factory=dict)
    open_errors: list[Exception] = field(default_factory=list)
    reopen_errors: list[Exception] = field(default_factory=list)
    refused_workers: frozenset[int] = frozenset()
    core_lock: threading.Lock | None = None
    hang_at: int | None = None
    hang_open: int | None = None
    hang_sink: bool = False
    raised: dict[str, BaseException] = field(default_factory=dict)
    hang: threading.Event = field(default_factory=threading.Event)
    hangs: threading.Event = field(default_factory=threading.Event)

    def raises(self, call: str) -> None:
        if call in self.raised:
            raise self.raised[call]


class Lifetimes:
    """Which thread opened and closed what, in order."""

    def __init__(self) -> None:
        self.opened: list[tuple[str, int]] = []
        self.closed: list[tuple[str, int]] = []

    def open(self, name: str) -> None:
        self.opened.append((name, threading.get_ident()))

    def close(self, name: str) -> None:
        self.closed.append((name, threading.get_ident()))


class StandInSource:
    def __init__(self, script: Script, lifetimes: Lifetimes) -> None:
        self._script = script
        self._lifetimes = lifetimes
        self._next = 0
        self._is_open = False
        self._interrupted = threading.Event()

    @property
    def name(self) -> str:
        return "stand-in"

    @property
    def live(self) -> bool:
        return self._script.live

    def open(self) -> StreamInfo:
        self._script.raises("open")
        if self._script.open_errors:
            raise self._script.open_errors.pop(0)
        if self._next and self._script.reopen_errors:
            raise self._script.reopen_errors.pop(0)
        self._lifetimes.open("source")
        self._is_open = True
        return StreamInfo("stand-in", *SIZE, Fraction(25), self._script.frames, self.live)

    def read(self) -> Frame | None:
        self._script.raises("read")
        if self._script.interval_s:
            self._interrupted.wait(self._script.interval_s)
        if self._interrupted.is_set() or self._next == self._script.frames:
            return None
        index, self._next = self._next, self._next + 1
        match self._script.at.get(index):
            case "source":
                raise DecodeError(f"stand-in: frame {index} is damaged")
            case "lost":
                raise SourceLostError(f"stand-in: lost at frame {index}")
        picture = av.VideoFrame(*SIZE, "gray")
        age_s, decode_s = self._script.age_s, self._script.decode_s
        return Frame(index, index / 25, time.perf_counter() - age_s, decode_s, picture)

    def interrupt(self) -> None:
        self._interrupted.set()

    def close(self) -> None:
        if self._is_open:
            self._is_open = False
            self._lifetimes.close("source")


class StandInBackend:
    def __init__(self, script: Script, lifetimes: Lifetimes, worker: int) -> None:
        self._script = script
        self._lifetimes = lifetimes
        self._name = f"context {worker}"
        if worker in script.refused_workers:
            raise ModelLoadError(f"stand-in: core {worker} does not open")
        if worker == script.hang_open:
            script.hang.wait(30)
        lifetimes.open(self._name)

    @property
    def spec(self) -> BackendSpec:
        return BackendSpec(InputSpec(*SIZE), (OutputSpec("out", (1, 1)),))

    def infer(self, tensor, frame_index):
        self._script.raises("infer")
        wait_s = self._script.infer_of.get(frame_index, self._script.infer_s)
        if wait_s:
            with self._script.core_lock or contextlib.nullcontext():
                threading.Event().wait(wait_s)
        if frame_index == self._script.hang_at:
            self._script.hangs.set()
            self._script.hang.wait(30)
        if self._script.at.get(frame_index) == "infer":
            raise InferenceError(f"stand-in: inference of frame {frame_index} failed")
        return (np.full((1, 1), frame_index, np.float32),)

    def close(self) -> None:
        self._lifetimes.close(self._name)


class StandInAdapter:
    """Gives one box whose left edge is the frame's index."""

    title = "stand-in@64x48"
    labels = ("thing",)
    trouble = ""

    def __init__(self, script: Script) -> None:
        self._script = script

    def check(self, wanted: DetectionFilter) -> None:
        return None

    def preprocess(self, picture, tile=None):
        return np.zeros((1, 3, 48, 64), np.float32), Letterbox(SIZE, SIZE, SIZE, 0, 0)

    def tiles(self, picture):
        return (PictureTile(0, 0, picture.width, picture.height),)

    def postprocess(self, outputs, letterbox, wanted: DetectionFilter) -> Detections:
        index = int(outputs[0][0, 0])
        if self._script.at.get(index) == "head":
            raise ValueError(f"stand-in: a fault of the head at frame {index}")
        return Detections(
            np.array([[index, 0, index + 1, 1]], np.float32),
            np.array([0.5], np.float32),
            np.zeros(1, np.int32),
        )


class StandInSink:
    def __init__(self, script: Script, lifetimes: Lifetimes, name: str = "recording") -> None:
        self._script = script
        self._lifetimes = lifetimes
        self.name = name
        self.written: list[int] = []
        self._is_open = False

    def open(self, info: StreamInfo) -> None:
        self._script.raises("sink open")
        if self._script.hang_sink:
            self._script.hang.wait(30)
        self._lifetimes.open(self.name)
        self._is_open = True

    def write(self, result, status) -> None:
        if self._script.at.get(result.frame.index) == "sink":
            raise SinkWriteError(f"stand-in: disk full at frame {result.frame.index}")
        self.written.append(result.frame.index)

    def close(self) -> tuple[str, ...]:
        if not self._is_open:
            return ()
        self._lifetimes.close(self.name)
        return ("clip.mp4",)


def build(
    script: Script,
    lifetimes: Lifetimes,
    *,
    workers: int = 3,
    cores: int | None = 3,
    infer_limit_s: float = 8.0,
    open_limit_s: float = 20.0,
    retry_open: bool = False,
    limit: int | None = None,
    sample_npu=None,
    source=None,
    adapter=None,
    workers_follow: bool = False,
) -> Pipeline:
    """A pipeline of stand-ins; live scripts keep the newest frame only.

    `adapter` is one that all workers share, None for one of each. With `workers_follow` those that
    take frames follow what is measured.
    """
    plan = BackendPlan(
        "stand-in",
        tuple(None if cores is None else worker % cores for worker in range(workers)),
        lambda worker: StandInBackend(script, lifetimes, worker),
        infer_limit_s,
        open_limit_s,
        workers_follow,
    )
    return Pipeline(
        RunSpec(
            source=source or StandInSource(script, lifetimes),
            prepared=PreparedModel("stand-in", plan, lambda _: adapter or StandInAdapter(script)),
            wanted=DetectionFilter(),
            play=PlayOptions(retry_open=retry_open, limit=limit),
            titles=RunTitles("stand-in", "stand-in", "stand-in", ()),
            sample_npu=sample_npu,
        )
    )


def run_to_end(pipeline: Pipeline, seconds: float = PATIENCE_S):
    """Play all of it; gives the last status and the results."""
    seen = []
    pipeline.observe(seen.append)
    pipeline.start(wait=False)
    status = pipeline.wait(seconds)
    pipeline.join(PATIENCE_S)
    return status, seen


def indices(results):
    return [result.frame.index for result in results]


def assert_accounted(counts):
    assert counts.decoded == counts.shown + counts.dropped + counts.late + counts.failed


@contextlib.contextmanager
def no_more_threads(monkeypatch, after: int = 0):
    """While inside the system gives only so many threads more, and then refuses as it does."""
    started = threading.Thread.start
    left = iter(range(after))

    def start(thread):
        if next(left, None) is None:
            raise RuntimeError("can't start new thread")
        started(thread)

    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", start)
        yield


def refused_connection() -> SourceOpenError:
    return SourceOpenError("stand-in: connection refused")
