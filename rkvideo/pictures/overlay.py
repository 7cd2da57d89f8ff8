"""What is drawn over a picture, as plain data: colours, label text, the line of the HUD.

The window paints it with QPainter, the recorder with `rkvideo.pictures.painter`; both read it here,
so that a recording looks like the window.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, Protocol, TypeAlias

from rkvideo.data import UNNUMBERED, BoolArray, SideResult, UInt8Array
from rkvideo.stats import StatsSnapshot
from rkvideo.status import FrameCounts, RunTitles

Rgb: TypeAlias = tuple[int, int, int]
AloneOf: TypeAlias = Callable[[SideResult, SideResult], tuple[BoolArray, BoolArray]]
LabelStyle: TypeAlias = Literal["full", "name", "score", "off"]
# How much of the figures is shown; in the order in which a key goes round.
FiguresStep: TypeAlias = Literal["none", "line", "all"]
# Row by row, the left one first.
Corner: TypeAlias = Literal["top left", "top right", "bottom left", "bottom right"]

_BLACK: Rgb = (0, 0, 0)
_WHITE: Rgb = (255, 255, 255)

# Found by simulated annealing over a grid of sRGB colours with L* of 48 to 95 and a chroma above
# 28, so that neighbours stay apart to colour-blind eyes; `test_overlay.py` measures it.
_PALETTE: tuple[Rgb, ...] = (
    (80, 200, 230),
    (230, 230, 0),
    (230, 40, 120),
    (120, 80, 255),
    (160, 255, 230),
    (230, 0, 0),
    (255, 40, 200),
    (255, 200, 40),
    (80, 160, 120),
    (200, 0, 230),
    (200, 255, 160),
    (120, 120, 0),
)

SHADES = 4
"""How many shades each class has for its objects."""

# A light colour has no room above it; found by trial, measured by `test_overlay.py`.
_LIGHT = 0.45
_LIGHT_SHADES = ((_BLACK, 0.3), (_BLACK, 0.5), (_BLACK, 0.7))
_DARK_SHADES = ((_WHITE, 0.55), (_BLACK, 0.4), (_BLACK, 0.65))

MARK_COLOR: Rgb = (255, 200, 40)
"""The ground of the word SIMULATED."""


class Face(Protocol):
    """A typeface; from any thread."""

    def __hash__(self) -> int:
        """What was drawn is kept by its face."""
        ...

    def __call__(self, text: str, capital: int, pad: int) -> UInt8Array:
        """Where a line of text has ink: uint8 (capital + 2 * pad, width), 0..255.

        Capitals are `capital` pixels high and have `pad` rows above and below them.
        """
        ...


@dataclass(frozen=True, slots=True)
class Look:
    """How boxes and figures are drawn, in the window and in recordings.

    `labels`: name and score, the name alone, the score alone, nothing. `thickness` and
    `hud_scale` are factors of the usual size, 0.5 to 3: for a viewer three metres away they are
    raised. `divider` is the share of the picture, 0 to 1 from its left, that is model A's where an
    A|B view is recorded. `face` draws the letters of a file, None for the face that OpenCV has.
    With `trails` the way of each numbered object is drawn. `alone` tells of the sides of an A|B
    view which boxes only one has, bool (n,) and (m,), so that they are marked; None: unmarked.
    """

    labels: LabelStyle = "full"
    thickness: float = 1.0
    hud_scale: float = 1.0
    divider: float = 0.5
    face: Face | None = None
    trails: bool = False
    alone: AloneOf | None = None


@lru_cache(maxsize=1024)
def class_color(class_id: int, shade: int = 0) -> Rgb:
    """The colour of a class: always the same, and another than that of its neighbours.

    Classes whose ids differ by 1, 2, 3 or 5 are at least 46, 32, 27 or 17 apart in CIE Lab, to
    usual eyes as well as to those without red, green or blue cones. `shade` is one of `SHADES` for
    the objects of a class, at least 12 apart to all of them; 0 is the colour itself.
    """
    color = _PALETTE[class_id % len(_PALETTE)]
    if shade % SHADES == 0:
        return color
    is_light = _luminance(color) > _LIGHT
    target, share = (_LIGHT_SHADES if is_light else _DARK_SHADES)[shade % SHADES - 1]
    red, green, blue = (
        round(level + (end - level) * share) for level, end in zip(color, target, strict=True)
    )
    return red, green, blue


@lru_cache(maxsize=1024)
def text_color(background: Rgb) -> Rgb:
    """Black or white, whichever has more contrast on `background`; that is 4.58 at least."""
    black, white = contrast(background, _BLACK), contrast(background, _WHITE)
    return _BLACK if black >= white else _WHITE


def contrast(one: Rgb, other: Rgb) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.1, "contrast ratio")."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: Rgb) -> float:
    """Relative luminance, 0 to 1 (WCAG 2.1; sRGB is IEC 61966-2-1)."""
    red, green, blue = (
        level / 12.92 if level <= 0.04045 else ((level + 0.055) / 1.055) ** 2.4
        for level in (component / 255 for component in color)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def box_label(
    name: str, score: float, style: LabelStyle = "full", track_id: int = UNNUMBERED
) -> str:
    """`person 0.91`, `person`, `0.91` or nothing, as the style of the labels asks.

    An object that is tracked has its number after its name: `person 3 0.91`.
    """
    if style == "off":
        return ""
    if style == "score":
        return f"{score:.2f}"
    named = name if track_id == UNNUMBERED else f"{name} {track_id}"
    return named if style == "name" else f"{named} {score:.2f}"


def hud_line(
    titles: RunTitles, stats: StatsSnapshot, counts: FrameCounts, extra: Sequence[str] = ()
) -> str:
    """The figures of a clip in one line: `30.0 fps · 21 ms · yolo11n@640`.

    What went wrong so far follows, and then `extra`.
    """
    wrong = (("dropped", counts.dropped), ("late", counts.late), ("failed", counts.failed))
    parts = (
        f"{stats.shown_fps:.1f} fps",
        f"{stats.latency.p50 * 1e3:.0f} ms",
        titles.model,
        *(f"{name} {count}" for name, count in wrong if count),
        *extra,
    )
    return " · ".join(part for part in parts if part)
