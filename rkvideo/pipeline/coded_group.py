"""The packets since the last keyframe: what a copy that begins now needs of the past."""

from __future__ import annotations

from typing import Final, Protocol

from rkvideo.data import CodedFrame

# Ten seconds of a camera of 25 Mbit/s; a group that is larger is not kept, and a copy then begins
# with the next keyframe.
_MOST_BYTES: Final = 32 << 20


class _Taker(Protocol):
    def send_coded(self, frame: CodedFrame) -> None: ...


class CodedGroup:
    """Keeps the newest keyframe and what follows it. Its owner locks it."""

    def __init__(self) -> None:
        self._frames: list[CodedFrame] = []
        self._bytes = 0

    def add(self, frame: CodedFrame) -> None:
        """Keep a picture if it can be decoded from those that are kept."""
        if frame.keyframe:
            self._frames.clear()
            self._bytes = 0
        elif not self._frames or self._frames[0].template is not frame.template:
            self._frames.clear()
            return
        self._frames.append(frame)
        self._bytes += len(frame.data)
        if self._bytes > _MOST_BYTES:
            self._frames.clear()

    def give_to(self, taker: _Taker) -> None:
        """Send what is kept."""
        for frame in self._frames:
            taker.send_coded(frame)
