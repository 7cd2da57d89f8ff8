"""Runs whose pictures a video unit lends, played: how many are under way, and who fetches any."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from rkvideo.assembly import open_run, prepare_model, run_spec_of
from rkvideo.config import AppConfig, FastPath, SimulationSpec, SourceOptions
from rkvideo.detection.picture_proof import PictureProof
from rkvideo.errors import BackendUnavailableError
from rkvideo.machine.fast_paths import FAST_PATHS
from rkvideo.pictures.lent import MOST_LENT
from rkvideo.pipeline.pipeline import Pipeline
from rkvideo.sinks.jsonl import JsonLinesSink
from rkvideo.sinks.recorder import RawRecorder, Recorder
from rkvideo.sizes.tiling import Tiling
from rkvideo.status import RunState, RunStatus
from tests.helpers.patience import PATIENCE_S
from tests.helpers.played_rga import Buffers, PlayedRga, play_rga
from tests.helpers.played_unit import play_video_unit
from tests.helpers.told_paths import told_of
from tests.helpers.video_samples import Clip, make_clip

FRAMES = 60
# RGA's own trial scales so many.
TRIAL = 4
CODEC, DECODER = "mpeg4", "mpeg4_rkmpp"


@dataclass(frozen=True, slots=True)
class Unit:
    """A played board: what its decoder has lent, and its RGA."""

    buffers: Buffers
    rga: PlayedRga
    clip: Path


@pytest.fixture
def unit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Unit]:
    # It gives a picture for each packet: none is left for the end, where more come than are lent.
    clip = make_clip(Clip(tmp_path / "clip.ts", width=640, height=360, frames=FRAMES), codec=CODEC)
    buffers = play_video_unit(monkeypatch, (DECODER,))
    with play_rga(tmp_path, monkeypatch) as played:
        yield Unit(buffers, played, clip.path)
        assert played.broken == []
        # What each worker has imported was released by it.
        assert played.held == 0
    assert buffers.lent == 0


def run_of(unit: Unit, *, fast: str = "auto", **more: object) -> Pipeline:
    config = AppConfig(
        source=str(unit.clip),
        backend="simulated",
        simulation=SimulationSpec(latency_ms=1.0),
        fast=fast,
        affinity="none",
        **more,
    )
    return open_run(config, lambda _line: None)


def played(pipeline: Pipeline) -> RunStatus:
    pipeline.start()
    status = pipeline.wait(60)
    pipeline.join(PATIENCE_S)
    return status


@pytest.mark.parametrize("workers", [1, 6, 12])
def test_a_run_that_shows_nothing_fetches_nothing(unit: Unit, workers: int) -> None:
    run = run_of(unit, workers=workers)
    seen: list[int] = []
    run.observe(lambda result: seen.append(result.frame.index), sees_pictures=False)
    status = played(run)
    assert status.state is RunState.FINISHED
    assert seen == list(range(FRAMES))
    # The very first one, to see what a copy is like; then the first of its kind is compared, by
    # each worker that came before it was known.
    assert 2 <= unit.buffers.fetched <= 1 + workers
    # One more is in the decoder's hands while it waits for room.
    assert unit.buffers.most_lent <= MOST_LENT + 1
    assert len(unit.rga.of_call("process")) == FRAMES + TRIAL
    assert run.titles.picture_way == "rga"
    assert told_of("rga", DECODER).state == "used"


def test_who_sees_pictures_has_each_of_them_once(unit: Unit, tmp_path: Path) -> None:
    run = run_of(unit)
    seen: list[str] = []
    run.observe(lambda result: seen.append(result.frame.picture.format.name))
    recorder = Recorder(tmp_path / "out.mp4", lambda: run.titles, run.stats)
    run.add_sink(recorder, required=True)
    status = played(run)
    assert status.state is RunState.FINISHED
    assert seen == ["nv12"] * FRAMES
    assert unit.buffers.fetched == 1 + FRAMES
    assert unit.buffers.fetched_whole == 1
    assert unit.buffers.most_lent <= MOST_LENT + 1
    assert (status.counts.recorded, status.counts.shown) == (FRAMES, FRAMES)
    assert len(unit.rga.of_call("process")) == FRAMES + TRIAL


def test_boxes_in_a_file_need_no_picture(unit: Unit, tmp_path: Path) -> None:
    run = run_of(unit)
    run.add_sink(JsonLinesSink(tmp_path / "boxes.jsonl", lambda: run.titles))
    assert played(run).state is RunState.FINISHED
    lines = (tmp_path / "boxes.jsonl").read_text().splitlines()
    assert len(lines) == FRAMES
    assert '"width": 640, "height": 360' in lines[-1]
    assert unit.buffers.fetched <= 7


def test_tiles_are_cut_where_the_picture_lies(unit: Unit) -> None:
    run = run_of(unit, tiling=Tiling.parse("2x2"))
    assert played(run).state is RunState.FINISHED
    assert unit.buffers.fetched <= 7
    assert unit.buffers.most_lent <= MOST_LENT + 1
    # Workers that came to the tiles of the very first picture after it was compared went without.
    assert 5 * FRAMES - 5 <= len(unit.rga.of_call("process")) - TRIAL <= 5 * FRAMES


class SeeingProof(PictureProof):
    """Compares boxes also where the played NPU looks at no picture, and finds them to be equal."""

    def __init__(self, title: str, fast: FastPath, *, sees: bool) -> None:
        super().__init__(title, fast, sees=True)


def test_of_the_pictures_those_are_kept_whose_boxes_are_compared(
    unit: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rkvideo.assembly.PictureProof", SeeingProof)
    monkeypatch.setattr("rkvideo.detection.picture_proof.PROOF_BOXES", 1)
    monkeypatch.setattr("rkvideo.detection.picture_proof.PROOF_PICTURES", 2)
    run = run_of(unit, workers=1)
    assert played(run).state is RunState.FINISHED
    words = r"(\d+) of \1 boxes of 2 pictures are those of the plain way"
    assert any(re.fullmatch(words, report.words) for report in FAST_PATHS.told())
    # The very first, to see what a copy is like; then the first and the sixth.
    assert unit.buffers.fetched == 3


def test_tiles_are_not_compared_and_not_kept(unit: Unit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rkvideo.assembly.PictureProof", SeeingProof)
    assert played(run_of(unit, tiling=Tiling.parse("2x2"))).state is RunState.FINISHED
    assert unit.buffers.fetched <= 7


def test_two_models_have_their_input_before_the_picture_goes(unit: Unit) -> None:
    config = AppConfig(
        source=str(unit.clip),
        backend="simulated",
        simulation=SimulationSpec(latency_ms=1.0),
        affinity="none",
    )
    spec = run_spec_of(config, lambda _line: None)
    both = prepare_model(config, lambda _line: None, "yolo11n@320")
    run = Pipeline(replace(spec, prepared=both))
    sides: list[int] = []
    run.observe(lambda result: sides.append(len(result.sides)), sees_pictures=False)
    assert played(run).state is RunState.FINISHED
    assert sides == [2] * FRAMES
    # The first picture of each model is compared, and is fetched for good then.
    assert 2 * FRAMES - 12 <= len(unit.rga.of_call("process")) - TRIAL <= 2 * FRAMES
    assert unit.buffers.fetched <= 1 + 12
    assert unit.buffers.most_lent <= MOST_LENT + 1


def test_a_source_that_plays_by_itself_lends_too(unit: Unit, tmp_path: Path) -> None:
    run = run_of(unit, source_options=SourceOptions(realtime=True), policy="latest")
    recorder = RawRecorder(tmp_path / "out.mp4")
    run.add_sink(recorder, required=True)
    status = played(run)
    assert status.state is RunState.FINISHED
    # Each frame of it is recorded, also those that no model had the time for.
    assert status.counts.recorded == status.counts.decoded
    assert unit.buffers.fetched + unit.buffers.fetched_whole == 2 + status.counts.decoded
    assert unit.buffers.most_lent <= MOST_LENT + 1


def test_an_rga_that_fails_within_the_run_is_told_and_the_run_goes_on(
    unit: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = run_of(unit)
    run.observe(lambda _result: monkeypatch.setenv("STAND_IN_FAIL", "process@0"))
    status = played(run)
    assert (status.state, status.counts.shown) == (RunState.FINISHED, FRAMES)
    assert status.counts.failed == 0
    assert any("pictures no longer go by rga: improcess: Fatal" in text for text in status.notices)
    assert run.titles.picture_way in ("plain", "planes")


@pytest.mark.parametrize("plays", ["swapped", ""])
def test_fast_require_ends_in_a_line_where_rga_does_not_work(
    unit: Unit, monkeypatch: pytest.MonkeyPatch, plays: str
) -> None:
    monkeypatch.setenv("STAND_IN_RGA", plays)
    run = run_of(unit, fast="require")
    if not plays:
        assert played(run).state is RunState.FINISHED
        return
    with pytest.raises(
        BackendUnavailableError, match=f"require: rga: {DECODER}: its pixels differ"
    ):
        run.start()
    run.join(PATIENCE_S)


def test_an_end_within_the_run_leaves_nothing_lent(unit: Unit) -> None:
    run = run_of(unit, source_options=SourceOptions(loop=True))
    run.start()
    run.stop()
    run.join(PATIENCE_S)
    assert run.status().state is RunState.STOPPED
