"""What is drawn over a picture, as plain data: colours, label text, the lines of the HUD.

The window paints it with QPainter, the recorder with `rkvideo.sinks.painter`; both read it here,
so that a recording looks like the window.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from rkvideo.data import FrameCounts, FrameResult
from rkvideo.stats import StatsSnapshot

Rgb: TypeAlias = tuple[int, int, int]
LabelStyle: TypeAlias = Literal["full", "name", "score", "off"]

# The eight colours of Okabe and Ito (https://jfly.uni-koeln.de/color/), without black, which
# colour-blind people tell apart, followed by lighter and darker turns of them.
_PALETTE: tuple[Rgb, ...] = (
    (230, 159, 0),
    (86, 180, 233),
    (0, 158, 115),
    (240, 228, 66),
    (0, 114, 178),
    (213, 94, 0),
    (204, 121, 167),
    (255, 204, 121),
    (160, 220, 255),
    (110, 220, 190),
    (150, 130, 30),
    (120, 170, 255),
    (255, 150, 110),
    (240, 180, 220),
)


@dataclass(frozen=True, slots=True)
class RunTitles:
    """What a run is called on the overlay; `source` holds no password."""

    source: str
    model: str
    backend: str
    labels: tuple[str, ...]

    def label(self, class_id: int) -> str:
        """The name of a class, or `class N` where the model names none."""
        return self.labels[class_id] if 0 <= class_id < len(self.labels) else f"class {class_id}"

    def of(self, result: FrameResult) -> RunTitles:
        """These titles with the model that made `result`, whose labels name its classes."""
        if not result.labels:
            return self
        return replace(self, model=result.model, labels=result.labels)


@dataclass(frozen=True, slots=True)
class Look:
    """How boxes and figures are drawn, in the window and in recordings.

    `labels`: name and score, the name alone, the score alone, nothing. `thickness` and
    `hud_scale` are factors of the usual size, 0.5 to 3: for a viewer three metres away they are
    raised.
    """

    labels: LabelStyle = "full"
    thickness: float = 1.0
    hud_scale: float = 1.0


def class_color(class_id: int) -> Rgb:
    """The colour of a class: always the same, and another than that of its neighbours."""
    return _PALETTE[class_id % len(_PALETTE)]


def text_color(background: Rgb) -> Rgb:
    """Black or white, whichever reads better on `background`.

    The weights are those of relative luminance, ITU-R BT.709.
    """
    red, green, blue = background
    return (0, 0, 0) if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 110 else (255, 255, 255)


def box_label(name: str, score: float) -> str:
    """`person 0.91`."""
    return f"{name} {score:.2f}"


def hud_lines(
    titles: RunTitles, stats: StatsSnapshot, counts: FrameCounts, extra: Sequence[str] = ()
) -> tuple[str, ...]:
    """The lines of the HUD, top to bottom; `extra` lines come last."""
    stages = "  ".join(f"{stage} {seconds * 1e3:.1f}" for stage, seconds in stats.stages)
    return (
        f"{stats.shown_fps:.1f} fps   source {stats.source_fps:.1f} fps",
        f"latency p50 {stats.latency.p50 * 1e3:.0f} ms   p95 {stats.latency.p95 * 1e3:.0f} ms",
        f"ms: {stages}",
        f"dropped {counts.dropped}   late {counts.late}   failed {counts.failed}",
        f"{titles.model}   {titles.backend}",
        *extra,
    )
