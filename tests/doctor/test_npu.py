"""The way to the NPU: what `doctor` says of a model that it opens once."""

from __future__ import annotations

from pathlib import Path

import pytest

from rkvideo.backends.base import BackendPlan, BackendSpec
from rkvideo.config import InputSpec, ModelSpec
from rkvideo.doctor import trial
from rkvideo.errors import BackendUnavailableError, ModelLoadError
from tests.helpers.board_samples import board
from tests.helpers.doctor_samples import answer

NOTE = "yolo11n: rknn-c is not used, but RKNNLite: rknn_dup_context answers -1, it failed"
SPEC = BackendSpec(InputSpec(64, 64), (), way="rknn-lite", note=NOTE)


class Opened:
    """A context that notes that it was closed."""

    spec = SPEC

    def __init__(self) -> None:
        self.closed = 0

    def close(self) -> None:
        self.closed += 1


def refuse(_: object) -> BackendSpec:
    raise ModelLoadError("NPU core 0 did not open m.rknn")


def test_the_way_that_was_not_taken_has_its_reason(tree: Path) -> None:
    found = answer(board(tree, open_model=lambda _: SPEC), "npu way")
    assert found == ["note", NOTE, "./run.sh run ... --fast off leaves the trial out"]


def test_a_model_that_does_not_open_is_missing(tree: Path) -> None:
    assert answer(board(tree, open_model=refuse), "npu way")[:2] == [
        "missing",
        "NPU core 0 did not open m.rknn",
    ]


def test_a_model_of_the_cpu_is_not_tried(tree: Path) -> None:
    system = board(tree, open_model=refuse)
    model = str(tree / "models" / "yolo11n.onnx")
    assert answer(system, "npu way", model=model)[0] == "ok"


def plan_of(monkeypatch: pytest.MonkeyPatch, plan: BackendPlan) -> ModelSpec:
    monkeypatch.setattr(trial, "plan_backend", lambda *_: plan)
    return ModelSpec("m", Path("m.rknn"))


def test_what_is_tried_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Opened()
    model = plan_of(monkeypatch, BackendPlan("rknn", (0,), lambda _: opened))
    assert trial.open_once(model) is SPEC
    assert opened.closed == 1


def test_a_refusal_is_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    model = plan_of(monkeypatch, BackendPlan("rknn", (0,), refuse))
    with pytest.raises(ModelLoadError, match="did not open"):
        trial.open_once(model)


def test_an_npu_that_hangs_does_not_hang_the_doctor(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Opened()
    late = trial.threading.Event()

    def hang(_: int) -> Opened:
        late.wait(20)
        return opened

    monkeypatch.setattr(trial, "NPU_OPEN_LIMIT_S", 0)
    model = plan_of(monkeypatch, BackendPlan("rknn", (0,), hang))
    with pytest.raises(BackendUnavailableError, match=r"not opened m\.rknn for 0 s: it hangs"):
        trial.open_once(model)
    (thread,) = [each for each in trial.threading.enumerate() if each.name == "doctor-npu"]
    late.set()
    thread.join(20)
    assert opened.closed == 1
