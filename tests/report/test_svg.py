"""The plot: where its marks lie, round ticks, names that do not cover each other."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree

import pytest

from rkvideo.report.charts import charts
from rkvideo.report.svg import Axis, Plot, axis_of
from tests.helpers.report_samples import HOSTILE, a_whole_report

UNIT = Axis("x", 0, 10, ((0, "0"), (10, "10")))


@pytest.mark.parametrize(
    ("values", "ticks"),
    [
        ([41.0, 97.0], [0, 20, 40, 60, 80, 100]),
        ([0.3, 0.42], [0, 0.1, 0.2, 0.3, 0.4, 0.5]),
        ([1800.0], [0, 500, 1000, 1500, 2000]),
        ([0.0], [0, 0.2, 0.4, 0.6, 0.8, 1.0, 1.2]),
        ([], [0, 0.2, 0.4, 0.6, 0.8, 1.0, 1.2]),
    ],
)
def test_an_axis_has_round_ticks_and_room_for_every_value(values, ticks) -> None:
    axis = axis_of("fps", values)
    assert [value for value, _ in axis.ticks] == pytest.approx(ticks)
    assert (axis.low, axis.high) == pytest.approx((ticks[0], ticks[-1]))


def test_marks_lie_where_the_axes_say() -> None:
    plot = Plot("p", UNIT, UNIT, width=200, height=200, left=50)
    left, bottom = plot.at(0, 0)
    right, top = plot.at(10, 10)
    assert plot.at(5, 5) == ((left + right) / 2, (top + bottom) / 2)
    plot.dot(5, 10, "c0")
    plot.bar(2, 5, 3, 2, "c1", "tip")
    plot.spread(5, 0, 10, "c0")
    marks = {
        each.tag.rpartition("}")[2]: each.attrib for each in ElementTree.fromstring(plot.text())
    }
    assert (float(marks["circle"]["cx"]), float(marks["circle"]["cy"])) == ((left + right) / 2, top)
    assert float(marks["rect"]["x"]) == plot.at(2, 0)[0]
    assert float(marks["rect"]["width"]) == pytest.approx(0.3 * (right - left), abs=0.1)
    assert float(marks["rect"]["height"]) == pytest.approx(0.2 * (bottom - top), abs=0.1)


def test_names_of_points_cover_neither_each_other_nor_a_point() -> None:
    plot = Plot("p", UNIT, UNIT)
    for number in range(6):
        plot.dot(5 + 0.1 * number, 5 + 0.05 * number, "c0", f"name number {number}")
    root = ElementTree.fromstring(plot.text())
    names = [each for each in root if each.get("class") == "name"]
    assert len(names) >= 4
    boxes = [
        (float(each.attrib["x"]), float(each.attrib["y"]), len(each.text or "") * 7.4)
        for each in names
    ]
    for place, (x, y, long) in enumerate(boxes):
        for other_x, other_y, other_long in boxes[:place]:
            apart = x + long <= other_x or other_x + other_long <= x or abs(y - other_y) >= 15
            assert apart


def test_names_at_the_right_end_are_whole_and_none_is_left_out() -> None:
    plot = Plot("AP", axis_of("fps", (2.4, 2.8)), axis_of("AP", (29.6, 29.4)))
    names = ("yolo11n@320x320", "yolox-nano@416x416")
    plot.dot(2.43, 29.6, "c0", names[0])
    plot.dot(2.8, 29.4, "c1", names[1])
    svg = ElementTree.fromstring(plot.text())
    seen = {each.text: float(each.get("x")) for each in svg.iter("text") if each.text in names}
    assert set(seen) == set(names)
    # A letter of DejaVu Sans, measured in Chromium, is 8.45 wide.
    assert all(x + 8.45 * len(name) <= 640 for name, x in seen.items())


def test_every_figure_is_xml_whatever_a_class_or_a_model_is_called() -> None:
    rows = a_whole_report().rows
    made = charts(rows)
    assert len(made) == 6
    for chart in made:
        ElementTree.fromstring(chart.svg)
        assert not re.search(r"\bnan\b|\binf\b", chart.svg)
    plot = Plot(HOSTILE, UNIT, UNIT)
    plot.dot(1, 1, "c0", HOSTILE, HOSTILE)
    root = ElementTree.fromstring(plot.text())
    assert root.get("aria-label") == HOSTILE
    assert HOSTILE in {each.text for each in root.iter()}
