"""What the window is served: an evaluation with its progress, a report, what differs."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.console import Console

from rkvideo.bench.plan import BenchPlan
from rkvideo.cli.arguments import parse
from rkvideo.config import AppConfig
from rkvideo.errors import ConfigError
from rkvideo.report import command
from rkvideo.report.folder import ReportFolder
from rkvideo.report.front import front_of, quality_of
from rkvideo.report.service import ReportService
from rkvideo.report.wish import EvalWish
from tests.helpers.labelled_samples import Drawn, coco_set, planted_detector
from tests.helpers.video_samples import Clip, make_clip

CAT, DOG, PAD = (20, 30, 120, 200), (150, 40, 300, 220), 40
BOXES = [(20, 30 + PAD, 120, 200 + PAD, 0.9, 0), (150, 40 + PAD, 300, 220 + PAD, 0.6, 1)]


@pytest.fixture
def rows(tmp_path: Path) -> tuple[tuple[str, str], tuple[str, str]]:
    """A model with two boxes, and one that has the first of them alone."""
    more = planted_detector(tmp_path / "more.onnx", BOXES)
    less = planted_detector(tmp_path / "less.onnx", BOXES[:1])
    return (str(more), "onnx"), (str(less), "onnx")


def test_an_evaluation_ends_in_a_report_that_can_be_opened(tmp_path: Path, rows) -> None:
    coco_set(tmp_path / "set", (Drawn("a.jpg", (320, 240), ((*CAT, 0), (*DOG, 1))),))
    service = ReportService()
    wish = EvalWish(AppConfig("set"), tmp_path / "set", rows)
    evaluation = service.open(wish, tmp_path / "r")
    assert (evaluation.progress().done, evaluation.progress().total) == (0, 2)
    report = evaluation.run()
    assert evaluation.progress().done == 2
    assert report == service.load(tmp_path / "r")
    assert report is not None
    quality = quality_of(report.rows)
    assert [quality(row) for row in report.rows] == pytest.approx([1.0, 0.5], abs=1e-6)
    # Nothing was timed, so nothing is on a front of both.
    assert front_of(report.rows) == ()
    assert service.page(tmp_path / "r").name == "report.html"
    with pytest.raises(ConfigError, match=r"holds no report\.html"):
        service.page(tmp_path)


def test_agreement_on_a_clip_and_the_frames_where_two_rows_differ(tmp_path: Path, rows) -> None:
    clip = make_clip(Clip(tmp_path / "clip.mp4", frames=8)).path
    service = ReportService()
    wish = EvalWish(AppConfig(str(clip)), clip, rows[1:], against=rows[0], frames=4)
    report = service.open(wish, tmp_path / "r").run()
    assert report is not None
    (row,) = report.rows
    assert row.agreement_share == pytest.approx(2 / 3)
    found = service.disagreements(tmp_path / "r", row.name, report.agreement.reference, 0.5)
    assert [frame.name for frame in found] == [f"frame {n:06}" for n in (0, 2, 4, 6)]
    assert [frame.position_s for frame in found] == pytest.approx([0, 0.08, 0.16, 0.24])
    assert [box.name for box in found[0].errors[0].missed] == ["dog"]
    with pytest.raises(ConfigError, match="no boxes of nosuch onnx"):
        service.disagreements(tmp_path / "r", "nosuch onnx", row.name, 0.5)


def test_a_cancelled_evaluation_makes_no_report_and_is_taken_up(tmp_path: Path, rows) -> None:
    coco_set(tmp_path / "set", (Drawn("a.jpg", (320, 240), ((*CAT, 0),)),))
    service = ReportService()
    wish = EvalWish(AppConfig("set"), tmp_path / "set", rows)
    evaluation = service.open(wish, tmp_path / "r")
    evaluation.cancel()
    assert evaluation.run() is None
    assert [path.name for path in (tmp_path / "r").iterdir()] == ["eval-plan.json"]
    assert service.open(wish, tmp_path / "r").run() is not None


def test_the_bench_of_an_evaluation_measures_what_was_evaluated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[BenchPlan, object]] = []
    # A stand-in for the bench, which would take half a minute for each row.
    monkeypatch.setattr(command, "measure", lambda plan, _, keep: asked.append((plan, keep)) or 0)
    words = "eval --data set --models a@320,b.onnx --backend onnx,simulated --workers 2 --fit"
    args = parse([*words.split(), "--tiles", "2x1", "--bench", "clip.mp4"])
    folder = ReportFolder(tmp_path)
    assert command.measure_too(args, Console(), folder) == 0
    assert [plan.config.backend for plan, _ in asked] == ["onnx", "simulated"]
    for plan, keep in asked:
        assert plan.models == ("a@320", "b.onnx")
        assert keep == folder.add_bench
        config = plan.config
        assert (config.source, config.workers, config.fits) == ("clip.mp4", 2, True)
        assert str(config.tiling) == "2x1"
    assert parse(["eval", "--data", "set"]).bench is None
    assert parse(["eval", "--data", "set", "--bench"]).bench == "demo"
