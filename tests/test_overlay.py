from __future__ import annotations

from dataclasses import replace

import pytest

from rkvideo.data import FrameCounts
from rkvideo.overlay import Rgb, RunTitles, box_label, class_color, hud_lines, text_color
from rkvideo.stats import Percentiles, StatsSnapshot
from tests.ui_stand_ins import grey_result

TITLES = RunTitles("door", "yolo11n@640", "rknn x3", ("person", "bicycle"))


@pytest.mark.parametrize(
    ("class_id", "label"), [(0, "person"), (1, "bicycle"), (2, "class 2"), (-1, "class -1")]
)
def test_a_class_without_a_name_is_called_by_its_number(class_id: int, label: str) -> None:
    assert TITLES.label(class_id) == label


def test_a_class_always_has_the_same_colour_and_another_than_its_neighbours() -> None:
    assert class_color(0) == class_color(14) == (230, 159, 0)
    assert len({class_color(class_id) for class_id in range(14)}) == 14


@pytest.mark.parametrize(
    ("background", "text"),
    [
        ((0, 0, 0), (255, 255, 255)),
        ((255, 255, 255), (0, 0, 0)),
        ((0, 0, 255), (255, 255, 255)),
        ((0, 255, 0), (0, 0, 0)),
        # Either side of the threshold: grey has the luminance of its level.
        ((110, 110, 110), (255, 255, 255)),
        ((111, 111, 111), (0, 0, 0)),
    ],
)
def test_text_is_black_on_light_and_white_on_dark(background: Rgb, text: Rgb) -> None:
    assert text_color(background) == text


def test_a_box_is_labelled_with_two_decimals() -> None:
    assert box_label("person", 0.9149) == "person 0.91"


def test_the_hud_names_every_figure() -> None:
    stats = StatsSnapshot(
        shown_fps=24.96,
        source_fps=30.0,
        latency=Percentiles(0.0412, 0.0999, 0.2, 0.3),
        stages=(("decode", 0.00312), ("infer", 0.0136)),
    )
    counts = FrameCounts(dropped=5, late=2, failed=1)
    assert hud_lines(TITLES, stats, counts, ("paused",)) == (
        "25.0 fps   source 30.0 fps",
        "latency p50 41 ms   p95 100 ms",
        "ms: decode 3.1  infer 13.6",
        "dropped 5   late 2   failed 1",
        "yolo11n@640   rknn x3",
        "paused",
    )


def test_a_result_is_named_by_the_labels_of_the_model_that_made_it() -> None:
    result = grey_result()
    assert TITLES.of(result) is TITLES
    made = replace(result, model="helmets@320", labels=("helmet",))
    assert TITLES.of(made) == RunTitles("door", "helmets@320", "rknn x3", ("helmet",))
