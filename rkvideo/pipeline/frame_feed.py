"""Frames on their way to a sink that wants each of them, also those that no model looks at."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, replace
from typing import Final

from rkvideo.data import CodedFrame, Detections, Frame, FrameResult, SideResult, StageTimings
from rkvideo.pipeline.channels import ChannelClosed

QUEUED_FRAMES: Final = 8

# A frame waits here for its boxes: 1 s at 30 fps, which is more than a model that keeps up takes;
# fewer where pictures are large (8 of 4K).
_MOST_WAITING: Final = 32
_LEAST_WAITING: Final = 4
_MOST_BYTES: Final = 100 << 20
_BYTES_PER_PIXEL: Final = 1.5  # yuv420p
_MOST_CODED_BYTES: Final = 64 << 20

_NO_TIMES: Final = StageTimings(0, 0, 0, 0, 0, 0, 0, 0)


@dataclass(slots=True, eq=False)
class _Waiting:
    """A frame and, once it is known, what becomes of it: boxes of its own, or none at all."""

    frame: Frame
    result: FrameResult | None = None


class FrameFeed:
    """Bounded, and in order: the decode thread and the workers give, the sink's thread takes.

    A frame waits until a model has seen it, or is known to be passed over because a later one came
    out, or until too many wait. One that no model saw carries the boxes of the newest one that was
    seen before it. Packets of the source go the same way and wait for nothing but their turn.
    """

    def __init__(self) -> None:
        self._items: deque[_Waiting] = deque()
        self._coded: deque[CodedFrame] = deque()
        self._coded_bytes = 0
        self._takes_frames = True
        self._takes_coded = True
        self._settled_to = -1
        self._last: FrameResult | None = None
        self._closed = False
        self._changed = threading.Condition()

    def decoded(self, frame: Frame, *, bare: bool = False) -> bool:
        """A frame came out of the decoder; False where the sink is too far behind to take it.

        One that is `bare` will not be seen by a model, and the boxes of before say nothing of it.
        """
        with self._changed:
            if not self._takes_frames:
                return True
            if self._closed or len(self._items) >= _most_waiting(frame) + QUEUED_FRAMES:
                return False
            self._items.append(_Waiting(frame, without_boxes(frame) if bare else None))
            self._changed.notify_all()
            return True

    def emitted(self, result: FrameResult) -> None:
        """A model has seen this frame, and none before it is still under way."""
        with self._changed:
            self._settled_to = max(self._settled_to, result.frame.index)
            for item in self._items:
                if item.frame.index == result.frame.index:
                    item.result = result
                    break
            else:
                self._keep_boxes_of_one_that_left(result)
            self._changed.notify_all()

    def coded(self, frame: CodedFrame) -> bool:
        """A packet came from the source; False where the sink is too far behind to take it."""
        with self._changed:
            if not self._takes_coded:
                return True
            if self._closed or self._coded_bytes > _MOST_CODED_BYTES:
                return False
            self._coded.append(frame)
            self._coded_bytes += len(frame.data)
            self._changed.notify_all()
            return True

    def choose(self, *, frames: bool, coded: bool) -> None:
        """What the sink takes from now on; what it does not take is thrown away."""
        with self._changed:
            self._takes_frames, self._takes_coded = frames, coded
            if not frames:
                self._items.clear()
            if not coded:
                self._throw_coded_away()
            self._changed.notify_all()

    def put(self, result: FrameResult) -> None:
        """Hand on a result and nothing else, waiting for room. Raises ChannelClosed."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or len(self._items) < QUEUED_FRAMES)
            if self._closed:
                raise ChannelClosed
            self._items.append(_Waiting(result.frame, result))
            self._changed.notify_all()

    def get(self) -> FrameResult | CodedFrame:
        """The next packet, or frame with the boxes that it carries.

        Raises ChannelClosed at the end.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._coded or self._is_due() or self._closed)
            if self._coded:
                frame = self._coded.popleft()
                self._coded_bytes -= len(frame.data)
                return frame
            if not self._items:
                raise ChannelClosed
            item = self._items.popleft()
            self._changed.notify_all()
            if item.result is not None:
                self._last = item.result
                return item.result
            return self._with_last_boxes(item.frame)

    def close(self) -> None:
        """Nothing will follow; what is inside can still be taken."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def cancel(self) -> None:
        """Throw away what is inside and end every wait."""
        with self._changed:
            self._items.clear()
            self._throw_coded_away()
            self._closed = True
            self._changed.notify_all()

    def _throw_coded_away(self) -> None:
        self._coded.clear()
        self._coded_bytes = 0

    def _is_due(self) -> bool:
        if not self._items:
            return False
        first = self._items[0]
        is_settled = first.result is not None or first.frame.index < self._settled_to
        return is_settled or self._closed or len(self._items) > _most_waiting(first.frame)

    def _keep_boxes_of_one_that_left(self, result: FrameResult) -> None:
        # It waited too long and went without; its boxes are still the newest.
        is_first = not self._items or result.frame.index < self._items[0].frame.index
        if is_first:
            self._last = result

    def _with_last_boxes(self, frame: Frame) -> FrameResult:
        last = self._last
        if last is None or (last.frame.width, last.frame.height) != (frame.width, frame.height):
            return without_boxes(frame)
        return replace(last, frame=frame)


def without_boxes(frame: Frame) -> FrameResult:
    """A frame that no model has seen."""
    return FrameResult(frame, -1, (SideResult(Detections.empty(), _NO_TIMES, ""),))


def _most_waiting(frame: Frame) -> int:
    fitting = int(_MOST_BYTES / (frame.width * frame.height * _BYTES_PER_PIXEL))
    return max(_LEAST_WAITING, min(fitting, _MOST_WAITING))
