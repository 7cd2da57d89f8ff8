"""What speaks against a conversion, and what to do about it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from rkvideo.convert.calibration import FEWEST_GOOD
from rkvideo.convert.choices import MAX_LOSS
from rkvideo.convert.quality import Quality, in_words

FEWEST_PICTURES = 60
FEWEST_BOXES = 200
"""A check counts with so many pictures, or so many boxes: below, chance hides a loss of 2 AP."""

_CALIBRATE = (
    "calibrate with more pictures of what the model will see (--calibration), or use fp16 "
    "(--quantize fp16)"
)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a quantised model may lose: `ap` in hundredths, `shift` of the scores, either way."""

    ap: float = MAX_LOSS
    shift: float = 0.02

    def losses(self, quality: Quality) -> tuple[str, ...]:
        """Which bounds it is beyond, in words; nothing is one where no box could be compared."""
        found = []
        if quality.ap is not None and quality.ap.value * 100 < -self.ap:
            found.append(f"AP {in_words(quality.ap, 100, 1)}, more than {self.ap:g} lost")
        if quality.boxes and quality.shift is None:
            found.append(f"none of the float model's {quality.boxes} boxes is found")
        elif quality.shift is not None and abs(quality.shift.value) > self.shift:
            found.append(f"scores {in_words(quality.shift, 1, 3)}, more than {self.shift:g} off")
        return tuple(found)

    def excess(self, quality: Quality) -> float:
        """Its largest loss as a share of what it may lose; infinite where no box is left."""
        if quality.shift is None:
            return math.inf if quality.boxes else 0.0
        lost = 0.0 if quality.ap is None else -quality.ap.value * 100 / max(self.ap, 1e-6)
        return max(lost, abs(quality.shift.value) / self.shift)

    def holds(self, quality: Quality) -> bool:
        """True where it loses no more."""
        return not self.losses(quality)


def doubts(quality: Quality, *, is_own: bool) -> tuple[str, ...]:
    """Why a check says too little, each with what to do.

    `is_own`: it was made with pictures of the place that calibrates.
    """
    if not quality.boxes:
        return (
            "the float model finds nothing in the pictures of the check, so nothing was compared: "
            "name pictures of its kind with --check",
        )
    if is_own:
        return (
            "it was checked with pictures of the place that calibrates, which is only a check of "
            "itself: name others with --check",
        )
    if quality.pictures < FEWEST_PICTURES and quality.boxes < FEWEST_BOXES:
        return (
            f"only {quality.boxes} boxes in {quality.pictures} pictures were compared: name "
            f"{FEWEST_PICTURES} pictures, or as many as have {FEWEST_BOXES} boxes, with --check",
        )
    return ()


def poor_calibration(pictures: int, with_contrast: int) -> tuple[str, ...]:
    """Why a calibration is worth little, with what to do."""
    if with_contrast >= FEWEST_GOOD:
        return ()
    flat = f", of which {pictures - with_contrast} show nothing" * (with_contrast < pictures)
    return (
        f"calibrated with {pictures} pictures{flat}: give at least {FEWEST_GOOD} with something to "
        "see (--calibration, --images)",
    )


def too_much(quality: Quality, bounds: Bounds) -> tuple[str, ...]:
    """What a file loses beyond its bounds, with what to do."""
    losses = bounds.losses(quality)
    return (f"{' and '.join(losses)}: {_CALIBRATE}",) if losses else ()
