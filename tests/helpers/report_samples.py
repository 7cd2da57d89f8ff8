"""Evaluations and benches with known figures, for tests of the report that need no run."""

from __future__ import annotations

from rkvideo.bench.results import BenchReport
from rkvideo.evaluation.agreement import Agreement, AgreementReport, AgreementRow
from rkvideo.evaluation.bootstrap import Interval
from rkvideo.evaluation.counts import Counts
from rkvideo.evaluation.difference import Difference
from rkvideo.evaluation.precision import Precision
from rkvideo.evaluation.results import Comparison, DataFacts, EvalReport, EvalRow
from rkvideo.evaluation.worst import PictureErrors, ToldBox, WorstPicture
from rkvideo.machine.identity import Machine
from rkvideo.model_files.network import Network
from rkvideo.report.whole import JoinedReport
from tests.helpers.bench_samples import a_report, a_row

TARGETS = 200
# One grey pixel.
PIXEL = "data:image/jpeg;base64,/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAEBAQ=="
HOSTILE = '<script>alert("1")</script>&\'"'


def an_eval_row(title: str, ap: float, correct: int, false: int = 10) -> EvalRow:
    """A row whose counts at 0.5 are these; at 0.25 it has as many false boxes more."""
    return EvalRow(
        argument=title,
        title=title,
        backend="rknn",
        counts=(
            Counts(0.25, TARGETS, correct, 2 * false, 0, 0.9),
            Counts(0.5, TARGETS, correct, false, 0, 0.9),
        ),
        best=Counts(0.3, TARGETS, correct, false, 0, 0.9),
        curve=((0.0, 1.0, 0.95), (0.5, 0.8, 0.5), (0.9, 0.4, 0.1)),
        watch=Precision(ap, ap + 0.1, 0.1, 0.3, 0.5, ()),
        interval=Interval(ap, ap - 0.02, ap + 0.02),
        infer_ms=12.0,
        pictures_per_s=50.0,
        network=Network(2_616_248, 3_271_251_200),
    )


def an_evaluation(*rows: EvalRow, name: str = "a.jpg") -> EvalReport:
    """An evaluation on a board, with one picture that is called `name`."""
    boxes = (ToldBox((0.1, 0.1, 0.5, 0.5), name, 0.75),)
    missed = (ToldBox((0.2, 0.2, 0.4, 0.9), "dog"),)
    errors = tuple(PictureErrors(number, 3, boxes, missed) for number in range(len(rows)))
    difference = Difference(60, Interval(0.03, 0.01, 0.05), None, 100, 90)
    return EvalReport(
        version="0.1.0",
        made_at="2026-11-24T22:00:00+01:00",
        machine=Machine("Linux 6.1.84 aarch64", "Radxa ROCK 5B", 8, "rk3588"),
        data=DataFacts("set", "COCO", ("cat", name), 60, TARGETS, 0, (), ()),
        protocols=(("watch", "as a run shows it"),),
        rows=rows,
        comparisons=tuple(Comparison(rows[0].title, row.title, difference) for row in rows[1:]),
        worst=(WorstPicture(name, 640, 480, errors, PIXEL),) if rows else (),
        worst_at=0.5,
    )


def a_bench() -> BenchReport:
    """Three sizes of a model, of which the evaluation knows two, and one row that failed."""
    return a_report(
        a_row("yolo11n", 320, 100.0, 110.0),
        a_row("yolo11n", 416, 76.0),
        a_row("yolo11n", 640, 40.0),
    )


def an_agreement(name: str = "a.jpg") -> AgreementReport:
    """Two sizes against a larger one, on a clip."""
    rows = tuple(
        AgreementRow(
            *(f"yolo11n@{side}", f"yolo11n@{side}", "rknn"),
            at=(Agreement(0.5, *counts),),
            interval=Interval(Agreement(0.5, *counts).share or 0.0, 0.5, 0.9),
        )
        for side, counts in ((320, (30, 20, 20)), (640, (45, 5, 5)))
    )
    whole = an_evaluation(*(an_eval_row(row.title, 0.1, 1) for row in rows), name=name)
    return AgreementReport(
        *("0.1.0", "2026-11-24T22:00:00+01:00", whole.machine, name, "clip without labels", 60),
        *("yolo11n@1280 rknn", 0.5, rows, whole.worst),
    )


def a_whole_report(name: str = "a.jpg") -> JoinedReport:
    """Both, joined."""
    rows = (an_eval_row("yolo11n@416", 0.36, 110), an_eval_row("yolo11n@640", 0.4, 124))
    return JoinedReport((a_bench(),), an_evaluation(*rows, name=name))
