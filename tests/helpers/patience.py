"""How long a test waits for what comes at once on an idle machine: a busy one is no fault."""

from __future__ import annotations

from typing import Final

PATIENCE_S: Final = 60.0
PATIENCE_MS: Final = 60_000
SOON_S: Final = 0.05
"""Long enough for a thread to get to where it blocks; one that is late makes no test fail."""
