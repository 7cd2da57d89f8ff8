"""A reading that the shapes allow is held against the values of a first run, on real ONNX files."""

from __future__ import annotations

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper, save

from rkvideo.backends.base import OutputSpec
from rkvideo.backends.onnx import OnnxBackend
from rkvideo.backends.values import probe
from rkvideo.config import DetectionFilter, ModelSpec
from rkvideo.data import Letterbox
from rkvideo.detection.detector import DetectorAdapter
from rkvideo.detection.heads.base import HeadHints
from rkvideo.detection.heads.detect import bind_head
from rkvideo.detection.heads.scores import CellFilter
from rkvideo.errors import ModelMismatchError
from rkvideo.models.recognise import recognised_head
from tests.helpers import head_samples as made
from tests.helpers.head_samples import Known
from tests.helpers.sink_samples import grey_picture

SIZE = (96, 64)
CELLS = 12 * 8 + 6 * 4 + 3 * 2
BOX = Known((22.0, 24.0, 42.0, 40.0), 0.9, 2)
TWO = Known((30.0, 20.0, 50.0, 44.0), 0.75, 1)
random = np.random.default_rng(7)


def constant_model(path, *outputs, metadata=None):
    """An ONNX file that gives these arrays whatever it is shown."""
    images = helper.make_tensor_value_info("images", TensorProto.FLOAT, [1, 3, SIZE[1], SIZE[0]])
    nodes, weights, infos = [], [], []
    nodes.append(helper.make_node("ReduceMean", ["images"], ["mean"], keepdims=0))
    weights.append(numpy_helper.from_array(np.float32(0), "zero"))
    nodes.append(helper.make_node("Mul", ["mean", "zero"], ["nothing"]))
    for number, output in enumerate(outputs):
        weights.append(numpy_helper.from_array(np.asarray(output, np.float32), f"w{number}"))
        nodes.append(helper.make_node("Add", [f"w{number}", "nothing"], [f"out{number}"]))
        shape = list(np.shape(output))
        infos.append(helper.make_tensor_value_info(f"out{number}", TensorProto.FLOAT, shape))
    graph = helper.make_graph(nodes, "constant", [images], infos, weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    helper.set_model_props(model, metadata or {})
    save(model, path)
    return path


def found(path, **spec):
    """Head and boxes that the model gives for a picture of its own size."""
    model = ModelSpec(path.stem, path, **spec)
    backend = OnnxBackend(path, model, 1)
    adapter = DetectorAdapter(model, backend.spec)
    tensor = np.zeros(backend.spec.input.shape, np.float32)
    letterbox = Letterbox(SIZE, SIZE, SIZE, 0, 0)
    outputs = backend.infer(tensor, 0)
    boxes = adapter.postprocess(outputs, letterbox, DetectionFilter())
    return adapter, boxes


def refusal(path, **spec):
    with pytest.raises(ModelMismatchError) as caught:
        found(path, **spec)
    message = str(caught.value)
    assert "\n" not in message
    assert recognised_head(ModelSpec(path.stem, path, **spec)).startswith("none: ")
    return message


def assert_only(boxes, known):
    np.testing.assert_allclose(boxes.xyxy, [known.xyxy], atol=0.01)
    np.testing.assert_allclose(boxes.score, [known.score], rtol=1e-4)
    assert boxes.class_id.tolist() == [known.class_id]


def shares(xywh):
    return np.asarray(xywh) / (*SIZE, *SIZE)


def query_rows(classes, known, rows=300):
    """RT-DETR: queries all over the picture with low scores, one of them sure."""
    output = np.zeros((1, rows, 4 + classes), np.float32)
    output[0, :, :4] = random.uniform(0.05, 0.95, (rows, 4))
    output[0, :, 4:] = random.uniform(0.001, 0.03, (rows, classes))
    output[0, 7, :4] = shares(known.xywh)
    output[0, 7, 4 + known.class_id] = known.score
    return output


RTDETR = {"description": "Ultralytics rtdetr-l model", "task": "detect"}


@pytest.mark.parametrize(
    ("classes", "metadata", "spec"),
    [
        (2, {"head": "RTDETRDecoder", "names": "{0: 'a', 1: 'b'}"}, {}),
        (2, RTDETR, {}),
        (2, {}, {"head": "rtdetr"}),
        (2, {"names": "['a', 'b']"}, {}),
        (3, {"names": "['a', 'b', 'c']"}, {}),
        (80, {}, {}),
        (80, RTDETR, {}),
    ],
)
def test_rtdetr_is_read_as_such(tmp_path, classes, metadata, spec) -> None:
    path = constant_model(tmp_path / "m.onnx", query_rows(classes, TWO), metadata=metadata)
    adapter, boxes = found(path, **spec)
    assert_only(boxes, TWO)
    assert len(adapter.labels) == classes


def test_rtdetr_of_one_class(tmp_path) -> None:
    one = Known(TWO.xyxy, 0.75, 0)
    path = constant_model(tmp_path / "m.onnx", query_rows(1, one), metadata=RTDETR)
    assert_only(found(path)[1], one)


def test_two_scores_without_a_word_are_refused_with_the_candidates(tmp_path) -> None:
    message = refusal(constant_model(tmp_path / "m.onnx", query_rows(2, TWO)))
    assert "rtdetr of 2 classes" in message
    assert '`head = "rtdetr"`' in message
    assert "sidecar" in message


def test_rtdetr_with_fewer_names_tells_the_counts(tmp_path) -> None:
    metadata = RTDETR | {"names": "['a', 'b']"}
    path = constant_model(tmp_path / "m.onnx", query_rows(3, TWO), metadata=metadata)
    assert "2 names for 3 classes" in refusal(path)


def end2end_rows(known, normalised=False):
    rows = np.zeros((1, 300, 6), np.float32)
    rows[0, :, :4] = np.sort(random.uniform(0, 60, (300, 2, 2)), axis=1).reshape(300, 4)
    rows[0, :, 4] = random.uniform(0, 0.02, 300)
    rows[0, :, 5] = random.integers(0, 80, 300)
    rows[0, 0] = (*known.xyxy, known.score, known.class_id)
    if normalised:
        rows[0, :, :4] /= (*SIZE, *SIZE)
    return rows


@pytest.mark.parametrize("metadata", [RTDETR | {"names": "['a', 'b']"}, RTDETR, {}])
def test_chosen_rows_of_rtdetr_have_middles_and_sides(tmp_path, metadata) -> None:
    """As Ultralytics 8.4.190 exports it: cx, cy, w, h in shares, score, class."""
    rows = end2end_rows(TWO)
    rows[0, :, :2] = random.uniform(0.05, 0.95, (300, 2))
    rows[0, :, 2:4] = random.uniform(0.05, 0.3, (300, 2))
    rows[0, :, 5] = random.integers(0, 2, 300)
    rows[0, 0] = (*shares(TWO.xywh), TWO.score, TWO.class_id)
    adapter, boxes = found(constant_model(tmp_path / "m.onnx", rows, metadata=metadata))
    assert_only(boxes, TWO)
    assert "rtdetr" in recognised_head(ModelSpec("m", tmp_path / "m.onnx"))
    assert len(adapter.labels) == (2 if "names" in metadata else 0)


@pytest.mark.parametrize(
    ("placement", "content_wh"), [(None, SIZE), ("stretch", SIZE), ("center", (32, 64))]
)
def test_rtdetr_sees_the_picture_stretched(tmp_path, placement, content_wh) -> None:
    path = constant_model(tmp_path / "m.onnx", query_rows(80, TWO))
    model = ModelSpec("m", path, placement=placement)
    adapter = DetectorAdapter(model, OnnxBackend(path, model, 1).spec)
    _, letterbox = adapter.preprocess(grey_picture(60, 120))
    assert letterbox.content_wh == content_wh


@pytest.mark.parametrize("normalised", [False, True])
def test_final_rows_stay_end2end(tmp_path, normalised) -> None:
    path = constant_model(tmp_path / "m.onnx", end2end_rows(BOX, normalised))
    assert_only(found(path)[1], BOX)


def test_rows_that_are_neither_are_refused(tmp_path) -> None:
    rows = end2end_rows(BOX)
    rows[0, :, 5] = random.uniform(0, 1, 300)
    assert "end2end" in refusal(constant_model(tmp_path / "m.onnx", rows))


def decoded_objectness(known, classes=80, objectness=None):
    """Boxes in pixels per cell, as YOLOX exports them with its decoding inside."""
    single = made.single_output(SIZE, classes, [known])[0].T
    rows = np.zeros((1, CELLS, 5 + classes), np.float32)
    rows[0, :, :4] = single[:, :4]
    rows[0, :, 4] = 1.0 if objectness else np.where(single[:, 4:].any(axis=1), 1.0, 0.001)
    rows[0, :, 5:] = single[:, 4:]
    return rows


@pytest.mark.parametrize(
    ("output", "classes"),
    [
        (decoded_objectness(BOX), 80),
        (decoded_objectness(BOX, objectness=1), 80),
        (decoded_objectness(BOX, classes=5, objectness=1), 5),
    ],
    ids=["yolox", "yolov6", "yolov6 of 5 classes"],
)
def test_decoded_boxes_with_objectness(tmp_path, output, classes) -> None:
    path = constant_model(tmp_path / "m.onnx", output)
    adapter, boxes = found(path)
    assert_only(boxes, BOX)
    assert len(adapter.labels) == classes
    assert "yolox-decoded" in recognised_head(ModelSpec("m", path))


def test_a_sidecar_that_says_yolox_is_right_for_either_form(tmp_path) -> None:
    decoded = constant_model(tmp_path / "decoded.onnx", decoded_objectness(BOX))
    assert_only(found(decoded, head="yolox")[1], BOX)
    raw = made.in_one_row(made.yolox_outputs(SIZE, 80, [BOX]))
    raw[0, :, :4] += random.normal(0, 0.4, (CELLS, 4)) * (raw[0, :, 4:5] == 0)
    assert_only(found(constant_model(tmp_path / "raw.onnx", raw))[1], BOX)


def test_a_blank_tensor_with_objectness_is_refused_unless_told(tmp_path) -> None:
    path = constant_model(tmp_path / "m.onnx", np.zeros((1, CELLS, 85)))
    assert '`head = "yolox-decoded"`' in refusal(path)
    assert not len(found(path, head="yolox")[1])


def pose_output(points=17):
    output = np.zeros((1, 5 + 3 * points, CELLS), np.float32)
    output[0, :4] = random.uniform(1, 90, (4, CELLS))
    output[0, 4] = random.uniform(0, 0.01, CELLS)
    output[0, 5:] = random.uniform(0, 90, (3 * points, CELLS))
    return output


@pytest.mark.parametrize("points", [17, 4, 21])
def test_key_points_are_no_classes(tmp_path, points) -> None:
    message = refusal(constant_model(tmp_path / "m.onnx", pose_output(points)))
    assert "a pose model" in message
    assert "no class scores" in message


@pytest.mark.parametrize("classes", [15, 3, 1])
def test_an_angle_is_no_class(tmp_path, classes) -> None:
    output = made.single_output(SIZE, classes + 1, [])
    output[0, -1] = random.uniform(-0.7, 2.3, CELLS)
    message = refusal(constant_model(tmp_path / "m.onnx", output))
    assert "a model of rotated boxes" in message
    assert f"but channel {4 + classes} holds values up to 2." in message
    small = made.single_output(SIZE, classes + 1, [])
    small[0, -1] = random.uniform(0.1, 0.9, CELLS)
    assert "rotated boxes" in refusal(constant_model(tmp_path / "n.onnx", small))


def test_mask_coefficients_are_no_classes(tmp_path) -> None:
    output = made.single_output(SIZE, 112, [])
    output[0, -32:] = random.normal(0, 0.6, (32, CELLS))
    assert "a segmentation model" in refusal(constant_model(tmp_path / "m.onnx", output))


def test_undecoded_channels_are_no_boxes(tmp_path) -> None:
    output = random.normal(-3, 2, (1, 144, CELLS)).astype(np.float32)
    assert "no boxes" in refusal(constant_model(tmp_path / "m.onnx", output))


def test_a_stock_export_without_names_still_runs(tmp_path) -> None:
    known = Known(BOX.xyxy, 0.9, 15)
    path = constant_model(tmp_path / "m.onnx", made.single_output(SIZE, 16, [known]))
    assert_only(found(path)[1], known)


@pytest.mark.parametrize("names", ['{"0": "a", "1": "b"}', "{0: 'a', 1: 'b'}", "[a, b]"])
def test_two_names_for_three_classes(tmp_path, names) -> None:
    output = made.single_output(SIZE, 3, [])
    message = refusal(constant_model(tmp_path / "m.onnx", output, metadata={"names": names}))
    assert "2 names for 3 classes" in message
    assert "rotated" not in message


@pytest.mark.parametrize("strides", [(16, 32), (4, 8, 16, 32), (8, 16)])
def test_other_strides_run_from_the_shapes(tmp_path, strides) -> None:
    cells = sum((96 // stride) * (64 // stride) for stride in strides)
    output = np.zeros((1, 84, cells), np.float32)
    output[0, :4, 5], output[0, 6, 5] = BOX.xywh, 0.9
    assert_only(found(constant_model(tmp_path / "m.onnx", output))[1], BOX)


@pytest.mark.parametrize("scores_first", [False, True])
@pytest.mark.parametrize("logits", [False, True])
@pytest.mark.parametrize("classes", [80, 3])
def test_one_map_a_stride_may_begin_with_its_scores(tmp_path, classes, logits, scores_first):
    """Exporters of Rockchip's forks in the registry join `cls, box`, others `box, cls`."""
    split = made.dfl_outputs(SIZE, classes, [BOX], with_sum=False, logits=logits)
    boxes, scores = split[::2], split[1::2]
    for box in boxes:
        box += (random.normal(1.5, 1, box.shape) * (box[:, :1] == 0)).astype(np.float32)
    pairs = zip(scores, boxes, strict=True) if scores_first else zip(boxes, scores, strict=True)
    outputs = [np.concatenate(pair, axis=1) for pair in pairs]
    names = str([f"name {number}" for number in range(classes)])
    path = constant_model(tmp_path / "m.onnx", *outputs, metadata={"names": names})
    assert_only(found(path)[1], BOX)


@pytest.mark.parametrize("scores_first", [False, True])
@pytest.mark.parametrize("bins", [16, 1])
def test_as_many_classes_as_box_channels_are_told_apart_by_their_values(
    tmp_path, bins, scores_first
) -> None:
    split = made.dfl_outputs(SIZE, 4 * bins, [BOX], bins=bins, with_sum=False)
    for box in split[::2]:
        box += (random.normal(2, 0.5, box.shape) * (box[:, :1] == 0)).astype(np.float32)
    pairs = zip(split[::2], split[1::2], strict=True)
    outputs = [each for pair in pairs for each in (pair[::-1] if scores_first else pair)]
    assert_only(found(constant_model(tmp_path / "m.onnx", *outputs))[1], BOX)


def as_corners(output, axis):
    """Corners for middles and sides; boxes of what is empty are three cells wide."""
    scores = np.take(output, range(5, output.shape[axis]), axis).max(axis, keepdims=True)
    x, y, w, h = np.split(np.take(output, range(4), axis), 4, axis)
    w, h = (np.where(scores > 0, side, 3 * side) for side in (w, h))
    corners = np.concatenate((x - w / 2, y - h / 2, x + w / 2, y + h / 2), axis)
    return np.concatenate((corners, np.take(output, range(4, output.shape[axis]), axis)), axis)


@pytest.mark.parametrize("normalised", [False, True])
def test_boxes_of_every_cell_may_be_corners(tmp_path, normalised):
    """A head with one box an object has x1, y1, x2, y2 where its best rows are not chosen."""
    output = as_corners(made.single_output(SIZE, 80, [BOX], normalised=normalised), 1)
    assert_only(found(constant_model(tmp_path / "m.onnx", output))[1], BOX)
    turned = constant_model(tmp_path / "t.onnx", output.transpose(0, 2, 1))
    assert_only(found(turned, head="single")[1], BOX)
    rows = as_corners(decoded_objectness(BOX), 2)
    assert_only(found(constant_model(tmp_path / "o.onnx", rows))[1], BOX)


@pytest.mark.parametrize("turned", [False, True])
def test_all_boxes_and_all_scores_apart_are_called_by_their_name(tmp_path, turned) -> None:
    single = made.single_output(SIZE, 80, [BOX])
    parts = [part.transpose(0, 2, 1) if turned else part for part in np.split(single, [4], 1)]
    message = refusal(constant_model(tmp_path / "m.onnx", *parts))
    assert "boxes and scores in outputs of their own" in message


def test_boxes_and_scores_apart_are_called_by_their_name(tmp_path) -> None:
    path = constant_model(
        tmp_path / "m.onnx", np.zeros((1, 300, 4)), np.zeros((1, 300, 80)), metadata={}
    )
    assert "boxes and scores in outputs of their own" in refusal(path)


def test_the_probe_is_pure_and_knows_blank_and_broken_outputs() -> None:
    outputs = (np.zeros((1, 6, 21)), np.full((1, 2, 3), np.nan), np.ones((1, 4, 2, 2)))
    blank, broken, maps = probe(outputs)
    assert (len(blank.rows), len(blank.columns)) == (6, 21)
    assert (broken.rows, broken.columns) == ((), ())
    assert [(one.least, one.most, one.mean) for one in maps.rows] == [(1, 1, 1)] * 4
    assert maps.columns == ()


def test_coordinates_in_the_first_picture_are_no_logits() -> None:
    """A first run that showed nothing cannot tell; the first picture does."""
    output = made.single_output(SIZE, 80, [BOX])
    head = bind_head([OutputSpec("out", output.shape)], SIZE, HeadHints())
    output[0, 40:] = random.uniform(0, 90, (44, CELLS))
    with pytest.raises(ModelMismatchError, match="neither probabilities nor logits"):
        head.decode([output], CellFilter(0.25))


@pytest.mark.parametrize("transposed", [False, True])
@pytest.mark.parametrize("normalised", [False, True])
def test_as_many_channels_as_cells_are_told_apart_by_their_values(normalised, transposed):
    """80 classes and an input of 64x64: `[1, 84, 84]`."""
    known = Known((22.0, 24.0, 42.0, 40.0), 0.9, 2)
    output = made.single_output((64, 64), 80, [known], normalised=normalised)
    output[0, 4:] += random.uniform(0, 0.003, (80, 84))
    output[0, 4 + known.class_id] = np.minimum(output[0, 4 + known.class_id], known.score)
    output = np.ascontiguousarray(output.transpose(0, 2, 1) if transposed else output)
    head = bind_head([OutputSpec("out", output.shape, probe((output,))[0])], (64, 64))
    found = head.decode([output], CellFilter(0.25))
    assert_only(found, known)


def test_as_many_channels_as_cells_without_values_is_asked_about():
    with pytest.raises(ModelMismatchError, match="choose another"):
        bind_head([OutputSpec("out", (1, 84, 84))], (64, 64))
