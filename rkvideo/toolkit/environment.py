"""The virtual environment of rknn-toolkit2, which pins older packages than the program uses."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from rkvideo.errors import BackendUnavailableError
from rkvideo.machine.places import toolkit_folder
from rkvideo.toolkit.process import Toolkit

Say: TypeAlias = Callable[[str], None]

TOOLKIT = "rknn-toolkit2==2.5.0"
# What the toolkit needs, tried together. It asks for torch<=2.4 and onnx<=1.18, but runs with this
# torch; `pkg_resources`, which it imports, has left setuptools 81.
PACKAGES = (
    "torch==2.13.0",
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
    say(f"1/3 making {folder}, once, for {TOOLKIT}")
    shutil.rmtree(folder, ignore_errors=True)
    _run((sys.executable, "-m", "venv", str(folder)), folder)
    say("2/3 installing what it needs; torch alone may be gigabytes")
    _run((str(python), *_PIP, "install", "--quiet", *PACKAGES), folder)
    say(f"3/3 installing {TOOLKIT}")
    # Without its dependencies: pip would refuse the newer torch.
    _run((str(python), *_PIP, "install", "--quiet", "--no-deps", TOOLKIT), folder)
    stamp.write_text(wanted, encoding="utf-8")
    return Toolkit(python)


def _run(command: tuple[str, ...], folder: Path) -> None:
    try:
        done = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
    except OSError as error:
        raise BackendUnavailableError(f"{command[0]} cannot be started: {error}") from error
    if done.returncode == 0:
        return
    lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    reason = next((line for line in reversed(lines) if "ERROR" in line), "no reason given")
    raise BackendUnavailableError(
        f"the environment {folder} could not be made ({reason}): check the network and the disk "
        "space and call it again; python3-venv must be installed"
    )
