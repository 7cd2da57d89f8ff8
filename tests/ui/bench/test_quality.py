"""AP, or agreement with a stronger model, beside fps: real models over real pictures."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PyQt5.QtCore import Qt
from PyQt5.QtGui import QDesktopServices
from pytestqt.qtbot import QtBot

from rkvideo.bench.pairs import paired
from rkvideo.config import AppConfig, DetectionFilter, ModelChoice
from rkvideo.evaluation.agreeing import TITLES
from rkvideo.evaluation.agreement import AgreementReport
from rkvideo.evaluation.data_set import read_data_set
from rkvideo.evaluation.job import EvalJob
from rkvideo.evaluation.plan import EvalPlan
from rkvideo.evaluation.results import EvalReport
from rkvideo.evaluation.unlabelled import read_unlabelled
from rkvideo.report.folder import ReportFolder
from rkvideo.report.front import front_of, sentence
from rkvideo.report.whole import JoinedReport
from rkvideo.ui.bench.columns import TITLES as HEADINGS
from rkvideo.ui.bench.columns import BesideFps, fields_of
from rkvideo.ui.bench.pareto import Pareto
from rkvideo.ui.bench.quality_setup import AGREEMENT, LABELLED, NONE, references
from rkvideo.ui.bench.sentence import sentence_of
from tests.helpers.bench_panel_desk import Desk
from tests.helpers.bench_samples import a_report, a_row
from tests.helpers.labelled_samples import Drawn, coco_set, planted_detector
from tests.helpers.paths import ROOT
from tests.helpers.patience import PATIENCE_MS
from tests.helpers.report_samples import a_bench, a_whole_report, an_agreement

CAT, DOG, PAD = (20, 30, 120, 200), (150, 40, 300, 220), 40
ELSEWHERE = (0, 0, 60, 60)
BOXES = [(20, 30 + PAD, 120, 200 + PAD, 0.9, 0), (150, 40 + PAD, 300, 220 + PAD, 0.6, 1)]
YOLO = ROOT / "models" / "yolo11n.onnx"
BIKES = ROOT / "models" / "clips" / "bikes.mp4"
CONFIDENCE = 0.3


def config(source: str) -> AppConfig:
    return AppConfig(source, backend="onnx", filter=DetectionFilter(confidence=CONFIDENCE))


def choice(argument: str, side: int = 320, *, fits: bool = False) -> ModelChoice:
    name = argument.partition("@")[0]
    return ModelChoice(argument, name, (side, side), "fp32", "onnx", "MIT", fits=fits)


def drawn(count: int) -> tuple[Drawn, ...]:
    """Pictures with a cat and a dog, whose cat is at another place in each third one."""
    return tuple(
        Drawn(f"{number:03}.jpg", (320, 240), ((*(CAT if number % 3 else ELSEWHERE), 0), (*DOG, 1)))
        for number in range(count)
    )


@pytest.fixture
def open_desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    made: list[Desk] = []

    def make(source: str, *choices: ModelChoice) -> Desk:
        desk = Desk(qtbot, tmp_path, config(source), choices)
        desk.tick(*(each.argument for each in choices))
        desk.panel.setup.length.setValue(1)
        desk.panel.setup.warmup.setValue(0)
        desk.panel.setup.repeats.setValue(1)
        made.append(desk)
        return desk

    yield make
    for desk in made:
        desk.panel.cancel()
        assert desk.bridge.wait_idle(30)


@pytest.fixture
def planted(tmp_path: Path) -> tuple[ModelChoice, ModelChoice]:
    """A model with a cat and a dog, and one with the cat alone."""
    more = planted_detector(tmp_path / "more.onnx", BOXES)
    less = planted_detector(tmp_path / "less.onnx", BOXES[:1])
    return choice(str(more)), choice(str(less))


def measure(desk: Desk) -> JoinedReport:
    with desk.qtbot.waitSignal(desk.panel.measured, timeout=2 * PATIENCE_MS):
        desk.start()
    assert desk.panel.result is not None
    return desk.panel.result


def headings(desk: Desk) -> list[str]:
    model = desk.panel.view.model()
    return [
        model.headerData(column, Qt.Horizontal)
        for column in range(model.columnCount())
        if not desk.panel.view.isColumnHidden(column)
    ]


def test_the_table_has_what_the_evaluation_says_of_the_same_data(
    open_desk: Callable[..., Desk],
    planted: tuple[ModelChoice, ModelChoice],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = coco_set(tmp_path / "set", drawn(12)).parent
    desk = open_desk("pattern:320x192@50", *planted)
    assert desk.panel.setup.quality.chosen == NONE
    desk.panel.setup.quality.kind.setCurrentIndex(LABELLED)
    desk.panel.setup.quality.folder.setText(str(data))
    result = measure(desk)
    rows = tuple((each.argument, "onnx") for each in planted)
    plan = EvalPlan(config("x"), rows, (CONFIDENCE,))
    told = EvalJob(plan, read_data_set(data), tmp_path / "told").run()
    assert isinstance(told, EvalReport)
    keys = ("ap", "ap50", "correct", "false", "missed")
    for number, row in enumerate(told.rows):
        (at,) = row.counts
        assert row.watch is not None
        assert [desk.cell(number, key) for key in keys] == [
            *(f"{100 * row.watch.ap:.1f}", f"{100 * row.watch.ap50:.1f}"),
            *map(str, (at.correct, at.false, at.missed)),
        ]
        low, high = (f"{100 * end:.1f}" for end in (row.interval.low, row.interval.high))
        tip = desk.cell(number, "ap", role=Qt.ToolTipRole)
        assert tip == f"{low} to {high} in 95 of 100 draws of the pictures"
        assert desk.cell(number, "interval") == f"{low} to {high}"
    # Eight of twelve cats are where both have them, and each dog for who has dogs.
    assert [desk.cell(number, "correct") for number in (0, 1)] == ["20", "8"]
    assert headings(desk)[1:6] == [
        *("AP50-95\n%", "AP50\n%", "correct\nat 0.3", "false\nat 0.3", "missed\nat 0.3")
    ]
    assert "agreement" not in " ".join(headings(desk))
    assert "AP on instances (COCO), 12 pictures" in desk.panel.words.heading.text()
    assert desk.panel.words.sentence.text() == sentence(result.rows)

    # What is exported says the same, and comes back.
    for kind in ("csv", "json", "md", "png"):
        path = tmp_path / f"mine.{kind}"
        desk.panel.export(path)
        desk.qtbot.waitUntil(path.is_file)
    assert desk.bridge.wait_idle(30)
    lines = list(csv.DictReader((tmp_path / "mine.csv").read_text().splitlines()))
    assert [line["correct"] for line in lines] == ["20", "8"]
    assert {(line["data"], line["protocol"]) for line in lines} == {("instances", "watch")}
    assert desk.service.load(tmp_path / "mine.json") == result
    assert "Protocol watch: one class a cell" in (tmp_path / "mine.md").read_text()
    again = desk.new_panel()
    desk.qtbot.waitUntil(lambda: again.result is not None)
    assert again.result == result

    # The report has the boxes too, and a second click opens the same one.
    opened: list[str] = []
    monkeypatch.setenv("XDG_VIDEOS_DIR", str(tmp_path / "videos"))
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    for count in (1, 2):
        desk.panel.bar.page_action.trigger()
        desk.qtbot.waitUntil(lambda count=count: len(opened) == count)
    assert opened[0] == opened[1]
    folder = Path(opened[0]).parent
    assert folder.is_relative_to(tmp_path / "videos")
    assert ReportFolder(folder).read() == result
    assert len(list((folder / "predictions").iterdir())) == 2


def test_agreement_is_measured_on_the_clip_and_never_called_accuracy(
    open_desk: Callable[..., Desk], tmp_path: Path
) -> None:
    sizes = (160, 224)
    desk = open_desk(str(BIKES), *(choice(f"yolo11n@{side}", side, fits=True) for side in sizes))
    quality = desk.panel.setup.quality
    quality.kind.setCurrentIndex(AGREEMENT)
    assert quality.reference.currentText() == "yolo11n@1280"
    assert quality.kind.currentText() == "agreement with yolo11n@1280 on this clip"
    assert quality.pictures.value() == 60
    quality.reference.insertItem(0, "yolo11n@320")
    quality.reference.setCurrentIndex(0)
    quality.pictures.setValue(6)
    result = measure(desk)
    plan = EvalPlan(config(str(BIKES)), tuple((f"yolo11n@{side}", "onnx") for side in sizes), (CONFIDENCE,))  # fmt: skip # noqa: E501
    job = EvalJob(plan, read_unlabelled(BIKES, 6), tmp_path / "told", against=("yolo11n@320", "onnx"))  # fmt: skip # noqa: E501
    told = job.run()
    assert isinstance(told, AgreementReport)
    for number, row in enumerate(told.rows):
        (at,) = row.at
        assert desk.cell(number, "agreement") == f"{100 * at.share:.1f}"
        keys = ("both", "only_row", "only_reference")
        counts = (at.both, at.only_row, at.only_reference)
        assert [desk.cell(number, key) for key in keys] == [str(count) for count in counts]
    assert result.agreement is not None
    assert result.agreement.pictures == 6
    pareto = Pareto.of(result, None)
    assert not pareto.is_ap
    assert len(pareto.points) == 2
    desk.panel.export(tmp_path / "mine.csv")
    desk.panel.export(tmp_path / "mine.md")
    assert desk.bridge.wait_idle(30)
    desk.panel.bar.more_action.trigger()
    words = [
        *headings(desk),
        desk.panel.words.sentence.text(),
        desk.panel.words.heading.text(),
        (tmp_path / "mine.csv").read_text(),
        (tmp_path / "mine.md").read_text(),
    ]
    for text in words:
        plain = text.lower().replace("not accuracy", "")
        assert "accuracy" not in plain
        assert "ap50" not in plain
        assert "correct" not in plain
        assert "missed" not in plain
    assert "it is not accuracy" in desk.panel.words.heading.text()
    assert "agreement" in (tmp_path / "mine.csv").read_text().splitlines()[0].split(",")


def test_the_words_of_agreement_are_those_of_the_report() -> None:
    own = [HEADINGS[key] for key in ("agreement", "both", "only_row", "only_reference")]
    plain = [text.replace("\n", " ").removesuffix(" at {confidence}") for text in own]
    assert plain == [title for title in TITLES if title in plain]


@pytest.mark.parametrize("what", ["nothing", "empty"])
def test_a_wrong_folder_is_told_in_one_line_before_anything_is_measured(
    open_desk: Callable[..., Desk], planted: tuple[ModelChoice, ModelChoice], what: str
) -> None:
    desk = open_desk("pattern:320x192@50", *planted)
    place = desk.folder / what
    if what == "empty":
        place.mkdir()
    desk.panel.setup.quality.kind.setCurrentIndex(LABELLED)
    desk.start()
    assert desk.panel.setup.message.text() == "choose the folder of labelled pictures first"
    desk.panel.setup.quality.folder.setText(str(place))
    desk.start()
    message = desk.panel.setup.message
    desk.qtbot.waitUntil(lambda: message.text().startswith(str(place)))
    assert "\n" not in message.text()
    assert "--" not in message.text()
    assert desk.plans == []
    assert not desk.panel.is_running
    assert desk.panel.setup.start_button.isEnabled()


def test_stop_keeps_the_rows_that_are_done(
    open_desk: Callable[..., Desk], planted: tuple[ModelChoice, ModelChoice], tmp_path: Path
) -> None:
    # A row takes longer than it takes to notice that it is not wanted any more.
    pictures = 900
    data = coco_set(tmp_path / "set", drawn(pictures)).parent
    desk = open_desk("pattern:320x192@50", *planted)
    desk.panel.setup.quality.kind.setCurrentIndex(LABELLED)
    desk.panel.setup.quality.folder.setText(str(data))
    desk.start()
    status = desk.panel._turn.status
    desk.qtbot.waitUntil(lambda: status()[0].done > pictures, timeout=2 * PATIENCE_MS)
    assert desk.panel.is_running
    with desk.qtbot.waitSignal(desk.panel.finished, timeout=2 * PATIENCE_MS):
        desk.qtbot.mouseClick(desk.panel.setup.cancel_button, Qt.LeftButton)
    result = desk.panel.result
    assert result is not None
    assert [bool(row.measurements) for row in result.benches[0].rows] == [True, True]
    assert result.evaluation is not None
    assert [row.argument for row in result.evaluation.rows] == [planted[0].argument]
    assert result.evaluation.data.pictures == pictures
    assert [desk.cell(number, "correct") for number in (0, 1)] == ["1500", "–"]


def test_the_front_is_that_of_the_report_and_one_name_is_whole() -> None:
    report = a_whole_report()
    pareto = Pareto.of(report, None)
    assert pareto.is_ap
    (front,) = pareto.fronts
    assert len(front) == len(front_of(report.rows)) == 2
    assert [point.name for point in front] == ["yolo11n@640", "416"]
    assert [point.quality for point in front] == pytest.approx([40, 36])
    assert front[0].interval == pytest.approx((38, 42))
    assert Pareto.of(None, None).points == ()


@pytest.mark.parametrize(
    "report", [a_whole_report(), JoinedReport((a_bench(),), None, an_agreement())]
)
def test_the_sentence_is_that_of_the_page(report: JoinedReport) -> None:
    assert sentence_of(report.benches[0].rows, report) == sentence(report.rows) != ""


def test_the_strongest_of_the_family_is_offered_first() -> None:
    choices = (
        choice("a@640", 640, fits=True),
        choice("a@320", 320, fits=True),
        choice("b@960", 960),
        choice("b@320", 320),
    )
    assert references(choices, "a@320") == ("a@1280", "a@640", "a@320", "b@960", "b@320")
    assert references(choices, "b@320")[0] == "b@960"
    assert references((), "a") == ()


def test_a_damaged_export_is_refused(tmp_path: Path, open_desk: Callable[..., Desk]) -> None:
    desk = open_desk("pattern:320x192@50")
    path = desk.service.export(a_whole_report(), tmp_path / "mine.json")
    content = json.loads(path.read_text())
    content["evaluation"]["rows"] = 3
    path.write_text(json.dumps(content))
    assert "mine.json is damaged" in desk.told_of(lambda: desk.panel.open_beside(path))
    assert desk.panel.beside is None


def test_the_row_that_the_others_are_laid_beside_is_named_so() -> None:
    bench = a_report(a_row("yolo11n", 1280, 9.0), a_row("yolo11n", 320, 100.0))
    beside = BesideFps.of(JoinedReport((bench,), None, an_agreement()), None)
    (column,) = (each for each in fields_of(beside, has_b=False) if each.key == "agreement")
    assert [column.text(pair) for pair in paired(bench.rows, ())] == ["reference", "60.0"]
