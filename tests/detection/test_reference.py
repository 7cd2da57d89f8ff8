"""rkvideo against the plain reference, with a real model on a real clip."""

from __future__ import annotations

import av
import numpy as np
import onnxruntime

from rkvideo.backends.base import OutputSpec
from rkvideo.config import DetectionFilter, InputSpec
from rkvideo.detection.heads.base import HeadHints
from rkvideo.detection.heads.detect import bind_head
from rkvideo.detection.letterbox import InputMaker
from rkvideo.detection.postprocess import detect
from tests.helpers.paths import MODELS
from tests.helpers.reference_samples import plain_iou, reference_detections, reference_input

SIDE = 640
FRAMES = 12


def read_frames(path, count):
    """`count` pictures spread over the clip, uint8 RGB."""
    with av.open(str(path)) as container:
        pictures = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    return [pictures[index * len(pictures) // count] for index in range(count)]


def share_found(wanted, among):
    """How many of `wanted` above 0.3 have a twin in `among`, and how many there are."""
    important = [each for each in wanted if each[1] > 0.3]
    found = [
        any(
            class_id == other_class
            and plain_iou(box, other_box) >= 0.9
            and abs(score - other_score) <= 0.05
            for other_class, other_score, other_box in among
        )
        for class_id, score, box in important
    ]
    return sum(found), len(found)


def test_same_detections_as_the_reference():
    session = onnxruntime.InferenceSession(
        MODELS / "yolo11n.onnx", providers=["CPUExecutionProvider"]
    )
    maker = InputMaker(InputSpec(SIDE, SIDE))
    head = bind_head([OutputSpec("output0", (1, 84, 8400))], (SIDE, SIDE), HeadHints())
    there, back = np.zeros(2, int), np.zeros(2, int)
    for rgb in read_frames(MODELS / "clips" / "bikes.mp4", FRAMES):
        source_wh = (rgb.shape[1], rgb.shape[0])
        plain_tensor, *place = reference_input(rgb, SIDE)
        (plain_output,) = session.run(None, {"images": plain_tensor})
        expected = reference_detections(plain_output, source_wh, tuple(place), 0.25, 0.45)

        tensor, letterbox = maker.make(rgb)
        outputs = session.run(None, {"images": tensor})
        ours = detect(outputs, head, letterbox, DetectionFilter(confidence=0.25, iou=0.45))
        rows = [
            (int(class_id), float(score), tuple(map(float, box)))
            for class_id, score, box in zip(ours.class_id, ours.score, ours.xyxy, strict=True)
        ]
        there += share_found(expected, rows)
        back += share_found(rows, expected)
    assert there[1] >= FRAMES, "the clip shows at least one thing per frame"
    assert there[0] >= 0.98 * there[1]
    assert back[0] >= 0.98 * back[1]
