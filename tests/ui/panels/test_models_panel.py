"""The Models panel, by its real table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PyQt5.QtCore import Qt
from pytestqt.qtbot import QtBot

from rkvideo.config import ModelChoice
from rkvideo.status import LoadedModel
from rkvideo.ui.panels.models_panel import ModelsPanel
from rkvideo.ui.panels.models_table import ModelColumn
from tests.helpers.ui_stand_ins import on_screen, shouted


def choice(argument: str, size: tuple[int, int], **more: object) -> ModelChoice:
    name = argument.partition("@")[0]
    fits = "x" not in argument.partition("@")[2]
    made = ModelChoice(argument, name, size, "float32", "onnx", "AGPL-3.0", fits=fits)
    return replace(made, **more)


CHOICES = (
    choice("yolo11n@320", (320, 320), fps=61.24),
    choice("yolo11n@416", (416, 416)),
    choice("yolo11n@640", (640, 640), fps=18.36),
    choice("yolo11n@640x384", (640, 384)),
    choice("helmets@640", (640, 640), trouble="helmets.rknn is for rk3566"),
    choice("yolox-nano@416", (416, 416), licence="Apache-2.0", fps=128.0),
)


@pytest.fixture
def panel(qtbot: QtBot) -> Iterator[ModelsPanel]:
    panel = ModelsPanel()
    with on_screen(panel, qtbot):
        panel.show_choices(CHOICES)
        panel.show_status("yolo11n@640", "", ())
        yield panel


@pytest.fixture
def chosen(panel: ModelsPanel) -> list[str]:
    arguments: list[str] = []
    panel.chosen.connect(arguments.append)
    return arguments


def cell(panel: ModelsPanel, row: int, column: ModelColumn, role: int = Qt.DisplayRole) -> object:
    return panel.view.model().index(row, column).data(role)


def column(panel: ModelsPanel, which: ModelColumn) -> list[object]:
    return [cell(panel, row, which) for row in range(panel.view.model().rowCount())]


def click(
    panel: ModelsPanel, row: int, qtbot: QtBot, modifier: Qt.KeyboardModifier = Qt.NoModifier
) -> None:
    place = panel.view.visualRect(panel.view.model().index(row, ModelColumn.NAME))
    qtbot.mouseClick(panel.view.viewport(), Qt.LeftButton, modifier, place.center())


def test_a_row_for_each_model_with_its_figures(panel: ModelsPanel) -> None:
    assert column(panel, ModelColumn.NAME) == [*["yolo11n"] * 4, "helmets", "yolox-nano"]
    assert column(panel, ModelColumn.SIZE) == ["320", "416", "640", "640x384", "640", "416"]
    assert column(panel, ModelColumn.FPS) == ["61.2", "", "18.4", "", "", "128"]
    assert cell(panel, 5, ModelColumn.TYPE) == "fp32"
    assert cell(panel, 5, ModelColumn.BACKEND) == "onnx"
    assert cell(panel, 5, ModelColumn.LICENCE) == "Apache-2.0"
    tip = cell(panel, 5, ModelColumn.NAME, Qt.ToolTipRole)
    assert tip == "yolox-nano@416   onnx   float32\nkey 5\nlicence: Apache-2.0"


def test_usable_models_are_numbered_as_their_keys(panel: ModelsPanel) -> None:
    assert column(panel, ModelColumn.KEY) == ["1", "2", "▶", "4", "", "5"]
    assert [panel.argument_of(number) for number in (1, 3, 5, 6, 0)] == [
        "yolo11n@320",
        "yolo11n@640",
        "yolox-nano@416",
        None,
        None,
    ]


def test_there_are_nine_keys(panel: ModelsPanel) -> None:
    panel.show_choices(tuple(choice(f"m{number}@640", (640, 640)) for number in range(12)))
    assert column(panel, ModelColumn.KEY)[8:] == ["9", "", "", ""]
    assert panel.argument_of(9) == "m8@640"
    assert panel.argument_of(10) is None


def test_a_click_switches(panel: ModelsPanel, chosen: list[str], qtbot: QtBot) -> None:
    click(panel, 0, qtbot)
    click(panel, 5, qtbot)
    assert chosen == ["yolo11n@320", "yolox-nano@416"]


def test_enter_switches_to_the_current_row(
    panel: ModelsPanel, chosen: list[str], qtbot: QtBot
) -> None:
    panel.view.setCurrentIndex(panel.view.model().index(0, 0))
    qtbot.keyClick(panel.view, Qt.Key_Down)
    assert chosen == []
    qtbot.keyClick(panel.view, Qt.Key_Return)
    assert chosen == ["yolo11n@416"]


def test_the_model_in_use_and_an_unusable_one_are_not_switched_to(
    panel: ModelsPanel, chosen: list[str], qtbot: QtBot
) -> None:
    click(panel, 2, qtbot)
    click(panel, 4, qtbot)
    assert chosen == []


def test_an_unusable_model_is_grey_and_says_why(panel: ModelsPanel) -> None:
    index = panel.view.model().index(4, ModelColumn.NAME)
    assert index.flags() == Qt.NoItemFlags
    assert index.data(Qt.ToolTipRole).endswith("\nhelmets.rknn is for rk3566")
    assert panel.view.model().index(5, ModelColumn.NAME).flags() & Qt.ItemIsEnabled


def test_the_one_in_use_and_the_one_being_loaded_are_marked(panel: ModelsPanel) -> None:
    panel.show_status("yolo11n@416", "yolox-nano@416", ())
    assert column(panel, ModelColumn.KEY) == ["1", "▶", "3", "4", "", "…"]
    assert cell(panel, 1, ModelColumn.NAME, Qt.FontRole).bold()
    assert cell(panel, 2, ModelColumn.NAME, Qt.FontRole) is None
    assert "is being loaded" in cell(panel, 5, ModelColumn.NAME, Qt.ToolTipRole)
    assert panel.memory.text() == "loading yolox-nano@416…"
    panel.show_status("yolox-nano@416", "", ())
    assert column(panel, ModelColumn.KEY) == ["1", "2", "3", "4", "", "▶"]
    assert not panel.memory.isVisible()


def test_a_name_without_size_is_found_by_what_is_loaded(panel: ModelsPanel) -> None:
    panel.show_status("yolo11n", "", (LoadedModel("yolo11n@640x384", "onnx", 2, None),))
    assert column(panel, ModelColumn.KEY)[3] == "▶"
    assert panel.neighbour(1) == "yolo11n@640"


def test_memory_of_the_loaded_models_is_told(panel: ModelsPanel) -> None:
    loaded = (
        LoadedModel("yolo11n@640", "onnx", 2, 35_400_000),
        LoadedModel("yolo11n@320", "onnx", 2, None),
    )
    panel.show_status("yolo11n@640", "", loaded)
    assert panel.memory.isVisible()
    assert panel.memory.text().splitlines() == [
        "In memory:",
        "yolo11n@640   onnx x2   35 MB",
        "yolo11n@320   onnx x2",
    ]


def test_two_selected_rows_are_shown_beside_each_other_the_one_in_use_first(
    panel: ModelsPanel, chosen: list[str], qtbot: QtBot
) -> None:
    pairs: list[tuple[str, str]] = []
    panel.beside_asked.connect(lambda a, b: pairs.append((a, b)))
    assert not panel.beside.isEnabled()
    click(panel, 0, qtbot, Qt.ControlModifier)
    assert not panel.beside.isEnabled()
    click(panel, 5, qtbot, Qt.ControlModifier)
    qtbot.mouseClick(panel.beside, Qt.LeftButton)
    click(panel, 0, qtbot, Qt.ControlModifier)
    assert not panel.beside.isEnabled()
    click(panel, 2, qtbot, Qt.ControlModifier)
    qtbot.mouseClick(panel.beside, Qt.LeftButton)
    panel.show_status("yolox-nano@416", "", ())
    qtbot.mouseClick(panel.beside, Qt.LeftButton)
    assert pairs == [
        ("yolo11n@320", "yolox-nano@416"),
        ("yolo11n@640", "yolox-nano@416"),
        ("yolox-nano@416", "yolo11n@640"),
    ]
    # To select is not to switch.
    assert chosen == []


def test_an_unusable_model_cannot_be_shown_beside_another(panel: ModelsPanel, qtbot: QtBot) -> None:
    for row in (0, 4):
        click(panel, row, qtbot, Qt.ControlModifier)
    assert not panel.beside.isEnabled()


def test_new_figures_leave_the_selection_alone(panel: ModelsPanel, qtbot: QtBot) -> None:
    for row in (0, 5):
        click(panel, row, qtbot, Qt.ControlModifier)
    panel.show_choices(tuple(replace(each, fps=10.0) for each in CHOICES))
    assert panel.beside.isEnabled()
    assert column(panel, ModelColumn.FPS) == ["10.0"] * 6
    panel.show_choices(CHOICES[:3])
    assert not panel.beside.isEnabled()
    assert column(panel, ModelColumn.KEY) == ["1", "2", "▶"]


def test_a_search_keeps_numbers_and_clicks_true(
    panel: ModelsPanel, chosen: list[str], qtbot: QtBot
) -> None:
    qtbot.keyClicks(panel.search, "NANO")
    assert column(panel, ModelColumn.NAME) == ["yolox-nano"]
    assert column(panel, ModelColumn.KEY) == ["5"]
    click(panel, 0, qtbot)
    assert chosen == ["yolox-nano@416"]
    panel.search.setText("640")
    assert column(panel, ModelColumn.SIZE) == ["640", "640x384", "640"]
    panel.search.clear()
    assert len(column(panel, ModelColumn.NAME)) == 6


def test_refresh_is_asked_for(panel: ModelsPanel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(panel.refresh_asked):
        qtbot.mouseClick(panel.refresh, Qt.LeftButton)


@pytest.mark.parametrize(
    ("running", "smaller", "larger"),
    [
        ("yolo11n@320", None, "yolo11n@416"),
        ("yolo11n@416", "yolo11n@320", "yolo11n@640x384"),
        ("yolo11n@640x384", "yolo11n@416", "yolo11n@640"),
        ("yolo11n@640", "yolo11n@640x384", None),
        ("yolox-nano@416", None, None),
        ("elsewhere.onnx", None, None),
    ],
)
def test_the_brackets_step_through_the_sizes_of_one_model(
    panel: ModelsPanel, running: str, smaller: str | None, larger: str | None
) -> None:
    panel.show_status(running, "", ())
    assert (panel.neighbour(-1), panel.neighbour(1)) == (smaller, larger)


def test_the_brackets_stay_with_backend_and_type_and_pass_over_the_unusable(
    panel: ModelsPanel,
) -> None:
    panel.show_choices(
        (
            choice("a@320", (320, 320), backend="onnx"),
            choice("a-fp16@320.rknn", (320, 320), name="a", backend="rknn", precision="fp16"),
            choice("a-int8@320.rknn", (320, 320), name="a", backend="rknn", precision="int8"),
            choice("a-int8@416.rknn", (416, 416), backend="rknn", name="a", trouble="damaged"),
            choice("a-int8@640.rknn", (640, 640), backend="rknn", name="a", precision="int8"),
        )
    )
    panel.show_status("a-int8@640.rknn", "", ())
    assert panel.neighbour(-1) == "a-int8@320.rknn"
    panel.show_status("a-fp16@320.rknn", "", ())
    assert panel.neighbour(1) == "a-int8@640.rknn"
    panel.show_status("a@320", "", ())
    assert panel.neighbour(1) is None


def test_names_and_sizes_are_readable_in_a_narrow_dock(panel: ModelsPanel) -> None:
    view = panel.view
    assert panel.minimumSizeHint().width() <= 320
    assert sum(view.columnWidth(column) for column in ModelColumn) <= view.viewport().width()
    metrics = view.fontMetrics()
    for which, text in (
        (ModelColumn.SIZE, "640x384"),
        (ModelColumn.TYPE, "fp32"),
        (ModelColumn.FPS, "61.2"),
    ):
        assert view.columnWidth(which) >= metrics.horizontalAdvance(text)
    assert view.columnWidth(ModelColumn.NAME) >= metrics.horizontalAdvance("yolo…")


def test_a_wide_panel_shows_everything_whole(panel: ModelsPanel, qtbot: QtBot) -> None:
    panel.window().resize(700, 560)
    panel.resize(700, 560)
    metrics = panel.view.fontMetrics()
    qtbot.waitUntil(lambda: panel.view.columnWidth(ModelColumn.NAME) > 200)
    for which, text in (
        (ModelColumn.LICENCE, "Apache-2.0"),
        (ModelColumn.BACKEND, "onnx"),
        (ModelColumn.SIZE, "640x384"),
    ):
        assert panel.view.columnWidth(which) >= metrics.horizontalAdvance(text)


def test_where_there_is_room_every_heading_is_whole(panel: ModelsPanel, qtbot: QtBot) -> None:
    def needed(which: ModelColumn) -> int:
        heading = panel.view.model().headerData(which, Qt.Horizontal)
        return panel.view.horizontalHeader().fontMetrics().horizontalAdvance(heading) + 12

    panel.window().resize(500, 560)
    panel.resize(500, 560)
    columns = [which for which in ModelColumn if which is not ModelColumn.KEY]
    qtbot.waitUntil(
        lambda: all(panel.view.columnWidth(which) >= needed(which) for which in columns)
    )
    with shouted("ModelsPanel", "ModelsTable"):
        qtbot.waitUntil(lambda: panel.refresh.text() == "REFRESH")
        assert all(panel.view.columnWidth(which) >= needed(which) for which in columns)


def test_headers_and_buttons_follow_the_language(panel: ModelsPanel, qtbot: QtBot) -> None:
    def header(which: ModelColumn) -> str:
        return panel.view.model().headerData(which, Qt.Horizontal)

    assert [header(which) for which in ModelColumn] == [
        *("", "Model", "Size", "Type", "Backend", "Licence", "fps")
    ]
    with shouted("ModelsPanel", "ModelsTable"):
        qtbot.waitUntil(lambda: panel.refresh.text() == "REFRESH")
        assert header(ModelColumn.LICENCE) == "LICENCE"
