"""Where the figures lie: in a corner of the view, and in a black bar where one has room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, get_args

from PyQt5.QtCore import QPointF, QRectF, QSizeF

from rkvideo.pictures.overlay import Corner

CORNERS: Final[tuple[Corner, ...]] = get_args(Corner)


def bars(picture: QRectF, view: QRectF) -> list[QRectF]:
    """What a view shows beside its picture: two bars, or none."""
    above, below, left, right = QRectF(view), QRectF(view), QRectF(view), QRectF(view)
    above.setBottom(picture.top())
    below.setTop(picture.bottom())
    left.setRight(picture.left())
    right.setLeft(picture.right())
    return [bar for bar in (above, below, left, right) if bar.width() > 0 and bar.height() > 0]


def place(
    sizes: Sequence[QSizeF], corner: Corner, view: QRectF, picture: QRectF, margin: float
) -> tuple[int, QRectF]:
    """Where something lies that may have one of several sizes; gives which one, and the place.

    The first size that fits into a black bar at the corner is taken, and lies in the middle of
    the bar's breadth. Where none fits it is the first one that fits into the view, else the last.
    """
    for number, size in enumerate(sizes):
        for bar in bars(picture, view):
            inside = _in_corner(size, corner, view, margin)
            if bar.width() < bar.height():
                inside.moveLeft(bar.center().x() - size.width() / 2)
            else:
                inside.moveTop(bar.center().y() - size.height() / 2)
            if bar.contains(inside) and nearest_corner(inside.center(), view) == corner:
                return number, inside
    room = view.adjusted(margin, margin, -margin, -margin)
    fits = [size.width() <= room.width() and size.height() <= room.height() for size in sizes]
    number = fits.index(True) if True in fits else len(sizes) - 1
    return number, _in_corner(sizes[number], corner, view, margin)


def nearest_corner(at: QPointF, view: QRectF) -> Corner:
    """The corner of the view that a point is in."""
    is_low, is_right = at.y() > view.center().y(), at.x() > view.center().x()
    return CORNERS[2 * is_low + is_right]


def _in_corner(size: QSizeF, corner: Corner, view: QRectF, margin: float) -> QRectF:
    row, side = corner.split()
    left = view.left() + margin if side == "left" else view.right() - margin - size.width()
    top = view.top() + margin if row == "top" else view.bottom() - margin - size.height()
    # Whole pixels: what is kept as a picture is then painted where its letters were laid out.
    return QRectF(QPointF(round(left), round(top)), size)
