"""The result of a comparison as one sentence."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt5.QtCore import QCoreApplication

from rkvideo.bench.results import BenchRow
from rkvideo.bench.verdict import Verdict, verdict_of
from rkvideo.sizes.words import size_text

_translate = QCoreApplication.translate


def sentence_of(rows: Sequence[BenchRow]) -> str:
    """How much faster the fastest row is than the slowest, and what it finds; empty without two."""
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
