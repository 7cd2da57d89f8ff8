"""Frames in tiles, shared by the workers of a pool."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from rkvideo.data import Detections
from rkvideo.errors import InferenceError
from rkvideo.pipeline.pipeline import Pipeline
from rkvideo.sizes.tiling import PictureTile, Tiling
from rkvideo.status import RunState
from tests.helpers.patience import PATIENCE_S
from tests.helpers.stand_ins import (
    SIZE,
    Lifetimes,
    Script,
    StandInAdapter,
    StandInBackend,
    StandInSource,
    assert_accounted,
    build,
    indices,
    run_to_end,
)

TILES = Tiling(2, 1).tiles(*SIZE, 32)


class TilingAdapter(StandInAdapter):
    """Stands for an adapter with three tiles; merged are as many boxes as there were tiles."""

    def tiles(self, picture):
        return TILES

    def preprocess(self, picture, tile: PictureTile | None = None):
        assert tile in TILES
        return super().preprocess(picture)

    def merge(self, found, tiles, wanted) -> Detections:
        assert tiles == TILES
        assert len(found) == len(TILES)
        return Detections(
            np.concatenate([each.xyxy for each in found]),
            np.concatenate([each.score for each in found]),
            np.concatenate([each.class_id for each in found]),
        )


class MeetingBackend(StandInBackend):
    """Stands for a core whose inference goes on until two others have begun one too."""

    def __init__(self, script: Script, worker: int, meeting: threading.Barrier) -> None:
        super().__init__(script, Lifetimes(), worker)
        self._meeting = meeting

    def infer(self, tensor, frame_index):
        self._meeting.wait(PATIENCE_S)
        return super().infer(tensor, frame_index)


class SlowSource(StandInSource):
    """Stands for a source that gives a frame when the one before it is shown."""

    def __init__(self, script: Script) -> None:
        super().__init__(script, Lifetimes())
        self.shown = threading.Semaphore(1)

    def read(self):
        assert self.shown.acquire(timeout=PATIENCE_S)
        return super().read()


class FailingBackend(StandInBackend):
    """Stands for a core that fails at the second tile of frame 3; `seen` counts those of each."""

    def __init__(self, script: Script, worker: int, seen: Counter[int]) -> None:
        super().__init__(script, Lifetimes(), worker)
        self._seen = seen

    def infer(self, tensor, frame_index):
        self._seen[frame_index] += 1
        if frame_index == 3 and self._seen[3] == 2:
            raise InferenceError("stand-in: the second tile failed")
        return super().infer(tensor, frame_index)


def tiled_run(script: Script, open_backend=None, *, workers: int = 3, source=None) -> Pipeline:
    pipeline = build(script, Lifetimes(), workers=workers, source=source)
    spec = pipeline._spec
    plan = spec.prepared.plan
    prepared = replace(
        spec.prepared,
        make_adapter=lambda _spec: TilingAdapter(script),
        plan=plan if open_backend is None else replace(plan, open=open_backend),
    )
    return Pipeline(replace(spec, prepared=prepared))


def test_the_tiles_of_a_frame_are_inferred_at_the_same_time() -> None:
    script, meeting = Script(frames=4), threading.Barrier(3)
    source = SlowSource(script)
    run = tiled_run(script, lambda worker: MeetingBackend(script, worker, meeting), source=source)
    run.observe(lambda _result: source.shown.release())
    status, results = run_to_end(run)
    # Only one frame is there at a time: its three tiles have met.
    assert status.state is RunState.FINISHED
    assert indices(results) == list(range(4))
    for result in results:
        assert len(result.first.detections) == len(TILES)
        assert set(result.first.detections.xyxy[:, 0]) == {result.frame.index}
        assert result.first.tiles == TILES


@pytest.mark.parametrize(("workers", "live"), [(1, False), (3, False), (6, True)])
def test_every_frame_has_all_its_tiles_however_many_workers(workers: int, live: bool) -> None:
    script = Script(frames=60, live=live, interval_s=0.002 if live else 0.0, infer_s=0.001)
    status, results = run_to_end(tiled_run(script, workers=workers))
    assert status.state is RunState.FINISHED
    assert_accounted(status.counts)
    assert live or indices(results) == list(range(60))
    assert all(len(result.first.detections) == len(TILES) for result in results)


def test_a_tile_that_fails_costs_its_frame_and_no_other() -> None:
    script = Script(frames=8)
    seen: Counter[int] = Counter()
    run = tiled_run(script, lambda worker: FailingBackend(script, worker, seen), workers=1)
    status, results = run_to_end(run)
    assert status.state is RunState.FINISHED
    assert indices(results) == [0, 1, 2, 4, 5, 6, 7]
    assert (status.counts.failed, status.notices) == (1, ("stand-in: the second tile failed",))


def test_the_stages_of_a_frame_in_tiles_are_the_time_it_took() -> None:
    script = Script(frames=10, infer_s=0.02)
    _, results = run_to_end(tiled_run(script, workers=1))
    gaps_s = []
    for result in results:
        times = result.first.timings
        # One worker does all of them: what cores were busy is its own way.
        assert times.busy == pytest.approx(times.infer)
        assert times.infer >= len(TILES) * 0.9 * script.infer_s
        stages = times.preprocess + times.infer + times.postprocess + times.reorder + times.sink
        gaps_s.append(times.total - times.read - times.decode - times.wait - stages)
    assert min(map(abs, gaps_s)) == pytest.approx(0, abs=1e-3)
