"""The clock of a live source: from the stamps of its packets to the time that really passes.

Stamps have no network jitter, so they give the spacing. Arrivals are the truth, so the line from
stamps to the clock is anchored to them: it follows drifts slowly, and is anchored anew where the
stamps jump, repeat, run backwards or pass at another rate. OBS Studio leaves a source's stamps at
a step of 2 s as well (`MAX_TS_VAR` in libobs/obs-source.c).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from fractions import Fraction

from rkvideo.sources.backlog import Backlog
from rkvideo.sources.lumps import Lumps
from rkvideo.sources.rate_watch import RateWatch
from rkvideo.sources.timeline import DEFAULT_RATE

JUMP_S = 2.0
"""A step of the stamps that exceeds that of the arrivals by more is a jump. So is a distance from
the line that stays larger for as long: a stall of the network ends with a burst that makes it up.
"""

_SETTLING_S = 2.0
"""At first packets come at once that waited in the server (a group of pictures) or in the probing
of the demuxer. What they tell of the line is only that it lies earlier."""

_AT_ONCE = 0.25
"""A packet that comes within this share of its step had waited with the one before it."""

_EARLY_S = 1.0
_LATE_S = 5.0
"""Time constants by which the line follows a packet that comes before its place, and after it. The
network only delays, so the earliest packets are nearest to the truth."""

_SLOWEST = 0.5
"""Where the line was ahead of the clock, it goes on at this share of its speed until it is not."""

_LEAST_STEP_S = 0.001
"""More than one tick of every common time base: what is recorded rises by a tick at least."""

_STEP_S = 0.25
_USUAL_STEPS = 8
"""A step that exceeds that of the arrivals by more than `_STEP_S`, and twice the longest of the
last ones, and gives a packet that is earlier than any before it, is one of the source's clock: no
network is faster than its fastest. Where packets had waited, their steps are the usual ones."""

_LUMPS_FASTER = 0.99
"""Without stamps the line of lumps runs a little fast: what is early is followed at once."""

_SMOOTHING = 0.1
"""Weight of the newest step in the mean interval."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a packet lies. `media_s` counts from the first packet of all; `due_s` is a stamp.

    `by_stamp` is False where the stamp was not believed, so that what it says beside (when the
    picture is shown, pts - dts) is not either.
    """

    media_s: float
    due_s: float
    by_stamp: bool


@dataclass(frozen=True, slots=True)
class _Packet:
    """What was seen of a packet: its stamp, whether that is surely its own, when it arrived."""

    stamp_s: float | None
    is_sure: bool
    arrived_s: float


class StreamClock:
    """Places the packets of a live source, in the order of decoding; it outlives a reconnect.

    `anchors` counts how often the line was anchored anew while a connection lasted. `fell_behind`
    says that the pictures once came ever later than their stamps.
    """

    def __init__(self) -> None:
        self.anchors = 0
        self.fell_behind = False
        self.interval_s = float(1 / DEFAULT_RATE)
        """Seconds from one packet to the next, a mean over the last ones."""
        self._origin_s: float | None = None
        self._media_s: float | None = None
        self._connections = 0
        self.begin(None)

    def begin(
        self, rate: Fraction | None, *, has_stamps: bool = True, in_bursts: bool = False
    ) -> None:
        """Another connection. `has_stamps` is False where the demuxer makes the stamps up.

        With `in_bursts` the source comes a segment at a time and is played from the first packet
        on at its own speed; where a segment is late, everything after it is.
        """
        if rate:
            self.interval_s = float(1 / rate)
        self._has_stamps = has_stamps
        self._in_bursts = in_bursts
        self._watch = RateWatch()
        self._backlog = Backlog()
        self._lumps = Lumps()
        self._steps_s: deque[float] = deque(maxlen=_USUAL_STEPS)
        self._last: _Packet | None = None
        self._gaps_s: list[float] = []
        self._shift_s = 0.0
        self._began_s = 0.0
        self._off_since_s: float | None = None
        self._was_anchored = False

    def place(
        self, stamp_s: float | None, arrived_s: float, handed_s: float, *, is_sure: bool = True
    ) -> Placed:
        """Place a packet that arrived at `arrived_s` and could be decoded from `handed_s` on.

        `stamp_s` are seconds of the source's own clock, None where it has none. Where it says when
        the picture is shown, because nobody knows yet when it is decoded, `is_sure` is False.
        """
        last = self._last
        if last is None:
            # Of RTSP that is joined within a group of pictures FFmpeg makes the first stamp up.
            self._last = _Packet(stamp_s, False, arrived_s)
            return self._first(stamp_s, arrived_s, handed_s)
        self._last = newest = _Packet(stamp_s, is_sure or self._is_settled(arrived_s), arrived_s)
        gap_s = max(0.0, arrived_s - last.arrived_s)
        if stamp_s is None or not self._has_stamps:
            return self._without_stamp(stamp_s, arrived_s, handed_s, gap_s)
        if last.stamp_s is None:
            # RTSP gives its very first packet none.
            return self._join(stamp_s, arrived_s, handed_s, gap_s)
        step_s = stamp_s - last.stamp_s
        if (
            step_s <= 0
            or step_s - gap_s > JUMP_S
            or self._has_stepped(step_s - gap_s, stamp_s, arrived_s)
        ):
            self._backlog = Backlog()
            if not (last.is_sure and newest.is_sure):
                return self._join(stamp_s, arrived_s, handed_s, gap_s)
            self._watch.start_over()
            return self._anchor(stamp_s, arrived_s, handed_s)
        if not self._in_bursts and self._backlog.grows(stamp_s, arrived_s):
            self.fell_behind = True
        if not self._passes_as_arrivals(step_s, gap_s, arrived_s):
            return self._without_stamp(stamp_s, arrived_s, handed_s, gap_s)
        if self._stays_off(stamp_s, arrived_s):
            return self._anchor(stamp_s, arrived_s, handed_s)
        self._was_anchored = False
        self._steps_s.append(step_s)
        self._note_interval(step_s)
        return self._by_stamp(stamp_s, arrived_s, handed_s, gap_s, step_s)

    @property
    def has_placed(self) -> bool:
        """Whether a packet was placed, of this connection or of one before."""
        return self._media_s is not None

    @property
    def _origin(self) -> float:
        """The stamp of the clock at which the line is 0."""
        if self._origin_s is None:
            raise RuntimeError("the line has no origin before the first packet")
        return self._origin_s

    def _first(self, stamp_s: float | None, arrived_s: float, handed_s: float) -> Placed:
        self._connections += 1
        self._began_s = arrived_s
        if self._origin_s is None:
            self._origin_s = arrived_s
        placed = self._by_arrival(stamp_s, arrived_s, handed_s)
        if self._in_bursts:
            # The line before it was that of another buffer; this one begins to play now.
            self._origin_s = handed_s - placed.media_s
        return Placed(placed.media_s, handed_s, self._has_stamps)

    def _anchor(self, stamp_s: float, arrived_s: float, handed_s: float) -> Placed:
        if not self._was_anchored:
            self.anchors += 1
        self._was_anchored = True
        self._off_since_s = None
        placed = self._by_arrival(stamp_s, arrived_s, handed_s)
        return Placed(placed.media_s, placed.due_s, by_stamp=True)

    def _by_arrival(self, stamp_s: float | None, arrived_s: float, handed_s: float) -> Placed:
        media_s = self._rise_to(arrived_s - self._origin)
        self._shift_s = media_s - (stamp_s or 0.0)
        return Placed(media_s, handed_s, by_stamp=False)

    def _without_stamp(
        self, stamp_s: float | None, arrived_s: float, handed_s: float, gap_s: float
    ) -> Placed:
        """Where no stamp is believed: as it arrived, or evenly where it arrives in lumps."""
        self._make_up_opening(gap_s)
        interval_s = self._lumps.even_s
        self._note_interval(gap_s if interval_s is None else interval_s)
        if self._is_settled(arrived_s):
            self._lumps.note(arrived_s, gap_s, self.interval_s)
        if interval_s is None:
            return self._by_arrival(stamp_s, arrived_s, handed_s)
        step_s = interval_s * _LUMPS_FASTER
        self._shift_s = self._media_s or 0.0
        placed = self._on_line(step_s, arrived_s, handed_s, gap_s, step_s)
        self._shift_s = placed.media_s - (stamp_s or 0.0)
        return replace(placed, by_stamp=False)

    def _make_up_opening(self, gap_s: float) -> None:
        """Give the first picture back the time in which FFmpeg kept it.

        It opens a stream by two pictures and hands both out at once, when the second one came. How
        long the first one had waited is told by the next gap; at one picture a second it is one.
        """
        if self._has_stamps or self._connections > 1 or len(self._gaps_s) > 1:
            return
        self._gaps_s.append(gap_s)
        if len(self._gaps_s) > 1 and self._gaps_s[0] < gap_s * _AT_ONCE:
            self._origin_s = self._origin - (gap_s - self._gaps_s[0])

    def _join(self, stamp_s: float, arrived_s: float, handed_s: float, gap_s: float) -> Placed:
        """Set the line for a first stamp: its packet is taken to be an interval after the last."""
        step_s = max(gap_s, self.interval_s)
        self._shift_s = (self._media_s or 0.0) + step_s - stamp_s
        return self._by_stamp(stamp_s, arrived_s, handed_s, gap_s, step_s)

    def _by_stamp(
        self, stamp_s: float, arrived_s: float, handed_s: float, gap_s: float, step_s: float
    ) -> Placed:
        # The burst at the beginning is no lump that will come again.
        if self._is_settled(arrived_s):
            self._lumps.note(arrived_s, gap_s, self.interval_s)
        return self._on_line(stamp_s, arrived_s, handed_s, gap_s, step_s)

    def _on_line(
        self, stamp_s: float, arrived_s: float, handed_s: float, gap_s: float, step_s: float
    ) -> Placed:
        late_s = arrived_s - self._origin - (stamp_s + self._shift_s)
        if self._in_bursts:
            media_s = self._rise_to(stamp_s + self._shift_s)
            self._origin_s = self._origin + max(0.0, late_s)
            return Placed(media_s, max(handed_s, self._origin + media_s), by_stamp=True)
        if late_s < 0 and self._had_waited(gap_s, step_s, arrived_s):
            self._origin_s = self._origin + late_s
            late_s = 0.0
        elif late_s < 0:
            pull_s = late_s * min(1.0, max(gap_s, step_s) / _EARLY_S)
            self._shift_s += max(pull_s, -step_s * (1 - _SLOWEST))
        else:
            # Neither a stall nor the burst that makes it up says anything of the rates.
            self._shift_s += late_s * min(1.0, min(gap_s, step_s) / _LATE_S)
        media_s = self._rise_to(stamp_s + self._shift_s)
        hold_s = 0.0
        if self._is_settled(arrived_s):
            hold_s = self._lumps.hold(arrived_s, gap_s, late_s, self.interval_s)
        due_s = max(handed_s, self._origin + media_s + hold_s) if hold_s else handed_s
        return Placed(media_s, due_s, by_stamp=True)

    def _is_settled(self, arrived_s: float) -> bool:
        return arrived_s - self._began_s >= _SETTLING_S

    def _has_stepped(self, extra_s: float, stamp_s: float, arrived_s: float) -> bool:
        if self._in_bursts or len(self._steps_s) < _USUAL_STEPS:
            return False
        early_s = stamp_s + self._shift_s + self._origin - arrived_s
        return min(early_s, extra_s) > _STEP_S and extra_s > 2 * max(self._steps_s)

    def _had_waited(self, gap_s: float, step_s: float, arrived_s: float) -> bool:
        is_settling = self._connections == 1 and not self._is_settled(arrived_s)
        return is_settling and gap_s < step_s * _AT_ONCE

    def _passes_as_arrivals(self, step_s: float, gap_s: float, arrived_s: float) -> bool:
        # A segment may be longer than the window; it passes at its own rate by definition.
        if self._in_bursts or not self._is_settled(arrived_s):
            return True
        was_trusted = self._watch.trusted
        self._watch.add(step_s, gap_s)
        if was_trusted and not self._watch.trusted:
            self.anchors += 1
        return self._watch.trusted

    def _stays_off(self, stamp_s: float, arrived_s: float) -> bool:
        off_s = abs(arrived_s - self._origin - (stamp_s + self._shift_s))
        if self._in_bursts or off_s <= JUMP_S:
            self._off_since_s = None
            return False
        if self._off_since_s is None:
            self._off_since_s = arrived_s
        return arrived_s - self._off_since_s >= JUMP_S

    def _rise_to(self, media_s: float) -> float:
        if self._media_s is not None:
            media_s = max(media_s, self._media_s + _LEAST_STEP_S)
        self._media_s = media_s
        return media_s

    def _note_interval(self, step_s: float) -> None:
        self.interval_s += (min(step_s, 1.0) - self.interval_s) * _SMOOTHING
