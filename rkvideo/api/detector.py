"""Boxes in single pictures."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any

import av
import numpy as np

from rkvideo.assembly import prepare_model
from rkvideo.config import (
    DEFAULT_CONFIDENCE,
    DEFAULT_IOU,
    DEFAULT_MAX_DETECTIONS,
    DEFAULT_MODEL,
    AppConfig,
    ColorOrder,
    DetectionFilter,
)
from rkvideo.data import Detections, UInt8Array
from rkvideo.machine.threads import started
from rkvideo.sizes.tiling import PictureTile, Tiling

_FORMATS = {"rgb": "rgb24", "bgr": "bgr24"}
_log = logging.getLogger("rkvideo")


class Detector:
    """An open model: called with a picture, it gives the boxes.

    It may be called from any thread; the calls are served one after another, by a thread of its
    own. `close`, or the end of a `with` block, frees the model.
    """

    def __init__(
        self,
        model: str | Path = DEFAULT_MODEL,
        *,
        backend: str = "auto",
        confidence: float = DEFAULT_CONFIDENCE,
        iou: float = DEFAULT_IOU,
        classes: Iterable[int | str] | None = None,
        max_detections: int = DEFAULT_MAX_DETECTIONS,
        class_agnostic: bool = False,
        labels: str | Path | None = None,
        tiles: str = "",
    ) -> None:
        """Open `model`: `NAME[@SIZE]` or the path of an .onnx or .rknn file.

        At `yolo11n@640`, and without a size, a model of any size fits each picture by itself: its
        boxes do not depend on the pictures before. `yolo11n@640x640` is the square for all.

        A model that can be fetched is fetched. `classes` holds ids or names, None for all; `labels`
        is a file of class names, one a line. The other options are those of the command line.

        Raises:
            ConfigError: an option is out of range, or the model knows no such class.
            ModelError: the model is not there, or cannot run on this machine.
        """
        self._wanted = DetectionFilter(
            confidence=confidence,
            iou=iou,
            max_detections=max_detections,
            classes=None if classes is None else frozenset(classes),
            class_agnostic=class_agnostic,
        )
        config = AppConfig(
            source="",
            model=str(model),
            backend=backend,
            # One context, which has every core of the CPU.
            workers=1,
            labels=None if labels is None else Path(labels),
            tiling=Tiling.parse(tiles),
        )
        self._indices = itertools.count()
        self._is_closed = False
        # A context belongs to the thread that opened it.
        self._thread = ThreadPoolExecutor(1, "detector")
        try:
            started(self._thread, "the detector", self._open, config).result()
        except BaseException:
            self._thread.shutdown()
            raise

    @property
    def title(self) -> str:
        """`NAME@WIDTHxHEIGHT` of the newest input; `NAME@640` before the first that fits."""
        return self._adapter.title

    @property
    def labels(self) -> tuple[str, ...]:
        """The name of each class: `labels[class_id]`."""
        return self._adapter.labels

    def __call__(self, image: Any, *, color: ColorOrder = "rgb") -> Detections:
        """The boxes in `image`, in its pixels, best score first.

        `image` is a uint8 array (height, width, 3), its channels in the order `color` (OpenCV
        reads "bgr"), or a PIL image of 8 bits a channel, whose own colours hold.

        Raises:
            TypeError, ValueError: `image` is neither, or of more bits, or `color` is none of both.
            InferenceError: the model has failed on this picture.
            RuntimeError: the detector was closed.
        """
        if color not in _FORMATS:
            raise ValueError(f"color is {color!r}: give 'rgb' or 'bgr'")
        is_pil = not isinstance(image, np.ndarray) and hasattr(image, "convert")
        pixels = _pil_pixels(image) if is_pil else image
        picture = _picture(pixels, "rgb" if is_pil else color)
        return self._thread.submit(self._detect, picture).result()

    def close(self) -> None:
        """Free the model; a second call does nothing."""
        if not self._is_closed:
            self._is_closed = True
            self._thread.submit(self._backend.close).result()
            self._thread.shutdown()

    def __enter__(self) -> Detector:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.close()

    def _open(self, config: AppConfig) -> None:
        prepared = prepare_model(config, lambda line: _log.info("%s", line))
        self._backend = prepared.plan.open(0)
        try:
            self._adapter = prepared.make_adapter(self._backend.spec)
            self._adapter.check(self._wanted)
        except BaseException:
            self._backend.close()
            raise

    def _detect(self, picture: av.VideoFrame) -> Detections:
        tiles = self._adapter.tiles(picture)
        if len(tiles) == 1:
            return self._in_tile(picture, None)
        found = [self._in_tile(picture, tile) for tile in tiles]
        return self._adapter.merge(found, tiles, self._wanted)

    def _in_tile(self, picture: av.VideoFrame, tile: PictureTile | None) -> Detections:
        tensor, letterbox = self._adapter.preprocess(picture, tile)
        outputs = self._backend.infer(tensor, next(self._indices))
        return self._adapter.postprocess(outputs, letterbox, self._wanted)


def _pil_pixels(image: Any) -> Any:
    """The RGB pixels of a PIL image of 8 bits a channel, or fewer."""
    mode = str(getattr(image, "mode", "RGB"))
    if mode.startswith(("I", "F")):
        # PIL makes white of all above 255, and no mode says how bright its brightest level is.
        raise ValueError(
            f"image has mode {mode}, more levels than 256: bring it to 8 bits a channel, such as "
            '`Image.fromarray((np.asarray(image) >> 8).astype("uint8"))` for 16 bits'
        )
    return np.asarray(image.convert("RGB"))


def _picture(pixels: Any, color: ColorOrder) -> av.VideoFrame:
    """The pixels as the decoder of a video would give them, so that both go the same way."""
    if not isinstance(pixels, np.ndarray):
        raise TypeError(
            f"image is a {type(pixels).__name__}: give a uint8 array (height, width, 3) or a PIL "
            "image"
        )
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3 or not pixels.size:
        raise ValueError(
            f"image is {pixels.dtype} of shape {pixels.shape}: give uint8 (height, width, 3)"
        )
    whole: UInt8Array = np.ascontiguousarray(pixels)
    return av.VideoFrame.from_ndarray(whole, format=_FORMATS[color])
