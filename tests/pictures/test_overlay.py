from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from rkvideo.pictures.overlay import (
    SHADES,
    LabelStyle,
    Rgb,
    box_label,
    class_color,
    contrast,
    hud_line,
    text_color,
)
from rkvideo.stats import Percentiles, StatsSnapshot
from rkvideo.status import FrameCounts, RunTitles
from tests.helpers.ui_stand_ins import grey_result

TITLES = RunTitles("door", "yolo11n@640", "rknn x3", ("person", "bicycle"))


@pytest.mark.parametrize(
    ("class_id", "label"), [(0, "person"), (1, "bicycle"), (2, "class 2"), (-1, "class -1")]
)
def test_a_class_without_a_name_is_called_by_its_number(class_id: int, label: str) -> None:
    assert TITLES.label(class_id) == label


def test_a_class_always_has_the_same_colour() -> None:
    assert class_color(0) == class_color(12) == (80, 200, 230)
    assert len({class_color(class_id) for class_id in range(12)}) == 12


# Linear RGB to linear RGB at severity 1.0: G. Machado, M. Oliveira, L. Fernandes, "A
# Physiologically-based Model for Simulation of Color Vision Deficiency", IEEE Transactions on
# Visualization and Computer Graphics 15(6), 2009, doi 10.1109/TVCG.2009.113, and the authors'
# table at www.inf.ufrgs.br/~oliveira/pubs_files/CVD_Simulation/CVD_Simulation.html
VISION = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
# sRGB to XYZ, IEC 61966-2-1, white D65.
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def lab(color: Rgb, vision: np.ndarray) -> np.ndarray:
    """CIE L*a*b* (1976) of a colour as eyes with that vision see it."""
    levels = np.array(color) / 255
    linear = np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4)
    x, y, z = XYZ @ np.clip(vision @ linear, 0, 1) / XYZ.sum(axis=1)
    fx, fy, fz = (np.cbrt(t) if t > 216 / 24389 else (24389 / 27 * t + 16) / 116 for t in (x, y, z))
    return np.array([116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)])


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize(("step", "distance"), [(1, 46.0), (2, 32.0), (3, 27.0), (5, 17.0)])
def test_neighbouring_classes_differ_to_colour_blind_eyes(
    vision: str, step: int, distance: float
) -> None:
    seen = [lab(class_color(class_id), VISION[vision]) for class_id in range(80 + step)]
    distances = [float(np.linalg.norm(seen[i] - seen[i + step])) for i in range(80)]
    assert min(distances) >= distance


def test_the_measure_of_colours_is_that_of_the_standards() -> None:
    # The primaries' L*a*b* and the contrast of blue on white, as the standards' tables have them.
    assert lab((255, 0, 0), VISION["normal"]) == pytest.approx([53.24, 80.09, 67.20], abs=0.05)
    assert lab((255, 255, 255), VISION["tritanopia"]) == pytest.approx([100, 0, 0], abs=0.5)
    assert contrast((255, 255, 255), (0, 0, 0)) == pytest.approx(21.0)
    assert contrast((0, 0, 255), (255, 255, 255)) == pytest.approx(8.59, abs=0.01)


@pytest.mark.parametrize("vision", VISION)
def test_the_shades_of_a_class_differ_to_colour_blind_eyes(vision: str) -> None:
    for class_id in range(12):
        seen = [lab(class_color(class_id, shade), VISION[vision]) for shade in range(SHADES)]
        pairs = combinations(seen, 2)
        assert min(float(np.linalg.norm(one - other)) for one, other in pairs) >= 12.0


def test_a_label_has_the_contrast_that_wcag_asks_for() -> None:
    shades = [class_color(number, shade) for number in range(12) for shade in range(SHADES)]
    contrasts = [contrast(text_color(color), color) for color in shades]
    assert min(contrasts) >= 4.5


@pytest.mark.parametrize(
    ("background", "text"),
    [
        ((0, 0, 0), (255, 255, 255)),
        ((255, 255, 255), (0, 0, 0)),
        ((0, 0, 255), (255, 255, 255)),
        ((0, 255, 0), (0, 0, 0)),
        # Either side of the threshold, a relative luminance of 0.179.
        ((117, 117, 117), (255, 255, 255)),
        ((118, 118, 118), (0, 0, 0)),
    ],
)
def test_text_is_black_on_light_and_white_on_dark(background: Rgb, text: Rgb) -> None:
    assert text_color(background) == text


@pytest.mark.parametrize(
    ("style", "label"),
    [("full", "person 0.91"), ("name", "person"), ("score", "0.91"), ("off", "")],
)
def test_a_label_has_the_style_of_the_look(style: LabelStyle, label: str) -> None:
    assert box_label("person", 0.9149, style) == label


@pytest.mark.parametrize(
    ("style", "label"),
    [("full", "person 3 0.91"), ("name", "person 3"), ("score", "0.91"), ("off", "")],
)
def test_an_object_that_is_tracked_has_its_number_after_its_name(
    style: LabelStyle, label: str
) -> None:
    assert box_label("person", 0.9149, style, track_id=3) == label


def test_a_box_is_labelled_with_two_decimals() -> None:
    assert box_label("person", 0.9149) == "person 0.91"


def test_the_line_of_a_clip_has_rate_latency_model_and_what_went_wrong() -> None:
    stats = StatsSnapshot(
        shown_fps=24.96, source_fps=30.0, latency=Percentiles(0.0412, 0.0999, 0.2, 0.3)
    )
    assert hud_line(TITLES, stats, FrameCounts()) == "25.0 fps · 41 ms · yolo11n@640"
    counts = FrameCounts(dropped=5, failed=1)
    assert hud_line(TITLES, stats, counts, ("damaged 3",)) == (
        "25.0 fps · 41 ms · yolo11n@640 · dropped 5 · failed 1 · damaged 3"
    )


def test_a_result_is_named_by_the_labels_of_the_model_that_made_it() -> None:
    made = replace(grey_result().first, model="helmets@320", labels=("helmet",))
    assert TITLES.of(made) == RunTitles("door", "helmets@320", "rknn x3", ("helmet",))
