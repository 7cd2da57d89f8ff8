"""A comparison of the window as files: the bench's, with what was found of quality beside it."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from rkvideo.bench.report import QUALITY_KEYS, csv_table, csv_text, from_json
from rkvideo.bench.report import to_csv as bench_csv
from rkvideo.bench.report import to_json as bench_json
from rkvideo.bench.report import to_markdown as bench_markdown
from rkvideo.bench.results import BenchReport
from rkvideo.errors import ConfigError
from rkvideo.evaluation.agreeing import TITLES as AGREEMENT_TITLES
from rkvideo.evaluation.agreeing import agreement_lines, agreement_rows
from rkvideo.evaluation.agreement import AgreementReport
from rkvideo.evaluation.bootstrap import Interval
from rkvideo.evaluation.report import markdown_table
from rkvideo.evaluation.report import to_markdown as evaluation_markdown
from rkvideo.evaluation.results import EvalReport
from rkvideo.evaluation.worst import check_pictures
from rkvideo.files.untrusted import one_line, parse_json, record
from rkvideo.report.texts import to_markdown as report_markdown
from rkvideo.report.whole import JoinedReport, Row

DATA_TITLES: Final = ("data", "data_kind", "pictures")
AP_TITLES: Final = (
    "protocol", "ap", "ap_low", "ap_high", "ap50", "coco_ap", "coco_ap50",
    "confidence", "targets", "correct", "false", "missed",
)  # fmt: skip
AGREED_TITLES: Final = (
    "reference", "agreement", "agreement_low", "agreement_high",
    "agreement_confidence", "both_have", "only_it_has", "only_the_reference_has",
)  # fmt: skip


def to_json(report: JoinedReport) -> str:
    """The bench as its own JSON, with `evaluation` or `agreement` beside it; read by `from_text`.

    `ap` is not one of its words where agreement was measured.
    """
    content = json.loads(bench_json(_bench(report)))
    for key, found in zip(QUALITY_KEYS, (report.evaluation, report.agreement), strict=True):
        if found is not None:
            content[key] = asdict(found)
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def from_text(text: str, name: str) -> JoinedReport:
    """What `to_json` wrote, or a bench without quality. Raises ConfigError naming the file."""
    bench = from_json(text, name)
    content = parse_json(text)
    evaluation, agreement = (content.get(key) for key in QUALITY_KEYS)
    try:
        return JoinedReport(
            (bench,),
            None if evaluation is None else _checked_evaluation(evaluation),
            None if agreement is None else _checked_agreement(agreement),
        )
    except ValueError as error:
        raise ConfigError(
            f"{name} is damaged ({one_line(str(error), 120)}): choose another file"
        ) from error


def to_csv(report: JoinedReport, beside: JoinedReport | None = None) -> str:
    """The bench's CSV, with what was found of quality behind it; shares are of 1."""
    runs = [report] if beside is None else [report, beside]
    benches = [_bench(each) for each in runs]
    if not any(each.has_quality for each in runs):
        return bench_csv(*benches)
    has_ap = any(each.evaluation is not None for each in runs)
    has_agreement = any(each.agreement is not None for each in runs)
    titles = (
        *DATA_TITLES, *(AP_TITLES if has_ap else ()), *(AGREED_TITLES if has_agreement else ()),
    )  # fmt: skip
    cells: list[dict[str, object]] = []
    for each, bench in zip(runs, benches, strict=True):
        by_row = each.by_speed
        cells += [_quality_cells(each, by_row.get((row.title, row.backend))) for row in bench.rows]
    head, *lines = csv_table(*benches)
    return csv_text(
        [
            [*head, *titles],
            *(
                [*line, *(own.get(title, "") for title in titles)]
                for line, own in zip(lines, cells, strict=True)
            ),
        ]
    )


def to_markdown(report: JoinedReport, beside: JoinedReport | None = None) -> str:
    """The report of one run; of two their benches side by side, then the quality of each."""
    if beside is None:
        return report_markdown(report) if report.has_quality else bench_markdown(_bench(report))
    parts = [bench_markdown(_bench(report), _bench(beside))]
    parts += _quality_parts(report, "A")
    parts += _quality_parts(beside, "B")
    return "\n".join(parts)


def _quality_parts(report: JoinedReport, run: str) -> list[str]:
    parts = []
    if report.evaluation is not None:
        parts += [f"## {run}: Evaluation", "", evaluation_markdown(report.evaluation)]
    if report.agreement is not None:
        parts += [f"## {run}: Agreement", "", *agreement_lines(report.agreement), ""]
        rows = agreement_rows(report.agreement)
        parts += [*markdown_table(AGREEMENT_TITLES, rows, texts=2), ""]
    return parts


def _bench(report: JoinedReport) -> BenchReport:
    (bench,) = report.benches
    return bench


def _quality_cells(report: JoinedReport, row: Row | None) -> dict[str, object]:
    if row is None:
        return {}
    if row.accuracy is not None and report.evaluation is not None:
        return _evaluated(report.evaluation, row)
    if row.agreement is not None and report.agreement is not None:
        return _agreed(report.agreement, row)
    return {}


def _evaluated(report: EvalReport, row: Row) -> dict[str, object]:
    found, at = row.accuracy, row.counts
    cells: dict[str, object] = {
        "data": report.data.name, "data_kind": report.data.kind, "pictures": report.data.pictures,
        # The counts, and each figure whose name does not say coco.
        "protocol": report.protocols[0][0] if report.protocols else "",
        "ap": _share(row.ap),
        **_ends("ap", None if found is None else found.interval),
    }  # fmt: skip
    if found is not None and found.watch is not None:
        cells["ap50"] = _share(found.watch.ap50)
    if found is not None and found.coco is not None:
        cells |= {"coco_ap": _share(found.coco.ap), "coco_ap50": _share(found.coco.ap50)}
    if at is not None:
        cells |= {
            "confidence": f"{at.confidence:g}", "targets": at.targets,
            "correct": at.correct, "false": at.false, "missed": at.missed,
        }  # fmt: skip
    return cells


def _agreed(report: AgreementReport, row: Row) -> dict[str, object]:
    found, at = row.agreement, row.agreed
    cells: dict[str, object] = {
        "data": report.data, "data_kind": report.kind, "pictures": report.pictures,
        "reference": report.reference,
        "agreement": _share(row.agreement_share),
        **_ends("agreement", None if found is None else found.interval),
    }  # fmt: skip
    if at is not None:
        cells |= {
            "agreement_confidence": f"{at.confidence:g}", "both_have": at.both,
            "only_it_has": at.only_row, "only_the_reference_has": at.only_reference,
        }  # fmt: skip
    return cells


def _ends(name: str, interval: Interval | None) -> dict[str, str]:
    if interval is None:
        return {}
    return {f"{name}_low": _share(interval.low), f"{name}_high": _share(interval.high)}


def _share(share: float | None) -> str:
    return "" if share is None else f"{share:.6f}"


def _checked_evaluation(content: Any) -> EvalReport:
    found = record(EvalReport, content)
    check_pictures(found.worst, len(found.rows))
    return found


def _checked_agreement(content: Any) -> AgreementReport:
    found = record(AgreementReport, content)
    check_pictures(found.frames, len(found.rows))
    return found


WRITERS: Final = {
    # One run: it is what can be laid beside another one.
    ".json": lambda report, _beside: to_json(report),
    ".csv": to_csv,
    ".md": to_markdown,
}
"""What writes a file of each kind."""


def suffix_of(path: Path) -> str:
    """The kind of a file that is to be written. Raises ConfigError for one that is none of ours."""
    suffix = path.suffix.lower()
    if suffix not in WRITERS:
        raise ConfigError(f"{path.name}: a comparison is written as {', '.join(WRITERS)}")
    return suffix
