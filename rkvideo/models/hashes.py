"""Which file a figure is of."""

from __future__ import annotations

from rkvideo.config import AppConfig
from rkvideo.models.resolve import resolve
from rkvideo.toolkit.kept_builds import sha256_of


def model_hash(config: AppConfig) -> str:
    """SHA-256 of the file of the model that `config` names, empty for one that has none.

    Raises ConfigError, ModelError where the model is not found.
    """
    path = resolve(config.model, config.labels, config.backend).path
    return "" if path is None else sha256_of(path)
