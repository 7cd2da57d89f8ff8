"""Draws boxes, labels and the HUD straight onto the planes of a yuv420p picture.

That spares a recording two conversions of every picture. Fills lie on even pixels, so that
luma and chroma end at the same edge.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeAlias

import cv2
import numpy as np
from av.video.reformatter import ColorRange

from rkvideo.data import BoolArray, Detections, UInt8Array
from rkvideo.pictures.canvas import Canvas
from rkvideo.pictures.labels import Label, Place, PlacedLabel, place_labels
from rkvideo.pictures.objects import FoundBoxes, ObjectBook
from rkvideo.pictures.overlay import (
    MARK_COLOR,
    Face,
    Look,
    Rgb,
    box_label,
    text_color,
)
from rkvideo.pictures.trail_painter import draw_trail
from rkvideo.pictures.trails import Trail, TrailBook
from rkvideo.status import RunTitles

Yuv: TypeAlias = tuple[int, int, int]

# OpenCV 5 draws its Hershey faces as TrueType with the letters of most scripts; the strokes of
# OpenCV 4 end with ASCII and every other letter becomes `??`.
DRAWS_UNICODE = hasattr(cv2, "FontFace")

# Weights of red and blue by colour space tag (ITU-T H.273, table 4): BT.709, FCC, SMPTE 240M,
# BT.2020. All others are BT.601, as swscale converts them.
_BT601 = (0.299, 0.114)
_WEIGHTS = {1: (0.2126, 0.0722), 4: (0.30, 0.11), 7: (0.212, 0.087), 9: (0.2627, 0.0593)}

_FACE = cv2.FONT_HERSHEY_SIMPLEX
_CAPITAL_HEIGHT = 22  # pixels of a capital of that face at scale 1
_PICTURE_PER_CAPITAL = 45  # a capital is 24 pixels high at 1080p: readable from three metres
_SMALLEST_SCALE = 0.4  # below that the strokes of letters touch
_HUD_BRIGHTNESS = 0.35
_HUD_LETTERS = 0.75  # of the letters of a label
_HUD_SHARE = 0.5  # of the picture's width, at most, at the usual size
_BLACK: Rgb = (0, 0, 0)
_WHITE: Rgb = (255, 255, 255)
# Of the line of a box that only one side has, in its widths: a dash and its gap.
_DASHES = (4, 3)
_GREY = 128  # chroma of black, grey and white
_USUAL = Look()


@dataclass(frozen=True, slots=True)
class _Font:
    scale: float
    thickness: int

    def size(self, text: str) -> tuple[int, int]:
        """Width of the text, and height from its base line up, in pixels."""
        (width, height), _ = cv2.getTextSize(_whole(text), _FACE, self.scale, self.thickness)
        return width, height


def _whole(text: str) -> str:
    """`text` without halves of letters (the name of a file that is not UTF-8): OpenCV dies."""
    return text.encode("utf-8", "replace").decode("utf-8")


@dataclass(frozen=True, slots=True)
class _Style:
    """How large letters are, and the room around them, in pixels."""

    font: _Font
    capital: int
    pad: int


@lru_cache(maxsize=32)
def _style(height: int, factor: float = 1.0, *, exact: bool = False) -> _Style:
    """For a picture of this height; `factor` times the usual size, `exact` ones of the scale 1."""
    usual = height / _PICTURE_PER_CAPITAL / _CAPITAL_HEIGHT
    scale = factor if exact else max(_SMALLEST_SCALE, factor * usual)
    font = _Font(scale, max(1, round(factor * height / 540)))
    capital = font.size("H")[1]
    return _Style(font=font, capital=capital, pad=max(2, capital // 3))


def _line_width(height: int, factor: float) -> int:
    """Pixels, even: 2 at 720, 4 at 1080, times the factor."""
    return 2 * max(1, round(factor * height / 720))


@lru_cache(maxsize=256)
def yuv(color: Rgb, colorspace: int, full_range: bool = False) -> Yuv:
    """`color` for a colour space tag, in limited range or in full range (ITU-T H.273, 8.3)."""
    red, green, blue = (level / 255 for level in color)
    red_weight, blue_weight = _WEIGHTS.get(colorspace, _BT601)
    luma = red_weight * red + (1 - red_weight - blue_weight) * green + blue_weight * blue
    black, white, chroma = (0, 255, 127.5) if full_range else (16, 235, 112)
    return (
        round(black + (white - black) * luma),
        min(round(128 + chroma * (blue - luma) / (1 - blue_weight)), 255),
        min(round(128 + chroma * (red - luma) / (1 - red_weight)), 255),
    )


def drawable_name(name: str, class_id: int, unicode: bool = DRAWS_UNICODE) -> str:
    """`name` in letters that can be drawn: accents go, another script becomes `class N`."""
    if unicode:
        return name
    plain = _without_accents(name)
    return plain if plain.isascii() else f"class {class_id}"


def drawable_line(line: str, unicode: bool = DRAWS_UNICODE) -> str:
    """`line` in letters that can be drawn: accents go, each other letter becomes `_`."""
    if unicode:
        return line
    plain = _without_accents(line.replace(" · ", "  "))
    return "".join(letter if letter.isascii() else "_" for letter in plain)


def _without_accents(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


@dataclass(slots=True)
class SideMemory:
    """What is remembered of one model from picture to picture of a clip; one thread owns it.

    `choices` and `lone_choices` are where its labels lay, and those of what only it has.
    """

    book: ObjectBook = field(default_factory=ObjectBook)
    choices: dict[int, int] = field(default_factory=dict)
    lone_choices: dict[int, int] = field(default_factory=dict)
    trails: TrailBook = field(default_factory=TrailBook)


def new_memory() -> tuple[SideMemory, SideMemory]:
    """For a clip, whose objects keep their shades and labels: A's and B's."""
    return SideMemory(), SideMemory()


class PlanePainter:
    """Draws on one canvas, with lines and letters as `look` has them."""

    def __init__(self, canvas: Canvas, look: Look = _USUAL) -> None:
        self._canvas = canvas
        self._height, self._width = canvas.y.shape
        self._colorspace = canvas.picture.colorspace
        self._full_range = canvas.picture.color_range == ColorRange.JPEG
        self._look = self.look = look
        self._line = _line_width(self._height, look.thickness)
        self._style = _style(self._height)

    def draw_boxes(
        self,
        detections: Detections,
        titles: RunTitles,
        memory: SideMemory | None = None,
        trails: Sequence[Trail] = (),
    ) -> None:
        """Draw trails, every box, then the labels, the best last; no label lies over another."""
        memory = memory or SideMemory()
        found = FoundBoxes(detections, memory.book.follow(detections), titles)
        self.draw_lines(found, trails)
        self.draw_labels(found, memory.choices)

    def draw_lines(self, found: FoundBoxes, trails: Sequence[Trail] = ()) -> None:
        """Draw trails and every box, the best last; what only one side has is dashed."""
        colors = found.colors
        self._draw_trails(trails, dict(zip(found.objects.keys, colors, strict=True)))
        for box, color in zip(reversed(_even_boxes(found)), reversed(colors), strict=True):
            if found.only:
                self._outline(box, _BLACK)
            self._outline(box, color, is_dashed=bool(found.only))

    def draw_labels(
        self, found: FoundBoxes, choices: dict[int, int], taken: Sequence[Place] = ()
    ) -> list[Place]:
        """Draw the labels, the best last, none over another or what is `taken`; where they lie.

        `choices` are those of the picture before, and become those of this one.
        """
        keys, colors, texts = found.objects.keys, found.colors, self._texts(found)
        placed = self._places(_even_boxes(found), texts, keys, choices, taken)
        choices.clear()
        choices.update({key: one.choice for key, one in placed.items()})
        for row in reversed(range(len(keys))):
            if (one := placed.get(keys[row])) is not None:
                self._label(one.place[:2], texts[row], colors[row])
        return [one.place for one in placed.values()]

    def _draw_trails(self, trails: Sequence[Trail], colors: Mapping[int, Rgb]) -> None:
        for trail in trails:
            if trail.parts and trail.track_id in colors:
                draw_trail(self._canvas, trail, self._yuv(colors[trail.track_id]), self._line)

    def _texts(self, found: FoundBoxes) -> list[str]:
        detections, only = found.detections, f"only {found.only} " if found.only else ""
        return [
            f"{only}{self._label_of(found.titles, class_id, score, track_id)}".rstrip()
            for score, class_id, track_id in zip(
                detections.score.tolist(),
                detections.class_id.tolist(),
                detections.track_ids,
                strict=True,
            )
        ]

    def _places(
        self,
        boxes: Sequence[tuple[int, ...]],
        texts: Sequence[str],
        keys: Sequence[int],
        choices: Mapping[int, int],
        taken: Sequence[Place],
    ) -> dict[int, PlacedLabel]:
        labels = []
        for (left, top, right, bottom), text, key in zip(boxes, texts, keys, strict=True):
            if text:
                height, width = self._letters(text)[0].shape
                labels.append(Label(key, (left, top, right, bottom), width, height))
        labels.sort(key=lambda label: abs(label.key))
        area = (0, 0, self._width, self._height)
        return place_labels(labels, area, taken, choices)

    def draw_divider(self, x: int) -> None:
        """Draw the line between the sides of an A|B view; `x` is even."""
        left = min(max(x - self._line // 2 // 2 * 2, 0), self._width - self._line)
        self._fill(left, 0, left + self._line, self._height, _WHITE)

    def draw_mark(self, mark: str) -> None:
        """Draw a word at the top right, over everything; nothing for an empty one."""
        if mark:
            width = self._letters(mark)[0].shape[1]
            pad = self._style.pad
            self._label((self._width - width - pad, pad), mark, MARK_COLOR)

    def draw_hud(self, line: str) -> None:
        """Draw a line on a darkened panel at the top left, smaller where it is too wide."""
        style = _style(self._height, _HUD_LETTERS * self._look.hud_scale)
        # A HUD that was made larger may take all of the width.
        room = int(self._width * min(1.0, _HUD_SHARE * self._look.hud_scale))
        if not line or room <= 4 * style.pad:
            return
        letters, _ = _letters(self._drawable(line), style, self._look.face)
        if letters.shape[1] > room:
            style = _style(self._height, style.font.scale / letters.shape[1] * room, exact=True)
            letters, _ = _letters(self._drawable(line), style, self._look.face)
        height, width = letters.shape
        pad = _even(style.pad)
        self._darken(pad, pad, pad + width, pad + height)
        panel = self._canvas.y[pad : pad + height, pad : pad + width]
        ink = letters[: panel.shape[0], : panel.shape[1]].astype(np.uint16)
        white = self._yuv(_WHITE)[0]
        panel[:] = (panel * (255 - ink) + white * ink) // 255

    def _drawable(self, line: str) -> str:
        return line if self._look.face is not None else drawable_line(line)

    def _letters(self, text: str) -> tuple[UInt8Array, UInt8Array]:
        return _letters(text, self._style, self._look.face)

    def _yuv(self, color: Rgb) -> Yuv:
        return yuv(color, self._colorspace, self._full_range)

    def _label_of(self, titles: RunTitles, class_id: int, score: float, track_id: int) -> str:
        name = titles.label(class_id)
        if self._look.face is None:
            name = drawable_name(name, class_id)
        return box_label(name, score, self._look.labels, track_id)

    def _outline(self, box: Sequence[float], color: Rgb, *, is_dashed: bool = False) -> None:
        line, dash = self._line, self._line if is_dashed else 0
        left, top, right, bottom = box
        # A box that is thinner than its own line still shows, at the picture's edge too.
        left, top = min(left, self._width - line), min(top, self._height - line)
        right, bottom = max(right, left + line), max(bottom, top + line)
        self._fill(left, top, right, top + line, color, dash)
        self._fill(left, bottom - line, right, bottom, color, dash)
        self._fill(left, top, left + line, bottom, color, dash)
        self._fill(right - line, top, right, bottom, color, dash)

    def _label(self, corner: Sequence[float], text: str, color: Rgb) -> None:
        """A filled label whose upper left corner lies on even pixels."""
        letters, half_letters = self._letters(text)
        left, top = max(0, _even(corner[0])), max(0, _even(corner[1]))
        paper = self._yuv(color)
        ink = self._yuv(text_color(color))
        canvas = self._canvas
        _print(canvas.y, left, top, letters, paper[0], ink[0])
        _print(canvas.u, left // 2, top // 2, half_letters, paper[1], ink[1])
        _print(canvas.v, left // 2, top // 2, half_letters, paper[2], ink[2])

    def _fill(
        self, left: int, top: int, right: int, bottom: int, color: Rgb, dash: int = 0
    ) -> None:
        """Fill from `left, top` up to, not including, `right, bottom`; all are even.

        With `dash`, the width of a line, only dashes along the longer side are filled.
        """
        canvas = self._canvas
        left, top, right, bottom = (max(side, 0) for side in (left, top, right, bottom))
        planes = ((canvas.y, 1), (canvas.u, 2), (canvas.v, 2))
        for (plane, step), level in zip(planes, self._yuv(color), strict=True):
            part = plane[top // step : bottom // step, left // step : right // step]
            if not dash:
                part[:] = level
            elif right - left >= bottom - top:
                part[:, _dashes(part.shape[1], dash // step)] = level
            else:
                part[_dashes(part.shape[0], dash // step)] = level

    def _darken(self, left: int, top: int, right: int, bottom: int) -> None:
        """Make a dark, colourless panel through which the picture still shows."""
        left, top, right, bottom = (side // 2 * 2 for side in (left, top, right, bottom))
        panel = self._canvas.y[top:bottom, left:right]
        black = self._yuv(_BLACK)[0]
        cv2.convertScaleAbs(panel, panel, _HUD_BRIGHTNESS, (1 - _HUD_BRIGHTNESS) * black)
        for plane in (self._canvas.u, self._canvas.v):
            plane[top // 2 : bottom // 2, left // 2 : right // 2] = _GREY


@lru_cache(maxsize=1024)
def _dashes(length: int, line: int) -> BoolArray:
    """Which pixels along a line are in a dash: bool (length,)."""
    return np.arange(length) % (sum(_DASHES) * line) < _DASHES[0] * line


# The same labels come again in picture after picture; one takes about 10 kB.
@lru_cache(maxsize=512)
def _letters(text: str, style: _Style, face: Face | None) -> tuple[UInt8Array, UInt8Array]:
    """Where a label has ink, 0..255: for luma, of even size, and for chroma, half that size."""
    if face is None:
        width = _even_up(style.font.size(text)[0] + 2 * style.pad)
        height = _even_up(style.capital + 2 * style.pad)
        letters = np.zeros((height, width), np.uint8)
        _put(letters, text, (style.pad, (height + style.capital) // 2), style.font, 255)
    else:
        drawn = face(text, style.capital, style.pad)
        height, width = (_even_up(length) for length in (drawn.shape[0], drawn.shape[1]))
        letters = np.zeros((height, width + 2 * _even_up(style.pad)), np.uint8)
        left = _even_up(style.pad)
        letters[: drawn.shape[0], left : left + drawn.shape[1]] = drawn
        width = letters.shape[1]
    half = cv2.resize(letters, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    return letters, half.astype(np.uint8, copy=False)


def _print(
    plane: UInt8Array, left: int, top: int, letters: UInt8Array, paper: int, ink: int
) -> None:
    """Replace a part of the plane by letters; what lies outside the plane is left out."""
    height, width = letters.shape
    part = plane[top : top + height, left : left + width]
    visible = letters[: part.shape[0], : part.shape[1]]
    cv2.convertScaleAbs(visible, part, (ink - paper) / 255, paper)


def _put(plane: UInt8Array, text: str, origin: tuple[int, int], font: _Font, level: int) -> None:
    cv2.putText(plane, _whole(text), origin, _FACE, font.scale, level, font.thickness, cv2.LINE_AA)


def _even_boxes(found: FoundBoxes) -> list[tuple[int, ...]]:
    return [tuple(_even(side) for side in box) for box in found.detections.xyxy.tolist()]


def _even(length: float) -> int:
    return round(length / 2) * 2


def _even_up(length: int) -> int:
    return (length + 1) // 2 * 2
