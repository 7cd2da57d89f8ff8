"""What the simulated NPU shows is marked as made up, and a larger input takes longer on it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from rkvideo.backends.simulated import SimulatedNpu
from rkvideo.bench.report import from_json, to_csv, to_json, to_markdown
from rkvideo.config import SimulationSpec, parse_latency
from rkvideo.errors import ConfigError
from rkvideo.status import RunTitles, mark_of
from tests.helpers.bench_samples import a_report, a_row


@pytest.mark.parametrize(
    ("text", "size", "latency_ms"),
    [
        ("13.6", (640, 640), 13.6),
        (None, (640, 640), 13.6),
        (None, (320, 320), 3.4),
        ("13.6", (320, 320), 13.6),
        (None, (1280, 640), 27.2),
        ("320:7,640:13.6", (320, 320), 7.0),
        ("320:7,640:13.6", (640, 640), 13.6),
        ("320:7, 640x384:9", (640, 384), 9.0),
        ("320:7,640:13.6", (1280, 1280), 54.4),
    ],
)
def test_the_latency_of_a_size(text, size, latency_ms) -> None:
    assert parse_latency(text).latency_at(*size) == pytest.approx(latency_ms)


def test_a_plain_spec_keeps_its_latency_at_every_size() -> None:
    assert SimulationSpec(latency_ms=5.0).latency_at(320, 320) == 5.0


@pytest.mark.parametrize("text", ["", "x", "nan", "-1", "640:", "640:inf", "0x0:3", "1e999", "a:3"])
def test_a_wrong_latency_is_refused(text) -> None:
    with pytest.raises(ConfigError, match=r"--npu-latency-ms|size"):
        parse_latency(text)


def test_a_core_is_reserved_for_as_long_as_its_size_takes() -> None:
    npu = SimulatedNpu(parse_latency("320:1000,640:4000"))
    first = npu.reserve(0, 0, (320, 320))
    assert npu.reserve(0, 1, (640, 640)) - first == pytest.approx(4.0)


def test_only_made_up_boxes_are_marked() -> None:
    assert RunTitles("s", "m", "simulated", ()).mark == "SIMULATED"
    assert [mark_of(name) for name in ("onnx", "rknn", "rknn-sim", "")] == [""] * 4


def test_the_files_of_a_bench_are_marked() -> None:
    row = a_row("yolo11n", 320, 100.0)
    report = a_report(replace(row, backend="simulated"))
    assert json.loads(to_json(report))["rows"][0]["mark"] == "SIMULATED"
    assert from_json(to_json(report), "bench.json") == report
    assert "SIMULATED" in to_csv(report)
    assert "SIMULATED" in to_markdown(report)
    real = a_report(row)
    assert "SIMULATED" not in to_json(real) + to_csv(real) + to_markdown(real)
