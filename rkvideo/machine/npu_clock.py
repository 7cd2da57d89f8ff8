"""Holding the NPU at its highest clock for a run, and putting the clock back whatever happens.

The old values are written to a file under /run before anything is changed, and the run keeps that
file locked. The kernel drops the lock with the process, so values in an unlocked file are those of
a run that crashed. Both the file and the change are gone after a reboot.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import logging
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from rkvideo.errors import ConfigError
from rkvideo.files.untrusted import parse_json, record
from rkvideo.machine.called import as_root
from rkvideo.machine.npu_files import DEVFREQ, ROOT, below, npu_devfreq, read
from rkvideo.machine.places import NPU_CLOCK

STATE_FILE = NPU_CLOCK
OPTION = "--pin-npu-clock"
_USERSPACE = "userspace"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ClockSetting:
    """How the clock of `folder` was governed; `set_freq` (Hz) counts under `userspace` only."""

    folder: str
    governor: str
    set_freq: int | None = None


@contextlib.contextmanager
def pinned_npu_clock(root: Path = ROOT) -> Iterator[int]:
    """Hold the NPU at its highest clock while inside; gives that clock in Hz.

    Raises:
        ConfigError: no NPU clock here, not root, the kernel refuses, or another run holds it.
    """
    folder = npu_devfreq(root)
    if folder is None:
        raise ConfigError(f"{OPTION}: there is no NPU clock here ({DEVFREQ}/*.npu): leave it out")
    with _locked_state(root) as state:
        _put_back_left_over(state, root)
        before = _setting(root, folder)
        highest = _highest(root, folder)
        _save(state, before)
        try:
            _pin(root, folder, highest)
            yield highest
        finally:
            _put_back(state, root, before)


def stale_clock(root: Path = ROOT) -> ClockSetting | None:
    """What a crashed run has left to be put back; None also while its run is alive.

    Raises:
        ConfigError: the file that says so is damaged.
    """
    try:
        with below(root, STATE_FILE).open("rb") as state:
            fcntl.flock(state, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return _load(state)
    except (FileNotFoundError, BlockingIOError, PermissionError):
        return None


def put_back_stale_clock(root: Path = ROOT) -> ClockSetting | None:
    """Put back what a crashed run has left; gives it, None where there is nothing to do.

    Raises:
        ConfigError: there is something, but only root may put it back.
    """
    if stale_clock(root) is None:
        return None
    with _locked_state(root) as state:
        return _put_back_left_over(state, root)


def _setting(root: Path, folder: str) -> ClockSetting:
    governor = read(root, f"{folder}/governor")
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


def _pin(root: Path, folder: str, clock: int) -> None:
    try:
        _write(root, f"{folder}/governor", _USERSPACE)
        # This file is made by the governor that was just chosen.
        _write(root, f"{folder}/userspace/set_freq", str(clock))
    except OSError as error:
        raise ConfigError(
            f"{OPTION}: the kernel refuses it for {folder} ({error.strerror}): leave it out"
        ) from error


def _put_back_left_over(state: IO[bytes], root: Path) -> ClockSetting | None:
    left = _load(state)
    if left is not None:
        _put_back(state, root, left)
    return left


def _put_back(state: IO[bytes], root: Path, before: ClockSetting) -> None:
    """Put `before` back and forget it; a failure is logged and stays to be put back later."""
    try:
        _write(root, f"{before.folder}/governor", before.governor)
        if before.set_freq is not None:
            _write(root, f"{before.folder}/userspace/set_freq", str(before.set_freq))
    except OSError as error:
        _log.error(
            "the NPU clock could not be put back to %s (%s): echo %s | sudo tee %s/governor",
            before.governor,
            error.strerror,
            before.governor,
            before.folder,
        )
        return
    state.truncate(0)


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
        raise ConfigError(f"{OPTION}: only root may set the NPU clock: {as_root()} ...") from error
    except OSError as error:
        raise ConfigError(
            f"{OPTION}: {STATE_FILE} cannot be written ({error.strerror}): leave it out"
        ) from error
    with state:
        try:
            fcntl.flock(state, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ConfigError(
                f"{OPTION}: another run holds the NPU clock: end it, or leave the option out"
            ) from error
        yield state


def _save(state: IO[bytes], setting: ClockSetting) -> None:
    state.truncate(0)
    state.write(json.dumps(asdict(setting)).encode())


def _load(state: IO[bytes]) -> ClockSetting | None:
    state.seek(0)
    text = state.read()
    if not text:
        return None
    try:
        return record(ClockSetting, parse_json(text))
    except ValueError as error:
        raise ConfigError(
            f"{STATE_FILE} is damaged: delete it and set the governor of the NPU by hand"
        ) from error
