"""A real model on the emulated board: its boxes against those of ONNX Runtime on this machine."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from rkvideo.detection.boxes import iou
from tests.board.conftest import CLIP, CONTEXTS, PROJECT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from tests.board.conftest import Played

FRAMES = 40
FLOAT_SCORE = 0.3
LEAST_IOU, LEAST_SHARE = 0.9, 0.95


def boxes_of_onnx(tmp_path: Path) -> list[dict[str, Any]]:
    """The lines of the float model on the same clip."""
    path = tmp_path / "onnx.jsonl"
    subprocess.run(
        [
            *(sys.executable, str(PROJECT / "main.py"), "run", str(CLIP)),
            *("--model", str(PROJECT / "models/yolo11n.onnx") + "@320x320", "--backend", "onnx"),
            *("--frames", str(FRAMES), "--detections", str(path)),
        ],
        check=True,
        capture_output=True,
    )
    return [json.loads(line) for line in path.read_text().splitlines()]


def matched(wanted: Sequence[dict[str, Any]], found: Sequence[dict[str, Any]]) -> int:
    """How many of the boxes `wanted` have one of their class in `found` that lies on them."""
    if not wanted or not found:
        return 0
    overlap = iou(*(np.array([each["box"] for each in boxes], np.float32)
                    for boxes in (wanted, found)))  # fmt: skip
    same = np.equal.outer(*([each["class_id"] for each in boxes] for boxes in (wanted, found)))
    return int(((overlap >= LEAST_IOU) & same).any(axis=1).sum())


def test_the_boxes_on_a_clip_are_those_of_onnx_runtime(
    on_host: Callable[..., Played], tmp_path: Path
) -> None:
    reference = boxes_of_onnx(tmp_path)
    played = on_host("rkvideo/models/clips/bikes.mp4", "--frames", str(FRAMES))
    assert played.code == 0, played.said
    assert played.stats["backend"] == "rknn"
    assert played.of_call("broken") == []
    assert len(played.runs) >= FRAMES + CONTEXTS
    assert set(Counter(run.core for run in played.runs)) == {0, 1, 2}
    assert [line["pts"] for line in played.lines] == [line["pts"] for line in reference]
    expected = agreed = 0
    for line, wanted in zip(played.lines, reference, strict=True):
        sure = [each for each in wanted["detections"] if each["score"] >= FLOAT_SCORE]
        expected += len(sure)
        agreed += matched(sure, line["detections"])
    assert expected > FRAMES
    assert agreed >= LEAST_SHARE * expected, (agreed, expected)
