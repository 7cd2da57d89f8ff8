"""What a user can choose of a conversion. Nothing heavy is imported."""

from __future__ import annotations

from typing import Final

TARGETS: Final = ("rk3562", "rk3566", "rk3568", "rk3576", "rk3588")
KINDS: Final = {"i8": (True,), "fp16": (False,), "both": (True, False)}
"""Of each word of `--quantize`, whether the files are quantised."""

DEFAULT_IMAGES: Final = 60
MAX_LOSS: Final = 1.0
"""AP, in hundredths, that int8 may cost before other recipes are tried."""
