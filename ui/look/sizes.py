"""How large things are: every length of the window comes from the screen that it is on.

Text takes the same share of a screen whatever its pixels: 13 logical pixels at 1920x1080 and 26 at
3840x2160. A screen that the desktop already scales has fewer logical pixels, so it is not scaled
twice. Below 1920x1080 nothing gets smaller: it is read from as far away.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PyQt5.QtCore import QCoreApplication, QSize
from PyQt5.QtGui import QScreen

TEXT_PX: Final = 13
ICON_PX: Final = 18
# The smallest window: a picture and a bar can be used in it.
SMALLEST: Final = QSize(480, 270)
# Below this width of a window a panel takes little of it: `ui.window.docks`.
NARROW: Final = 1600

_LONG, _SHORT = 1920, 1080
_USUAL_DPI: Final = 96.0
_MOST: Final = 4.0
_PROPERTY: Final = "rkvideo_size_factor"


@dataclass(frozen=True, slots=True)
class ScreenFacts:
    """A screen: its size in logical pixels, and the dots per inch that the desktop is set to."""

    width: int
    height: int
    dpi: float = _USUAL_DPI

    @property
    def factor(self) -> float:
        """How much larger things are than at 1920x1080: 1.0 to 4.0.

        An ultra-wide screen counts by its height, an upright one as if it lay. Whoever has set a
        higher resolution of text wants larger text, also on a small screen.
        """
        long, short = max(self.width, self.height), min(self.width, self.height)
        by_pixels = min(long / _LONG, short / _SHORT)
        return min(_MOST, max(1.0, by_pixels, self.dpi / _USUAL_DPI))


def facts_of(screen: QScreen) -> ScreenFacts:
    """What Qt knows of a screen."""
    size = screen.size()
    return ScreenFacts(size.width(), size.height(), screen.logicalDotsPerInch())


def use_factor(factor: float) -> None:
    """Make things `factor` times as large as at 1920x1080; `style.apply_style` does the rest."""
    app = QCoreApplication.instance()
    if app is not None:
        app.setProperty(_PROPERTY, factor)


def size_factor() -> float:
    """The factor in use, 1.0 until another was set."""
    app = QCoreApplication.instance()
    kept = app.property(_PROPERTY) if app is not None else None
    return float(kept) if kept else 1.0


def px(length: float) -> int:
    """A length of the design at 1920x1080, in logical pixels of this screen; at least 1."""
    return max(1, round(length * size_factor()))


def square(side: float) -> QSize:
    """A square of that design length."""
    return QSize(px(side), px(side))


def margins(left: float, top: float, right: float, bottom: float) -> tuple[int, int, int, int]:
    """The four margins of a layout, from design lengths; 0 stays 0."""
    given = (left, top, right, bottom)
    return tuple(px(one) if one else 0 for one in given)  # type: ignore[return-value]
