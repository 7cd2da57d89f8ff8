"""What `convert` wrote down of a file, as text for `models info`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rkvideo.files.untrusted import load_toml
from rkvideo.model_files.sidecar import CONVERSION


def conversion_text(rknn: Path) -> str:
    """How the .rknn file was made and how well it agrees, from the sidecar of its own name.

    Empty where there is no such sidecar or it does not say. Raises ConfigError where it is no TOML.
    """
    sidecar = rknn.with_suffix(".toml")
    table = load_toml(sidecar).get(CONVERSION) if sidecar.is_file() else None
    if not isinstance(table, Mapping):
        return ""
    lines = [_made(table), _agreement(table), _layers(table)]
    return "\n".join(line for line in lines if line)


def _made(table: Mapping[str, Any]) -> str:
    parts = [f"from {table.get('source', '?')} with {table.get('toolkit', '?')}"]
    if table.get("images"):
        # Behind the name stand sizes and times, by which a change is noticed.
        name = str(table.get("calibration", "?")).partition(",")[0]
        parts.append(f"{table['images']} pictures of {name}")
    if table.get("algorithm", "normal") != "normal":
        parts.append(f"algorithm {table['algorithm']}")
    if table.get("float_start"):
        parts.append(f"first {table['float_start']} convolutions in fp16")
    return ", ".join(parts)


def _agreement(table: Mapping[str, Any]) -> str:
    expected, matched = table.get("expected_boxes"), table.get("matched_boxes")
    if not isinstance(expected, int) or not isinstance(matched, int):
        return ""
    return f"finds {matched} of {expected} boxes of the float model"


def _layers(table: Mapping[str, Any]) -> str:
    layers = table.get("worst_layers") or ()
    return f"worst layers: {', '.join(map(str, layers))}" if layers else ""
