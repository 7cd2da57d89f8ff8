"""Labelled data as people have it: every format tells the same of the same pictures."""

from __future__ import annotations

import json

import cv2
import numpy as np
import pytest

from rkvideo.errors import ConfigError
from rkvideo.evaluation.data_set import read_data_set
from rkvideo.evaluation.truth import LabelledPicture, Target
from rkvideo.evaluation.yaml_file import read_yaml
from rkvideo.sources.rotation import UPRIGHT, Turn
from tests.helpers.labelled_samples import (
    CLASSES,
    DRAWN,
    Drawn,
    coco_set,
    draw,
    voc_set,
    yolo_lines,
    yolo_set,
)
from tests.helpers.video_samples import orient_jpeg


def told(data):
    """Rows of x1, y1, x2, y2 and class name of each picture, by the picture's own name."""
    sizes = {each.name: each.size for each in DRAWN}
    rows = {}
    for picture in data.pictures:
        assert picture.path.is_file()
        targets = picture.targets_on(*sizes[picture.path.name], UPRIGHT)
        rows[picture.path.name] = [
            (*np.round(box, 3).tolist(), data.classes[class_id])
            for box, class_id in zip(targets.xyxy, targets.class_id, strict=True)
        ]
    return rows


TRUE = {each.name: [(*map(float, row[:4]), CLASSES[row[4]]) for row in each.rows] for each in DRAWN}


def side_by_side(root):
    return yolo_set(root, images="pictures", labels="pictures")


def split_folders(root):
    return yolo_set(root, images="val/images", labels="val/labels")


def darknet(root):
    """As CVAT exports "YOLO 1.1": obj.names, labels beside the pictures."""
    folder = root / "obj_train_data"
    for each in DRAWN:
        draw(folder, each)
        (folder / each.name).with_suffix(".txt").write_text(yolo_lines(each))
    (root / "obj.names").write_text("\n".join(CLASSES) + "\n")
    (root / "obj.data").write_text("classes = 3\ntrain = data/train.txt\nnames = data/obj.names\n")
    return root


def listed(root):
    """As CVAT exports "Ultralytics YOLO": a file lists the pictures, by another root's paths."""
    yolo_set(root, images="images/train", labels="labels/train")
    (root / "train.txt").write_text("".join(f"data/images/train/{each.name}\n" for each in DRAWN))
    path = root / "data.yaml"
    path.write_text("path: ./\ntrain: train.txt\nnames:\n  0: cat\n  1: dog\n  2: 'bird'\n")
    return path


def roboflow(root):
    yolo_set(root, images="valid/images", labels="valid/labels")
    path = root / "data.yaml"
    path.write_text(
        "train: ../train/images\nval: ../valid/images\nnc: 3\nnames: ['cat', 'dog', 'bird']\n"
    )
    return path


def cvat(root):
    """CVAT's own export, with a polygon among the boxes."""
    images = []
    for number, each in enumerate(DRAWN):
        draw(root / "images", each)
        shapes = []
        for place, (x1, y1, x2, y2, class_id) in enumerate(each.rows):
            label = f'label="{CLASSES[class_id]}" occluded="0"'
            shapes.append(
                f'<box {label} xtl="{x1}" ytl="{y1}" xbr="{x2}" ybr="{y2}"/>'
                if place == 0
                else f'<polygon {label} points="{x1},{y1};{x2},{y1};{x2},{y2};{x1},{y2}"/>'
            )
        width, height = each.size
        images.append(
            f'<image id="{number}" name="{each.name}" width="{width}" height="{height}">'
            f"{''.join(shapes)}</image>"
        )
    labels = "".join(f"<label><name>{name}</name></label>" for name in CLASSES)
    (root / "annotations.xml").write_text(
        f"<annotations><meta><task><labels>{labels}</labels></task></meta>"
        f"{''.join(images)}</annotations>"
    )
    return root


def linked(root):
    """The pictures are links to a store that has no labels beside it."""
    path = yolo_set(root)
    store = root / "store"
    store.mkdir()
    for picture in sorted((root / "images/val").iterdir()):
        picture.rename(store / f"{picture.stem}-0001.jpg")
        picture.symlink_to(store / f"{picture.stem}-0001.jpg")
    return path


FORMATS = {
    "coco": lambda root: coco_set(root),
    "coco, found in a folder": lambda root: coco_set(root).parent,
    "coco of cvat": lambda root: _moved(
        coco_set(root), root / "annotations/instances_default.json"
    ),
    "yolo": yolo_set,
    "yolo, names as a dict": lambda root: yolo_set(root, names="{0: cat, 1: dog, 2: bird}"),
    "yolo, side by side": side_by_side,
    "yolo, split": split_folders,
    "yolo of cvat 1.1": darknet,
    "yolo of cvat, listed": listed,
    "yolo of roboflow": roboflow,
    "yolo, links": linked,
    "voc": voc_set,
    "cvat": cvat,
    "cvat, its file": lambda root: cvat(root) / "annotations.xml",
}


def _moved(path, target):
    target.parent.mkdir()
    return path.rename(target)


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_tells_the_same(tmp_path, kind):
    data = read_data_set(FORMATS[kind](tmp_path))
    assert told(data) == TRUE
    assert data.left_out == ()
    assert set(data.classes) >= {"cat", "dog"}


def test_voc_that_counts_from_0_is_seen_by_a_0_and_told(tmp_path):
    edge = Drawn("a.jpg", (320, 240), ((0, 30, 120, 200, 0), (150, 40, 300, 220, 1)))
    data = read_data_set(voc_set(tmp_path, (edge,), first=0))
    assert data.pictures[0].targets[0].xyxy == (0, 30, 120, 200)
    assert "from 0" in data.notes[0]


def test_difficult_and_crowd_are_ignored(tmp_path):
    data = read_data_set(voc_set(tmp_path / "voc", difficult={(0, 1)}))
    targets = data.pictures[0].targets_on(320, 240, UPRIGHT)
    assert targets.ignored.tolist() == [False, True]
    assert targets.crowd.tolist() == [False, False]
    assert targets.counted == 1
    path = coco_set(tmp_path / "coco")
    content = json.loads(path.read_text())
    content["annotations"][0]["iscrowd"] = 1
    path.write_text(json.dumps(content))
    targets = read_data_set(path).pictures[0].targets_on(320, 240, UPRIGHT)
    assert targets.ignored.tolist() == targets.crowd.tolist() == [True, False]


def test_the_area_of_a_mask_is_kept_and_a_box_has_its_own(tmp_path):
    path = coco_set(tmp_path)
    content = json.loads(path.read_text())
    content["annotations"][0]["area"] = 1234.5
    del content["annotations"][1]["area"]
    path.write_text(json.dumps(content))
    targets = read_data_set(path).pictures[0].targets_on(320, 240, UPRIGHT)
    assert targets.area.tolist() == [1234.5, 150 * 180]


TURNS = {
    2: Turn(False, True, False),
    3: Turn(False, True, True),
    5: Turn(True, False, False),
    6: Turn(True, True, False),
    8: Turn(True, False, True),
}


@pytest.mark.parametrize("orientation", [5, 6, 8])
def test_labels_of_the_stored_picture_are_turned_with_it(tmp_path, orientation):
    path = draw(tmp_path, Drawn("a.jpg", (320, 240), ((20, 30, 120, 200, 0),)))
    orient_jpeg(path, orientation)
    seen = cv2.imread(str(path))
    rows, columns = np.nonzero(np.abs(seen.astype(int) - 114).max(axis=2) > 30)
    box = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
    target = Target((20, 30, 120, 200), 0)
    stored = LabelledPicture("a.jpg", path, (target,), (320, 240))
    turned = stored.targets_on(240, 320, TURNS[orientation])
    assert np.abs(turned.xyxy[0] - box).max() <= 2
    # Labels whose size is that of the picture as it is shown were drawn on it.
    shown = LabelledPicture("a.jpg", path, (target,), (240, 320))
    assert shown.targets_on(240, 320, TURNS[orientation]).xyxy.tolist() == [[20, 30, 120, 200]]


def test_labels_of_a_picture_of_another_size_are_refused(tmp_path):
    picture = LabelledPicture("a.jpg", tmp_path, (), (640, 480))
    with pytest.raises(ConfigError, match="of a picture of 640x480, it is 320x240"):
        picture.targets_on(320, 240, UPRIGHT)


def test_what_cannot_be_used_is_named_and_left_out(tmp_path):
    path = yolo_set(tmp_path)
    (tmp_path / "labels/val/b.txt").write_text("1 0.5 0.5 0.2\n")
    data = read_data_set(path)
    assert [picture.path.name for picture in data.pictures] == ["a.jpg", "empty.jpg"]
    ((name, reason),) = data.left_out
    assert (name, reason) == (
        "images/val/b.jpg",
        "its labels cannot be read: line 1 has 4 numbers: 5 are a box",
    )
    coco = coco_set(tmp_path / "coco")
    (tmp_path / "coco/images/b.jpg").unlink()
    assert read_data_set(coco).left_out == (("b.jpg", "no such file"),)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("5 0.5 0.5 0.2 0.2", "names class 5, there are 3"),
        ("1.5 0.5 0.5 0.2 0.2", "names class 1.5"),
        ("1 nan 0.5 0.2 0.2", "not finite"),
        ("dog 0.5 0.5 0.2 0.2", "not made of numbers"),
    ],
)
def test_a_line_that_is_wrong_is_told(tmp_path, line, words):
    path = yolo_set(tmp_path)
    (tmp_path / "labels/val/b.txt").write_text(line)
    assert words in read_data_set(path).left_out[0][1]


def test_an_outline_is_the_box_around_it(tmp_path):
    path = yolo_set(tmp_path)
    (tmp_path / "labels/val/b.txt").write_text("2 0.25 0.5 0.5 0.25 0.75 0.5 0.5 0.75\n")
    (target,) = read_data_set(path).pictures[1].targets
    assert (target.xyxy, target.class_id) == ((0.25, 0.25, 0.75, 0.75), 2)


def _no_labels(root):
    path = yolo_set(root)
    for each in (root / "labels/val").iterdir():
        each.unlink()
    return path


def _no_pictures(root):
    path = coco_set(root)
    for each in (root / "images").iterdir():
        each.unlink()
    return path


def _with(name, text):
    def make(root):
        (root / name).write_text(text)
        return root / name

    return make


WRONG = {
    "nothing there": (lambda root: root / "none", "no such file or folder"),
    "no labels known": (lambda root: draw(root, DRAWN[0]).parent, "no labels that are known"),
    "no match at all": (_no_labels, "not one of its 3 pictures has labels"),
    "no pictures": (_no_pictures, "not one of its 3 pictures can be used"),
    "not JSON": (_with("a.json", "{"), "not valid JSON"),
    "deep JSON": (_with("a.json", "[" * 100_000), "not valid JSON"),
    "not COCO": (_with("a.json", "[]"), "not COCO JSON"),
    "no annotations": (
        _with("a.json", '{"images": [], "categories": []}'),
        "no list of annotations",
    ),
    "no names": (_with("data.yaml", "val: images\n"), "has no names"),
    "not there": (_with("data.yaml", "val: images\nnames: [a]\n"), "images is not there"),
    "no split": (_with("data.yaml", "names: [a]\n"), "names no pictures for val"),
    "not of CVAT": (
        _with("annotations.xml", "<annotations><image/></annotations>"),
        "not an export",
    ),
    "another kind": (_with("data.txt", "a"), "it takes COCO JSON"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_what_is_wrong_is_told_in_one_line(tmp_path, kind):
    make, words = WRONG[kind]
    with pytest.raises(ConfigError) as caught:
        read_data_set(make(tmp_path))
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"category_id": 99}, "annotation 1 cannot be read: its category_id 99 is that of no"),
        ({"category_id": None}, "annotation 1 cannot be read: its category_id None is that of no"),
        ({"bbox": [1, 2, 3, "x"]}, "annotation 1 cannot be read: could not convert string"),
        ({"area": float("inf")}, "annotation 1 cannot be read: a number is not finite"),
    ],
)
def test_an_annotation_that_cannot_be_read_says_why(tmp_path, entry, words):
    path = coco_set(tmp_path)
    content = json.loads(path.read_text())
    content["annotations"][1].update(entry)
    path.write_text(json.dumps(content))
    with pytest.raises(ConfigError, match=words):
        read_data_set(path)


def test_a_picture_that_is_named_twice_is_one_with_the_objects_of_both(tmp_path):
    """So reads Ultralytics; for pycocotools, which takes the last of one id, they are two."""
    path = coco_set(tmp_path)
    once = told(read_data_set(path))
    content = json.loads(path.read_text())
    first, second = content["annotations"][:2]
    assert first["image_id"] == second["image_id"] == 1000
    again = content["images"][0] | {"id": 5}
    content["images"] += [dict(content["images"][1]), again]
    content["annotations"].remove(second)
    content["annotations"] += [second | {"image_id": 5}, first | {"id": 6, "image_id": 5}]
    path.write_text(json.dumps(content))
    data = read_data_set(path)
    names = [each.name for each in DRAWN]
    assert sorted(told(data)) == sorted(names)
    assert {name: sorted(rows) for name, rows in told(data).items()} == {
        name: sorted(rows) for name, rows in once.items()
    }
    assert data.left_out == (
        (names[1], "it is there twice, with id 1017"),
        (names[0], "image 1000 is this file again: its objects are joined"),
    )


def test_two_pictures_of_one_id_are_refused(tmp_path):
    path = coco_set(tmp_path)
    content = json.loads(path.read_text())
    content["images"].append(content["images"][1] | {"id": 1000})
    path.write_text(json.dumps(content))
    with pytest.raises(ConfigError, match="images have no id of their own each"):
        read_data_set(path)


@pytest.mark.parametrize("key", ["bbox", "category_id", "image_id"])
def test_an_annotation_that_lacks_something_says_what(tmp_path, key):
    path = coco_set(tmp_path)
    content = json.loads(path.read_text())
    del content["annotations"][0][key]
    path.write_text(json.dumps(content))
    with pytest.raises(ConfigError, match=f"annotation 0 cannot be read: it has no '{key}'"):
        read_data_set(path)


def test_a_split_is_chosen(tmp_path):
    path = yolo_set(tmp_path)
    yolo_set(tmp_path, DRAWN[:1], images="images/test", labels="labels/test")
    path.write_text("train: images/val\ntest: images/test\nnames: [cat, dog, bird]\n")
    assert len(read_data_set(path).pictures) == 1
    assert len(read_data_set(path, "train").pictures) == 3
    with pytest.raises(ConfigError, match="names no pictures for val: it has test, train"):
        read_data_set(path, "val")


def test_an_xml_that_declares_entities_is_left_out(tmp_path):
    root = voc_set(tmp_path)
    bomb = '<!DOCTYPE a [<!ENTITY x "xx">]><annotation><filename>&x;</filename></annotation>'
    (root / "Annotations/a.xml").write_text(bomb)
    assert read_data_set(root).left_out == (
        ("a.xml", "its labels cannot be read: it declares entities"),
    )


def test_yaml_as_people_write_it(tmp_path):
    path = tmp_path / "data.yaml"
    path.write_text(
        "# COCO\npath: ../datasets/coco # root\nval:\n  - images/a\n  - 'images/b'\n"
        'nc: 3\nnames:\n  0: person\n  1: "hair drier"\n  2: it\'s # odd\n'
        "flow: ['a, b', \"c\",\n  d]\ndownload: |\n  import x\n"
    )
    assert read_yaml(path) == {
        "path": "../datasets/coco",
        "val": ["images/a", "images/b"],
        "nc": "3",
        "names": {"0": "person", "1": "hair drier", "2": "it's"},
        "flow": ["a, b", "c", "d"],
        "download": "|",
    }
