"""Texts over the picture: nothing is cut, whatever the size of the view."""

from __future__ import annotations

import numpy as np
import pytest
from PyQt5.QtCore import QRectF
from PyQt5.QtGui import QImage, QPainter

from rkvideo.ui.picture.banner import Banner, Tone
from rkvideo.ui.picture.texts import paint_banner, paint_keys
from tests.helpers.painted_samples import rgb, words

FEW = tuple((key, f"what {key} does in the window") for key in "ABCDEFGH")
MANY = tuple((f"Ctrl+{key}", f"what {key} does in the window") for key in "ABCDEFGHIJKLMNOPQRSTUVW")
SIZES = [(1920, 1080), (1280, 720), (640, 360)]


@pytest.mark.parametrize("keys", [FEW, MANY])
@pytest.mark.parametrize("size", SIZES)
def test_every_key_is_in_the_list_and_the_list_in_the_view(
    qapp: object, size: tuple[int, int], keys: tuple[tuple[str, str], ...]
) -> None:
    view = QRectF(0, 0, *size)
    panels = []
    said = words(size, lambda painter, rect: panels.append(paint_keys(painter, keys, rect)))
    assert said == [word for pair in keys for word in pair]
    assert view.contains(panels[0])
    canvas = QImage(*size, QImage.Format_RGB32)
    canvas.fill(0xFFFFFF)
    painter = QPainter(canvas)
    panel = paint_keys(painter, keys, view)
    painter.end()
    columns = (rgb(canvas) != 255).any(axis=(0, 2)).nonzero()[0]
    assert columns[0] >= int(panel.left())
    assert columns[-1] <= panel.right()


@pytest.mark.parametrize("size", SIZES)
def test_a_banner_stands_above_what_is_not_free(qapp: object, size: tuple[int, int]) -> None:
    canvas = QImage(*size, QImage.Format_RGB32)
    canvas.fill(0xFFFFFF)
    view = QRectF(canvas.rect())
    painter = QPainter(canvas)
    free = view.bottom() - 60
    banner = Banner("reconnecting in 3 s", "lost for 12 s: " + "why " * 40, Tone.TROUBLE)
    panel = paint_banner(painter, banner, view, free)
    painter.end()
    assert panel.bottom() <= free < view.bottom()
    assert view.contains(panel)
    touched = (rgb(canvas) != 255).any(axis=2)
    assert touched[int(panel.top()) + 2 : int(panel.bottom()) - 2].any(axis=1).all()
    assert np.argmax(touched.any(axis=1)) >= int(panel.top())
