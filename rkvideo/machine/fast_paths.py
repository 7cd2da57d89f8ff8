"""The one place where each fast path says what became of it, for the pack that an owner sends.

A fast path is a quicker way that is tried and has one behind it that always works. Whoever tries
one tells `FAST_PATHS` of it at that moment, from any thread; the newest word on a subject counts.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Final, Literal

State = Literal["used", "works", "not used", "switched off"]

# A kiosk opens its stream again and again; what it says of it is the same each time.
_MOST: Final = 256


@dataclass(frozen=True, slots=True)
class FastPathReport:
    """What a fast path said of itself.

    `path` names it (`rknn-c`, `encoder`), and `subject` what it was tried for: the title of a
    model, the name of an encoder, a size; never a source, a file or a user, since it is sent.
    `works` is said of one that was only tried, as `doctor` does.
    `words` are its own: what is used, or why not. `figures` are what it measured, by names that
    hold their unit (`c_ms`); of a proof the difference that it found too.
    """

    path: str
    subject: str
    state: State
    words: str = ""
    figures: tuple[tuple[str, float], ...] = ()


class FastPathBook:
    """Holds the newest report of each path and subject; every method is for any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._reports: dict[tuple[str, str], FastPathReport] = {}

    def tell(self, report: FastPathReport) -> None:
        """Put a report in; the oldest one makes room where the book is full."""
        key = report.path, report.subject
        with self._lock:
            self._reports.pop(key, None)
            self._reports[key] = report
            if len(self._reports) > _MOST:
                del self._reports[next(iter(self._reports))]

    def told(self) -> tuple[FastPathReport, ...]:
        """All of them, by path; those of one path in the order in which they were told."""
        with self._lock:
            reports = tuple(self._reports.values())
        return tuple(sorted(reports, key=lambda report: report.path))


FAST_PATHS: Final = FastPathBook()
"""That of this process."""
