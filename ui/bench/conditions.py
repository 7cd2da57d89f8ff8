"""How and on what a bench was measured, in the language of the window, for the exported picture.

The exported files are those of the command `bench`, and stay in English with it.
"""

from __future__ import annotations

from PyQt5.QtCore import QCoreApplication

from rkvideo.bench.results import BenchReport, BenchSource

_translate = QCoreApplication.translate


def condition_lines(report: BenchReport) -> tuple[str, ...]:
    """The lines of `rkvideo.bench.report.conditions`, translated."""
    settings, machine = report.settings, report.machine
    measured = _translate("BenchConditions", "{length}, {warmup:g} s of warm-up, {repeats} times")
    limits = f"confidence {settings.confidence:g}, IoU {settings.iou:g}"
    cores = _translate("BenchConditions", "{count} CPU cores").format(count=machine.cores)
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
