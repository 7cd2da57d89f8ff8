"""The flags of the clocks in a row: measured on a played board, and told in every file.

The NPU is the simulated one; the clocks are those of a played tree that the test moves.
"""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from rkvideo.bench import command
from rkvideo.bench.report import from_json, to_csv, to_json, to_markdown
from rkvideo.bench.results import BenchReport
from rkvideo.bench.runner import BenchRunner
from rkvideo.errors import ConfigError
from rkvideo.machine.clock_watch import ClockFlag
from rkvideo.machine.clocks import Clocks, read_clocks
from rkvideo.report.page import to_html
from rkvideo.report.whole import JoinedReport
from tests.helpers.bench_plans import plan
from tests.helpers.bench_samples import a_report, a_row
from tests.helpers.board_samples import DDR, NPU, make_board, put

FLAGS = (
    ClockFlag("npu", "held", 10**9, 10**9),
    ClockFlag("ddr", "moved", 528 * 10**6, 2112 * 10**6),
    ClockFlag("cpu", "unknown"),
)
REPORT = a_report(a_row("yolo11n", 640, 40.0, 44.0, clock_flags=FLAGS))
WORDS = "NPU held at 1000 MHz, memory moved from 528 to 2112 MHz, CPU unknown"
MARKS = "✓ NPU held, ✗ memory moved, ? CPU unknown"


def test_a_clock_that_moves_while_a_row_is_measured_is_flagged(tmp_path: Path) -> None:
    make_board(tmp_path)
    put(tmp_path, f"{NPU}/governor", "userspace\n")
    put(tmp_path, f"{NPU}/cur_freq", "1000000000\n")
    put(tmp_path, f"{DDR}/governor", "dmc_ondemand\n")
    looks = 0

    def clocks() -> Clocks:
        nonlocal looks
        looks += 1
        put(tmp_path, f"{DDR}/cur_freq", f"{528 if looks % 2 else 2112}000000\n")
        return read_clocks(tmp_path)

    # Long enough for several looks, which are half a second apart.
    (row,) = BenchRunner(plan(seconds=2.5, warmup_s=0), clocks=clocks).run().rows
    assert row.clock_flags == FLAGS


def test_on_a_pc_nothing_is_said_of_the_clocks_of_npu_and_memory() -> None:
    bench = BenchRunner(plan(), clocks=lambda: Clocks())
    (row,) = bench.run().rows
    assert {flag.state for flag in row.clock_flags} <= {"unknown"}
    report = bench.report()
    assert "clocks" not in to_markdown(report)
    cells = next(csv.DictReader(io.StringIO(to_csv(report))))
    assert {cells[f"{clock}_clock"] for clock in ("npu", "ddr", "cpu")} <= {"", "unknown"}


def test_json_has_the_flags_and_is_read_back() -> None:
    text = to_json(REPORT)
    (told, _) = json.loads(text)["rows"][0]["measurements"]
    assert told["clock_flags"][1] == {
        "clock": "ddr", "state": "moved", "lowest_hz": 528 * 10**6, "highest_hz": 2112 * 10**6,
    }  # fmt: skip
    assert from_json(text, "b.json") == REPORT
    content = json.loads(text)
    for measured in content["rows"][0]["measurements"]:
        # As it was written before there were flags.
        del measured["clock_flags"]
    assert from_json(json.dumps(content), "b.json").rows[0].measurements[0].clock_flags == ()
    for broken in ('"state": "shaken"', '"state": "held", "x": 1'):
        with pytest.raises(ConfigError, match="is not the result of a bench"):
            from_json(text.replace('"state": "moved"', broken), "b.json")
    with pytest.raises(ConfigError, match="a figure is too large"):
        from_json(text.replace("2112000000", "9" * 17), "b.json")


def test_csv_and_markdown_have_a_mark_and_words() -> None:
    cells = next(csv.DictReader(io.StringIO(to_csv(REPORT))))
    assert [cells[f"{clock}_clock"] for clock in ("npu", "ddr", "cpu")] == [
        *("held 1000", "moved 528 2112", "unknown"),
    ]
    told = to_markdown(REPORT)
    assert f"| {MARKS} |" in told
    assert f"- yolo11n@640: clocks: {WORDS}" in told


def test_the_page_and_the_terminal_have_them_too() -> None:
    page = to_html(JoinedReport((REPORT,)))
    assert f'<td class="n">{MARKS}</td>' in page
    assert f"yolo11n@640: clocks: {WORDS}" in page
    shown = printed(REPORT)
    assert MARKS in shown
    assert WORDS in shown
    without = a_report(a_row("yolo11n", 640, 40.0))
    assert "clocks" not in printed(without)
    assert "clocks" not in to_html(JoinedReport((without,)))


def printed(report: BenchReport) -> str:
    out = Console(file=io.StringIO(), width=200, highlight=False)
    command._print_report(report, out)
    assert isinstance(out.file, io.StringIO)
    return out.file.getvalue()
