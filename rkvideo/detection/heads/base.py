"""What every head is, and the candidates it gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from rkvideo.data import Float32Array, Int32Array, OutputTensor
from rkvideo.detection.heads.scores import CellFilter


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Boxes before NMS: xyxy float32 (n, 4) in input pixels, score (n,), class_id int32 (n,).

    `final` is True where the model has done its own NMS.
    """

    xyxy: Float32Array
    score: Float32Array
    class_id: Int32Array
    final: bool = False

    @staticmethod
    def empty() -> Candidates:
        """No candidates."""
        return Candidates(
            np.empty((0, 4), np.float32), np.empty(0, np.float32), np.empty(0, np.int32)
        )


class Head(Protocol):
    """Decodes the outputs of one layout; bound to shapes once, before the first frame.

    `decode` may be called by one thread at a time; each worker binds a head of its own.
    A new head is tested by adding it to `tests/detection/heads/test_heads.py`.
    """

    @property
    def layout(self) -> str:
        """A name for people: `dfl`, `anchors`, `yolox`, `single`, `end2end` ..."""
        ...

    @property
    def class_count(self) -> int:
        """How many classes it tells apart."""
        ...

    def decode(self, outputs: Sequence[OutputTensor], wanted: CellFilter) -> Candidates:
        """The candidates of the cells that `wanted` lets pass; only these are decoded.

        `outputs` are tensors of the bound shapes, each of numbers or quantised.
        """
        ...


@dataclass(frozen=True, slots=True)
class HeadHints:
    """What is known of a model beside its shapes; None and empty mean: find out."""

    head: str | None = None
    class_count: int | None = None
    raw_logits: bool | None = None
    normalised_boxes: bool | None = None
    anchors: tuple[tuple[float, ...], ...] = ()
    strides: tuple[int, ...] = ()
    task: str | None = None
