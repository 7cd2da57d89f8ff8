"""Two reports side by side: figures against those of one evaluation, and what was not alike."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from rkvideo.evaluation.bootstrap import Interval
from rkvideo.report.compare import ap_change, ap_rows, pairs_of, speed_rows, to_html, unlike
from rkvideo.report.folder import ReportFolder, read_whole
from rkvideo.report.whole import JoinedReport
from tests.helpers.bench_samples import a_report, a_row
from tests.helpers.command_line import error_line
from tests.helpers.labelled_samples import Drawn, coco_set, planted_detector
from tests.helpers.report_samples import HOSTILE, a_bench, a_whole_report

SIZE = (320, 240)
CAT, DOG = (20, 30, 120, 200), (150, 40, 300, 220)
PAD = 40
BOXES = [(20, 30 + PAD, 120, 200 + PAD, 0.9, 0), (150, 40 + PAD, 300, 220 + PAD, 0.6, 1)]


def test_rates_are_compared_from_the_slowest_to_the_fastest_repeat() -> None:
    other = a_report(a_row("yolo11n", 320, 126.0), a_row("new", 320, 5.0))
    cells = speed_rows(JoinedReport((a_bench(),)), JoinedReport((other,)))
    assert [row[:6] for row in cells] == [
        ("yolo11n@320", "rknn", "105.0", "126.0", "+20.0", "+14.5 to +26.0"),
        ("yolo11n@416", "rknn", "76.0", "–", "–", "–"),
        ("yolo11n@640", "rknn", "40.0", "–", "–", "–"),
        ("new@320", "rknn", "–", "5.0", "–", "–"),
    ]
    assert ap_rows(JoinedReport((a_bench(),)), JoinedReport((other,))) == []


def test_numbers_of_workers_are_compared_each_with_its_like() -> None:
    def bench(*rows: tuple[int, float]) -> JoinedReport:
        made = [replace(a_row("new", 320, fps), workers=workers) for workers, fps in rows]
        return JoinedReport((a_report(*made),))

    a, b = bench((1, 40.0), (3, 120.0), (6, 150.0)), bench((1, 50.0), (3, 144.0))
    assert [row[:5] for row in speed_rows(a, b)] == [
        ("new@320 x1", "rknn", "40.0", "50.0", "+25.0"),
        ("new@320 x3", "rknn", "120.0", "144.0", "+20.0"),
        ("new@320 x6", "rknn", "150.0", "–", "–"),
    ]
    assert unlike(a, b) == []
    assert [row[:5] for row in speed_rows(bench((3, 144.0)), a)][1:] == [
        ("new@320 x3", "rknn", "144.0", "120.0", "-16.7"),
        ("new@320 x6", "rknn", "–", "150.0", "–"),
    ]


def test_one_number_of_workers_against_another_is_told() -> None:
    row = a_row("new", 320, 120.0)
    a, b = (JoinedReport((a_report(replace(row, workers=n)),)) for n in (3, 6))
    assert [cells[:5] for cells in speed_rows(a, b)] == [
        ("new@320", "rknn", "120.0", "120.0", "+0.0")
    ]
    assert unlike(a, b) == ["new@320 rknn: 3 / 6 workers"]


def test_intervals_of_other_pictures_add_up_as_independent_ones() -> None:
    a = a_whole_report()
    assert a.evaluation is not None
    rows = []
    for row in a.evaluation.rows:
        assert row.interval is not None
        value = row.interval.value + 0.05
        rows.append(replace(row, interval=Interval(value, value - 0.03, value + 0.03)))
    b = JoinedReport((), replace(a.evaluation, rows=tuple(rows)))
    change = ap_change(pairs_of(a, b)[1], is_paired=False)
    assert change is not None
    width = (0.02**2 + 0.03**2) ** 0.5
    assert (change.value, change.low, change.high) == pytest.approx(
        (0.05, 0.05 - width, 0.05 + width)
    )
    first = ap_rows(a, b)[0]
    assert first[:7] == ("yolo11n@416", "rknn", "36.0", "36.0", "+5.0", "+1.4 to +8.6", "yes")


def test_two_folders_give_the_paired_interval_of_one_evaluation(tmp_path: Path, main) -> None:
    drawn = tuple(
        Drawn(f"{number}.jpg", SIZE, ((*CAT, 0), (*DOG, number % 2))) for number in range(8)
    )
    coco_set(tmp_path / "set", drawn)
    words = ("--data", "set", "--draws", "40")
    (tmp_path / "v2").mkdir()
    for folder, boxes in ((tmp_path, BOXES[:1]), (tmp_path / "v2", BOXES)):
        planted_detector(folder / "best.onnx", boxes)
    code, _, err = main(
        *("eval", *words, "--models", "best.onnx,v2/best.onnx", "--out", "both"), cwd=tmp_path
    )
    assert code == 0, err
    for out, model in (("a", "best.onnx"), ("b", "v2/best.onnx")):
        assert main("eval", *words, "--models", model, "--out", out, cwd=tmp_path)[0] == 0
    content = json.loads((tmp_path / "both/report.json").read_text())
    (comparison,) = content["comparisons"]
    expected = comparison["difference"]["ap"]
    a, b = read_whole(tmp_path / "a"), read_whole(tmp_path / "b")
    change = ap_change(pairs_of(a, b)[0], is_paired=True)
    assert change is not None
    assert expected["value"] > 0.1
    assert (change.value, change.low, change.high) == pytest.approx(
        (expected["value"], expected["low"], expected["high"]), abs=2e-6
    )
    code, out, err = main("report", "compare", "a", "b", "--out", "ab.html", cwd=tmp_path)
    assert code == 0, err
    assert f"{100 * expected['low']:+.1f} to {100 * expected['high']:+.1f}" in out
    assert "not alike: best@320x320 onnx: two files" in out
    assert "best@320x320" in (tmp_path / "ab.html").read_text()
    code, _, err = main("report", "compare", "a", "b", "--out", "ab.html", cwd=tmp_path)
    assert code == 2
    assert "ab.html is there already" in error_line(err)


def test_what_was_not_alike_is_told_and_words_are_escaped() -> None:
    a = a_whole_report(HOSTILE)
    assert a.evaluation is not None
    other = replace(a_bench(), version="0.2.0", machine=replace(a_bench().machine, cpu=HOSTILE))
    b = JoinedReport((other,), replace(a.evaluation, data=replace(a.evaluation.data, pictures=61)))
    told = unlike(a, b)
    assert [line.partition(":")[0] for line in told] == ["machine", "rkvideo", "pictures"]
    assert unlike(a, a) == []
    html = to_html(a, b, (HOSTILE, "b"))
    assert "<script>alert" not in html
    assert html.count("&lt;script&gt;") >= 2


def test_what_is_no_report_is_one_line_and_2(tmp_path: Path, main) -> None:
    ReportFolder(tmp_path / "r").add_bench(a_bench())
    for place in ("nosuch", "r/report.csv"):
        code, out, err = main("report", "compare", "r", place, cwd=tmp_path)
        assert (code, out) == (2, "")
        assert place.rpartition("/")[2] in error_line(err)
