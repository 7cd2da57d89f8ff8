"""PyTorch weights to ONNX, by the Ultralytics package of this environment if there is one."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from rkvideo.errors import BackendUnavailableError, ModelLoadError, ModelNotFoundError
from rkvideo.machine.telemetry import NO_TELEMETRY
from rkvideo.toolkit.environment import Say

SUFFIX = ".pt"
PACKAGE = "ultralytics"

# In a process of its own: Ultralytics prints, downloads and changes settings as it likes.
_EXPORT = """
import sys
from ultralytics import YOLO
YOLO(sys.argv[1]).export(format="onnx", dynamic=True, simplify=False, opset=17)
"""


def export_weights(path: Path, work: Path, say: Say) -> Path:
    """Export a `.pt` file to a dynamic ONNX file in the folder `work`; gives its path.

    `say` is told when it begins.

    Raises:
        ModelNotFoundError: no such file.
        BackendUnavailableError: ultralytics is not installed.
        ModelLoadError: Ultralytics cannot export it.
    """
    if not path.is_file():
        raise ModelNotFoundError(f"no model at {path}: check the path")
    if importlib.util.find_spec(PACKAGE) is None:
        raise BackendUnavailableError(
            f"{path.name} needs the package {PACKAGE}, which is not installed: pip install "
            f"{PACKAGE}, or export it elsewhere with `yolo export format=onnx dynamic=True`"
        )
    say(f"exporting {path} with {PACKAGE}")
    # The export is written beside the weights, and that folder is the user's.
    copy = work / path.name
    shutil.copy2(path, copy)
    done = subprocess.run(
        (sys.executable, "-c", _EXPORT, str(copy)),
        cwd=work,
        env={**os.environ, **NO_TELEMETRY},
        capture_output=True,
        text=True,
        check=False,
    )
    exported = copy.with_suffix(".onnx")
    if done.returncode != 0 or not exported.is_file():
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        reason = lines[-1].strip() if lines else f"code {done.returncode}"
        raise ModelLoadError(f"{PACKAGE} cannot export {path} ({reason}): export it to ONNX")
    return exported
