"""The book in which fast paths say what became of them."""

from __future__ import annotations

from rkvideo.machine.fast_paths import FastPathBook, FastPathReport


def test_the_newest_report_on_a_subject_counts() -> None:
    book = FastPathBook()
    first = FastPathReport("rknn-c", "yolo11n@640", "not used", "it differs")
    other = FastPathReport("affinity", "decode", "used", "kept on 4-7")
    newest = FastPathReport("rknn-c", "yolo11n@640", "used", figures=(("c_ms", 9.0),))
    for report in (first, other, newest):
        book.tell(report)
    assert book.told() == (other, newest)


def test_a_full_book_forgets_the_oldest() -> None:
    book = FastPathBook()
    for number in range(300):
        book.tell(FastPathReport("decoder", str(number), "used"))
    kept = [report.subject for report in book.told()]
    assert kept == [str(number) for number in range(300 - 256, 300)]
