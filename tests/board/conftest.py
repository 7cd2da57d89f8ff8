"""The emulated board that tests/board/build_root.sh made, and runs of the program on it."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import pytest

from tests.board.played_model import HEIGHT, WIDTH, played_rknn
from tests.board_tree import put

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

CONTEXTS = 6  # two workers for each of three cores
_IN_ROOT = Path(__file__).with_name("in_root.sh")
# Where qemu looks first for every file that the emulated program opens.
_PLAYED = Path("etc/qemu-binfmt/aarch64")
_LIMIT_S = 110
_RUN_LINE = re.compile(r"run \d+ on core (\d) of context (\d+), picture (\d+) -> (-?\d+)")


@dataclass(frozen=True, slots=True)
class NpuRun:
    """One inference that the stand-in was asked for."""

    core: int
    context: int
    picture: int
    code: int


@dataclass(frozen=True, slots=True)
class Played:
    """What a run of the program left: its exit code, what it said, its files, the NPU's log."""

    code: int
    said: str
    lines: tuple[dict[str, Any], ...]
    stats: dict[str, Any]
    log: tuple[str, ...]

    @property
    def runs(self) -> list[NpuRun]:
        """The inferences, in the order in which they ended."""
        found = [_RUN_LINE.fullmatch(line) for line in self.log]
        return [NpuRun(*map(int, match.groups())) for match in found if match]

    def of_call(self, call: str) -> list[str]:
        """The lines of the log about one call of the C interface."""
        return [line for line in self.log if line.startswith(f"{call} ")]


@dataclass(frozen=True, slots=True)
class Watched:
    """What a window left: exit code, what it said, the contexts it destroyed, its folder."""

    code: int
    said: str
    destroyed: list[str]
    folder: Path


class Board:
    """The emulated board in the folder `root`."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._folder = root / "played"

    def run_model(self, frames: int, *options: str, fail: str = "", latency_ms: int = 20) -> Played:
        """`main.py run` with the played model on `frames` pictures of the test pattern."""
        self._clean_folder()
        done = self.call(
            *("rkvideo/run.sh", "run", f"pattern:{WIDTH}x{HEIGHT}@30:{frames}"),
            *("--model", "/played/played.rknn"),
            *("--detections", "/played/boxes.jsonl", "--stats", "/played/stats.json"),
            *options,
            STAND_IN_LOG="/played/npu.log",
            STAND_IN_LATENCY_MS=str(latency_ms),
            STAND_IN_FAIL=fail,
        )
        stats = self._text("stats.json")
        return Played(
            code=done.returncode,
            said=done.stdout,
            lines=tuple(json.loads(line) for line in self._text("boxes.jsonl").splitlines()),
            stats=json.loads(stats) if stats else {},
            log=tuple(self._text("npu.log").splitlines()),
        )

    def watch_model(self, *options: str, inferences: int) -> Watched:
        """The window on an endless pattern, interrupted once the NPU made `inferences`."""
        self._clean_folder()
        pipe = self._folder / "npu.log"
        os.mkfifo(pipe)
        command = [str(_IN_ROOT), str(self._root), "rkvideo/run.sh", f"pattern:{WIDTH}x{HEIGHT}@30"]
        # Opened for writing too, so that the end of the program is not waited for in vain.
        with (
            os.fdopen(os.open(pipe, os.O_RDWR)) as log,
            subprocess.Popen(
                [*command, "--model", "/played/played.rknn", *options],
                env={
                    **os.environ,
                    "QT_QPA_PLATFORM": "offscreen",
                    "STAND_IN_LOG": "/played/npu.log",
                },
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            ) as window,
        ):
            try:
                _read_until(log, "run ", inferences)
                window.send_signal(signal.SIGINT)
                destroyed = _read_until(log, "destroy ", CONTEXTS)
                said, _ = window.communicate(timeout=_LIMIT_S)
            finally:
                window.kill()
        return Watched(window.returncode, said, destroyed, self._folder)

    def play(self, files: Mapping[str, str]) -> None:
        """Show the emulated program these files of the kernel, path to text, from now on."""
        for name, text in files.items():
            put(self._root / _PLAYED, name, text)

    @contextlib.contextmanager
    def without(self, name: str) -> Iterator[None]:
        """The board without one of its files; `name` as the emulated program sees it."""
        played = self._root / _PLAYED / name.lstrip("/")
        path = played if played.exists() else self._root / name.lstrip("/")
        aside = path.with_name(path.name + ".aside")
        path.rename(aside)
        try:
            yield
        finally:
            aside.rename(path)

    def call(self, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a command on the board; standard error is part of what it says."""
        return subprocess.run(
            [str(_IN_ROOT), str(self._root), *command],
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_LIMIT_S,
            check=False,
        )

    def _clean_folder(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir()
        (self._folder / "played.rknn").write_bytes(played_rknn())

    def _text(self, name: str) -> str:
        path = self._folder / name
        return path.read_text() if path.exists() else ""


def _read_until(log: IO[str], start: str, count: int) -> list[str]:
    """Read lines until `count` of them began with `start`; gives those."""
    found: list[str] = []
    while len(found) < count:
        line = log.readline().rstrip("\n")
        if line.startswith(start):
            found.append(line)
    return found


@pytest.fixture(scope="session")
def board() -> Board:
    if "BOARD_ROOT" not in os.environ:
        pytest.fail("BOARD_ROOT is not set: run these tests with ./test.sh --board")
    return Board(Path(os.environ["BOARD_ROOT"]))
