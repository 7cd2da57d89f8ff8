"""Holding clocks at their highest for a run, and putting them back whatever happens.

The old values are written to a file under /run before anything is changed, and the run keeps that
file locked. The kernel drops the lock with the process, so values in an unlocked file are those of
a run that crashed. Both the file and the change are gone after a reboot.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import logging
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Final

from rkvideo.errors import ConfigError
from rkvideo.files.untrusted import parse_json, record
from rkvideo.machine.called import as_root
from rkvideo.machine.fast_paths import FAST_PATHS, FastPathReport
from rkvideo.machine.npu_files import (
    CPUFREQ,
    DEVFREQ,
    MEMORY_DEVFREQ,
    ROOT,
    below,
    cpu_policies,
    npu_devfreq,
    read,
)
from rkvideo.machine.places import PINNED_CLOCKS

STATE_FILE = PINNED_CLOCKS
OPTION: Final = "--pin-clocks"
NPU, MEMORY, CPU = "npu", "ddr", "cpu"
CLOCKS: Final = (NPU, MEMORY, CPU)

# Of devfreq, with the clock in a file of its own; cpufreq's `performance` holds the highest itself.
_USERSPACE = "userspace"
_PERFORMANCE = "performance"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ClockSetting:
    """How the clock of `folder` was governed; `set_freq` (Hz) counts under `userspace` only."""

    folder: str
    governor: str
    set_freq: int | None = None

    @property
    def governor_file(self) -> str:
        """The file that names the governor."""
        return governor_file(self.folder)


def governor_file(folder: str) -> str:
    """The file that names the governor of a folder of devfreq or cpufreq."""
    return f"{folder}/{'scaling_governor' if _is_cpu(folder) else 'governor'}"


def chosen_clocks(text: str) -> tuple[str, ...]:
    """`npu,ddr,cpu` to the clocks that it names. Raises ConfigError."""
    words = tuple(dict.fromkeys(word.strip() for word in text.split(",")))
    if not set(words) <= set(CLOCKS):
        raise ConfigError(f"{OPTION} is {text!r}: give some of {','.join(CLOCKS)}")
    return words


@contextlib.contextmanager
def pinned_clocks(clocks: Iterable[str], root: Path = ROOT) -> Iterator[None]:
    """Hold each of `clocks` at its highest while inside.

    Raises:
        ConfigError: no such clock here, not root, the kernel refuses, or another run holds them.
    """
    folders = [folder for clock in clocks for folder in _folders(root, clock)]
    with _locked_state(root) as state:
        _put_back_left_over(state, root)
        before = [_setting(root, folder) for folder in folders]
        highest = {folder: _highest(root, folder) for folder in folders if not _is_cpu(folder)}
        _save(state, before)
        try:
            for folder in folders:
                _pin(root, folder, highest.get(folder))
                _tell_pinned(folder, highest.get(folder))
            yield
        finally:
            _put_back(state, root, before)


def stale_clocks(root: Path = ROOT) -> tuple[ClockSetting, ...]:
    """What a crashed run has left to be put back; empty also while its run is alive.

    Raises:
        ConfigError: the file that says so is damaged.
    """
    try:
        with below(root, STATE_FILE).open("rb") as state:
            fcntl.flock(state, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return _load(state)
    except (FileNotFoundError, BlockingIOError, PermissionError):
        return ()


def put_back_stale_clocks(root: Path = ROOT) -> tuple[ClockSetting, ...]:
    """Put back what a crashed run has left; gives it, empty where there is nothing to do.

    Raises:
        ConfigError: there is something, but only root may put it back.
    """
    if not stale_clocks(root):
        return ()
    with _locked_state(root) as state:
        return _put_back_left_over(state, root)


def _is_cpu(folder: str) -> bool:
    return "/cpufreq/" in folder


def _folders(root: Path, clock: str) -> tuple[str, ...]:
    npu = npu_devfreq(root)
    found = {
        NPU: () if npu is None else (npu,),
        MEMORY: (MEMORY_DEVFREQ,) if below(root, MEMORY_DEVFREQ).is_dir() else (),
        CPU: cpu_policies(root),
    }[clock]
    if not found:
        place = {NPU: f"{DEVFREQ}/*.npu", MEMORY: MEMORY_DEVFREQ, CPU: CPUFREQ}[clock]
        raise ConfigError(f"{OPTION} {clock}: there is no such clock here ({place}): leave it out")
    return found


def _setting(root: Path, folder: str) -> ClockSetting:
    governor = read(root, governor_file(folder))
    if governor.text is None:
        raise ConfigError(f"{OPTION}: {governor.reason}: leave it out")
    text = read(root, f"{folder}/userspace/set_freq").text or ""
    counts = governor.text == _USERSPACE and text.isdigit()
    return ClockSetting(folder, governor.text, int(text) if counts else None)


def _highest(root: Path, folder: str) -> int:
    reading = read(root, f"{folder}/available_frequencies")
    clocks = [int(word) for word in (reading.text or "").split() if word.isdigit()]
    if not clocks:
        raise ConfigError(f"{OPTION}: {reading.reason or f'{folder} names no clock'}: leave it out")
    return max(clocks)


def _pin(root: Path, folder: str, clock: int | None) -> None:
    try:
        _write(root, governor_file(folder), _PERFORMANCE if clock is None else _USERSPACE)
        if clock is not None:
            # This file is made by the governor that was just chosen.
            _write(root, f"{folder}/userspace/set_freq", str(clock))
    except OSError as error:
        raise ConfigError(
            f"{OPTION}: the kernel refuses it for {folder} ({error.strerror}): leave it out"
        ) from error


def _tell_pinned(folder: str, clock: int | None) -> None:
    words = _PERFORMANCE if clock is None else f"{clock / 1e6:.0f} MHz"
    name = folder.rpartition("/")[2]
    FAST_PATHS.tell(FastPathReport("clocks", name, "used", f"held at {words}"))


def _put_back_left_over(state: IO[bytes], root: Path) -> tuple[ClockSetting, ...]:
    left = _load(state)
    if left:
        _put_back(state, root, left)
    return left


def _put_back(state: IO[bytes], root: Path, before: Iterable[ClockSetting]) -> None:
    """Put each back and forget it; a failure is logged and stays to be put back later."""
    left = []
    for setting in before:
        try:
            _write(root, setting.governor_file, setting.governor)
            if setting.set_freq is not None:
                _write(root, f"{setting.folder}/userspace/set_freq", str(setting.set_freq))
        except OSError as error:
            left.append(setting)
            _log.error(
                "a clock could not be put back to %s (%s): echo %s | sudo tee %s",
                setting.governor,
                error.strerror,
                setting.governor,
                setting.governor_file,
            )
    _save(state, left)


def _write(root: Path, name: str, text: str) -> None:
    # Not created: the kernel has the file, or it cannot be done.
    with below(root, name).open("r+b", buffering=0) as file:
        file.truncate(0)
        file.write(text.encode())


@contextlib.contextmanager
def _locked_state(root: Path) -> Iterator[IO[bytes]]:
    path = below(root, STATE_FILE)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        state = path.open("a+b", buffering=0)
    except PermissionError as error:
        raise ConfigError(f"{OPTION}: only root may set clocks: {as_root()} ...") from error
    except OSError as error:
        raise ConfigError(
            f"{OPTION}: {STATE_FILE} cannot be written ({error.strerror}): leave it out"
        ) from error
    with state:
        try:
            fcntl.flock(state, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ConfigError(
                f"{OPTION}: another run holds the clocks: end it, or leave the option out"
            ) from error
        yield state


def _save(state: IO[bytes], settings: Iterable[ClockSetting]) -> None:
    state.truncate(0)
    rows = [asdict(setting) for setting in settings]
    if rows:
        state.write(json.dumps(rows).encode())


def _load(state: IO[bytes]) -> tuple[ClockSetting, ...]:
    state.seek(0)
    text = state.read()
    if not text:
        return ()
    try:
        rows = parse_json(text)
        if not isinstance(rows, list):
            raise ValueError("it is no list")
        return tuple(record(ClockSetting, row) for row in rows)
    except ValueError as error:
        raise ConfigError(
            f"{STATE_FILE} is damaged: delete it and set the governors by hand"
        ) from error
