"""How large a network is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Network:
    """The weights of a network, and the multiplications with an addition (MAC) of one picture.

    Both are of its convolutions and matrix products, which is nearly all of them.
    """

    parameters: int
    macs: int

    @property
    def gflops(self) -> float:
        """Billions of operations of one picture: two for each MAC, as published figures have it."""
        return 2 * self.macs / 1e9
