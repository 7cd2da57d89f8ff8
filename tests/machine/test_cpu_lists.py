"""Lists of CPU cores, as the kernel and people write them."""

from __future__ import annotations

import pytest

from rkvideo.machine.cpu_lists import core_list, parse_cores


@pytest.mark.parametrize(
    ("text", "cores"),
    [
        ("0 1 2 3", {0, 1, 2, 3}),
        ("6", {6}),
        ("0-3,6\n", {0, 1, 2, 3, 6}),
        ("1, 6 - 7", {1, 6, 7}),
        ("7-4", set()),
    ],
)
def test_both_ways_of_writing_are_read(text: str, cores: set[int]) -> None:
    assert parse_cores(text) == cores


@pytest.mark.parametrize("text", ["", " ", "4-", "4,,5", "a b", "99999", "0-99999", "1 2-3"])
def test_what_is_no_list_is_none(text: str) -> None:
    assert parse_cores(text) is None


def test_cores_are_written_as_the_kernel_does() -> None:
    assert [core_list(each) for each in ((), {3}, {0, 1, 2}, {0, 2, 3, 7})] == [
        *("", "3", "0-2", "0,2-3,7"),
    ]
