"""One suite for every backend: add a new one to `BACKENDS`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto

from rkvideo.backends.base import Backend
from rkvideo.backends.common import rknn_spec
from rkvideo.backends.onnx import OnnxBackend
from rkvideo.backends.rknn import RknnBackend
from rkvideo.backends.rknn_c import RknnCBackend, SharedModel
from rkvideo.backends.simulated import SimulatedNpu
from rkvideo.config import InputSpec, ModelSpec, SimulationSpec
from rkvideo.data import OutputTensor, QuantisedTensor
from rkvideo.errors import InferenceError
from rkvideo.machine.soc import Soc
from rkvideo.model_files.rknn_file import read_header
from tests.board.played_model import output_shapes, played_rknn
from tests.helpers.model_samples import DFL_SHAPES, rknn_bytes, save_onnx
from tests.helpers.paths import MODELS
from tests.helpers.played_library import kept_library
from tests.helpers.rknnlite_path import stand_in_rknnlite

YOLO11N = MODELS / "yolo11n.onnx"

Make = Callable[[Path], Backend]


def onnx_static(folder: Path) -> Backend:
    path = save_onnx(folder / "static.onnx")
    return OnnxBackend(path, ModelSpec("static", path), threads=1)


def onnx_nhwc_uint8(folder: Path) -> Backend:
    path = save_onnx(folder / "nhwc.onnx", shape=(1, 64, 96, 3), dtype=TensorProto.UINT8, nhwc=True)
    return OnnxBackend(path, ModelSpec("nhwc", path), threads=1)


def onnx_float16(folder: Path) -> Backend:
    path = save_onnx(folder / "half.onnx", dtype=TensorProto.FLOAT16)
    return OnnxBackend(path, ModelSpec("half", path), threads=2)


def onnx_dynamic(folder: Path) -> Backend:
    path = save_onnx(folder / "dynamic.onnx", shape=("batch", 3, "height", "width"))
    return OnnxBackend(path, ModelSpec("dynamic", path, size=(96, 64)), threads=1)


def onnx_yolo11n(folder: Path) -> Backend:
    return OnnxBackend(YOLO11N, ModelSpec("yolo11n", YOLO11N, size=(96, 64)), threads=1)


def rknn(folder: Path) -> Backend:
    path = folder / "m.rknn"
    path.write_bytes(rknn_bytes(inputs=[(1, 3, 64, 96)]))
    return RknnBackend(path, ModelSpec("m", path), core=1, soc=Soc("rk3588", 3))


def rknn_c(folder: Path) -> Backend:
    path = folder / "m.rknn"
    path.write_bytes(played_rknn(96, 64))
    spec = rknn_spec(path, read_header(path), UINT8, output_shapes(96, 64))
    return RknnCBackend(SharedModel(kept_library(), path), spec, "m@96x64", core=1, mask=2)


def onnx_fitted(folder: Path) -> Backend:
    path = save_onnx(folder / "dynamic.onnx", shape=("batch", 3, "height", "width"))
    return OnnxBackend(path, ModelSpec("dynamic", path, size=(96, 96), fits=True), threads=1)


def simulated_fitted(folder: Path) -> Backend:
    npu = SimulatedNpu(SimulationSpec(latency_ms=0))
    return npu.open(1, ModelSpec("any", None, size=(96, 96), fits=True))


def simulated(folder: Path) -> Backend:
    npu = SimulatedNpu(SimulationSpec(latency_ms=0))
    return npu.open(1, ModelSpec("any", None, size=(96, 64)))


AVERAGES = ((1, 3, 8, 12), (1, 3, 4, 6))
GRIDS = ((8, 12), (4, 6), (2, 3))
FLOAT32 = InputSpec(96, 64)
UINT8 = InputSpec(96, 64, layout="nhwc", dtype="uint8", scale=1.0)
BACKENDS = {
    "onnx static": (onnx_static, FLOAT32, AVERAGES),
    "onnx nhwc uint8": (onnx_nhwc_uint8, UINT8, AVERAGES),
    "onnx float16": (onnx_float16, InputSpec(96, 64, dtype="float16"), AVERAGES),
    "onnx dynamic": (onnx_dynamic, FLOAT32, AVERAGES),
    "onnx yolo11n": (onnx_yolo11n, FLOAT32, ((1, 84, 126),)),
    "rknn over the stand-in": (rknn, UINT8, DFL_SHAPES),
    "rknn-c over the stand-in": (rknn_c, UINT8, output_shapes(96, 64)),
    "simulated": (
        simulated,
        UINT8,
        tuple((1, channels, *grid) for grid in GRIDS for channels in (64, 80, 1)),
    ),
}


@pytest.fixture
def rknnlite() -> Iterator[Any]:
    with stand_in_rknnlite() as stand_in:
        yield stand_in


@pytest.fixture(autouse=True)
def npu_device(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the stand-in for the runtime library opens as the NPU's device."""
    monkeypatch.setenv("STAND_IN_DEVICE", "/dev/null")


def numbers(output: OutputTensor) -> np.ndarray:
    return output.numbers() if isinstance(output, QuantisedTensor) else output


@pytest.fixture(params=BACKENDS)
def case(
    request: pytest.FixtureRequest, tmp_path: Path, rknnlite: object
) -> Iterator[tuple[Backend, InputSpec, tuple[tuple[int, ...], ...]]]:
    make, wanted, shapes = BACKENDS[request.param]
    backend = make(tmp_path)
    yield backend, wanted, shapes
    backend.close()


Case = tuple[Backend, InputSpec, tuple[tuple[int, ...], ...]]


def test_the_spec_says_what_goes_in_and_comes_out(case: Case) -> None:
    backend, wanted, shapes = case
    assert backend.spec.input == wanted
    assert tuple(output.shape for output in backend.spec.outputs) == shapes
    assert len({output.name for output in backend.spec.outputs}) == len(shapes)
    assert backend.spec is backend.spec


def test_outputs_are_contiguous_and_of_the_shapes_of_the_spec(case: Case) -> None:
    backend, wanted, shapes = case
    tensor = np.full(wanted.shape, 1, wanted.dtype)
    for frame_index in range(2):
        outputs = backend.infer(tensor, frame_index)
        assert isinstance(outputs, tuple)
        assert tuple(output.shape for output in outputs) == shapes
        for output in outputs:
            is_int8 = isinstance(output, QuantisedTensor)
            array = output.values if is_int8 else output
            assert array.dtype == (np.int8 if is_int8 else np.float32)
            assert array.flags.c_contiguous
            assert numbers(output).dtype == np.float32
            assert np.isfinite(numbers(output)).all()


def test_the_same_tensor_and_frame_give_the_same_outputs(case: Case) -> None:
    backend, wanted, _ = case
    tensor = np.full(wanted.shape, 1, wanted.dtype)
    first = [numbers(output).copy() for output in backend.infer(tensor, 5)]
    for before, after in zip(first, backend.infer(tensor, 5), strict=True):
        np.testing.assert_array_equal(before, numbers(after))


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda tensor: tensor[0], id="no batch"),
        pytest.param(lambda tensor: np.concatenate([tensor, tensor]), id="batch of two"),
        pytest.param(lambda tensor: tensor.swapaxes(1, 3), id="other layout"),
        pytest.param(lambda tensor: tensor[:, :, :-8], id="other size"),
        pytest.param(lambda tensor: tensor.astype(np.float64), id="other dtype"),
        pytest.param(lambda tensor: tensor.astype(np.int8), id="signed"),
    ],
)
def test_a_wrong_tensor_is_refused_and_the_model_goes_on(
    case: Case, spoil: Callable[[np.ndarray], np.ndarray]
) -> None:
    backend, wanted, shapes = case
    tensor = np.full(wanted.shape, 1, wanted.dtype)
    with pytest.raises(InferenceError, match=r"@96x64 .*frame 7: was given .*, expected"):
        backend.infer(spoil(tensor), 7)
    assert len(backend.infer(tensor, 8)) == len(shapes)


@pytest.mark.parametrize("name", BACKENDS)
def test_after_close_every_inference_is_an_error(
    name: str, tmp_path: Path, rknnlite: object
) -> None:
    make, wanted, _ = BACKENDS[name]
    backend = make(tmp_path)
    backend.close()
    with pytest.raises(InferenceError, match="frame 0: the model is closed"):
        backend.infer(np.full(wanted.shape, 1, wanted.dtype), 0)


@pytest.mark.parametrize("name", [name for name in BACKENDS if name.startswith("onnx ")][:4])
def test_values_pass_through_onnx_unchanged(name: str, tmp_path: Path) -> None:
    make, wanted, _ = BACKENDS[name]
    tensor = np.zeros((1, 64, 96, 3), wanted.dtype)
    tensor[:, 16:32, 80:96] = (10, 20, 30)
    if wanted.layout == "nchw":
        tensor = np.ascontiguousarray(tensor.transpose(0, 3, 1, 2))
    backend = make(tmp_path)
    eights, sixteens = backend.infer(tensor, 0)
    backend.close()
    assert sixteens[0, :, 1, 5].tolist() == [10, 20, 30]
    assert sixteens.sum() == 60
    assert eights[0, :, 2:4, 10:12].sum() == eights.sum() == 240


@pytest.mark.parametrize("make", [onnx_fitted, simulated_fitted])
def test_a_backend_with_a_fit_takes_each_size_of_it(
    make: Callable[[Path], Backend], tmp_path: Path
) -> None:
    backend = make(tmp_path)
    wanted, fit = backend.spec.input, backend.spec.fit
    assert fit is not None
    for picture in ((1280, 720), (720, 1280), (500, 500), (1280, 720)):
        width, height = fit.size_for(*picture)
        sized = replace(wanted, width=width, height=height)
        outputs = backend.infer(np.full(sized.shape, 1, sized.dtype), 0)
        for output, own in zip(outputs, backend.spec.outputs, strict=True):
            assert (output.dtype, output.flags.c_contiguous) == (np.float32, True)
            assert output.shape[:2] == own.shape[:2]
            assert output.shape[2] * wanted.height == own.shape[2] * height
            assert output.shape[3] * wanted.width == own.shape[3] * width
    assert (wanted.width, wanted.height) == (96, 96)
    for foreign in ((64, 64), (96, 80), (128, 96)):
        sized = replace(wanted, width=foreign[0], height=foreign[1])
        with pytest.raises(InferenceError, match=r"was given .*, expected"):
            backend.infer(np.full(sized.shape, 1, sized.dtype), 0)
    backend.close()
