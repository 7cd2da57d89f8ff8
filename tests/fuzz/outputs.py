"""Outputs of shapes and values that no exporter may give, for the heads."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np

from rkvideo.backends.base import OutputSpec
from rkvideo.backends.values import probe
from rkvideo.config import DetectionFilter
from rkvideo.data import Letterbox
from rkvideo.detection.heads.base import HeadHints
from rkvideo.detection.heads.detect import bind_head
from rkvideo.detection.postprocess import detect
from tests.helpers import head_samples as made


def head_seeds() -> tuple[bytes, ...]:
    return tuple(bytes([number]) * 8 for number in range(16))


def read_heads(data: bytes, _folder: Path) -> None:
    """Outputs of shapes and values that no exporter may give; the bytes seed them."""
    dice = random.Random(data)
    numbers = np.random.default_rng(dice.randrange(1 << 32))
    size = dice.choice(((64, 64), (96, 64), (64, 128)))
    outputs = [_output(dice, numbers, size) for _ in range(dice.choice((1, 1, 1, 2, 3, 6, 9)))]
    if dice.random() < 0.7:
        outputs = _whole_outputs(dice, size)
        for output in outputs:
            _spoil(dice, output)
    hints = HeadHints(
        head=dice.choice((None,) * 9 + HEAD_NAMES),
        class_count=dice.choice((None, 5, 5, 5, 1, 80)),
        raw_logits=dice.choice((None, True, False)),
        normalised_boxes=dice.choice((None, True, False)),
        strides=dice.choice(((), (), (), (), (8, 16, 32), (64,), (1,), (8192,))),
        task=dice.choice((None, None, None, "detect", "pose", "")),
    )
    seen = probe(outputs) if dice.random() < 0.7 else (None,) * len(outputs)
    specs = [OutputSpec("o", o.shape, s) for o, s in zip(outputs, seen, strict=True)]
    if dice.random() < 0.1:
        specs = [OutputSpec("o", tuple(s - 1 for s in o.shape)) for o in outputs]
    with np.errstate(all="ignore"):
        head = bind_head(specs, size, hints)
        if specs[0].shape != outputs[0].shape:
            return
        wanted = DetectionFilter(confidence=dice.choice((0.0, 0.25, 1.0)))
        found = detect(outputs, head, Letterbox(size, size, size, 0, 0), wanted)
    assert np.isfinite(found.xyxy).all()


HEAD_NAMES = ("dfl", "anchors", "yolox", "yolox-decoded", "single", "end2end", "rtdetr", "ssd")


def _output(dice: random.Random, numbers: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
    cells = sum((size[0] // stride) * (size[1] // stride) for stride in (8, 16, 32))
    stride = dice.choice((8, 16, 32))
    shape = dice.choice(
        (
            (1, dice.randint(1, 90), cells),
            (1, cells, dice.randint(1, 90)),
            (1, 3 * cells, dice.randint(1, 90)),
            (1, dice.choice((10, 300)), dice.randint(1, 90)),
            (1, dice.choice((1, 4, 64, 65, 80, 85, 255)), size[1] // stride, size[0] // stride),
            (1, 3, size[1] // stride, size[0] // stride, 85),
            (1, 1000),
            (dice.randint(0, 3),) * dice.randint(1, 5),
        )
    )
    values = numbers.normal(0, dice.choice((0.01, 1, 100)), shape).astype(np.float32)
    _spoil(dice, values)
    return values


def _whole_outputs(dice: random.Random, size: tuple[int, int]) -> list[np.ndarray]:
    known = [made.Known((9.5, 10.0, 30.25, 27.0), 0.5, 0)]
    return dice.choice(
        (
            lambda: made.dfl_outputs(size, 5, known),
            lambda: made.anchor_outputs(size, 5, known),
            lambda: made.yolox_outputs(size, 5, known),
            lambda: [made.single_output(size, 5, known)],
            lambda: [made.end2end_output(known)],
            lambda: [made.decoded_anchor_output(size, 5, known)],
        )
    )()


def _spoil(dice: random.Random, output: np.ndarray) -> None:
    for _ in range(dice.choice((0, 0, 1, 5)) if output.size else 0):
        bad = dice.choice((np.nan, np.inf, -np.inf, 1e38, -1e38, 0.0, 5.0))
        output.flat[dice.randrange(output.size)] = bad
