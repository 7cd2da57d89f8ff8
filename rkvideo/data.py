"""The data that flows from a source to a window or a file.

All times are seconds. `pts_s` is the source's own clock; every other stamp is
`time.perf_counter()` of this process. Boxes are `x1, y1, x2, y2`. Arrays are read-only.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

from rkvideo.sizes.tiling import PictureTile

if TYPE_CHECKING:
    import av
    from av.video.stream import VideoStream


Tensor: TypeAlias = npt.NDArray[Any]
Array: TypeAlias = npt.NDArray[Any]
Float32Array: TypeAlias = npt.NDArray[np.float32]
Int32Array: TypeAlias = npt.NDArray[np.int32]
UInt8Array: TypeAlias = npt.NDArray[np.uint8]
BoolArray: TypeAlias = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class QuantisedTensor:
    """An int8 array whose value q stands for (q - zero_point) * scale; `scale` is above 0.

    Views of a part are quantised in the same way.
    """

    values: npt.NDArray[np.int8]
    scale: float
    zero_point: int

    @property
    def shape(self) -> tuple[int, ...]:
        """As of an array."""
        return self.values.shape

    @property
    def size(self) -> int:
        """As of an array."""
        return self.values.size

    def reshape(self, *shape: int) -> QuantisedTensor:
        """As of an array."""
        return self.of(self.values.reshape(*shape))

    def transpose(self, *axes: int) -> QuantisedTensor:
        """As of an array."""
        return self.of(self.values.transpose(*axes))

    def __getitem__(self, part: Any) -> QuantisedTensor:
        return self.of(self.values[part])

    def of(self, values: npt.NDArray[np.int8]) -> QuantisedTensor:
        """Other values that are quantised in the same way."""
        return QuantisedTensor(values, self.scale, self.zero_point)

    def numbers(self) -> Float32Array:
        """What the values stand for, in the shape of the array."""
        steps = self.values.astype(np.float32) - np.float32(self.zero_point)
        return steps * np.float32(self.scale)


OutputTensor: TypeAlias = "npt.NDArray[np.float32] | QuantisedTensor"
Outputs: TypeAlias = tuple[OutputTensor, ...]


@dataclass(frozen=True, slots=True)
class StreamInfo:
    """What a source says of itself once it is open.

    `name` is fit for a title or a log: it holds no password. `rate` is frames per second, None
    where the source does not know; `frames` is None for a live or unmeasured source. `decoder`
    is the decoder that was taken (`h264`, `h264_rkmpp`), empty where nothing is decoded.
    `duration_s` is None where a source has no end or does not know it; `seekable` says whether
    `Run.seek` does anything. `codec` is that of the packets that a live source gives besides
    (`h264`), empty where it gives none. `mixes_sizes` says that pictures of any size follow each
    other, as those of a folder do.
    """

    name: str
    width: int
    height: int
    rate: Fraction | None
    frames: int | None
    live: bool
    decoder: str = ""
    duration_s: float | None = None
    seekable: bool = False
    codec: str = ""
    mixes_sizes: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class CodedFrame:
    """One picture as the source codes it, fit to be copied into a file.

    `data` is the packet. `pts_s` and `dts_s`, when it is shown and decoded, lie on the source's own
    line of time, as those of a `Frame` do, but count from elsewhere. `template` is a stream of a
    container in memory that tells codec, size and headers; another one begins with each opening of
    the source.
    """

    data: bytes
    pts_s: float
    dts_s: float
    keyframe: bool
    template: VideoStream


class Lent(ABC):
    """A picture in memory of a video unit, which has little of it and wants it back.

    Every member is for any thread. It is no protocol: whether a picture is one is asked often.
    """

    width: int
    height: int

    @property
    @abstractmethod
    def hardware(self) -> av.VideoFrame | None:
        """The picture as the decoder gave it, None where it is not lent any more.

        Whoever holds it keeps the memory from its decoder.
        """

    @property
    @abstractmethod
    def is_gone(self) -> bool:
        """Whether it was let go, and nobody has it in ordinary memory."""

    @abstractmethod
    def in_memory(self) -> av.VideoFrame:
        """The picture in ordinary memory, in NV12; fetched by the first who asks.

        Raises DecodeError where it cannot be fetched, PictureGoneError where it was let go before.
        """

    @abstractmethod
    def whole_in_memory(self) -> av.VideoFrame:
        """The same, with what comes with it besides: its orientation, whether it has fields.

        It holds the interpreter up longer. Raises what `in_memory` raises.
        """

    @abstractmethod
    def let_go(self, *, keep: bool) -> None:
        """Give the memory back; `keep` says whether to fetch the picture before.

        Raises what `in_memory` raises.
        """


AnyPicture: TypeAlias = "av.VideoFrame | Lent"


def in_memory(picture: AnyPicture) -> av.VideoFrame:
    """The picture in ordinary memory, wherever it is. Raises what `Lent.in_memory` does."""
    return picture.in_memory() if isinstance(picture, Lent) else picture


def has_pixels(picture: AnyPicture) -> bool:
    """False where it went back to a video unit, and nobody wanted to see it."""
    return not (isinstance(picture, Lent) and picture.is_gone)


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture of a source.

    `index` counts from 0 in the order of decoding and never repeats within a run, also over a
    reconnect, a loop or a seek; `pts_s` rises with it. `captured_s` is when its data arrived,
    `decode_s` the time spent in the decoder. `position_s` is where the frame lies in its file,
    seconds from the file's start, None where the source has no start. The picture stays as the
    decoder made it: each consumer converts it in its own thread and none of them writes to it.
    `held` is where it lies: in ordinary memory, or lent by a video unit.

    `number` and `file` are those of a picture of a folder: its place among all of them, and its
    name. `shown_s` is how long it is to be shown, seconds, 0 where its source does not say.
    """

    index: int
    pts_s: float
    captured_s: float
    decode_s: float
    held: AnyPicture
    position_s: float | None = None
    number: int | None = None
    file: str = ""
    shown_s: float = 0.0

    @property
    def picture(self) -> av.VideoFrame:
        """The picture in ordinary memory; one that is lent is fetched once for all who ask.

        Raises what `Lent.in_memory` raises.
        """
        return in_memory(self.held)

    @property
    def has_picture(self) -> bool:
        """False where it went back to a video unit, and nobody wanted to see it."""
        return has_pixels(self.held)

    def let_go(self, *, keep: bool) -> None:
        """The model has its input: what is lent goes back, fetched before where `keep` says so.

        Raises what `Lent.in_memory` raises.
        """
        if isinstance(self.held, Lent):
            self.held.let_go(keep=keep)

    @property
    def width(self) -> int:
        """Width of the picture in pixels."""
        return self.held.width

    @property
    def height(self) -> int:
        """Height of the picture in pixels."""
        return self.held.height


@dataclass(frozen=True, slots=True)
class Letterbox:
    """How a source picture lies in a model's input: `input = source * scale + (left, top)`.

    `content_wh` is the size of the resized picture inside the input; what is left of the input
    is the letterbox pad. Of a tile `source_wh` is its size and `origin` its left and top in the
    picture.
    """

    source_wh: tuple[int, int]
    input_wh: tuple[int, int]
    content_wh: tuple[int, int]
    left: int
    top: int
    origin: tuple[int, int] = (0, 0)

    @property
    def scale(self) -> tuple[float, float]:
        """Input pixels a source pixel, across and down: sides are rounded each by itself."""
        return self.content_wh[0] / self.source_wh[0], self.content_wh[1] / self.source_wh[1]


UNNUMBERED = -1
"""The `track_id` of a box whose object was not seen often enough to have a number."""


@dataclass(frozen=True, slots=True, eq=False)
class Detections:
    """The boxes of one picture, best score first; nothing found is n = 0, never None.

    xyxy: float32 (n, 4) in source pixels, clipped to the picture. score: float32 (n,) in 0..1.
    class_id: int32 (n,). track_id: int32 (n,), the number of the object in the box, UNNUMBERED for
    one that has none yet; None where nothing tracks.
    """

    xyxy: Float32Array
    score: Float32Array
    class_id: Int32Array
    track_id: Int32Array | None = None

    def __post_init__(self) -> None:
        count = len(self.xyxy)
        if self.xyxy.shape != (count, 4):
            raise ValueError(f"xyxy has shape {self.xyxy.shape}, expected (n, 4)")
        for label, column in (
            ("score", self.score),
            ("class_id", self.class_id),
            ("track_id", self.track_id),
        ):
            if column is not None and column.shape != (count,):
                raise ValueError(f"{label} has shape {column.shape}, expected ({count},)")
        for array in (self.xyxy, self.score, self.class_id, self.track_id):
            if array is not None:
                array.flags.writeable = False

    def __len__(self) -> int:
        return len(self.xyxy)

    @property
    def track_ids(self) -> list[int]:
        """The number of each object, UNNUMBERED for all where nothing tracks."""
        return [UNNUMBERED] * len(self) if self.track_id is None else self.track_id.tolist()

    @staticmethod
    def empty() -> Detections:
        """No boxes."""
        return Detections(
            np.empty((0, 4), np.float32), np.empty(0, np.float32), np.empty(0, np.int32)
        )


@dataclass(frozen=True, slots=True)
class StageTimings:
    """Where the time of one frame went, in seconds.

    `read` is the time from when the frame's data began to arrive to when it was handed on, without
    `decode`: FFmpeg's parser, which holds a picture until the next one begins, the queue before the
    decoder, and the hold of a source that is paced. `wait` is the time between decoding and the
    start of the inference that was not spent on preprocessing: in the queue, and for a core that
    served another frame. It is never part of `infer`. `reorder` is the wait for the frames before
    it, `sink` that for a slow sink to take them: what is behind it waits too. `captured_s` and
    `emitted_s` are stamps: their difference is the latency up to the hand-over, and the sum of all
    stages; the window adds its own stamp when it has painted.

    In an A|B view each side has its own: both share `read`, `decode`, the time in the queue and
    `reorder`, and the `emitted_s` of one side is earlier by the time in which the worker served the
    other model. So the latency of a side is what it would be without the other.

    Where a picture is cut into tiles, several workers share them. `preprocess`, `infer` and
    `postprocess` are then those of the one that was the last to be done, all its tiles together,
    and `wait` is what is left of the time. `busy` is what every core was busy with it, together:
    the sum of all inferences, which is `infer` where there is one.
    """

    decode: float
    wait: float
    preprocess: float
    infer: float
    postprocess: float
    reorder: float
    captured_s: float
    emitted_s: float
    sink: float = 0.0
    read: float = 0.0
    busy: float = 0.0

    @property
    def total(self) -> float:
        """Seconds from the arrival of the frame's data to the hand-over of its boxes."""
        return self.emitted_s - self.captured_s


STAGES = ("read", "decode", "wait", "preprocess", "infer", "postprocess", "reorder", "sink")


@dataclass(frozen=True, slots=True, eq=False)
class SideResult:
    """What one model made of a frame. `model` is `NAME@WIDTHxHEIGHT`.

    `labels` names the classes of `detections`: a run may have switched to a model with others
    since, so `RunTitles.of(side)` and not the titles of the run reads a class id. `tiles` are what
    the model looked at, the whole picture first; empty where that was all.
    """

    detections: Detections
    timings: StageTimings
    model: str
    labels: tuple[str, ...] = ()
    tiles: tuple[PictureTile, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class FrameResult:
    """A frame with what its models made of it; `worker` is the number of who ran them.

    `sides` is one, or A and B of an A|B view in this order; it is never empty.
    """

    frame: Frame
    worker: int
    sides: tuple[SideResult, ...]

    @property
    def first(self) -> SideResult:
        """The side that is always there: that of the model in use, A of an A|B view."""
        return self.sides[0]
