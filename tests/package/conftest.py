"""The wheel, built as a stranger builds it, in a venv of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.helpers.paths import MODELS, ROOT

# What is made by running things in a checkout, and what is too large to be copied for nothing.
_LEFT_OUT = shutil.ignore_patterns(
    *(".git", ".venv*", ".*_cache", ".hypothesis", "__pycache__", "*.egg-info", "build", "dist"),
    *("*.onnx", "*.rknn", "clips", "tests"),
)
_PIP = ("-m", "pip", "--disable-pip-version-check", "--quiet")


@dataclass(frozen=True, slots=True)
class Installed:
    """rkvideo in `environment`, for a user with the empty home `home`; it is called from `/`."""

    environment: Path
    home: Path
    variables: Mapping[str, str] = field(repr=False)

    @property
    def script(self) -> Path:
        """What pip has made of the entry point."""
        return self.environment / "bin/rkvideo"

    def call(self, *words: str) -> str:
        """The standard output of `rkvideo WORDS`, which must end with 0."""
        return self.run([str(self.script), *words])

    def run(self, words: Sequence[str]) -> str:
        """The standard output of a command, which must end with 0."""
        done = subprocess.run(
            words,
            cwd="/",
            env=dict(self.variables),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an sdist and the wheel that was built from it, not from the checkout."""
    folder = tmp_path_factory.mktemp("package")
    shutil.copytree(ROOT, folder / "checkout", symlinks=True, ignore=_LEFT_OUT)
    build = (sys.executable, "-m", "build", "--outdir", str(folder), str(folder / "checkout"))
    done = subprocess.run(build, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="session")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel in a clean venv, with the weights of the tests in the user's models folder."""
    environment = tmp_path_factory.mktemp("clean") / "venv"
    home = tmp_path_factory.mktemp("home")
    # The pip of the tests fills it: making one of its own takes three seconds.
    venv.create(environment, with_pip=False)
    (wheel,) = built.glob("*.whl")
    python = str(environment / "bin/python")
    install = (sys.executable, *_PIP, "--python", python, "install", "--no-compile", str(wheel))
    done = subprocess.run(install, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    models = home / ".local/share/rkvideo/models"
    (models / "clips").mkdir(parents=True)
    for name in ("yolo11n.onnx", "clips/bikes.mp4"):
        (models / name).symlink_to(MODELS / name)
    kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}
    variables = {
        "HOME": str(home),
        "PATH": f"{environment}/bin:/usr/bin:/bin",
        "QT_QPA_PLATFORM": "offscreen",
        "XDG_RUNTIME_DIR": str(tmp_path_factory.mktemp("runtime")),
        **kept,
    }
    return Installed(environment, home, variables)
