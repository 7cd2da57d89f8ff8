"""`main.py eval` as a user meets it, with a detector whose boxes are known."""

from __future__ import annotations

import csv
import json
import signal
from pathlib import Path

import pytest

from tests.e2e.test_cli import error_line
from tests.helpers.labelled_samples import Drawn, coco_set, planted_detector, yolo_set
from tests.helpers.reference_evaluation import pycocotools_evaluation
from tests.helpers.video_samples import orient_jpeg

# The pictures are 320x240, the input 320x320: the letterbox pad above is 40 pixels.
PAD = 40
CAT, DOG, LONE = (20, 30, 120, 200), (150, 40, 300, 220), (5, 5, 45, 25)
BOXES = [
    (20, 30 + PAD, 120, 200 + PAD, 0.9, 0),
    (150, 40 + PAD, 300, 220 + PAD, 0.6, 1),
    (5, 5 + PAD, 45, 25 + PAD, 0.3, 2),
]
SIZE = (320, 240)
DRAWN = (
    Drawn("a.jpg", SIZE, ((*CAT, 0),)),
    Drawn("b.jpg", SIZE, ((*CAT, 0), (*DOG, 0))),
    Drawn("empty.jpg", SIZE, ()),
    Drawn("c.jpg", SIZE, ((*DOG, 1), (*LONE, 2))),
)
# Correct, false, missed of the five targets in the four pictures, each with all three boxes.
COUNTS = {0.25: (4, 8, 1), 0.5: (3, 5, 2), 0.63: (2, 2, 3), 0.8: (2, 2, 3)}


@pytest.fixture
def detector(tmp_path):
    return planted_detector(tmp_path / "best.onnx", BOXES)


@pytest.fixture
def evaluate(tmp_path, main):
    def evaluate(*words, out="report"):
        options = ("--data", "set", "--models", "best.onnx", "--draws", "20", "--out", out)
        return main("eval", *options, *words, cwd=tmp_path)

    return evaluate


def report_of(tmp_path, out="report"):
    return json.loads((tmp_path / out / "report.json").read_text())


@pytest.mark.parametrize("make", [coco_set, yolo_set])
def test_the_figures_of_known_boxes(tmp_path, detector, evaluate, make):
    make(tmp_path / "set", DRAWN)
    code, out, err = evaluate()
    assert code == 0, err
    report = report_of(tmp_path)
    (row,) = report["rows"]
    assert (row["title"], row["backend"]) == ("best@320x320", "onnx")
    assert report["data"]["pictures"] == 4
    for at in row["counts"]:
        found = (at["correct"], at["false"], at["missed"])
        assert (at["targets"], found) == (5, COUNTS[at["confidence"]])
    assert row["counts"][0]["worst_false"] == pytest.approx(0.9, abs=1e-4)
    assert [each["name"] for each in row["classes"]] == ["cat", "dog", "bird"]
    assert row["classes"][1]["counts"][0]["correct"] == 1
    assert row["speed"] is None
    assert row["infer_ms"] > 0
    lines = list(csv.DictReader((tmp_path / "report/report.csv").read_text().splitlines()))
    assert [int(line["correct"]) for line in lines] == [4, 3, 2, 2]
    markdown = (tmp_path / "report/report.md").read_text()
    assert "| best@320x320 | onnx | 0.25 | 5 | 4 | 8 | 1 | 80.0 | 66.7 | 20.0 |" in markdown
    assert "3 classes meet by name: cat, dog, bird" in out
    for protocol in ("watch", "coco"):
        assert f"│ best@320x320 │ onnx    │ {protocol}" in out


def test_ap_of_a_run_equals_that_of_pycocotools(tmp_path, detector, evaluate):
    path = coco_set(tmp_path / "set", DRAWN)
    assert evaluate()[0] == 0
    (row,) = report_of(tmp_path)["rows"]
    (kept,) = (tmp_path / "report/predictions").iterdir()
    facts, *lines = map(json.loads, kept.read_text().splitlines())
    truth = json.loads(path.read_text())
    pictures = {each["file_name"]: each["id"] for each in truth["images"]}
    classes = {each["name"]: each["id"] for each in truth["categories"]}
    for protocol in ("watch", "coco"):
        results = [
            {"image_id": pictures[line["picture"]], "score": score,
             "category_id": classes[facts["labels"][int(number)]],
             "bbox": [x1, y1, x2 - x1, y2 - y1]}
            for line in lines
            for x1, y1, x2, y2, score, number in line[protocol]
        ]  # fmt: skip
        expected = pycocotools_evaluation(json.loads(path.read_text()), results).stats
        own = row[protocol]
        figures = (own["ap"], own["ap50"], own["small"], own["large"])
        assert figures == pytest.approx(list(expected[[0, 1, 3, 5]]), abs=1e-6)


def test_the_worst_pictures_are_told_with_what_is_wrong_in_them(tmp_path, detector, evaluate):
    coco_set(tmp_path / "set", DRAWN)
    assert evaluate()[0] == 0
    report = report_of(tmp_path)
    # At 0.5 each picture has the boxes of a cat and a dog.
    wrong = {"a.jpg": (1, 0), "b.jpg": (1, 1), "empty.jpg": (2, 0), "c.jpg": (1, 1)}
    told = {
        each["name"]: (len(each["errors"][0]["false"]), len(each["errors"][0]["missed"]))
        for each in report["worst"]
    }
    assert report["worst_at"] == 0.5
    assert told == wrong
    assert [each["name"] for each in report["worst"]][-1] == "a.jpg"
    (missed,) = next(each for each in report["worst"] if each["name"] == "c.jpg")["errors"][0][
        "missed"
    ]
    assert (missed["name"], missed["score"]) == ("bird", None)
    assert missed["box"] == pytest.approx([5 / 320, 5 / 240, 45 / 320, 25 / 240], abs=1e-4)
    html = (tmp_path / "report/report.html").read_text()
    assert html.count('<img alt="" src="data:image/jpeg;base64,') == 4


def test_a_broken_picture_is_named_and_left_out_of_targets_too(tmp_path, detector, evaluate):
    coco_set(tmp_path / "set", DRAWN)
    (tmp_path / "set/images/b.jpg").write_bytes(b"no picture")
    code, out, err = evaluate()
    assert code == 0, err
    report = report_of(tmp_path)
    assert [name for name, _ in report["data"]["left_out"]] == ["b.jpg"]
    assert "left out: b.jpg: it cannot be read" in out
    (row,) = report["rows"]
    assert (report["data"]["pictures"], row["counts"][0]["targets"]) == (3, 3)
    assert (row["counts"][0]["correct"], row["counts"][0]["false"]) == (3, 6)


def test_classes_without_a_partner_are_told_and_counted_apart(tmp_path, evaluate):
    planted_detector(tmp_path / "best.onnx", BOXES, ("cat", "zebra", "birdie"))
    yolo_set(tmp_path / "set", DRAWN)
    code, out, err = evaluate()
    assert code == 0, err
    (row,) = report_of(tmp_path)["rows"]
    # Only cats are left: three targets, a box on each picture.
    at = row["counts"][0]
    assert (at["targets"], at["correct"], at["false"], at["missed"]) == (3, 2, 2, 1)
    assert (row["other_targets"], row["other_boxes"]) == (2, 8)
    assert "only the model has: zebra, birdie" in out
    assert "only the data have: dog, bird" in out
    code, out, err = evaluate("--same", "dog=zebra", out="second")
    assert code == 0, err
    assert report_of(tmp_path, "second")["rows"][0]["counts"][0]["targets"] == 4
    assert "called otherwise: dog = zebra" in out


def test_two_rows_are_compared_and_one_that_cannot_be_opened_is_told(tmp_path, detector, main):
    planted_detector(tmp_path / "less.onnx", [(*BOXES[0][:4], 0.8, 0)])
    coco_set(tmp_path / "set", DRAWN)
    words = ("--data", "set", "--models", "best.onnx,less.onnx,nosuch", "--out", "report")
    code, out, err = main("eval", *words, "--draws", "20", cwd=tmp_path)
    assert code == 0, err
    report = report_of(tmp_path)
    (comparison,) = report["comparisons"]
    difference = comparison["difference"]
    assert (comparison["first"], comparison["other"]) == ("best@320x320", "less@320x320")
    assert (difference["boxes"], difference["kept"]) == (12, 4)
    assert difference["score_shift"]["value"] == pytest.approx(-0.1, abs=1e-5)
    first, other = (row["watch"]["ap"] for row in report["rows"][:2])
    assert difference["ap"]["value"] == pytest.approx(other - first, abs=1e-6)
    assert "not evaluated: nosuch: no model called 'nosuch'" in out
    assert "4 pictures" in out
    assert "So few pictures" in out


def test_an_interrupted_evaluation_is_taken_up_again(tmp_path, detector, main, start):
    many = tuple(Drawn(f"{number:03}.jpg", SIZE, ((*CAT, 0),)) for number in range(400))
    coco_set(tmp_path / "set", many)
    words = ("eval", "--data", "set", "--models", "best.onnx", "--out", "report", "--draws", "20")
    kept = tmp_path / "report/predictions"
    with start(*words, "--workers", "1", cwd=tmp_path) as process:
        while not list(kept.glob("*.jsonl")) or len(_lines(kept)) < 5:
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "interrupted: the same words with --out report go on from here" in err
    assert not (tmp_path / "report/report.json").exists()
    before = _lines(kept)
    (file,) = kept.iterdir()
    with file.open("a") as half:
        half.write('{"picture": "half')
    code, _, err = main(*words, cwd=tmp_path)
    assert code == 0, err
    assert "taking up again what is in report" in err
    lines = _lines(kept)
    assert lines[: len(before)] == before
    assert len(lines) == 401
    assert report_of(tmp_path)["rows"][0]["counts"][0]["correct"] == 400


def _lines(folder: Path) -> list[str]:
    (file,) = folder.iterdir()
    return [line for line in file.read_text().splitlines(keepends=True) if line.endswith("\n")]


def test_a_second_run_joins_its_rows_and_touches_nothing_else(tmp_path, detector, evaluate):
    coco_set(tmp_path / "set", DRAWN)
    planted_detector(tmp_path / "less.onnx", [(*BOXES[0][:4], 0.8, 0)])
    assert evaluate()[0] == 0
    (kept,) = (tmp_path / "report/predictions").iterdir()
    before = kept.read_bytes()
    code, _, err = evaluate("--models", "less.onnx", "--conf", "0.5")
    assert code == 0, err
    report = report_of(tmp_path)
    assert [row["title"] for row in report["rows"]] == ["best@320x320", "less@320x320"]
    assert [[at["confidence"] for at in row["counts"]] for row in report["rows"]] == [[0.5]] * 2
    (comparison,) = report["comparisons"]
    assert comparison["other"] == "less@320x320"
    assert kept.read_bytes() == before
    (tmp_path / "own").mkdir()
    (tmp_path / "own/notes.txt").write_text("mine")
    code, _, err = evaluate(out="own")
    assert code == 2
    assert "is not empty and holds no report" in error_line(err)
    assert [path.name for path in (tmp_path / "own").iterdir()] == ["notes.txt"]
    for words, told in (
        (("--iou", "0.6"), "with another --iou"),
        (("--fit",), "with another --fit"),
        (("--tiles", "2x1"), "with other --tiles"),
        ((), "of other pictures"),
    ):
        if not words:
            (tmp_path / "set/images/b.jpg").write_bytes(b"another one")
        code, _, err = evaluate(*words)
        assert code == 2
        assert f"report holds an evaluation {told}" in error_line(err)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--conf", "7"), "--conf is 7: give numbers from 0 to 1"),
        (("--conf", "high"), "--conf: 'high' is no number"),
        (("--conf", ","), "--conf is empty"),
        (("--backend", "gpu"), "--backend: there is no 'gpu'"),
        (("--draws", "1"), "--draws is 1: give a number from 20"),
        (("--same", "cat"), "--same is 'cat'"),
        (("--same", "cow=cat"), "the data has no class 'cow'"),
        (("--models", "nosuch"), "no model called 'nosuch'"),
        (("--data", "nowhere"), "--data nowhere: no such file or folder"),
        (("--split", "test"), "names no pictures for test"),
        (("--iou", "2"), "--iou is 2"),
    ],
)
def test_bad_input_is_one_line_and_2(tmp_path, detector, evaluate, words, told):
    yolo_set(tmp_path / "set", DRAWN)
    code, _, err = evaluate(*words)
    assert code == 2
    assert told in error_line(err)


def test_one_model_on_two_backends_are_two_rows_that_can_be_told_apart(tmp_path, main):
    yolo_set(tmp_path / "set", DRAWN, names="[person, car, dog]")
    words = ("--models", "yolo11n@320", "--backend", "onnx,simulated", "--draws", "20")
    code, _, err = main("eval", "--data", "set", *words, "--out", "report", cwd=tmp_path)
    assert code == 0, err
    report = report_of(tmp_path)
    assert [row["backend"] for row in report["rows"]] == ["onnx", "simulated"]
    (comparison,) = report["comparisons"]
    assert comparison["first"].split()[1] == "onnx"
    assert comparison["other"].split()[1] == "simulated"


def test_labels_of_a_turned_picture_meet_its_boxes(tmp_path, detector, evaluate):
    # The stored picture lies on its side; labels with its own size were drawn on it.
    lying = Drawn("turned.jpg", (240, 320), ((240 - 200, 20, 240 - 30, 120, 0),))
    coco_set(tmp_path / "set", (lying,))
    orient_jpeg(tmp_path / "set/images/turned.jpg", 8)
    code, _, err = evaluate()
    assert code == 0, err
    at = report_of(tmp_path)["rows"][0]["counts"][1]
    assert (at["targets"], at["correct"]) == (1, 1)


def test_agreement_of_pictures_without_labels(tmp_path, detector, main):
    planted_detector(tmp_path / "less.onnx", [(*BOXES[0][:4], 0.8, 0)])
    coco_set(tmp_path / "set", DRAWN)
    (tmp_path / "set/instances.json").unlink()
    words = ("--data", "set", "--against", "best.onnx", "--models", "less.onnx", "--draws", "20")
    code, out, err = main("eval", *words, "--conf", "0.25,0.5", "--out", "report", cwd=tmp_path)
    assert code == 0, err
    # The stronger one has a box each of a cat, a dog and a bird, at 0.5 not the bird.
    (row,) = report_of(tmp_path)["agreement"]["rows"]
    assert [(at["both"], at["only_row"], at["only_reference"]) for at in row["at"]] == [
        (4, 0, 8),
        (4, 0, 4),
    ]
    assert row["interval"]["value"] == pytest.approx(2 / 3)
    assert "It is not accuracy" in out
    assert "accurate" not in out
    code, _, err = main("eval", "--data", "set", "--against", "best.onnx", "--models", "best.onnx",
                        cwd=tmp_path)  # fmt: skip
    assert code == 2
    assert "--against is the only model" in error_line(err)


def test_agreement_on_the_demo_clip(tmp_path, main):
    words = ("--against", "net@640", "--models", "net@320", "--backend", "simulated")
    counts = ("--frames", "3", "--draws", "20", "--out", "report")
    code, out, err = main("eval", "--data", "demo", *words, *counts, cwd=tmp_path)
    assert code == 0, err
    assert "on 3 pictures of bikes.mp4" in out
    code, _, err = main("eval", "--data", "demo", "--models", "net@320", cwd=tmp_path)
    assert code == 2
    assert "--data demo: no such file or folder" in error_line(err)


@pytest.mark.parametrize(
    ("words", "title", "told"),
    [
        ((), "net@320x320", "as a run shows it."),
        (("--fit", "--tiles", "2x1"), "net@320", "as a run shows it, in tiles of 2x1."),
    ],
)
def test_pictures_have_the_square_unless_each_is_fitted(tmp_path, main, words, title, told):
    yolo_set(tmp_path / "set", DRAWN, names="[person, car, dog]")
    model = ("--models", "net@320", "--backend", "simulated", "--draws", "20")
    code, out, err = main("eval", "--data", "set", *model, *words, "--out", "report", cwd=tmp_path)
    assert code == 0, err
    (row,) = report_of(tmp_path)["rows"]
    assert row["title"] == title
    assert told in out
