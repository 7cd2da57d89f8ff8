"""Two models on the same frames (A|B), on the simulated NPU."""

from __future__ import annotations

import pytest

from rkvideo.backends.planted import planted_boxes
from tests.switching import (
    THINGS,
    Seen,
    indices,
    is_settled,
    switching_bench,
    until,
)


@pytest.fixture
def bench():
    with switching_bench() as made:
        yield made


def test_two_models_on_every_frame(bench):
    latency_s = 0.02
    one = {"latency_ms": latency_s * 1e3, "workers": 3}
    second = bench.fitting("b@320", labels=THINGS, **one)
    run = bench.run(
        "pattern:64x64@30:30", bench.fitting("a@64", beside=second, same_npu=True, **one)
    )
    seen = Seen(run)
    run.start()
    assert [(model.title, model.contexts, model.memory_bytes) for model in run.status().loaded] == [
        ("a@64", 3, None),
        ("b@320", 3, None),
    ]
    until(run, lambda status: status.state.is_final)
    assert indices(seen.results) == list(range(30))
    for result in seen.results:
        mine, other = result.timings, result.beside.timings
        assert (result.model, result.beside.model) == ("a@64", "b@320")
        assert result.beside.labels == THINGS
        for found, size in ((result.detections, 64), (result.beside.detections, 320)):
            _, classes, _ = planted_boxes(result.frame.index, size, size)
            assert sorted(found.class_id) == sorted(classes)
        assert (mine.decode, mine.captured_s) == (other.decode, other.captured_s)
        assert min(mine.infer, other.infer) >= 0.9 * latency_s
        # The latency of each side leaves out the time in which the worker served the other one.
        for times in (mine, other):
            stages = times.preprocess + times.infer + times.postprocess + times.reorder
            assert times.total == pytest.approx(times.wait + stages, abs=0.5 * latency_s)


def test_a_second_model_that_does_not_open_refuses_the_switch_to_both(bench):
    run = bench.run("pattern:64x64@100", bench.fitting("a@64"), live=True)
    seen = Seen(run)
    run.start()
    second = bench.fitting("c@64", cores=1, fault="open:0")
    run.switch_model(bench.fitting("b@64", beside=second))
    status = until(run, is_settled)
    assert status.loaded[0].title == "a@64"
    assert status.notices[0].startswith("b@64 | c@64 cannot be switched to, a@64 goes on: ")
    seen.wait_more(5)
    assert seen.results[-1].beside is None
