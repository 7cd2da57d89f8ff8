"""The Models panel: its cards and chips, by mouse and keys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PyQt5.QtCore import QCoreApplication, Qt
from PyQt5.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from rkvideo.config import FetchChoice, ModelChoice
from rkvideo.status import LoadedModel
from rkvideo.ui.panels.model_card import SizeChip
from rkvideo.ui.panels.models_panel import ModelsPanel
from tests.helpers.styled import styled
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


@pytest.fixture
def pairs(panel: ModelsPanel) -> list[tuple[str, str]]:
    asked: list[tuple[str, str]] = []
    panel.beside_asked.connect(lambda a, b: asked.append((a, b)))
    return asked


def chip(panel: ModelsPanel, argument: str) -> SizeChip:
    return next(each for each in panel.chips if each.choice.argument == argument)


def click(
    panel: ModelsPanel,
    argument: str,
    qtbot: QtBot,
    modifier: Qt.KeyboardModifier = Qt.NoModifier,
) -> None:
    qtbot.mouseClick(chip(panel, argument), Qt.LeftButton, modifier)


def test_a_card_for_each_model_with_its_sizes_and_what_was_measured(panel: ModelsPanel) -> None:
    assert [card.name.text() for card in panel.cards] == ["yolo11n", "helmets", "yolox-nano"]
    assert [each.text() for each in panel.chips] == [
        *("320  61.2 fps", "416", "640  18.4 fps", "640x384"),
        *("640", "416  128 fps"),
    ]
    nano = panel.cards[2]
    assert nano.facts.text() == "fp32  ·  onnx  ·  Apache-2.0"
    assert nano.facts.toolTip() == "numbers in float32; runs on onnx; licence: Apache-2.0"
    assert nano.chips[0].toolTip() == "yolox-nano@416\nkey 5"
    assert "not measured here yet: Compare does" in chip(panel, "yolo11n@416").toolTip()


def test_one_model_of_two_types_has_two_cards(panel: ModelsPanel) -> None:
    made = choice("a@320.rknn", (320, 320), name="a", backend="rknn", precision="int8")
    panel.show_choices((made, replace(made, argument="a-fp@320.rknn", precision="fp16")))
    assert [card.facts.text() for card in panel.cards] == [
        "int8  ·  rknn  ·  AGPL-3.0",
        "fp16  ·  rknn  ·  AGPL-3.0",
    ]


def test_usable_models_are_numbered_as_their_keys(panel: ModelsPanel) -> None:
    assert [panel.argument_of(number) for number in (1, 3, 5, 6, 0)] == [
        "yolo11n@320",
        "yolo11n@640",
        "yolox-nano@416",
        None,
        None,
    ]


def test_there_are_nine_keys(panel: ModelsPanel) -> None:
    panel.show_choices(tuple(choice(f"m{number}@640", (640, 640)) for number in range(12)))
    assert panel.argument_of(9) == "m8@640"
    assert panel.argument_of(10) is None


def test_a_click_switches_and_what_is_in_use_stays_marked_until_it_is_not(
    panel: ModelsPanel, chosen: list[str], qtbot: QtBot
) -> None:
    click(panel, "yolo11n@320", qtbot)
    click(panel, "yolox-nano@416", qtbot)
    assert chosen == ["yolo11n@320", "yolox-nano@416"]
    assert [each.choice.argument for each in panel.chips if each.isChecked()] == ["yolo11n@640"]
    panel.show_status("yolox-nano@416", "", ())
    assert [each.choice.argument for each in panel.chips if each.isChecked()] == ["yolox-nano@416"]


def test_a_chip_is_reached_by_tab_and_pressed_by_space(
    panel: ModelsPanel, chosen: list[str], qtbot: QtBot
) -> None:
    target = chip(panel, "yolo11n@416")
    assert target.focusPolicy() == Qt.TabFocus
    qtbot.keyClick(target, Qt.Key_Space)
    assert chosen == ["yolo11n@416"]


def test_the_model_in_use_and_an_unusable_one_are_not_switched_to(
    panel: ModelsPanel, chosen: list[str], qtbot: QtBot
) -> None:
    click(panel, "yolo11n@640", qtbot)
    click(panel, "helmets@640", qtbot)
    assert chosen == []
    assert chip(panel, "yolo11n@640").isChecked()


def test_a_refused_model_says_why_on_its_card_until_it_is_in_use(panel: ModelsPanel) -> None:
    helmets, nano = panel.cards[1], panel.cards[2]
    assert helmets.trouble.text() == "helmets.rknn is for rk3566"
    assert not helmets.chips[0].isEnabled()
    assert not nano.trouble.isVisible()
    panel.show_refusal("yolox-nano", "no head fits")
    panel.show_refusal("yolox-nano@416", "no head fits its outputs")
    assert nano.trouble.isVisible()
    assert nano.trouble.text() == "no head fits its outputs"
    assert nano.chips[0].isEnabled()
    panel.show_status("yolox-nano@416", "", ())
    assert not nano.trouble.isVisible()


def test_the_one_being_loaded_is_marked(panel: ModelsPanel) -> None:
    panel.show_status("yolo11n@416", "yolox-nano@416", ())
    assert chip(panel, "yolo11n@416").isChecked()
    assert chip(panel, "yolox-nano@416").text() == "416  128 fps  …"
    assert "is being loaded" in chip(panel, "yolox-nano@416").toolTip()
    assert panel.loading.text() == "loading yolox-nano@416…"
    panel.show_status("yolox-nano@416", "", ())
    assert not panel.loading.isVisible()


def test_a_name_without_size_is_found_by_what_is_loaded(panel: ModelsPanel) -> None:
    panel.show_status("yolo11n", "", (LoadedModel("yolo11n@640x384", "onnx", 2, None),))
    assert chip(panel, "yolo11n@640x384").isChecked()
    assert panel.neighbour(1) == "yolo11n@640"


def test_a_square_is_no_other_size_where_no_input_fits_the_picture(panel: ModelsPanel) -> None:
    panel.show_choices((*CHOICES[:3], choice("yolo11n@640x640", (640, 640))))
    square = (LoadedModel("yolo11n@640x640", "onnx", 2, None),)
    for asked in ("yolo11n", "yolo11n@640"):
        panel.show_status(asked, "", square)
        assert (panel.neighbour(-1), panel.neighbour(1)) == ("yolo11n@416", None)
    # A clip has both: one fits its pictures.
    panel.show_status("yolo11n", "", (LoadedModel("yolo11n@640", "onnx", 2, None),))
    assert panel.neighbour(1) == "yolo11n@640x640"


@pytest.mark.parametrize("width", [230, 250, 270])
def test_nothing_on_a_card_lies_over_anything_else(
    qapp: QApplication, qtbot: QtBot, width: int
) -> None:
    loaded = (LoadedModel("yolo11n@640x640", "onnx", 2, 126_000_000),)
    sizes = (choice(f"yolo11n@{side}", (side, side)) for side in (320, 416, 640))
    with styled(qapp):
        panel = ModelsPanel()
        panel.show_choices((*sizes, choice("yolo11n@640x640", (640, 640))))
        panel.show_status("yolo11n", "", loaded)
        panel.resize(width, 500)
        with on_screen(panel, qtbot):
            QCoreApplication.processEvents()
            check_card(panel)


def check_card(panel: ModelsPanel) -> None:
    (card,) = panel.cards
    bottom = max(each.geometry().bottom() for each in card.chips)
    assert card.memory.geometry().top() > bottom
    assert card.memory.height() >= card.memory.heightForWidth(card.memory.width())
    assert card.rect().contains(card.memory.geometry())


def test_memory_is_told_on_the_card(panel: ModelsPanel) -> None:
    loaded = (
        LoadedModel("yolo11n@640", "onnx", 2, 35_400_000),
        LoadedModel("yolo11n@320", "onnx", 2, None),
    )
    panel.show_status("yolo11n@640", "", loaded)
    assert panel.cards[0].memory.text().splitlines() == [
        "in memory: yolo11n@640  x2  35 MB",
        "in memory: yolo11n@320  x2",
    ]
    assert not panel.cards[2].memory.isVisible()


def test_a_size_is_shown_beside_the_one_in_use_by_two_clicks_or_with_ctrl(
    panel: ModelsPanel, chosen: list[str], pairs: list[tuple[str, str]], qtbot: QtBot
) -> None:
    panel.beside.trigger()
    click(panel, "yolo11n@320", qtbot)
    assert not panel.beside.isChecked()
    click(panel, "yolox-nano@416", qtbot, Qt.ControlModifier)
    click(panel, "yolo11n@640", qtbot, Qt.ControlModifier)
    assert pairs == [("yolo11n@640", "yolo11n@320"), ("yolo11n@640", "yolox-nano@416")]
    assert chosen == []
    panel.show_choices(())
    assert not panel.beside.isEnabled()


def test_a_search_keeps_numbers_and_clicks_true(
    panel: ModelsPanel, chosen: list[str], qtbot: QtBot
) -> None:
    qtbot.keyClicks(panel.search, "NANO")
    assert [card.name.text() for card in panel.cards] == ["yolox-nano"]
    assert panel.argument_of(5) == "yolox-nano@416"
    click(panel, "yolox-nano@416", qtbot)
    assert chosen == ["yolox-nano@416"]
    panel.search.setText("640")
    assert [each.choice.argument for each in panel.chips] == [
        *("yolo11n@640", "yolo11n@640x384", "helmets@640"),
    ]
    panel.search.clear()
    assert len(panel.chips) == 6


def test_a_model_is_added_from_a_dialog_that_is_not_in_the_way(
    panel: ModelsPanel, qtbot: QtBot, tmp_path: Path
) -> None:
    file = tmp_path / "mine.onnx"
    file.touch()
    panel.add.trigger()
    dialog = panel._dialog
    assert dialog is not None
    with qtbot.waitSignal(panel.add_asked) as asked:
        dialog.fileSelected.emit(str(file))
    dialog.done(QDialog.Accepted)
    assert asked.args == [file]


def test_what_can_be_fetched_is_listed_and_what_is_here_cannot_be(
    panel: ModelsPanel, qtbot: QtBot
) -> None:
    panel.show_fetchable(
        (
            FetchChoice("yolo11n", "AGPL-3.0", "any size", is_here=True),
            FetchChoice("yolox-nano", "Apache-2.0", "416"),
        )
    )
    here, other = panel.fetch_menu.actions()
    assert (here.isEnabled(), other.text()) == (False, "yolox-nano  ·  416  ·  Apache-2.0")
    with qtbot.waitSignal(panel.fetch_asked) as asked:
        other.trigger()
    assert asked.args == ["yolox-nano"]


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


def test_chips_flow_into_rows_of_whole_words_in_a_narrow_drawer(
    panel: ModelsPanel, qtbot: QtBot
) -> None:
    panel.window().resize(230, 560)
    panel.resize(230, 560)
    qtbot.waitUntil(lambda: panel.cards[0].width() < 230)
    assert panel.minimumSizeHint().width() <= 230
    for each in panel.chips:
        card = each.parentWidget()
        assert each.width() >= each.sizeHint().width()
        assert card.rect().contains(each.geometry())
    rows = {each.y() for each in panel.cards[0].chips}
    assert len(rows) > 1


def test_words_follow_the_language(panel: ModelsPanel, qtbot: QtBot) -> None:
    with shouted("ModelsPanel"):
        qtbot.waitUntil(lambda: panel.fetch_menu.title() == "FETCH")
        assert panel.refresh.toolTip() == "LOOK FOR MODELS AGAIN"
