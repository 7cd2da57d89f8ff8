"""A real conversion by rknn-toolkit2. Not part of a plain test run: it installs the toolkit.

Run with `pytest tests/toolkit_check.py`; the first run makes `.venv-convert` (gigabytes).
"""

from __future__ import annotations

import argparse
import io
from pathlib import Path

import av
import numpy as np
import pytest
from rich.console import Console

from rkvideo.backends.rknn_sim import RknnSimBackend
from rkvideo.config import DetectionFilter
from rkvideo.convert.command import convert, fill_parser, options_of
from rkvideo.convert.environment import installed_toolkit
from rkvideo.detector import DetectorStages
from rkvideo.models import resolve
from rkvideo.rknn_file import read_header

CLIP = Path(__file__).parents[1] / "models" / "clips" / "bikes.mp4"


@pytest.mark.timeout(1800)
def test_yolo11n_at_320_in_int8(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parser = argparse.ArgumentParser()
    fill_parser(parser)
    words = ("yolo11n", "--sizes", "320", "--images", "6", "--calibration", str(CLIP))
    options = options_of(parser.parse_args([*words, "--out", str(tmp_path)]))
    toolkit = installed_toolkit(print)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    work = tmp_path / "work"
    work.mkdir()
    (outcome,) = convert(options, work, Console(file=io.StringIO()), lambda _say: toolkit)

    assert outcome.result is not None
    assert outcome.result.agreement.good
    assert outcome.result.agreement.expected > 5
    header = read_header(outcome.path)
    assert (header.targets, header.quantised) == (("rk3588",), True)
    assert header.inputs[0].shape == (1, 3, 320, 320)
    assert [output.shape[1] for output in header.outputs] == [64, 80] * 3

    spec = resolve("yolo11n@320", backend="rknn-sim", dirs=[tmp_path])
    backend = RknnSimBackend(outcome.path, spec, toolkit)
    stages = DetectorStages(spec, backend.spec)
    with av.open(str(CLIP)) as container:
        pictures = list(container.decode(video=0))
    tensor, letterbox = stages.preprocess(pictures[len(pictures) // 2])
    found = stages.postprocess(backend.infer(tensor, 0), letterbox, DetectionFilter())
    names = {stages.labels[index] for index in found.class_id}
    backend.close()
    assert {"person", "bicycle"} & names
    assert np.all(found.score >= 0.25)
