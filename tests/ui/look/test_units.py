from __future__ import annotations

import pytest

from rkvideo.ui.look.units import size_words, time_words


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0.0 MB"),
        (449_000, "0.4 MB"),
        (34_400_000, "34 MB"),
        (999_400_000, "999 MB"),
        (1_234_000_000, "1.2 GB"),
    ],
)
def test_sizes(size: int, words: str) -> None:
    assert size_words(size) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.0, "0:00"), (9.99, "0:09"), (754.2, "12:34"), (3600.0, "1:00:00"), (3723.9, "1:02:03")],
)
def test_times(seconds: float, words: str) -> None:
    assert time_words(seconds) == words
