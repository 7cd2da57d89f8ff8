"""Which Rockchip chip this is, and how its NPU cores are named to the runtime."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

COMPATIBLE = Path("/proc/device-tree/compatible")

# NPU cores per chip. Boards with an RK3588S or RK3588J list "rk3588" too.
_CORES = {"rk3588": 3, "rk3576": 2, "rk3562": 1, "rk3566": 1, "rk3568": 1}
# One .rknn build serves both of these chips; they differ in ports, not in the NPU.
_SAME_NPU = {"rk3568": "rk3566"}

# RKNNLite.NPU_CORE_AUTO, and NPU_CORE_0, NPU_CORE_1, NPU_CORE_2.
AUTO_MASK = 0
_SINGLE_CORE_MASKS = (1, 2, 4)


@dataclass(frozen=True, slots=True)
class Soc:
    """A Rockchip chip: its name in lower case and its number of NPU cores."""

    name: str
    cores: int

    def runs(self, targets: tuple[str, ...]) -> bool:
        """True if a .rknn file made for `targets` runs here."""
        mine = _SAME_NPU.get(self.name, self.name)
        return mine in {_SAME_NPU.get(target, target) for target in targets}

    def core_mask(self, core: int) -> int:
        """The mask that binds a context to `core`.

        A chip of one core refuses every mask but AUTO.
        """
        return AUTO_MASK if self.cores == 1 else _SINGLE_CORE_MASKS[core]


def read_soc(compatible: Path = COMPATIBLE) -> Soc | None:
    """The chip of this machine, None where it is not a Rockchip chip with an NPU we know."""
    try:
        entries = compatible.read_bytes().decode("ascii", "replace").lower()
    except OSError:
        return None
    for name, cores in _CORES.items():
        if name in entries:
            return Soc(name, cores)
    return None
