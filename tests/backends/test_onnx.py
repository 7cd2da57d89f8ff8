from __future__ import annotations

import resource
from pathlib import Path

import numpy as np
import psutil
import pytest
from onnx import NodeProto, TensorProto, helper, numpy_helper, save

from rkvideo.backends.onnx import OnnxBackend, read_onnx
from rkvideo.config import ModelSpec
from rkvideo.errors import ModelError, ModelLoadError, ModelMismatchError, ModelNotFoundError
from rkvideo.machine.process import memory_bounded
from rkvideo.sizes.input_fit import InputFit
from tests.helpers.model_samples import save_onnx
from tests.helpers.paths import MODELS

DYNAMIC = ("batch", 3, "height", "width")


def save_graph(path: Path, *nodes: NodeProto, out_type: int = TensorProto.FLOAT) -> None:
    images = helper.make_tensor_value_info("images", TensorProto.FLOAT, list(DYNAMIC))
    out = helper.make_tensor_value_info("out", out_type, None)
    graph = helper.make_graph(list(nodes), "graph", [images], [out])
    save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), path)


def opened(path: Path, **fields: object) -> OnnxBackend:
    return OnnxBackend(path, ModelSpec(path.stem, path, **fields), threads=1)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("metadata", "asked", "size"),
    [
        ({}, None, (640, 640)),
        ({"imgsz": "[384, 640]"}, None, (640, 384)),
        ({"imgsz": "[384, 640]"}, (96, 64), (96, 64)),
        ({"imgsz": "320"}, None, (320, 320)),
        ({"imgsz": "['a', 640]"}, None, (640, 640)),
        ({"stride": "64"}, (128, 192), (128, 192)),
    ],
)
def test_the_size_of_a_dynamic_model(
    tmp_path: Path, metadata: dict[str, str], asked: tuple[int, int] | None, size: tuple[int, int]
) -> None:
    backend = opened(save_onnx(tmp_path / "m.onnx", shape=DYNAMIC, metadata=metadata), size=asked)
    assert (backend.spec.input.width, backend.spec.input.height) == size
    assert backend.spec.outputs[1].shape == (1, 3, size[1] // 16, size[0] // 16)
    assert backend.spec.metadata == tuple(metadata.items())
    backend.close()


@pytest.mark.parametrize(
    ("metadata", "asked", "reason"),
    [
        ({}, (650, 640), "multiples of 32, not 650x640: the nearest sizes are 640 and 672x640"),
        ({}, (16, 32), "the nearest sizes are 32"),
        ({"stride": "64"}, (96, 96), "multiples of 64, not 96: the nearest sizes are 64 and 128"),
    ],
)
def test_a_size_between_the_strides_is_refused(
    tmp_path: Path, metadata: dict[str, str], asked: tuple[int, int], reason: str
) -> None:
    path = save_onnx(tmp_path / "m.onnx", shape=DYNAMIC, metadata=metadata)
    with pytest.raises(ModelMismatchError) as caught:
        opened(path, size=asked)
    assert str(caught.value).endswith(reason)


def test_a_fixed_size_cannot_be_changed(tmp_path: Path) -> None:
    path = save_onnx(tmp_path / "m.onnx")
    with pytest.raises(ModelMismatchError, match="takes 96x64 only, not 640: ask for @96x64"):
        opened(path, size=(640, 640))


def test_one_dynamic_side_takes_what_is_asked_for(tmp_path: Path) -> None:
    path = save_onnx(tmp_path / "m.onnx", shape=(1, 3, 64, "width"))
    backend = opened(path, size=(160, 64))
    assert backend.spec.input.shape == (1, 3, 64, 160)
    backend.close()
    with pytest.raises(ModelMismatchError, match="takes 160x64 only, not 160"):
        opened(path, size=(160, 160))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"second_input": True}, "takes 2 inputs (images, text)"),
        ({"shape": (2, 3, 64, 64)}, "takes a batch of 2"),
        ({"shape": (1, 4, 64, 64)}, "none of whose sides is the 3 colour channels"),
        ({"dtype": TensorProto.INT32}, "is tensor(int32), but only float32, float16 and uint8"),
    ],
)
def test_a_model_that_cannot_be_fed_is_refused(
    tmp_path: Path, changes: dict[str, object], reason: str
) -> None:
    path = save_onnx(tmp_path / "m.onnx", **changes)  # type: ignore[arg-type]
    with pytest.raises(ModelMismatchError) as caught:
        opened(path)
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "is empty"), (b"no model" * 50, "is not an ONNX model that can be loaded: ")],
)
def test_a_file_that_is_no_model(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "m.onnx"
    path.write_bytes(content)
    for read in (opened, read_onnx):
        with pytest.raises(ModelLoadError) as caught:
            read(path)
        assert f"{path} {reason}" in str(caught.value)
        assert "\n" not in str(caught.value)


def test_a_model_that_cannot_run_at_a_size(tmp_path: Path) -> None:
    path = tmp_path / "m.onnx"
    # As exports do that have the size of 64x64 baked into a reshape.
    save_graph(
        path,
        helper.make_node("Constant", [], ["shape"], value_ints=[1, 3, 4096]),
        helper.make_node("Reshape", ["images", "shape"], ["out"]),
    )
    assert opened(path, size=(64, 64)).spec.outputs[0].shape == (1, 3, 4096)
    with pytest.raises(ModelLoadError, match=r"does not run at m@96x64: ") as caught:
        opened(path, size=(96, 64))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "fields", "fit"),
    [
        ({}, {}, InputFit(640, 32)),
        ({}, {"size": (96, 96)}, InputFit(96, 32)),
        ({"metadata": {"imgsz": "320", "stride": "64"}}, {}, InputFit(320, 64)),
        ({}, {"size": (128, 128), "strides": (8, 16)}, InputFit(128, 16)),
        ({"metadata": {"imgsz": "[384, 640]"}}, {}, None),
        ({}, {"size": (96, 96), "fits": False}, None),
        ({"shape": (1, 3, 64, "width")}, {"size": (96, 96)}, None),
        ({"shape": (1, 3, 96, 96)}, {"size": (96, 96)}, None),
    ],
)
def test_a_model_of_any_size_fits_the_picture(
    tmp_path: Path, changes: dict[str, object], fields: dict[str, object], fit: InputFit | None
) -> None:
    path = save_onnx(tmp_path / "m.onnx", **({"shape": DYNAMIC} | changes))  # type: ignore[arg-type]
    backend = opened(path, **({"fits": True} | fields))
    assert backend.spec.fit == fit
    backend.close()


def test_a_model_that_has_one_size_baked_in_keeps_it(tmp_path: Path) -> None:
    path = tmp_path / "m.onnx"
    save_graph(
        path,
        helper.make_node("Constant", [], ["shape"], value_ints=[1, 3, 4096]),
        helper.make_node("Reshape", ["images", "shape"], ["out"]),
    )
    backend = opened(path, size=(64, 64), fits=True)
    assert (backend.spec.fit, backend.spec.input.shape) == (None, (1, 3, 64, 64))


def test_an_output_of_changing_length_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "m.onnx"
    save_graph(
        path,
        helper.make_node("Constant", [], ["zero"], value_float=0.0),
        helper.make_node("Less", ["images", "zero"], ["below"]),
        helper.make_node("NonZero", ["below"], ["out"]),
        out_type=TensorProto.INT64,
    )
    with pytest.raises(ModelMismatchError, match="changing number of rows: export the model"):
        opened(path, size=(64, 64))


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ModelNotFoundError, match=r"no model at .*gone\.onnx"):
        opened(tmp_path / "gone.onnx")


def test_the_sidecar_goes_over_the_defaults(tmp_path: Path) -> None:
    path = save_onnx(tmp_path / "m.onnx")
    backend = opened(path, color="bgr", scale=1.0, pad=0, placement="top-left")
    wanted = backend.spec.input
    assert (wanted.color, wanted.scale, wanted.pad, wanted.placement) == ("bgr", 1, 0, "top-left")
    backend.close()


def test_a_uint8_input_is_never_scaled(tmp_path: Path) -> None:
    path = save_onnx(tmp_path / "m.onnx", dtype=TensorProto.UINT8)
    backend = opened(path, scale=1 / 255)
    assert backend.spec.input.scale == 1.0
    backend.close()


def test_labels_come_from_the_file(tmp_path: Path) -> None:
    path = save_onnx(tmp_path / "m.onnx", metadata={"names": "{0: 'bus\\t', 1: ' car'}"})
    backend = opened(path)
    assert backend.spec.labels == ("bus", "car")
    backend.close()


def test_the_real_yolo11n_finds_nothing_on_grey() -> None:
    backend = opened(MODELS / "yolo11n.onnx", size=(160, 96))
    (scores,) = backend.infer(np.full((1, 3, 96, 160), 114 / 255, np.float32), 0)
    assert scores.shape == (1, 84, 315)
    assert scores[0, 4:].max() < 0.1
    assert backend.spec.labels[:3] == ("person", "bicycle", "car")
    assert dict(backend.spec.metadata)["task"] == "detect"
    backend.close()


def test_every_error_of_the_backend_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        opened(tmp_path / "gone.onnx")
    assert caught.value.is_usage_error


def save_large(path: Path, values: int, *, inside: bool) -> None:
    """A model whose output, or a step on the way to it, has so many values and does not say so."""
    factor = numpy_helper.from_array(np.array([1, 1, 1, values // (3 * 640 * 640)]), "factor")
    nodes = [
        helper.make_node("Shape", ["images"], ["size"]),
        helper.make_node("Mul", ["size", "factor"], ["shape"]),
        helper.make_node("ReduceMean", ["images"], ["mean"], keepdims=0),
        helper.make_node("Expand", ["mean", "shape"], ["large" if inside else "out"]),
    ]
    if inside:
        nodes.append(helper.make_node("ReduceMax", ["large"], ["out"], axes=[2]))
    images = helper.make_tensor_value_info("images", TensorProto.FLOAT, list(DYNAMIC))
    out = helper.make_tensor_value_info("out", TensorProto.FLOAT, None)
    graph = helper.make_graph(nodes, "graph", [images], [out], [factor])
    save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), path)


@pytest.mark.parametrize("inside", [True, False])
def test_a_model_that_needs_more_memory_than_is_free_is_refused(
    tmp_path: Path, inside: bool
) -> None:
    before = resource.getrlimit(resource.RLIMIT_DATA)
    # More than is free even where half of it became free meanwhile.
    values = psutil.virtual_memory().total // 4
    save_large(tmp_path / "m.onnx", values, inside=inside)
    with pytest.raises(ModelLoadError, match="it needs more memory than is free"):
        opened(tmp_path / "m.onnx")
    assert resource.getrlimit(resource.RLIMIT_DATA) == before


def test_what_the_user_has_limited_stays_limited() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    own = psutil.Process().memory_info().data + 500_000_000
    resource.setrlimit(resource.RLIMIT_DATA, (own, hard))
    try:
        with memory_bounded():
            assert resource.getrlimit(resource.RLIMIT_DATA)[0] == own
        assert resource.getrlimit(resource.RLIMIT_DATA)[0] == own
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))
