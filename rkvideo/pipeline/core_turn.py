"""When a worker takes its frame: as late as it can without letting its core wait."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable
from types import TracebackType

MARGIN_S = 0.005
"""How much earlier than measured the input should be ready: a thread that is woken is not yet
running."""

_LEAD_GAIN = 0.5
_LEAD_FALL = 0.95
"""How fast frames are taken earlier once the core had to wait, and later again while it has not."""

_SPANS = 16
_PREPARATIONS = 8


class CoreTurn:
    """The order of the workers of one core, where only the newest frame counts.

    Two workers keep a core busy: one prepares its input while the other infers. A worker that took
    its frame as soon as it was free would hold it for a whole inference before its turn. So it
    waits until what is before it on the core is almost done, by the inferences measured so far.
    Where the core had to wait nevertheless (inferences of uneven length, or no frame was there at
    that moment), the next frames are taken earlier: throughput goes before lag.
    """

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._changed = threading.Condition()
        self._under_way = 0
        self._on_core = 0
        self._began_s: float | None = None
        self._left_s: float | None = None
        self._took_s: float | None = None
        self._lead_s = 0.0
        self._spans_s: deque[float] = deque(maxlen=_SPANS)
        self._preparations_s: deque[float] = deque(maxlen=_PREPARATIONS)

    def wait(self, inferences: int = 1) -> CoreUse:
        """Wait for the time to take a frame on which the core then runs `inferences` in a row."""
        with self._changed:
            while (left_s := self.left_s()) > 0:
                self._changed.wait(None if left_s == math.inf else left_s)
            self._under_way += 1
        return CoreUse(self, inferences)

    def left_s(self) -> float:
        """Seconds until a frame is to be taken; infinite while another worker waits for one."""
        if not self._under_way or not self._spans_s:
            return 0.0
        preparation_s = max(self._preparations_s, default=0.0)
        if self._began_s is not None:
            begins_s = self._began_s
        elif self._took_s is not None:
            begins_s = self._took_s + preparation_s
        else:
            return math.inf
        free_s = begins_s + self._under_way * self._shortest_s()
        return free_s - preparation_s - self._lead_s - MARGIN_S - self._clock()

    def took(self, took_s: float) -> None:
        """A frame was taken, and is being prepared."""
        with self._changed:
            self._took_s = took_s
            self._changed.notify_all()

    def enter(self, took_s: float) -> None:
        """The input of a frame that was taken at `took_s` is ready: the core is asked."""
        with self._changed:
            now = self._clock()
            self._preparations_s.append(now - took_s)
            if self._took_s == took_s:
                self._took_s = None
            self._on_core += 1
            if self._began_s is None:
                self._began_s = now
                self._adapt_lead(now)
            else:
                self._adapt_lead(self._left_s)
            self._changed.notify_all()

    def leave(self, entered: bool) -> None:
        """The core has answered, or will not be asked where `entered` is False."""
        with self._changed:
            self._under_way -= 1
            if entered:
                now = self._clock()
                if self._began_s is not None:
                    self._spans_s.append(now - self._began_s)
                self._on_core -= 1
                self._began_s = now if self._on_core else None
                self._left_s = now
            self._changed.notify_all()

    def _adapt_lead(self, began_s: float | None) -> None:
        """The core began with a frame at `began_s`; how long it waited for that is told by now."""
        if self._left_s is None or began_s is None or not self._spans_s:
            return
        waited_s = began_s - self._left_s
        longest_s = self._shortest_s()
        self._lead_s = min(self._lead_s * _LEAD_FALL + waited_s * _LEAD_GAIN, longest_s)

    def _shortest_s(self) -> float:
        """Nearly the shortest one: too early costs a little lag, too late lets the core wait."""
        shortest = sorted(self._spans_s)
        return shortest[min(1, len(shortest) - 1)]


class CoreUse:
    """One frame of one worker on its core; as a context it gives the turn back whatever happens."""

    def __init__(self, core: CoreTurn | None, inferences: int = 1) -> None:
        """`core` is None where frames wait for workers and not the other way round."""
        self._core = core
        self._left = inferences
        self._has_entered = False
        self._took_s = 0.0

    def __enter__(self) -> CoreUse:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._leave()

    def takes(self, now_s: float) -> None:
        """The frame was taken."""
        self._took_s = now_s
        if self._core is not None:
            self._core.took(now_s)

    def asks(self) -> None:
        """An inference is asked for."""
        if self._core is not None and not self._has_entered:
            self._has_entered = True
            self._core.enter(self._took_s)

    def keeps(self) -> None:
        """However many inferences follow, the core is this worker's until the end of the use."""
        self._left = -1

    def answered(self) -> None:
        """An inference came back; after the last one the core is the next worker's."""
        self._left -= 1
        if not self._left:
            self._leave()

    def _leave(self) -> None:
        if self._core is not None:
            core, self._core = self._core, None
            core.leave(self._has_entered)
