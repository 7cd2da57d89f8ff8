"""Stop while figures are worked out: nobody waits for the rest of them."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from rkvideo.config import AppConfig
from rkvideo.evaluation import command
from rkvideo.evaluation.agreement import AgreementReport
from rkvideo.evaluation.data_set import read_data_set
from rkvideo.evaluation.job import EvalJob
from rkvideo.evaluation.plan import EvalPlan
from rkvideo.evaluation.results import EvalReport
from rkvideo.evaluation.runner import Progress
from tests.helpers.labelled_samples import Drawn, coco_set, planted_detector
from tests.helpers.patience import PATIENCE_S

CAT, DOG, PAD = (20, 30, 120, 200), (150, 40, 300, 220), 40
BOXES = [(20, 30 + PAD, 120, 200 + PAD, 0.9, 0), (150, 40 + PAD, 300, 220 + PAD, 0.6, 1)]
PICTURES, DRAWS = 6, 20


@pytest.fixture
def make_job(tmp_path: Path) -> Callable[..., EvalJob]:
    """Jobs on the same pictures and boxes; with `against` of agreement."""
    drawn = tuple(Drawn(f"{n}.jpg", (320, 240), ((*CAT, 0), (*DOG, 1))) for n in range(PICTURES))
    data = read_data_set(coco_set(tmp_path / "set", drawn).parent)
    more = (str(planted_detector(tmp_path / "more.onnx", BOXES)), "onnx")
    less = (str(planted_detector(tmp_path / "less.onnx", BOXES[:1])), "onnx")

    def make(against: bool = False) -> EvalJob:
        folder = tmp_path / ("agreement" if against else "labelled")
        plan = EvalPlan(AppConfig("set"), (less, more), (0.25,), draws=DRAWS)
        return EvalJob(plan, data, folder, against=more if against else None)

    return make


@pytest.mark.parametrize(
    ("against", "kind", "least"),
    [
        # Of each of two rows: its boxes, its matches, its table, two average precisions, draws.
        (False, EvalReport, 2 * (6 * PICTURES + DRAWS)),
        # Pairs, counts at a threshold, counts for the draws, these, and what differs.
        (True, AgreementReport, 4 * PICTURES + DRAWS),
    ],
)
def test_a_report_that_nobody_waits_for_ends_wherever_it_is(
    make_job: Callable[..., EvalJob],
    against: bool,
    kind: type,
    least: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looks = 0
    real = EvalJob._check

    def count(self: EvalJob) -> None:
        nonlocal looks
        looks += 1
        real(self)

    monkeypatch.setattr(EvalJob, "_check", count)
    assert isinstance(make_job(against).run(), kind)
    assert looks > least
    all_of_them = looks
    for stop_at in (1, 2, *range(10, all_of_them, all_of_them // 9), all_of_them):
        stopped = make_job(against)
        counted = itertools.count(1)

        def press(self: EvalJob, at: int = stop_at, counted: itertools.count = counted) -> None:
            if next(counted) == at:
                self.abandon()
            real(self)

        monkeypatch.setattr(EvalJob, "_check", press)
        assert stopped.run() is None
        assert next(counted) == stop_at + 1


class StandInJob:
    """A stand-in for a job whose figures take until they are abandoned; Ctrl-C comes meanwhile."""

    total = 1
    is_taken_up = False

    def __init__(self) -> None:
        self._abandoned = threading.Event()

    def run(self) -> None:
        assert self._abandoned.wait(PATIENCE_S)

    def progress(self) -> Progress:
        raise KeyboardInterrupt

    def abandon(self) -> None:
        self._abandoned.set()


def test_ctrl_c_does_not_wait_for_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "QUIET_PERIOD_S", 0.0)
    assert command._follow(StandInJob(), Console(quiet=True)) is None  # type: ignore[arg-type]
