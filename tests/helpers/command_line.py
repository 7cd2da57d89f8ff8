"""The command line in a test: called, or started as a process. Fixtures `main` and `start`."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from rkvideo.cli.main import main as command_line
from tests.helpers.paths import ROOT

SIMULATED = ("--backend", "simulated", "--npu-latency-ms", "2")


# For `start`: a program whose progress is told five times a second, not every five seconds.
TELLS_OFTEN = """
import sys
from rkvideo.bench import command
from rkvideo.cli import headless
from rkvideo.cli.main import main
headless.QUIET_PERIOD_S = command.QUIET_PERIOD_S = 0.2
sys.exit(main(sys.argv[1:]))
"""


def error_line(err: str) -> str:
    """The one line of `err` that tells the error."""
    lines = [line for line in err.splitlines() if line.startswith("error: ")]
    assert len(lines) == 1, err
    return lines[0]


def environment_of(home: Path) -> dict[str, str]:
    """That of a user whose home is `home`, without a screen."""
    without = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    kept = {name: value for name, value in os.environ.items() if name not in without}
    return {**kept, "XDG_VIDEOS_DIR": str(home / "videos"), "HOME": str(home)}


class StartedProgram(subprocess.Popen[str]):
    """A process that does not outlive the test that fails beside it."""

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        if kind is not None:
            self.kill()
        super().__exit__(kind, *rest)


@pytest.fixture
def start() -> Callable[..., StartedProgram]:
    """Starts the program as a process of its own; `code` is run in place of main.py."""

    def start(*words: str, cwd: Path, code: str = "") -> StartedProgram:
        return StartedProgram(
            [sys.executable, *(("-c", code) if code else (str(ROOT / "main.py"),)), *words],
            cwd=cwd,
            env={**environment_of(cwd), "PYTHONPATH": str(ROOT)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return start


@pytest.fixture
def main(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Callable[..., tuple[int, str, str]]]:
    """Calls the command line: gives its exit code and what it wrote to stdout and stderr."""

    def main(*words: str, cwd: Path, **environment: str) -> tuple[int, str, str]:
        with monkeypatch.context() as patch:
            patch.chdir(cwd)
            set_environment(patch, {**environment_of(cwd), **environment})
            try:
                code = command_line(list(words))
            except SystemExit as end:
                code = end.code if isinstance(end.code, int) else 1
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return code, out, err

    # The command line sets up the log of its process, which here is the log of all tests. What is
    # taken away by `force` is closed too: pytest's own handlers must not be among it.
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers[:] = []
    yield main
    root.handlers[:] = handlers
    root.setLevel(level)


def set_environment(patch: pytest.MonkeyPatch, wanted: Mapping[str, str]) -> None:
    for name in os.environ.keys() - wanted.keys():
        patch.delenv(name)
    for name, value in wanted.items():
        patch.setenv(name, value)
