"""The folder of a report: what is put in comes out, and nothing of it is lost."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from rkvideo.errors import ConfigError, SinkOpenError, SinkWriteError
from rkvideo.report.folder import MADE, ReportFolder, read_whole
from rkvideo.report.whole import JoinedReport
from tests.helpers.bench_samples import a_report, a_row
from tests.helpers.report_samples import HOSTILE, a_bench, a_whole_report, an_agreement
from tests.helpers.sink_samples import file_size_limit

WHOLE = a_whole_report()
assert WHOLE.evaluation is not None


@pytest.mark.parametrize("is_bench_first", [True, False])
def test_a_bench_and_an_evaluation_join_whichever_comes_first(
    tmp_path: Path, is_bench_first: bool
) -> None:
    folder = ReportFolder.named(tmp_path / "new" / "r", "bench")
    steps = [lambda: folder.add_bench(a_bench()), lambda: folder.add_evaluation(WHOLE.evaluation)]
    for step in steps if is_bench_first else reversed(steps):
        step()
    names = sorted(path.name for path in folder.folder.iterdir())
    assert names == sorted((*MADE, "bench.json", "eval.json"))
    assert folder.read() == read_whole(folder.folder) == WHOLE
    content = json.loads((folder.folder / "report.json").read_text())
    assert content["sentence"].startswith("yolo11n@416 is 1.9 times as fast as @640")
    assert content["pareto_front"] == ["yolo11n@640 rknn", "yolo11n@416 rknn"]
    first, _, last = content["rows"]
    assert (first["fps"], first["ap"], first["speed"]["figures"]["fps_max"]) == (105, None, 110)
    assert (last["ap"], last["counts"][1]["missed"], last["speed"]["workers"]) == (0.4, 76, 6)
    assert last["network"]["gflops"] == pytest.approx(6.5425, abs=1e-4)
    lines = list(csv.DictReader((folder.folder / "report.csv").read_text().splitlines()))
    assert [(line["model"], line["fps"], line["correct"]) for line in lines] == [
        ("yolo11n@320", "105", ""),
        *[("yolo11n@416", "76", "110")] * 2,
        *[("yolo11n@640", "40", "124")] * 2,
    ]
    markdown = (folder.folder / "report.md").read_text().splitlines()
    assert markdown[0].startswith("**yolo11n@416 is 1.9 times")
    assert "| yolo11n@640 | rknn | 40.0 | 40.0 | 50.0 | 0.5 | 124 | 10 | 76 |" in markdown[6]


def test_an_agreement_is_kept_beside_a_bench(tmp_path: Path) -> None:
    folder = ReportFolder(tmp_path / "r")
    folder.add_bench(a_bench())
    written = folder.add_evaluation(an_agreement(HOSTILE))
    assert written[-1].name == "agreement.json"
    assert folder.read() == JoinedReport((a_bench(),), agreement=an_agreement(HOSTILE))
    assert "<script>alert" not in (folder.folder / "report.html").read_text()


def test_a_second_bench_has_a_file_of_its_own(tmp_path: Path) -> None:
    folder = ReportFolder(tmp_path / "r")
    folder.add_bench(a_bench())
    first = (folder.folder / "bench.json").read_bytes()
    written = folder.add_bench(a_report(a_row("yolox", 416, 20.0)))
    assert written[-1].name == "bench-2.json"
    assert (folder.folder / "bench.json").read_bytes() == first
    assert [row.title for row in folder.read().rows][-1] == "yolox@416"


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text("mine")
    with pytest.raises(SinkOpenError, match="is not empty and holds no report"):
        ReportFolder.named(tmp_path, "eval")
    with pytest.raises(SinkOpenError, match="is no folder"):
        ReportFolder.named(tmp_path / "report.json", "eval")
    with pytest.raises(ConfigError, match=r"holds no bench\.json"):
        read_whole(tmp_path)


def test_what_cannot_be_written_whole_is_not_written(tmp_path: Path) -> None:
    folder = ReportFolder(tmp_path / "r")
    with file_size_limit(4_000), pytest.raises(SinkWriteError, match="could not be written"):
        folder.add_bench(a_bench())
    assert list(folder.folder.iterdir()) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t[:90],
        lambda t: "[]",
        lambda t: t.replace("rows", "r"),
        lambda t: t.replace('"row": 1', '"row": 7'),
        lambda t: t.replace('"width": 640', '"width": 0'),
    ],
)
def test_a_damaged_part_is_told_in_a_line(tmp_path: Path, change) -> None:
    folder = ReportFolder(tmp_path / "r")
    folder.add_evaluation(WHOLE.evaluation)
    place = folder.folder / "eval.json"
    place.write_text(change(place.read_text()))
    with pytest.raises(ConfigError, match=r"eval\.json is not") as refused:
        read_whole(folder.folder)
    assert "\n" not in str(refused.value)


def test_words_of_strangers_do_not_break_out_of_the_files(tmp_path: Path) -> None:
    folder = ReportFolder(tmp_path / "r")
    folder.add_evaluation(a_whole_report(HOSTILE).evaluation)
    html = (folder.folder / "report.html").read_text()
    assert "<script>alert" not in html
    assert html.count("<script>") == 1
    assert html.count("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#x27;&quot;") > 2
    content = json.loads((folder.folder / "report.json").read_text())
    assert content["worst"][0]["name"] == HOSTILE
