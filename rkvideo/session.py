"""Puts a pipeline together from what the user chose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2

from rkvideo.backends.base import BackendSpec
from rkvideo.backends.registry import plan_backend
from rkvideo.config import AppConfig, ModelSpec
from rkvideo.detector import DetectorStages
from rkvideo.errors import ModelNotFoundError
from rkvideo.feed import FeedOptions
from rkvideo.fetch import fetch
from rkvideo.manifest import read_manifest
from rkvideo.models import local_file, resolve
from rkvideo.npu_monitor import NpuSampler
from rkvideo.overlay import RunTitles
from rkvideo.pipeline import Pipeline, PipelineParts
from rkvideo.sinks.recorder import Recorder
from rkvideo.sources.base import Source
from rkvideo.sources.registry import make_source

DEMO = "demo"
DEMO_CLIP = "bikes"


def open_session(config: AppConfig, say: Callable[[str], None], *, paced: bool = False) -> Pipeline:
    """Build the run that `config` asks for; nothing is opened yet, but what is missing is fetched.

    `say` is told of a download. `paced` plays a file at its own speed, every frame of it.
    Raises ConfigError, ModelError, SourceOpenError.
    """
    return Pipeline(parts_of(config, say, paced=paced))


def parts_of(
    config: AppConfig, say: Callable[[str], None], *, paced: bool = False
) -> PipelineParts:
    """The parts of the run that `config` asks for; see `open_session`."""
    # The workers fill the cores; OpenCV's own threads would only get in their way.
    cv2.setNumThreads(1)
    source = _source_of(config, say)
    model = _model_of(config, say)
    plan = plan_backend(config, model)

    def make_stages(backend: BackendSpec) -> DetectorStages:
        stages = DetectorStages(model, backend)
        stages.with_class_ids(config.filter)
        return stages

    return PipelineParts(
        source=source,
        plan=plan,
        make_stages=make_stages,
        wanted=config.filter,
        feed=FeedOptions(
            every=None if config.policy == "auto" else config.policy == "every",
            paced=paced,
            retry_open=config.retry_open,
            limit=config.frames,
        ),
        titles=RunTitles(source.name, model.name, plan.name, model.labels),
        sample_npu=NpuSampler().run if plan.name == "rknn" else None,
    )


def make_recorder(pipeline: Pipeline, path: Path, *, hud: bool = True) -> Recorder:
    """A recorder of what `pipeline` shows; `hud` draws the figures into the clip."""
    return Recorder(path, lambda: pipeline.titles, pipeline.stats, hud)


def _source_of(config: AppConfig, say: Callable[[str], None]) -> Source:
    text = str(_fetched(DEMO_CLIP, say)) if config.source == DEMO else config.source
    options = config.source_options
    if config.policy == "latest":
        # Only a source that plays at its own speed has a newest frame.
        options = replace(options, realtime=True)
    return make_source(text, options)


def _model_of(config: AppConfig, say: Callable[[str], None]) -> ModelSpec:
    try:
        return resolve(config.model, config.labels, config.backend)
    except ModelNotFoundError:
        name = config.model.partition("@")[0]
        if name not in read_manifest() or local_file(name) is not None:
            raise
        fetch(name, say=say)
        return resolve(config.model, config.labels, config.backend)


def _fetched(name: str, say: Callable[[str], None]) -> Path:
    return local_file(name) or fetch(name, say=say)
