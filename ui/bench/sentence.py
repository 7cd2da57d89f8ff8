"""The result of a comparison as one sentence."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PyQt5.QtCore import QCoreApplication

from rkvideo.bench.results import BenchRow
from rkvideo.bench.verdict import Verdict, verdict_of
from rkvideo.report.front import Step, step_of
from rkvideo.report.whole import JoinedReport
from rkvideo.sizes.words import size_text

_translate = QCoreApplication.translate


def sentence_of(rows: Sequence[BenchRow], report: JoinedReport | None = None) -> str:
    """What a comparison comes to; empty without two rows that were measured.

    Where AP or agreement was measured it is the sentence of the report, as on its page.
    """
    step = step_of(report.rows) if report is not None and report.has_quality else None
    return (_step_words(step) if step is not None else "") or _bench_words(rows)


def sentence_of_pair(
    rows: Sequence[BenchRow], report: JoinedReport | None, titles: Collection[str]
) -> str:
    """The same of the rows with these two titles alone; empty where one was not measured."""
    pair = [row for row in rows if row.title in titles and row.fps is not None]
    if len({row.title for row in pair}) < 2:
        return ""
    if report is None or not report.has_quality:
        return _bench_words(pair)
    step = step_of([row for row in report.rows if row.title in titles])
    return (_step_words(step) if step is not None else "") or _bench_words(pair)


def _step_words(step: Step) -> str:
    """The words of `rkvideo.report.front.sentence`, translated; empty where less is known."""
    if step.factor is None:
        return ""
    if step.misses is not None:
        quality, count = _missing(step.misses), step.misses
    elif step.agrees is not None:
        quality, count = _agreeing(step.agrees), step.agrees
    else:
        return ""
    words = _translate("Sentence", "{row} is {factor} times as fast as {other} and {quality}.")
    quality = quality.format(count=abs(count), confidence=f"{step.confidence or 0:g}")
    row, other = step.names
    return words.format(row=row, other=other, factor=f"{step.factor:.1f}", quality=quality)


def _missing(more: int) -> str:
    if more == 0:
        return _translate("Sentence", "misses as many (confidence {confidence})")
    if more > 0:
        return _translate("Sentence", "misses {count} of 100 more (confidence {confidence})")
    return _translate("Sentence", "misses {count} of 100 fewer (confidence {confidence})")


def _agreeing(more: int) -> str:
    if more == 0:
        return _translate("Sentence", "agrees as much with the reference")
    if more > 0:
        return _translate("Sentence", "agrees {count} of 100 more with the reference")
    return _translate("Sentence", "agrees {count} of 100 less with the reference")


def _bench_words(rows: Sequence[BenchRow]) -> str:
    """How much faster the fastest row is than the slowest, and what it finds."""
    verdict = verdict_of(rows)
    if verdict is None:
        return ""
    fast, slow = _names(verdict)
    words = [_translate("Sentence", "{fast} is {factor} times as fast as {slow}.")]
    few = many = ""
    if verdict.boxes is not None:
        few, many = (f"{count:.1f}" for count in verdict.boxes)
        words.append(_translate("Sentence", "{fast} finds {few} boxes a frame, {slow} {many}."))
        if not verdict.same_frames:
            words.append(_translate("Sentence", "They saw other frames."))
    told = {"fast": fast, "slow": slow, "factor": f"{verdict.factor:.2f}"}
    return " ".join(words).format(**told, few=few, many=many)


def _names(verdict: Verdict) -> tuple[str, str]:
    """The sizes where the models are the same, else the whole titles."""
    fast, slow = verdict.fast, verdict.slow
    if fast.size is None or slow.size is None or fast.size == slow.size:
        return fast.title, slow.title
    if fast.title.rpartition("@")[0] != slow.title.rpartition("@")[0]:
        return fast.title, slow.title
    return size_text(fast.size), size_text(slow.size)
