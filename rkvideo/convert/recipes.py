"""The ways to quantise a model that are tried. Nothing heavy is imported."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from rkvideo.toolkit.process import Algorithm

Part: TypeAlias = Literal["start", "attention", "ends"]

START_CONVOLUTIONS = 3

MMSE_S: Final = 600.0
"""For how long the toolkit may build with `mmse`, which searches a scale for each channel of each
layer with all the pictures: other algorithms are done within a minute."""

_WORDS: dict[Part, str] = {
    "start": f"first {START_CONVOLUTIONS} convolutions",
    "attention": "attention",
    "ends": "last convolutions",
}


@dataclass(frozen=True, slots=True)
class Recipe:
    """One way to quantise.

    `fp16` are the parts that stay in fp16, `hybrid` leaves those layers so that the toolkit itself
    finds bad. `more` calibrates with twice as many pictures.
    """

    algorithm: Algorithm = "normal"
    hybrid: bool = False
    fp16: tuple[Part, ...] = ()
    more: bool = False

    @property
    def most_s(self) -> float | None:
        """For how many seconds the toolkit may build; None for as long as it takes."""
        return MMSE_S if self.algorithm == "mmse" else None

    def __str__(self) -> str:
        parts: list[str] = ["plain" if self.algorithm == "normal" else self.algorithm]
        if self.more:
            parts.append("twice the pictures")
        if self.hybrid:
            parts.append("bad layers in fp16")
        if self.fp16:
            parts.append(f"{' and '.join(_WORDS[part] for part in self.fp16)} in fp16")
        return ", ".join(parts)


LADDER: Final = (
    Recipe(),
    Recipe(more=True),
    Recipe(fp16=("start",)),
    Recipe(fp16=("attention",)),
    Recipe(fp16=("ends",)),
    Recipe(fp16=("start", "attention", "ends")),
    Recipe(hybrid=True),
    Recipe("mmse"),
)
"""The cheapest on the NPU first; the last takes minutes where the others take seconds, and may end
the toolkit's process (`Recipe.most_s`), so that none can follow it. YOLOX-Nano needs its start in
fp16: its first convolutions put a few channels of up to 90 beside many below 1, and one scale for
all leaves these no steps. What each of them brings: `docs/convert.md`."""
