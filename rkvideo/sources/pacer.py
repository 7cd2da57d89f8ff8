"""When a frame of a file is due, so that it plays at a factor of its own speed."""

from __future__ import annotations


class Pacer:
    """Each frame is due after the one before it, so a change of speed makes no jump.

    A frame that comes late moves the clock: after a slow spell the file does not rush. With
    `catches_up` it does, as a camera does: the clock of those that follow stays where it was.
    """

    def __init__(self, *, catches_up: bool = False) -> None:
        self._catches_up = catches_up
        self._last: tuple[float, float] | None = None

    def restart(self) -> None:
        """The next frame is the first one, and due at once."""
        self._last = None

    def due_s(self, pts_s: float, now: float, speed: float | None = 1.0) -> float:
        """When the frame of `pts_s` is due, a stamp of the clock of `now`; with no speed now."""
        if self._last is None or speed is None:
            return now
        last_pts_s, last_due_s = self._last
        return last_due_s + (pts_s - last_pts_s) / speed

    def played(self, pts_s: float, due_s: float, now: float) -> None:
        """The frame was asked for at `now`, and handed on when it was due or at once if later."""
        self._last = (pts_s, due_s if self._catches_up else max(due_s, now))
