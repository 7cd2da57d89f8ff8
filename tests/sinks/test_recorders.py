"""What a user's choice of a recording becomes: which sinks, which files, what is in them."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from rkvideo.assembly import open_run
from rkvideo.config import AppConfig, RecordOptions, SimulationSpec
from rkvideo.pictures.overlay import Look
from rkvideo.sinks.base import FileSink
from rkvideo.sinks.files import raw_path
from rkvideo.sinks.recorders import make_recorders, recorders_at
from rkvideo.sources.pattern import draw_pattern, read_index
from rkvideo.status import RunState, RunStatus
from tests.helpers.patience import PATIENCE_S
from tests.helpers.sink_samples import INFO, STATUS, TITLES, pts_of, read_video, result
from tests.helpers.video_samples import as_yuv420p

FRAMES = 60
CONFIG = AppConfig(
    f"pattern:320x192@30:{FRAMES}",
    backend="simulated",
    simulation=SimulationSpec(latency_ms=2),
)


class StandInRun:
    """Titles and figures without a run."""

    titles = TITLES

    def stats(self):
        raise AssertionError("a recording without HUD asks for no figures")


def made(what: str, usual_folder: Path, **options: object) -> tuple[FileSink, ...]:
    chosen = RecordOptions(what, hud=False, **options)
    return make_recorders(StandInRun(), chosen, Look, usual_folder)


def run_recorded(options: RecordOptions, path: Path) -> RunStatus:
    pipeline = open_run(CONFIG, print)
    for sink in recorders_at(pipeline, options, Look, path):
        pipeline.add_sink(sink, required=True)
    pipeline.start()
    status = pipeline.wait(60)
    pipeline.join(PATIENCE_S)
    assert status.state is RunState.FINISHED
    return status


def index_of(picture: av.VideoFrame) -> int:
    return read_index(as_yuv420p(picture))


@pytest.mark.parametrize(
    ("what", "endings"), [("annotated", [""]), ("raw", ["-raw"]), ("both", ["", "-raw"])]
)
def test_the_files_are_named_after_the_moment(
    tmp_path: Path, what: str, endings: list[str]
) -> None:
    (sink,) = made(what, tmp_path)
    assert sink.name == "recording"
    sink.open(INFO)
    sink.write(result(0), STATUS)
    sink.close()
    stem = sink.paths[0].stem.removesuffix("-raw")
    assert stem.startswith("rkvideo-20")
    assert sink.paths == tuple(tmp_path / f"{stem}{ending}.mp4" for ending in endings)
    assert sorted(tmp_path.iterdir()) == sorted(sink.paths)


def test_the_users_folder_goes_before_the_usual_one(tmp_path: Path) -> None:
    folder = tmp_path / "chosen"
    folder.mkdir()
    (sink,) = made("raw", tmp_path, folder=folder)
    sink.open(INFO)
    sink.write(result(0), STATUS)
    (path,) = sink.close()
    assert Path(path).parent == folder


def test_a_path_of_the_users_own_is_taken_as_it_is(tmp_path: Path) -> None:
    options = RecordOptions("raw")
    (sink,) = recorders_at(StandInRun(), options, Look, tmp_path / "mine.mkv")
    sink.open(INFO)
    sink.write(result(0), STATUS)
    assert sink.close() == (str(tmp_path / "mine.mkv"),)


def test_the_raw_file_lies_beside() -> None:
    assert raw_path(Path("/a/b.c.mkv")) == Path("/a/b.c-raw.mkv")


def test_both_files_of_a_run_have_every_frame_at_the_same_time(tmp_path: Path) -> None:
    status = run_recorded(RecordOptions("both", "high", hud=False), tmp_path / "out.mp4")
    paths = (str(tmp_path / "out.mp4"), str(tmp_path / "out-raw.mp4"))
    assert sorted(status.recordings) == sorted(paths)
    assert status.counts.recorded == FRAMES
    assert status.counts.record_dropped == 0
    annotated, raw = (read_video(path) for path in paths)
    assert pts_of(annotated) == pts_of(raw) == [3000 * index for index in range(FRAMES)]
    assert [index_of(frame) for frame in raw] == list(range(FRAMES))
    drawn = 0
    for index, (with_boxes, without) in enumerate(zip(annotated, raw, strict=True)):
        source = draw_pattern(320, 192, index).to_ndarray(format="gray").astype(int)
        bare = without.to_ndarray(format="gray").astype(int)
        painted = with_boxes.to_ndarray(format="gray").astype(int)
        assert np.abs(bare - source).mean() < 2
        drawn += int((np.abs(painted - source) > 40).sum() > 100)
    assert drawn == FRAMES


def test_both_files_have_the_same_frames_where_they_begin_and_end_within_a_run(
    tmp_path: Path,
) -> None:
    pipeline = open_run(replace(CONFIG, source="pattern:320x192@300"), print)
    reached = threading.Event()
    pipeline.observe(lambda each: reached.set() if each.frame.index == 100 else None)
    (sink,) = recorders_at(pipeline, RecordOptions("both"), Look, tmp_path / "out.mp4")
    pipeline.start()
    assert reached.wait(30)
    pipeline.add_sink(sink)
    deadline = time.monotonic() + 60
    while pipeline.wait(0.02).counts.recorded < 100:
        assert time.monotonic() < deadline
    assert pipeline.remove_sink(sink.name)
    pipeline.stop()
    pipeline.join(PATIENCE_S)
    annotated, raw = (read_video(path) for path in pipeline.status().recordings)
    indices = [index_of(frame) for frame in raw]
    assert indices[0] > 100
    assert indices == list(range(indices[0], indices[0] + len(indices)))
    assert pts_of(raw) == pts_of(annotated)
    assert pipeline.status().counts.recorded == len(raw) >= 100


def test_a_raw_recording_alone_is_counted(tmp_path: Path) -> None:
    status = run_recorded(RecordOptions("raw", "low"), tmp_path / "out.mp4")
    assert status.counts.recorded == FRAMES
    assert status.recordings == (str(tmp_path / "out.mp4"),)
    assert [index_of(frame) for frame in read_video(status.recordings[0])] == list(range(FRAMES))


def test_the_hud_is_in_the_annotated_file_only(tmp_path: Path) -> None:
    run_recorded(RecordOptions("both", "high", hud=True), tmp_path / "out.mp4")
    with_hud, raw = (
        read_video(tmp_path / name)[-1].to_ndarray(format="gray").astype(int)
        for name in ("out.mp4", "out-raw.mp4")
    )
    source = draw_pattern(320, 192, FRAMES - 1).to_ndarray(format="gray").astype(int)
    corner = np.s_[6:50, 6:60]
    assert np.abs(with_hud[corner] - source[corner]).mean() > 10
    assert np.abs(raw[corner] - source[corner]).mean() < 3


@pytest.mark.parametrize("what", ["annotated", "raw", "both"])
def test_a_folder_that_is_missing_at_the_start_is_told_once_and_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    monkeypatch.setenv("XDG_VIDEOS_DIR", str(tmp_path / "videos"))
    videos, stick = tmp_path / "videos" / "rkvideo", tmp_path / "stick"
    options = RecordOptions(what, hud=False)
    pipeline = open_run(CONFIG, print)
    for sink in recorders_at(pipeline, options, Look, stick / "out.mp4", elsewhere=True):
        pipeline.add_sink(sink, required=True)
    pipeline.start()
    status = pipeline.wait(60)
    pipeline.join(PATIENCE_S)
    assert status.state is RunState.FINISHED
    assert status.notices == (f"{stick} is not there: the recording goes to {videos}",)
    names = ["out.mp4", "out-raw.mp4"] if what == "both" else ["out.mp4"]
    assert sorted(status.recordings) == sorted(str(videos / name) for name in names)
    assert all(len(read_video(path)) == FRAMES for path in status.recordings)
    assert not stick.exists()
