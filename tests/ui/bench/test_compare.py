"""What a comparison opens with, and what it says: the panel over rows that are known."""

from __future__ import annotations

import csv
import io
import itertools
from dataclasses import replace

import pytest
from PyQt5.QtWidgets import QApplication, QFileDialog

from rkvideo.bench.report import to_csv, to_markdown
from rkvideo.bench.verdict import verdict_of
from rkvideo.config import ModelChoice
from rkvideo.ui.bench.sentence import sentence_of, sentence_of_pair
from rkvideo.ui.bench.setup import compared_with
from tests.helpers.bench_panel_desk import RESULT_A, RESULT_B, A, B, Desk
from tests.helpers.bench_samples import a_failed_row, a_row


def choice(argument: str, side: int, trouble: str = "") -> ModelChoice:
    name = argument.partition("@")[0]
    return ModelChoice(argument, name, (side, side), "int8", "onnx", "MIT", trouble=trouble)


LADDER = (
    choice("a@640", 640),
    choice("a@320", 320),
    choice("b@320", 320),
    choice("a@416", 416),
    choice("a@224", 224, "no such file"),
    choice("a@1280", 1280),
)


@pytest.mark.parametrize(
    ("in_use", "proposed"),
    [
        ("a@640", {"a@320", "a@416", "a@640"}),
        ("a@416", {"a@320", "a@416"}),
        # One row alone is no comparison.
        ("a@320", {"a@320", "a@416"}),
        ("a@1280", {"a@320", "a@416", "a@640", "a@1280"}),
        # 640 that is fitted to a wide picture.
        ("a@640x384", {"a@320", "a@416", "a@640"}),
        ("a", {"a@320", "a@416", "a@640", "a@1280"}),
        ("b@320", {"b@320"}),
        ("c@640", set()),
    ],
)
def test_the_model_in_use_is_compared_with_its_smaller_sizes(
    in_use: str, proposed: set[str]
) -> None:
    assert compared_with(LADDER, in_use) == proposed


def test_it_opens_ready_and_leaves_what_was_ticked_by_hand(desk: Desk) -> None:
    setup = desk.panel.setup
    assert not setup.start_button.isEnabled()
    desk.panel.show_in_use("yolo11n@416")
    assert setup.ticked() == ("yolo11n@320", "yolo11n@416", "yolo11n@333")
    assert setup.start_button.isEnabled()
    assert (setup.unit.currentText(), setup.length.value()) == ("seconds", 10)
    desk.panel.show_in_use("yolo11n@320")
    assert setup.ticked() == ("yolo11n@320", "yolo11n@333")
    desk.tick("yolo11n@333")
    desk.panel.show_in_use("yolo11n@416")
    assert setup.ticked() == ("yolo11n@333",)


def test_the_result_is_a_sentence() -> None:
    rows = (a_row("yolo11n", 320, 105.0), a_row("yolo11n", 640, 42.0))
    few = tuple(
        replace(row, same_boxes=boxes, same_frames=40)
        for row, boxes in zip(rows, (11.04, 17.0), strict=True)
    )
    assert sentence_of(few) == (
        "320 is 2.50 times as fast as 640. 320 finds 11.0 boxes a frame, 640 17.0."
    )
    other = (few[0], replace(few[1], same_frames=39))
    assert sentence_of(other).endswith("640 17.0. They saw other frames.")
    assert sentence_of((few[0], a_row("yolox", 320, 42.0))).startswith(
        "yolo11n@320 is 2.50 times as fast as yolox@320."
    )
    assert sentence_of(rows[:1]) == ""
    verdict = verdict_of(few)
    assert verdict is not None
    assert (verdict.factor, verdict.boxes, verdict.same_frames) == (2.5, (11.04, 17.0), True)


def test_what_the_result_says_of_two_models_alone() -> None:
    rows = (a_row("yolo11n", 320, 105.0), a_row("yolo11n", 416, 84.0), a_row("yolo11n", 640, 42.0))
    titles = [row.title for row in rows]
    assert sentence_of_pair(rows, None, (titles[2], titles[1])) == (
        "416 is 2.00 times as fast as 640. 416 finds 4.2 boxes a frame, 640 4.2. "
        "They saw other frames."
    )
    assert sentence_of_pair(rows, None, (titles[0], "yolox@416")) == ""
    failed = a_failed_row("yolo11n@333", "sides are multiples of 32")
    assert sentence_of_pair((*rows, failed), None, (titles[0], failed.title)) == ""


def test_the_panel_says_what_its_result_says_of_two_models(shown: Desk) -> None:
    titles = [row.title for row in A.rows]
    assert shown.panel.sentence_on(titles[1], titles[0]) == sentence_of(A.rows[:2])
    assert shown.panel.sentence_on(titles[1], "yolox@640") == ""


def shown_keys(desk: Desk) -> list[str]:
    view, fields = desk.panel.view, desk.panel.table._fields
    return [field.key for number, field in enumerate(fields) if not view.isColumnHidden(number)]


def test_what_decides_comes_first_and_what_is_empty_never(shown: Desk) -> None:
    assert shown_keys(shown) == ["fps", "infer_p50_ms", "latency_p50_ms", "detections", "cpu_ms"]
    shown.panel.bar.more_action.trigger()
    keys = shown_keys(shown)
    assert keys[:5] == ["fps", "infer_p50_ms", "latency_p50_ms", "detections", "cpu_ms"]
    assert {"spread", "memory_mb", "backend", "input"} <= set(keys)
    absent = [key for key in keys if all(shown.cell(row, key) == "\u2013" for row in range(4))]
    assert absent == []


def test_exports_are_named_after_source_and_date_and_hold_both_runs(shown: Desk) -> None:
    shown.panel._show_b(RESULT_B)
    shown.panel.bar.export_actions["csv"].trigger()
    dialog = shown.panel.findChild(QFileDialog)
    (offered,) = dialog.selectedFiles()
    assert offered == str(
        shown.service.export_folder() / shown.service.export_name(RESULT_A, "csv")
    )
    assert shown.service.export_name(RESULT_A, "csv").endswith(".csv")
    dialog.reject()
    rows = list(csv.DictReader(io.StringIO(to_csv(A, B))))
    assert [row["run"] for row in rows] == ["A"] * len(A.rows) + ["B"] * len(B.rows)
    assert {row["made_at"] for row in rows} == {A.made_at, B.made_at}
    assert all(A.machine.system in row["machine"] for row in rows)
    assert {row["version"] for row in rows} == {A.version}


def test_the_table_is_copied_as_markdown(shown: Desk) -> None:
    shown.panel.bar.copy_action.trigger()
    clipboard = QApplication.clipboard()
    assert clipboard.text() == to_markdown(A)
    shown.panel._show_b(RESULT_B)
    shown.panel.bar.copy_action.trigger()
    assert clipboard.text() == to_markdown(A, B)
    assert "| yolo11n@320 | 105.0 | 210.0 | +100.0 % |" in clipboard.text()


def test_buttons_without_words_can_be_told_apart(shown: Desk) -> None:
    bar = shown.panel.bar
    actions = (bar.open_action, bar.keep_action, bar.more_action, bar.page_action, bar.copy_action)
    pictures = [
        action.icon().pixmap(18, 18).toImage()
        for action in (*actions, *bar.export_actions.values())
    ]
    assert not any(one == other for one, other in itertools.combinations(pictures, 2))
