"""Which part of a picture a view shows, and where on the screen it lies.

Lengths are device pixels where nothing else is said.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from PyQt5.QtCore import QPoint, QPointF, QRect, QSize

from rkvideo.pictures.pixels import AREA_STEP

MOST_ZOOM: Final = 16.0
_LEAST_ZOOM: Final = 1.001


def fit(picture_wh: tuple[int, int], view_wh: tuple[int, int]) -> QRect:
    """The largest rectangle of the picture's aspect in the middle of a view, whole pixels."""
    width, height = picture_wh
    scale = min(view_wh[0] / width, view_wh[1] / height)
    size = QSize(max(1, round(width * scale)), max(1, round(height * scale)))
    left, top = (view_wh[0] - size.width()) // 2, (view_wh[1] - size.height()) // 2
    return QRect(left, top, size.width(), size.height())


@dataclass(frozen=True, slots=True)
class Viewport:
    """What of a picture is looked at.

    `zoom` is 1 where all of it fits into the view, `MOST_ZOOM` at most. `center` is the point of
    the picture in the middle of the view, as shares of its width and height.
    """

    zoom: float = 1.0
    center: tuple[float, float] = (0.5, 0.5)

    def place(self, picture_wh: tuple[int, int], view_wh: tuple[int, int]) -> QRect:
        """Where the whole picture lies; it reaches beyond the view where it is zoomed.

        It leaves no bar where it is larger than the view, and stays in the middle where it is not.
        """
        fitted = fit(picture_wh, view_wh)
        if self.zoom == 1:
            return fitted
        width, height = round(fitted.width() * self.zoom), round(fitted.height() * self.zoom)
        left = _start(width, view_wh[0], self.center[0])
        top = _start(height, view_wh[1], self.center[1])
        return QRect(left, top, width, height)

    def zoomed(
        self, factor: float, at: QPointF, picture_wh: tuple[int, int], view_wh: tuple[int, int]
    ) -> Viewport:
        """Larger by `factor`, while the point of the picture at `at` stays where it is."""
        zoom = min(MOST_ZOOM, self.zoom * factor)
        # As many notches back must end at 1, although factors are rounded.
        zoom = zoom if zoom > _LEAST_ZOOM else 1.0
        before, fitted = self.place(picture_wh, view_wh), fit(picture_wh, view_wh)
        share_x = (at.x() - before.x()) / before.width()
        share_y = (at.y() - before.y()) / before.height()
        center = (
            share_x + (view_wh[0] / 2 - at.x()) / (fitted.width() * zoom),
            share_y + (view_wh[1] / 2 - at.y()) / (fitted.height() * zoom),
        )
        return _kept_inside(zoom, center, picture_wh, view_wh)

    def moved(self, by: QPointF, picture_wh: tuple[int, int], view_wh: tuple[int, int]) -> Viewport:
        """The picture pushed along by `by`, as far as it leaves no bar."""
        place = self.place(picture_wh, view_wh)
        center = (
            self.center[0] - by.x() / place.width(),
            self.center[1] - by.y() / place.height(),
        )
        return _kept_inside(self.zoom, center, picture_wh, view_wh)


def _kept_inside(
    zoom: float,
    center: tuple[float, float],
    picture_wh: tuple[int, int],
    view_wh: tuple[int, int],
) -> Viewport:
    fitted = fit(picture_wh, view_wh)
    seen_x = view_wh[0] / (fitted.width() * zoom)
    seen_y = view_wh[1] / (fitted.height() * zoom)
    return Viewport(zoom, (_inside(center[0], seen_x), _inside(center[1], seen_y)))


def _start(length: int, view: int, center: float) -> int:
    """Where a side begins, whose point `center` is to lie in the middle of the view."""
    if length <= view:
        return (view - length) // 2
    return min(0, max(view - length, round(view / 2 - center * length)))


def _inside(center: float, seen: float) -> float:
    """`center` so that the share `seen` of the picture around it does not leave the picture."""
    return 0.5 if seen >= 1 else min(1 - seen / 2, max(seen / 2, center))


@dataclass(frozen=True, slots=True)
class Cut:
    """The part of a picture that a view needs: `source` in its pixels, `target` in the view's.

    `target` reaches beyond the view by less than `AREA_STEP` source pixels and one of its own.
    """

    source: QRect
    target: QRect


def cut(place: QRect, picture_wh: tuple[int, int], view_wh: tuple[int, int]) -> Cut:
    """What to convert of a picture whose whole lies at `place`."""
    left, right = _seen(place.left(), place.width(), picture_wh[0], view_wh[0])
    top, bottom = _seen(place.top(), place.height(), picture_wh[1], view_wh[1])
    source = QRect(left, top, right - left, bottom - top)
    scale_x, scale_y = place.width() / picture_wh[0], place.height() / picture_wh[1]
    target = QRect(
        QPoint(place.left() + round(left * scale_x), place.top() + round(top * scale_y)),
        QPoint(
            place.left() + round(right * scale_x) - 1, place.top() + round(bottom * scale_y) - 1
        ),
    )
    return Cut(source, target)


def _seen(start: int, placed: int, picture: int, view: int) -> tuple[int, int]:
    """The pixels of a side that are seen, first and behind the last, at steps of `AREA_STEP`.

    The side is `picture` pixels long and lies from `start` on over `placed` pixels of the view.
    """
    scale = picture / placed
    first = math.floor(max(0, -start) * scale / AREA_STEP) * AREA_STEP
    last = math.ceil(min(placed, view - start) * scale / AREA_STEP) * AREA_STEP
    return first, min(last, picture)
