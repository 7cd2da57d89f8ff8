from __future__ import annotations

from fractions import Fraction

import pytest

from rkvideo.config import SourceOptions
from rkvideo.errors import ConfigError
from rkvideo.pictures.pixels import plane_arrays
from rkvideo.sources.pattern import PatternSource, PatternSpec, draw_pattern, parse_pattern
from rkvideo.sources.pattern import read_index as index_of


@pytest.mark.parametrize(
    ("text", "spec"),
    [
        ("pattern:1280x720@30", PatternSpec(1280, 720, Fraction(30))),
        ("pattern:640x360@30:600", PatternSpec(640, 360, Fraction(30), 600)),
        ("pattern:64x48@29.97", PatternSpec(64, 48, Fraction(2997, 100))),
    ],
)
def test_parse(text, spec):
    assert parse_pattern(text) == spec


@pytest.mark.parametrize(
    "text",
    [
        "pattern:",
        "pattern:640x360",
        "pattern:640@30",
        "pattern:640x360@-1",
        "pattern:641x360@30",
        "pattern:8x8@30",
        "pattern:9000x16@30",
        "pattern:640x360@0",
        "pattern:640x360@1001",
        "pattern:640x360@30:0",
        "pattern:640x360@30:x",
    ],
)
def test_bad_pattern_is_named(text):
    with pytest.raises(ConfigError) as caught:
        parse_pattern(text)
    assert repr(text) in str(caught.value)


@pytest.mark.parametrize("index", [0, 1, 0x555555, 0xAAAAAA, 2**24 - 1])
def test_index_is_in_the_pixels(index):
    assert index_of(draw_pattern(384, 64, index)) == index


def test_a_narrow_picture_holds_the_low_bits():
    assert index_of(draw_pattern(64, 48, 0b110101)) == 0b0101


def test_blocks_and_the_moving_square():
    luma, blue, red = plane_arrays(draw_pattern(640, 360, 5))
    assert [luma[8, 8 + 16 * bit] for bit in range(4)] == [235, 16, 235, 16]
    assert (luma[16 + 15 : 16 + 15 + 32, 20:52] == 235).all()
    assert luma[200, 300] == 110
    assert (blue == 128).all()
    assert (red == 128).all()


def test_without_a_count_it_goes_on():
    source = PatternSource("pattern:64x48@25", SourceOptions())
    assert source.open().frames is None
    assert [source.read().index for _ in range(100)] == list(range(100))
