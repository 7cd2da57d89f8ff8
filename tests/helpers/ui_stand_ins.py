"""A stand-in for the run behind a window, and results with real pictures for it to give."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
from PyQt5.QtCore import QCoreApplication, QTranslator
from PyQt5.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from rkvideo.config import DetectionFilter
from rkvideo.data import Detections, Frame, FrameResult, SideResult, StageTimings, StreamInfo
from rkvideo.errors import PipelineStateError, ShutdownTimeout, SlowShutdown
from rkvideo.pipeline.prepared import PreparedModel
from rkvideo.sinks.base import Sink
from rkvideo.stats import Percentiles, StatsSnapshot
from rkvideo.status import FrameCounts, RunState, RunStatus, RunTitles

TITLES = RunTitles("camera", "yolo11n@640", "onnx", ("person", "bicycle"))
STREAM = StreamInfo("camera", 320, 160, None, None, True, "h264")
GREY = 128


def grey_result(
    index: int = 0,
    boxes: tuple[tuple[float, float, float, float], ...] = (),
    size: tuple[int, int] = (320, 160),
    grey: int = GREY,
) -> FrameResult:
    """A picture of one grey (full range: what comes out is what went in) with boxes of class 0."""
    pixels = np.full((size[1], size[0], 3), grey, np.uint8)
    picture = av.VideoFrame.from_ndarray(pixels, format="rgb24")
    count = len(boxes)
    found = Detections(
        np.array(boxes, np.float32).reshape(count, 4),
        np.full(count, 0.9, np.float32),
        np.zeros(count, np.int32),
    )
    now = time.perf_counter()
    timings = StageTimings(0.002, 0.001, 0.003, 0.012, 0.001, 0.0, now - 0.02, now)
    side = SideResult(found, timings, TITLES.model, TITLES.labels)
    return FrameResult(Frame(index, index / 25, now - 0.02, 0.002, picture), 0, (side,))


class StandInSink:
    """Remembers whether it is open."""

    def __init__(self, name: str = "recording", file: str = "clip.mp4") -> None:
        self.name = name
        self.paths = (Path(file),)
        self.size_bytes = 0
        self.seconds = 0.0
        self.is_closed = False

    def open(self, info: StreamInfo) -> None:
        self.is_closed = False

    def write(self, result: FrameResult, status: RunStatus) -> None:
        return None

    def close(self) -> tuple[str, ...]:
        self.is_closed = True
        return tuple(str(path) for path in self.paths)


class StandInRun:
    """A run without threads: the test gives its results and sets its status.

    `asked` holds what was asked of it since, by the name of the method.
    """

    def __init__(self) -> None:
        self.titles = TITLES
        self.current = RunStatus(RunState.IDLE, FrameCounts())
        self.wanted = DetectionFilter()
        self.asked: list[tuple[object, ...]] = []
        self.switches = 0
        self.sinks: list[Sink] = []
        self.required: list[bool] = []
        self.joined_in: list[int] = []
        self.alive_after_join = ""
        self.is_slow = False
        self.stream = STREAM
        self.is_tracking = False
        self.objects_present: dict[int, int] = {}
        self.objects_seen: dict[int, int] = {}
        self._observers: list[Callable[[FrameResult], None]] = []

    def start(self, wait: bool = True) -> None:
        self.set_state(RunState.STARTING)

    def pause(self) -> None:
        self.set_state(RunState.PAUSED)

    def resume(self) -> None:
        self.set_state(RunState.RUNNING)

    def stop(self) -> None:
        if not self.current.state.is_final:
            self.set_state(RunState.STOPPED)

    def join(self, timeout: float) -> None:
        self.joined_in.append(threading.get_ident())
        if self.alive_after_join:
            error = SlowShutdown if self.is_slow else ShutdownTimeout
            raise error(f"after {timeout:g} s still alive: {self.alive_after_join}")

    def status(self) -> RunStatus:
        return self.current

    def stats(self) -> StatsSnapshot:
        return StatsSnapshot(25.0, 30.0, Percentiles(0.02, 0.03), (("infer", 0.012),))

    def set_filter(self, wanted: DetectionFilter) -> None:
        self.wanted = wanted

    def switch_model(self, prepared: PreparedModel) -> int:
        self.asked.append(("switch_model", prepared))
        self.switches += 1
        return self.switches

    def set_tracking(self, on: bool) -> None:
        self.is_tracking = on

    def seek(self, position_s: float) -> None:
        self.asked.append(("seek", position_s))

    def step(self) -> None:
        self.asked.append(("step",))

    def set_speed(self, speed: float | None) -> None:
        self.current = replace(self.current, playback=replace(self.current.playback, speed=speed))

    def set_loop(self, loop: bool) -> None:
        self.current = replace(self.current, playback=replace(self.current.playback, loop=loop))

    def observe(
        self,
        observer: Callable[[FrameResult], None],
        *,
        sees_pictures: bool = True,
        sees_lent: Callable[[Frame], None] | None = None,
    ) -> None:
        self._observers.append(observer)

    def add_sink(self, sink: Sink, *, required: bool = False) -> None:
        if self.current.state.is_final:
            raise PipelineStateError(f"the run is {self.current.state.value}")
        self.sinks.append(sink)
        self.required.append(required)

    def remove_sink(self, name: str) -> bool:
        gone = [sink for sink in self.sinks if sink.name == name]
        self.sinks = [sink for sink in self.sinks if sink.name != name]
        for sink in gone:
            files = sink.close()
            self.current = replace(self.current, recordings=(*self.current.recordings, *files))
        return bool(gone)

    def set_state(self, state: RunState) -> None:
        self.current = replace(self.current, state=state)

    def play(self, *results: FrameResult) -> None:
        """Give results from another thread, as a worker of a real run does."""
        self.current = replace(self.current, state=RunState.RUNNING, stream=self.stream)
        emit = threading.Thread(target=self._emit, args=(results,), name="emit")
        emit.start()
        emit.join()

    def _emit(self, results: tuple[FrameResult, ...]) -> None:
        for result in results:
            for observer in self._observers:
                observer(result)


@contextmanager
def on_screen(widget: QWidget, qtbot: QtBot, width: int = 320, height: int = 560) -> Iterator[None]:
    """While inside, the widget is shown in a window of this size, as in a dock."""
    window = QWidget()
    window.resize(width, height)
    widget.setParent(window)
    widget.resize(window.size())
    window.show()
    qtbot.waitExposed(window).__exit__(None, None, None)
    yield
    window.close()


class _ShoutingTranslator(QTranslator):
    def __init__(self, contexts: tuple[str, ...]) -> None:
        super().__init__()
        self._contexts = contexts

    def translate(self, context: str, text: str, *_rest: object) -> str | None:
        return text.upper() if context in self._contexts else None

    def isEmpty(self) -> bool:  # noqa: N802
        return False


@contextmanager
def shouted(*contexts: str) -> Iterator[None]:
    """While inside, the words of these widgets are in upper case: another language."""
    translator = _ShoutingTranslator(contexts)
    QCoreApplication.installTranslator(translator)
    try:
        yield
    finally:
        QCoreApplication.removeTranslator(translator)
