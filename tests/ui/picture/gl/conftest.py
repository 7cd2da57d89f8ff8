"""An X server with Mesa's software driver, on which the children of this room draw."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.paths import ROOT
from tests.helpers.x_server import x_server

LIMIT_S = 250
AskChild = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def gl_display() -> Iterator[str]:
    """Its DISPLAY."""
    with x_server("800x600") as display:
        yield display


@pytest.fixture
def ask_child(gl_display: str, tmp_path: Path) -> AskChild:
    """Runs a task of `tests/helpers/gl_child.py`, with more in its environment."""

    def ask(task: str, *words: str, **environment: str) -> dict[str, Any]:
        done = subprocess.run(
            [sys.executable, "-m", "tests.helpers.gl_child", task, str(tmp_path), *words],
            cwd=ROOT,
            env={
                **os.environ,
                "DISPLAY": gl_display,
                "QT_QPA_PLATFORM": "xcb",
                "LIBGL_ALWAYS_SOFTWARE": "1",
                **environment,
            },
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    return ask
