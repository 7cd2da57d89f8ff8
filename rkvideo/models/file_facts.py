"""Which file a figure is of, and how large the network in it is."""

from __future__ import annotations

import functools
from dataclasses import replace
from pathlib import Path

from rkvideo.backends.onnx import read_onnx
from rkvideo.backends.onnx_input import choose_input
from rkvideo.backends.onnx_profile import measure_network
from rkvideo.config import AppConfig, ModelName, ModelSpec
from rkvideo.errors import BackendUnavailableError, ConfigError, ModelError
from rkvideo.model_files.network import Network
from rkvideo.models.resolve import resolve
from rkvideo.toolkit.kept_builds import sha256_of


def model_hash(config: AppConfig) -> str:
    """SHA-256 of the file of the model that `config` names, empty for one that has none.

    Raises ConfigError, ModelError where the model is not found.
    """
    path = resolve(config.model, config.labels, config.backend).path
    return "" if path is None else sha256_of(path)


def network_of(config: AppConfig, size: tuple[int, int] | None) -> Network | None:
    """How large the network of that model is at `size`; None where that is not known.

    A .rknn file does not tell it: the ONNX file of the same name does, where there is one. It runs
    the model once on the CPU, and remembers the answer for as long as the program runs.
    """
    try:
        spec = resolve(config.model, config.labels, config.backend)
        path = _onnx_of(spec, config)
        return None if path is None else _network(path, replace(spec, size=size or spec.size))
    except (ConfigError, ModelError, BackendUnavailableError):
        return None


def network_of_title(config: AppConfig, title: str) -> Network | None:
    """The same for the size in `NAME@SIZE`; None where the size follows each picture."""
    named = ModelName.parse(title)
    return None if named.fits else network_of(config, named.size)


def _onnx_of(spec: ModelSpec, config: AppConfig) -> Path | None:
    if spec.path is None or spec.path.suffix == ".onnx":
        return spec.path
    beside = spec.path.with_suffix(".onnx")
    return beside if beside.is_file() else resolve(spec.name, config.labels, "onnx").path


@functools.lru_cache(maxsize=64)
def _network(path: Path, spec: ModelSpec) -> Network | None:
    return measure_network(path, choose_input(path, read_onnx(path), spec))
