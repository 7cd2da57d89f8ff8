"""The compare panel as its user knows it: real widgets over real benches on a simulated NPU."""

from __future__ import annotations

import csv
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyqtgraph as pg
import pytest
from PyQt5.QtCore import QEvent, QPoint, Qt
from PyQt5.QtGui import QImage
from PyQt5.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from rkvideo.bench.measured_rates import MeasuredRates
from rkvideo.bench.plan import BenchPlan
from rkvideo.bench.report import read_report, to_markdown, write_report
from rkvideo.bench.results import BenchReport, BenchStatus
from rkvideo.data import STAGES, FrameResult
from rkvideo.report.comparison import ComparisonService
from rkvideo.report.whole import JoinedReport
from rkvideo.ui.bench.panel import BenchPanel
from rkvideo.ui.bridge import Bridge
from rkvideo.ui.look import theme
from rkvideo.ui.look.language import switch_language
from tests.helpers.bench_panel_desk import CHOICES, CLIP, CONFIG, IN_FRAMES, A, B, Desk
from tests.helpers.sink_samples import file_size_limit

# The offscreen platform says so of every window that has a smallest size.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")


def test_start_measures_what_is_ticked_and_fills_the_table(desk: Desk) -> None:
    rows_seen: list[int] = []
    desk.panel.table.modelReset.connect(lambda: rows_seen.append(desk.panel.table.rowCount()))
    desk.measure("yolo11n@320", "yolo11n@416", "yolo11n@333", frames=150, repeats=2)
    (plan,) = desk.plans
    assert plan.models == ("yolo11n@320", "yolo11n@416", "yolo11n@333")
    assert (plan.frames, plan.warmup_s, plan.repeats) == (150, 0, 2)
    assert plan.config.source == CLIP
    assert plan.config.filter == CONFIG.filter
    report = desk.panel.report
    titles = ["yolo11n@320x192", "yolo11n@416x256", "yolo11n@333"]
    assert [row.argument for row in report.rows] == list(plan.models)
    assert [row.title for row in report.rows] == titles
    assert all(one.frames == 150 for row in report.rows for one in row.measurements)
    assert desk.titles() == [*titles[:2], f"{titles[2]} (failed)"]
    for number, row in enumerate(report.rows[:2]):
        assert desk.cell(number, "fps") == f"{row.fps:.1f}"
        low, high = row.fps_spread
        assert desk.cell(number, "spread") == f"{low:.1f} to {high:.1f}"
        assert desk.cell(number, "dropped") == "0"
        assert desk.cell(number, "backend") == "simulated"
        assert desk.cell(number, "npu_load") == "–"
    # The rows came one by one.
    assert rows_seen[0] in (1, 2)
    assert rows_seen[-1] == 3
    assert "multiples of 32, not 333" in desk.cell(2, "fps", role=Qt.ToolTipRole)
    assert not desk.panel.is_running


def test_progress_is_told_and_cancel_ends_it(desk: Desk) -> None:
    desk.tick("yolo11n@320", "yolo11n@416")
    desk.ask_for(frames=1_000_000, repeats=3)
    setup = desk.panel.setup
    desk.start()
    assert desk.panel.is_running
    assert setup.cancel_button.isVisible()
    assert not setup.start_button.isVisible()
    assert not setup.models.isEnabled()
    words = f"1 of 6: {desk.plans[0].order()[0]}"
    desk.qtbot.waitUntil(lambda: setup.progress.format() == words)
    desk.qtbot.waitUntil(lambda: desk.panel.titles is not None)
    assert desk.panel.titles.model.startswith(desk.plans[0].models)
    with desk.qtbot.waitSignal(desk.panel.finished):
        desk.qtbot.mouseClick(setup.cancel_button, Qt.LeftButton)
    assert not desk.panel.is_running
    assert setup.start_button.isVisible()
    assert not setup.progress.isVisible()
    assert desk.panel.report is None


def test_the_frames_that_are_measured_are_there_for_the_window(desk: Desk) -> None:
    taken: list[FrameResult | None] = []
    desk.bridge.on_result(lambda: taken.append(desk.bridge.take()))
    desk.measure("yolo11n@320", frames=60)
    assert {result.first.model for result in taken if result} == {"yolo11n@320x192"}


def test_a_bench_that_fails_tells_why_and_brings_the_last_result_back(shown: Desk) -> None:
    shown.panel.show_source("nosuch.mp4")
    shown.tick("yolo11n@320")
    with shown.qtbot.waitSignal(shown.panel.finished):
        shown.start()
    assert "nosuch.mp4: no such file" in shown.panel.setup.message.text()
    assert shown.panel.setup.message.isVisible()
    assert shown.panel.report == A
    assert shown.titles()[0] == "yolo11n@320"


def test_start_needs_a_model(desk: Desk) -> None:
    desk.tick()
    assert not desk.panel.setup.start_button.isEnabled()
    desk.tick("yolo11n@416")
    assert desk.panel.setup.start_button.isEnabled()
    desk.qtbot.mouseClick(desk.panel.setup.all_button, Qt.LeftButton)
    assert desk.panel.setup.ticked() == tuple(choice.argument for choice in CHOICES)
    desk.qtbot.mouseClick(desk.panel.setup.none_button, Qt.LeftButton)
    assert desk.panel.setup._heading.text() == "Tick at least one"
    assert desk.panel.setup.ticked() == ()


def test_ticks_outlive_new_choices_and_a_broken_model_cannot_be_ticked(desk: Desk) -> None:
    desk.tick("yolo11n@416")
    broken = replace(CHOICES[2], trouble="no .rknn file of it")
    desk.panel.show_choices((CHOICES[1], broken))
    assert desk.panel.setup.ticked() == ("yolo11n@416",)
    desk.qtbot.mouseClick(desk.panel.setup.all_button, Qt.LeftButton)
    assert desk.panel.setup.ticked() == ("yolo11n@416",)
    item = desk.panel.setup.models.topLevelItem(1)
    assert item.isDisabled()
    assert item.toolTip(0) == "no .rknn file of it"
    assert [item.text(column) for column in range(4)] == ["yolo11n", "333", "int8", "simulated"]


def test_a_clip_is_measured_in_frames_or_as_if_live_and_a_stream_in_seconds(desk: Desk) -> None:
    setup = desk.panel.setup
    desk.tick("yolo11n@320")
    assert (setup.unit.currentText(), setup.length.value()) == ("seconds", 10)
    setup.unit.setCurrentIndex(IN_FRAMES)
    assert (setup.unit.currentText(), setup.length.value()) == ("frames", 250)
    setup.reading.setCurrentIndex(1)
    assert setup.plan(CONFIG).config.source_options.realtime
    desk.panel.show_source("rtsp://me:secret@host/a")
    assert (setup.unit.currentText(), setup.length.value()) == ("seconds", 10)
    assert not setup.reading.isEnabled()
    assert setup.reading.itemText(0) == "rtsp://me:***@host/a, at its own speed"
    assert "secret" not in setup.reading.itemText(1) + setup.reading.toolTip()
    plan = setup.plan(CONFIG)
    assert (plan.frames, plan.seconds, plan.config.source_options.realtime) == (None, 10, False)


def test_files_of_every_kind_are_exported(shown: Desk) -> None:
    told: list[str] = []
    shown.bridge.told.connect(told.append)
    for number, kind in enumerate(("csv", "json", "md", "png"), start=1):
        shown.panel.bar.export_actions[kind].trigger()
        shown.choose(shown.panel, shown.folder / f"mine.{kind}")
        shown.qtbot.waitUntil(lambda number=number: len(told) == number)
        assert told[-1] == f"written: {shown.folder}/mine.{kind}"
    assert read_report(shown.folder / "mine.json") == A
    assert (shown.folder / "mine.md").read_text() == to_markdown(A)
    with (shown.folder / "mine.csv").open() as file:
        assert [row["fps"] for row in csv.DictReader(file)] == ["105", "42", "60", ""]
    picture = QImage(str(shown.folder / "mine.png"))
    assert picture.width() >= 1400
    assert picture.height() > 520
    colors = {
        picture.pixelColor(x, y).name()
        for x in range(0, picture.width(), 2)
        for y in range(picture.height() - 540, picture.height(), 2)
    }
    # Bars of the stages, the line of the first model.
    assert theme.stage_color("infer").name() in colors
    # Read as fast as possible, a frame waits the longer the faster the others are.
    assert theme.stage_color("wait").name() not in colors
    assert theme.series_color(0).name() in colors


@pytest.mark.parametrize("kind", ["csv", "json", "md", "png"])
def test_an_export_that_cannot_be_written_is_told_with_the_reason(shown: Desk, kind: str) -> None:
    path = shown.folder / "no" / "such" / f"mine.{kind}"
    assert shown.told_of(lambda: shown.panel.export(path)) == (
        f"{path} could not be written: No such file or directory: create the folder, "
        "or write elsewhere"
    )


@pytest.mark.parametrize("kind", ["csv", "json", "md", "png"])
def test_an_export_to_a_full_disk_leaves_the_old_file(shown: Desk, kind: str) -> None:
    path = shown.folder / f"mine.{kind}"
    path.write_text("old")
    with file_size_limit(500):
        words = shown.told_of(lambda: shown.panel.export(path))
    assert words.startswith(f"{path} could not be written: ")
    assert path.read_text() == "old"
    assert [each.name for each in shown.folder.glob("mine*")] == [path.name]


def test_in_chinese_the_kind_of_the_trouble_stands_before_it(shown: Desk) -> None:
    switch_language("zh_CN")
    try:
        words = shown.told_of(lambda: shown.panel.export(shown.folder / "mine.txt"))
    finally:
        switch_language("en")
    assert words.endswith("mine.txt: a comparison is written as .json, .csv, .md")
    assert not words.startswith("mine.txt")


class SlowBench:
    """Stands in for a bench that does not end soon, with rows that are measured."""

    titles = None

    def __init__(self) -> None:
        self.hold = threading.Event()

    def run(self) -> BenchReport:
        self.hold.wait()
        return A

    def report(self) -> BenchReport:
        return A

    def status(self) -> BenchStatus:
        return BenchStatus(A.rows, "", False, 1, 2, 0.5, False)

    def cancel(self) -> None:
        return None


def test_what_was_measured_is_kept_although_the_bench_is_slow_to_end(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = SlowBench()
    monkeypatch.setattr(desk.service, "open", lambda _plan, _observer: bench)
    desk.tick("yolo11n@320")
    desk.start()
    desk.panel.cancel()
    assert desk.bridge.wait_idle(0.5)
    assert desk.bridge.is_measuring
    assert desk.service.last() == JoinedReport((A,))
    with desk.qtbot.waitSignal(desk.panel.finished):
        bench.hold.set()


def test_plots_without_rows_have_no_numbers_at_their_axes(desk: Desk, shown: Desk) -> None:
    empty = BenchPanel(desk.bridge, ComparisonService(CONFIG, folder=desk.folder / "empty"))
    desk.qtbot.addWidget(empty)
    for panel, has_numbers in ((empty, False), (shown.panel, True)):
        for plot in (panel.plots.fps, panel.plots.stages.plot):
            for side in ("left", "bottom"):
                assert plot.getAxis(side).style["showValues"] is has_numbers


def test_a_second_run_is_laid_beside_the_first(shown: Desk) -> None:
    path = write_report(B, shown.folder / "bench.json")
    shown.show(shown.panel, path)
    assert shown.panel.beside == B
    assert shown.titles() == [
        *("yolo11n@320", "yolo11n@640 (throttled)", "yolox@416"),
        "yolo11n@333 (failed)",
    ]
    assert [shown.cell(0, "fps", side) for side in "AB%"] == ["105.0", "210.0", "+100.0"]
    assert [shown.cell(1, "fps", side) for side in "AB%"] == ["42.0", "21.0", "-50.0"]
    assert [shown.cell(2, "fps", side) for side in "AB%"] == ["60.0", "–", "–"]
    heading = shown.panel.view.model().headerData
    assert heading(shown.column_of("fps", "B"), Qt.Horizontal) == "fps\nB"
    shown.panel.export(shown.folder / "both.png")
    shown.qtbot.waitUntil((shown.folder / "both.png").exists)
    shown.panel.bar.close_action.trigger()
    assert shown.panel.beside is None
    assert shown.cell(0, "fps") == "105.0"
    assert not shown.panel.bar.close_action.isVisible()


def test_the_run_that_is_shown_can_be_kept_as_b(shown: Desk) -> None:
    shown.panel.bar.keep_action.trigger()
    assert shown.panel.beside == A
    shown.measure("yolo11n@320")
    assert shown.panel.beside == A
    assert shown.panel.report.source.name == CLIP


def test_what_is_no_result_is_refused_in_words(shown: Desk) -> None:
    (shown.folder / "other.json").write_text("{}")
    words = shown.told_of(lambda: shown.panel.open_beside(shown.folder / "other.json"))
    assert words.startswith("other.json is not the result of a bench")
    assert shown.panel.beside is None


def test_the_last_result_comes_back_with_its_date(desk: Desk) -> None:
    desk.measure("yolo11n@320", frames=150)
    before = desk.panel.report
    again = desk.new_panel()
    desk.qtbot.waitUntil(lambda: again.report is not None)
    assert again.report == before
    assert again.words.heading.text().startswith("last result: ")
    assert CLIP in again.words.heading.text()
    assert not desk.panel.words.heading.text().startswith("last result: ")
    rates = MeasuredRates(desk.folder / "state" / "measured.json")
    # They are written beside the report, by another job of the window.
    desk.qtbot.waitUntil(lambda: ("yolo11n@320", "simulated") in rates.read())
    assert rates.read()["yolo11n@320", "simulated"] == pytest.approx(before.rows[0].fps, abs=0.01)


def test_the_best_is_bold_and_what_is_wrong_is_flagged(shown: Desk) -> None:
    def is_bold(row: int, key: str) -> bool:
        font = shown.cell(row, key, role=Qt.FontRole)
        return font is not None and font.bold()

    assert [is_bold(row, "fps") for row in range(4)] == [True, False, False, False]
    assert [is_bold(row, "infer_p50_ms") for row in range(4)] == [False, False, True, False]
    model = shown.panel.view.model()
    colors = [model.headerData(row, Qt.Vertical, Qt.ForegroundRole) for row in range(4)]
    assert colors == [None, theme.WARNING, None, theme.ERROR]
    assert "held back" in model.headerData(1, Qt.Vertical, Qt.ToolTipRole)
    assert model.headerData(3, Qt.Vertical, Qt.ToolTipRole) == "sides are multiples of 32"


def click_heading(shown: Desk, key: str) -> None:
    header = shown.panel.view.horizontalHeader()
    column = shown.column_of(key)
    shown.panel.view.scrollTo(shown.panel.view.model().index(0, column))
    place = QPoint(header.sectionViewportPosition(column) + 10, header.height() // 2)
    shown.qtbot.mouseClick(header.viewport(), Qt.LeftButton, pos=place)


def test_a_click_on_a_heading_sorts_and_what_is_absent_stays_last(shown: Desk) -> None:
    rising = ["yolo11n@640 (throttled)", "yolox@416", "yolo11n@320", "yolo11n@333 (failed)"]
    orders = []
    for _ in range(2):
        click_heading(shown, "fps")
        orders.append(shown.titles())
    assert sorted(orders) == sorted([rising, [*rising[2::-1], rising[3]]])


def test_the_plots_show_every_row(shown: Desk) -> None:
    def items(kind: type) -> list[pg.GraphicsObject]:
        return [item for item in shown.panel.plots.fps.getPlotItem().items if type(item) is kind]

    first, second = items(pg.PlotDataItem)
    assert first.getData()[0].tolist() == [102.4, 409.6]
    assert first.getData()[1].tolist() == [105.0, 42.0]
    assert second.getData()[1].tolist() == [60.0]
    assert {item.toPlainText() for item in items(pg.TextItem)} == {
        *("320", "yolo11n@640", "yolox@416"),
    }
    spread = items(pg.ErrorBarItem)[0].opts
    assert spread["top"].tolist() == spread["bottom"].tolist() == [5.0, 2.0]
    stages = shown.panel.plots.stages.plot.getPlotItem()
    bars = [item for item in stages.items if isinstance(item, pg.BarGraphItem)]
    assert len(bars) == len(STAGES) - 1
    assert 20.0 not in {length for bar in bars for length in bar.opts["width"].tolist()}
    assert bars[2].opts["x0"].tolist() == [0.5] * 3
    write_report(B, shown.folder / "bench.json")
    shown.show(shown.panel, shown.folder / "bench.json")
    dashed = items(pg.PlotDataItem)[-1]
    assert dashed.opts["pen"].style() == Qt.DashLine
    assert dashed.getData()[1].tolist() == [210.0, 21.0]


@pytest.mark.parametrize(
    ("size", "is_beside", "plots_beside"),
    [((460, 640), False, False), ((1280, 320), True, True), ((1280, 700), True, False)],
)
def test_the_parts_find_room_in_every_dock(
    shown: Desk, size: tuple[int, int], is_beside: bool, plots_beside: bool
) -> None:
    panel = shown.panel
    panel.resize(*size)
    QApplication.processEvents()
    assert (panel.width(), panel.height()) == size
    setup, results = panel.setup.geometry(), panel.plots.parentWidget().geometry()
    assert (setup.right() < results.left()) is is_beside
    assert (setup.bottom() < results.top()) is not is_beside
    view, plots = panel.view.parentWidget().geometry(), panel.plots.geometry()
    assert (view.right() < plots.left()) is plots_beside
    assert (view.bottom() < plots.top()) is not plots_beside
    assert panel.view.height() > 80
    assert panel.plots.fps.isVisible()
    assert panel.plots.stages.isVisible() is (panel.plots.width() >= 720)


def test_in_a_drawer_the_choice_has_the_room_until_there_is_a_result(desk: Desk) -> None:
    panel, models = desk.panel, desk.panel.setup.models
    panel.resize(272, 640)
    QApplication.processEvents()
    last = models.topLevelItem(models.topLevelItemCount() - 1)
    assert models.topLevelItemCount() == 3
    assert models.viewport().rect().contains(models.visualItemRect(last))
    assert (panel.view.isVisible(), panel.plots.isVisible()) == (False, False)
    write_report(B, desk.folder / "bench.json")
    panel.open_result(desk.folder / "bench.json")
    desk.qtbot.waitUntil(panel.view.isVisible)
    assert panel.plots.isVisible()
    # The sentence takes lines at this width, and the table and the bar stay below it.
    desk.qtbot.waitUntil(lambda: panel.words.height() >= panel.words.heightForWidth(250))
    assert panel.words.geometry().bottom() < panel.view.geometry().top()
    assert panel.view.height() >= 100
    assert panel.view.geometry().bottom() < panel.bar.geometry().top()


def test_a_plot_that_is_too_narrow_for_a_whole_name_has_the_size(shown: Desk) -> None:
    panel = shown.panel

    def labels() -> set[str]:
        fps = panel.plots.fps.getPlotItem()
        return {item.toPlainText() for item in fps.items if isinstance(item, pg.TextItem)}

    for width, has_names in ((1280, True), (230, False), (1280, True)):
        panel.resize(width, 700)
        QApplication.processEvents()
        assert any("@" in words for words in labels()) is has_names


def test_a_column_that_says_the_same_of_all_models_is_left_out_in_a_drawer(desk: Desk) -> None:
    setup = desk.panel.setup
    kinds = {choice.backend for choice in setup._choices}
    desk.panel.resize(272, 640)
    QApplication.processEvents()
    assert setup.models.isColumnHidden(3) is (len(kinds) == 1)
    desk.panel.resize(1280, 320)
    QApplication.processEvents()
    assert not setup.models.isColumnHidden(3)


def test_the_words_follow_the_language(shown: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def twice(_self: object, text: str, *_rest: object) -> str:
        return f"{text} {text}"

    parts = (shown.panel, shown.panel.setup, shown.panel.setup.quality, shown.panel.bar)
    for widget in parts:
        monkeypatch.setattr(type(widget), "tr", twice)
    for widget in parts:
        QApplication.sendEvent(widget, QEvent(QEvent.LanguageChange))
    assert shown.panel.bar.keep_action.text() == "Keep as B Keep as B"
    assert shown.panel.setup.start_button.text() == "Start Start"
    assert shown.panel.setup._heading.text() == "Tick at least one Tick at least one"
    assert shown.panel.setup.quality.kind.itemText(0) == "fps only fps only"


def test_headings_are_asked_for_again_in_a_new_language(shown: Desk, desk: Desk) -> None:
    empty = BenchPanel(desk.bridge, ComparisonService(CONFIG, folder=desk.folder / "empty"))
    desk.qtbot.addWidget(empty)
    asked: list[int] = []
    for panel in (shown.panel, empty):
        panel.view.model().headerDataChanged.connect(lambda way, *_: asked.append(way))
        asked.clear()
        QApplication.sendEvent(panel.view, QEvent(QEvent.LanguageChange))
        assert Qt.Horizontal in asked


def test_start_only_asks_and_the_window_decides(qtbot: QtBot, tmp_path: Path) -> None:
    bridge = Bridge()
    panel = BenchPanel(bridge, ComparisonService(CONFIG, folder=tmp_path))
    qtbot.addWidget(panel)
    panel.show_choices(CHOICES)
    panel.setup.models.topLevelItem(0).setCheckState(0, Qt.Checked)
    check: Callable[[BenchPlan], bool] = lambda plan: plan.models == ("yolo11n@320",)  # noqa: E731
    with qtbot.waitSignal(panel.start_asked, check_params_cb=check):
        panel.setup.start_button.click()
    assert not panel.is_running
    assert bridge.wait_idle(10)
