"""What a .rknn file was built from, kept so that the simulator can be given it again.

The toolkit simulates only what it has just built; a .rknn file cannot be loaded into it.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import asdict, replace
from pathlib import Path

from rkvideo.errors import ConfigError, ModelLoadError, ModelNotFoundError
from rkvideo.files.scratch import size_of
from rkvideo.files.untrusted import load_json, record
from rkvideo.machine.called import as_called
from rkvideo.machine.places import cache_folder
from rkvideo.toolkit.process import DATASET, BuildOrder

_ORDER = "order.json"

_BLOCK = 1 << 20
MOST_KEPT = 12
"""Builds that stay: one ladder of sizes and types. Each holds a model and its pictures."""


def builds_folder() -> Path:
    """Where the builds lie, one folder per .rknn file."""
    return cache_folder() / "builds"


def keep_build(sha256: str, order: BuildOrder) -> None:
    """Keep a copy of what `order` names for the .rknn file with that SHA-256.

    Of the others the newest stay. Raises OSError.
    """
    target = builds_folder() / sha256
    part = target.with_name(f"{sha256}.part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        part.mkdir(parents=True)
        model = Path(order.onnx)
        shutil.copy2(model, part / model.name)
        if order.dataset is not None:
            dataset = Path(order.dataset)
            for name in dataset.read_text(encoding="utf-8").splitlines():
                shutil.copy2(dataset.parent / name, part / name)
            shutil.copy2(dataset, part / DATASET)
        kept = replace(order, onnx=model.name, dataset=order.dataset and DATASET)
        (part / _ORDER).write_text(json.dumps(asdict(kept)), encoding="utf-8")
        shutil.rmtree(target, ignore_errors=True)
        part.replace(target)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    remove_builds(MOST_KEPT)


def remove_builds(kept: int) -> tuple[int, int]:
    """Remove all but the newest; gives how many were removed, and the bytes that this freed."""
    folders = [folder for folder in builds_folder().glob("*") if folder.is_dir()]
    folders.sort(key=lambda folder: folder.stat().st_mtime_ns, reverse=True)
    freed = 0
    for folder in folders[kept:]:
        freed += size_of(folder)
        shutil.rmtree(folder, ignore_errors=True)
    return len(folders[kept:]), freed


def kept_build(sha256: str, rknn: Path) -> BuildOrder:
    """The order that built the .rknn file with that SHA-256, with absolute paths.

    Raises ModelNotFoundError where it was made on another machine.
    """
    folder = builds_folder() / sha256
    try:
        order = record(BuildOrder, load_json(folder / _ORDER))
    except FileNotFoundError as error:
        raise ModelNotFoundError(
            f"{rknn} was not converted on this machine, so what it was built from is not here: "
            f"convert it with `{as_called()} convert ... --force`, then --backend rknn-sim can "
            "run it"
        ) from error
    except (ConfigError, ValueError) as error:
        raise ModelLoadError(
            f"what {rknn} was built from is damaged in {folder}: convert it again with --force"
        ) from error
    dataset = None if order.dataset is None else str(folder / order.dataset)
    return replace(order, onnx=str(folder / order.onnx), dataset=dataset)


def sha256_of(path: Path) -> str:
    """SHA-256 of a file in hex. Raises ModelLoadError where it cannot be read."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                digest.update(block)
    except OSError as error:
        raise ModelLoadError(f"{path} cannot be read: {error.strerror}") from error
    return digest.hexdigest()
