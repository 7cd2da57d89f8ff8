"""The Boxes panel, by its real widgets: what it emits, and what a real run makes of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PyQt5.QtCore import QPoint, QRect, Qt
from PyQt5.QtWidgets import QListWidgetItem, QSlider
from pytestqt.qtbot import QtBot

from rkvideo.assembly import open_run
from rkvideo.config import AppConfig, DetectionFilter, SimulationSpec
from rkvideo.data import FrameResult
from rkvideo.pictures.overlay import Look
from rkvideo.status import RunState
from rkvideo.ui.bridge import Bridge
from rkvideo.ui.panels.throttle import Throttle
from rkvideo.ui.panels.tuning_panel import EMIT_EVERY_MS, TuningPanel
from tests.helpers.patience import PATIENCE_S
from tests.helpers.ui_stand_ins import on_screen, shouted

LABELS = ("person", "bicycle", "car", "cat", "dog")


@pytest.fixture
def panel(qtbot: QtBot) -> Iterator[TuningPanel]:
    panel = TuningPanel(DetectionFilter(), Look())
    panel.set_labels(LABELS)
    with on_screen(panel, qtbot):
        yield panel


@pytest.fixture
def filters(panel: TuningPanel) -> list[DetectionFilter]:
    emitted: list[DetectionFilter] = []
    panel.filter_changed.connect(emitted.append)
    return emitted


@pytest.fixture
def looks(panel: TuningPanel) -> list[Look]:
    emitted: list[Look] = []
    panel.look_changed.connect(emitted.append)
    return emitted


def type_into(widget: object, text: str, qtbot: QtBot) -> None:
    widget.setFocus()
    widget.selectAll()
    qtbot.keyClicks(widget, text)
    qtbot.keyClick(widget, Qt.Key_Return)


def tick(panel: TuningPanel, name: str, qtbot: QtBot) -> None:
    """Click on the check box of a class."""
    rows = panel.classes.list
    (item,) = rows.findItems(name, Qt.MatchExactly)
    rows.scrollToItem(item)
    place = rows.visualItemRect(item)
    qtbot.mouseClick(
        rows.viewport(), Qt.LeftButton, pos=QPoint(place.left() + 10, place.center().y())
    )


def ticked(panel: TuningPanel) -> list[str]:
    return [item.text() for item in items(panel) if item.checkState() == Qt.Checked]


def listed(panel: TuningPanel) -> list[str]:
    return [item.text() for item in items(panel) if not item.isHidden()]


def items(panel: TuningPanel) -> list[QListWidgetItem]:
    return [panel.classes.list.item(row) for row in range(panel.classes.list.count())]


def test_typed_numbers_are_emitted_whole(
    panel: TuningPanel, filters: list[DetectionFilter], qtbot: QtBot
) -> None:
    type_into(panel.confidence.spin, "0.55", qtbot)
    # Not 0, 0.5 and 0.55.
    assert [each.confidence for each in filters] == [0.55]
    assert panel.confidence.slider.value() == 55
    type_into(panel.iou.spin, "0.7", qtbot)
    type_into(panel.most, "12", qtbot)
    expected = DetectionFilter(confidence=0.55, iou=0.7, max_detections=12)
    qtbot.waitUntil(lambda: filters[-1] == expected)


def test_the_digits_are_the_windows_again_after_enter(panel: TuningPanel, qtbot: QtBot) -> None:
    panel.activateWindow()
    for spin in (panel.confidence.spin, panel.most):
        spin.setFocus()
        qtbot.waitUntil(spin.hasFocus)
        qtbot.keyClick(spin, Qt.Key_Return)
        assert not spin.hasFocus()


@pytest.mark.parametrize(("name", "field"), [("confidence", "confidence"), ("iou", "iou")])
def test_sliders_move_the_thresholds(
    panel: TuningPanel, filters: list[DetectionFilter], qtbot: QtBot, name: str, field: str
) -> None:
    slider: QSlider = getattr(panel, name).slider
    qtbot.keyClick(slider, Qt.Key_Home)
    qtbot.waitUntil(lambda: getattr(filters[-1], field) == 0.0)
    qtbot.keyClick(slider, Qt.Key_Right)
    qtbot.waitUntil(lambda: getattr(filters[-1], field) == 0.01)
    qtbot.keyClick(slider, Qt.Key_End)
    qtbot.waitUntil(lambda: getattr(filters[-1], field) == 1.0)
    assert getattr(panel, name).spin.value() == 1.0


def test_nms_over_all_classes(
    panel: TuningPanel, filters: list[DetectionFilter], qtbot: QtBot
) -> None:
    qtbot.mouseClick(panel.agnostic, Qt.LeftButton, pos=QPoint(8, panel.agnostic.height() // 2))
    assert filters == [DetectionFilter(class_agnostic=True)]


def test_a_dragged_slider_emits_at_once_and_then_the_newest(
    panel: TuningPanel, filters: list[DetectionFilter], qtbot: QtBot
) -> None:
    for value in range(30, 90):
        panel.confidence.slider.setValue(value)
    assert [each.confidence for each in filters] == [0.30]
    qtbot.waitUntil(lambda: len(filters) > 1)
    assert [each.confidence for each in filters] == [0.30, 0.89]


def test_the_throttle_waits_its_period_after_each_value(qtbot: QtBot) -> None:
    throttle = Throttle(EMIT_EVERY_MS)
    sent: list[object] = []
    throttle.sent.connect(sent.append)
    throttle.push(1)
    throttle.push(2)
    throttle.push(3)
    assert sent == [1]
    qtbot.waitUntil(lambda: sent == [1, 3])
    # The period begins anew with what was just handed on.
    throttle.push(4)
    assert sent == [1, 3]
    throttle.drop()
    qtbot.waitUntil(lambda: not throttle._timer.isActive())
    assert sent == [1, 3]
    throttle.push(5)
    assert sent == [1, 3, 5]


def test_classes_are_chosen_by_name(
    panel: TuningPanel, filters: list[DetectionFilter], qtbot: QtBot
) -> None:
    assert ticked(panel) == list(LABELS)
    qtbot.mouseClick(panel.classes.none, Qt.LeftButton)
    assert filters[-1].classes == frozenset()
    tick(panel, "car", qtbot)
    tick(panel, "dog", qtbot)
    qtbot.waitUntil(lambda: filters[-1].classes == {"car", "dog"})
    assert ticked(panel) == ["car", "dog"]
    tick(panel, "car", qtbot)
    qtbot.waitUntil(lambda: filters[-1].classes == {"dog"})


def test_all_classes_are_no_restriction(
    panel: TuningPanel, filters: list[DetectionFilter], qtbot: QtBot
) -> None:
    tick(panel, "car", qtbot)
    assert filters[-1].classes == {"person", "bicycle", "cat", "dog"}
    tick(panel, "car", qtbot)
    qtbot.waitUntil(lambda: filters[-1].classes is None)
    qtbot.mouseClick(panel.classes.none, Qt.LeftButton)
    qtbot.mouseClick(panel.classes.all, Qt.LeftButton)
    qtbot.waitUntil(lambda: len(filters) == 3)
    assert filters[-1].classes is None


def test_the_search_narrows_the_list_and_its_buttons(
    panel: TuningPanel, filters: list[DetectionFilter], qtbot: QtBot
) -> None:
    qtbot.mouseClick(panel.classes.none, Qt.LeftButton)
    qtbot.keyClicks(panel.classes.search, "CA")
    assert listed(panel) == ["car", "cat"]
    qtbot.mouseClick(panel.classes.all, Qt.LeftButton)
    qtbot.waitUntil(lambda: filters[-1].classes == {"car", "cat"})
    panel.classes.search.clear()
    assert listed(panel) == list(LABELS)
    assert ticked(panel) == ["car", "cat"]


def test_chosen_names_outlive_a_model_that_does_not_know_them(
    panel: TuningPanel, filters: list[DetectionFilter], qtbot: QtBot
) -> None:
    panel.show_filter(DetectionFilter(classes=frozenset({"car", "dog"})))
    panel.set_labels(("helmet", "dog"))
    # A run refuses names that its model does not know.
    assert filters[-1].classes == {"dog"}
    assert ticked(panel) == ["dog"]
    panel.set_labels(LABELS)
    qtbot.waitUntil(lambda: filters[-1].classes == {"car", "dog"})
    assert ticked(panel) == ["car", "dog"]


def test_ids_and_other_spellings_of_the_command_line_are_understood(
    panel: TuningPanel, filters: list[DetectionFilter], qtbot: QtBot
) -> None:
    panel.show_filter(DetectionFilter(classes=frozenset({0, "CAR"})))
    assert ticked(panel) == ["person", "car"]
    tick(panel, "dog", qtbot)
    assert filters[-1].classes == {"person", "car", "dog"}


def test_two_classes_of_one_name_are_one_entry(panel: TuningPanel) -> None:
    panel.set_labels(("cup", "cup", "dog"))
    assert listed(panel) == ["cup", "dog"]


def test_showing_emits_nothing(
    panel: TuningPanel, filters: list[DetectionFilter], looks: list[Look], qtbot: QtBot
) -> None:
    wanted = DetectionFilter(0.333, 0.5, 20, frozenset({"cat"}), True)
    panel.show_filter(wanted)
    panel.show_look(Look("name", 2.0, 1.5))
    assert (filters, looks) == ([], [])
    assert panel.confidence.spin.value() == 0.33
    assert (panel.iou.slider.value(), panel.most.value()) == (50, 20)
    assert panel.agnostic.isChecked()
    assert ticked(panel) == ["cat"]
    assert panel.labels.currentText() == "name"
    assert (panel.thickness.spin.value(), panel.hud_scale.slider.value()) == (2.0, 15)
    # What was not touched keeps the value it was given, not the one that the slider can show.
    type_into(panel.iou.spin, "0.6", qtbot)
    assert filters == [DetectionFilter(0.333, 0.6, 20, frozenset({"cat"}), True)]


def test_the_look_is_chosen(panel: TuningPanel, looks: list[Look], qtbot: QtBot) -> None:
    panel.labels.setFocus()
    for style in ("name", "score", "off"):
        qtbot.keyClick(panel.labels, Qt.Key_Down)
        qtbot.waitUntil(lambda style=style: looks[-1] == Look(style))
    type_into(panel.thickness.spin, "2.5", qtbot)
    type_into(panel.hud_scale.spin, "3", qtbot)
    qtbot.waitUntil(lambda: looks[-1] == Look("off", 2.5, 3.0))
    qtbot.keyClick(panel.thickness.slider, Qt.Key_Home)
    qtbot.waitUntil(lambda: looks[-1] == Look("off", 0.5, 3.0))


def test_back_to_the_defaults(
    panel: TuningPanel, filters: list[DetectionFilter], looks: list[Look], qtbot: QtBot
) -> None:
    panel.show_filter(DetectionFilter(0.9, 0.9, 1, frozenset({"cat"}), True))
    panel.show_look(Look("off", 3.0, 3.0))
    qtbot.mouseClick(panel.defaults, Qt.LeftButton)
    assert (filters, looks) == ([DetectionFilter()], [Look()])
    assert (panel.confidence.spin.value(), panel.most.value()) == (0.25, 300)
    assert ticked(panel) == list(LABELS)
    assert panel.labels.currentText() == "name and score"


def test_it_fits_its_dock_in_a_wordy_language(panel: TuningPanel, qtbot: QtBot) -> None:
    assert panel.minimumSizeHint().width() <= 320
    assert panel.minimumSizeHint().height() <= 560
    with shouted("TuningPanel", "ClassList"):
        qtbot.waitUntil(lambda: panel.defaults.text() == "BACK TO DEFAULTS")
        assert panel.labels.itemText(3) == "NO LABEL"
        assert panel.classes.search.placeholderText() == "SEARCH A CLASS"
        inside = QRect(QPoint(0, 0), panel.size())
        for widget in (panel.hud_scale.spin, panel.most, panel.defaults, panel.classes.list):
            corner = widget.mapTo(panel, QPoint(0, 0))
            assert inside.contains(QRect(corner, widget.size()))


def test_a_real_run_follows_the_panel(panel: TuningPanel, qtbot: QtBot) -> None:
    """The next frames of a run have what the panel asks for, and nothing else."""
    pipeline = open_run(
        AppConfig(
            "pattern:640x384@100", backend="simulated", simulation=SimulationSpec(latency_ms=1)
        ),
        print,
    )
    bridge = Bridge()
    pipeline.observe(bridge.observer())
    panel.filter_changed.connect(pipeline.set_filter)
    pipeline.start()
    try:
        newest: list[FrameResult] = []

        def found(count: int | None) -> bool:
            result = bridge.take()
            if result is not None:
                newest[:] = [result]
            return bool(newest) and (count is None or len(newest[0].first.detections) == count)

        qtbot.waitUntil(lambda: found(None))
        panel.set_labels(pipeline.titles.labels)
        usual = len(newest[0].first.detections)
        assert usual >= 2
        type_into(panel.most, "1", qtbot)
        qtbot.waitUntil(lambda: found(1))
        qtbot.mouseClick(panel.classes.none, Qt.LeftButton)
        qtbot.waitUntil(lambda: found(0))
        assert pipeline.status().state is RunState.RUNNING
    finally:
        pipeline.stop()
        pipeline.join(PATIENCE_S)
    assert pipeline.wanted == DetectionFilter(max_detections=1, classes=frozenset())
