"""Makes real clips and images whose pictures carry their own number."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.video.reformatter import ColorRange, VideoReformatter

from rkvideo.data import Frame
from rkvideo.sources.pattern import draw_pattern, read_index

CLOCKWISE = (0, 1, -1, 0)
COUNTER_CLOCKWISE = (0, -1, 1, 0)
HALF_TURN = (-1, 0, 0, -1)

DISPLAY_MATRICES = {
    1: (1, 0, 0, 1),
    2: (-1, 0, 0, 1),
    3: HALF_TURN,
    4: (1, 0, 0, -1),
    5: (0, 1, 1, 0),
    6: CLOCKWISE,
    7: (0, -1, -1, 0),
    8: COUNTER_CLOCKWISE,
}
"""The display matrix that asks for the same as each EXIF orientation."""


@dataclass(frozen=True)
class Clip:
    """A clip and the truth about it; `pts` are seconds, None where the rate decides."""

    path: Path
    width: int = 320
    height: int = 240
    frames: int = 30
    rate: Fraction = Fraction(25)
    pts: tuple[float, ...] | None = None

    @property
    def expected_pts(self) -> list[float]:
        if self.pts is not None:
            return list(self.pts)
        return [float(index / self.rate) for index in range(self.frames)]


def make_clip(
    clip: Clip,
    *,
    codec: str = "libx264",
    format_name: str | None = None,
    options: dict[str, str] | None = None,
    container_options: dict[str, str] | None = None,
) -> Clip:
    """Write the clip and return it."""
    container = av.open(
        str(clip.path), "w", format=format_name, container_options=container_options or {}
    )
    with container:
        stream = container.add_stream(codec, rate=clip.rate, options=options or {})
        stream.width, stream.height, stream.pix_fmt = clip.width, clip.height, "yuv420p"
        if codec == "mjpeg":
            stream.pix_fmt = "yuvj420p"
        if clip.pts is not None:
            stream.time_base = stream.codec_context.time_base = Fraction(1, 1000)
        for index in range(clip.frames):
            picture = draw_pattern(clip.width, clip.height, index)
            picture.pts = index if clip.pts is None else round(clip.pts[index] * 1000)
            picture.time_base = Fraction(1, 1000) if clip.pts else 1 / clip.rate
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    return clip


def rotate_mp4(path: Path, matrix: tuple[int, int, int, int]) -> None:
    """Write a display matrix (a, b, c, d of ISO/IEC 14496-12) into the track header."""
    data = bytearray(path.read_bytes())
    start = data.index(b"tkhd") + 4 + 40
    a, b, c, d = (value * 0x10000 for value in matrix)
    struct.pack_into(">9i", data, start, a, b, 0, c, d, 0, 0, 0, 0x40000000)
    path.write_bytes(data)


def orient_jpeg(path: Path, orientation: int) -> None:
    """Write an EXIF orientation, 1 to 8, into a JPEG: an APP1 segment of one tag (0x0112)."""
    tiff = b"II*\0" + struct.pack("<IHHHIHHI", 8, 1, 0x0112, 3, 1, orientation, 0, 0)
    exif = b"Exif\0\0" + tiff
    data = path.read_bytes()
    path.write_bytes(data[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + data[2:])


def orient_png(path: Path, orientation: int) -> None:
    """Write an EXIF orientation, 1 to 8, into a PNG: an eXIf chunk after its header."""
    tiff = b"II*\0" + struct.pack("<IHHHIHHI", 8, 1, 0x0112, 3, 1, orientation, 0, 0)
    chunk = b"eXIf" + tiff
    data, header_end = path.read_bytes(), 8 + 25
    wrapped = struct.pack(">I", len(tiff)) + chunk + struct.pack(">I", zlib.crc32(chunk))
    path.write_bytes(data[:header_end] + wrapped + data[header_end:])


def make_image(path: Path, index: int, size: tuple[int, int] = (320, 240)) -> Path:
    """Write picture `index` of the pattern as an image of the kind that the suffix names."""
    codec, pixels = {
        ".jpg": ("mjpeg", "yuvj420p"),
        ".jpeg": ("mjpeg", "yuvj420p"),
        ".png": ("png", "rgb24"),
        ".bmp": ("bmp", "bgr24"),
        ".webp": ("libwebp", "yuv420p"),
    }[path.suffix]
    context = av.CodecContext.create(codec, "w")
    context.width, context.height = size
    context.pix_fmt = pixels
    context.time_base = Fraction(1, 25)
    picture = draw_pattern(*size, index).reformat(format=pixels)
    picture.pts = 0
    packets = [*context.encode(picture), *context.encode(None)]
    path.write_bytes(b"".join(bytes(packet) for packet in packets))
    return path


def cut_off(path: Path, share: float) -> None:
    """Keep only the first part of a file."""
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])


def as_yuv420p(picture: av.VideoFrame) -> av.VideoFrame:
    """For `read_index`, whatever the picture's format."""
    # The picture's own scaler would keep its threads for as long as the picture is kept.
    return VideoReformatter().reformat(
        picture, format="yuv420p", dst_color_range=ColorRange.MPEG, threads=1
    )


def x264(**params: object) -> dict[str, str]:
    """Options for `make_clip`: parameters of libx264, with `_` for `-`."""
    pairs = (f"{name.replace('_', '-')}={value}" for name, value in params.items())
    return {"x264-params": ":".join(pairs)}


def number_of(frame: Frame) -> int:
    """The number that the picture of a frame carries."""
    return read_index(as_yuv420p(frame.picture))
