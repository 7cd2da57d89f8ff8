"""What is said of clocks under a comparison: which of them could be a part of the difference."""

from __future__ import annotations

from pathlib import Path

import pytest

from rkvideo.bench.clock_caution import clock_caution
from rkvideo.bench.report import to_markdown
from rkvideo.bench.results import BenchReport
from rkvideo.machine.clock_watch import ClockFlag, ClockName, ClockState
from rkvideo.report.compare import to_html, to_text
from rkvideo.report.folder import ReportFolder
from rkvideo.report.page import to_html as to_page
from rkvideo.report.texts import to_markdown as to_whole_markdown
from rkvideo.report.whole import JoinedReport
from tests.helpers.bench_samples import a_failed_row, a_report, a_row

MHZ = 10**6
COMES_OF_IT = (
    ": a part of what rows differ by may come of it (--pin-clocks npu,ddr,cpu holds them)."
)


def flag(clock: ClockName, state: ClockState, *mhz: int) -> ClockFlag:
    ends = [each * MHZ for each in mhz]
    return ClockFlag(clock, state, *(ends if len(ends) == 2 else 2 * ends))


HELD = (flag("npu", "held", 1000), flag("ddr", "held", 2112), flag("cpu", "unknown"))
MOVED = (flag("npu", "held", 1000), flag("ddr", "moved", 528, 2112), flag("cpu", "unknown"))
FREE = (flag("npu", "steady", 1000), flag("ddr", "steady", 2112), flag("cpu", "steady", 2400))


def bench(*flags: tuple[ClockFlag, ...], sides: tuple[int, ...] = (320, 640)) -> BenchReport:
    rows = zip(sides, flags, strict=False)
    return a_report(*(a_row("yolo11n", side, 40.0, clock_flags=each) for side, each in rows))


def line(*flags: tuple[ClockFlag, ...]) -> str:
    sides = tuple(range(32, 32 * (len(flags) + 1), 32))
    return clock_caution((row.title, row) for row in bench(*flags, sides=sides).rows)


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        ((HELD, HELD), ""),
        # As files were written before there were flags.
        (((), ()), ""),
        ((MOVED,), ""),
        ((HELD, MOVED), "memory moved from 528 to 2112 MHz (yolo11n@64)"),
        ((MOVED, MOVED), "memory moved from 528 to 2112 MHz"),
        ((MOVED, ()), "memory moved from 528 to 2112 MHz (yolo11n@32)"),
        (
            (FREE, FREE),
            "NPU steady, not held, at 1000 MHz, memory steady, not held, at 2112 MHz, "
            "CPU steady, not held, at 2400 MHz",
        ),
        # Held in both, but not at the same clock.
        (
            ((flag("npu", "held", 1000),), (flag("npu", "held", 600),)),
            "NPU moved from 600 to 1000 MHz",
        ),
        (
            (HELD, *(5 * (MOVED,))),
            "memory moved from 528 to 2112 MHz (yolo11n@64, yolo11n@96, yolo11n@128 and 2 more)",
        ),
    ],
)
def test_a_line_tells_which_clocks_and_rows(
    flags: tuple[tuple[ClockFlag, ...], ...], told: str
) -> None:
    assert line(*flags) == (f"Clocks: {told}{COMES_OF_IT}" if told else "")


def test_a_row_that_was_not_measured_says_nothing() -> None:
    rows = (a_row("a", 320, 40.0, clock_flags=MOVED), a_failed_row("a@640", "no such file"))
    assert clock_caution((row.title, row) for row in rows) == ""


A, B = JoinedReport((bench(HELD, HELD),)), JoinedReport((bench(HELD, MOVED),))
BESIDE = f"Clocks: memory moved from 528 to 2112 MHz (B yolo11n@640){COMES_OF_IT}"


def test_it_stands_under_two_reports_as_text_page_and_markdown() -> None:
    _, lines = to_text(A, B)
    assert lines[1] == BESIDE
    assert f"<p>{BESIDE}</p>" in to_html(A, B, ("a", "b"))
    assert to_markdown(A.benches[0], B.benches[0]).endswith(f"|\n\n{BESIDE}\n")
    for report in (to_html(A, A, ("a", "a")), to_markdown(A.benches[0], A.benches[0])):
        assert "Clocks:" not in report
    # What one of them alone has measured is compared with nothing.
    alone = JoinedReport((bench(HELD, MOVED, sides=(320, 416)),))
    assert all("Clocks:" not in each for each in to_text(A, alone)[1])


def test_it_stands_under_the_rows_of_one_report() -> None:
    told = f"Clocks: memory moved from 528 to 2112 MHz (yolo11n@640){COMES_OF_IT}"
    assert f"<p>{told}</p>" in to_page(B)
    assert f"|\n\n{told}\n" in to_whole_markdown(B)
    assert "Clocks:" not in to_page(A)


def test_report_compare_prints_it(tmp_path: Path, main) -> None:
    for name, report in (("a", A), ("b", B)):
        ReportFolder(tmp_path / name).add(report)
    code, out, err = main("report", "compare", "a", "b", "--out", "ab.html", cwd=tmp_path)
    assert code == 0, err
    assert out.count(BESIDE) == 1
    assert BESIDE in (tmp_path / "ab.html").read_text()
