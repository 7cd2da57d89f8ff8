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
    table = _conversion_of(rknn)
    if table is None:
        return ""
    result = _table(table, "result")
    kept = _table(result, "kept")
    lines = [
        _made(table, result, _table(kept, "recipe")),
        _quality(_table(kept, "quality"), result),
    ]
    lines += [f"warning: {line}" for line in _lines(result, "warnings")]
    layers = ", ".join(_lines(result, "layers"))
    lines.append(f"worst layers: {layers}" if layers else "")
    return "\n".join(line for line in lines if line)


def weights_text(rknn: Path, *, quantised: bool) -> str:
    """What the weights are, as text; `quantised` is what the file's header says of its ends.

    Where the start and the end of a network are in float16, its header tells no more than that:
    then the sidecar knows. Raises ConfigError where it is no TOML.
    """
    table = _conversion_of(rknn) or {}
    result = _table(table, "result")
    calibrated_with = result.get("calibrated_with")
    in_float = _table(result, "kept").get("float_layers")
    if isinstance(calibrated_with, int) and calibrated_with > 0:
        layers = "some" if in_float == -1 else in_float
        return f"int8, {layers} layers in float16" if layers else "int8"
    if quantised:
        return "int8"
    return "float16" if table else "float16 at both ends, of the rest the file tells nothing"


def _conversion_of(rknn: Path) -> Mapping[str, Any] | None:
    sidecar = rknn.with_suffix(".toml")
    table = load_toml(sidecar).get(CONVERSION) if sidecar.is_file() else None
    return table if isinstance(table, Mapping) else None


def _made(table: Mapping[str, Any], result: Mapping[str, Any], recipe: Mapping[str, Any]) -> str:
    parts = [f"from {table.get('source', '?')} with {table.get('toolkit', '?')}"]
    if result.get("calibrated_with"):
        # Behind the name stand sizes and times, by which a change is noticed.
        name = str(table.get("calibration", "?")).partition(",")[0]
        parts.append(f"{result['calibrated_with']} pictures of {name}")
    if recipe.get("algorithm", "normal") != "normal":
        parts.append(f"algorithm {recipe['algorithm']}")
    in_fp16 = " and ".join(_lines(recipe, "fp16"))
    if in_fp16:
        parts.append(f"{in_fp16} in fp16")
    return ", ".join(parts)


def _quality(quality: Mapping[str, Any], result: Mapping[str, Any]) -> str:
    boxes, kept = quality.get("boxes"), quality.get("kept")
    if not isinstance(boxes, int) or not isinstance(kept, int):
        return ""
    words = [f"finds {kept} of {boxes} boxes of the float model"]
    shift, ap = (_table(quality, key).get("value") for key in ("shift", "ap"))
    if isinstance(shift, float):
        words.append(f"scores {shift:+.3f}")
    if isinstance(ap, float):
        words.append(f"AP {ap * 100:+.1f}")
    return f"{', '.join(words)}, on {result.get('check', '?')}"


def _table(parent: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = parent.get(key)
    return found if isinstance(found, Mapping) else {}


def _lines(parent: Mapping[str, Any], key: str) -> list[str]:
    found = parent.get(key)
    return [str(line) for line in found] if isinstance(found, list) else []
