"""Which stamp of a picture tells when it is shown."""

from __future__ import annotations

import math

import av


class DisplayStamps:
    """The time of display, or that of decoding where the former turns out to be made up.

    Some files tell times of decoding only (AVI; MXF without the order of its pictures), and FFmpeg
    gives them as those of display too, where they step back. Those of decoding then rise in the
    order in which pictures come. It is the `best_effort_timestamp` of libavcodec's decode.c, which
    PyAV does not hand out.
    """

    def __init__(self, *, by_display: bool, may_change: bool) -> None:
        """`by_display`: it begins with the time of display; `may_change`: it need not stay so."""
        self._by_display = by_display
        self._may_change = may_change and by_display
        self._wrong_display = self._wrong_decoding = 0
        self._last_display = self._last_decoding = -math.inf

    def of(self, picture: av.VideoFrame) -> int | None:
        """The stamp of the next picture, in the order in which they come; None: it has none."""
        if not self._may_change:
            return picture.pts if self._by_display else picture.dts
        shown, decoded = picture.pts, picture.dts
        if shown is not None and decoded is not None:
            self._wrong_display += shown <= self._last_display
            self._wrong_decoding += decoded <= self._last_decoding
            self._last_display, self._last_decoding = shown, decoded
        return shown if self._wrong_display <= self._wrong_decoding else decoded

    def clear(self) -> None:
        """Pictures of another place follow."""
        self._last_display = self._last_decoding = -math.inf
