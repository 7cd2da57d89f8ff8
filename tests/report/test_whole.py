"""Benches and an evaluation as one report: its rows, its front, its sentence."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rkvideo.report.front import front_of, pareto_front, sentence
from rkvideo.report.page import to_html
from rkvideo.report.texts import to_json, to_markdown
from rkvideo.report.whole import JoinedReport
from tests.helpers.bench_samples import a_failed_row, a_report, a_row
from tests.helpers.report_samples import (
    a_bench,
    a_whole_report,
    an_agreement,
    an_eval_row,
    an_evaluation,
)


def test_rows_meet_by_title_and_backend_and_sizes_rise() -> None:
    rows = a_whole_report().rows
    assert [(row.title, row.fps, row.ap) for row in rows] == [
        ("yolo11n@320", 105.0, None),
        ("yolo11n@416", 76.0, 0.36),
        ("yolo11n@640", 40.0, 0.4),
    ]
    assert [row.counts and row.counts.correct for row in rows] == [None, 110, 124]
    assert rows[1].network is not None
    assert rows[1].network.gflops == pytest.approx(6.5425, abs=1e-4)


def test_the_newest_bench_of_a_row_counts_and_a_failed_one_hides_none() -> None:
    newer = a_report(a_row("yolo11n", 640, 44.0), a_failed_row("yolo11n@416", "no memory"))
    newer = replace(newer, rows=(newer.rows[0], replace(newer.rows[1], backend="rknn")))
    report = a_whole_report().with_bench(newer)
    assert [(row.title, row.fps, row.bench) for row in report.rows] == [
        ("yolo11n@320", 105.0, 0),
        ("yolo11n@416", 76.0, 0),
        ("yolo11n@640", 44.0, 1),
    ]


def test_files_that_are_known_to_differ_stay_apart() -> None:
    row = replace(a_row("best", 320, 50.0), sha256="aa")
    evaluated = replace(an_eval_row("best@320", 0.5, 100), sha256="bb")
    rows = JoinedReport((a_report(row),), an_evaluation(evaluated)).rows
    assert [(each.fps, each.ap) for each in rows] == [(None, 0.5), (50.0, None)]
    same = JoinedReport((a_report(row),), an_evaluation(replace(evaluated, sha256="aa"))).rows
    assert [(each.fps, each.ap) for each in same] == [(50.0, 0.5)]


def test_what_fits_each_picture_meets_what_fitted_the_clip() -> None:
    fitted = replace(a_row("yolo11n", 640, 50.0), title="yolo11n@640x288", size=(640, 288))
    each = an_evaluation(an_eval_row("yolo11n@640", 0.4, 9))
    (row,) = JoinedReport((a_report(fitted),), each).rows
    assert (row.title, row.size, row.fps, row.ap) == ("yolo11n@640", (640, 288), 50.0, 0.4)
    square = an_evaluation(an_eval_row("yolo11n@640x640", 0.4, 9))
    assert len(JoinedReport((a_report(fitted),), square).rows) == 2


def test_of_several_numbers_of_workers_the_fastest_is_the_row() -> None:
    curve = [
        replace(a_row("a", 320, fps), workers=n) for n, fps in ((1, 30.0), (2, 55.0), (3, 54.0))
    ]
    (row,) = JoinedReport((a_report(*curve),)).rows
    assert (row.fps, [each.workers for each in row.by_workers]) == (55.0, [1, 2, 3])


points = st.lists(
    st.tuples(st.integers(0, 9).map(float), st.integers(0, 9).map(float)), max_size=12
)


@settings(deadline=None)
@given(points)
def test_the_front_is_what_no_other_point_beats(drawn: list[tuple[float, float]]) -> None:
    named = [(str(number), x, y) for number, (x, y) in enumerate(drawn)]
    front = pareto_front(named)
    kept = [next((x, y) for name, x, y in named if name == each) for each in front]
    unbeaten = {
        (x, y)
        for x, y in drawn
        if not any(u >= x and v >= y and (u > x or v > y) for u, v in drawn)
    }
    assert kept == sorted(unbeaten)


def test_the_sentence_lays_the_best_beside_the_next_faster_one() -> None:
    rows = a_whole_report().rows
    assert front_of(rows) == ("yolo11n@640 rknn", "yolo11n@416 rknn")
    assert sentence(rows) == (
        "yolo11n@416 is 1.9 times as fast as @640 and misses 7 of 100 more (confidence 0.5)."
    )


def test_without_labels_agreement_is_laid_beside_fps_and_never_called_accuracy() -> None:
    report = JoinedReport((a_bench(),), agreement=an_agreement())
    assert front_of(report.rows) == ("yolo11n@640 rknn", "yolo11n@320 rknn")
    assert sentence(report.rows) == (
        "yolo11n@320 is 2.6 times as fast as @640 and agrees 30 of 100 less with the reference."
    )
    for text in (to_markdown(report), to_html(report).partition("<body>")[2]):
        told = text.replace("It is not accuracy", "").replace("which is not accuracy", "")
        assert "agreement" in told
        for word in ("accuracy", "accurate", "correct", "false boxes", "missed<", "AP against"):
            assert word not in told
    row = json.loads(to_json(report))["rows"][-1]
    assert (row["agreement"], row["ap"], row["fps"]) == (0.9, None, 40.0)


def test_the_sentence_of_one_half_of_the_figures() -> None:
    assert sentence(JoinedReport((a_bench(),)).rows) == "yolo11n@320 is 2.6 times as fast as @640."
    rows = (an_eval_row("a@320", 0.3, 80), an_eval_row("b@320", 0.5, 120))
    assert sentence(JoinedReport((), an_evaluation(*rows)).rows) == (
        "b@320 misses 20 of 100 fewer than a@320 (confidence 0.5)."
    )
    assert sentence(JoinedReport((), an_evaluation(rows[0])).rows) == ""
