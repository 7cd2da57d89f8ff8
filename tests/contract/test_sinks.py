"""One suite for every sink: add a new one to `SINKS`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rkvideo.errors import SinkOpenError, SinkWriteError
from rkvideo.sinks.base import Sink
from rkvideo.sinks.jsonl import JsonLinesSink
from rkvideo.sinks.picture_files import PictureFiles
from rkvideo.sinks.recorder import PairRecorder, RawRecorder, Recorder
from rkvideo.stats import StatsSnapshot
from tests.helpers.sink_samples import (
    INFO,
    STATUS,
    TITLES,
    file_size_limit,
    found,
    noise_picture,
    result,
    write_many,
)

FRAMES = 30


def annotated(folder: Path, suffix: str = ".mp4") -> Recorder:
    return Recorder(folder / f"out{suffix}", TITLES, StatsSnapshot)


SINKS: dict[str, Callable[[Path], Sink]] = {
    "recorder mp4": annotated,
    "recorder mkv": lambda folder: annotated(folder, ".mkv"),
    "raw recorder": lambda folder: RawRecorder(folder / "raw.mp4"),
    "pair": lambda folder: PairRecorder(annotated(folder), RawRecorder(folder / "raw.mp4")),
    "picture files": lambda folder: PictureFiles(folder, TITLES),
    "json lines": lambda folder: JsonLinesSink(folder / "boxes.jsonl", TITLES),
}


@pytest.fixture(params=SINKS)
def make(request: pytest.FixtureRequest) -> Callable[[Path], Sink]:
    return SINKS[request.param]


def results():
    boxes = found((10, 10, 60, 60, 0.9, 0))
    return (result(n, picture=noise_picture(n), detections=boxes) for n in range(FRAMES))


def test_close_gives_the_files_that_exist(make: Callable[[Path], Sink], tmp_path: Path) -> None:
    sink = make(tmp_path)
    assert sink.name
    sink.open(INFO)
    write_many(sink, results())
    files = sink.close()
    assert sorted(files) == sorted(map(str, tmp_path.iterdir()))
    assert all(Path(name).stat().st_size > 0 for name in files)


def test_what_was_never_opened_leaves_nothing(make: Callable[[Path], Sink], tmp_path: Path) -> None:
    assert make(tmp_path).close() == ()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_told_when_it_opens(
    make: Callable[[Path], Sink], tmp_path: Path
) -> None:
    sink = make(tmp_path / "nosuch")
    with pytest.raises(SinkOpenError, match="nosuch"):
        sink.open(INFO)
    assert sink.close() == ()
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_is_not_overwritten(make: Callable[[Path], Sink], tmp_path: Path) -> None:
    for expected in (1, 2):
        sink = make(tmp_path)
        sink.open(INFO)
        write_many(sink, results())
        sink.close()
        names = {path.stem for path in tmp_path.iterdir()}
        assert any(name.endswith("-2") for name in names) is (expected == 2)


def test_a_full_disk_is_told_and_what_was_written_stays(
    make: Callable[[Path], Sink], tmp_path: Path
) -> None:
    sink = make(tmp_path)
    sink.open(INFO)
    sink.write(next(results()), STATUS)
    many = (each for _ in range(200) for each in results())
    with file_size_limit(1_000), pytest.raises(SinkWriteError, match="File too large"):
        write_many(sink, many)
    for name in sink.close():
        assert Path(name).exists()
