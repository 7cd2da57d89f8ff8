"""A model that cannot be switched to, for whatever reason: the one in use stays at work."""

from __future__ import annotations

import pytest

from rkvideo.errors import ModelLoadError
from rkvideo.status import RunState
from tests.helpers.stand_ins import no_more_threads
from tests.helpers.switching_desk import Gate, Seen, asked, is_settled, models, until


def test_a_model_that_does_not_open_leaves_the_old_one_at_work(desk):
    run = desk.run("pattern:64x64@100", desk.prepared("a@64"), live=True)
    seen = Seen(run)
    run.start()
    run.switch_model(desk.prepared("b@64", cores=1, fault="open:0"))
    status = until(run, is_settled)
    assert status.state is RunState.RUNNING
    assert status.loaded[0].title == "a@64"
    assert status.notices == (
        "b@64 cannot be switched to, a@64 goes on: simulated NPU core 0 does not open, as "
        "--npu-fault open:0 asks",
    )
    seen.wait_more(10)
    assert models(seen.results) == ["a@64"]
    assert asked(run.titles.model) == "a@64"


FOREIGN = [
    (RuntimeError("the driver is\n  busy"), "RuntimeError: the driver is busy"),
    (MemoryError(), "MemoryError"),
    (ValueError("no such shape"), "ValueError: no such shape"),
    (OSError(28, "No space left on device"), "OSError: [Errno 28] No space left on device"),
    (SystemExit(-1), "SystemExit: -1"),
]


@pytest.mark.parametrize("where", ["raises", "adapter_raises"])
@pytest.mark.parametrize(("error", "words"), FOREIGN, ids=lambda each: type(each).__name__)
def test_whatever_a_model_raises_as_it_opens_the_old_one_stays_at_work(desk, where, error, words):
    run = desk.run("pattern:64x64@100", desk.prepared("a@64"), live=True)
    seen = Seen(run)
    run.start()
    run.switch_model(desk.prepared("b@64", **{where: error}))
    status = until(run, is_settled)
    assert status.state is RunState.RUNNING
    assert status.loaded[0].title == "a@64"
    assert status.notices == (
        f"b@64 cannot be switched to, a@64 goes on: b@64 cannot be opened: {words}",
    )
    assert (status.switches.in_use, status.switches.refused) == (0, 1)
    seen.wait_more(10)
    run.switch_model(desk.prepared("c@64"))
    seen.wait_for_model("c@64")
    assert models(seen.results) == ["a@64", "c@64"]


def test_what_a_model_raises_as_the_run_starts_ends_it_in_words(desk):
    run = desk.run("pattern:64x64@100", desk.prepared("a@64", raises=SystemExit(1)), live=True)
    with pytest.raises(ModelLoadError, match="a@64 cannot be opened: SystemExit: 1"):
        run.start()


def test_a_model_that_hangs_as_it_opens_leaves_the_old_one_at_work(desk, monkeypatch):
    monkeypatch.setattr("rkvideo.pipeline.pipeline.WATCH_S", 0.05)
    gate = Gate()
    run = desk.run("pattern:64x64@100", desk.prepared("a@64"), live=True)
    seen = Seen(run)
    run.start()
    run.switch_model(desk.prepared("b@64", gate=gate, open_limit_s=0.2))
    status = until(run, lambda status: status.switches.refused == 1)
    assert status.state is RunState.RUNNING
    assert "has not opened b@64 for 0 s: it hangs" in status.switches.reason
    run.switch_model(desk.prepared("c@64"))
    seen.wait_for_model("c@64")
    gate.open.set()
    seen.wait_more(10)
    assert models(seen.results) == ["a@64", "c@64"]
    assert [each.title for each in run.status().loaded] == ["c@64"]


def test_a_model_that_gets_no_thread_leaves_the_old_one_at_work(desk, monkeypatch):
    run = desk.run("pattern:64x64@100", desk.prepared("a@64"), live=True)
    seen = Seen(run)
    run.start()
    with no_more_threads(monkeypatch):
        run.switch_model(desk.prepared("b@64"))
        status = until(run, is_settled)
    assert status.switches.refused == 1
    assert "no thread can be started for npu-0: can't start new thread" in status.switches.reason
    seen.wait_more(10)
    run.switch_model(desk.prepared("c@64"))
    seen.wait_for_model("c@64")
    assert models(seen.results) == ["a@64", "c@64"]


def test_a_core_that_does_not_open_is_told_and_the_others_are_switched(desk):
    run = desk.run("pattern:64x64@100", desk.prepared("a@64"), live=True)
    seen = Seen(run)
    run.start()
    run.switch_model(desk.prepared("b@64", fault="open:1"))
    status = until(run, is_settled)
    assert (status.loaded[0].title, status.loaded[0].contexts) == ("b@64", 4)
    assert [notice.partition(":")[0] for notice in status.notices] == [
        "core 1 (worker 1) is not used",
        "core 1 (worker 4) is not used",
    ]
    seen.wait_for_model("b@64")
