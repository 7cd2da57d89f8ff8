"""How the boxes of two models are compared."""

from __future__ import annotations

import numpy as np
import pytest

from rkvideo.convert.agreement import Agreement, compare
from rkvideo.data import Detections


def boxes(*rows: tuple[float, float, float, float, float, int]) -> Detections:
    table = np.array(rows, np.float32).reshape(-1, 6)
    return Detections(table[:, :4].copy(), table[:, 4].copy(), table[:, 5].astype(np.int32))


@pytest.mark.parametrize(
    ("reference", "candidate", "expected"),
    [
        # The same box, a little lower in score.
        ([(0, 0, 10, 10, 0.9, 1)], [(0, 0, 10, 10, 0.7, 1)], Agreement(1, 1, 0, 1.0, -0.2)),
        # Another class, and an overlap of a half, are no match but extra boxes.
        ([(0, 0, 10, 10, 0.9, 1)], [(0, 0, 10, 10, 0.9, 2)], Agreement(1, 0, 1, 0.0, 0.0)),
        ([(0, 0, 10, 10, 0.9, 1)], [(0, 0, 10, 5, 0.9, 1)], Agreement(1, 0, 1, 0.0, 0.0)),
        # A weak float box is not asked for, but makes its partner no extra.
        ([(0, 0, 10, 10, 0.27, 1)], [(0, 0, 10, 10, 0.35, 1)], Agreement(0, 0, 0, 0.0, 0.0)),
        # One box cannot match twice.
        (
            [(0, 0, 10, 10, 0.9, 1), (0, 0, 10, 10, 0.8, 1)],
            [(0, 0, 10, 10, 0.9, 1)],
            Agreement(2, 1, 0, 1.0, 0.0),
        ),
        ([(0, 0, 10, 10, 0.9, 1)], [], Agreement(1, 0, 0, 0.0, 0.0)),
        ([], [], Agreement(0, 0, 0, 0.0, 0.0)),
    ],
)
def test_agreement(
    reference: list[tuple[float, float, float, float, float, int]],
    candidate: list[tuple[float, float, float, float, float, int]],
    expected: Agreement,
) -> None:
    found = compare([boxes(*reference)], [boxes(*candidate)])
    assert (found.expected, found.matched, found.extra) == (
        expected.expected,
        expected.matched,
        expected.extra,
    )
    assert found.mean_iou == pytest.approx(expected.mean_iou)
    assert found.score_shift == pytest.approx(expected.score_shift, abs=1e-6)


@pytest.mark.parametrize(
    ("agreement", "share", "good", "text"),
    [
        (
            Agreement(20, 17, 1, 0.956, -0.0123),
            0.85,
            True,
            "85% of 20 boxes matched, 1 extra, IoU 0.96, score -0.012",
        ),
        (
            Agreement(20, 16, 0, 0.9, 0.01),
            0.8,
            False,
            "80% of 20 boxes matched, 0 extra, IoU 0.90, score +0.010",
        ),
        (Agreement(0, 0, 0, 0.0, 0.0), 1.0, True, "no boxes to compare, 0 extra"),
        (Agreement(0, 0, 3, 0.0, 0.0), 0.0, False, "no boxes to compare, 3 extra"),
    ],
)
def test_the_limit(agreement: Agreement, share: float, good: bool, text: str) -> None:
    assert (agreement.share, agreement.good, str(agreement)) == (share, good, text)
