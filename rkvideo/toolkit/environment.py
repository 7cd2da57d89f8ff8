"""The virtual environment of rknn-toolkit2, which pins older packages than the program uses."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeAlias

from rkvideo.errors import BackendUnavailableError
from rkvideo.machine.places import toolkit_folder
from rkvideo.toolkit.process import Toolkit

Say: TypeAlias = Callable[[str], None]

TOOLKIT = "rknn-toolkit2==2.5.0"
_TORCH = "torch==2.13.0"
# What the toolkit needs, tried together. It asks for torch<=2.4 and onnx<=1.18, but runs with this
# torch; `pkg_resources`, which it imports, has left setuptools 81.
PACKAGES = (
    _TORCH,
    "onnx==1.16.1",
    "onnxruntime==1.18.1",
    "numpy==1.26.4",
    "protobuf<=4.25.4",
    "psutil",
    "ruamel.yaml",
    "scipy",
    "tqdm",
    "opencv-python-headless<4.12",
    "fast-histogram",
    "setuptools<81",
)
TORCH_INDEX: Final = "RKVIDEO_TORCH_INDEX"
"""The variable that names another index with the CPU build of torch; empty for the default build,
which brings gigabytes of CUDA that nothing here uses."""
_CPU_BUILDS = "https://download.pytorch.org/whl/cpu"
_CPU_SIZE = "about 370 MB are fetched, 1.5 GB of disk are used"
_DEFAULT_SIZE = "about 2.8 GB are fetched, 5.2 GB of disk are used"
# Rockchip has wheels of the toolkit for these.
_FIRST_PYTHON, _LAST_PYTHON = (3, 10), (3, 12)
_STAMP = "installed-from"
_PIP = ("-m", "pip", "--disable-pip-version-check")


def installed_toolkit(say: Say, folder: Path | None = None) -> Toolkit:
    """The toolkit in its environment, which the first call makes.

    `say` is told each step. An installation that was broken off is made anew.

    Raises:
        BackendUnavailableError: it cannot be installed on this machine; says the way out.
    """
    folder = folder or toolkit_folder()
    python = folder / "bin" / "python"
    stamp = folder / _STAMP
    wanted = "\n".join((TOOLKIT, *PACKAGES))
    if python.exists() and stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return Toolkit(python)
    if not sys.platform.startswith("linux"):
        raise BackendUnavailableError(
            f"{TOOLKIT} runs on Linux only: convert on a Linux machine and copy the .rknn files"
        )
    maker = _python_for_it()
    say(f"1/3 making {folder}, once, for {TOOLKIT}")
    shutil.rmtree(folder, ignore_errors=True)
    _run((maker, "-m", "venv", str(folder)), folder)
    torch, size = _torch()
    say(f"2/3 installing what it needs: {size}, some minutes")
    _run((str(python), *_PIP, "install", *torch, *PACKAGES[1:]), folder)
    say(f"3/3 installing {TOOLKIT}")
    # Without its dependencies: pip would refuse the newer torch.
    _run((str(python), *_PIP, "install", "--no-deps", TOOLKIT), folder)
    stamp.write_text(wanted, encoding="utf-8")
    return Toolkit(python)


def _python_for_it() -> str:
    """A Python that Rockchip has a wheel for: this one, or another of this machine."""
    if _FIRST_PYTHON <= sys.version_info[:2] <= _LAST_PYTHON:
        return sys.executable
    names = [f"python3.{minor}" for minor in range(_LAST_PYTHON[1], _FIRST_PYTHON[1] - 1, -1)]
    found = next((path for name in names if (path := shutil.which(name))), None)
    if found is None:
        raise BackendUnavailableError(
            f"{TOOLKIT} has wheels for Python 3.10 to 3.12, this is "
            f"{platform.python_version()} and none of {', '.join(names)} is here: install one, or "
            "convert on another machine"
        )
    return found


def _torch() -> tuple[tuple[str, ...], str]:
    """The words that let pip take torch, and what it all costs."""
    index = os.environ.get(TORCH_INDEX, _CPU_BUILDS) if platform.machine() == "x86_64" else ""
    if index:
        return ("--extra-index-url", index, "--retries", "1", f"{_TORCH}+cpu"), _CPU_SIZE
    # The default build for aarch64 is for the CPU.
    is_large = platform.machine() == "x86_64"
    return (_TORCH,), _DEFAULT_SIZE if is_large else _CPU_SIZE


def _run(command: tuple[str, ...], folder: Path) -> None:
    try:
        # What pip does is shown beside what the program says; stdout is for results.
        done = subprocess.run(command, stdout=2, stderr=subprocess.PIPE, text=True, check=False)
    except OSError as error:
        raise BackendUnavailableError(f"{command[0]} cannot be started: {error}") from error
    if done.returncode == 0:
        return
    lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    reason = next((line for line in reversed(lines) if "ERROR" in line), "no reason given")
    way_out = "check the network and the disk space and call it again"
    if "torch" in reason:
        way_out += f"; {TORCH_INDEX}= (empty) takes the default build of torch, {_DEFAULT_SIZE}"
    raise BackendUnavailableError(
        f"the environment {folder} could not be made ({reason}): {way_out}; python3-venv must be "
        "installed"
    )
