"""Real-time video object detection on Rockchip NPUs, and the same program on a PC."""

from __future__ import annotations

__version__ = "0.1.0"
