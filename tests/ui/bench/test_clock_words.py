"""The clocks of a row in the table of Compare."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rkvideo.machine.clock_watch import ClockFlag
from rkvideo.ui.bench.clock_words import clocks_text
from rkvideo.ui.bench.table import BenchTable
from rkvideo.ui.look.language import switch_language
from tests.helpers.bench_samples import a_row

FLAGS = (
    ClockFlag("npu", "held", 10**9, 10**9),
    ClockFlag("ddr", "moved", 528 * 10**6, 2112 * 10**6),
    ClockFlag("cpu", "unknown"),
)
ROW = a_row("yolo11n", 640, 40.0, clock_flags=FLAGS)
BARE = a_row("yolo11n", 320, 80.0)


@pytest.fixture
def chinese(qapp: object) -> Iterator[None]:
    switch_language("zh_CN")
    yield
    switch_language("en")


def test_each_clock_has_a_mark_a_word_and_what_it_was(qapp: object) -> None:
    assert clocks_text(ROW) == ("✓ NPU held 1000 MHz  ✗ memory moved 528-2112 MHz  ? CPU unknown")
    assert clocks_text(BARE) == ""


def test_the_words_are_chinese_too(chinese: None) -> None:
    assert clocks_text(ROW) == "✓ NPU 已锁定 1000 MHz  ✗ 内存 有变动 528-2112 MHz  ? CPU 未知"


def test_where_no_clock_is_known_there_is_no_column(qapp: object) -> None:
    table = BenchTable()
    columns = []
    for rows in ((ROW, BARE), (BARE,)):
        table.show_rows(rows)
        columns.append(len(table.shown_columns(all_of_them=True)))
    assert columns[0] == columns[1] + 1
