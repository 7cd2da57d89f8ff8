"""Many short recordings of one live view: none of them loses a frame, none takes another's name."""

from __future__ import annotations

from itertools import pairwise

import av
import pytest

from rkvideo.assembly import open_run
from rkvideo.config import AppConfig, RecordOptions, SimulationSpec
from rkvideo.pictures.overlay import Look
from rkvideo.sinks.base import RECORDING
from rkvideo.sinks.recorders import make_recorders
from rkvideo.sources.pattern import read_index
from tests.helpers.live_http import live_ts
from tests.helpers.patience import PATIENCE_S
from tests.helpers.switching_desk import Seen, until

COUNT = 8
FPS = 50


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """The clips of a model that looks at a tenth of the frames; a recording every 0.4 s."""
    folder = tmp_path_factory.mktemp("clips")
    with live_ts(FPS, lambda number: number / FPS) as server:
        config = AppConfig(
            source=server.url,
            model="yolo11n@64",
            backend="simulated",
            simulation=SimulationSpec(1, 100.0),
        )
        run = open_run(config, print)
        seen = Seen(run)
        run.start()
        for number in range(COUNT):
            for sink in make_recorders(run, RecordOptions("both", "low", False), Look, folder):
                run.add_sink(sink)
            seen.wait_more(4)
            assert run.remove_sink(RECORDING)
            until(run, lambda status, wanted=number + 1: len(status.recordings) == 2 * wanted)
        run.stop()
        run.join(PATIENCE_S)
        status = run.status()
    assert status.error is None
    assert status.counts.record_dropped == 0
    return folder, status


def pictures_of(path):
    with av.open(str(path)) as container:
        return [(frame.time, read_index(frame)) for frame in container.decode(video=0)]


def test_each_recording_has_its_own_files(recorded):
    folder, status = recorded
    assert len(set(status.recordings)) == 2 * COUNT
    assert {str(path) for path in folder.iterdir()} == set(status.recordings)


def test_each_raw_file_has_every_frame_of_its_time(recorded):
    folder, _ = recorded
    clips = sorted(folder.glob("*-raw*.mp4"), key=lambda path: path.stat().st_mtime)
    assert len(clips) == COUNT
    for path in clips:
        numbers = [number for _, number in pictures_of(path)]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def test_each_annotated_file_is_whole(recorded):
    folder, status = recorded
    clips = [path for path in folder.glob("*.mp4") if "-raw" not in path.stem]
    pictures = [pictures_of(path) for path in clips]
    assert sum(map(len, pictures)) == status.counts.recorded
    for each in pictures:
        # More than the model has seen.
        assert len(each) > 5
        assert all(later > before for (before, _), (later, _) in pairwise(each))


def test_every_file_says_that_its_run_was_simulated(recorded):
    folder, _ = recorded
    for path in folder.iterdir():
        with av.open(str(path)) as container:
            assert container.metadata["comment"].startswith("SIMULATED: ")
