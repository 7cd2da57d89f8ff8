"""Small labelled data sets, drawn by the test and written in the formats that people have."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from onnx import TensorProto, helper, numpy_helper, save

from tests.helpers.head_samples import Known, single_output

CLASSES = ("cat", "dog", "bird")


@dataclass(frozen=True)
class Drawn:
    """A picture and what is on it: rows of x1, y1, x2, y2, class."""

    name: str
    size: tuple[int, int]
    rows: tuple[tuple[float, float, float, float, int], ...]


DRAWN = (
    Drawn("a.jpg", (320, 240), ((20, 30, 120, 200, 0), (150, 40, 300, 220, 1))),
    Drawn("b.jpg", (240, 320), ((60, 80, 180, 300, 1),)),
    Drawn("empty.jpg", (320, 240), ()),
)


def draw(folder: Path, drawn: Drawn) -> Path:
    """A grey picture with a filled box for each object."""
    folder.mkdir(parents=True, exist_ok=True)
    width, height = drawn.size
    pixels = np.full((height, width, 3), 114, np.uint8)
    for x1, y1, x2, y2, class_id in drawn.rows:
        color = ((60, 60, 200), (60, 200, 60), (200, 60, 60))[class_id]
        cv2.rectangle(pixels, (int(x1), int(y1)), (int(x2) - 1, int(y2) - 1), color, -1)
    path = folder / drawn.name
    assert cv2.imwrite(str(path), pixels)
    return path


def coco_set(root: Path, drawn=DRAWN, *, ids=(7, 900, 31), images="images") -> Path:
    """COCO JSON with sparse ids, pictures in a folder of their own; gives the JSON."""
    content = {
        "images": [
            {"id": 1000 + 17 * number, "file_name": each.name,
             "width": each.size[0], "height": each.size[1]}
            for number, each in enumerate(drawn)
        ],
        "categories": [
            {"id": number, "name": name} for number, name in zip(ids, CLASSES, strict=True)
        ],
        "annotations": [
            {"id": 1 + 100 * number + place, "image_id": 1000 + 17 * number, "iscrowd": 0,
             "category_id": ids[row[4]], "area": (row[2] - row[0]) * (row[3] - row[1]),
             "bbox": [row[0], row[1], row[2] - row[0], row[3] - row[1]]}
            for number, each in enumerate(drawn)
            for place, row in enumerate(each.rows)
        ],
    }  # fmt: skip
    for each in drawn:
        draw(root / images, each)
    path = root / "instances.json"
    path.write_text(json.dumps(content))
    return path


def yolo_lines(drawn: Drawn) -> str:
    """The labels of a picture: class and centre x, centre y, width, height in shares."""
    width, height = drawn.size
    return "".join(
        f"{class_id} {(x1 + x2) / 2 / width} {(y1 + y2) / 2 / height}"
        f" {(x2 - x1) / width} {(y2 - y1) / height}\n"
        for x1, y1, x2, y2, class_id in drawn.rows
    )


def yolo_set(
    root: Path,
    drawn=DRAWN,
    *,
    images="images/val",
    labels="labels/val",
    names='["cat", "dog", "bird"]',
) -> Path:
    """YOLO text files, none for a picture without objects; gives the data.yaml."""
    for each in drawn:
        draw(root / images, each)
        (root / labels).mkdir(parents=True, exist_ok=True)
        if each.rows:
            (root / labels / each.name).with_suffix(".txt").write_text(yolo_lines(each))
    path = root / "data.yaml"
    path.write_text(f"# a set\npath: .\nval: {images}  # these\nnames: {names}\n")
    return path


def voc_set(root: Path, drawn=DRAWN, *, first=1, difficult=()) -> Path:
    """Pascal VOC whose pixels count from `first`; `difficult` are (picture, row) numbers."""
    folder = root / "Annotations"
    folder.mkdir(parents=True)
    for number, each in enumerate(drawn):
        draw(root / "JPEGImages", each)
        objects = "".join(
            f"<object><name>{CLASSES[class_id]}</name>"
            f"<difficult>{int((number, place) in difficult)}</difficult>"
            f"<bndbox><xmin>{x1 + first}</xmin><ymin>{y1 + first}</ymin>"
            f"<xmax>{x2}</xmax><ymax>{y2}</ymax></bndbox></object>"
            for place, (x1, y1, x2, y2, class_id) in enumerate(each.rows)
        )
        width, height = each.size
        (folder / each.name).with_suffix(".xml").write_text(
            f"<annotation><filename>{each.name}</filename><size><width>{width}</width>"
            f"<height>{height}</height><depth>3</depth></size>{objects}</annotation>"
        )
    return root


SIDE = 320
"""The input of the planted detector."""


def planted_detector(path: Path, boxes, classes=CLASSES) -> Path:
    """An ONNX model that finds the same boxes in every picture.

    `boxes` are (x1, y1, x2, y2, score, class) in pixels of its 320x320 input; a stock export of one
    tensor whose values do not depend on the picture.
    """
    known = [Known(box[:4], box[4], box[5]) for box in boxes]
    output = single_output((SIDE, SIDE), len(classes), known)
    nodes = [
        helper.make_node("ReduceMean", ["images"], ["mean"], keepdims=0),
        helper.make_node("Mul", ["mean", "zero"], ["nothing"]),
        helper.make_node("Add", ["known", "nothing"], ["out"]),
    ]
    weights = [
        numpy_helper.from_array(output.astype(np.float32), "known"),
        numpy_helper.from_array(np.array(0, np.float32), "zero"),
    ]
    images = helper.make_tensor_value_info("images", TensorProto.FLOAT, [1, 3, SIDE, SIDE])
    out = helper.make_tensor_value_info("out", TensorProto.FLOAT, list(output.shape))
    graph = helper.make_graph(nodes, "planted", [images], [out], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    helper.set_model_props(model, {"names": str(dict(enumerate(classes)))})
    save(model, path)
    return path
