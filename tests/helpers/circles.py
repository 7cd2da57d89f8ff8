"""What only the collector of reference circles frees: it may come late, for it counts objects."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from av.codec.context import CodecContext
from av.container.core import Container
from av.frame import Frame
from av.packet import Packet

_LARGE = (Frame, Packet, CodecContext, Container)


@contextmanager
def large_in_circles() -> Iterator[Counter[str]]:
    """While inside the collector rests; at the end counts the PyAV objects that wait for it.

    By the name of their type, those that hold memory of libav.
    """
    found: Counter[str] = Counter()
    gc.collect()
    gc.disable()
    try:
        yield found
        gc.set_debug(gc.DEBUG_SAVEALL)
        gc.collect()
        found.update(type(each).__name__ for each in gc.garbage if isinstance(each, _LARGE))
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()
        gc.collect()
