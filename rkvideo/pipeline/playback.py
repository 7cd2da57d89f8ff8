"""How a file is played: what the user asks for while it plays."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from rkvideo.errors import ConfigError
from rkvideo.status import Playback

SLOWEST, FASTEST = 0.25, 4.0
"""The speeds that the window offers: below, a file looks like a still; above, use none at all."""


@dataclass(frozen=True, slots=True)
class PlayTurn:
    """What the decode thread is to do next, as it was at one moment.

    With `seek_to_s` it goes to that place first. `at_once` says that the frame is handed on
    without waiting until it is due: after a seek, and step by step.
    """

    playback: Playback
    number: int
    seek_to_s: float | None = None
    at_once: bool = False


class Controls:
    """What the user wants of the playing. Any thread writes it, the decode thread reads it."""

    def __init__(self, playback: Playback, is_ending: Callable[[], bool]) -> None:
        """`is_ending` says whether the run hands on nothing more; `wake` makes it asked again."""
        self._is_ending = is_ending
        self._changed = threading.Condition()
        self._number = 0
        self._playback = playback
        self._is_held = False
        self._seek_to_s: float | None = None
        self._steps = 0

    def hold(self) -> None:
        """Hand on nothing but what is asked for by `seek` and `step`."""
        with self._changed:
            self._is_held = True
            self._has_changed()

    def release(self) -> None:
        """Play on after `hold`."""
        with self._changed:
            self._is_held = False
            self._steps = 0
            self._has_changed()

    def wake(self) -> None:
        """The run may be ending: look again."""
        with self._changed:
            self._has_changed()

    def seek(self, position_s: float) -> None:
        """Go on at `position_s`, in place of an older wish that was not followed yet."""
        with self._changed:
            self._seek_to_s = max(0.0, position_s)
            self._steps = 0
            self._has_changed()

    def step(self) -> None:
        """Hand on one frame more; nothing happens while the file plays."""
        with self._changed:
            if self._is_held:
                self._steps += 1
                self._has_changed()

    def set_speed(self, speed: float | None) -> Playback:
        """Raises ConfigError where `speed` is out of range; gives what holds now."""
        if speed is not None and not SLOWEST <= speed <= FASTEST:
            raise ConfigError(
                f"the speed {speed:g} is out of range: give a factor from {SLOWEST:g} to "
                f"{FASTEST:g}, or none for as fast as possible"
            )
        with self._changed:
            self._playback = replace(self._playback, speed=speed)
            self._has_changed()
            return self._playback

    def set_loop(self, loop: bool) -> Playback:
        """Whether the file starts over at its end; gives what holds now."""
        with self._changed:
            self._playback = replace(self._playback, loop=loop)
            self._has_changed()
            return self._playback

    def turn(self) -> PlayTurn | None:
        """Wait until there is something to do; None once nothing more is to be done."""
        with self._changed:
            self._changed.wait_for(self._has_turn)
            if self._is_ending():
                return None
            seek_to_s, self._seek_to_s = self._seek_to_s, None
            if seek_to_s is None and self._is_held:
                self._steps -= 1
            at_once = seek_to_s is not None or self._is_held
            return PlayTurn(self._playback, self._number, seek_to_s, at_once)

    def is_overtaken(self) -> bool:
        """Whether a seek that is under way is wanted no more: a newer one waits, or the end."""
        with self._changed:
            return self._is_ending() or self._seek_to_s is not None

    def wait_until(self, due_s: float, turn: PlayTurn) -> bool:
        """Wait for a `perf_counter` stamp; False as soon as `turn` is no longer what is wanted."""
        with self._changed:
            return not self._changed.wait_for(
                lambda: self._number != turn.number, max(0.0, due_s - time.perf_counter())
            )

    def _has_turn(self) -> bool:
        has_order = self._seek_to_s is not None or self._steps > 0
        return has_order or not self._is_held or self._is_ending()

    def _has_changed(self) -> None:
        self._number += 1
        self._changed.notify_all()
