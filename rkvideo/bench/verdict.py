"""What the rows of a bench come to: the fastest one beside the slowest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rkvideo.bench.results import BenchRow


@dataclass(frozen=True, slots=True)
class Verdict:
    """Two rows side by side: `fast` has `factor` times the frames a second of `slow`.

    `boxes` are those that each finds in a frame, None where one of them is not known;
    `same_frames` says whether both were counted over the very same frames.
    """

    fast: BenchRow
    slow: BenchRow
    factor: float
    boxes: tuple[float, float] | None
    same_frames: bool


def verdict_of(rows: Sequence[BenchRow]) -> Verdict | None:
    """The verdict over `rows`; None where fewer than two were measured."""
    known = sorted(
        ((row.fps, number) for number, row in enumerate(rows) if row.fps is not None), reverse=True
    )
    if len(known) < 2:
        return None
    (most, first), (least, last) = known[0], known[-1]
    fast, slow = rows[first], rows[last]
    found, missed = fast.boxes_per_frame, slow.boxes_per_frame
    return Verdict(
        fast,
        slow,
        most / least,
        None if found is None or missed is None else (found, missed),
        counts_same_frames((fast, slow)),
    )


def counts_same_frames(rows: Sequence[BenchRow]) -> bool:
    """Whether the boxes a frame of these rows were counted over the very same frames."""
    return None not in {row.same_boxes for row in rows} and len({r.same_frames for r in rows}) < 2
