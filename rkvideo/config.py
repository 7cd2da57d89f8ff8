"""What the user chooses: models, thresholds and how a run behaves. All of it is frozen."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from rkvideo.errors import ConfigError
from rkvideo.files.untrusted import exists
from rkvideo.sizes.tiling import Tiling
from rkvideo.sizes.words import parse_size

Layout = Literal["nchw", "nhwc"]
InputDtype = Literal["uint8", "float16", "float32"]
ColorOrder = Literal["rgb", "bgr"]
Placement = Literal["center", "top-left", "stretch"]
DeliveryPolicy = Literal["auto", "every", "latest"]
Transport = Literal["tcp", "udp"]
Deinterlace = Literal["auto", "on", "off"]
FastPath = Literal["auto", "off", "require"]
PaintWay = Literal["auto", "gl", "raster"]
RecordWhat = Literal["annotated", "raw", "both"]
RecordFrames = Literal["all", "inferred"]
RecordQuality = Literal["low", "medium", "high"]
RecordCodec = Literal["h264", "hevc"]

BACKENDS: Final = ("auto", "rknn", "onnx", "simulated", "rknn-sim")
DEFAULT_MODEL: Final = "yolo11n"
DEFAULT_CONFIDENCE: Final = 0.25
DEFAULT_IOU: Final = 0.45
DEFAULT_MAX_DETECTIONS: Final = 300
MODEL_SUFFIXES: Final = (".onnx", ".rknn")
EXPORT_FOLDER_SUFFIX: Final = "_rknn_model"
"""How Ultralytics ends the name of the folder of an exported model."""
LANGUAGES: Final = ("auto", "en", "zh_CN")
PAINT_WAYS: Final = ("auto", "gl", "raster")


@dataclass(frozen=True, slots=True)
class InputSpec:
    """What a model's input wants.

    The pixels are 0..255 times `scale`, so 1/255 asks for 0..1. `pad` is the grey level of the
    letterbox pad (114 is what Ultralytics and Megvii train with), `placement` where the picture
    lies in it: with "stretch" it fills the input, whatever its aspect.
    """

    width: int
    height: int
    layout: Layout = "nchw"
    dtype: InputDtype = "float32"
    color: ColorOrder = "rgb"
    scale: float = 1 / 255
    pad: int = 114
    placement: Placement = "center"

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """Shape of the tensor, batch of one."""
        if self.layout == "nchw":
            return (1, 3, self.height, self.width)
        return (1, self.height, self.width, 3)


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """A model as it is described before it is opened.

    `size` is (width, height) as asked for, None for what the file says. With `fits` that is a
    square whose one side is the long one: where the file takes any size, the other follows the
    picture. `labels` is empty until
    something names the classes. The input fields are None where the backend's default holds;
    `head` is None where the shapes decide, `raw_logits` and `normalised_boxes` likewise.
    """

    name: str
    path: Path | None
    size: tuple[int, int] | None = None
    labels: tuple[str, ...] = ()
    licence: str = "unknown"
    family: str = ""
    head: str | None = None
    color: ColorOrder | None = None
    scale: float | None = None
    pad: int | None = None
    placement: Placement | None = None
    raw_logits: bool | None = None
    normalised_boxes: bool | None = None
    anchors: tuple[tuple[float, ...], ...] = ()
    strides: tuple[int, ...] = ()
    fits: bool = False

    def title(self, width: int, height: int) -> str:
        """`NAME@640x384`: the size of an input, always with both sides."""
        return str(ModelName(self.name, (width, height)))

    def fitted_title(self, long_side: int) -> str:
        """`NAME@640`: any picture is fitted, and none was there yet that gives the other side."""
        return str(ModelName(self.name, (long_side, long_side), fits=True))


@dataclass(frozen=True, slots=True)
class DetectionFilter:
    """Which boxes are kept; may be exchanged while a run goes on, for the next frame.

    `classes` holds class ids or names, None for all. `iou` is the NMS threshold: of two boxes of
    one class (of any class if `class_agnostic`) that overlap by more, the lower score is dropped.
    A cell gives one box, of its best class; with `every_class` one for each class that passes, as
    the figures of COCO are measured.
    """

    confidence: float = DEFAULT_CONFIDENCE
    iou: float = DEFAULT_IOU
    max_detections: int = DEFAULT_MAX_DETECTIONS
    classes: frozenset[int | str] | None = None
    class_agnostic: bool = False
    every_class: bool = False

    def __post_init__(self) -> None:
        for option, value in (("--conf", self.confidence), ("--iou", self.iou)):
            if not 0 <= value <= 1:
                raise ConfigError(f"{option} is {value:g}: give a number from 0 to 1")
        if self.max_detections < 1:
            raise ConfigError(
                f"--max-detections is {self.max_detections}: give a number of at least 1"
            )


MOST_LATENCY_MS: Final = 3_600_000.0
_MEASURED_PIXELS: Final = 640 * 640


@dataclass(frozen=True, slots=True)
class SimulationSpec:
    """The NPU that the simulated backend plays: cores, latency and faults.

    `fault` is `""` or `KIND:FRAME` with KIND one of raise, hang, none (an inference that returns
    nothing), wrong-count, open (a core that does not open; FRAME is then the core).
    `latency_ms` holds for every input size, or for 640x640 where it `scales` with the pixels;
    sizes in `latency_by_size` have their own, and others then the one of the nearest, scaled.
    """

    cores: int = 3
    latency_ms: float = 13.6
    jitter_ms: float = 0.0
    fault: str = ""
    latency_by_size: tuple[tuple[tuple[int, int], float], ...] = ()
    scales: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.cores <= 64:
            raise ConfigError(f"--npu-cores is {self.cores}: give a number from 1 to 64")
        latencies = (self.latency_ms, *(one for _, one in self.latency_by_size))
        if not all(0 <= one <= MOST_LATENCY_MS for one in (*latencies, self.jitter_ms)):
            raise ConfigError(
                "--npu-latency-ms and --npu-jitter-ms are numbers from 0 to "
                f"{MOST_LATENCY_MS:g}: they cannot be negative"
            )

    def latency_at(self, width: int, height: int) -> float:
        """Milliseconds of an inference at an input of that size."""
        pixels = width * height
        known = dict(self.latency_by_size)
        if (width, height) in known:
            return known[width, height]
        if known:
            nearest = min(known, key=lambda size: abs(size[0] * size[1] - pixels))
            return known[nearest] * pixels / (nearest[0] * nearest[1])
        return self.latency_ms * (pixels / _MEASURED_PIXELS if self.scales else 1)


def parse_latency(text: str | None) -> SimulationSpec:
    """`13.6` (at every size) or `320:7,640x384:9` to a spec; None scales with the pixels.

    Raises ConfigError.
    """
    if text is None:
        return SimulationSpec(scales=True)
    try:
        if ":" not in text:
            return SimulationSpec(latency_ms=float(text))
        pairs = [part.partition(":") for part in text.split(",")]
        by_size = tuple((parse_size(size.strip()), float(ms)) for size, _, ms in pairs)
    except ValueError as error:
        raise ConfigError(
            f"--npu-latency-ms is {text!r}: give milliseconds, or SIZE:MS,SIZE:MS such as "
            "320:7,640:13.6"
        ) from error
    return SimulationSpec(latency_by_size=by_size)


MOST_CAMERA_RATE: Final = 1000
"""Frames a second: no camera gives more, and FFmpeg takes none that is no number."""


@dataclass(frozen=True, slots=True)
class SourceOptions:
    """How a source is opened. Time-outs are seconds.

    With `keeps_all` a live source decodes every frame, however late; otherwise a decoder that is
    slower than it leaves some out. `fast` says whether pictures may stay in the memory of a video
    unit (`auto`) or have to (`require`); that is for who lets them go again.
    """

    transport: Transport = "tcp"
    hwdec: str = "auto"
    deinterlace: Deinterlace = "auto"
    loop: bool = False
    realtime: bool = False
    keeps_all: bool = False
    camera_size: tuple[int, int] | None = None
    camera_format: str | None = None
    camera_rate: float | None = None
    open_timeout_s: float = 5.0
    read_timeout_s: float = 5.0
    fast: FastPath = "off"

    def __post_init__(self) -> None:
        if self.camera_rate is not None and not 0 < self.camera_rate <= MOST_CAMERA_RATE:
            raise ConfigError(
                f"--camera-rate is {self.camera_rate:g}: give a number above 0, at most "
                f"{MOST_CAMERA_RATE}"
            )
        if self.camera_format == "":
            raise ConfigError("--camera-format is empty: give the name of one, such as mjpeg")


@dataclass(frozen=True, slots=True)
class AppConfig:
    """Everything that a run is built from.

    Without `fits` a model of any size keeps the square, whatever the pictures are like.
    """

    source: str
    model: str = DEFAULT_MODEL
    backend: str = "auto"
    workers: int | None = None
    cores: tuple[int, ...] | None = None
    filter: DetectionFilter = DetectionFilter()
    policy: DeliveryPolicy = "auto"
    frames: int | None = None
    retry_open: bool = False
    source_options: SourceOptions = SourceOptions()
    simulation: SimulationSpec = SimulationSpec()
    labels: Path | None = None
    fast: FastPath = "auto"
    track: bool = False
    tiling: Tiling | None = None
    affinity: str = "auto"
    fits: bool = True

    def __post_init__(self) -> None:
        if self.workers is not None and not 1 <= self.workers <= 64:
            raise ConfigError(f"--workers is {self.workers}: give a number from 1 to 64")
        if self.frames is not None and self.frames < 1:
            raise ConfigError(f"--frames is {self.frames}: give a number of at least 1")


def parse_words(text: str, option: str) -> tuple[str, ...]:
    """The words between the commas of an option, each once. Raises ConfigError without one."""
    words = tuple(dict.fromkeys(word.strip() for word in text.split(",") if word.strip()))
    if not words:
        raise ConfigError(f"{option} is empty: give words with commas between them")
    return words


@dataclass(frozen=True, slots=True)
class ModelName:
    """A model as it is named by the user and in a title: `NAME`, `NAME@640` or `NAME@640x384`.

    `name` may be a path too. One number is the long side: `size` is then that square, and `fits`
    says that a model of any size may follow the picture with the other side. `str` gives a text
    that is read as the same name again.
    """

    name: str
    size: tuple[int, int] | None = None
    fits: bool = False

    @staticmethod
    def at(name: str, size: str) -> ModelName:
        """`name` at what would follow its `@`. Raises ConfigError where that is no size."""
        return ModelName(name, parse_size(size), fits="x" not in size.lower())

    @staticmethod
    def parse(text: str) -> ModelName:
        """Raises ConfigError where what follows the `@` is no size."""
        name, at, tail = text.rpartition("@")
        # A file or a folder may have an @ of its own.
        is_whole = not at or not name or "/" in tail or tail.endswith(MODEL_SUFFIXES)
        if is_whole or exists(Path(text)):
            return ModelName(text)
        return ModelName.at(name, tail)

    def __str__(self) -> str:
        if self.size is None:
            return self.name
        width, height = self.size
        return f"{self.name}@{width}" if self.fits else f"{self.name}@{width}x{height}"


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """A model at one size. `argument` is what `--model` takes, such as `yolo11n@416`.

    With `fits` the longer side of the input is that of `size`, and the other follows the picture.
    `precision` is `int8`, `fp16` or `float32`; `fps` what was last measured with it on this
    machine, None where it never was. `trouble` says why it cannot be used, empty if it can.
    """

    argument: str
    name: str
    size: tuple[int, int]
    precision: str
    backend: str
    licence: str
    fps: float | None = None
    trouble: str = ""
    fits: bool = False

    @property
    def size_words(self) -> str:
        """`640x384`, or `640` for the long side of what fits the picture."""
        width, height = self.size
        return str(width) if self.fits else f"{width}x{height}"

    @property
    def order(self) -> tuple[int, bool]:
        """What sorts sizes: the area, and what fits before the square that it is a part of."""
        return self.size[0] * self.size[1], not self.fits


@dataclass(frozen=True, slots=True)
class FetchChoice:
    """A model that can be fetched: `sizes` is text for people; `is_here` if it need not be."""

    name: str
    licence: str
    sizes: str = ""
    is_here: bool = False


@dataclass(frozen=True, slots=True)
class CameraMode:
    """What a camera can give: (width, height), pictures per second, and FFmpeg's name of a format.

    They are `--camera-size`, `--camera-rate` and `--camera-format` of `SourceOptions`.
    """

    size: tuple[int, int]
    rate: float
    format: str


@dataclass(frozen=True, slots=True)
class CameraChoice:
    """A camera of this machine: `source` is what the command line takes (`/dev/video0`).

    `links` are other paths that lead to it and that stay the same over a restart, best first.
    """

    source: str
    name: str
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordOptions:
    """What a recording holds and where it goes; `folder` None is the user's videos folder.

    `frames` says whether it holds every frame of a live source, or only those that a model has
    seen. Where nothing encodes H.264 another codec stands in for it, but none for HEVC.
    """

    what: RecordWhat = "annotated"
    quality: RecordQuality = "medium"
    hud: bool = False
    folder: Path | None = None
    frames: RecordFrames = "all"
    codec: RecordCodec = "h264"
