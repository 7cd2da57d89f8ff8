"""`run`: the pipeline without a window; a progress line, a stage table, a file of figures."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from rkvideo.config import AppConfig
from rkvideo.errors import ShutdownTimeout, SinkWriteError
from rkvideo.files.terminal import escape
from rkvideo.files.whole import replace_whole
from rkvideo.machine.process import peak_resident_bytes
from rkvideo.pipeline.pipeline import Pipeline
from rkvideo.stats import Percentiles
from rkvideo.status import NpuSample, RunState, RunStatus, RunTitles

JOIN_S = 3.0
PROGRESS_PERIOD_S = 0.25
QUIET_PERIOD_S = 5.0
_MOST_NAMED = 8
# Of what the monitor could not read, what belongs to the NPU.
_IN_WORDS = {
    "loads": "load",
    "clock_hz": "clock",
    "temperature_c": "temperature",
    "driver": "driver version",
}
_COUNTED = (
    *("decoded", "dropped", "inferred", "late", "shown", "recorded", "record_dropped", "failed"),
)


@dataclass(frozen=True, slots=True)
class RunReport:
    """What a finished run measured; `fps` is None for a run too short to have a rate.

    `hung` names the threads that did not end in time, None where all did.
    """

    status: RunStatus
    fps: float | None
    stages: dict[str, Percentiles]
    cpu_ms_per_frame: float
    hung: ShutdownTimeout | None = None


def run_headless(pipeline: Pipeline, console: Console, limit: int | None = None) -> RunReport:
    """Run to the end, telling progress; Ctrl-C ends the run early and what is written is kept.

    `limit` is the number of frames that the run ends after, None for all of its source. Raises
    what kept the run from starting. The error that ended a run that had started, and threads that
    did not end, are in the report: what was measured is worth telling all the same.
    """
    cpu_before = time.process_time()
    try:
        try:
            pipeline.start()
            _follow(pipeline, console, limit)
        except KeyboardInterrupt:
            console.print("stopping", style="dim")
    except BaseException as error:
        # Also where nobody reads the progress any more: no run goes on without its command.
        if (hung := _stop(pipeline)) is not None:
            raise hung from error
        raise
    hung = _stop(pipeline)
    cpu_s = time.process_time() - cpu_before
    status = pipeline.status() if hung is None else _given_up(pipeline.status())
    fps, stages = pipeline.overall()
    return RunReport(status, fps, stages, cpu_s * 1e3 / max(status.counts.shown, 1), hung)


def _stop(pipeline: Pipeline) -> ShutdownTimeout | None:
    """End the run; gives the threads that did not end in time."""
    pipeline.stop()
    try:
        pipeline.join(JOIN_S)
    except ShutdownTimeout as error:
        return error
    return None


def _given_up(status: RunStatus) -> RunStatus:
    """The status of a run that has threads left; what they are at counts as dropped."""
    counts = status.counts
    dropped = counts.decoded - counts.shown - counts.late - counts.failed
    state = RunState.STOPPED if status.error is None else RunState.FAILED
    return replace(status, state=state, counts=replace(counts, dropped=dropped))


def _follow(pipeline: Pipeline, console: Console, limit: int | None) -> None:
    if console.is_terminal:
        _follow_with_bar(pipeline, console, limit)
        return
    while not pipeline.wait_over(QUIET_PERIOD_S):
        console.print(escape(_progress_text(pipeline, limit)), soft_wrap=True)


def _follow_with_bar(pipeline: Pipeline, console: Console, limit: int | None) -> None:
    columns = (BarColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=None)
        while not pipeline.wait_over(PROGRESS_PERIOD_S):
            status = pipeline.status()
            progress.update(
                task,
                description=escape(_progress_text(pipeline, limit)),
                completed=status.counts.shown,
                total=_expected(status, limit),
            )


def _expected(status: RunStatus, limit: int | None) -> int | None:
    """How many frames the run will have, None where nobody knows."""
    known = (limit, status.stream.frames if status.stream else None)
    return min((count for count in known if count is not None), default=None)


def _progress_text(pipeline: Pipeline, limit: int | None) -> str:
    status, stats = pipeline.status(), pipeline.stats()
    if status.trouble is not None:
        silent = time.perf_counter() - status.trouble.lost_at_s
        return f"{status.state.value}, lost for {silent:.0f} s: {status.trouble.reason}"
    expected = _expected(status, limit)
    total = f" of {expected}" if expected else ""
    return (
        f"frame {status.counts.shown}{total}  {stats.shown_fps:.1f} fps  "
        f"latency p50 {stats.latency.p50 * 1e3:.0f} ms p95 {stats.latency.p95 * 1e3:.0f} ms  "
        f"dropped {status.counts.dropped}"
        + "".join(f"  {sink.name} lost {sink.dropped}" for sink in status.sinks if sink.dropped)
    )


def print_report(report: RunReport, pipeline: Pipeline, console: Console) -> None:
    """Print the stage table, what became of the frames, and what was written where."""
    titles, counts = pipeline.titles, report.status.counts
    # As the title of the table it would be folded to its width, in the middle of a name.
    heading = f"{escape(titles.source)}   {escape(titles.model)}   {_backend_text(titles)}"
    console.print(heading, style="table.title", soft_wrap=True)
    table = Table()
    for column in ("ms", "p50", "p95", "p99", "max"):
        table.add_column(column, justify="left" if column == "ms" else "right")
    for stage, figures in report.stages.items():
        name = "latency" if stage == "total" else stage
        table.add_row(name, *(f"{value:.1f}" for value in figures.in_ms().values()))
    console.print(table)
    if titles.mark:
        console.print(f"{titles.mark}: the boxes and the times of the NPU are made up")
    console.print(
        f"{_rate_text(report.fps)} fps, {counts.shown} frames shown of {counts.decoded} decoded: "
        f"{counts.dropped} dropped, {counts.late} late, {counts.failed} failed; "
        f"{report.cpu_ms_per_frame:.1f} ms of CPU a frame",
        soft_wrap=True,
    )
    if damaged := report.status.source.damaged:
        console.print(f"{damaged} frames arrived damaged")
    if lost := report.status.source.lost_packets:
        console.print(f"{lost} packets were lost on the way")
    for sink in report.status.sinks:
        if sink.dropped:
            console.print(f"{sink.name}: {sink.dropped} of {sink.written + sink.dropped} missing")
    if report.status.stream and report.status.stream.decoder:
        console.print(f"decoder: {report.status.stream.decoder}")
    if titles.picture_way:
        console.print(f"pictures: {titles.picture_way}")
    for encoder in sorted({sink.encoder for sink in report.status.sinks if sink.encoder}):
        console.print(f"encoder: {encoder}")
    if report.status.npu is not None:
        console.print(f"NPU: {escape(npu_text(report.status.npu))}", soft_wrap=True)
        if units := units_text(report.status.npu):
            console.print(f"beside the NPU: {escape(units)}", soft_wrap=True)
    for notice in report.status.notices:
        console.print(f"note: {escape(notice)}", soft_wrap=True)
    for line in _recorded(report.status.recordings):
        console.print(f"recorded: {escape(line)}", soft_wrap=True)


def _recorded(files: tuple[str, ...]) -> tuple[str, ...]:
    """The files, or how many there are where they are many of one folder."""
    folders = {str(Path(file).parent) for file in files}
    if len(files) <= _MOST_NAMED or len(folders) > 1:
        return files
    return (f"{len(files)} files in {folders.pop()}",)


def _rate_text(fps: float | None) -> str:
    return "–" if fps is None else f"{fps:.1f}"  # noqa: RUF001 - as in the tables of the bench


def npu_text(sample: NpuSample) -> str:
    """Load of each core, clock and temperature, with what is absent and why."""
    known = []
    if sample.loads is not None:
        known.append(f"load {'/'.join(str(load) for load in sample.loads)} %")
    if sample.clock_hz is not None:
        known.append(f"{sample.clock_hz / 1e6:.0f} MHz")
    if sample.temperature_c is not None:
        known.append(f"{sample.temperature_c:.0f} °C ({sample.temperature_zone})")
    absent = [
        f"no {_IN_WORDS[field]} ({reason})" for field, reason in sample.absent if field in _IN_WORDS
    ]
    return ", ".join([*known, *absent])


def units_text(sample: NpuSample) -> str:
    """The units beside the NPU that were busy, and the fan; empty where nothing is known."""
    busy = [f"{unit.name} {unit.percent:.0f} %" for unit in sample.units if unit.percent >= 1]
    known = busy or (["idle"] if sample.units else [])
    return ", ".join([*known, *([f"fan {sample.fan.percent:.0f} %"] if sample.fan else [])])


def _backend_text(titles: RunTitles) -> str:
    return f"{titles.backend} ({titles.mark})" if titles.mark else titles.runs_on


def _objects_seen(pipeline: Pipeline) -> dict[str, int]:
    seen, titles = pipeline.objects_seen, pipeline.titles
    return {titles.label(class_id): seen[class_id] for class_id in sorted(seen)}


def write_stats(path: Path, report: RunReport, config: AppConfig, pipeline: Pipeline) -> None:
    """Write the figures of a run as JSON, whole or not at all. Raises SinkWriteError."""
    titles, counts = pipeline.titles, report.status.counts
    peak = peak_resident_bytes()
    figures = {
        "source": titles.source,
        "model": titles.model,
        **({"tiles": str(config.tiling)} if config.tiling is not None else {}),
        "backend": titles.backend,
        **({"way": titles.way} if titles.way else {}),
        **({"picture_way": titles.picture_way} if titles.picture_way else {}),
        **({"mark": titles.mark} if titles.mark else {}),
        "decoder": report.status.stream.decoder if report.status.stream else "",
        "workers": pipeline.workers,
        "workers_used": pipeline.workers_used,
        "workers_on_one_cpu": pipeline.workers_on_one_cpu,
        "worker_changes": pipeline.worker_changes,
        "confidence": config.filter.confidence,
        "iou": config.filter.iou,
        "state": report.status.state.value,
        "frames": {name: getattr(counts, name) for name in _COUNTED},
        "undecoded": report.status.source.undecoded,
        "damaged": report.status.source.damaged,
        "missing": report.status.source.missing,
        "lost_packets": report.status.source.lost_packets,
        **({"objects": _objects_seen(pipeline)} if pipeline.tracks else {}),
        "clock_anchors": report.status.source.anchors,
        "notices": list(report.status.notices),
        "sinks": {
            sink.name: {
                "written": sink.written,
                "dropped": sink.dropped,
                **({"encoder": sink.encoder} if sink.encoder else {}),
            }
            for sink in report.status.sinks
        },
        "fps": None if report.fps is None else round(report.fps, 2),
        "latency_ms": {stage: figures.in_ms() for stage, figures in report.stages.items()},
        "npu": asdict(report.status.npu) if report.status.npu is not None else None,
        "cpu_ms_per_frame": round(report.cpu_ms_per_frame, 2),
        "peak_rss_mb": None if peak is None else round(peak / 2**20, 1),
    }
    try:
        replace_whole(path, json.dumps(figures, indent=2) + "\n")
    except OSError as error:
        raise SinkWriteError(f"{path} could not be written: {error.strerror}") from error
