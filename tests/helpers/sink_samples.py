"""Results to write to sinks, and files read back."""

from __future__ import annotations

import resource
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from rkvideo.data import Detections, Frame, FrameResult, SideResult, StageTimings, StreamInfo
from rkvideo.sinks.base import Sink
from rkvideo.status import FrameCounts, RunState, RunStatus, RunTitles

TITLES = RunTitles("clip.mp4", "tiny@64", "simulated x3", ("person", "car", "Café"))
STATUS = RunStatus(RunState.RUNNING, FrameCounts(dropped=7, late=2, failed=1))
INFO = StreamInfo("clip.mp4", 320, 240, Fraction(25), None, live=False)
_NO_TIME = StageTimings(0, 0, 0, 0, 0, 0, 0, 0)


def grey_picture(width: int = 320, height: int = 240, level: int = 100) -> av.VideoFrame:
    """A yuv420p picture of one grey: every byte of its luma is `level`."""
    picture = av.VideoFrame(width, height, "yuv420p")
    for plane, value in zip(picture.planes, (level, 128, 128), strict=True):
        np.frombuffer(plane, np.uint8)[:] = value
    return picture


def noise_picture(seed: int, width: int = 320, height: int = 240) -> av.VideoFrame:
    """A picture that no encoder makes small."""
    pixels = np.random.default_rng(seed).integers(0, 255, (height, width, 3), dtype=np.uint8)
    return av.VideoFrame.from_ndarray(pixels, "rgb24")


def found(*rows: tuple[float, float, float, float, float, int]) -> Detections:
    """Detections from rows of x1, y1, x2, y2, score, class id."""
    table = np.array(rows, np.float32).reshape(-1, 6)
    return Detections(
        table[:, :4].copy(), table[:, 4].copy(), np.array([row[5] for row in rows], np.int32)
    )


def result(
    index: int,
    pts_s: float | None = None,
    picture: av.VideoFrame | None = None,
    detections: Detections | None = None,
) -> FrameResult:
    """A result; by default a grey picture without boxes, 25 per second."""
    frame = Frame(
        index=index,
        pts_s=index / 25 if pts_s is None else pts_s,
        captured_s=0,
        decode_s=0,
        held=grey_picture() if picture is None else picture,
    )
    side = SideResult(detections or Detections.empty(), _NO_TIME, TITLES.model, TITLES.labels)
    return FrameResult(frame, 0, (side,))


def read_video(path: Path | str) -> list[av.VideoFrame]:
    """Every picture of a video file."""
    with av.open(str(path)) as container:
        return list(container.decode(video=0))


def pts_of(frames: list[av.VideoFrame]) -> list[int]:
    """Presentation times in the units of the file's time base."""
    return [frame.pts for frame in frames]


def write_many(sink: Sink, results: Iterable[FrameResult]) -> None:
    """Write all of them, or those before an error."""
    for each in results:
        sink.write(each, STATUS)


@contextmanager
def file_size_limit(limit: int) -> Iterator[None]:
    """No file of this process can grow beyond `limit` bytes: a real EFBIG."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
