"""The heap of this process."""

from __future__ import annotations

import contextlib
import ctypes
import os

_M_ARENA_MAX = -8
"""Of glibc's malloc.h."""


def keep_one_heap() -> None:
    """Let all threads share one heap; before the first of them begins.

    glibc gives threads heaps of their own, up to eight per CPU core, and keeps in each what was
    freed: pictures of 3 MB that one thread makes and another frees leave holes in all of them. What
    the user has set (MALLOC_ARENA_MAX) holds. Does nothing where the C library is another.
    """
    if "MALLOC_ARENA_MAX" in os.environ:
        return
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)
