"""An evaluation as text: JSON with everything, lines of CSV, tables to be read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from rkvideo.evaluation.bootstrap import Interval
from rkvideo.evaluation.counts import Counts
from rkvideo.evaluation.precision import Precision
from rkvideo.evaluation.results import Comparison, EvalReport, EvalRow
from rkvideo.evaluation.worst import check_pictures
from rkvideo.evaluation.written import read_written, written

COUNT_TITLES: Final = (
    "model", "backend", "conf", "targets", "correct", "false", "missed",
    "correct %", "false %", "missed %", "precision", "recall", "surest false",
)  # fmt: skip
AP_TITLES: Final = (
    "model", "backend", "protocol", "AP50-95", "AP50", "small", "medium", "large",
    "95 % of AP", "best F1", "at conf", "infer ms", "pictures/s",
)  # fmt: skip
DIFFERENCE_TITLES: Final = (
    "against", "model", "AP50-95", "95 %", "score shift", "95 % of shift", "boxes kept",
)  # fmt: skip

_PLAIN_SMALL = 100
"""Fewer pictures than this: what the interval means is said in a sentence."""


def to_json(report: EvalReport) -> str:
    """Everything that was found; `read_evaluation` reads it back."""
    return written(report)


def read_evaluation(path: Path) -> EvalReport:
    """The evaluation that `to_json` wrote. Raises ConfigError."""
    return read_written(
        path, EvalReport, lambda found: check_pictures(found.worst, len(found.rows))
    )


def content_of(report: EvalReport) -> dict[str, Any]:
    """Everything that was found, for other programs to read; shares are of 1."""
    content = asdict(report)
    for picture in content["worst"]:
        # They are for the page.
        del picture["thumbnail"]
    for row, kept in zip(content["rows"], report.rows, strict=True):
        del row["ap_draws"]
        row["counts"] = [_counts(each) for each in kept.counts]
        row["best"] = None if kept.best is None else _counts(kept.best)
        for entry, own in zip(row["classes"], kept.classes, strict=True):
            entry["counts"] = [_counts(each) for each in own.counts]
        row["curve"] = [
            {"recall": recall, "precision": precision, "confidence": confidence}
            for recall, precision, confidence in kept.curve
        ]
    return content


_AP_NAMES: Final = ("ap", "ap50", "ap_small", "ap_medium", "ap_large")

CSV_TITLES: Final = (
    "confidence", "targets", "correct", "false", "missed", "ignored", "precision", "recall", "f1",
    "surest_false", *(f"watch_{name}" for name in _AP_NAMES),
    *(f"coco_{name}" for name in _AP_NAMES), "other_targets", "other_boxes", "pictures_per_s",
)  # fmt: skip


def csv_lines(row: EvalRow) -> list[list[object]]:
    """The cells of `CSV_TITLES`: a line for each threshold, with the AP of the row beside it."""
    return [
        [
            *_csv_counts(at),
            *_csv_precision(row.watch),
            *_csv_precision(row.coco),
            *(row.other_targets, row.other_boxes, _plain(row.pictures_per_s)),
        ]
        for at in row.counts or (None,)
    ]


def to_markdown(report: EvalReport) -> str:
    """How it was measured, then the tables."""
    lines = [*facts(report), ""]
    lines += markdown_table(AP_TITLES, ap_rows(report), texts=3)
    lines += ["", *markdown_table(COUNT_TITLES, count_rows(report), texts=2)]
    if report.comparisons:
        lines += ["", *markdown_table(DIFFERENCE_TITLES, difference_rows(report), texts=2)]
        lines += ["", caution(report)]
    lines += class_tables(report)
    troubles = [f"- `{row.argument}`: {row.trouble}" for row in report.rows if row.trouble]
    if troubles:
        lines += ["", "Not evaluated:", "", *troubles]
    left_out = [f"- {name}: {reason}" for name, reason in report.data.left_out]
    if left_out:
        lines += ["", "Left out:", "", *left_out]
    return "\n".join(lines) + "\n"


def facts(report: EvalReport) -> list[str]:
    """What was evaluated on, and how, in a few lines."""
    data = report.data
    ignored = f", {data.ignored} ignored (crowds and difficult ones)" if data.ignored else ""
    left_out = f", {len(data.left_out)} left out" if data.left_out else ""
    lines = [
        f"Data: {data.name} ({data.kind}): {data.pictures} pictures{left_out}, {data.targets}"
        f" targets{ignored}, {len(data.classes)} classes.",
        "A box is correct where it is of the class of a free target and overlaps it by an IoU of"
        " 0.5; the surest box takes it.",
        *(f"Protocol {name}: {words}." for name, words in report.protocols),
        f"Machine: {report.machine.words}; rkvideo {report.version}, {report.made_at}.",
    ]
    lines += [f"Note: {note}." for note in data.notes]
    if all(row.watch is None for row in report.rows):
        lines.append("No AP: faster-coco-eval is not installed (pip install faster-coco-eval).")
    for row in report.rows:
        if row.other_targets or row.other_boxes:
            lines.append(
                f"{row.title}: counted apart are {row.other_targets} targets of classes that the"
                f" model does not know, and {row.other_boxes} boxes of classes that are not"
                " labelled."
            )
    return lines


def ap_rows(report: EvalReport) -> list[tuple[str, ...]]:
    """Cells of the table of AP: two lines a row, one for each protocol."""
    cells = []
    for row in _with_figures(report):
        best = (
            ("-", "-") if row.best is None else (_share(row.best.f1), f"{row.best.confidence:.2f}")
        )
        for name, precision in (("watch", row.watch), ("coco", row.coco)):
            is_watch = name == "watch"
            cells.append(
                (
                    *(row.title, row.backend, name),
                    *_precision(precision),
                    _interval(row.interval, 100) if is_watch else "",
                    *(best if is_watch else ("", "")),
                    *(_speed(row) if is_watch else ("", "")),
                )
            )
    return cells


def _speed(row: EvalRow) -> tuple[str, ...]:
    return tuple("-" if one is None else f"{one:.1f}" for one in (row.infer_ms, row.pictures_per_s))


def count_rows(report: EvalReport) -> list[tuple[str, ...]]:
    """Cells of the table of counts: a line for each row and threshold."""
    return [
        (
            *(row.title, row.backend, f"{at.confidence:g}"),
            *(str(number) for number in (at.targets, at.correct, at.false, at.missed)),
            *(_share(at.recall), _share(at.false_share), _share(at.missed_share)),
            *(_plain_share(at.precision), _plain_share(at.recall)),
            "-" if at.worst_false is None else f"{at.worst_false:.2f}",
        )
        for row in _with_figures(report)
        for at in row.counts
    ]


def difference_rows(report: EvalReport) -> list[tuple[str, ...]]:
    """Cells of the table of differences, each row against the first."""
    return [_difference(each) for each in report.comparisons]


def caution(report: EvalReport) -> str:
    """How far to believe a difference."""
    pictures = report.data.pictures
    words = (
        f"Differences are those of {pictures} pictures; where an interval has 0 in it, the"
        " pictures do not tell which model is better."
    )
    if pictures < _PLAIN_SMALL:
        words += " So few pictures mean about ±1.5 AP or more: label more of them."
    return words


def class_tables(report: EvalReport) -> list[str]:
    """AP of each class, a column for each row."""
    rows = [row for row in report.rows if row.watch is not None]
    if not rows:
        return []
    by_name: dict[str, dict[int, str]] = {}
    targets: dict[str, int] = {}
    for number, row in enumerate(rows):
        for each in row.watch.classes if row.watch else ():
            by_name.setdefault(each.name, {})[number] = _share(each.ap)
            targets[each.name] = each.targets
    cells = [
        (name, str(targets[name]), *(own.get(number, "-") for number in range(len(rows))))
        for name, own in by_name.items()
        if targets[name]
    ]
    titles = ("class", "targets", *(f"{row.title} {row.backend}" for row in rows))
    return ["", "AP50-95 by class (protocol watch):", "", *markdown_table(titles, cells, texts=1)]


def _with_figures(report: EvalReport) -> list[EvalRow]:
    return [row for row in report.rows if not row.trouble]


def _counts(at: Counts) -> dict[str, Any]:
    return {
        **asdict(at),
        "missed": at.missed,
        "precision": at.precision,
        "recall": at.recall,
        "missed_share": at.missed_share,
        "false_share": at.false_share,
        "f1": at.f1,
    }


def _csv_counts(at: Counts | None) -> list[object]:
    if at is None:
        return [""] * 10
    figures = (at.precision, at.recall, at.f1, at.worst_false)
    numbers = (at.confidence, at.targets, at.correct, at.false, at.missed, at.ignored)
    return [*numbers, *(_plain(figure) for figure in figures)]


def _csv_precision(found: Precision | None) -> list[str]:
    if found is None:
        return [""] * 5
    figures = (found.ap, found.ap50, found.small, found.medium, found.large)
    return [_plain(figure) for figure in figures]


def _precision(found: Precision | None) -> tuple[str, ...]:
    if found is None:
        return ("-",) * 5
    figures = (found.ap, found.ap50, found.small, found.medium, found.large)
    return tuple(_share(figure) for figure in figures)


def _difference(comparison: Comparison) -> tuple[str, ...]:
    found = comparison.difference
    ap, shift = found.ap, found.score_shift
    return (
        *(comparison.first, comparison.other),
        "-" if ap is None else f"{ap.value * 100:+.1f}",
        _interval(ap, 100, sign=True),
        "-" if shift is None else f"{shift.value:+.3f}",
        _interval(shift, 1, sign=True),
        f"{found.kept} of {found.boxes}",
    )


def _interval(found: Interval | None, factor: float, *, sign: bool = False) -> str:
    if found is None:
        return "-"
    form = ("{:+.1f}" if sign else "{:.1f}") if factor > 1 else "{:+.3f}"
    return f"{form.format(found.low * factor)} to {form.format(found.high * factor)}"


def _share(share: float | None) -> str:
    """In hundredths, as AP is mostly told."""
    return "-" if share is None else f"{share * 100:.1f}"


def _plain_share(share: float | None) -> str:
    return "-" if share is None else f"{share:.3f}"


def _plain(figure: float | None) -> str:
    return "" if figure is None else f"{figure:.6f}"


def markdown_table(
    titles: Sequence[str], rows: Iterable[Sequence[str]], *, texts: int
) -> list[str]:
    """A Markdown table whose first `texts` columns are words."""
    lines = ["| " + " | ".join(titles) + " |"]
    lines.append("|" + "---|" * texts + "---:|" * (len(titles) - texts))
    lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    return lines
