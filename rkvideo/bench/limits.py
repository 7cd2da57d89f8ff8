"""What limits a row, from how busy each part was; and what the others could do.

A part is what limits where it is busy (nearly) all the time: a core that is busy for 60 % of it
waits for something else for the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import fmean
from typing import Final, Literal, TypeAlias

from rkvideo.bench.results import BenchRow, BenchSource

Part: TypeAlias = Literal[
    "npu", "decoder", "cpu", "interpreter", "machine", "workers", "source", "nothing"
]

BUSY: Final = 0.85
"""From here on a part limits: what is left of its time goes into the hand-overs."""

FOLLOWS: Final = 0.97
"""A live source of which this share of the frames is shown is what limits."""

WORDS: Final[Mapping[Part, str]] = {
    "npu": "the NPU",
    "decoder": "the decoder",
    "cpu": "the CPU",
    "interpreter": "the Python interpreter",
    "machine": "other programs on this CPU",
    "workers": "the number of workers",
    "source": "the source",
    "nothing": "nothing that was measured",
}
# While the interpreter is held, or all CPU cores are busy with this run, every other part takes
# longer than it needs, so that its share says nothing.
_FIRST: Final[tuple[Part, ...]] = ("interpreter", "cpu")
_THEN: Final[tuple[Part, ...]] = ("npu", "decoder")
_LAST: Final[tuple[Part, ...]] = ("machine", "workers")


@dataclass(frozen=True, slots=True)
class Limit:
    """What limits a row. `share` is how busy it was, 0 to 1; None for a source and for nothing.

    `could` are the frames per second that the NPU and the decoder would reach if nothing else held
    them up: those of them that do not limit and were measured.
    """

    part: Part
    share: float | None
    could: tuple[tuple[Part, float], ...] = ()

    @property
    def words(self) -> str:
        """Such as `limited by the decoder (97 % busy); the NPU could do 190 fps`."""
        busy = "" if self.share is None else f" ({100 * self.share:.0f} % busy)"
        others = "".join(f"; {WORDS[part]} could do {rate:.0f} fps" for part, rate in self.could)
        return f"limited by {WORDS[self.part]}{busy}{others}"


def _busy(row: BenchRow) -> dict[str, float]:
    """The shares of a row; that of the NPU as its driver tells it, where it does."""
    busy = dict(row.busy)
    if "npu" in busy and row.npu_loads:
        busy["npu"] = fmean(row.npu_loads) / 100
    return busy


def limit_of(row: BenchRow, source: BenchSource | None) -> Limit | None:
    """What limits a row; None where it was not measured, or before shares were."""
    busy, fps = _busy(row), row.fps
    if not busy or fps is None:
        return None
    part = _limiting(row, busy, source)
    could = tuple(
        (other, fps / busy[other]) for other in _THEN if other != part and busy.get(other)
    )
    return Limit(part, busy.get(part), could)


def limit_line(row: BenchRow, name: str, source: BenchSource | None) -> str | None:
    """The sentence of a row: `yolo11n@416: limited by the decoder (97 % busy); ...`."""
    limit = limit_of(row, source)
    return None if limit is None else f"{name}: {limit.words}"


def _limiting(row: BenchRow, busy: Mapping[str, float], source: BenchSource | None) -> Part:
    if source is not None and source.live and _follows(row):
        return "source"
    if row.npu_loads and busy.get("npu", 0.0) >= BUSY:
        # The driver has told it, which no other part can delay.
        return "npu"
    for part in _FIRST:
        if busy.get(part, 0.0) >= BUSY:
            return part
    most = max(_THEN, key=lambda part: busy.get(part, 0.0))
    if busy.get(most, 0.0) >= BUSY:
        return most
    return next((part for part in _LAST if busy.get(part, 0.0) >= BUSY), "nothing")


def _follows(row: BenchRow) -> bool:
    decoded = sum(one.decoded for one in row.measurements)
    return decoded > 0 and (row.dropped or 0) <= (1 - FOLLOWS) * decoded


def largest_that_holds(rows: tuple[BenchRow, ...], fps: float) -> dict[str, BenchRow | None]:
    """Of each model the row of the largest input whose slowest repeat has `fps`; None for none."""
    best: dict[str, BenchRow | None] = {}
    for row in rows:
        if row.fps_spread is None or row.pixels is None:
            continue
        name = row.title.partition("@")[0]
        kept = best.setdefault(name, None)
        if row.fps_spread[0] >= fps and (kept is None or row.pixels > (kept.pixels or 0)):
            best[name] = row
    return best
