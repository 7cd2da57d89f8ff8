"""The figures of a report: each is a `Chart` of rows that have what it shows, or None."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rkvideo.data import STAGES
from rkvideo.report.front import front_of, quality_of
from rkvideo.report.svg import Axis, Plot, axis_of
from rkvideo.report.whole import Row
from rkvideo.sizes.words import size_text

_COLORS: Final = 8
_BAR: Final = 0.62
_ROW_HEIGHT: Final = 30
_MOST_LETTERS: Final = 30
_COUNT_PARTS: Final = (("correct", "c-correct"), ("missed", "c-missed"), ("false", "c-false"))


@dataclass(frozen=True, slots=True)
class Chart:
    """A figure: its heading, one line that says how to read it, its SVG, and its legend.

    The legend is pairs of a class of the page and a name.
    """

    title: str
    hint: str
    svg: str
    legend: tuple[tuple[str, str], ...] = ()


def charts(rows: Sequence[Row]) -> tuple[Chart, ...]:
    """Every figure for which something was measured."""
    made = (
        quality_against_fps(rows), fps_against_size(rows), ap_against_size(rows),
        counts_by_threshold(rows), precision_recall(rows), stages(rows), fps_by_workers(rows),
    )  # fmt: skip
    return tuple(chart for chart in made if chart is not None)


def quality_against_fps(rows: Sequence[Row]) -> Chart | None:
    """What a user decides on, with the front of the rows that no other one beats.

    That is AP, or, where nothing was labelled, agreement, which is called so.
    """
    quality = quality_of(rows)
    known = [row for row in rows if row.fps is not None and quality(row) is not None]
    if not known:
        return None
    points = {row.name: (row.fps or 0.0, 100 * (quality(row) or 0.0)) for row in known}
    is_ap = known[0].ap is not None
    title = "AP50-95" if is_ap else "agreement %"
    plot = Plot(
        f"{title} against frames per second",
        axis_of("frames per second", [x for x, _ in points.values()]),
        axis_of(title, [y for _, y in points.values()]),
    )
    front = front_of(known)
    plot.line([points[name] for name in front], "front", "no other row has more of both")
    colors = _colors(known)
    for row in known:
        x, y = points[row.name]
        tip = f"{row.name}: {x:.1f} fps, {title} {y:.1f}"
        plot.dot(x, y, colors[row.family], row.title, tip)
    up = "more accurate" if is_ap else "more like the reference, which is not accuracy"
    return Chart(
        "AP against fps" if is_ap else "Agreement against fps",
        f"Up is {up}, right is faster. The line joins the rows that no other one beats in both:"
        " take one of these.",
        plot.text(),
        (("front", "not beaten"), *((css, name) for name, css in colors.items())),
    )


def fps_against_size(rows: Sequence[Row]) -> Chart | None:
    """How fast each size is, with the spread of its repeats."""
    known = [row for row in rows if row.fps is not None and row.size is not None]
    chart = _against_size(known, "frames per second", [row.fps or 0.0 for row in known])
    if chart is None:
        return None
    return Chart("fps against size", "Up is faster; a bar is the spread of the repeats.", *chart)


def ap_against_size(rows: Sequence[Row]) -> Chart | None:
    """How right each size is, with its interval."""
    known = [row for row in rows if row.ap is not None and row.size is not None]
    chart = _against_size(known, "AP50-95", [100 * (row.ap or 0.0) for row in known])
    if chart is None:
        return None
    hint = "Up is more accurate; a bar is where 95 of 100 draws of the pictures lie."
    return Chart("AP against size", hint, *chart)


def _against_size(
    rows: Sequence[Row], title: str, values: Sequence[float]
) -> tuple[str, tuple[tuple[str, str], ...]] | None:
    if not rows:
        return None
    sides = [_side(row) for row in rows]
    spreads = [_spread(row, title) for row in rows]
    reached = [end for spread in spreads if spread for end in spread]
    names = {_side(row): size_text(row.size) for row in rows if row.size is not None}
    room = 0.1 * (max(sides) - min(sides) or max(sides))
    x = Axis("input size", min(sides) - room, max(sides) + room, tuple(sorted(names.items())))
    plot = Plot(f"{title} against input size", x, axis_of(title, [*values, *reached]))
    colors = _colors(rows)
    for family, css in colors.items():
        own = sorted(
            (side, value)
            for row, side, value in zip(rows, sides, values, strict=True)
            if row.family == family
        )
        plot.line(own, css)
    for row, side, value, spread in zip(rows, sides, values, spreads, strict=True):
        css = colors[row.family]
        if spread is not None:
            plot.spread(side, *spread, css)
        plot.dot(side, value, css, f"{value:.1f}", f"{row.name}: {value:.1f}")
    return plot.text(), tuple((css, name) for name, css in colors.items())


def counts_by_threshold(rows: Sequence[Row]) -> Chart | None:
    """Correct, missed and false boxes of each row at each threshold, as stacked bars."""
    bars = [
        (f"{row.title} ≥ {at.confidence:g}", row, at)
        for row in rows
        if row.accuracy is not None
        for at in row.accuracy.counts
    ]
    if not bars:
        return None
    lengths = [(at.correct, at.missed, at.false) for _, _, at in bars]
    plot = _bars(
        "correct, missed and false boxes", "boxes", [name for name, _, _ in bars],
        [sum(each) for each in lengths],
    )  # fmt: skip
    for place, ((name, row, _), each) in enumerate(zip(bars, lengths, strict=True)):
        begin = 0.0
        for (word, css), length in zip(_COUNT_PARTS, each, strict=True):
            tip = f"{name} ({row.backend}): {length} {word}"
            plot.bar(begin, -place, length, _BAR, css, tip)
            begin += length
    return Chart(
        "Correct, missed and false by threshold",
        "Correct and missed together are the targets; false boxes come on top.",
        plot.text(),
        tuple((css, word) for word, css in _COUNT_PARTS),
    )


def precision_recall(rows: Sequence[Row]) -> Chart | None:
    """Precision against recall over all classes, at IoU 0.5."""
    known = [row for row in rows if row.accuracy is not None and row.accuracy.curve]
    if not known:
        return None
    ticks = tuple((tenth / 5, f"{tenth / 5:g}") for tenth in range(6))
    plot = Plot(
        "precision against recall", Axis("recall", 0, 1, ticks), Axis("precision", 0, 1, ticks)
    )
    legend = []
    for number, row in enumerate(known):
        css = f"c{number % _COLORS}"
        curve = row.accuracy.curve if row.accuracy is not None else ()
        plot.line([(recall, precision) for recall, precision, _ in curve], css, row.name)
        legend.append((css, row.name))
    hint = "Each point is a threshold. Further up and to the right is better."
    return Chart("Precision and recall", hint, plot.text(), tuple(legend))


def stages(rows: Sequence[Row]) -> Chart | None:
    """Where the time of a frame goes, stage by stage."""
    known = [row for row in rows if row.speed is not None and row.speed.stages_ms]
    if not known:
        return None
    times = [dict(row.speed.stages_ms) if row.speed is not None else {} for row in known]
    plot = _bars(
        "stages of a frame", "milliseconds (p50)", [row.title for row in known],
        [sum(each.values()) for each in times],
    )  # fmt: skip
    for place, (row, each) in enumerate(zip(known, times, strict=True)):
        begin = 0.0
        for number, stage in enumerate(STAGES):
            spent = each.get(stage, 0.0)
            plot.bar(
                begin,
                -place,
                spent,
                _BAR,
                f"c{number % _COLORS}",
                f"{row.name}: {stage} {spent:.1f} ms",
            )
            begin += spent
    return Chart(
        "Stages",
        "Where the time of a frame goes. wait is the time in a queue or for a core: a file that is"
        " read as fast as possible fills it.",
        plot.text(),
        tuple((f"c{number % _COLORS}", stage) for number, stage in enumerate(STAGES)),
    )


def fps_by_workers(rows: Sequence[Row]) -> Chart | None:
    """Frames per second by number of workers, where several were measured."""
    known = [row for row in rows if row.by_workers]
    curves = [
        [(float(each.workers), each.fps) for each in row.by_workers if each.fps is not None]
        for row in known
    ]
    reached = [fps for curve in curves for _, fps in curve]
    if not reached:
        return None
    most = max(workers for curve in curves for workers, _ in curve)
    ticks = tuple((float(number), str(number)) for number in range(1, int(most) + 1))
    plot = Plot(
        "frames per second by workers",
        Axis("workers", 0.7, most + 0.3, ticks),
        axis_of("frames per second", reached),
    )
    legend = []
    for number, (row, curve) in enumerate(zip(known, curves, strict=True)):
        css = f"c{number % _COLORS}"
        plot.line(curve, css)
        for workers, fps in curve:
            plot.dot(
                workers, fps, css, f"{fps:.1f}", f"{row.name}, {workers:.0f} workers: {fps:.1f} fps"
            )
        legend.append((css, row.name))
    hint = "Where the curve is flat, more workers only cost memory."
    return Chart("Workers", hint, plot.text(), tuple(legend))


def _bars(title: str, unit: str, names: Sequence[str], lengths: Sequence[float]) -> Plot:
    """An empty plot for a bar a name, the first on top."""
    short = [
        name if len(name) <= _MOST_LETTERS else f"{name[: _MOST_LETTERS - 1]}…" for name in names
    ]
    y = Axis("", -len(names) + 0.4, 0.6, tuple((-place, name) for place, name in enumerate(short)))
    longest = max(map(len, short), default=0)
    return Plot(
        title,
        axis_of(unit, lengths),
        y,
        height=80 + _ROW_HEIGHT * len(names),
        left=round(7.6 * longest) + 20,
    )


def _colors(rows: Sequence[Row]) -> dict[str, str]:
    """A class of the page for each model and backend."""
    families = dict.fromkeys(row.family for row in rows)
    return {family: f"c{number % _COLORS}" for number, family in enumerate(families)}


def _side(row: Row) -> float:
    """The side of a square of as many pixels: what the work of a model rises with the square of."""
    return float(row.pixels**0.5)


def _spread(row: Row, title: str) -> tuple[float, float] | None:
    if title == "AP50-95":
        known = row.accuracy.interval if row.accuracy is not None else None
        return None if known is None else (100 * known.low, 100 * known.high)
    return None if row.speed is None else row.speed.fps_spread
