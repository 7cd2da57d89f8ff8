"""What a run without a window has measured: printed when it ends, and written as JSON."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from rkvideo.bench.columns import number_text
from rkvideo.config import AppConfig
from rkvideo.errors import ShutdownTimeout, SinkWriteError
from rkvideo.files.terminal import escape
from rkvideo.files.whole import replace_whole
from rkvideo.machine.process import peak_resident_bytes
from rkvideo.pipeline.pipeline import Pipeline
from rkvideo.sinks.files import is_plain
from rkvideo.stats import Percentiles
from rkvideo.status import NpuSample, RunState, RunStatus, RunTitles

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


def print_report(report: RunReport, pipeline: Pipeline, console: Console) -> None:
    """Print the stage table, what became of the frames, and what was written where."""
    titles, status = pipeline.titles, report.status
    # As the title of the table it would be folded to its width, in the middle of a name.
    heading = f"{escape(titles.source)}   {escape(titles.model)}   {_backend_text(titles)}"
    console.print(heading, style="table.title", soft_wrap=True)
    console.print(_stage_table(report))
    if titles.mark:
        console.print(f"{titles.mark}: the boxes and the times of the NPU are made up")
    console.print(_rate_line(report), soft_wrap=True)
    for line in (*_loss_lines(status), *_part_lines(status, titles)):
        console.print(line)
    if status.npu is not None:
        console.print(f"NPU: {escape(npu_text(status.npu))}", soft_wrap=True)
        if units := units_text(status.npu):
            console.print(f"beside the NPU: {escape(units)}", soft_wrap=True)
    for notice in status.notices:
        console.print(f"note: {escape(notice)}", soft_wrap=True)
    for line in _recorded(status.recordings):
        console.print(f"recorded: {escape(line)}", soft_wrap=True)


def _stage_table(report: RunReport) -> Table:
    table = Table()
    for column in ("ms", "p50", "p95", "p99", "max"):
        table.add_column(column, justify="left" if column == "ms" else "right")
    for stage, figures in report.stages.items():
        name = "latency" if stage == "total" else stage
        table.add_row(name, *(f"{value:.1f}" for value in figures.in_ms().values()))
    return table


def _rate_line(report: RunReport) -> str:
    counts = report.status.counts
    return (
        f"{number_text(report.fps, 1)} fps, "
        f"{counts.shown} frames shown of {counts.decoded} decoded: "
        f"{counts.dropped} dropped, {counts.late} late, {counts.failed} failed; "
        f"{report.cpu_ms_per_frame:.1f} ms of CPU a frame"
    )


def _loss_lines(status: RunStatus) -> list[str]:
    """What came damaged, and what did not reach a file."""
    lines = []
    if status.source.damaged:
        lines.append(f"{status.source.damaged} frames arrived damaged")
    if status.source.lost_packets:
        lines.append(f"{status.source.lost_packets} packets were lost on the way")
    lines += [
        f"{sink.name}: {sink.dropped} of {sink.written + sink.dropped} missing"
        for sink in status.sinks
        if sink.dropped
    ]
    return lines


def _part_lines(status: RunStatus, titles: RunTitles) -> list[str]:
    """Which decoder, picture way and encoders were used."""
    encoders = sorted({sink.encoder for sink in status.sinks if sink.encoder})
    parts = (
        ("decoder", status.stream.decoder if status.stream else ""),
        ("pictures", titles.picture_way),
        *(("encoder", encoder) for encoder in encoders),
    )
    return [f"{what}: {name}" for what, name in parts if name]


def _recorded(files: tuple[str, ...]) -> tuple[str, ...]:
    """The files, or how many there are where they are many of one folder."""
    folders = {str(Path(file).parent) for file in files}
    if len(files) <= _MOST_NAMED or len(folders) > 1:
        return files
    return (f"{len(files)} files in {folders.pop()}",)


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


@contextlib.contextmanager
def begun_stats(path: Path | None, pipeline: Pipeline) -> Iterator[None]:
    """While inside, the file of figures says that its run is not over.

    So it stays where the program is killed. Where an error leaves the run without figures the file
    is gone. Raises SinkWriteError.
    """
    if path is None or not is_plain(path):
        yield
        return
    titles = pipeline.titles
    begun = {"source": titles.source, "model": titles.model, "state": RunState.RUNNING.value}
    _write(path, json.dumps(begun, indent=2) + "\n")
    try:
        yield
    except BaseException:
        _drop(path)
        raise


def write_stats(path: Path, report: RunReport, config: AppConfig, pipeline: Pipeline) -> None:
    """Write the figures of a run as JSON, whole or not at all. Raises SinkWriteError."""
    figures = {
        **_set_up(report.status, config, pipeline),
        **_frames(report.status, pipeline),
        **_measured(report),
    }
    try:
        _write(path, json.dumps(figures, indent=2) + "\n")
    except SinkWriteError:
        # What lies there says that the run is not over.
        _drop(path)
        raise


def _drop(path: Path) -> None:
    if is_plain(path):
        with contextlib.suppress(OSError):
            path.unlink()


def _write(path: Path, text: str) -> None:
    try:
        replace_whole(path, text)
    except OSError as error:
        raise SinkWriteError(f"{path} could not be written: {error.strerror}") from error


def _set_up(status: RunStatus, config: AppConfig, pipeline: Pipeline) -> dict[str, Any]:
    """What was run, and how."""
    titles = pipeline.titles
    return {
        "source": titles.source,
        "model": titles.model,
        **({"tiles": str(config.tiling)} if config.tiling is not None else {}),
        "backend": titles.backend,
        **({"way": titles.way} if titles.way else {}),
        **({"picture_way": titles.picture_way} if titles.picture_way else {}),
        **({"mark": titles.mark} if titles.mark else {}),
        "decoder": status.stream.decoder if status.stream else "",
        "workers": pipeline.workers,
        "workers_used": pipeline.workers_used,
        "workers_on_one_cpu": pipeline.workers_on_one_cpu,
        "worker_changes": pipeline.worker_changes,
        "confidence": config.filter.confidence,
        "iou": config.filter.iou,
    }


def _frames(status: RunStatus, pipeline: Pipeline) -> dict[str, Any]:
    """What became of the frames."""
    return {
        "state": status.state.value,
        "frames": {name: getattr(status.counts, name) for name in _COUNTED},
        "undecoded": status.source.undecoded,
        "damaged": status.source.damaged,
        "missing": status.source.missing,
        "lost_packets": status.source.lost_packets,
        **({"objects": _objects_seen(pipeline)} if pipeline.tracks else {}),
        "clock_anchors": status.source.anchors,
        "notices": list(status.notices),
        "sinks": {
            sink.name: {
                "written": sink.written,
                "dropped": sink.dropped,
                **({"encoder": sink.encoder} if sink.encoder else {}),
            }
            for sink in status.sinks
        },
    }


def _measured(report: RunReport) -> dict[str, Any]:
    """Rates, latencies, and what the machine gave for them."""
    npu, peak = report.status.npu, peak_resident_bytes()
    return {
        "fps": None if report.fps is None else round(report.fps, 2),
        "latency_ms": {stage: figures.in_ms() for stage, figures in report.stages.items()},
        "npu": None if npu is None else asdict(npu),
        "cpu_ms_per_frame": round(report.cpu_ms_per_frame, 2),
        "peak_rss_mb": None if peak is None else round(peak / 2**20, 1),
    }
