"""Which quick ways from a picture to the input a model may take: those that prove themselves.

Nothing is tried before the run: its own pictures are the proof. The first one of each kind goes
both ways and has to give nearly the same pixels, or the quick way is left at once. Of the first
pictures that show something the boxes are compared too, beside the run, and with them the way stays
or goes.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from rkvideo.detection.boxes import iou
from rkvideo.errors import BackendUnavailableError
from rkvideo.machine.fast_paths import FAST_PATHS, FastPathReport
from rkvideo.pictures.likeness import MOST_PIXELS_OFF, mean_difference

if TYPE_CHECKING:
    from rkvideo.config import DetectionFilter, FastPath
    from rkvideo.data import Detections, Float32Array, UInt8Array

PROOF_PICTURES: Final = 8
PROOF_BOXES: Final = 40
MOST_PROOF_PICTURES: Final = 64
"""Where a picture shows one thing, eight of them would be judged by a single box that differs: the
proof goes on until there are boxes enough, but not for ever."""

PROOF_STEP: Final = 5
"""Of so many pictures one is compared: neighbours show nearly the same, and differ in the same
boxes; and a live source has to keep up with a fifth more of inferences meanwhile."""

LEAST_SHARE: Final = 0.9
"""Of the boxes. Resampling alone moves 1 to 4 of 100 (docs/decisions/detection.md)."""
LEAST_IOU: Final = 0.9
MOST_SCORE_OFF: Final = 0.05

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Tried:
    """What the pictures of one way have shown so far."""

    shown: int = 0
    pictures: int = 0
    boxes: int = 0
    same: int = 0

    def are_enough(self) -> bool:
        """Whether the way can be judged by them."""
        enough = self.pictures >= PROOF_PICTURES and self.boxes >= PROOF_BOXES
        return enough or self.pictures >= MOST_PROOF_PICTURES


class PictureProof:
    """The proof of one model, which all its workers share; every method is for any of them.

    Of a model that looks at no picture (`sees` is False) no boxes are compared: they would be the
    same whatever the picture is.
    """

    def __init__(self, title: str, fast: FastPath, *, sees: bool = True) -> None:
        self._title, self._fast, self._sees = title, fast, sees
        self._lock = threading.Lock()
        self._kinds: set[tuple[str, object]] = set()
        self._left: dict[str, str] = {}
        self._tried: dict[str, _Tried] = {}

    @property
    def note(self) -> str:
        """Why a way was left, in one line; empty where none was."""
        with self._lock:
            return "; ".join(self._left.values())

    @property
    def is_switched_off(self) -> bool:
        """Whether no quick way may be taken at all."""
        return self._fast == "off"

    def may_take(self, way: str) -> bool:
        """Whether nothing speaks against it so far."""
        with self._lock:
            return not self.is_switched_off and way not in self._left

    def knows(self, way: str, kind: object) -> bool:
        """Whether pictures of this kind have given the same pixels by that way."""
        with self._lock:
            return (way, kind) in self._kinds

    def compare_pixels(
        self, way: str, kind: object, subject: str, plain: UInt8Array, quick: UInt8Array
    ) -> bool:
        """Whether both ways of a picture of a new kind gave nearly the same pixels.

        Raises BackendUnavailableError where they did not and `--fast require` asks for them.
        """
        off = mean_difference(plain, quick)
        figures = (("mean_difference_of_255", off),)
        if off > MOST_PIXELS_OFF:
            reason = f"its pixels of {subject} differ by {off:.1f} of 255 on average"
            self.leave(way, subject, reason, figures)
            return False
        with self._lock:
            self._kinds.add((way, kind))
        words = "gives nearly the pixels of the plain way"
        FAST_PATHS.tell(FastPathReport(way, subject, "used", words, figures))
        return True

    def is_due(self, way: str) -> bool:
        """Whether `picks` would take the next picture that shows something."""
        with self._lock:
            return self._is_due(way)

    def picks(self, way: str, *, has_picture: bool = True) -> bool:
        """Whether the boxes of a picture that took that way are to be compared with plain ones.

        Where it is its turn and it is not there any more, the turn is the next one's.
        """
        with self._lock:
            is_due = self._is_due(way)
            if is_due and not has_picture:
                return False
            self._tried[way].shown += 1
            return is_due

    def _is_due(self, way: str) -> bool:
        tried = self._tried.setdefault(way, _Tried())
        if not self._sees or way in self._left or tried.are_enough():
            return False
        return tried.shown % PROOF_STEP == 0

    def compare_boxes(
        self, way: str, quick: Detections, plain: Detections, wanted: DetectionFilter
    ) -> None:
        """Count what both ways found in a picture; `plain` was found by `with_neighbours(wanted)`.

        Raises BackendUnavailableError where too few agree and `--fast require` asks for them.
        """
        same, boxes = agreeing(quick, plain, wanted.confidence)
        with self._lock:
            tried = self._tried.setdefault(way, _Tried())
            if tried.are_enough():
                return
            tried.pictures += 1
            tried.same += same
            tried.boxes += boxes
            if not tried.are_enough():
                return
        words = (
            f"{tried.same} of {tried.boxes} boxes of {tried.pictures} pictures are those of the "
            "plain way"
        )
        figures = (("boxes", float(tried.boxes)), ("same_boxes", float(tried.same)))
        if tried.same < LEAST_SHARE * tried.boxes:
            self.leave(way, self._title, f"only {words}", figures)
            return
        _log.info("%s: %s is used: %s", self._title, way, words)
        FAST_PATHS.tell(FastPathReport(way, self._title, "used", words, figures))

    def tell_switched_off(self, way: str) -> None:
        """Report that a way is not tried because nobody wants it."""
        FAST_PATHS.tell(FastPathReport(way, self._title, "switched off"))

    def leave(
        self, way: str, subject: str, reason: str, figures: tuple[tuple[str, float], ...] = ()
    ) -> None:
        """Take the way no more: it has failed, with these words.

        Raises BackendUnavailableError where `--fast require` asks for it.
        """
        FAST_PATHS.tell(FastPathReport(way, subject, "not used", reason, figures))
        if self._fast == "require":
            raise BackendUnavailableError(f"--fast require: {way}: {reason}")
        note = f"{self._title}: pictures no longer go by {way}: {reason}"
        _log.info("%s", note)
        with self._lock:
            self._left.setdefault(way, note)


def with_neighbours(wanted: DetectionFilter) -> DetectionFilter:
    """The same filter for boxes that may score a little less, and be a counterpart still."""
    return replace(wanted, confidence=max(0.0, wanted.confidence - MOST_SCORE_OFF))


def agreeing(quick: Detections, plain: Detections, confidence: float) -> tuple[int, int]:
    """How many boxes of `quick` are in `plain`, and how many there are in either.

    A box is there that is of the same class, overlaps by `LEAST_IOU` and scores within
    `MOST_SCORE_OFF`. One that only `plain` has counts where its score is so much above
    `confidence` that it cannot have fallen below it.
    """
    same = (
        (iou(quick.xyxy, plain.xyxy) >= LEAST_IOU)
        & (quick.class_id[:, None] == plain.class_id)
        & (_apart(quick.score, plain.score) <= MOST_SCORE_OFF)
    )
    is_missed = (plain.score >= confidence + MOST_SCORE_OFF) & ~same.any(axis=0)
    return int(same.any(axis=1).sum()), len(quick) + int(is_missed.sum())


def _apart(first: Float32Array, second: Float32Array) -> Float32Array:
    apart: Float32Array = np.abs(first[:, None] - second)
    return apart
