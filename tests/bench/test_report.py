"""A bench as files, the rates that are remembered, and two benches side by side."""

from __future__ import annotations

import csv
import io
import json
import logging
import re
from dataclasses import replace
from pathlib import Path

import pytest

from rkvideo.bench.columns import BY_KEY, COLUMNS, best, percent_change, spread_text, workers_text
from rkvideo.bench.measured_rates import MeasuredRates, rates_of
from rkvideo.bench.pairs import paired
from rkvideo.bench.plan import BenchPlan
from rkvideo.bench.report import (
    from_json,
    read_report,
    to_csv,
    to_json,
    to_markdown,
    write_report,
)
from rkvideo.bench.runner import BenchRunner
from rkvideo.bench.service import BenchService
from rkvideo.bench.sizes import sizes_there
from rkvideo.config import AppConfig
from rkvideo.errors import ConfigError
from tests.helpers.bench_samples import a_failed_row, a_report, a_row

REPORT = a_report(
    a_row("yolo11n", 320, 100.0, 110.0),
    a_row("yolo11n", 640, 40.0, 44.0, throttled=True, clock_after_hz=700_000_000),
    a_failed_row("nosuch", "no model called 'nosuch' | really"),
)
UNREAD = replace(
    a_row(
        *("x", 416, 20.0),
        npu_loads=None,
        resident_bytes=None,
        temperature_before_c=None,
        temperature_after_c=None,
        clock_before_hz=None,
        clock_after_hz=None,
    )
)


def test_json_gives_the_same_rows_back() -> None:
    report = a_report(*REPORT.rows, UNREAD)
    assert from_json(to_json(report), "bench.json") == report


def test_a_row_names_the_way_to_the_npu_and_what_is_older_has_none() -> None:
    row = replace(REPORT.rows[0], way="rknn-c")
    report = a_report(row)
    text = to_json(report)
    assert from_json(text, "bench.json").rows[0].way == "rknn-c"
    assert "| rknn-c |" in to_markdown(report)
    assert f"| {row.backend} |" in to_markdown(REPORT)
    old = json.loads(text)
    del old["rows"][0]["way"]
    assert from_json(json.dumps(old), "bench.json").rows[0].runs_on == row.backend


def test_a_row_says_how_many_of_its_workers_took_frames() -> None:
    row = a_row("yolo11n", 320, 300.0, workers_used=3, workers_on_one_cpu=True)
    text = to_json(a_report(row))
    read = from_json(text, "bench.json").rows[0]
    assert (workers_text(read), read.workers, read.workers_used) == ("3 of 6 on one core", 6, 3)
    cells = next(csv.DictReader(io.StringIO(to_csv(a_report(row)))))
    assert (cells["workers"], cells["workers_used"]) == ("6", "3")
    # What is older has not counted.
    old = json.loads(text)
    for name in ("workers_used", "workers_on_one_cpu"):
        del old["rows"][0]["measurements"][0][name]
    assert workers_text(from_json(json.dumps(old), "bench.json").rows[0]) == "6"


def test_json_of_a_real_bench_gives_the_same_rows_back() -> None:
    config = AppConfig("pattern:320x192@30", backend="simulated")
    report = BenchRunner(BenchPlan(config, ("a@320",), 0.1, warmup_s=0, repeats=2)).run()
    assert from_json(to_json(report), "bench.json") == report
    assert len(report.rows[0].measurements) == 2


def test_json_holds_the_means_for_others_to_read() -> None:
    rows = json.loads(to_json(REPORT))["rows"]
    assert rows[0]["figures"]["fps"] == pytest.approx(105)
    assert (rows[0]["figures"]["fps_min"], rows[0]["figures"]["fps_max"]) == (100, 110)
    assert rows[2]["figures"]["fps"] is None


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text[:200],
        lambda text: "[]",
        lambda text: "{}",
        lambda text: text.replace('"format": 1', '"format": 2'),
        lambda text: text.replace('"span_s": 10.0', '"span_s": "ten"'),
        lambda text: text.replace('"span_s": 10.0', '"span_s": 0.0'),
        lambda text: text.replace('"cpu_percent": 150.0', '"cpu_percent": "x"'),
        lambda text: text.replace('"frames": 1001', '"frames": 1'),
        lambda text: text.replace('"throttled"', '"throtled"'),
        lambda text: text.replace('"title": "nosuch"', '"title": 5'),
        lambda text: text.replace('"fps": 25.0', '"fps": "fast"'),
        lambda text: re.sub(r'"rows": \[', '"rows": [7, ', text),
    ],
)
def test_what_is_no_bench_is_refused_in_words(change) -> None:
    text = change(to_json(REPORT))
    assert text != to_json(REPORT)
    with pytest.raises(ConfigError, match=r"b\.json is not the result of a bench") as refused:
        from_json(text, "b.json")
    assert "\n" not in str(refused.value)


def test_csv_has_a_line_a_row_and_empty_cells_for_what_is_absent() -> None:
    rows = list(csv.DictReader(io.StringIO(to_csv(a_report(*REPORT.rows, UNREAD)))))
    assert [row["model"] for row in rows] == ["yolo11n@320", "yolo11n@640", "nosuch", "x@416"]
    first, throttled, failed, unread = rows
    assert (first["fps"], first["fps_min"], first["fps_max"]) == ("105", "100", "110")
    assert (first["width"], first["height"], first["workers"], first["repeats"]) == (
        *("320", "320", "6"),
        "2",
    )
    assert (first["infer_p50_ms"], first["wait_p50_ms"]) == ("10", "20")
    assert (first["npu_loads"], first["memory_mb"], first["dropped"]) == ("80/70/60", "400", "6")
    assert (first["throttled"], throttled["throttled"]) == ("no", "yes")
    assert (throttled["mhz_before"], throttled["mhz_after"]) == ("1000", "700")
    assert failed["trouble"] == "no model called 'nosuch' | really"
    assert failed["fps"] == unread["npu_loads"] == unread["celsius_after"] == ""
    assert len(first) == len(set(to_csv(REPORT).splitlines()[0].split(",")))


def test_markdown_says_how_it_was_measured_and_has_a_table() -> None:
    lines = to_markdown(a_report(*REPORT.rows, UNREAD)).splitlines()
    assert lines[0] == "Source: bikes.mp4, 640x272 at 25 fps, read as fast as possible."
    assert lines[1].startswith("Each row: 10 s after 2 s of warm-up, 2 times in shuffled order")
    assert "(seed 7)" in lines[1]
    once = replace(REPORT, settings=replace(REPORT.settings, repeats=1))
    assert "of warm-up, once in shuffled order" in to_markdown(once).splitlines()[1]
    assert lines[2].startswith("Machine: rk3588, Radxa ROCK 5B, 8 CPU cores")
    table = [line for line in lines if line.startswith("|")]
    cells = [[cell.strip() for cell in line[1:-1].split(" | ")] for line in table]
    heading = dict(zip(cells[0], cells[2], strict=True))
    assert heading["model"] == "yolo11n@320"
    assert (heading["fps"], heading["min to max"]) == ("105.0", "100.0 to 110.0")
    assert heading["infer ms p50 / p95"] == "10.0 / 12.5"
    assert heading["°C before / after"] == "50.5 / 60.2"
    assert heading["NPU load %"] == "80/70/60"
    assert cells[3][0] == "yolo11n@640 (throttled)"
    unread = dict(zip(cells[0], cells[5], strict=True))
    assert unread["NPU load %"] == unread["°C before / after"] == unread["memory MB"] == "–"
    assert lines[-1] == "- `nosuch`: no model called 'nosuch' | really"


def test_a_bench_that_was_cut_short_says_so() -> None:
    assert "cut short" in to_markdown(replace(REPORT, complete=False))
    assert "cut short" not in to_markdown(REPORT)


def test_one_file_is_of_the_kind_of_its_suffix(tmp_path: Path) -> None:
    assert write_report(REPORT, tmp_path / "a.CSV").read_text() == to_csv(REPORT)
    assert write_report(REPORT, tmp_path / "a.md").read_text() == to_markdown(REPORT)
    with pytest.raises(ConfigError, match=r"a bench is written as \.json, \.csv, \.md"):
        write_report(REPORT, tmp_path / "a.txt")
    with pytest.raises(ConfigError, match="cannot be read"):
        read_report(tmp_path / "nosuch.json")
    (tmp_path / "binary.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match=r"binary\.json is not the result"):
        read_report(tmp_path / "binary.json")


def test_the_best_of_a_column() -> None:
    rows = REPORT.rows
    assert best(BY_KEY["fps"], rows) == pytest.approx(105)
    assert best(BY_KEY["infer_p50_ms"], rows) is None, "all are alike"
    slow = a_row("y", 320, 10.0, infer_p50_ms=7.0)
    assert best(BY_KEY["infer_p50_ms"], (*rows, slow)) == 7
    assert best(BY_KEY["detections"], (*rows, slow)) is None
    assert best(BY_KEY["fps"], (slow,)) is None


def test_figures_of_a_row_are_those_of_its_repeats() -> None:
    row = REPORT.rows[1]
    texts = {column.key: column.text(row) for column in COLUMNS}
    assert (texts["fps"], texts["fps_min"], texts["fps_max"]) == ("42.0", "40.0", "44.0")
    assert (texts["mhz_before"], texts["mhz_after"]) == ("1000", "700")
    assert (texts["celsius_before"], texts["memory_mb"], texts["dropped"]) == ("50.5", "400", "6")
    assert {column.text(REPORT.rows[2]) for column in COLUMNS} == {"–"}


def test_two_benches_are_laid_side_by_side() -> None:
    other = a_report(a_row("yolo11n", 640, 63.0), a_row("z", 320, 5.0))
    pairs = paired(REPORT.rows, other.rows)
    assert [(pair.row.title, pair.a is None, pair.b is None) for pair in pairs] == [
        ("yolo11n@320", False, True),
        ("yolo11n@640", False, False),
        ("nosuch", False, True),
        ("z@320", True, False),
    ]
    assert pairs[1].change(BY_KEY["fps"]) == pytest.approx(50)
    assert pairs[0].change(BY_KEY["fps"]) is None
    assert percent_change(0, 5) is None


def test_rates_are_remembered_by_model_and_backend(tmp_path: Path) -> None:
    rates = MeasuredRates(tmp_path / "state" / "measured.json")
    assert rates.read() == {}
    rates.remember(rates_of(REPORT))
    rates.remember({("yolo11n@640", "rknn"): 43.0, ("yolo11n@640", "onnx"): 3.0})
    again = MeasuredRates(tmp_path / "state" / "measured.json")
    assert again.read() == {
        ("yolo11n@320", "rknn"): 105.0,
        ("yolo11n@640", "onnx"): 3.0,
        ("yolo11n@640", "rknn"): 43.0,
    }


def test_the_rate_of_a_live_source_is_not_that_of_the_model() -> None:
    assert REPORT.source is not None
    live = replace(REPORT, source=replace(REPORT.source, live=True))
    assert rates_of(live) == {}


@pytest.mark.parametrize("text", ["{", "[]", '{"a": 5}', '{"a": {"onnx": "fast"}}', "\x00"])
def test_a_damaged_file_of_rates_is_ignored_with_a_line(
    tmp_path: Path, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "measured.json"
    path.write_text(text)
    with caplog.at_level(logging.WARNING):
        assert MeasuredRates(path).read() == {}
    assert [record.name for record in caplog.records] == ["rkvideo.bench.measured_rates"]
    assert str(path) in caplog.text
    MeasuredRates(path).remember({("a", "onnx"): 1.0})
    assert MeasuredRates(path).read() == {("a", "onnx"): 1.0}


def test_rates_that_cannot_be_written_are_a_line_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "state").write_text("a file where the folder should be")
    MeasuredRates(tmp_path / "state" / "measured.json").remember({("a", "onnx"): 1.0})
    assert "could not be written" in caplog.text


def test_the_service_keeps_the_last_result(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    service = BenchService(AppConfig("clip.mp4"), folder=tmp_path / "state")
    assert service.last() is None
    service.keep(REPORT)
    assert BenchService(AppConfig("clip.mp4"), folder=tmp_path / "state").last() == REPORT
    rates = MeasuredRates(tmp_path / "state" / "measured.json").read()
    assert rates["yolo11n@320", "rknn"] == 105.0
    (tmp_path / "state" / "last-bench.json").write_text("{")
    assert service.last() is None
    assert "the last result is not shown" in caplog.text


def test_the_service_forgets_the_last_result_and_no_rate(tmp_path: Path) -> None:
    service = BenchService(AppConfig("clip.mp4"), folder=tmp_path)
    service.forget()
    service.keep(REPORT)
    service.forget()
    assert service.last() is None
    assert MeasuredRates(tmp_path / "measured.json").read()["yolo11n@320", "rknn"] == 105.0


def test_the_service_hides_a_password() -> None:
    service = BenchService(AppConfig("clip.mp4"))
    assert service.public_name("rtsp://me:secret@host/a") == "rtsp://me:***@host/a"
    assert service.public_name("/home/me/clips/a.mp4") == "a.mp4"
    assert service.public_name("demo") == "demo"


def test_sizes_that_are_there() -> None:
    assert sizes_there("yolo11n", "onnx") == ("320", "416", "640")
    assert sizes_there("yolox-nano", "onnx") == ("416",)
    assert sizes_there("anything", "simulated") == ("320", "416", "640")
    assert sizes_there("nosuch", "onnx") == ()


def test_a_measurement_too_short_to_have_a_rate_is_a_dash_and_null() -> None:
    row = a_row("yolo11n", 320, 30.0, span_s=0.4)
    assert (row.fps, row.fps_spread) == (None, None)
    assert (BY_KEY["fps"].text(row), spread_text(row)) == ("–", "–")
    content = json.loads(to_json(a_report(row)))
    assert content["rows"][0]["figures"]["fps"] is None
    assert "| yolo11n@320 | rknn | 6 | – | – |" in to_markdown(a_report(row))
    assert rates_of(a_report(row)) == {}
