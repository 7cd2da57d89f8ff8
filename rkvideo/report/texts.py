"""A report as text: JSON for programs, CSV for a spreadsheet, Markdown to be read."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

from rkvideo.bench.clock_caution import clock_caution
from rkvideo.bench.columns import ABSENT, BY_KEY, clock_flags_text, number_text
from rkvideo.bench.report import CSV_TITLES as SPEED_TITLES
from rkvideo.bench.report import conditions, json_row
from rkvideo.bench.report import csv_row as speed_cells
from rkvideo.bench.report import to_markdown as bench_markdown
from rkvideo.evaluation.agreeing import TITLES as AGREEMENT_TITLES
from rkvideo.evaluation.agreeing import agreement_lines, agreement_rows
from rkvideo.evaluation.report import CSV_TITLES as COUNT_TITLES
from rkvideo.evaluation.report import content_of, csv_lines, markdown_table
from rkvideo.evaluation.report import to_markdown as evaluation_markdown
from rkvideo.report.front import front_of, sentence
from rkvideo.report.whole import JoinedReport, Row
from rkvideo.status import mark_of

FORMAT: Final = 2

_ACCURACY_TITLES: Final = ("AP50-95", "AP50", "conf", "correct", "false", "missed")
_AGREEMENT_TITLE: Final = "agreement %"
_CLOCKS_TITLE: Final = "clocks"
_LAST_TITLES: Final = ("infer ms", "GFLOPs", "million weights", "limited by")


def to_json(report: JoinedReport) -> str:
    """Everything, for other programs.

    `data`, `protocols` and `comparisons` are those of the evaluation, `benches` say how each bench
    was measured, and each of the `rows` has what the evaluation knows of it, with its fps, and the
    rest of its bench in `speed`.
    """
    evaluation = {} if report.evaluation is None else content_of(report.evaluation)
    known = evaluation.pop("rows", [])
    content = {
        "format": FORMAT,
        "sentence": sentence(report.rows),
        **evaluation,
        "benches": [
            {key: value for key, value in asdict(bench).items() if key != "rows"}
            for bench in report.benches
        ],
        "agreement": _agreement(report),
        "pareto_front": front_of(report.rows),
        "rows": [_json_row(report, row, known) for row in report.rows],
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def to_csv(report: JoinedReport) -> str:
    """A line for each row and threshold; what was not measured is empty."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    own = ("model", "argument", "backend", "width", "height", "gflops", "parameters", "sha256")
    writer.writerow([*own, *SPEED_TITLES, *COUNT_TITLES, "agreement", "bench", "trouble"])
    for row in report.rows:
        network = row.network
        cells = [
            *(row.title, row.argument, _backend(row), *(row.size or ("", ""))),
            "" if network is None else f"{network.gflops:.3f}",
            "" if network is None else network.parameters,
            row.sha256,
            *(
                [""] * len(SPEED_TITLES)
                if row.speed is None
                else speed_cells(row.speed, report.source_of(row))
            ),
        ]
        lines = [[""] * len(COUNT_TITLES)] if row.accuracy is None else csv_lines(row.accuracy)
        share = "" if row.agreement_share is None else f"{row.agreement_share:.6f}"
        for line in lines:
            writer.writerow(
                [*cells, *line, share, "" if row.bench is None else row.bench + 1, row.trouble]
            )
    return out.getvalue()


def to_markdown(report: JoinedReport) -> str:
    """The sentence, a line for each row, then the evaluation and each bench as they are told."""
    told = sentence(report.rows)
    lines = [f"**{told}**", ""] if told else []
    lines += markdown_table(summary_titles(report), summary_rows(report), texts=2)
    clocks = clocks_line(report)
    lines += ["", clocks] if clocks else []
    if report.evaluation is not None:
        lines += ["", "## Evaluation", "", evaluation_markdown(report.evaluation).rstrip()]
    if report.agreement is not None:
        lines += ["", "## Agreement", "", *agreement_lines(report.agreement), ""]
        lines += markdown_table(AGREEMENT_TITLES, agreement_rows(report.agreement), texts=2)
    for number, bench in enumerate(report.benches, start=1):
        title = "Bench" if len(report.benches) == 1 else f"Bench {number}"
        lines += ["", f"## {title}", "", bench_markdown(bench).rstrip()]
    return "\n".join(lines) + "\n"


def clocks_line(report: JoinedReport) -> str:
    """What clocks have to do with it that rows differ in speed; empty for nothing."""
    return clock_caution((row.title, row.speed) for row in report.rows if row.speed is not None)


def summary_titles(report: JoinedReport) -> tuple[str, ...]:
    """The titles of the table of all rows: agreement and clocks where they are known."""
    accuracy = _ACCURACY_TITLES if report.evaluation is not None or not report.agreement else ()
    agreement = (_AGREEMENT_TITLE,) if report.agreement is not None else ()
    clocks = (_CLOCKS_TITLE,) if _has_clocks(report) else ()
    return ("model", "backend", "fps", *accuracy, *agreement, *_LAST_TITLES, *clocks)


def summary_rows(report: JoinedReport) -> list[tuple[str, ...]]:
    """Cells of `summary_titles`, a line for each row."""
    return [_summary(report, row) for row in report.rows]


def _summary(report: JoinedReport, row: Row) -> tuple[str, ...]:
    titles, network = summary_titles(report), row.network
    infer = BY_KEY["infer_p50_ms"].value(row.speed) if row.speed is not None else None
    for found in (row.accuracy, row.agreement):
        infer = found.infer_ms if infer is None and found is not None else infer
    return (
        *(row.title, _backend(row), number_text(row.fps, 1)),
        *(_accuracy_cells(row) if _ACCURACY_TITLES[0] in titles else ()),
        *((_hundredths(row.agreement_share),) if _AGREEMENT_TITLE in titles else ()),
        number_text(infer, 1),
        number_text(None if network is None else network.gflops, 2),
        number_text(None if network is None else network.parameters / 1e6, 2),
        row.trouble or report.limit_words(row),
        *((_clocks_cell(row),) if _CLOCKS_TITLE in titles else ()),
    )


def _has_clocks(report: JoinedReport) -> bool:
    return any(_clocks_cell(row) != ABSENT for row in report.rows)


def _clocks_cell(row: Row) -> str:
    return ABSENT if row.speed is None else clock_flags_text(row.speed)


def _accuracy_cells(row: Row) -> tuple[str, ...]:
    at, watch = row.counts, row.accuracy.watch if row.accuracy is not None else None
    counts = (ABSENT,) * 4
    if at is not None:
        counts = (f"{at.confidence:g}", str(at.correct), str(at.false), str(at.missed))
    return (_hundredths(row.ap), _hundredths(None if watch is None else watch.ap50), *counts)


def _hundredths(share: float | None) -> str:
    return number_text(None if share is None else 100 * share, 1)


def condition_lines(report: JoinedReport) -> list[str]:
    """How and on what each bench was measured."""
    return [line for bench in report.benches for line in conditions(bench)]


def _agreement(report: JoinedReport) -> dict[str, Any] | None:
    if report.agreement is None:
        return None
    content = asdict(report.agreement)
    for frame in content["frames"]:
        # They are for the page.
        del frame["thumbnail"]
    return content


def _json_row(report: JoinedReport, row: Row, known: Sequence[dict[str, Any]]) -> dict[str, Any]:
    own: dict[str, Any] = {"argument": row.argument, "title": row.title, "backend": row.backend}
    if row.accuracy is not None and report.evaluation is not None:
        own = dict(known[report.evaluation.rows.index(row.accuracy)])
    network = row.network
    speed = None if row.speed is None else json_row(row.speed, report.source_of(row))
    return {
        **own,
        "size": row.size,
        "sha256": row.sha256,
        "fps": row.fps,
        "ap": row.ap,
        "agreement": row.agreement_share,
        "network": None if network is None else {**asdict(network), "gflops": network.gflops},
        "bench": row.bench,
        "speed": speed,
        "workers": [{"workers": each.workers, "fps": each.fps} for each in row.by_workers],
        "trouble": row.trouble,
    }


def _backend(row: Row) -> str:
    mark = mark_of(row.backend)
    return f"{row.backend} ({mark})" if mark else row.backend
