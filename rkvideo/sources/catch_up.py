"""Which packets are not worth decoding because newer ones wait: the newest picture is chosen."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rkvideo.sources.arrival import VideoPacket
    from rkvideo.sources.references import References

FAR_BEHIND_S = 0.25
"""Lag of the decoder from which on single pictures do not help any more. With the pictures before
the next keyframe and one inference a run then stays under half a second."""

CATCH_UP_S = 0.5
"""A decoder that is back with its source within this time only had a hiccup: leaving out up to the
next keyframe, which some cameras send every ten seconds, would cost more than it gives."""

MOST_WITHOUT_KEYFRAME = 250
"""Packets to leave out while waiting for a keyframe: ten seconds at 25 per second. A camera that
refreshes its picture bit by bit never sends one."""

MOST_AFTER_KEYFRAME = 900
"""The same for a stream that has sent one: half a minute at 30 per second. What is decoded without
its keyframe is grey."""

WORTH_TELLING = 25
"""Frames left out from which on a notice says so; one hiccup at the start is none of a user's."""

LEFT_OUT_NOTICE = (
    "the decoder is slower than the source: frames are left out before decoding and count as"
    " dropped; a smaller or slower stream, or a hardware decoder (--hwdec), would lose none, and a"
    " keyframe every second or two fewer"
)

_SAMPLES = 8
_FEWEST_SAMPLES = 2
_WAITED = 0.2
"""A packet that is behind by less than this share of the interval was waited for: the time since
the one before it says nothing of the decoder."""


def told(left_out: int) -> tuple[str, ...]:
    """The notice of frames left out, where there are enough of them."""
    return (LEFT_OUT_NOTICE,) if left_out >= WORTH_TELLING else ()


class CatchUp:
    """Decides of each packet, in the order of decoding, whether it is decoded.

    When the decoder is more than a frame behind, pictures that no other needs are left out; when
    that is not enough, all up to the next keyframe. `left_out` counts both.
    """

    def __init__(self, *, needs_keyframe: bool = False) -> None:
        """`needs_keyframe`: the source is joined in the middle; what comes first is no loss."""
        self.left_out = 0
        self._without_keyframe: int | None = 0 if needs_keyframe else None
        self._most_without = MOST_WITHOUT_KEYFRAME
        self._is_joining = needs_keyframe
        self._asked_s: float | None = None
        self._costs_s: deque[float] = deque(maxlen=_SAMPLES)

    def wants(
        self,
        *,
        keyframe: bool,
        disposable: bool,
        due_s: float,
        now_s: float,
        interval_s: float,
    ) -> bool:
        """Whether to decode a packet that was due at `due_s`; asked once, when its turn is.

        `interval_s` is from one packet to the next, as the source sends them.
        """
        behind_s = now_s - due_s
        self._note_cost(now_s, behind_s, interval_s)
        if keyframe:
            self._most_without = MOST_AFTER_KEYFRAME
        if self._without_keyframe is not None:
            self._without_keyframe += 1
            if not keyframe and self._without_keyframe <= self._most_without:
                return self._leave_out()
            self._without_keyframe, self._is_joining = None, False
        if behind_s > FAR_BEHIND_S and self._is_hopeless(behind_s, interval_s):
            self._without_keyframe = 0
            return self._leave_out()
        if disposable and behind_s > interval_s:
            return self._leave_out()
        return True

    def _note_cost(self, now_s: float, behind_s: float, interval_s: float) -> None:
        if self._asked_s is not None and behind_s > interval_s * _WAITED:
            self._costs_s.append(now_s - self._asked_s)
        self._asked_s = now_s

    def _is_hopeless(self, behind_s: float, interval_s: float) -> bool:
        if len(self._costs_s) < _FEWEST_SAMPLES:
            return False
        # The longest is left out: once in a while the machine does something else.
        cost_s = (sum(self._costs_s) - max(self._costs_s)) / (len(self._costs_s) - 1)
        spare_s = interval_s - cost_s
        return spare_s <= 0 or behind_s * cost_s / spare_s > CATCH_UP_S

    def _leave_out(self) -> bool:
        self.left_out += not self._is_joining
        return False


class FileCatchUp:
    """The same for packets that wait, as those of a file that plays as a camera.

    When each is due follows from how late the last picture was and how long each packet lasts.
    """

    def __init__(self) -> None:
        self._catch_up = CatchUp()
        self._next_due_s: float | None = None
        self._references: References | None = None

    def reads(self, references: References) -> None:
        """What tells of the packets that follow which of them no other needs."""
        self._references = references

    @property
    def left_out(self) -> int:
        """Packets that were not decoded so far."""
        return self._catch_up.left_out

    def restart(self) -> None:
        """The file begins: the picture that it starts with is decoded however late it is."""
        self._next_due_s = None

    def tell(self, behind_s: float, now_s: float) -> None:
        """The next picture is already `behind_s` late."""
        self._next_due_s = now_s - behind_s

    def wants(self, packet: VideoPacket, interval_s: float, now_s: float) -> bool:
        """Whether to decode a packet; all, where nothing was told."""
        if self._next_due_s is None or not packet.size:
            return True
        if packet.duration and packet.time_base:
            interval_s = float(packet.duration * packet.time_base)
        due_s, self._next_due_s = self._next_due_s, self._next_due_s + interval_s
        return self._catch_up.wants(
            keyframe=packet.is_keyframe,
            disposable=self._references is not None and self._references.is_disposable(packet),
            due_s=due_s,
            now_s=now_s,
            interval_s=interval_s,
        )
