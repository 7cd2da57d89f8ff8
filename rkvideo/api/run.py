"""A source played through a model, result by result."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType

import cv2

from rkvideo import assembly
from rkvideo.api.results import ResultQueue
from rkvideo.config import (
    DEFAULT_CONFIDENCE,
    DEFAULT_IOU,
    DEFAULT_MAX_DETECTIONS,
    DEFAULT_MODEL,
    AppConfig,
    DeliveryPolicy,
    DetectionFilter,
    SourceOptions,
)
from rkvideo.data import FrameResult, StreamInfo
from rkvideo.errors import PipelineStateError
from rkvideo.pipeline.channels import ChannelClosed
from rkvideo.pipeline.pipeline import Pipeline
from rkvideo.sinks.base import Sink
from rkvideo.sizes.tiling import Tiling
from rkvideo.stats import StatsSnapshot
from rkvideo.status import RunStatus

_JOIN_S = 10.0
_LOOK_S = 1.0
_log = logging.getLogger("rkvideo")


def open_run(
    source: str | Path | int,
    *,
    model: str | Path = DEFAULT_MODEL,
    backend: str = "auto",
    confidence: float = DEFAULT_CONFIDENCE,
    iou: float = DEFAULT_IOU,
    classes: Iterable[int | str] | None = None,
    max_detections: int = DEFAULT_MAX_DETECTIONS,
    class_agnostic: bool = False,
    labels: str | Path | None = None,
    workers: int | None = None,
    frames: int | None = None,
    loop: bool = False,
    realtime: bool = False,
    policy: DeliveryPolicy = "auto",
    retry: bool = False,
    track: bool = False,
    tiles: str = "",
    sinks: Iterable[Sink] = (),
) -> Run:
    """A run of `source` through `model`; it begins with `with`, and iterating gives its results.

    `source` is what the command line takes: a file, an address, a camera (`0`), a folder of
    pictures, `"demo"` or `"pattern:640x360@30:100"`. `sinks` are written to as well, each in a
    thread of its own; an error of one ends the run. The other options are those of `rkvideo run`:
    `frames` ends the run after so many, `policy` is "every" frame or only the "latest", `retry`
    waits for a stream that is out of reach, `track` numbers each object (`Detections.track_id`),
    `tiles` is "2x1", "2x2" or "auto".

    Raises ConfigError for an option that is out of range.
    """
    config = AppConfig(
        source=str(source),
        model=str(model),
        backend=backend,
        workers=workers,
        filter=DetectionFilter(
            confidence=confidence,
            iou=iou,
            max_detections=max_detections,
            classes=None if classes is None else frozenset(classes),
            class_agnostic=class_agnostic,
        ),
        policy=policy,
        frames=frames,
        retry_open=retry,
        source_options=SourceOptions(loop=loop, realtime=realtime),
        labels=None if labels is None else Path(labels),
        track=track,
        tiling=Tiling.parse(tiles),
    )
    return Run(config, tuple(sinks))


class Run:
    """One run; made by `open_run`, begun and ended by `with`, and not begun twice.

    Its results come in rising order of their frame. One thread takes them.
    """

    def __init__(self, config: AppConfig, sinks: tuple[Sink, ...]) -> None:
        self._config = config
        self._sinks = sinks
        self._results = ResultQueue(config.policy)
        self._pipeline: Pipeline | None = None
        self._opencv_threads = cv2.getNumThreads()

    def __enter__(self) -> Run:
        """Open source, model and sinks. Raises RkVideoError where one cannot be opened."""
        if self._pipeline is not None:
            raise PipelineStateError("this run was begun before: open a new one")
        # A run sets OpenCV's threads to one: its workers fill the cores.
        self._opencv_threads = cv2.getNumThreads()
        try:
            pipeline = assembly.open_run(self._config, lambda line: _log.info("%s", line))
            self._pipeline = pipeline
            for sink in (*self._sinks, self._results):
                pipeline.add_sink(sink, required=True)
            pipeline.start()
        except BaseException:
            self._leave()
            raise
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """End the run wherever it is; its sinks are finished. Raises ShutdownTimeout."""
        self._leave()

    def __iter__(self) -> Iterator[FrameResult]:
        return self

    def __next__(self) -> FrameResult:
        """The next result; waits for it. After the last one raises the error that ended the run."""
        pipeline = self._begun()
        try:
            return self._results.take()
        except ChannelClosed:
            self._settle(pipeline)
            raise StopIteration from None

    def wait(self) -> RunStatus:
        """Let the run come to its end; its results go to its sinks only. Raises its error."""
        pipeline = self._begun()
        self._results.give_up()
        return self._settle(pipeline)

    def stop(self) -> None:
        """End the run from any thread: iterating stops after what is queued."""
        self._begun().stop()

    @property
    def info(self) -> StreamInfo:
        """What the source says of itself. Raises PipelineStateError while it is not open."""
        stream = self._begun().status().stream
        if stream is None:
            raise PipelineStateError("the source is not open yet: `retry` waits for it")
        return stream

    @property
    def left_out(self) -> int:
        """Results of a live source that were not taken before a newer one came."""
        return self._results.left_out

    @property
    def objects_seen(self) -> dict[int, int]:
        """With `track`: how many objects of each class there were so far, by class id."""
        return self._begun().objects_seen

    def status(self) -> RunStatus:
        """State, counts and notices at this moment."""
        return self._begun().status()

    def stats(self) -> StatsSnapshot:
        """Rates and latencies of the last seconds."""
        return self._begun().stats()

    def _begun(self) -> Pipeline:
        if self._pipeline is None:
            raise PipelineStateError("the run has not begun: `with open_run(...) as run:`")
        return self._pipeline

    def _settle(self, pipeline: Pipeline) -> RunStatus:
        """Wait for the end of a run whose last result was taken. Raises its error."""
        while not pipeline.wait_over(_LOOK_S):
            pass
        status = pipeline.status()
        if status.error is not None:
            raise status.error
        return status

    def _leave(self) -> None:
        self._results.give_up()
        try:
            if self._pipeline is not None:
                self._pipeline.stop()
                self._pipeline.join(_JOIN_S)
        finally:
            cv2.setNumThreads(self._opencv_threads)
