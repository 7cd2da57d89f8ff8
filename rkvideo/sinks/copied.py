"""One file of packets as a source codes them: nothing is decoded, nothing is encoded."""

from __future__ import annotations

import errno
from pathlib import Path

import av
import av.error

from rkvideo.data import CodedFrame
from rkvideo.sinks.containers import TIME_BASE, close_output, open_output

COPIED: dict[str, frozenset[str]] = {
    ".mp4": frozenset({"h264", "hevc", "av1", "vp9", "mpeg4", "mjpeg"}),
    ".mkv": frozenset({"h264", "hevc", "av1", "vp8", "vp9", "mpeg4", "mjpeg"}),
}
"""What is copied, by suffix. Left out is what a container takes but few programs play from it, and
what is not compressed: a camera's yuyv422 would be 50 MB/s."""


class CopiedFile:
    """A file being written; every method raises av.FFmpegError where libav fails.

    It does so too where the container takes no such codec. `path` exists and is empty. `first` is a
    keyframe and tells codec and size of what follows.
    """

    def __init__(self, path: Path, first: CodedFrame, comment: str = "") -> None:
        self.path = path
        self.has_packets = False
        self._first_pts_s = first.pts_s
        self._last_dts: int | None = None
        self._container = open_output(path, comment)
        try:
            self._stream = self._container.add_stream_from_template(first.template)
        except ValueError as error:
            self._container.close()
            raise av.error.InvalidDataError(errno.EINVAL, str(error)) from error

    def add(self, frame: CodedFrame) -> None:
        """Write one picture, in the order of decoding."""
        dts = self._ticks(frame.dts_s)
        if self._last_dts is not None:
            dts = max(dts, self._last_dts + 1)
        self._last_dts = dts
        packet = av.Packet(frame.data)
        packet.dts, packet.pts = dts, max(dts, self._ticks(frame.pts_s))
        packet.time_base, packet.is_keyframe = TIME_BASE, frame.keyframe
        packet.stream = self._stream
        self._container.mux_one(packet)
        self.has_packets = True

    def finish(self) -> None:
        """Close the file."""
        close_output(self._container, self.path, has_packets=self.has_packets)

    def _ticks(self, seconds: float) -> int:
        return round((seconds - self._first_pts_s) / TIME_BASE)
