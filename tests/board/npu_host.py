"""Computes what the played NPU answers: ONNX Runtime on the machine that emulates the board.

The stand-in sends a .rknn file, then picture after picture (played_network.c). The host knows the
ONNX model behind the file, and gives float outputs; the stand-in rounds them as an int8 model does.
"""

from __future__ import annotations

import contextlib
import hashlib
import socketserver
import struct
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import onnxruntime

from rkvideo.config import InputSpec
from rkvideo.convert.calibration import pick_pictures
from rkvideo.convert.surgery import cut_heads
from rkvideo.detection.letterbox import InputMaker
from rkvideo.pictures.pixels import PictureConverter
from rkvideo.toolkit.kept_builds import kept_build
from tests.helpers.model_samples import rknn_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    import numpy.typing as npt

_OK, _INVALID = 0, -6
_LENGTH = struct.Struct("<I")
_HEADER = struct.Struct("<i3I")
_PLAN = struct.Struct("<4Iifi")
_FEWEST, _MOST = -128, 127
# What a .rknn file of this host holds where Rockchip's has its compiled part.
_NOTHING_COMPILED = b"\xee" * 64
_SIDECAR = 'head = "dfl"\nraw_logits = true\n'


@dataclass(frozen=True, slots=True)
class Quantisation:
    """An int8 value q stands for (q - zero_point) * scale."""

    zero_point: int
    scale: float

    @classmethod
    def of_range(cls, least: float, most: float) -> Quantisation:
        """The finest one that can say 0 and every number from `least` to `most`."""
        least, most = min(least, 0.0), max(most, 0.0)
        scale = (most - least) / (_MOST - _FEWEST) or 1.0
        return cls(round(_FEWEST - least / scale), scale)


class HostNetwork:
    """An ONNX model of one fixed size, RGB in 0..1, whose outputs are maps."""

    def __init__(self, model: onnx.ModelProto, clip: Path, images: int = 8) -> None:
        """Open it and calibrate it with pictures of `clip`."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(model.SerializeToString(), options)
        (picture,) = self._session.get_inputs()
        self._input = picture.name
        self.height, self.width = picture.shape[2:]
        answers = [self.compute(pixels) for pixels in self._pixels(clip, images)]
        self.shapes = tuple(output.shape for output in answers[0])
        self.quantisations = tuple(
            Quantisation.of_range(min(map(np.min, each)), max(map(np.max, each)))
            for each in zip(*answers, strict=True)
        )

    def compute(self, pixels: npt.NDArray[np.uint8]) -> Sequence[npt.NDArray[np.float32]]:
        """The outputs for a picture `[height, width, 3]`."""
        tensor = pixels.transpose(2, 0, 1)[None].astype(np.float32) / 255
        outputs: Sequence[npt.NDArray[np.float32]] = self._session.run(None, {self._input: tensor})
        return outputs

    def _pixels(self, clip: Path, images: int) -> Iterator[npt.NDArray[np.uint8]]:
        spec = InputSpec(self.width, self.height, layout="nhwc", dtype="uint8", scale=1.0)
        converter, maker = PictureConverter(), InputMaker(spec)
        for picture in pick_pictures(clip, images, held_out=1).calibration:
            yield maker.make(converter.rgb24(picture))[0][0]


@dataclass(frozen=True, slots=True)
class HostModel:
    """A .rknn file, the sidecar beside it, and what it computes."""

    rknn: bytes
    sidecar: str
    network: HostNetwork


def stand_in_model(path: Path, size: tuple[int, int], clip: Path) -> HostModel:
    """The stock export `path`, cut for (width, height) as `main.py convert` cuts it.

    The .rknn file is a stand-in: the header of one, and nothing compiled.
    """
    network = HostNetwork(cut_heads(onnx.load(path), size).model, clip)
    rknn = rknn_bytes(
        inputs=[(1, 3, network.height, network.width)],
        outputs=network.shapes,
        compiled=_NOTHING_COMPILED,
    )
    return HostModel(rknn, _SIDECAR, network)


def converted_model(path: Path, clip: Path) -> HostModel:
    """The file `path` that `main.py convert` made on this machine, computed as the ONNX model that
    it was built from.
    """
    rknn = path.read_bytes()
    order = kept_build(hashlib.sha256(rknn).hexdigest(), path)
    sidecar = path.with_suffix(".toml").read_text(encoding="utf-8")
    return HostModel(rknn, sidecar, HostNetwork(onnx.load(order.onnx), clip))


class _Server(socketserver.ThreadingUnixStreamServer):
    def __init__(self, path: Path, networks: dict[bytes, HostNetwork]) -> None:
        self.networks = networks
        super().__init__(str(path), _Link)


class _Link(socketserver.StreamRequestHandler):
    """The connection of one context."""

    def handle(self) -> None:
        (length,) = _LENGTH.unpack(self.rfile.read(_LENGTH.size))
        known: dict[bytes, HostNetwork] = self.server.networks  # type: ignore[attr-defined]
        network = known.get(_digest(self.rfile.read(length)))
        if network is None:
            self.wfile.write(_HEADER.pack(_INVALID, 0, 0, 0))
            return
        self.wfile.write(_description(network))
        shape = (network.height, network.width, 3)
        while len(picture := self.rfile.read(int(np.prod(shape)))) == np.prod(shape):
            for output in network.compute(np.frombuffer(picture, np.uint8).reshape(shape)):
                self.wfile.write(np.ascontiguousarray(output).tobytes())


@contextlib.contextmanager
def npu_host(socket: Path, models: Iterable[HostModel]) -> Iterator[None]:
    """Answer at `socket` for these models, until the end of the block."""
    networks = {_digest(model.rknn): model.network for model in models}
    with _Server(socket, networks) as server:
        thread = threading.Thread(target=server.serve_forever, name="npu-host")
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()
            socket.unlink()


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def _description(network: HostNetwork) -> bytes:
    text = _HEADER.pack(_OK, network.height, network.width, len(network.shapes))
    for shape, how in zip(network.shapes, network.quantisations, strict=True):
        text += _PLAN.pack(*_four(shape), how.zero_point, how.scale, 0)
    return text


def _four(shape: Sequence[int]) -> tuple[Any, ...]:
    return (*shape, *(1,) * (4 - len(shape)))
