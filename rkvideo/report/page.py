"""A report as one HTML page that needs no network: tables, figures, the worst pictures."""

from __future__ import annotations

import importlib.resources
from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

from rkvideo.bench.report import findings
from rkvideo.evaluation.agreeing import TITLES, agreement_lines, agreement_rows
from rkvideo.evaluation.agreement import AgreementReport
from rkvideo.evaluation.report import (
    COUNT_TITLES,
    DIFFERENCE_TITLES,
    caution,
    count_rows,
    difference_rows,
    facts,
)
from rkvideo.report.charts import Chart, charts
from rkvideo.report.front import front_of, sentence
from rkvideo.report.pictures import disagreement_section, worst_section
from rkvideo.report.texts import clocks_line, condition_lines, summary_rows, summary_titles
from rkvideo.report.whole import JoinedReport

# Nothing is loaded but what is in the page: also a name that slips through runs no script.
_POLICY: Final = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
)


def to_html(report: JoinedReport) -> str:
    """The whole page."""
    told = sentence(report.rows)
    body = [
        "<h1>Report</h1>",
        f'<p class="sentence">{escape(told)}</p>' if told else "",
        _simulated(report),
        _summary(report),
        _figures(charts(report.rows)),
        _speed(report),
        _accuracy(report),
        worst_section(report.evaluation),
        _agreement(report.agreement),
        disagreement_section(report.agreement),
    ]
    return page("rkvideo report", "".join(body))


def page(title: str, body: str) -> str:
    """A page of this look around `body`, which is HTML."""
    return (
        "<!doctype html>\n"
        '<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_data('page.css')}</style></head>"
        f"<body>{body}<script>{_data('page.js')}</script></body></html>\n"
    )


def table(
    titles: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    texts: int,
    css: str = "",
    strong: frozenset[str] = frozenset(),
) -> str:
    """A table whose first `texts` columns are words.

    Rows whose first two cells are in `strong`, with a blank between them, stand out.
    """
    head = "".join(
        f'<th scope="col"{_number(place, texts)}>{escape(title)}</th>'
        for place, title in enumerate(titles)
    )
    lines = []
    for row in rows:
        cells = "".join(
            f"<td{_number(place, texts)}>{escape(cell)}</td>" for place, cell in enumerate(row)
        )
        mark = ' class="strong"' if " ".join(row[:2]) in strong else ""
        lines.append(f"<tr{mark}>{cells}</tr>")
    return (
        f'<div class="wide"><table class="{css}"><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(lines)}</tbody></table></div>"
    )


def _number(place: int, texts: int) -> str:
    return "" if place < texts else ' class="n"'


def _simulated(report: JoinedReport) -> str:
    if not report.mark:
        return ""
    words = "times of the NPU are given, not measured, its boxes made up."
    return f'<p class="mark">{escape(report.mark)}: {words}</p>'


def _summary(report: JoinedReport) -> str:
    strong = frozenset(front_of(report.rows))
    what = "AP" if report.evaluation is not None else "agreement"
    words = f"<p>Rows in bold are beaten by no other one in both {what} and fps.</p>"
    clocks = clocks_line(report)
    note = (words if strong else "") + (f"<p>{escape(clocks)}</p>" if clocks else "")
    return (
        table(summary_titles(report), summary_rows(report), texts=2, css="summary", strong=strong)
        + note
    )


def _figures(made: Iterable[Chart]) -> str:
    figures = "".join(
        f"<figure><h2>{escape(chart.title)}</h2>{chart.svg}{_legend(chart)}"
        f"<figcaption>{escape(chart.hint)}</figcaption></figure>"
        for chart in made
    )
    return f'<div class="figures">{figures}</div>'


def _legend(chart: Chart) -> str:
    items = "".join(
        '<li><svg viewBox="0 0 12 12" class="key">'
        f'<rect class="bar {css}" width="12" height="12"/></svg>{escape(name)}</li>'
        for css, name in chart.legend
    )
    return f'<ul class="legend">{items}</ul>' if items else ""


def _speed(report: JoinedReport) -> str:
    if not report.benches:
        return ""
    found = [line for bench in report.benches for line in findings(bench)]
    return f"<h2>Speed</h2>{_lines(found)}{_lines(condition_lines(report))}"


def _accuracy(report: JoinedReport) -> str:
    found = report.evaluation
    if found is None:
        return ""
    parts = ["<h2>Accuracy</h2>", _lines(facts(found))]
    parts.append(table(COUNT_TITLES, count_rows(found), texts=2, css="counts"))
    if found.comparisons:
        parts += [
            "<h3>Differences from the first row</h3>",
            table(DIFFERENCE_TITLES, difference_rows(found), texts=2, css="differences"),
            f"<p>{escape(caution(found))}</p>",
        ]
    return "".join(parts)


def _agreement(found: AgreementReport | None) -> str:
    if found is None:
        return ""
    return (
        f"<h2>Agreement</h2>{_lines(agreement_lines(found))}"
        f"{table(TITLES, agreement_rows(found), texts=2, css='agreement')}"
    )


def _lines(lines: Iterable[str]) -> str:
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f"<ul>{items}</ul>" if items else ""


def _data(name: str) -> str:
    return (importlib.resources.files("rkvideo.report") / "data" / name).read_text(encoding="utf-8")
