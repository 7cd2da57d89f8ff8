"""A file that is there while something is tried which may end the program, or never come back.

The process that tries holds the file locked, and the kernel drops the lock with the process: a file
without a lock is that of a trial from which nobody came back. Within a process, a trial that is
asked for again before it came back hangs.
"""

from __future__ import annotations

import contextlib
import fcntl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

_lock = threading.Lock()
# Of this process, whose own lock on the file tells it nothing.
_going_on: list[TrialMark] = []


@dataclass(frozen=True, slots=True)
class TrialMark:
    """The mark at `path`; `subject` is what is tried, and that of another one does not count.

    Where the file cannot be written, nothing is remembered.
    """

    path: Path
    subject: str = ""

    @property
    def was_fatal(self) -> bool:
        """Whether the last trial of this subject has ended its program, or hangs in it."""
        with _lock:
            if self in _going_on:
                return True
        try:
            with self.path.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
                return file.read() == self.subject.encode()
        except OSError:
            # None was left, or it is going on in another process.
            return False

    @contextlib.contextmanager
    def left_by_an_end(self) -> Iterator[None]:
        """While inside, the mark is there: it is left behind only where this never ends."""
        file = self._made()
        with _lock:
            _going_on.append(self)
        try:
            yield
        finally:
            with _lock:
                _going_on.remove(self)
            if file is not None:
                with contextlib.suppress(OSError):
                    self.path.unlink(missing_ok=True)
                file.close()

    def _made(self) -> IO[bytes] | None:
        file = None
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            file = self.path.open("a+b", buffering=0)
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            file.truncate(0)
            file.write(self.subject.encode())
        except OSError:
            # Another process has its mark there.
            if file is not None:
                file.close()
            return None
        return file
