"""A small plot in SVG: axes, dots, lines and bars, as text.

Colours are left to the page: a mark has a class (`c0` to `c7`, `front`), so that one figure serves
a light and a dark theme. Every word is escaped.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Final

WIDTH: Final = 640
HEIGHT: Final = 360
_LEFT, _RIGHT, _TOP, _BOTTOM = 66, 20, 18, 54
# Of DejaVu Sans, which is the widest of the faces that browsers take where none is asked for.
_LETTER: Final = 8.5
_LINE: Final = 15
_TICKS: Final = 6
_DOT: Final = 6


@dataclass(frozen=True, slots=True)
class Axis:
    """What an axis shows, and from where to where it reaches."""

    title: str
    low: float
    high: float
    ticks: tuple[tuple[float, str], ...] = ()


def axis_of(title: str, values: Sequence[float], *, from_zero: bool = True) -> Axis:
    """An axis with round ticks that reaches beyond all of the values."""
    low = 0.0 if from_zero else min(values, default=0.0)
    high = max(values, default=1.0)
    if high <= low:
        high = low + 1.0
    step = _round_step((high - low) / _TICKS)
    first, last = math.floor(low / step), math.ceil(high * 1.02 / step)
    ticks = tuple((number * step, f"{number * step:.10g}") for number in range(first, last + 1))
    return Axis(title, ticks[0][0], ticks[-1][0], ticks)


@dataclass(slots=True)
class Plot:
    """Takes marks, gives the text of an `<svg>`; what is drawn first lies below."""

    title: str
    x: Axis
    y: Axis
    width: int = WIDTH
    height: int = HEIGHT
    left: int = _LEFT
    _parts: list[str] = field(default_factory=list)
    _dots: list[tuple[float, float, str]] = field(default_factory=list)

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Where a point of the axes lies in the picture."""
        across = (x - self.x.low) / (self.x.high - self.x.low)
        up = (y - self.y.low) / (self.y.high - self.y.low)
        return (
            self.left + across * (self.width - self.left - _RIGHT),
            self.height - _BOTTOM - up * (self.height - _TOP - _BOTTOM),
        )

    def line(self, points: Sequence[tuple[float, float]], css: str, tip: str = "") -> None:
        """A line through points of the axes."""
        places = " ".join(f"{x:.1f},{y:.1f}" for x, y in (self.at(*point) for point in points))
        self._parts.append(f'<polyline class="line {css}" points="{places}">{_tip(tip)}</polyline>')

    def dot(self, x: float, y: float, css: str, label: str = "", tip: str = "") -> None:
        """A point, with its name beside it where there is room."""
        left, top = self.at(x, y)
        self._parts.append(
            f'<circle class="dot {css}" cx="{left:.1f}" cy="{top:.1f}" r="5">{_tip(tip)}</circle>'
        )
        self._dots.append((left, top, label))

    def spread(self, x: float, low: float, high: float, css: str) -> None:
        """The range of a figure, up and down."""
        left, bottom = self.at(x, low)
        _, top = self.at(x, high)
        self._parts.append(
            f'<line class="spread {css}" x1="{left:.1f}" x2="{left:.1f}" y1="{bottom:.1f}"'
            f' y2="{top:.1f}"/>'
        )

    def bar(self, x: float, y: float, length: float, thick: float, css: str, tip: str) -> None:
        """A bar from (x, y) to the right, `thick` of the y axis high around y."""
        left, top = self.at(x, y + thick / 2)
        right, bottom = self.at(x + length, y - thick / 2)
        self._parts.append(
            f'<rect class="bar {css}" x="{left:.1f}" y="{top:.1f}"'
            f' width="{max(0.0, right - left):.1f}" height="{bottom - top:.1f}">{_tip(tip)}</rect>'
        )

    def text(self) -> str:
        """The whole picture."""
        return (
            f'<svg viewBox="0 0 {self.width} {self.height}" role="img"'
            f' aria-label="{escape(self.title)}">'
            f"{''.join(self._axes())}{''.join(self._parts)}{''.join(self._labels())}</svg>"
        )

    def _axes(self) -> list[str]:
        bottom, right = self.height - _BOTTOM, self.width - _RIGHT
        parts = []
        for value, words in self.x.ticks:
            left, _ = self.at(value, self.y.low)
            parts.append(
                f'<line class="grid" x1="{left:.1f}" x2="{left:.1f}" y1="{_TOP}" y2="{bottom}"/>'
            )
            parts.append(_text(left, bottom + 18, words, "middle"))
        for value, words in self.y.ticks:
            _, top = self.at(self.x.low, value)
            parts.append(
                f'<line class="grid" x1="{self.left}" x2="{right}" y1="{top:.1f}" y2="{top:.1f}"/>'
            )
            parts.append(_text(self.left - 8, top + 4, words, "end"))
        parts.append(
            _text((self.left + right) / 2, self.height - 12, self.x.title, "middle", "title")
        )
        middle = (_TOP + bottom) / 2
        if self.y.title:
            parts.append(
                f'<text class="title" text-anchor="middle" transform="translate(16 {middle:.1f})'
                f' rotate(-90)">{escape(self.y.title)}</text>'
            )
        return parts

    def _labels(self) -> list[str]:
        """The names of the points, each where it lies on no point, no other name, and inside.

        They are put when all points are known, and over all lines; one without room is left out,
        its point still tells its name.
        """
        taken = [(x - _DOT, y - _DOT, x + _DOT, y + _DOT) for x, y, _ in self._dots]
        parts = []
        for left, top, words in self._dots:
            long = _LETTER * len(words)
            middle = max(self.left, min(left - long / 2, self.width - long))
            for x, y in (
                (left + 9, top - 7), (left + 9, top + 17), (left - 9 - long, top - 7),
                (left - 9 - long, top + 17), (left + 11, top + 4), (left - 11 - long, top + 4),
                (middle, top - 20), (middle, top + 30), (middle, top - 24), (middle, top + 36),
            ):  # fmt: skip
                box = (x, y - _LINE, x + long, y)
                is_inside = self.left <= x and box[2] <= self.width and box[1] >= 0
                if words and is_inside and not any(_overlap(box, other) for other in taken):
                    taken.append(box)
                    parts.append(_text(x, y, words, "start", "name"))
                    break
        return parts


def _round_step(step: float) -> float:
    """1, 2 or 5 times a power of ten, at least `step`."""
    power = 10.0 ** math.floor(math.log10(step))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= step * 0.999)


def _overlap(
    one: tuple[float, float, float, float], other: tuple[float, float, float, float]
) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _tip(words: str) -> str:
    return f"<title>{escape(words)}</title>" if words else ""


def _text(x: float, y: float, words: str, anchor: str, css: str = "tick") -> str:
    return (
        f'<text class="{css}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'
    )
