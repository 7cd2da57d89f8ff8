"""The size of an input that follows the picture."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class InputFit:
    """How the input of a model that takes any size follows the picture.

    The long side of the input is `long_side`, a multiple of `stride`, which is the model's largest.
    """

    long_side: int
    stride: int

    def size_for(self, width: int, height: int) -> tuple[int, int]:
        """(width, height) of the input for a picture of that size.

        The short side is the picture's at the scale of the long one, up to the next multiple of
        the stride: what is padded is less than a stride, as in Ultralytics' `rect`.
        """
        longest = max(width, height)
        sides = (self._up(round(side * self.long_side / longest)) for side in (width, height))
        return next(sides), next(sides)

    def _up(self, side: int) -> int:
        return max(self.stride, -(-side // self.stride) * self.stride)
