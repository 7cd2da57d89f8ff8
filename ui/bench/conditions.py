"""How and on what a bench was measured, in the language of the window, for the exported picture.

The exported files are those of the command `bench`, and stay in English with it.
"""

from __future__ import annotations

from typing import Final

from PyQt5.QtCore import QCoreApplication, QDateTime, Qt

from rkvideo.bench.columns import ABSENT
from rkvideo.bench.results import BenchReport, BenchSource
from rkvideo.report.whole import JoinedReport

# Read alike in both languages.
_WHEN: Final = "yyyy-MM-dd HH:mm"

_translate = QCoreApplication.translate


def heading_of(words: str, report: JoinedReport) -> tuple[str, ...]:
    """When and on what a result was measured, in a line; and one for its quality."""
    bench = report.benches[0]
    when = QDateTime.fromString(bench.made_at, Qt.DateFormat.ISODate).toString(_WHEN)
    source = bench.source.name if bench.source is not None else ABSENT
    first = f"{words.format(when=when, source=source)} {bench.mark}".rstrip()
    return (first, *quality_lines(report))


def quality_lines(report: JoinedReport) -> tuple[str, ...]:
    """What the figures beside fps are, and of which pictures; empty without them."""
    lines = []
    if report.evaluation is not None:
        data = report.evaluation.data
        what = _translate(
            "BenchConditions", "AP on {name} ({kind}), {pictures} pictures, {targets} targets"
        )
        how = _translate("BenchConditions", "boxes as a run shows them (protocol {protocol})")
        protocol = next((name for name, _ in report.evaluation.protocols), "")
        told = {"pictures": data.pictures, "targets": data.targets, "protocol": protocol}
        lines.append(f"{what}; {how}".format(name=data.name, kind=data.kind, **told))
    if report.agreement is not None:
        agreed = report.agreement
        what = _translate(
            "BenchConditions", "agreement with {reference} on {pictures} pictures of {name}"
        )
        no = _translate("BenchConditions", "it is not accuracy")
        told = {"reference": agreed.reference, "name": agreed.data}
        lines.append(f"{what}; {no}".format(**told, pictures=agreed.pictures))
    return tuple(lines)


def condition_lines(report: JoinedReport) -> tuple[str, ...]:
    """The lines of `rkvideo.bench.report.conditions`, translated; and those of the quality."""
    return (*_bench_lines(report.benches[0]), *quality_lines(report))


def _bench_lines(report: BenchReport) -> tuple[str, ...]:
    settings, machine = report.settings, report.machine
    measured = (
        _translate("BenchConditions", "{length}, {warmup:g} s of warm-up, once")
        if settings.repeats == 1
        else _translate("BenchConditions", "{length}, {warmup:g} s of warm-up, {repeats} times")
    )
    limits = f"confidence {settings.confidence:g}, IoU {settings.iou:g}"
    cores = (
        _translate("BenchConditions", "1 CPU core")
        if machine.cores == 1
        else _translate("BenchConditions", "{count} CPU cores")
    ).format(count=machine.cores)
    parts = (machine.chip, machine.cpu, cores, machine.system, f"rkvideo {report.version}")
    lines = [
        _source_line(report.source),
        measured.format(length=_length(report), warmup=settings.warmup_s, repeats=settings.repeats)
        + f"; {limits}; seed {settings.seed}",
        f"{', '.join(part for part in parts if part)}; {report.made_at}",
    ]
    if not report.complete:
        lines.append(_translate("BenchConditions", "cut short: rows or repeats are missing"))
    return tuple(lines)


def _length(report: BenchReport) -> str:
    if report.settings.frames is not None:
        words = _translate("BenchConditions", "{count} frames")
        return words.format(count=report.settings.frames)
    return _translate("BenchConditions", "{seconds:g} s").format(seconds=report.settings.seconds)


def _source_line(source: BenchSource | None) -> str:
    if source is None:
        return _translate("BenchConditions", "nothing was read")
    rate = "" if source.fps is None else f", {source.fps:g} fps"
    name = f"{source.name}, {source.width}x{source.height}{rate}"
    words = _translate("BenchConditions", "{name}, at full speed")
    if source.live:
        words = _translate("BenchConditions", "{name}, at its own speed")
    return words.format(name=name)
