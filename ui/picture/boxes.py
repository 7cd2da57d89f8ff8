"""Boxes and their labels over a picture that is painted at another size."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

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
_UNDER_DASHES: Final = QColor(0, 0, 0, 170)


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

    def box(self, found: Detections, index: int) -> QRectF:
        """Where a box lies in the view."""
        x1, y1, x2, y2 = (float(side) for side in found.xyxy[index])
        return QRectF(self.point(x1, y1), self.point(x2, y2))

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
    places = [*taken]
    pairs = [*zip(layers, shown, books, strict=False)]
    for layer, of, book in sorted(pairs, key=lambda one: not one[0].only):
        under = None if mouse is None else box_at(layer.found, layer.ground, mouse)
        painter.setClipRect(layer.ground.clip)
        places += _paint_labels(painter, layer, look, book, of, places, under)
    painter.restore()


def _shown(layer: BoxLayer, look: Look) -> _Boxes:
    boxes = [layer.ground.box(layer.found, index) for index in range(len(layer.found))]
    colors = [
        class_color(int(class_id), shade)
        for class_id, shade in zip(layer.found.class_id, layer.objects.shades, strict=True)
    ]
    return _Boxes(boxes, colors, line_width(layer.ground.view, look.thickness))


def _paint_lines(painter: QPainter, layer: BoxLayer, of: _Boxes) -> None:
    for index in reversed(range(len(of.boxes))):
        if not of.boxes[index].intersects(layer.ground.clip):
            continue
        pen = QPen(QColor(*of.colors[index]), of.line)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        if layer.only:
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            under = QPen(pen)
            under.setColor(_UNDER_DASHES)
            painter.setPen(under)
            painter.drawRect(of.boxes[index])
            pen.setDashPattern(_DASHES)
        painter.setPen(pen)
        painter.drawRect(of.boxes[index])


@dataclass(frozen=True, slots=True)
class _Boxes:
    """The boxes of a layer in the view, their colours and the width of their lines."""

    boxes: list[QRectF]
    colors: list[Rgb]
    line: float


def _paint_labels(
    painter: QPainter,
    layer: BoxLayer,
    look: Look,
    book: LabelBook,
    of: _Boxes,
    taken: Sequence[QRectF],
    under_mouse: int | None,
) -> list[QRectF]:
    """Paint the labels of a layer; gives where they lie."""
    if look.labels == "off" and not layer.only:
        return []
    texts = _texts(painter, layer, look, of)
    ratio = theme.device_ratio(painter)
    labels = {
        index: Label(
            layer.objects.keys[index], _sides(of.boxes[index], of.line / 2), *_size(text, ratio)
        )
        for index, text in texts.items()
    }
    ordered = sorted(labels.values(), key=lambda label: abs(label.key))
    obstacles = [_sides(rect, 0) for rect in taken]
    area = _sides(layer.ground.clip, 0)
    wanted = [label for label in ordered if layer.only or not label.is_small]
    placed = place_labels(wanted, area, obstacles, book.choices)
    book.choices = {key: one.choice for key, one in placed.items()}
    if under_mouse in labels:
        asked = labels[under_mouse]
        placed = {asked.key: placed.get(asked.key) or _any_place(asked, area), **placed}
    for index in sorted(texts, reverse=True, key=lambda row: (row != under_mouse, row)):
        if (one := placed.get(layer.objects.keys[index])) is not None:
            # Whole pixels: rounding must not push it over its neighbour.
            left, top, _, _ = one.place
            painter.drawImage(QPointF(round(left), round(top)), texts[index])
    return [
        QRectF(QPointF(left, top), QPointF(right, bottom))
        for left, top, right, bottom in (one.place for one in placed.values())
    ]


def _any_place(label: Label, area: Place) -> PlacedLabel:
    return place_labels([label], area)[label.key]


def _texts(painter: QPainter, layer: BoxLayer, look: Look, of: _Boxes) -> dict[int, QImage]:
    """The painted text of each box that is seen, by its row."""
    letters = round(_LABEL_TEXT * theme.em(layer.ground.view))
    ratio = theme.device_ratio(painter)
    found, titles = layer.found, layer.titles
    only = QCoreApplication.translate("Boxes", "only {side}").format(side=layer.only)
    return {
        row: _text(
            " ".join(
                word
                for word in (
                    only if layer.only else "",
                    box_label(
                        titles.label(int(found.class_id[row])),
                        float(found.score[row]),
                        look.labels,
                        found.track_ids[row],
                    ),
                )
                if word
            ),
            of.colors[row],
            letters,
            ratio,
        )
        for row, box in enumerate(of.boxes)
        if box.intersects(layer.ground.clip)
    }


def line_width(view: QRectF, thickness: float = 1.0) -> float:
    """How wide the lines of a box are in a view: 2 pixels at 720, 3 at 1080, times `thickness`."""
    return max(1.0, round(view.height() / 360 * thickness))


def box_at(found: Detections, ground: Ground, at: QPointF) -> int | None:
    """The index of the smallest box under a point, so that one inside another can be reached."""
    if not ground.clip.contains(at):
        return None
    boxes = [(index, ground.box(found, index)) for index in range(len(found))]
    under = [(index, box) for index, box in boxes if box.contains(at)]
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


def _area(box: QRectF) -> float:
    return box.width() * box.height()


def _sides(rect: QRectF, around: float) -> Place:
    return (
        rect.left() - around,
        rect.top() - around,
        rect.right() + around,
        rect.bottom() + around,
    )


def _size(text: QImage, ratio: float) -> tuple[float, float]:
    return text.width() / ratio, text.height() / ratio


# The same labels come again in picture after picture; one takes about 12 kB at 1080p.
@lru_cache(maxsize=1024)
def _text(label: str, color: Rgb, letters: int, ratio: float) -> QImage:
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
    return image
