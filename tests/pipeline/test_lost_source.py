"""A live source that is lost: what is tried again, what is told, what ends the run."""

from __future__ import annotations

import pytest

from rkvideo.errors import (
    SourceOpenError,
)
from rkvideo.pipeline.backoff import Backoff
from rkvideo.status import RunState
from tests.helpers.patience import PATIENCE_S
from tests.helpers.stand_ins import (
    Script,
    assert_accounted,
    build,
    indices,
    refused_connection,
    run_to_end,
)


def test_live_source_that_was_lost_is_opened_again(lifetimes):
    script = Script(frames=30, live=True, interval_s=0.002, at={10: "lost", 20: "lost"})
    pipeline = build(script, lifetimes)
    status, seen = run_to_end(pipeline)
    assert status.state is RunState.FINISHED
    assert [name for name, _ in lifetimes.opened].count("source") == 3
    assert max(indices(seen)) == 29
    assert_accounted(status.counts)


def test_retried_source_tells_its_trouble_until_it_plays(lifetimes):
    script = Script(
        frames=5, live=True, interval_s=0.01, open_errors=[refused_connection() for _ in range(2)]
    )
    pipeline = build(script, lifetimes, retry_open=True)
    pipeline.start()
    status = pipeline.status()
    assert status.state is RunState.RECONNECTING
    assert status.trouble is not None
    assert status.trouble.reason == "stand-in: connection refused"
    assert status.trouble.retry_at_s is not None
    status = pipeline.wait(PATIENCE_S)
    pipeline.join(PATIENCE_S)
    assert status.state is RunState.FINISHED
    assert status.trouble is None
    assert status.counts.decoded == 5


def wrong_login() -> SourceOpenError:
    return SourceOpenError("stand-in: the server refuses the login (401)", usage=True)


@pytest.fixture
def no_waiting(monkeypatch):
    monkeypatch.setattr(Backoff, "next_s", lambda self: 0.01)


@pytest.mark.usefixtures("no_waiting")
def test_no_answer_is_the_last_word_of_a_source_that_has_played(lifetimes):
    script = Script(frames=30, live=True, interval_s=0.002, at={10: "lost"})
    script.reopen_errors = [wrong_login() for _ in range(3)]
    status, seen = run_to_end(build(script, lifetimes))
    assert status.state is RunState.FINISHED
    assert status.error is None
    assert max(indices(seen)) == 29


@pytest.mark.usefixtures("no_waiting")
def test_a_retried_source_is_tried_again_whatever_it_answers(lifetimes):
    script = Script(frames=5, live=True, interval_s=0.01, open_errors=[wrong_login()] * 3)
    pipeline = build(script, lifetimes, retry_open=True)
    pipeline.start()
    assert pipeline.status().trouble.reason == "stand-in: the server refuses the login (401)"
    status = pipeline.wait(PATIENCE_S)
    pipeline.join(PATIENCE_S)
    assert (status.state, status.counts.decoded) == (RunState.FINISHED, 5)


def test_a_source_that_never_gave_a_picture_ends_a_run_that_is_not_retried(lifetimes):
    script = Script(frames=5, live=True, open_errors=[wrong_login()])
    pipeline = build(script, lifetimes)
    with pytest.raises(SourceOpenError, match="401"):
        pipeline.start()
    pipeline.join(PATIENCE_S)
