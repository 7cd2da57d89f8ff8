"""Records what the window shows, or the same pictures without anything drawn on them."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import av

from rkvideo.config import RecordCodec, RecordQuality
from rkvideo.data import CodedFrame, FrameResult, StreamInfo
from rkvideo.pictures.canvas import CanvasMaker, SharedPictures
from rkvideo.pictures.overlay import Look, hud_line
from rkvideo.pictures.painter import PlanePainter, new_memory
from rkvideo.pictures.result_painter import paint_result
from rkvideo.sinks.base import (
    RECORDING,
    Encoding,
    FileSink,
    TakesFrames,
    TakesPackets,
    Telling,
    TitlesSource,
    titles_now,
)
from rkvideo.sinks.clip import Clip
from rkvideo.stats import StatsSnapshot
from rkvideo.status import RunStatus

_FIGURES_S = 0.5
"""How long figures are drawn before they are asked for again: percentiles of five seconds, made
under the lock that every thread of the run takes. Faster than that nobody reads them."""


class _ClipSink:
    """A sink that writes a clip: the pictures as they are, with the source's own times."""

    def __init__(
        self,
        path: Path,
        quality: RecordQuality = "medium",
        *,
        codec: RecordCodec = "h264",
        every_frame: bool = True,
        elsewhere: bool = False,
        comment: str = "",
    ) -> None:
        self.every_frame = every_frame
        self._clip = Clip(path, quality, codec=codec, elsewhere=elsewhere, comment=comment)
        self._shared = SharedPictures()

    @property
    def name(self) -> str:
        """What to call it in a status or an error."""
        return RECORDING

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files that were begun, oldest first; from any thread."""
        return self._clip.paths

    @property
    def size_bytes(self) -> int:
        """How large these files are together; from any thread."""
        return self._clip.size_bytes

    @property
    def seconds(self) -> float:
        """How long they are by now; from any thread."""
        return self._clip.seconds

    def told(self) -> tuple[str, ...]:
        """See Telling."""
        return self._clip.told()

    @property
    def encoder(self) -> str:
        """See Encoding."""
        return self._clip.encoder

    def open(self, info: StreamInfo) -> None:
        """Check that the file can be created later. Raises SinkOpenError."""
        self._clip.open(info)

    def write(self, result: FrameResult, status: RunStatus) -> None:
        """Encode one picture. Raises SinkWriteError."""
        with self._clip.errors_mapped():
            picture = self._picture_of(result, status)
        self._clip.add(picture, result.frame, status.stream)

    def close(self) -> tuple[str, ...]:
        """Finish the file; gives the files that were written, in order. Raises SinkWriteError."""
        return self._clip.close()

    def _picture_of(self, result: FrameResult, _status: RunStatus) -> av.VideoFrame:
        return self._shared.share(result.frame.picture)


class _LastingFigures:
    """The figures of a run, asked for once in `_FIGURES_S`."""

    def __init__(self, stats: Callable[[], StatsSnapshot], clock: Callable[[], float]) -> None:
        self._stats, self._clock = stats, clock
        self._newest = StatsSnapshot()
        self._due_s = -math.inf

    def now(self) -> StatsSnapshot:
        now_s = self._clock()
        if now_s >= self._due_s:
            self._newest, self._due_s = self._stats(), now_s + _FIGURES_S
        return self._newest


class Recorder(_ClipSink):
    """A sink of the pictures with their boxes, and the HUD if wanted.

    `look` is asked for each frame how to draw them, so that the clip follows the window.
    """

    def __init__(
        self,
        path: Path,
        titles: TitlesSource,
        stats: Callable[[], StatsSnapshot],
        hud: bool = True,
        look: Callable[[], Look] = Look,
        quality: RecordQuality = "medium",
        *,
        codec: RecordCodec = "h264",
        every_frame: bool = True,
        elsewhere: bool = False,
        comment: str = "",
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        super().__init__(
            path,
            quality,
            codec=codec,
            every_frame=every_frame,
            elsewhere=elsewhere,
            comment=comment,
        )
        self._titles = titles
        self._stats = _LastingFigures(stats, clock)
        self._hud = hud
        self._look = look
        self._canvases = CanvasMaker()
        self._memory = new_memory()

    def _picture_of(self, result: FrameResult, status: RunStatus) -> av.VideoFrame:
        is_pair = len(result.sides) > 1
        if not self._hud and not is_pair and not len(result.first.detections):
            return super()._picture_of(result, status)
        canvas = self._canvases.copy(result.frame.picture)
        titles, look = titles_now(self._titles), self._look()
        paint_result(canvas, result, titles, look, self._memory)
        if self._hud:
            extra: tuple[str, ...] = (f"B {result.sides[1].model}",) if is_pair else ()
            if damaged := status.source.damaged:
                extra += (f"damaged {damaged}",)
            line = hud_line(titles.of(result.first), self._stats.now(), status.counts, extra)
            PlanePainter(canvas, look).draw_hud(line)
        return canvas.picture


class RawRecorder(_ClipSink):
    """A sink of the pictures with nothing drawn on them.

    Where a live source gives packets that the container takes, they are copied as they are: nothing
    is lost and nothing is encoded. Else the decoded pictures are encoded.
    """

    _copies = False

    @property
    def copies(self) -> bool:
        """See TakesPackets."""
        return self._copies

    @property
    def copies_only(self) -> bool:
        """See TakesPackets."""
        return self._copies

    @property
    def sees_pictures(self) -> bool:
        """See WithoutPictures: what is copied was never decoded."""
        return not self._copies

    def open(self, info: StreamInfo) -> None:
        """Check that the file can be created later, and how. Raises SinkOpenError."""
        self._copies = self.every_frame and self._clip.can_copy(info.codec)
        self._clip.open(info, encodes=not self._copies)

    def write_coded(self, frame: CodedFrame) -> None:
        """See TakesPackets."""
        self._clip.copy(frame)


class PairRecorder:
    """A sink that writes each frame to two others: both files have the same frames and times.

    Where the second one copies what the source has coded, its file begins with a keyframe.

    Two sinks of a run would each lose frames of their own where the disk is slow, and begin at
    another frame where a recording starts within the run. An error of one ends both.
    """

    def __init__(self, first: FileSink, second: FileSink) -> None:
        self._first = first
        self._second = second
        self._shared = SharedPictures()
        self.every_frame = isinstance(first, TakesFrames) and first.every_frame

    @property
    def name(self) -> str:
        """What to call it in a status or an error."""
        return RECORDING

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files that were begun; from any thread."""
        return (*self._first.paths, *self._second.paths)

    @property
    def size_bytes(self) -> int:
        """How large these files are together; from any thread."""
        return self._first.size_bytes + self._second.size_bytes

    @property
    def seconds(self) -> float:
        """How long the first one is by now; from any thread."""
        return self._first.seconds

    def told(self) -> tuple[str, ...]:
        """See Telling."""
        both = (self._first, self._second)
        return tuple(text for sink in both if isinstance(sink, Telling) for text in sink.told())

    @property
    def encoder(self) -> str:
        """See Encoding: the first one always encodes."""
        return self._first.encoder if isinstance(self._first, Encoding) else ""

    def open(self, info: StreamInfo) -> None:
        """Open both. Raises SinkOpenError."""
        self._first.open(info)
        self._second.open(info)

    def write(self, result: FrameResult, status: RunStatus) -> None:
        """Write one frame to both. Raises SinkWriteError."""
        if self.copies:
            self._first.write(result, status)
            return
        both = self._in_planes(result)
        self._first.write(both, status)
        self._second.write(both, status)

    def _in_planes(self, result: FrameResult) -> FrameResult:
        """The same in what both encode, so that it is made once."""
        frame = result.frame
        try:
            return replace(result, frame=replace(frame, held=self._shared.planes(frame.picture)))
        except av.FFmpegError:
            # Each of them says so in its own words.
            return result

    @property
    def copies(self) -> bool:
        """See TakesPackets: whether the second one does."""
        return isinstance(self._second, TakesPackets) and self._second.copies

    @property
    def copies_only(self) -> bool:
        """See TakesPackets: the first one draws on what was decoded."""
        return False

    def write_coded(self, frame: CodedFrame) -> None:
        """See TakesPackets."""
        if isinstance(self._second, TakesPackets):
            self._second.write_coded(frame)

    def close(self) -> tuple[str, ...]:
        """Finish the files of both, whatever happened to one. Raises SinkWriteError."""
        try:
            files = self._first.close()
        finally:
            more = self._second.close()
        return (*files, *more)
