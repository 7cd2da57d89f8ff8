"""What the fast paths of this process have said of themselves."""

from __future__ import annotations

from rkvideo.machine.fast_paths import FAST_PATHS, FastPathReport


def told_of(path: str, subject: str) -> FastPathReport:
    """The newest report of a path on a subject; KeyError where there is none."""
    return {(each.path, each.subject): each for each in FAST_PATHS.told()}[path, subject]
