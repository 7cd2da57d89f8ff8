"""A bench as files: JSON that can be read back, CSV for a spreadsheet, Markdown for a README."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from rkvideo.bench.clock_caution import clock_caution
from rkvideo.bench.columns import (
    ABSENT,
    BY_KEY,
    COLUMNS,
    clock_flags_text,
    clock_flags_words,
    governors_text,
    loads_text,
    names_of,
    spread_text,
    units_text,
    workers_text,
)
from rkvideo.bench.limits import largest_that_holds, limit_line, limit_of
from rkvideo.bench.pairs import named_pairs, paired
from rkvideo.bench.result_file import read_result, write_result
from rkvideo.bench.results import BenchReport, BenchRow, BenchSource, Measurement
from rkvideo.data import STAGES
from rkvideo.errors import ConfigError
from rkvideo.files.untrusted import one_line, parse_json, record
from rkvideo.machine.clock_watch import CLOCKS, ClockFlag
from rkvideo.status import mark_of

FORMAT: Final = 1
STEM: Final = "bench"
QUALITY_KEYS: Final = ("evaluation", "agreement")
"""What stands beside a bench where quality was measured too: `rkvideo.report.exports`."""
_MOST_BYTES: Final = 16_000_000
_LARGEST_FIGURE: Final = 1e15
_LARGEST_SIDE: Final = 65_536
# infer has a column of its own.
_OTHER_STAGES: Final = tuple(stage for stage in STAGES if stage != "infer")


def to_json(report: BenchReport) -> str:
    """Everything that was measured; `from_json` reads it back."""
    content = {"format": FORMAT, **asdict(report)}
    content["rows"] = [json_row(row, report.source) for row in report.rows]
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def json_row(row: BenchRow, source: BenchSource | None) -> dict[str, Any]:
    """A row, and for who reads it without this program the means over its measurements."""
    content = asdict(row)
    if mark_of(row.backend):
        content["mark"] = mark_of(row.backend)
    content["figures"] = {column.key: column.value(row) for column in COLUMNS}
    limit = limit_of(row, source)
    content["limit"] = None if limit is None else {**asdict(limit), "could": dict(limit.could)}
    return content


def from_json(text: str, name: str) -> BenchReport:
    """The report that `to_json` wrote. Raises ConfigError naming the file `name`."""
    try:
        return _report(parse_json(text))
    except ValueError as error:
        raise ConfigError(
            f"{name} is not the result of a bench ({one_line(str(error), 120)}): choose a "
            "bench.json"
        ) from error


def to_csv(report: BenchReport, beside: BenchReport | None = None) -> str:
    """A line per row with every figure, and with what it was measured on; run B comes last.

    What is absent is empty.
    """
    return csv_text(csv_table(report, beside))


def csv_table(report: BenchReport, beside: BenchReport | None = None) -> list[list[object]]:
    """The cells of `to_csv`: the titles, then a line for each row of A and of B."""
    lines: list[list[object]] = [
        [
            *("model", "argument", "backend", "width", "height", *CSV_TITLES, "sha256", "trouble"),
            *("run", "source", "machine", "made_at", "version"),
        ]
    ]
    runs = {"A": report} if beside is None else {"A": report, "B": beside}
    for run, each in runs.items():
        lines += [[*_csv_row(row, each), run, *_csv_conditions(each)] for row in each.rows]
    return lines


def csv_text(lines: Iterable[Sequence[object]]) -> str:
    """Lines of cells as CSV."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(lines)
    return out.getvalue()


def _csv_row(row: BenchRow, report: BenchReport) -> list[object]:
    return [
        *(row.title, row.argument, _backend(row), *(row.size or ("", ""))),
        *csv_row(row, report.source),
        *(row.sha256, row.trouble),
    ]


def _csv_conditions(report: BenchReport) -> list[str]:
    machine = report.machine
    source = "" if report.source is None else report.source.name
    told = (machine.chip, machine.cpu, f"{machine.cores} CPU cores", machine.system)
    return [source, ", ".join(filter(None, told)), report.made_at, report.version]


_CSV_COLUMNS: Final = tuple(column for column in COLUMNS if column.key != "npu_load")

CSV_TITLES: Final = (
    *("workers", "workers_used", "repeats"),
    *(column.key for column in _CSV_COLUMNS),
    *(f"{stage}_p50_ms" for stage in _OTHER_STAGES),
    *("npu_loads", "throttled", "limit", "memory_mhz", "worker_cores", "governors"),
    *("boxes_frames", *(f"{clock}_clock" for clock in CLOCKS), "units", "fan_percent"),
)


def csv_row(row: BenchRow, source: BenchSource | None) -> list[object]:
    """The cells of `CSV_TITLES`; what is absent is empty."""
    stages = dict(row.stages_ms)
    return [
        *(row.workers, row.workers_used, len(row.measurements)),
        *(_plain(column.value(row)) for column in _CSV_COLUMNS),
        *(_plain(stages.get(stage)) for stage in _OTHER_STAGES),
        "" if row.npu_loads is None else loads_text(row),
        "yes" if row.throttled else "no",
        *_conditions_of(row, source),
    ]


def _conditions_of(row: BenchRow, source: BenchSource | None) -> list[object]:
    limit = limit_of(row, source)
    memory_hz = row.clocks.memory_hz if row.clocks else None
    return [
        "" if limit is None else limit.part,
        "" if memory_hz is None else memory_hz // 1_000_000,
        *("" if text == ABSENT else text for text in (workers_text(row), governors_text(row))),
        "" if row.same_frames is None else row.same_frames,
        *_clock_cells(row),
        "" if (units := units_text(row)) == ABSENT else units,
        _plain(row.mean(lambda one: one.fan_percent)),
    ]


def _clock_cells(row: BenchRow) -> list[str]:
    """A cell for each clock: `held 1000`, `moved 528 2112` (MHz), `unknown`; empty without any."""
    flags = row.clock_flags
    if not flags:
        return [""] * len(CLOCKS)
    return [_clock_cell(flag) for flag in flags]


def _clock_cell(flag: ClockFlag) -> str:
    ends = dict.fromkeys(
        f"{hertz / 1e6:.0f}" for hertz in (flag.lowest_hz, flag.highest_hz) if hertz is not None
    )
    return " ".join((flag.state, *ends))


def to_markdown(report: BenchReport, beside: BenchReport | None = None) -> str:
    """What was measured and how, then a table; of run B likewise, and what it changes."""
    if beside is None:
        return _one_markdown(report)
    parts = ["## A", _one_markdown(report), "## B", _one_markdown(beside)]
    return "\n".join([*parts, "## B against A", *_changes(report, beside)]) + "\n"


def _changes(report: BenchReport, beside: BenchReport) -> list[str]:
    lines = ["", "| model | fps A | fps B | change |", "|---|---:|---:|---:|"]
    fps = BY_KEY["fps"]
    for pair in paired(report.rows, beside.rows):
        change = pair.change(fps)
        cells = (
            _cell(pair.row.title),
            *(ABSENT if row is None else fps.text(row) for row in (pair.a, pair.b)),
            ABSENT if change is None else f"{change:+.1f} %",
        )
        lines.append(f"| {' | '.join(cells)} |")
    caution = clock_caution(named_pairs(report.rows, beside.rows))
    return [*lines, "", caution] if caution else lines


def _one_markdown(report: BenchReport) -> str:
    lines = [*conditions(report), ""]
    columns = _MARKDOWN
    if any(clock_flags_text(row) != ABSENT for row in report.rows):
        columns = (*columns, ("clocks", clock_flags_text))
    titles = [title for title, _ in columns]
    lines.append("| " + " | ".join(titles) + " |")
    lines.append("|---|---|" + "---:|" * (len(titles) - 2))
    for row in report.rows:
        lines.append("| " + " | ".join(_cell(text(row)) for _, text in columns) + " |")
    found = findings(report)
    if found:
        lines += ["", *(f"- {line}" for line in found)]
    troubles = [f"- `{row.argument}`: {row.trouble}" for row in report.rows if row.trouble]
    if troubles:
        lines += ["", "Not measured:", "", *troubles]
    return "\n".join(lines) + "\n"


def conditions(report: BenchReport) -> tuple[str, ...]:
    """How and on what it was measured, in a few lines of Markdown."""
    settings, machine, source = report.settings, report.machine, report.source
    read = "nothing was read"
    if source is not None:
        rate = "" if source.fps is None else f" at {source.fps:g} fps"
        how = "at its own speed" if source.live else "as fast as possible"
        read = f"{source.name}, {source.width}x{source.height}{rate}, read {how}"
    length = (
        f"{settings.frames} frames" if settings.frames is not None else f"{settings.seconds:g} s"
    )
    repeats = "once" if settings.repeats == 1 else f"{settings.repeats} times"
    cpu = f"{machine.cpu}, " if machine.cpu else ""
    chip = f"{machine.chip}, " if machine.chip else ""
    lines = [
        f"Source: {read}.",
        f"Each row: {length} after {settings.warmup_s:g} s of warm-up, {repeats} in "
        f"shuffled order (seed {settings.seed}); confidence {settings.confidence:g}, "
        f"IoU {settings.iou:g}{settings.tiles and f', in tiles of {settings.tiles}'}.",
        f"Machine: {chip}{cpu}{machine.cores} CPU cores, {machine.system}; "
        f"rkvideo {report.version}, {report.made_at}.",
    ]
    if report.mark:
        lines.append(f"{report.mark}: the NPU's times are given, not measured, its boxes made up.")
    if not report.complete:
        lines.append("The bench was cut short: rows are missing or were measured fewer times.")
    return tuple(lines)


def findings(report: BenchReport) -> tuple[str, ...]:
    """What limits each row, its clocks, the units beside the NPU, and what holds a rate."""
    rows = [row for row in report.rows if row.measurements]
    limits = (
        limit_line(row, name, report.source) for row, name in zip(rows, names_of(rows), strict=True)
    )
    lines = [line for line in limits if line is not None]
    governors = dict.fromkeys(text for row in rows if (text := governors_text(row)) != ABSENT)
    lines += [f"Clocks at the end: {text}" for text in governors]
    lines += [
        f"{name}: clocks: {text}"
        for row, name in zip(rows, names_of(rows), strict=True)
        if (text := clock_flags_words(row)) != ABSENT
    ]
    lines += [
        f"{name}: beside the NPU: {text}"
        for row, name in zip(rows, names_of(rows), strict=True)
        if (text := units_text(row)) != ABSENT
    ]
    hold = report.settings.hold_fps
    if hold is not None:
        for name, row in largest_that_holds(report.rows, hold).items():
            lines.append(
                f"{name}: no size here holds {hold:g} fps"
                if row is None
                else f"{name}: the largest size here that holds {hold:g} fps is {row.title}"
                f" ({spread_text(row)} fps)"
            )
    return tuple(lines)


WRITERS: Final[dict[str, Callable[[BenchReport, BenchReport | None], str]]] = {
    # One run: it is what can be laid beside another one.
    ".json": lambda report, _beside: to_json(report),
    ".csv": to_csv,
    ".md": to_markdown,
}
"""What writes a file of each kind."""


def write_report(report: BenchReport, path: Path, beside: BenchReport | None = None) -> Path:
    """Write one file, of the kind that its suffix names; an old one is replaced.

    `beside` is run B, which JSON leaves out.

    Raises ConfigError for another suffix, SinkWriteError.
    """
    writer = WRITERS.get(path.suffix.lower())
    if writer is None:
        raise ConfigError(f"{path.name}: a bench is written as {', '.join(WRITERS)}")
    return write_result(path, writer(report, beside))


def read_report(path: Path) -> BenchReport:
    """Read a bench.json, or that of a folder. Raises ConfigError."""
    if path.is_dir():
        path = path / f"{STEM}.json"
    return from_json(read_result(path, _MOST_BYTES), path.name)


def _backend(row: BenchRow) -> str:
    mark = mark_of(row.backend)
    return f"{row.backend} ({mark})" if mark else row.runs_on


def _name(row: BenchRow) -> str:
    return f"{row.title} (throttled)" if row.throttled else row.title


def _pair(first: str, second: str) -> Callable[[BenchRow], str]:
    def text(row: BenchRow) -> str:
        both = (BY_KEY[first].text(row), BY_KEY[second].text(row))
        return ABSENT if both == (ABSENT, ABSENT) else " / ".join(both)

    return text


_MARKDOWN: Final[tuple[tuple[str, Callable[[BenchRow], str]], ...]] = (
    ("model", _name),
    ("backend", lambda row: row.runs_on),
    ("workers", workers_text),
    ("fps", BY_KEY["fps"].text),
    ("min to max", spread_text),
    ("infer ms p50 / p95", _pair("infer_p50_ms", "infer_p95_ms")),
    ("latency ms p50 / p95", _pair("latency_p50_ms", "latency_p95_ms")),
    ("CPU %", BY_KEY["cpu_percent"].text),
    ("CPU ms/frame", BY_KEY["cpu_ms"].text),
    ("memory MB", BY_KEY["memory_mb"].text),
    ("NPU load %", loads_text),
    ("°C before / after", _pair("celsius_before", "celsius_after")),
    ("NPU MHz before / after", _pair("mhz_before", "mhz_after")),
    ("dropped", BY_KEY["dropped"].text),
    ("boxes/frame", BY_KEY["detections"].text),
)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _plain(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}".rstrip("0").rstrip(".")


def _report(content: Any) -> BenchReport:
    """The checked report; raises ValueError."""
    if not isinstance(content, dict) or content.pop("format", None) != FORMAT:
        raise ValueError(f"its format is not {FORMAT}")
    for key in QUALITY_KEYS:
        content.pop(key, None)
    rows = content.get("rows")
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict):
            # For who reads the file without this program.
            row.pop("figures", None)
            row.pop("mark", None)
            row.pop("limit", None)
    report = record(BenchReport, content)
    for row in report.rows:
        if row.size is not None and not all(0 < side <= _LARGEST_SIDE for side in row.size):
            raise ValueError(f"{row.size} is the size of no input")
        for one in row.measurements:
            _check(one)
    if report.settings.frames is None and report.settings.seconds is None:
        raise ValueError("it has no length")
    return report


def _check(one: Measurement) -> None:
    """Raise ValueError for figures that no measurement has; their means would overflow."""
    numbers = [value for value in asdict(one).values() if isinstance(value, (int, float))]
    numbers += [value for _, value in one.stages_ms] + list(one.npu_loads or ())
    numbers += [share for _, share in (*one.busy, *one.worker_cores, *one.unit_loads)]
    ends = ((flag.lowest_hz, flag.highest_hz) for flag in one.clock_flags)
    numbers += [hertz for pair in ends for hertz in pair if hertz is not None]
    if not all(abs(number) <= _LARGEST_FIGURE for number in numbers):
        raise ValueError("a figure is too large")
    if one.frames < 2 or one.span_s <= 0:
        raise ValueError("a measurement without two frames")
