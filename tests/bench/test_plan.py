"""A plan of a bench: what is refused, its rows, its sources."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rkvideo.bench.plan import PlannedRow, expand, is_always_live, parse_workers
from rkvideo.errors import (
    ConfigError,
)
from tests.helpers.bench_plans import config, plan


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"models": ()}, "no model to measure"),
        ({"models": ("a", "a")}, "chosen twice"),
        ({"seconds": 0}, "--seconds is 0"),
        ({"seconds": float("nan")}, "--seconds is nan"),
        ({"seconds": 1e9}, "at most 3600"),
        ({"frames": 1}, "--frames is 1"),
        ({"warmup_s": -1}, "--warmup is -1"),
        ({"repeats": 0}, "--repeats is 0"),
    ],
)
def test_a_plan_out_of_range_is_refused(changes: dict, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        plan(**{"models": ("a@320",), **changes})


def test_models_and_sizes_become_rows() -> None:
    def there(model: str) -> list[str]:
        return {"n": ["320", "640x384"], "x": []}[model]

    assert expand(("n", "x"), None, there) == ("n@320", "n@640x384", "x")
    assert expand(("n", "m@416"), ["320", "640", "640x640"], there) == (
        *("n@320", "n@640", "n@640x640"),
        "m@416",
    )
    assert expand(("n@320", "n"), None, there) == ("n@320", "n@640x384")
    assert expand(("dir/n@2/file.onnx",), ["320"], there) == ("dir/n@2/file.onnx@320",)
    with pytest.raises(ConfigError, match="size '12y'"):
        expand(("n@12y",), None, there)


def test_a_file_is_looped_and_nothing_is_waited_for() -> None:
    wanted = plan(config=replace(config(), frames=9, retry_open=True)).config_for(
        PlannedRow("b@416")
    )
    assert (wanted.model, wanted.frames, wanted.retry_open) == ("b@416", None, False)
    assert wanted.source_options.loop


def test_numbers_of_workers() -> None:
    assert parse_workers("1..6") == (1, 2, 3, 4, 5, 6)
    assert parse_workers("4, 1,2..3,3") == (1, 2, 3, 4)
    assert plan(workers=(1, 3)).rows() == (PlannedRow("a@320", 1), PlannedRow("a@320", 3))
    assert plan(workers=(3,)).config_for(PlannedRow("a@320", 3)).workers == 3
    assert plan(config=replace(config(), workers=5)).config_for(PlannedRow("a@320")).workers == 5


def test_which_sources_are_always_live() -> None:
    assert all(map(is_always_live, ("rtsp://host/a", "http://host/a", "/dev/video3", "0")))
    assert not any(map(is_always_live, ("clip.mp4", "demo", "pattern:320x192@30", "/dev/shm/a")))
