"""The switch that starts and ends recordings: over a stand-in run, and over a real one."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from rkvideo.assembly import open_run
from rkvideo.config import AppConfig, SimulationSpec
from rkvideo.errors import PipelineStateError
from rkvideo.pictures.overlay import Look
from rkvideo.sinks.base import FileSink, Sink
from rkvideo.sinks.recorder import PairRecorder, RawRecorder, Recorder
from rkvideo.ui.bridge import Bridge
from rkvideo.ui.playing.recording import Recording, RecordSwitch
from tests.helpers.patience import PATIENCE_S
from tests.helpers.sink_samples import file_size_limit, read_video
from tests.helpers.ui_stand_ins import StandInRun, StandInSink


def two_sinks() -> tuple[StandInSink, StandInSink]:
    return (StandInSink(), StandInSink("second recording", "clip-2.mp4"))


class Switched:
    """A switch over a stand-in run, and the recorders that it asked for."""

    def __init__(self) -> None:
        self.run = StandInRun()
        self.bridge = Bridge()
        self.made: list[tuple[StandInSink, ...]] = []
        self.switch = RecordSwitch(self.run, self.bridge, self._make)

    def _make(self) -> tuple[StandInSink, ...]:
        self.made.append(two_sinks())
        return self.made[-1]


@pytest.fixture
def switched(qtbot: QtBot) -> Switched:
    return Switched()


def close_in_thread(sink: Sink) -> None:
    """A sink that ends by itself does so in its own thread."""
    thread = threading.Thread(target=sink.close)
    thread.start()
    thread.join()


def test_two_recorders_are_one_recording(switched: Switched) -> None:
    switch, run = switched.switch, switched.run
    assert switch.recording() is None
    switch.start()
    assert [sink.name for sink in run.sinks] == ["recording", "second recording"]
    assert run.required == [False, False]
    first, second = switched.made[0]
    first.size_bytes, second.size_bytes = 1_500_000, 500_000
    first.seconds, second.seconds = 2.5, 2.4
    assert switch.recording() == Recording(
        2.5, 2_000_000, 0, (Path("clip.mp4"), Path("clip-2.mp4"))
    )
    switch.stop()
    assert (first.is_closed, second.is_closed) == (True, True)
    assert switch.recording() is None
    assert run.sinks == []


def test_only_what_was_dropped_since_the_start_is_told(switched: Switched) -> None:
    def drop(count: int) -> None:
        counts = replace(switched.run.current.counts, record_dropped=count)
        switched.run.current = replace(switched.run.current, counts=counts)

    drop(40)
    switched.switch.start()
    assert switched.switch.recording().dropped == 0
    drop(47)
    assert switched.switch.recording().dropped == 7


@pytest.mark.parametrize("broken", [0, 1])
def test_one_that_ends_by_itself_ends_the_recording_and_the_other_is_closed(
    switched: Switched, qtbot: QtBot, broken: int
) -> None:
    switched.switch.start()
    close_in_thread(switched.run.sinks.pop(broken))
    qtbot.waitUntil(lambda: not switched.switch.is_on)
    assert [sink.is_closed for sink in switched.made[0]] == [True, True]
    assert switched.run.sinks == []


def test_the_end_of_an_older_recording_leaves_the_next_alone(
    switched: Switched, qtbot: QtBot
) -> None:
    switched.switch.start()
    # The run takes its time with the files of the first one.
    older, switched.run.sinks = switched.run.sinks, []
    switched.switch.stop()
    switched.switch.start()
    switched.made[1][0].seconds = 1.0
    closed: list[int] = []
    switched.bridge.sink_closed.connect(closed.append)
    for sink in older:
        close_in_thread(sink)
    qtbot.waitUntil(lambda: len(closed) == 2)
    assert switched.switch.recording().seconds == 1.0


def test_one_that_is_refused_takes_the_other_back(switched: Switched) -> None:
    add_sink = switched.run.add_sink

    def refuse_second(sink: Sink, *, required: bool = False) -> None:
        if switched.run.sinks:
            raise PipelineStateError("the run is finished")
        add_sink(sink, required=required)

    switched.run.add_sink = refuse_second
    with pytest.raises(PipelineStateError, match="the run is finished"):
        switched.switch.start()
    assert not switched.switch.is_on
    assert switched.made[0][0].is_closed
    assert switched.run.sinks == []


def test_a_full_disk_of_one_file_ends_both_and_the_other_plays(
    qtbot: QtBot, tmp_path: Path, errors: list[str]
) -> None:
    """Real: a run, two files, and the kernel's refusal to let one file grow."""
    config = AppConfig(
        "pattern:640x384@200", backend="simulated", simulation=SimulationSpec(latency_ms=1)
    )
    pipeline = open_run(config, print)
    bridge = Bridge()

    def make() -> tuple[FileSink, ...]:
        titles, stats = lambda: pipeline.titles, pipeline.stats
        large = Recorder(tmp_path / "large.mp4", titles, stats, True, Look, "high")
        return (PairRecorder(large, RawRecorder(tmp_path / "small-raw.mp4", "low")),)

    switch = RecordSwitch(pipeline, bridge, make)
    pipeline.start()
    try:
        with file_size_limit(400_000):
            switch.start()
            qtbot.waitUntil(lambda: not switch.is_on)
            qtbot.waitUntil(lambda: len(pipeline.status().recordings) == 2)
        assert not pipeline.status().state.is_final
    finally:
        pipeline.stop()
        pipeline.join(PATIENCE_S)
    status = pipeline.status()
    assert [notice.split(": ")[1] for notice in status.notices] == ["File too large"]
    assert errors == list(status.notices)
    errors.clear()
    assert set(status.recordings) == {
        str(tmp_path / "large.mp4"),
        str(tmp_path / "small-raw.mp4"),
    }
    assert (tmp_path / "large.mp4").stat().st_size == 400_000
    assert (tmp_path / "small-raw.mp4").stat().st_size < 400_000
    frames = read_video(tmp_path / "small-raw.mp4")
    assert len(frames) > 20
    # Every frame of the time before the end, and each at its own time.
    assert [frame.pts for frame in frames] == [450 * index for index in range(len(frames))]
