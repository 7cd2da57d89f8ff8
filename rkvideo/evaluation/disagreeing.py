"""Looks for the frames of a clip on which two models differ most, through the pool of an A|B view.

Each frame goes through both models as an A|B view runs them, with what is tuned there, so that the
view shows the very boxes that were compared.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import cv2

from rkvideo.assembly import prepare_model, run_spec_of
from rkvideo.config import AppConfig
from rkvideo.data import FrameResult, StreamInfo
from rkvideo.errors import ConfigError, SinkWriteError
from rkvideo.evaluation.disagreement import (
    Disagreement,
    Disagreements,
    alone_of,
    apart_s,
    lone_boxes,
    most_different,
    shared_classes,
    weight_of,
)
from rkvideo.evaluation.runner import Progress, follow
from rkvideo.evaluation.spread_frames import SpreadFrames
from rkvideo.models.fetching import Fetching
from rkvideo.pictures.pixels import PictureConverter
from rkvideo.pipeline.pipeline import Pipeline
from rkvideo.pipeline.source_runner import PlayOptions
from rkvideo.sources.secrets import public_name
from rkvideo.status import RunStatus, RunTitles

THUMBNAIL_SIDE: Final = 384
"""The longer side of a thumbnail in pixels: enough for a list on a screen of 3840x2160."""

_QUALITY: Final = 78


class DisagreementSearch:
    """One search. `run` blocks, once; the rest is for any thread."""

    def __init__(
        self,
        config: AppConfig,
        models: tuple[str, str],
        most: int,
        *,
        say: Callable[[str], None] = lambda _line: None,
        observer: Callable[[FrameResult], None] | None = None,
        fetching: Fetching | None = None,
    ) -> None:
        """`models` are the `--model` arguments of A and B, `config` the rest of the run.

        At most `most` frames are looked at. `observer` gets every result, in a thread of the run;
        `say` is told of a download, which `fetching` can end. Raises ConfigError where A and B are
        one.
        """
        if models[0] == models[1]:
            raise ConfigError(f"A and B are both {models[0]}: choose two models or sizes")
        options = replace(config.source_options, loop=False, realtime=False)
        self._config = replace(
            config,
            model=models[0],
            policy="every",
            frames=None,
            retry_open=False,
            track=False,
            source_options=options,
        )
        self._models, self._most = models, most
        self._say, self._observer, self._fetching = say, observer, fetching
        self._cancelled = threading.Event()
        self._source: SpreadFrames | None = None
        self._sink: _DisagreementSink | None = None
        self._pipeline: Pipeline | None = None

    def cancel(self) -> None:
        """End `run` soon; nothing of it is kept."""
        self._cancelled.set()

    @property
    def titles(self) -> RunTitles | None:
        """What the run is called, None before there is one."""
        return None if self._pipeline is None else self._pipeline.titles

    def progress(self) -> Progress:
        """A snapshot; `total` is 0 until the clip is open."""
        source, sink = self._source, self._sink
        done = 0 if sink is None else sink.looked_at
        return Progress(done, 0 if source is None else source.expected, "")

    def run(self) -> Disagreements | None:
        """Look at the frames; None where it was cancelled.

        Raises SourceOpenError for a source that is live too, SinkWriteError for models without a
        class in common, ModelError, InferenceError.
        """
        spec = run_spec_of(self._config, self._say, fetching=self._fetching)
        source = SpreadFrames(spec.source, self._most)
        try:
            # Before a model is opened, which takes its time.
            source.open()
        finally:
            source.close()
        prepared = prepare_model(self._config, self._say, self._models[1], self._fetching)
        sink = _DisagreementSink(self._config.filter.confidence)
        play = PlayOptions(every=True)
        pipeline = Pipeline(replace(spec, source=source, prepared=prepared, track=None, play=play))
        pipeline.add_sink(sink, required=True)
        if self._observer is not None:
            pipeline.observe(self._observer)
        self._source, self._sink, self._pipeline = source, sink, pipeline
        follow(pipeline, self._cancelled, self._say)
        if self._cancelled.is_set():
            return None
        failed = pipeline.status().counts.failed
        return self._found(source, sink, (prepared.title, prepared.models[1].title), failed)

    def _found(
        self, source: SpreadFrames, sink: _DisagreementSink, titles: tuple[str, str], failed: int
    ) -> Disagreements:
        is_whole = source.expected == source.frames
        return Disagreements(
            source=public_name(self._config.source),
            first=self._models[0],
            second=self._models[1],
            titles=titles,
            confidence=self._config.filter.confidence,
            # What a container says of its length is not exact.
            frames=sink.looked_at + failed if is_whole else source.frames,
            looked_at=sink.looked_at,
            failed=failed,
            differing=len(sink.found),
            unknown=sink.unknown,
            found=most_different(sink.found, apart_s(source.duration_s)),
        )


class _DisagreementSink:
    """Keeps of each frame what only one of the two models has."""

    name = "disagreements"

    def __init__(self, confidence: float) -> None:
        self._confidence = confidence
        self._converter = PictureConverter()
        self.looked_at = 0
        self.found: list[Disagreement] = []
        self.unknown: tuple[str, ...] = ()

    def open(self, info: StreamInfo) -> None:
        """See Sink."""

    def write(self, result: FrameResult, status: RunStatus) -> None:
        """See Sink. Raises SinkWriteError where the models have no class of one name."""
        first, second = result.sides
        frame = result.frame
        if not self.looked_at:
            mapping = shared_classes(first.labels, second.labels)
            if mapping is None:
                raise SinkWriteError(
                    f"{first.model} and {second.model} have no class of one name: choose two that"
                    " look for the same things"
                )
            self.unknown = (*mapping.model_only, *mapping.data_only)
        lone = lone_boxes(first, second, (frame.width, frame.height))
        if lone and frame.position_s is not None:
            self.found.append(
                Disagreement(
                    position_s=frame.position_s,
                    lone=lone,
                    both=alone_of(first, second).both,
                    weight=weight_of([each.score for each in lone], self._confidence),
                    thumbnail=self._thumbnail(result),
                )
            )
        self.looked_at += 1

    def close(self) -> tuple[str, ...]:
        """See Sink."""
        return ()

    def _thumbnail(self, result: FrameResult) -> bytes:
        frame = result.frame
        scale = min(1.0, THUMBNAIL_SIDE / max(frame.width, frame.height))
        size = max(1, round(frame.width * scale)), max(1, round(frame.height * scale))
        pixels = self._converter.bgra(frame.picture, *size)
        options = (cv2.IMWRITE_JPEG_QUALITY, _QUALITY)
        _, coded = cv2.imencode(".jpg", cv2.cvtColor(pixels, cv2.COLOR_BGRA2BGR), options)
        return coded.tobytes()
