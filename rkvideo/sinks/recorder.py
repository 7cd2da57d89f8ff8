"""Records what the window shows, or the same pictures without anything drawn on them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import av

from rkvideo.choices import RecordQuality
from rkvideo.data import FrameResult, RunStatus, StreamInfo
from rkvideo.overlay import Look, hud_lines
from rkvideo.sinks.base import RAW_RECORDING, RECORDING
from rkvideo.sinks.canvas import CanvasMaker, SharedPictures
from rkvideo.sinks.clip import Clip
from rkvideo.sinks.painter import PlanePainter
from rkvideo.sinks.titles import TitlesSource, titles_now
from rkvideo.stats import StatsSnapshot


class _ClipSink:
    """A sink that writes a clip: the pictures as they are, with the source's own times."""

    def __init__(self, path: Path, quality: RecordQuality, name: str) -> None:
        self._clip = Clip(path, quality)
        self._name = name
        self._shared = SharedPictures()

    @property
    def name(self) -> str:
        """What to call it in a status or an error."""
        return self._name

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files that were begun, oldest first; from any thread."""
        return self._clip.paths

    @property
    def size_bytes(self) -> int:
        """How large these files are together; from any thread."""
        return self._clip.size_bytes

    def open(self, info: StreamInfo) -> None:
        """Check that the file can be created later. Raises SinkOpenError."""
        self._clip.open(info)

    def write(self, result: FrameResult, status: RunStatus) -> None:
        """Encode one picture. Raises SinkWriteError."""
        with self._clip.errors_mapped():
            picture = self._picture_of(result, status)
        self._clip.add(picture, result.frame.pts_s)

    def close(self) -> tuple[str, ...]:
        """Finish the file; gives the files that were written, in order. Raises SinkWriteError."""
        return self._clip.close()

    def _picture_of(self, result: FrameResult, _status: RunStatus) -> av.VideoFrame:
        return self._shared.share(result.frame.picture)


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
    ) -> None:
        super().__init__(path, quality, RECORDING)
        self._titles = titles
        self._stats = stats
        self._hud = hud
        self._look = look
        self._canvases = CanvasMaker()

    def _picture_of(self, result: FrameResult, status: RunStatus) -> av.VideoFrame:
        if not self._hud and not len(result.detections):
            return super()._picture_of(result, status)
        canvas = self._canvases.copy(result.frame.picture)
        titles = titles_now(self._titles)
        painter = PlanePainter(canvas, self._look())
        painter.draw_boxes(result.detections, titles)
        if self._hud:
            painter.draw_hud(hud_lines(titles, self._stats(), status.counts))
        return canvas.picture


class RawRecorder(_ClipSink):
    """A sink of the pictures with nothing drawn on them.

    `beside` an annotated one it is called `raw recording`; alone it is the recording.
    """

    def __init__(
        self, path: Path, quality: RecordQuality = "medium", *, beside: bool = False
    ) -> None:
        super().__init__(path, quality, RAW_RECORDING if beside else RECORDING)
