"""What every file of a conversion shares: the pictures, and what may be lost."""

from __future__ import annotations

from dataclasses import dataclass, field

import av

from rkvideo.convert.calibration import Pictures
from rkvideo.convert.check_set import CheckSet
from rkvideo.convert.recipes import Recipe
from rkvideo.convert.verdict import Bounds, poor_calibration


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """What every file of a conversion shares.

    `pictures` calibrate, None where nothing is quantised; `images` of them do so at first. With
    `try_all` each recipe is tried, also when one is good.
    """

    pictures: Pictures | None
    images: int
    check: CheckSet
    bounds: Bounds = field(default_factory=Bounds)
    try_all: bool = False

    def calibrating(self, recipe: Recipe) -> tuple[av.VideoFrame, ...]:
        """The pictures that `recipe` calibrates with."""
        if self.pictures is None:
            return ()
        return self.pictures.calibration if recipe.more else self.pictures.some(self.images)

    @property
    def poor_calibration(self) -> tuple[str, ...]:
        """What speaks against the calibration."""
        if self.pictures is None:
            return ()
        used = Pictures(self.calibrating(Recipe()))
        return poor_calibration(len(used.calibration), used.with_contrast)
