"""A stand-in of a library that is built for this machine, and what it says of the process."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class StandIn:
    """The library, and its log of the calls that were made."""

    path: Path
    log_path: Path
    library: ctypes.CDLL

    @property
    def log(self) -> list[str]:
        """Its log so far."""
        return self.log_path.read_text().splitlines() if self.log_path.exists() else []

    @property
    def broken(self) -> list[str]:
        """The rules that were broken."""
        return [line for line in self.log if line.startswith("broken ")]

    def of_call(self, call: str) -> list[str]:
        """The lines about one call."""
        return [line for line in self.log if line.startswith(f"{call} ")]
