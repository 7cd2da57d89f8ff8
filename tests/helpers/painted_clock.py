"""A clock painted into pictures: black and white blocks that survive lossy coding.

Painted by the system's Python in the server (no NumPy there), read by the tests. 40 blocks of 16x16
pixels in the upper left corner, 20 in a row, bit 0 first: microseconds of `time.monotonic()`,
modulo 2**40 (twelve days).
"""

from __future__ import annotations

BITS = 40
PER_ROW = 20
BLOCK = 16
_BLACK, _GREY, _WHITE = 16, 110, 235


def paint_clock(width: int, height: int, seconds: float) -> bytes:
    """A grey I420 picture of at least 320x32 that carries the clock."""
    ticks = round(seconds * 1e6) % (1 << BITS)
    luma = bytearray(bytes([_GREY]) * (width * height))
    for row in range(BITS // PER_ROW):
        bits = ticks >> (row * PER_ROW)
        blocks = (_WHITE if bits >> bit & 1 else _BLACK for bit in range(PER_ROW))
        line = b"".join(bytes([level]) * BLOCK for level in blocks)
        for y in range(row * BLOCK, (row + 1) * BLOCK):
            luma[y * width : y * width + len(line)] = line
    return bytes(luma) + bytes([128]) * (width * height // 2)


def read_clock(luma) -> float:
    """The seconds that a picture carries, from its luma plane (an array of rows)."""
    ticks = 0
    for bit in range(BITS):
        row, column = divmod(bit, PER_ROW)
        y, x = row * BLOCK + BLOCK // 2, column * BLOCK + BLOCK // 2
        ticks |= int(luma[y - 4 : y + 4, x - 4 : x + 4].mean() > _GREY) << bit
    return ticks / 1e6


def seconds_since(painted_s: float, now_s: float) -> float:
    """From the painted clock to `now_s` of the same clock, over its wrap."""
    return (now_s - painted_s) % ((1 << BITS) / 1e6)
