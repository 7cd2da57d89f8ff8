"""What was painted: the pixels of an image, and the words that went to a painter."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Callable

import numpy as np
from PyQt5.QtCore import QBuffer, QRectF, QSize, QTranslator
from PyQt5.QtGui import QImage, QPainter
from PyQt5.QtSvg import QSvgGenerator

_TEXT = "{http://www.w3.org/2000/svg}text"

CHINESE = {
    "fps shown": "显示帧率",
    "source {fps} fps": "视频源 {fps} fps",
    "latency": "延迟",
    "dropped": "丢弃",
    "late": "迟到",
    "failed": "失败",
    "recording {time}": "正在录制 {time}",
    "{count} frames left out": "未录入 {count} 帧",
    "infer {ms} ms": "推理 {ms} ms",
    "boxes {count}": "检测框 {count}",
    "latency (ms)": "延迟 (ms)",
    "seconds": "秒",
}


class ChineseStandIn(QTranslator):
    """Translates the words above, whatever their context."""

    def translate(self, context: str, text: str, comment: str = "", count: int = -1) -> str:
        return CHINESE.get(text, "")

    def isEmpty(self) -> bool:  # noqa: N802
        return False


def rgb(image: QImage) -> np.ndarray:
    """uint8 (height, width, 3), R first."""
    image = image.convertToFormat(QImage.Format_RGB32)
    pixels = np.frombuffer(image.constBits().asstring(image.sizeInBytes()), np.uint8)
    return pixels.reshape(image.height(), image.width(), 4)[:, :, 2::-1]


def words(size: tuple[int, int], paint: Callable[[QPainter, QRectF], object]) -> list[str]:
    """The texts that `paint` paints into a view of that size, in its order."""
    buffer, device = QBuffer(), QSvgGenerator()
    device.setOutputDevice(buffer)
    device.setSize(QSize(*size))
    device.setResolution(96)
    painter = QPainter(device)
    try:
        paint(painter, QRectF(0, 0, *size))
    finally:
        # A painter in the traceback of a failed test would outlive its device.
        painter.end()
    drawn = ElementTree.fromstring(bytes(buffer.data()))
    return [(text.text or "").strip() for text in drawn.iter(_TEXT)]
