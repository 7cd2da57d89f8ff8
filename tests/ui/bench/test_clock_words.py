"""The clocks of a row in the table of Compare."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from rkvideo.bench.results import BenchRow
from rkvideo.machine.clock_watch import ClockFlag
from rkvideo.report.whole import JoinedReport
from rkvideo.ui.bench.clock_words import clocks_text
from rkvideo.ui.bench.result_words import ResultWords
from rkvideo.ui.bench.table import BenchTable
from rkvideo.ui.look.language import switch_language
from tests.helpers.bench_samples import a_report, a_row

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


def said(words: ResultWords, *of_a: BenchRow, of_b: tuple[BenchRow, ...] = ()) -> str:
    a, b = (JoinedReport((a_report(*rows),)) if rows else None for rows in (of_a, of_b))
    words.show_results(of_a, a, b, is_from_before=False)
    return words.sentence.text()


HELD = replace(FLAGS[1], state="held", lowest_hz=2112 * 10**6)
FREE = replace(HELD, state="steady")


def test_the_sentence_of_a_result_has_a_word_on_clocks_that_moved(qtbot: QtBot) -> None:
    words = ResultWords()
    qtbot.addWidget(words)
    fast = a_row("yolo11n", 320, 80.0, clock_flags=(HELD,))
    assert "Clocks" not in said(words, fast, a_row("yolo11n", 640, 40.0, clock_flags=(HELD,)))
    assert said(words, fast, ROW).endswith(
        " Clocks moved (memory 528-2112 MHz): a part of it may come of that."
    )
    assert said(words, fast, a_row("yolo11n", 640, 40.0, clock_flags=(FREE,))).endswith(
        " Clocks were not held (memory 2112 MHz): a part of it may come of that."
    )
    # Of two runs the rows that both have are compared.
    assert said(words, fast, of_b=(ROW,)) == ""
    assert said(words, ROW, of_b=(a_row("yolo11n", 640, 44.0, clock_flags=(HELD,)),)) == (
        "Clocks moved (memory 528-2112 MHz): a part of it may come of that."
    )
