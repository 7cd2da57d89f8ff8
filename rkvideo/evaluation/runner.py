"""Runs every model over every picture, through the worker pool that a run uses."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from rkvideo.assembly import prepare_model
from rkvideo.backends.base import BackendSpec
from rkvideo.config import AppConfig
from rkvideo.errors import (
    InferenceError,
    ModelError,
    RkVideoError,
    ShutdownTimeout,
    SourceOpenError,
)
from rkvideo.evaluation.figures import RowBoxes
from rkvideo.evaluation.picture_source import GivenPictures, PictureSource
from rkvideo.evaluation.plan import EvalFolder, EvalPlan
from rkvideo.evaluation.predictions import PictureResult, PredictionFile, PredictionSink
from rkvideo.evaluation.protocols import BothProtocols, watch
from rkvideo.evaluation.truth import DataSet, LabelledPicture
from rkvideo.evaluation.unlabelled import ClipPictures
from rkvideo.models.file_facts import model_hash
from rkvideo.pipeline.pipeline import Pipeline, RunSpec
from rkvideo.pipeline.prepared import PreparedModel
from rkvideo.pipeline.source_runner import PlayOptions
from rkvideo.status import RunTitles

JOIN_S = 5.0
_WATCH_S = 0.25


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is: `done` of `total` pictures of all rows; `running` is the row."""

    done: int
    total: int
    running: str


class Evaluation:
    """One evaluation. `run` blocks; `cancel` and `progress` are for any thread."""

    def __init__(
        self, plan: EvalPlan, data: DataSet, folder: EvalFolder, say: Callable[[str], None]
    ) -> None:
        """`say` is told of a download."""
        self._plan = plan
        self._data = data
        self._folder = folder
        self._say = say
        self._cancelled = threading.Event()
        self._running: tuple[str, PredictionFile | None] = ("", None)
        self._done_before = 0

    def cancel(self) -> None:
        """End `run` soon; the boxes that are there stay for another time."""
        self._cancelled.set()

    @property
    def is_cancelled(self) -> bool:
        """Whether it was told to end."""
        return self._cancelled.is_set()

    def progress(self) -> Progress:
        """A snapshot."""
        title, file = self._running
        now = len(file.results) if file is not None else 0
        total = len(self._data.pictures) * len(self._plan.rows)
        return Progress(self._done_before + now, total, title)

    def run(self) -> list[RowBoxes]:
        """Run what is missing; gives the boxes of every row, also where it was cancelled.

        A model that cannot be opened gives a row with the reason. Raises the first of these where
        no row could be run, SourceOpenError where no picture can be read, and SinkError.
        """
        rows: list[RowBoxes] = []
        first: RkVideoError | None = None
        for number, row in enumerate(self._plan.rows):
            if self.is_cancelled:
                break
            file = PredictionFile(self._folder.predictions(number, row))
            self._running = (row[0], file)
            try:
                self._run_row(row, file)
                rows.append(RowBoxes(*row, file))
            except (ModelError, InferenceError) as error:
                first = first or error
                rows.append(RowBoxes(*row, None, str(error)))
            self._running = ("", None)
            self._done_before = (number + 1) * len(self._data.pictures)
        if first is not None and all(row.file is None for row in rows):
            raise first
        return rows

    def _run_row(self, row: tuple[str, str], file: PredictionFile) -> None:
        missing = [each for each in self._data.pictures if each.name not in file.results]
        if not missing:
            return
        config = self._plan.config_for(row)
        prepared = prepare_model(config, self._say, plainly=True)
        is_clip = missing[0].frame is not None
        kind = ClipPictures if is_clip else PictureSource
        source: GivenPictures = kind(self._data.name, missing)
        pipeline = _pipeline(prepared, source, config)
        sink = PredictionSink(file, source, lambda: pipeline.titles, row[0], model_hash(config))
        pipeline.add_sink(sink, required=True)
        try:
            follow(pipeline, self._cancelled, self._say)
        except SourceOpenError:
            # The last few that are missing may all be broken.
            if not file.results:
                raise
        if not self.is_cancelled:
            _note_troubles(file, source, missing)


def follow(pipeline: Pipeline, cancelled: threading.Event, say: Callable[[str], None]) -> None:
    """Run a pipeline to its end, or until `cancelled` is set; every thread of it has ended then.

    `say` is told its notices. Raises the error that ended it, unless it was cancelled.
    """
    try:
        pipeline.start()
        while not pipeline.wait_over(_WATCH_S):
            if cancelled.is_set():
                break
    finally:
        for notice in pipeline.status().notices:
            say(notice)
        pipeline.stop()
        try:
            pipeline.join(JOIN_S)
        except ShutdownTimeout as error:
            raise error from pipeline.status().error
    ended_by = pipeline.status().error
    if ended_by is not None and not cancelled.is_set():
        raise ended_by


def _pipeline(prepared: PreparedModel, source: GivenPictures, config: AppConfig) -> Pipeline:
    iou = config.filter.iou

    def make_adapter(backend: BackendSpec) -> BothProtocols:
        return BothProtocols(prepared.make_adapter(backend), iou)

    return Pipeline(
        RunSpec(
            source=source,
            prepared=replace(prepared, make_adapter=make_adapter),
            wanted=watch(iou).wanted,
            play=PlayOptions(every=True),
            titles=RunTitles(source.name, prepared.title, prepared.plan.name, ()),
        )
    )


def _note_troubles(
    file: PredictionFile, source: GivenPictures, missing: list[LabelledPicture]
) -> None:
    """Write down why a picture has no boxes, so that it is not tried again."""
    file.open()
    try:
        for picture in missing:
            if picture.name not in file.results:
                trouble = source.broken.get(picture.name, "its inference failed")
                file.add(PictureResult(picture.name, trouble=trouble))
    finally:
        file.close()
