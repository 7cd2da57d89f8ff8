"""Names of files that are no text: a disk of an old camera has them in Latin-1 or GBK."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import av

from tests.helpers.command_line import SIMULATED, environment_of
from tests.helpers.labelled_samples import Drawn, planted_detector, yolo_set
from tests.helpers.paths import ROOT
from tests.helpers.video_samples import Clip, make_clip

NAME = os.fsdecode(b"caf\xe9")
BOX = (20.0, 70.0, 120.0, 240.0, 0.9, 0)


def test_a_video_a_model_and_what_is_written(tmp_path: Path, main) -> None:
    make_clip(Clip(tmp_path / f"{NAME}.mp4", frames=5))
    planted_detector(tmp_path / f"{NAME}.onnx", [BOX])
    wanted = ("--record", f"{NAME}-out.mp4", "--hud", "--detections", f"{NAME}.jsonl")
    words = (f"{NAME}.mp4", "--model", f"{NAME}.onnx", *wanted, "--stats", f"{NAME}.json")
    code, _, err = main("run", *words, cwd=tmp_path)
    assert code == 0, err
    lines = [json.loads(line) for line in (tmp_path / f"{NAME}.jsonl").read_text().splitlines()]
    assert [len(line["detections"]) for line in lines] == [1] * 5
    assert json.loads((tmp_path / f"{NAME}.json").read_text())["source"] == f"{NAME}.mp4"
    with av.open(f"file:{tmp_path}/{NAME}-out.mp4") as clip:
        assert len(list(clip.decode(video=0))) == 5


def test_a_bench_keeps_its_report(tmp_path: Path, main) -> None:
    make_clip(Clip(tmp_path / f"{NAME}.mp4", frames=5))
    words = (*SIMULATED, "--sizes", "320", "--seconds", "0.1", "--warmup", "0", "--repeats", "1")
    pack = ("--pack", "board.zip")
    code, _, err = main("bench", f"{NAME}.mp4", *words, "--out", "r", *pack, cwd=tmp_path)
    assert code == 0, err
    assert (tmp_path / "board.zip").is_file()
    report = json.loads((tmp_path / "r" / "bench.json").read_text())
    assert report["source"]["name"] == "caf?.mp4"
    assert "caf?.mp4" in (tmp_path / "r" / "report.html").read_text()


def test_labelled_pictures_are_evaluated_and_taken_up_again(tmp_path: Path, main) -> None:
    planted_detector(tmp_path / "best.onnx", [BOX])
    size = (320, 240)
    yolo_set(tmp_path / "set", (Drawn("a.jpg", size, ((20, 30, 120, 200, 0),)),))
    for path in list((tmp_path / "set").rglob("a.*")):
        shutil.move(path, path.with_name(NAME + path.suffix))
    words = ("--data", "set", "--models", "best.onnx", "--draws", "20", "--out", "report")
    reports = []
    for _ in range(2):
        code, _, err = main("eval", *words, cwd=tmp_path)
        assert code == 0, err
        reports.append(json.loads((tmp_path / "report" / "report.json").read_text())["rows"])
    assert reports[0] == reports[1]


def test_a_standard_output_without_these_letters_does_not_end_a_bench(tmp_path: Path) -> None:
    make_clip(Clip(tmp_path / "视频.mp4", frames=5))
    words = (*SIMULATED, "--sizes", "320", "--seconds", "0.1", "--warmup", "0", "--repeats", "1")
    done = subprocess.run(
        [sys.executable, str(ROOT / "main.py"), "bench", "视频.mp4", *words, "--out", "r"],
        cwd=tmp_path,
        env=environment_of(tmp_path) | {"PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert b"Source: ??.mp4" in done.stdout
    assert (tmp_path / "r" / "report.html").is_file()
