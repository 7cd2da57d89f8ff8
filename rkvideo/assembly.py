"""Puts a pipeline together from what the user chose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2

from rkvideo.backends.base import BackendSpec
from rkvideo.backends.registry import plan_backend
from rkvideo.config import AppConfig, ModelName, ModelSpec
from rkvideo.detection.detector import DetectorAdapter
from rkvideo.detection.picture_proof import PictureProof
from rkvideo.errors import ModelNotFoundError
from rkvideo.files.untrusted import at_home, is_file
from rkvideo.machine.affinity import split_cores
from rkvideo.machine.npu_monitor import NpuSampler
from rkvideo.machine.soc import read_soc
from rkvideo.model_files.manifest import read_manifest
from rkvideo.models.fetch import demo_clip, fetch
from rkvideo.models.fetching import Fetching
from rkvideo.models.resolve import local_file, resolve
from rkvideo.pipeline.pipeline import Pipeline, RunSpec
from rkvideo.pipeline.prepared import PreparedModel
from rkvideo.pipeline.source_runner import PlayOptions
from rkvideo.sources.base import Source
from rkvideo.sources.names import DEMO, is_local_path, without_file_url
from rkvideo.sources.registry import make_source, mixes_shapes
from rkvideo.status import Playback, RunTitles
from rkvideo.tracking.tracker import ObjectTracker


def open_run(
    config: AppConfig,
    say: Callable[[str], None],
    *,
    paced: bool = False,
    fetching: Fetching | None = None,
) -> Pipeline:
    """Build the run that `config` asks for; nothing is opened yet, but what is missing is fetched.

    `say` is told of a download, and `fetching` lets others look at it and end it. `paced` plays a
    file at its own speed, every frame of it.
    Raises ConfigError, ModelError, SourceOpenError, FetchCancelled.
    """
    return Pipeline(run_spec_of(config, say, paced=paced, fetching=fetching))


def run_spec_of(
    config: AppConfig,
    say: Callable[[str], None],
    *,
    paced: bool = False,
    fetching: Fetching | None = None,
) -> RunSpec:
    """What the run that `config` asks for is put together from; see `open_run`."""
    # The workers fill the cores; OpenCV's own threads would only get in their way.
    cv2.setNumThreads(1)
    source = _source_of(config, say, fetching)
    prepared = prepare_model(config, say, fetching=fetching)
    split = split_cores(config.affinity)
    has_npu = prepared.plan.name == "rknn" or read_soc() is not None
    return RunSpec(
        source=source,
        prepared=prepared,
        wanted=config.filter,
        play=PlayOptions(
            every=None if config.policy == "auto" else config.policy == "every",
            playback=Playback(1.0 if paced else None, config.source_options.loop),
            retry_open=config.retry_open,
            limit=config.frames,
        ),
        titles=RunTitles(source.name, prepared.title, prepared.plan.name, ()),
        sample_npu=NpuSampler().run if has_npu else None,
        track=ObjectTracker(is_on=config.track),
        place=None if split is None else split.place,
    )


def prepare_model(
    config: AppConfig,
    say: Callable[[str], None],
    beside: str = "",
    fetching: Fetching | None = None,
    *,
    plainly: bool = False,
) -> PreparedModel:
    """The model that `config` names, ready to be opened; what is missing is fetched.

    `beside` is the `--model` argument of model B of an A|B view, empty for none; a label file of
    `config` holds for it too where it is another size of the same model. With `plainly` no picture
    goes a quick way to the input, whatever `config` allows.
    Raises ConfigError, ModelError.
    """
    model = _model_of(config, say, fetching)
    plan = plan_backend(config, model)
    title = str(ModelName(model.name, model.size, model.fits))
    sees = plan.name != "simulated"
    proof = None if plainly else PictureProof(title, config.fast, sees=sees)

    def make_adapter(backend: BackendSpec) -> DetectorAdapter:
        return DetectorAdapter(model, backend, config.tiling, proof)

    return PreparedModel(
        title=title,
        plan=plan,
        make_adapter=make_adapter,
        beside=prepare_model(_beside(config, beside), say, fetching=fetching) if beside else None,
    )


def _beside(config: AppConfig, model: str) -> AppConfig:
    is_same = ModelName.parse(model).name == ModelName.parse(config.model).name
    return replace(config, model=model, labels=config.labels if is_same else None)


def local_path_of(config: AppConfig, say: Callable[[str], None]) -> Path | None:
    """The file of this machine that `config` plays, None where it plays something else."""
    if config.source == DEMO:
        return demo_clip(say)
    text = without_file_url(config.source)
    path = at_home(text)
    return path if is_local_path(text) and is_file(path) else None


def _source_of(config: AppConfig, say: Callable[[str], None], fetching: Fetching | None) -> Source:
    text = str(demo_clip(say, fetching)) if config.source == DEMO else config.source
    options = replace(config.source_options, keeps_all=config.policy == "every", fast=config.fast)
    if config.policy == "latest":
        # Only a source that plays at its own speed has a newest frame.
        options = replace(options, realtime=True)
    return make_source(text, options)


def _model_of(
    config: AppConfig, say: Callable[[str], None], fetching: Fetching | None
) -> ModelSpec:
    try:
        return _resolved(config)
    except ModelNotFoundError:
        name = ModelName.parse(config.model).name
        if name not in read_manifest() or local_file(name) is not None:
            raise
        fetch(name, say=say, fetching=fetching)
        return _resolved(config)


def _resolved(config: AppConfig) -> ModelSpec:
    model = resolve(config.model, config.labels, config.backend)
    fits = model.fits and config.fits and not mixes_shapes(config.source)
    return replace(model, fits=fits)
