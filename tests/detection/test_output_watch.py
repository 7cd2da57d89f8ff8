"""A model whose outputs cannot be trusted is told once, by name, in a real run."""

from __future__ import annotations

import numpy as np
import pytest

from rkvideo.assembly import open_run
from rkvideo.config import AppConfig
from rkvideo.detection.output_watch import OutputWatch
from tests.detection.heads.test_values import BOX, SIZE, constant_model
from tests.helpers import head_samples as made
from tests.helpers.patience import PATIENCE_S


@pytest.mark.parametrize(
    ("value", "words"),
    [(np.nan, "no numbers"), (np.inf, "no numbers"), (3.5, "above 1")],
)
def test_a_run_tells_it_once(tmp_path, value, words) -> None:
    output = made.single_output(SIZE, 80, [BOX])
    output[0, 30, 40] = value
    (tmp_path / "bad.toml").write_text('raw_logits = false\nhead = "single"\n')
    path = constant_model(tmp_path / "bad.onnx", output)
    config = AppConfig("pattern:96x64@30:20", model=str(path), backend="onnx")
    if value == 3.5:
        # Shapes are held against the values: a score of 3.5 is refused before the first frame.
        with pytest.raises(Exception, match="no class scores"):
            _run(config)
        return
    notices = [notice for notice in _run(config) if words in notice]
    assert len(notices) == 1
    assert "bad@96x64" in notices[0]


def test_scores_above_1_are_told_once() -> None:
    watch = OutputWatch("m@640", ["out"])
    watch.look_at_scores(np.array([1.05, 0.5], np.float32))
    assert not watch.trouble
    watch.look_at_scores(np.array([7.0], np.float32))
    assert watch.trouble.startswith("m@640: it gives scores above 1")


@pytest.mark.parametrize(
    ("sidecar", "metadata", "told"),
    [
        ("", {}, 1),
        ('color = "bgr"\nscale = 1.0\nplacement = "top-left"\n', {}, 0),
        ("scale = 0.0039\n", {}, 0),
        ('family = "yolov6"\n', {}, 0),
        ("", {"stride": "32"}, 0),
    ],
)
def test_a_yolox_whose_pixels_nobody_told_of_is_told_once(
    tmp_path, sidecar, metadata, told
) -> None:
    (tmp_path / "mine.toml").write_text(f'head = "yolox"\n{sidecar}')
    outputs = made.in_one_row(made.yolox_outputs(SIZE, 80, [BOX]))
    path = constant_model(tmp_path / "mine.onnx", outputs, metadata=metadata)
    notices = _run(AppConfig("pattern:96x64@30:20", model=str(path), backend="onnx"))
    found = [notice for notice in notices if 'write `color = "bgr"`, `scale = 1.0`' in notice]
    assert len(found) == told
    assert all(notice.startswith("mine@96x64: its outputs are those of YOLOX") for notice in found)


def _run(config: AppConfig) -> tuple[str, ...]:
    run = open_run(config, print)
    run.start()
    run.wait(30)
    run.stop()
    run.join(PATIENCE_S)
    status = run.status()
    if status.error is not None:
        raise status.error
    return status.notices
