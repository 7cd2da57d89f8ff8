"""A quick way on trial: the plain one is laid beside it when the frame is on its way."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from rkvideo.data import Letterbox
from rkvideo.errors import BackendUnavailableError
from rkvideo.status import RunState
from tests.helpers.stand_ins import (
    SIZE,
    Lifetimes,
    Script,
    StandInAdapter,
    assert_accounted,
    build,
    indices,
    run_to_end,
)

TRIED = 8


class TryingAdapter(StandInAdapter):
    """Stands for an adapter with a quick way that it tries with the first eight frames."""

    picture_way = "quick"
    wants_picture = True

    def __init__(self, script: Script, fails: bool = False) -> None:
        super().__init__(script)
        self.compared: list[int] = []
        self.note = ""
        self._fails = fails
        self._lock = threading.Lock()

    def close(self):
        pass

    def beside(self, picture, found):
        if len(self.compared) >= TRIED or not len(found):
            return None
        return np.zeros((1, 3, 48, 64), np.float32), Letterbox(SIZE, SIZE, SIZE, 0, 0), "quick"

    def compare(self, way, outputs, letterbox, found, wanted):
        assert way == "quick"
        with self._lock:
            self.compared.append(int(outputs[0][0, 0]))
            assert found.xyxy[0, 0] == self.compared[-1]
            if len(self.compared) == TRIED and self._fails:
                raise BackendUnavailableError("--fast require: stand-in: other boxes")
            self.note = "the quick way was left" if len(self.compared) == TRIED else ""


def played(script: Script, adapter, lifetimes: Lifetimes):
    pipeline = build(script, lifetimes, workers=1, adapter=adapter)
    status, results = run_to_end(pipeline)
    return results, status, pipeline


def test_frames_are_compared_until_the_trial_is_over(lifetimes: Lifetimes) -> None:
    script = Script(frames=20)
    adapter = TryingAdapter(script)
    results, status, pipeline = played(script, adapter, lifetimes)
    assert adapter.compared == list(range(TRIED))
    assert indices(results) == list(range(20))
    assert status.state is RunState.FINISHED
    assert status.notices == ("the quick way was left",)
    assert pipeline.titles.picture_way == "quick"
    assert_accounted(status.counts)


def test_the_end_of_a_run_does_not_wait_for_a_trial(lifetimes: Lifetimes) -> None:
    # Both frames are there, and no other follows, before the first inference has come back.
    script = Script(frames=2, infer_s=0.2)
    adapter = TryingAdapter(script)
    results, _, _ = played(script, adapter, lifetimes)
    assert indices(results) == [0, 1]
    assert adapter.compared == []


def test_a_way_that_has_to_be_taken_and_fails_ends_the_run(lifetimes: Lifetimes) -> None:
    script = Script(frames=200)
    _, status, _ = played(script, TryingAdapter(script, fails=True), lifetimes)
    assert status.state is RunState.FAILED
    with pytest.raises(BackendUnavailableError, match="stand-in: other boxes"):
        raise status.error


def test_an_adapter_with_one_way_only_names_none(lifetimes: Lifetimes) -> None:
    script = Script(frames=5)
    _, status, pipeline = played(script, StandInAdapter(script), lifetimes)
    assert pipeline.titles.picture_way == ""
    assert status.counts.shown == 5
