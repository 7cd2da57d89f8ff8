"""The emulated board that tests/board/build_root.sh made, and runs of the program on it."""

from __future__ import annotations

import contextlib
import itertools
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

from tests.board.npu_host import converted_model, npu_host, stand_in_model
from tests.board.played_model import HEIGHT, WIDTH, played_rknn
from tests.helpers.board_samples import put

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tests.board.npu_host import HostModel

CONTEXTS = 6  # two workers for each of three cores
PROGRAM = "rkvideo/run.sh"
MODEL = "/played/played.rknn"
PATTERN = f"pattern:{WIDTH}x{HEIGHT}@30"
PROJECT = Path(__file__).parents[2]
CLIP = PROJECT / "models/clips/bikes.mp4"
_IN_ROOT = Path(__file__).with_name("in_root.sh")
# Where qemu looks first for every file that the emulated program opens.
_PLAYED = Path("etc/qemu-binfmt/aarch64")
_LIBRARY = "usr/lib/librknnrt.so"
_RGA = "pyav_rkmpp.libs/librga-*.so.2.1.0"
_LIMIT_S = 240
_RUN_LINE = re.compile(r"run \d+ on core (\d) of context (\d+), picture (\d+) -> (-?\d+)")
_AS_NOBODY = ("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups")


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


class Board:
    """The emulated board in the folder `root`; `checkout` is that of the program.

    With `video_unit` it has the devices of one.
    """

    def __init__(self, root: Path, checkout: str = "rkvideo", *, video_unit: bool = False) -> None:
        self._root = root
        self.program = f"{checkout}/run.sh"
        self._devices = {"BOARD_VIDEO_UNIT": "1"} if video_unit else {}
        self.folder = root / "played"
        """What is `/played` on the board; `clean_folder` empties it."""

    def clean_folder(self) -> None:
        """Leave nothing but the planted model in the folder, which every user may write to."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        self.folder.chmod(0o777)
        (self.folder / "played.rknn").write_bytes(played_rknn())

    def run_model(self, frames: int, *options: str, **environment: str) -> Played:
        """`main.py run` with the planted model on `frames` pictures of the test pattern."""
        self.clean_folder()
        return self.run(f"{PATTERN}:{frames}", "--model", MODEL, *options, **environment)

    def run(self, *words: str, before: tuple[str, ...] = (), **environment: str) -> Played:
        """`main.py run` with these words; what stands `before` it starts it.

        It runs through RKNNLite, unless the words have `--fast`.
        """
        for name in ("boxes.jsonl", "stats.json", "npu.log"):
            # The program overwrites nothing.
            (self.folder / name).unlink(missing_ok=True)
        words = words if "--fast" in words else (*words, "--fast", "off")
        done = self.call(
            *(*before, self.program, "run", *words),
            *("--detections", "/played/boxes.jsonl", "--stats", "/played/stats.json"),
            **{"STAND_IN_LOG": "/played/npu.log", "STAND_IN_LATENCY_MS": "20", **environment},
        )
        stats = self._text("stats.json")
        return Played(
            code=done.returncode,
            said=done.stdout,
            lines=tuple(json.loads(line) for line in self._text("boxes.jsonl").splitlines()),
            stats=json.loads(stats) if stats else {},
            log=tuple(self._text("npu.log").splitlines()),
        )

    def run_as_nobody(self, frames: int, *options: str) -> Played:
        """`run_model` for a user who is in no group."""
        self.clean_folder()
        before = (*_AS_NOBODY, "env", "HOME=/tmp")
        return self.run(f"{PATTERN}:{frames}", "--model", MODEL, *options, before=before)

    def doctor_as_nobody(self, *words: str) -> dict[str, dict[str, str]]:
        """`doctor` for a user who is in no group."""
        return self._findings(*_AS_NOBODY, "env", "HOME=/tmp", PROGRAM, "doctor", *words)

    def doctor(self, *words: str, before: tuple[str, ...] = ()) -> dict[str, dict[str, str]]:
        """What `main.py doctor --json` finds, by the names of its checks.

        What stands `before` it starts it.
        """
        return self._findings(*before, self.program, "doctor", *words)

    @contextlib.contextmanager
    def started(
        self, *words: str, before: tuple[str, ...] = (), **environment: str
    ) -> Iterator[Started]:
        """The program with these words, which runs until the end of the block at most.

        What stands `before` it starts it.
        """
        pipe = self.folder / "npu.log"
        os.mkfifo(pipe)
        environment = {"STAND_IN_LOG": "/played/npu.log", **environment}
        # Opened for writing too, so that the end of the program is not waited for in vain.
        with (
            os.fdopen(os.open(pipe, os.O_RDWR)) as log,
            subprocess.Popen(
                [str(_IN_ROOT), str(self._root), *before, self.program, *words],
                env={**os.environ, **self._devices, **environment},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            ) as process,
        ):
            try:
                yield Started(process, log)
            finally:
                process.kill()

    def play(self, files: Mapping[str, str]) -> None:
        """Show the emulated program these files of the kernel, path to text, from now on."""
        for name, text in files.items():
            put(self._root / _PLAYED, name, text)

    @contextlib.contextmanager
    def playing(self, files: Mapping[str, str]) -> Iterator[None]:
        """`play` as long as the block lasts; then these files are as they were, or gone."""
        top = self._root / _PLAYED
        paths = [top / name.lstrip("/") for name in files]
        before = [(path, path.read_text() if path.exists() else None) for path in paths]
        self.play(files)
        try:
            yield
        finally:
            for path, text in before:
                if text is not None:
                    path.write_text(text)
                    continue
                path.unlink(missing_ok=True)
                for folder in itertools.takewhile(lambda each: each != top, path.parents):
                    if not any(folder.iterdir()):
                        folder.rmdir()

    def played(self, name: str) -> str:
        """The text of a file that `play` made, as the program left it."""
        return (self._root / _PLAYED / name.lstrip("/")).read_text()

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
            aside.replace(path)

    @contextlib.contextmanager
    def with_library(self, name: str) -> Iterator[None]:
        """The board with another runtime library, one of those that `build_root.sh` puts into /opt.

        `librknnrt-1.4.0.so` does not read files of format 6, `librknnrt-without-dup.so` has no
        `rknn_dup_context`.
        """
        with self._replaced(self._root / _LIBRARY, name):
            yield

    @contextlib.contextmanager
    def with_rga(self) -> Iterator[None]:
        """The board with a played RGA, in the place of the library that PyAV brings."""
        checkout = self._root / "root" / self.program.removesuffix("/run.sh")
        (library,) = checkout.glob(f".venv/lib/*/site-packages/{_RGA}")
        with self._replaced(library, "librga.so"):
            yield

    @contextlib.contextmanager
    def _replaced(self, library: Path, name: str) -> Iterator[None]:
        with self.without(str(library.relative_to(self._root))):
            shutil.copy(self._root / "opt" / name, library)
            yield

    def call(self, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a command on the board; standard error is part of what it says."""
        return subprocess.run(
            [str(_IN_ROOT), str(self._root), *command],
            env={**os.environ, **self._devices, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_LIMIT_S,
            check=False,
        )

    def _findings(self, *command: str) -> dict[str, dict[str, str]]:
        done = self.call(*command, "--json")
        # The runtime library writes to standard error, which is part of what was said.
        listed = done.stdout[done.stdout.index("[\n") :]
        return {finding["check"]: finding for finding in json.loads(listed)}

    def _text(self, name: str) -> str:
        path = self.folder / name
        return path.read_text() if path.exists() else ""


class Started:
    """A program that runs on the board, and the log of its NPU as it grows."""

    def __init__(self, process: subprocess.Popen[str], log: IO[str]) -> None:
        self._process = process
        self._log = log

    def wait_for(self, start: str, count: int) -> list[str]:
        """Read the log until `count` of its lines began with `start`; gives those."""
        found: list[str] = []
        while len(found) < count:
            line = self._log.readline().rstrip("\n")
            if line.startswith(start):
                found.append(line)
        return found

    def end(self, number: signal.Signals) -> None:
        """Send the program a signal."""
        self._process.send_signal(number)

    def cores_of_threads(self) -> list[str]:
        """The list of CPU cores that each of its threads may run on, sorted."""
        tasks = Path(f"/proc/{self._process.pid}/task")
        found = [
            line.partition(":")[2].strip()
            for task in tasks.iterdir()
            for line in (task / "status").read_text().splitlines()
            if line.startswith("Cpus_allowed_list:")
        ]
        return sorted(found)

    def ended(self) -> tuple[int, str]:
        """Wait for its end; gives the exit code and what it said."""
        said, _ = self._process.communicate(timeout=_LIMIT_S)
        return self._process.returncode, said


@pytest.fixture(scope="session")
def board() -> Board:
    if "BOARD_ROOT" not in os.environ:
        pytest.fail("BOARD_ROOT is not set: run these tests with ./test.sh --board")
    return Board(Path(os.environ["BOARD_ROOT"]))


@pytest.fixture(scope="session")
def video_board() -> Board:
    """The board with a video unit, and with the PyAV that `run.sh` installs there."""
    return Board(Path(os.environ["BOARD_ROOT"]), "rkvideo-rkmpp", video_unit=True)


@pytest.fixture(scope="session")
def host_model() -> HostModel:
    """yolo11n at 320x320: the real file that BOARD_RKNN names, else a stand-in for one."""
    if path := os.environ.get("BOARD_RKNN"):
        return converted_model(Path(path), CLIP)
    return stand_in_model(PROJECT / "models/yolo11n.onnx", (320, 320), CLIP)


@pytest.fixture
def on_host(board: Board, host_model: HostModel) -> Iterator[Callable[..., Played]]:
    """Runs a source with `host_model` on the played NPU, which asks this machine for answers."""

    def run(source: str, *options: str) -> Played:
        words = (source, "--model", "/played/net.rknn", *options)
        return board.run(*words, STAND_IN_HOST="/played/npu.sock")

    board.clean_folder()
    (board.folder / "net.rknn").write_bytes(host_model.rknn)
    (board.folder / "net.toml").write_text(host_model.sidecar)
    with npu_host(board.folder / "npu.sock", [host_model]):
        yield run
