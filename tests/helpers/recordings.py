"""Recorders over the results of `sink_samples`."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from rkvideo.sinks.recorder import PairRecorder, RawRecorder, Recorder
from rkvideo.stats import StatsSnapshot
from tests.helpers.sink_samples import INFO, STATUS, TITLES, result

TIME_BASES = {".mp4": Fraction(1, 90_000), ".mkv": Fraction(1, 1000)}


def opened(path: Path, *, hud: bool = False, rate: Fraction | None = Fraction(25)) -> Recorder:
    recorder = Recorder(path, TITLES, StatsSnapshot, hud)
    recorder.open(replace(INFO, rate=rate))
    return recorder


def record(path: Path, times: list[float], rate: Fraction | None = Fraction(25)) -> None:
    recorder = opened(path, rate=rate)
    for index, pts_s in enumerate(times):
        recorder.write(result(index, pts_s), STATUS)
    assert recorder.close() == (str(path),)


def paired(folder: Path, quality: str = "medium") -> PairRecorder:
    """Annotated, in this quality, and raw, in the lowest."""
    annotated = Recorder(folder / "out.mp4", TITLES, StatsSnapshot, hud=False, quality=quality)
    recorder = PairRecorder(annotated, RawRecorder(folder / "out-raw.mp4", "low"))
    recorder.open(INFO)
    return recorder
