"""The graph of the last minute, with the real plot."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PyQt5.QtCore import QCoreApplication
from PyQt5.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from rkvideo.ui.panels.graph import WINDOW_S, RateGraph
from tests.helpers.painted_samples import CHINESE, ChineseStandIn


@pytest.fixture
def graph(qtbot: QtBot) -> Iterator[RateGraph]:
    window = QWidget()
    qtbot.addWidget(window)
    made = RateGraph(window)
    made.resize(640, 160)
    window.show()
    yield made
    window.close()


def line(graph: RateGraph, name: str) -> tuple[np.ndarray, np.ndarray]:
    curves = {"fps": graph._fps_line, "p50": graph._p50_line, "p95": graph._p95_line}
    ages, values = curves[name].getData()
    return ages, values


def test_the_lines_have_the_figures_and_their_age(graph: RateGraph) -> None:
    graph.add(100.0, 25.0, 0.040, 0.060)
    graph.add(101.0, 29.5, 0.041, 0.058)
    assert line(graph, "fps")[0].tolist() == [-1.0, 0.0]
    assert line(graph, "fps")[1].tolist() == [25.0, 29.5]
    assert line(graph, "p50")[1] == pytest.approx([40.0, 41.0])
    assert line(graph, "p95")[1] == pytest.approx([60.0, 58.0])


def test_two_axes_begin_at_zero_and_hold_what_is_shown(graph: RateGraph) -> None:
    for second in range(20):
        graph.add(float(second), 30.0, 0.040, 0.100 + 0.001 * second)
    (left, right), (bottom, top) = graph._plot.getPlotItem().viewRange()
    assert (left, right) == (-WINDOW_S, 0.0)
    assert bottom == 0.0
    assert 30.0 < top <= 50.0
    (left, right), (bottom, top) = graph._latency.viewRange()
    assert (left, right) == pytest.approx((-WINDOW_S, 0.0))
    assert bottom == 0.0
    assert 119.0 < top <= 200.0


def test_it_remembers_a_minute_and_two_points_a_second(graph: RateGraph) -> None:
    for step in range(20 * 300):
        graph.add(step * 0.05, 30.0, 0.04, 0.05)
    ages, _ = line(graph, "fps")
    assert len(ages) <= 2 * WINDOW_S + 2
    assert ages[0] >= -WINDOW_S
    assert np.diff(ages).min() > 0.44
    assert ages[0] < -WINDOW_S + 1


def test_a_dead_stream_has_no_latency(graph: RateGraph) -> None:
    graph.add(0.0, 30.0, 0.04, 0.05)
    graph.add(1.0, 0.0, 0.0, 0.0)
    assert line(graph, "fps")[1].tolist() == [30.0, 0.0]
    assert np.isnan(line(graph, "p50")[1]).tolist() == [False, True]
    assert np.isnan(line(graph, "p95")[1]).tolist() == [False, True]


def test_a_hidden_graph_draws_nothing_until_it_is_shown(
    graph: RateGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph.hide()
    drawn: list[int] = []
    draw = RateGraph._draw
    monkeypatch.setattr(
        RateGraph, "_draw", lambda self: (drawn.append(len(self._points)), draw(self))
    )
    graph.add(0.0, 30.0, 0.04, 0.05)
    graph.add(1.0, 31.0, 0.04, 0.05)
    assert drawn == []
    graph.show()
    assert drawn == [2]
    assert line(graph, "fps")[1].tolist() == [30.0, 31.0]


def test_clear_begins_anew(graph: RateGraph) -> None:
    graph.add(100.0, 30.0, 0.04, 0.05)
    graph.clear()
    assert len(line(graph, "fps")[0]) == 0
    graph.add(3.0, 20.0, 0.04, 0.05)
    assert line(graph, "fps")[1].tolist() == [20.0]


def test_the_axes_speak_the_language(graph: RateGraph) -> None:
    def labels() -> list[str]:
        item = graph._plot.getPlotItem()
        return [item.getAxis(name).labelText for name in ("left", "right", "bottom")]

    assert labels() == ["fps shown", "latency (ms)", "seconds"]
    translator = ChineseStandIn()
    QCoreApplication.installTranslator(translator)
    try:
        QCoreApplication.processEvents()
        assert labels() == [CHINESE[word] for word in ("fps shown", "latency (ms)", "seconds")]
    finally:
        QCoreApplication.removeTranslator(translator)
    QCoreApplication.processEvents()
    assert labels() == ["fps shown", "latency (ms)", "seconds"]
