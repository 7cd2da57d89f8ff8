"""From a picture to a model's input, and from the input back to the picture."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from rkvideo.config import ColorOrder, InputSpec
from rkvideo.data import Float32Array, Letterbox, UInt8Array
from rkvideo.detection import boxes

Fill: TypeAlias = "Callable[[UInt8Array, ColorOrder], None]"
"""Fills a uint8 (height, width, 3) array, whose rows may be apart, with a picture in its size."""


def fit(source_wh: tuple[int, int], spec: InputSpec) -> Letterbox:
    """The place for a picture of `source_wh` in the input: the largest that keeps its aspect.

    All of the input for "stretch".

    In the middle sides are rounded as Ultralytics does in training and validation (an odd pad
    leaves the smaller half on the left and at the top), at the top left down, as YOLOX does
    (yolox/data/data_augment.py, `preproc`).
    """
    width, height = source_wh
    if spec.placement == "stretch":
        return Letterbox(source_wh, (spec.width, spec.height), (spec.width, spec.height), 0, 0)
    scale = min(spec.width / width, spec.height / height)
    whole: Callable[[float], int] = round if spec.placement == "center" else int
    content_wh = (max(1, whole(width * scale)), max(1, whole(height * scale)))
    left = top = 0
    if spec.placement == "center":
        left = round((spec.width - content_wh[0]) / 2 - 0.1)
        top = round((spec.height - content_wh[1]) / 2 - 0.1)
    return Letterbox(source_wh, (spec.width, spec.height), content_wh, left, top)


def to_source(xyxy: Float32Array, letterbox: Letterbox) -> Float32Array:
    """Boxes in input pixels to source pixels, clipped to the picture; a new float32 (n, 4).

    Those of a tile are clipped to the tile, and are in pixels of its picture.
    """
    left, top = letterbox.left, letterbox.top
    moved = xyxy - np.array((left, top, left, top), np.float32)
    moved /= np.array(letterbox.scale * 2, np.float32)
    clipped = boxes.clip(moved, *letterbox.source_wh)
    if letterbox.origin != (0, 0):
        clipped += np.array(letterbox.origin * 2, np.float32)
    return clipped


def resize_rgb(rgb: UInt8Array, target: UInt8Array, order: ColorOrder) -> None:
    """Fill `target` with `rgb`, both uint8 (height, width, 3), its colours in that order."""
    size = (target.shape[1], target.shape[0])
    cv2.resize(rgb, size, dst=target, interpolation=cv2.INTER_LINEAR)
    if order == "bgr":
        cv2.cvtColor(target, cv2.COLOR_RGB2BGR, dst=target)


class InputMaker:
    """Makes a model's input tensors, in memory that it allocates once. For one thread.

    A uint8 tensor carries the pixels as they are (`scale` is then the model's own affair), a
    float tensor pixel times `scale`.
    """

    def __init__(self, spec: InputSpec) -> None:
        self._spec = spec
        self._tensor: npt.NDArray[Any] = np.empty(spec.shape, spec.dtype)
        self._letterbox: Letterbox | None = None
        # The resized picture, height x width x 3; in an NHWC uint8 tensor it needs no other place.
        self._pixels: UInt8Array = np.empty((0, 0, 3), np.uint8)
        self._content: npt.NDArray[Any] = self._tensor[:0]
        self._float16 = (np.arange(256, dtype=np.float32) * np.float32(spec.scale)).astype("f2")

    def make(self, rgb: UInt8Array) -> tuple[npt.NDArray[Any], Letterbox]:
        """Letterbox a uint8 (h, w, 3) RGB picture.

        Gives a tensor of the spec's shape and dtype, which the next call overwrites, and the
        letterbox that leads back from it.
        """
        return self.make_by(
            (rgb.shape[1], rgb.shape[0]), lambda target, order: resize_rgb(rgb, target, order)
        )

    def make_by(self, source_wh: tuple[int, int], fill: Fill) -> tuple[npt.NDArray[Any], Letterbox]:
        """The same of a picture of that size, which `fill` resizes into the array that it gets."""
        letterbox = self._letterbox
        if letterbox is None or letterbox.source_wh != source_wh:
            letterbox = self._letterbox = self._lay_out(source_wh)
        fill(self._pixels, self._spec.color)
        if self._content is not self._pixels:
            self._fill_content()
        return self._tensor, letterbox

    def _lay_out(self, source_wh: tuple[int, int]) -> Letterbox:
        """Paint the letterbox pad and find the content for pictures of a new size."""
        spec = self._spec
        letterbox = fit(source_wh, spec)
        width, height = letterbox.content_wh
        rows = slice(letterbox.top, letterbox.top + height)
        columns = slice(letterbox.left, letterbox.left + width)
        if spec.dtype == "uint8":
            self._tensor.fill(spec.pad)
        else:
            self._tensor.fill(np.float32(spec.pad) * np.float32(spec.scale))
        if spec.layout == "nchw":
            self._content = self._tensor[0, :, rows, columns]
        else:
            self._content = self._tensor[0, rows, columns]
        if spec.layout == "nhwc" and spec.dtype == "uint8":
            self._pixels = self._content
        else:
            self._pixels = np.empty((height, width, 3), np.uint8)
        return letterbox

    def _fill_content(self) -> None:
        """Bring the resized pixels into the tensor's layout and dtype."""
        # Measured at 640x640: splitting bytes first, then converting plane by plane, takes 0.25 ms;
        # numpy's transposing multiply 0.67 ms, cv2.dnn.blobFromImage 3.3 ms.
        if self._spec.layout == "nhwc":
            self._convert(self._pixels, self._content)
            return
        if self._spec.dtype == "uint8":
            cv2.split(self._pixels, list(self._content))
            return
        for plane, target in zip(cv2.split(self._pixels), self._content, strict=True):
            self._convert(plane, target)

    def _convert(self, pixels: npt.NDArray[Any], target: npt.NDArray[Any]) -> None:
        if self._spec.dtype == "float16":
            # A table of the 256 values, looked up as 16-bit patterns: numpy's own conversion to
            # float16 takes ten times as long.
            cv2.LUT(pixels, self._float16.view(np.int16), dst=target.view(np.int16))
            return
        target[...] = pixels
        target *= np.float32(self._spec.scale)
