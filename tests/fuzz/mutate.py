"""Turns whole input into broken input; the same seed number gives the same bytes for ever."""

from __future__ import annotations

import random

# What has broken a reader before, ours or another's.
PIECES = (
    b"",
    b"\x00",
    b"\xff\xfe",
    b"\x1b[2J\x1b]0;x\x07",
    b"1e999",
    b"-1e999",
    b"NaN",
    b"nan",
    b"inf",
    b"9" * 400,
    b"-1",
    b"0",
    b"1048576",
    b"4294967296",
    b"18446744073709551616",
    b"[" * 1200,
    b"{" * 1200,
    b'{"a":' * 1200,
    b"((((" * 300,
    b"-" * 3000,
    b"\\ud800",
    b"\\u0000",
    b"\xed\xa0\x80",
    b"null",
    b"true",
    b"[]",
    b"{}",
    b'""',
    b"'''",
    b'"""',
    b"\n",
    b"\r\n",
    b" ",
    b"\t",
    b"# ",
    b"%s%n",
    b"../" * 20,
    b"x" * 300,
    b"\\d",
    b"{[1]: 2}",
    b"a.b.c.d=1\n",
    "\u202e\u2028\ufeff".encode(),
    "é".encode("latin-1"),
)


def mutated(seeds: tuple[bytes, ...], number: int) -> bytes:
    """The input of that number: one of `seeds` with up to eight faults."""
    dice = random.Random(number)
    data = bytearray(dice.choice(seeds))
    for _ in range(dice.randint(0, 8)):
        dice.choice(_FAULTS)(data, dice, seeds)
    return bytes(data)


def _flip(data: bytearray, dice: random.Random, _seeds: tuple[bytes, ...]) -> None:
    if data:
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)


def _byte(data: bytearray, dice: random.Random, _seeds: tuple[bytes, ...]) -> None:
    if data:
        data[dice.randrange(len(data))] = dice.choice((0, 1, 0x7F, 0x80, 0xFF, dice.randrange(256)))


def _cut(data: bytearray, dice: random.Random, _seeds: tuple[bytes, ...]) -> None:
    start, end = sorted(dice.randint(0, len(data)) for _ in range(2))
    del data[start : min(end, start + dice.choice((1, 4, 64, 1 << 20)))]


def _end(data: bytearray, dice: random.Random, _seeds: tuple[bytes, ...]) -> None:
    del data[dice.randint(0, len(data)) :]


def _repeat(data: bytearray, dice: random.Random, _seeds: tuple[bytes, ...]) -> None:
    start = dice.randint(0, len(data))
    piece = data[start : start + dice.choice((1, 3, 20, 200))]
    data[start:start] = piece * dice.choice((1, 2, 50))


def _insert(data: bytearray, dice: random.Random, _seeds: tuple[bytes, ...]) -> None:
    at = dice.randint(0, len(data))
    data[at:at] = dice.choice(PIECES)


def _replace(data: bytearray, dice: random.Random, _seeds: tuple[bytes, ...]) -> None:
    """Put a piece in the place of a word."""
    start = dice.randint(0, len(data))
    stops = [at for at in range(start, min(len(data), start + 40)) if data[at] in b' ,:=\n"[]{}']
    data[start : dice.choice(stops) if stops else start + 4] = dice.choice(PIECES)


def _swap(data: bytearray, dice: random.Random, _seeds: tuple[bytes, ...]) -> None:
    first, second = (dice.randint(0, len(data)) for _ in range(2))
    data[first : first + 8], data[second : second + 8] = (
        data[second : second + 8],
        data[first : first + 8],
    )


def _splice(data: bytearray, dice: random.Random, seeds: tuple[bytes, ...]) -> None:
    other = dice.choice(seeds)
    at = dice.randint(0, len(other))
    data[dice.randint(0, len(data)) :] = other[at:]


_FAULTS = (_flip, _byte, _cut, _end, _repeat, _insert, _insert, _replace, _replace, _swap, _splice)
