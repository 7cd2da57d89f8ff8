"""How large a network is: counted by hand for one of each kind, and as published for yolo11n."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from onnx import save

from rkvideo.backends.onnx_profile import measure_network
from rkvideo.config import AppConfig, InputSpec
from rkvideo.model_files.network import Network
from rkvideo.models.file_facts import network_of, network_of_title
from tests.helpers.onnx_samples import Builder


def ones(*shape: int) -> np.ndarray:
    return np.ones(shape, np.float32)


def test_each_kind_of_weight_is_counted(tmp_path: Path) -> None:
    build = Builder()
    # 3x8x12 -> 6x4x6 by 6x1x3x3 in three groups: 6 * 24 values of 9 each.
    conv = build.add(
        *("Conv", "images", build.weight(ones(6, 1, 3, 3)), build.weight(ones(6))),
        **{"group": 3, "strides": [2, 2], "pads": [1, 1, 1, 1]},
    )
    # 6x4x6 -> 5x8x12 by 6x5x2x2: 6 * 24 values, each times 20.
    wide = build.add("ConvTranspose", conv, build.weight(ones(6, 5, 2, 2)), strides=[2, 2])
    flat = build.reshape(wide, 5, 96)
    # (5, 96) by (96, 4), then (5, 4) by (7, 4) turned.
    product = build.add("MatMul", flat, build.weight(ones(96, 4)))
    out = build.add("Gemm", product, build.weight(ones(7, 4)), build.weight(ones(7)), transB=1)
    save(build.model(None, out), tmp_path / "m.onnx")
    found = measure_network(tmp_path / "m.onnx", InputSpec(12, 8))
    macs = 6 * 24 * 9 + 6 * 24 * 20 + 5 * 4 * 96 + 5 * 7 * 4
    assert found == Network(6 * 9 + 6 + 6 * 20 + 96 * 4 + 7 * 4 + 7, macs)
    assert list(tmp_path.iterdir()) == [tmp_path / "m.onnx"]


def test_a_model_without_weights_has_none(tmp_path: Path) -> None:
    build = Builder()
    save(build.model((8, 8), build.pooled(8)), tmp_path / "m.onnx")
    assert measure_network(tmp_path / "m.onnx", InputSpec(8, 8)) is None


def test_yolo11n_is_as_large_as_ultralytics_says() -> None:
    found = network_of(AppConfig("demo", model="yolo11n"), (640, 640))
    assert found is not None
    # `yolo export` prints of it: 2,616,248 parameters, 6.5 GFLOPs.
    assert found.parameters == 2_616_248
    assert found.gflops == pytest.approx(6.5, abs=0.05)
    assert network_of_title(AppConfig("demo", model="yolo11n"), "yolo11n@640x640") == found
    # What follows each picture has no one size.
    assert network_of_title(AppConfig("demo", model="yolo11n"), "yolo11n@640") is None


def test_what_has_no_file_has_no_network() -> None:
    assert network_of(AppConfig("demo", model="a", backend="simulated"), (320, 320)) is None
    assert network_of(AppConfig("demo", model="nosuch"), None) is None
