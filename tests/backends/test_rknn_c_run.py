"""Whole runs over the stand-in for librknnrt.so: which way they take, and what they say of it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from rkvideo.backends import registry, rknn_proof
from rkvideo.machine.soc import Soc
from tests.board.played_model import BOX, OBJECT_CLASS, expected_score, output_shapes, played_rknn
from tests.helpers.command_line import error_line
from tests.helpers.paths import ROOT
from tests.helpers.played_library import Played, PlayedLite, play, played_lite

FRAMES = 40
# A program whose trial ends it. RKNNLite is a stand-in over the library.
CRASHING = """
import sys
from pathlib import Path
from types import SimpleNamespace
from ctypes import CDLL
from rkvideo.backends.rknn_proof import NpuContexts
from rkvideo.config import ModelSpec
from rkvideo.machine.soc import Soc
from tests.board.played_model import output_shapes
from tests.helpers.played_library import PlayedLite, played_lite
library, model = map(Path, sys.argv[1:])
PlayedLite.model_shapes = output_shapes()
with played_lite(SimpleNamespace(library=CDLL(str(library)))):
    NpuContexts(model, ModelSpec("played", model), Soc("rk3588", 3), "auto", library).open(0)
"""
Main = Callable[..., tuple[int, str, str]]


@pytest.fixture
def npu(built_library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Played]:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    played = play(built_library, tmp_path, monkeypatch)
    monkeypatch.setattr(PlayedLite, "model_shapes", output_shapes())
    monkeypatch.setattr(rknn_proof, "RUNTIME_LIBRARY", played.path)
    monkeypatch.setattr(registry, "read_soc", lambda _path: Soc("rk3588", 3))
    (tmp_path / "played.rknn").write_bytes(played_rknn())
    with played_lite(played):
        yield played
    assert played.held == (0, 0)
    assert played.broken == []


def run(main: Main, folder: Path, *words: str, **environment: str) -> tuple[int, str]:
    code, _, err = main(
        *("run", f"pattern:320x192@30:{FRAMES}", "--model", "played.rknn"),
        *("--detections", "boxes.jsonl", "--stats", "stats.json", *words),
        cwd=folder,
        **environment,
    )
    return code, err


def stats_of(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "stats.json").read_text())
    return found


@pytest.mark.parametrize(("fast", "way"), [("auto", "rknn-c"), ("off", "rknn-lite")])
def test_a_run_says_which_way_it_takes_and_its_boxes_are_the_same(
    main: Main, npu: Played, tmp_path: Path, fast: str, way: str
) -> None:
    code, err = run(main, tmp_path, "--fast", fast)
    assert code == 0, err
    assert way in err.partition("┏")[0].split()
    stats = stats_of(tmp_path)
    assert (stats["backend"], stats["way"], stats["notices"]) == ("rknn", way, [])
    lines = [json.loads(line) for line in (tmp_path / "boxes.jsonl").read_text().splitlines()]
    assert [line["detections"] for line in lines] == [
        [
            {
                "box": list(BOX),
                "score": round(expected_score(index), 4),
                "class_id": OBJECT_CLASS,
                "name": f"class {OBJECT_CLASS}",
            }
        ]
        for index in range(FRAMES)
    ]
    assert len(npu.of_call("init")) == (2 if way == "rknn-c" else 6)


def test_a_way_that_fails_its_proof_is_told_in_one_line(
    main: Main, npu: Played, tmp_path: Path
) -> None:
    why = "its output t1 differs from RKNNLite's by 0.5, where 0.25 is allowed"
    code, err = run(main, tmp_path, STAND_IN_PLAYS="wrong-steps")
    assert code == 0, err
    stats = stats_of(tmp_path)
    assert stats["way"] == "rknn-lite"
    assert stats["notices"] == [f"played: rknn-c is not used, but RKNNLite: {why}"]
    assert err.count("rknn-c is not used") == 1

    code, err = run(main, tmp_path, "--fast", "require", STAND_IN_PLAYS="wrong-steps")
    assert code == 2
    assert error_line(err) == f"error: --fast require: {why}"


def test_a_run_call_that_fails_costs_its_frame_and_is_told(
    main: Main, npu: Played, tmp_path: Path
) -> None:
    code, err = run(main, tmp_path, STAND_IN_FAIL="run@30")
    assert code == 0, err
    assert stats_of(tmp_path)["frames"]["failed"] == 1
    assert "rknn_run answers -1, it failed" in err


@pytest.mark.parametrize("fault", ["crash@3", "crash@2"])
def test_a_trial_that_ends_the_program_is_not_made_again(
    main: Main, npu: Played, tmp_path: Path, fault: str
) -> None:
    """The third context is the first that is made of another one; the second holds the weights."""
    state = {"XDG_STATE_HOME": str(tmp_path / "state")}
    words = (sys.executable, "-c", CRASHING, str(npu.path), str(tmp_path / "played.rknn"))
    environment = {**os.environ, **state, "STAND_IN_FAIL": fault}
    crashed = subprocess.run(words, cwd=ROOT, env=environment, check=False, capture_output=True)
    assert crashed.returncode == -signal.SIGABRT, crashed.stderr
    (mark,) = (tmp_path / "state").rglob(rknn_proof.TRIAL_NAME)

    code, err = run(main, tmp_path, **state)
    assert code == 0, err
    stats = stats_of(tmp_path)
    assert stats["way"] == "rknn-lite"
    (notice,) = stats["notices"]
    assert notice == (
        "played: rknn-c is not used, but RKNNLite: its last trial hung or ended the program; "
        "--fast require tries it again, and so does another library or model"
    )
    assert mark.exists()

    (tmp_path / "stats.json").unlink()
    (tmp_path / "boxes.jsonl").unlink()
    code, err = run(main, tmp_path, "--fast", "require", **state)
    assert code == 0, err
    assert stats_of(tmp_path)["way"] == "rknn-c"
    assert not mark.exists()


def test_another_model_is_tried_all_the_same(main: Main, npu: Played, tmp_path: Path) -> None:
    marks = tmp_path / "state" / "rkvideo"
    marks.mkdir(parents=True)
    (marks / rknn_proof.TRIAL_NAME).write_text("/usr/lib/librknnrt.so 1 2 /other.rknn 3 4")
    code, err = run(main, tmp_path, XDG_STATE_HOME=str(tmp_path / "state"))
    assert code == 0, err
    assert stats_of(tmp_path)["way"] == "rknn-c"
