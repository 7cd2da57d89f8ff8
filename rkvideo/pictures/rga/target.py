"""Memory of this process that RGA writes into."""

from __future__ import annotations

import ctypes
import mmap
import weakref
from typing import TYPE_CHECKING, Final

import numpy as np

from rkvideo.pictures.rga.library import BGRA, RGB

if TYPE_CHECKING:
    from collections.abc import Callable

    from rkvideo.data import UInt8Array
    from rkvideo.pictures.rga.library import Buffer, Library

_CHANNELS: Final = {RGB: 3, BGRA: 4}
_COLUMNS_STEP: Final = 16
"""Then the bytes of a row are a multiple of what RGA wants, whatever the number of channels."""


class TargetMemory:
    """Room for a picture of one size: imported once, and kept until `release`."""

    def __init__(self, library: Library, width: int, height: int, layout: int) -> None:
        """`layout` is RGB or BGRA. Raises RgaError where the driver does not take the memory."""
        self.size = width, height
        self._strides = -(-width // _COLUMNS_STEP) * _COLUMNS_STEP, height
        self._channels = _CHANNELS[layout]
        # A mapping of its own begins with a page and shares none with the heap.
        self._memory = mmap.mmap(-1, self._strides[0] * height * self._channels)
        address = ctypes.addressof(ctypes.c_char.from_buffer(self._memory))
        self._handle = library.import_address(address, *self._strides, layout)

    def wrapped(self, library: Library, layout: int) -> Buffer:
        """The memory as a picture of a layout with as many channels."""
        return library.wrap(self._handle, self.size, self._strides, layout)

    def pixels(self, let_go: Callable[[], None] | None = None) -> UInt8Array:
        """What is written to it, uint8 (height, width, channels).

        `let_go` is called once nobody holds these pixels any more, in the thread that was the last.
        """
        columns, height = self._strides
        memory = np.frombuffer(self._memory, np.uint8)
        if let_go is not None:
            # Every view of it, and every view of a view, holds this array and no other one.
            weakref.finalize(memory, let_go).atexit = False
        return memory.reshape(height, columns, self._channels)[:, : self.size[0]]

    def release(self, library: Library) -> None:
        """Let the driver forget it; the memory goes with the last array that looks at it."""
        handle, self._handle = self._handle, 0
        if handle:
            library.release(handle)
