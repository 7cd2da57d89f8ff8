"""What it costs, and what it changes, to resize the planes of a picture before they are coloured.

    python -m benchmarks.planes
    python -m benchmarks.planes --data COCO.json [--images FOLDER] [--models A@SIZE,B] [--enlarge 3]

The first prints the CPU milliseconds of both ways from a decoded picture to the pixels of an input,
taken in turns, and their ratio. The second measures average precision (COCO's) of both ways on
labelled pictures, which are made 4:2:0 of limited range first, as a video has them, and larger
where that is asked for; and how many boxes are the same by the rule of the proof
(`rkvideo/detection/picture_proof.py`).
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from av.video.reformatter import Colorspace

from rkvideo.assembly import prepare_model
from rkvideo.config import AppConfig, DetectionFilter, InputSpec
from rkvideo.data import Detections
from rkvideo.detection.detector import DetectorAdapter
from rkvideo.detection.letterbox import fit
from rkvideo.detection.picture_proof import agreeing, with_neighbours
from rkvideo.detection.picture_ways import PlainWay, PlanesWay
from rkvideo.evaluation.class_mapping import in_data_classes, map_classes
from rkvideo.evaluation.coco_json import read_coco
from rkvideo.evaluation.matching import Boxes
from rkvideo.evaluation.precision import measure
from rkvideo.evaluation.protocols import COCO
from rkvideo.evaluation.truth import DataSet, LabelledPicture, Targets

SIZES = ((1280, 720), (1920, 1080), (3840, 2160))
INPUTS = (320, 416, 640)
LAYOUTS = ("yuv420p", "nv12")
ROUNDS = 60
HD_LINES = 720


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, help="COCO JSON of labelled pictures")
    parser.add_argument("--images", type=Path, help="their folder (default: that of the JSON)")
    parser.add_argument("--models", default="yolo11n@320,yolo11n@416,yolo11n@640")
    parser.add_argument("--enlarge", type=Fraction, default=Fraction(1), help="sides, times")
    args = parser.parse_args()
    cv2.setNumThreads(1)
    if args.data is None:
        print_costs()
        return
    data = read_coco(args.data, args.images or args.data.parent)
    for model in args.models.split(","):
        print_precision(model, data, float(args.enlarge))


def print_costs() -> None:
    """A line for each layout, size and input."""
    print("layout   picture    input  plain ms  planes ms  ratio")
    for layout in LAYOUTS:
        for size in SIZES:
            picture = as_video(cv2.resize(noise(), size, interpolation=cv2.INTER_CUBIC), layout)
            for side in INPUTS:
                plain, planes = costs_ms(picture, side)
                print(
                    f"{layout:8} {size[0]}x{size[1]:<5} {side:5}  {plain:8.2f}  {planes:9.2f}"
                    f"  {planes / plain:5.2f}"
                )


def noise() -> np.ndarray:
    """Small noise, to be made large."""
    return np.random.default_rng(0).integers(0, 256, (68, 120, 3), dtype=np.uint8)


def as_video(rgb: np.ndarray, layout: str = "yuv420p") -> av.VideoFrame:
    """The picture as a decoder gives it; an odd last row or column is left out."""
    height, width = (side // 2 * 2 for side in rgb.shape[:2])
    matrix = Colorspace.ITU709 if height >= HD_LINES else Colorspace.ITU601
    whole = np.ascontiguousarray(rgb[:height, :width])
    picture = av.VideoFrame.from_ndarray(whole, format="rgb24").reformat(
        format=layout, dst_colorspace=matrix, dst_color_range="MPEG"
    )
    picture.colorspace = matrix
    return picture


def costs_ms(picture: av.VideoFrame, side: int) -> tuple[float, float]:
    """Median CPU milliseconds of the plain way and of the planes."""
    width, height = fit((picture.width, picture.height), InputSpec(side, side)).content_wh
    target = np.empty((height, width, 3), np.uint8)
    ways = (PlainWay(), PlanesWay())
    spent: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        for way, times in zip(ways, spent, strict=True):
            began = time.thread_time()
            way.fill(picture, None, target, "rgb")
            times.append(time.thread_time() - began)
    plain, planes = (float(np.median(times)) * 1e3 for times in spent)
    return plain, planes


@dataclass(slots=True)
class _Sums:
    """What the pictures of one model came to."""

    plain: list[tuple[Boxes, Targets]] = field(default_factory=list)
    planes: list[tuple[Boxes, Targets]] = field(default_factory=list)
    same: int = 0
    boxes: int = 0
    by_planes: int = 0


def print_precision(model: str, data: DataSet, enlarge: float) -> None:
    """A line for the model: AP both ways, and the share of boxes that are the same."""
    prepared = prepare_model(AppConfig(source="", model=model), print, plainly=True)
    backend = prepared.plan.open(0)
    adapter = prepared.make_adapter(backend.spec)
    quick = prepare_model(AppConfig(source="", model=model), print).make_adapter(backend.spec)
    assert isinstance(adapter, DetectorAdapter)
    assert isinstance(quick, DetectorAdapter)
    mapping = map_classes(adapter.labels, data.classes, {})
    classes = [(number, data.classes[number]) for _, number in sorted(mapping.pairs)]
    sums = _Sums()
    for picture, labelled, scale in _pictures(data, enlarge):
        targets = Targets.of(labelled.targets)
        watched = DetectionFilter()
        found: list[Detections] = []
        for each, lot, wanted in (
            (adapter, sums.plain, with_neighbours(watched)),
            (quick, sums.planes, watched),
        ):
            tensor, letterbox = each.preprocess(picture)
            outputs = backend.infer(tensor, 0)
            coco = each.postprocess(outputs, letterbox, COCO.wanted)
            boxes = Boxes.of(coco.xyxy / scale, coco.score, coco.class_id)
            lot.append((in_data_classes(boxes, mapping), targets))
            found.append(each.postprocess(outputs, letterbox, wanted))
        same, boxes_of_both = agreeing(found[1], found[0], watched.confidence)
        sums.same, sums.boxes = sums.same + same, sums.boxes + boxes_of_both
        sums.by_planes += quick.picture_way == "planes"
    backend.close()
    plain, planes = (100 * (measure(lot, classes).ap or 0) for lot in (sums.plain, sums.planes))
    print(
        f"{model:14} x{enlarge:g}: AP {plain:.2f} plain, {planes:.2f} planes ({planes - plain:+.2f}"
        f"); {sums.same} of {sums.boxes} boxes the same"
        f" ({100 * sums.same / max(1, sums.boxes):.1f} %); {sums.by_planes} of"
        f" {len(sums.plain)} pictures by planes",
        flush=True,
    )


def _pictures(
    data: DataSet, enlarge: float
) -> Iterator[tuple[av.VideoFrame, LabelledPicture, float]]:
    for labelled in data.pictures:
        read = cv2.imread(str(labelled.path))
        if read is None:
            raise SystemExit(f"{labelled.path} cannot be read")
        rgb = cv2.cvtColor(read, cv2.COLOR_BGR2RGB)
        size = tuple(round(side * enlarge) for side in rgb.shape[1::-1])
        large = rgb if enlarge == 1 else cv2.resize(rgb, size, interpolation=cv2.INTER_CUBIC)
        yield as_video(large), labelled, enlarge


if __name__ == "__main__":
    main()
