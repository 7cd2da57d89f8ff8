"""What a test must not leave behind: errors in the log, threads, child processes, open files."""

from __future__ import annotations

import gc
import logging
import os
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.helpers.patience import PATIENCE_S

# What libraries open once for the whole process.
_KEPT: Final = ("/dev/null", "/dev/urandom", "/dev/pts", "/proc/", "/sys/", "/memfd:")


class ErrorLog(logging.Handler):
    """Collects what is logged at ERROR and above, by the program and by its libraries."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.messages: list[str] = []
        self._newest: logging.LogRecord | None = None
        # The command line takes the handlers of the root away when it sets up the log.
        self._loggers = (logging.getLogger(), logging.getLogger("rkvideo"))
        self._before = (self._loggers[0].handlers[:], self._loggers[0].level)

    def emit(self, record: logging.LogRecord) -> None:
        # A record of the program comes twice: it goes on to the root.
        if record is not self._newest:
            self._newest = record
            self.messages.append(record.getMessage())

    def __enter__(self) -> ErrorLog:
        for logger in self._loggers:
            logger.addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        for logger in self._loggers:
            logger.removeHandler(self)
        # What a test set up for the command line is not for the next one.
        self._loggers[0].handlers[:], level = self._before
        self._loggers[0].setLevel(level)


@dataclass(frozen=True, slots=True)
class Belongings:
    """What this process holds at one moment."""

    threads: frozenset[threading.Thread]
    children: frozenset[int]
    files: frozenset[tuple[int, str]]

    @classmethod
    def now(cls) -> Belongings:
        return cls(frozenset(_threads()), frozenset(_children()), frozenset(_open_files()))

    def left_over(self) -> list[str]:
        """What came since and is still there, in words; what is just ending is waited for."""
        deadline = time.monotonic() + PATIENCE_S
        while left := self._new_ones():
            gc.collect()
            if time.monotonic() > deadline:
                break
            # A thread or process that ends tells nobody who did not start it.
            time.sleep(0.01)
        return left

    def _new_ones(self) -> list[str]:
        return [
            *(f"thread {thread.name}" for thread in _threads() if thread not in self.threads),
            *(f"process {child} ({_command(child)})" for child in _children() - self.children),
            *(f"file {name}" for number, name in _open_files() - self.files),
        ]


def _threads() -> list[threading.Thread]:
    # A dummy stands for a thread that C++ made, as Qt's pool keeps them.
    return [
        thread
        for thread in threading.enumerate()
        if thread.is_alive() and not isinstance(thread, threading._DummyThread)
    ]


def _children() -> set[int]:
    found: set[int] = set()
    for thread in Path("/proc/self/task").iterdir():
        try:
            found |= set(map(int, (thread / "children").read_text().split()))
        except FileNotFoundError:
            # That thread has just ended, or this kernel does not tell.
            continue
    return found


def _command(process: int) -> str:
    try:
        words = Path(f"/proc/{process}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return "gone"
    return " ".join(word.decode(errors="replace") for word in words if word) or "ended, not waited"


def descriptors() -> set[tuple[int, str]]:
    """All that this process has open, by number and name."""
    found = set()
    for link in Path("/proc/self/fd").iterdir():
        try:
            found.add((int(link.name), os.readlink(link)))  # noqa: PTH115
        except FileNotFoundError:
            continue
    return found


def _open_files() -> set[tuple[int, str]]:
    """Files, folders, devices and sockets; not pipes, which Qt keeps."""
    return {
        (number, name)
        for number, name in descriptors()
        if name.startswith(("/", "socket:")) and not name.startswith(_KEPT)
    }


def delete_windows() -> None:
    """Delete every window that belongs to Python, with what Qt was to delete later."""
    # The tests without a window run where there are no libraries for one.
    from PyQt5 import sip
    from PyQt5.QtCore import QCoreApplication, QEvent
    from PyQt5.QtWidgets import QApplication

    if QApplication.instance() is None:
        return
    # What threads have answered goes to windows that are still there.
    QCoreApplication.processEvents()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    for widget in QApplication.topLevelWidgets():
        if not sip.isdeleted(widget) and sip.ispyowned(widget):
            sip.delete(widget)
