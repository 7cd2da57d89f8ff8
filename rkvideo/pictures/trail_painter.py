"""Draws the trails of numbered objects straight onto the planes of a yuv420p picture."""

from __future__ import annotations

import cv2
import numpy as np

from rkvideo.data import UInt8Array
from rkvideo.pictures.canvas import Canvas
from rkvideo.pictures.trails import Trail


def draw_trail(canvas: Canvas, trail: Trail, ink: tuple[int, int, int], line: int) -> None:
    """Blend a trail of at least one part into the picture; `ink` is Y, U, V, `line` its width.

    Only the smallest rectangle of even sides that holds it is touched.
    """
    height, width = canvas.y.shape
    parts = trail.parts
    points = np.array([at for _, way in parts for at in way])
    low, high = points.min(axis=0) - line, points.max(axis=0) + line
    left, top = (max(0, _even(side)) for side in low)
    right, bottom = min(width, _even(high[0]) + 2), min(height, _even(high[1]) + 2)
    if right <= left or bottom <= top:
        return
    mask = np.zeros((bottom - top, right - left), np.uint8)
    for strength, way in parts:
        inside = np.round(np.array(way) - (left, top)).astype(np.int32)
        cv2.polylines(mask, [inside], False, round(255 * strength), line, cv2.LINE_AA)
    # Each pixel of chroma is the mean of four of luma.
    half = mask.reshape(mask.shape[0] // 2, 2, mask.shape[1] // 2, 2).mean(axis=(1, 3))
    _blend(canvas.y[top:bottom, left:right], mask, ink[0])
    for plane, level in ((canvas.u, ink[1]), (canvas.v, ink[2])):
        part = plane[top // 2 : bottom // 2, left // 2 : right // 2]
        _blend(part, half.astype(np.uint8), level)


def _blend(part: UInt8Array, mask: UInt8Array, level: int) -> None:
    """Change a part of a plane to `level`, by as much of it as the mask has of 255."""
    drawn = mask > 0
    before = part[drawn].astype(np.int32)
    part[drawn] = before + (level - before) * mask[drawn].astype(np.int32) // 255


def _even(length: float) -> int:
    return int(length // 2) * 2
