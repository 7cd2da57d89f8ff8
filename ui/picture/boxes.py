"""Boxes and their labels over a picture that is painted at another size."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple

from PyQt5.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PyQt5.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen

from rkvideo.data import Detections
from rkvideo.pictures.labels import Label, Place, PlacedLabel, place_labels
from rkvideo.pictures.objects import Objects
from rkvideo.pictures.overlay import Look, Rgb, box_label, class_color, text_color
from rkvideo.pictures.trails import Trail
from rkvideo.status import RunTitles

from ..look import theme

# Of the height of ordinary text.
_LABEL_TEXT: Final = 0.85
_LABEL_PADDING: Final = 0.3
# Of the height of the letters, and how much of it is seen.
_HALO: Final = 0.09
_HALO_ALPHA: Final = 80
# Of the line of a box that only one side has, in its widths; under the gaps it is dark, so that
# they are seen on a light ground and on a dark one.
_DASHES: Final = (4.0, 3.0)
_UNDER_DASHES: Final = (0, 0, 0, 170)


@dataclass(frozen=True, slots=True)
class Ground:
    """Where boxes are painted, in logical pixels.

    The whole picture of `source_wh` pixels lies at `place`, and what is outside `clip` is not
    seen. `view` decides how large lines and letters are, whatever the size of the picture.
    """

    source_wh: tuple[int, int]
    place: QRectF
    clip: QRectF
    view: QRectF

    def boxes(self, found: Detections) -> list[Place]:
        """Where the boxes lie in the view: left, top, right, bottom of each."""
        place, (width, height) = self.place, self.source_wh
        left, top = place.left(), place.top()
        across, down = place.width(), place.height()
        return [
            (
                left + x1 * across / width,
                top + y1 * down / height,
                left + x2 * across / width,
                top + y2 * down / height,
            )
            for x1, y1, x2, y2 in found.xyxy.tolist()
        ]

    def seen(self, boxes: Sequence[Place]) -> list[int]:
        """The rows of those of these boxes that are in the view, at least in part."""
        left, top, right, bottom = _sides(self.clip, 0)
        return [
            row
            for row, (x1, y1, x2, y2) in enumerate(boxes)
            if left < x2 and x1 < right and top < y2 and y1 < bottom and x1 < x2 and y1 < y2
        ]

    def point(self, x: float, y: float) -> QPointF:
        """Where a point of the picture, in source pixels, lies in the view."""
        place = self.place
        return QPointF(
            place.left() + x * place.width() / self.source_wh[0],
            place.top() + y * place.height() / self.source_wh[1],
        )


@dataclass(frozen=True, slots=True, eq=False)
class BoxLayer:
    """The boxes of one model and where they are painted; `objects` are in their order.

    `only` is A or B where they are boxes that only that side of an A|B view has, and that are
    marked as such; else empty. `trails` are those of its numbered objects.
    """

    found: Detections
    objects: Objects
    titles: RunTitles
    ground: Ground
    only: str = ""
    trails: Sequence[Trail] = ()


@dataclass(slots=True)
class LabelBook:
    """Where the labels of one model lay in the picture before, by the keys of their objects."""

    choices: dict[int, int] = field(default_factory=dict)


def paint_boxes(
    painter: QPainter,
    layers: Sequence[BoxLayer],
    look: Look,
    books: Sequence[LabelBook],
    taken: Sequence[QRectF] = (),
    mouse: QPointF | None = None,
) -> None:
    """Paint the boxes of all layers and then their labels; the best score lies on top.

    No label lies over another, nor over what is `taken`; one without room is left out, as is that
    of a small box. The box under the mouse has its label in any case. Boxes that only one side has
    are dashed, and their labels, which say so, go first.
    """
    painter.save()
    painter.setRenderHint(QPainter.Antialiasing, False)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    shown = [_shown(layer, look) for layer in layers]
    for layer, of in zip(layers, shown, strict=True):
        painter.setClipRect(layer.ground.clip)
        _paint_lines(painter, layer, of)
    places = [_sides(rect, 0) for rect in taken]
    pairs = [*zip(layers, shown, books, strict=False)]
    for layer, of, book in sorted(pairs, key=lambda one: not one[0].only):
        under = None if mouse is None else box_at(layer.found, layer.ground, mouse)
        painter.setClipRect(layer.ground.clip)
        places += _paint_labels(painter, layer, look, book, of, places, under)
    painter.restore()


@dataclass(frozen=True, slots=True)
class _Boxes:
    """The boxes of a layer in the view, their colours and the width of their lines.

    `seen` has the rows of those that are in the view.
    """

    boxes: list[Place]
    colors: list[Rgb]
    line: float
    seen: list[int]


class _Text(NamedTuple):
    """A painted text, and how large it is in logical pixels."""

    image: QImage
    width: float
    height: float


def _shown(layer: BoxLayer, look: Look) -> _Boxes:
    boxes = layer.ground.boxes(layer.found)
    classes = layer.found.class_id.tolist()
    colors = [*map(class_color, classes, layer.objects.shades)]
    line = line_width(layer.ground.view, look.thickness)
    return _Boxes(boxes, colors, line, layer.ground.seen(boxes))


def _paint_lines(painter: QPainter, layer: BoxLayer, of: _Boxes) -> None:
    for row in reversed(of.seen):
        left, top, right, bottom = of.boxes[row]
        box = QRectF(left, top, right - left, bottom - top)
        if layer.only:
            painter.setPen(_pen(_UNDER_DASHES, of.line, is_flat=True))
            painter.drawRect(box)
        painter.setPen(_pen(of.colors[row], of.line, is_dashed=bool(layer.only)))
        painter.drawRect(box)


def _paint_labels(
    painter: QPainter,
    layer: BoxLayer,
    look: Look,
    book: LabelBook,
    of: _Boxes,
    taken: Sequence[Place],
    under_mouse: int | None,
) -> list[Place]:
    """Paint the labels of a layer; gives where they lie."""
    if look.labels == "off" and not layer.only:
        return []
    keys, half = layer.objects.keys, of.line / 2
    texts = _texts(layer, look, of, theme.device_ratio(painter))
    labels = {
        row: Label(keys[row], _widened(of.boxes[row], half), text.width, text.height)
        for row, text in texts.items()
    }
    area = _sides(layer.ground.clip, 0)
    wanted = [label for label in labels.values() if layer.only or not label.is_small]
    wanted.sort(key=lambda label: abs(label.key))
    placed = place_labels(wanted, area, taken, book.choices)
    book.choices = {key: one.choice for key, one in placed.items()}
    order = [*reversed(texts)]
    if under_mouse in labels:
        asked = labels[under_mouse]
        placed = {asked.key: placed.get(asked.key) or _any_place(asked, area), **placed}
        order.sort(key=lambda row: row == under_mouse)
    for row in order:
        if (one := placed.get(keys[row])) is not None:
            # Whole pixels: rounding must not push it over its neighbour.
            left, top, _, _ = one.place
            painter.drawImage(round(left), round(top), texts[row].image)
    return [one.place for one in placed.values()]


def _any_place(label: Label, area: Place) -> PlacedLabel:
    return place_labels([label], area)[label.key]


def _texts(layer: BoxLayer, look: Look, of: _Boxes, ratio: float) -> dict[int, _Text]:
    """The painted text of each box that is seen, by its row."""
    letters = round(_LABEL_TEXT * theme.em(layer.ground.view))
    found, label = layer.found, layer.titles.label
    classes, scores, numbers = found.class_id.tolist(), found.score.tolist(), found.track_ids
    only = QCoreApplication.translate("Boxes", "only {side}").format(side=layer.only)
    texts = {}
    for row in of.seen:
        words = box_label(label(classes[row]), scores[row], look.labels, numbers[row])
        if layer.only:
            words = f"{only} {words}".rstrip()
        texts[row] = _text(words, of.colors[row], letters, ratio)
    return texts


def line_width(view: QRectF, thickness: float = 1.0) -> float:
    """How wide the lines of a box are in a view: 2 pixels at 720, 3 at 1080, times `thickness`."""
    return max(1.0, round(view.height() / 360 * thickness))


def box_at(found: Detections, ground: Ground, at: QPointF) -> int | None:
    """The index of the smallest box under a point, so that one inside another can be reached."""
    if not ground.clip.contains(at):
        return None
    boxes = [*enumerate(ground.boxes(found))]
    under = [(row, box) for row, box in boxes if _holds(box, at)]
    return min(under, key=lambda one: _area(one[1]), default=(None, None))[0]


def box_words(layer: BoxLayer, index: int) -> str:
    """What the tooltip of a box says: class, score, and size in source pixels."""
    found, titles = layer.found, layer.titles
    x1, y1, x2, y2 = (float(side) for side in found.xyxy[index])
    words = QCoreApplication.translate("Boxes", "{name} {score:.2f}\n{width} x {height} pixels")
    told = words.format(
        name=titles.label(int(found.class_id[index])),
        score=float(found.score[index]),
        width=round(x2 - x1),
        height=round(y2 - y1),
    )
    if not layer.only:
        return told
    only = QCoreApplication.translate("Boxes", "only {side} has it: {model}")
    return f"{told}\n{only.format(side=layer.only, model=titles.model)}"


def _holds(box: Place, at: QPointF) -> bool:
    left, top, right, bottom = box
    return left <= at.x() <= right and top <= at.y() <= bottom


def _area(box: Place) -> float:
    left, top, right, bottom = box
    return (right - left) * (bottom - top)


def _sides(rect: QRectF, around: float) -> Place:
    return _widened((rect.left(), rect.top(), rect.right(), rect.bottom()), around)


def _widened(box: Place, around: float) -> Place:
    left, top, right, bottom = box
    return left - around, top - around, right + around, bottom + around


# Not to be changed by who paints with it.
@lru_cache(maxsize=1024)
def _pen(
    color: tuple[int, ...], line: float, *, is_dashed: bool = False, is_flat: bool = False
) -> QPen:
    pen = QPen(QColor(*color), line)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    if is_dashed or is_flat:
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    if is_dashed:
        pen.setDashPattern(_DASHES)
    return pen


# The same labels come again in picture after picture; one takes about 12 kB at 1080p.
@lru_cache(maxsize=1024)
def _text(label: str, color: Rgb, letters: int, ratio: float) -> _Text:
    """A label on its ground; `letters` is the height of its text in logical pixels."""
    font = theme.font(letters, bold=True)
    metrics = QFontMetricsF(font)
    width = metrics.horizontalAdvance(label) + 2 * _LABEL_PADDING * letters
    size = math.ceil(width * ratio), math.ceil(metrics.height() * ratio)
    image = QImage(*size, QImage.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(QColor(*color))
    area = QRectF(0, 0, image.width() / ratio, image.height() / ratio)
    painter = QPainter(image)
    painter.setFont(font)
    ink = text_color(color)
    halo = QColor(*text_color(ink))
    halo.setAlpha(_HALO_ALPHA)
    painter.setPen(halo)
    step = max(1.0, round(_HALO * letters * ratio)) / ratio
    for x, y in ((-step, 0), (step, 0), (0, -step), (0, step)):
        painter.drawText(area.translated(x, y), int(Qt.AlignmentFlag.AlignCenter), label)
    painter.setPen(QColor(*ink))
    painter.drawText(area, int(Qt.AlignmentFlag.AlignCenter), label)
    painter.end()
    return _Text(image, area.width(), area.height())
