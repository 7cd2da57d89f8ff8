from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest

from rkvideo.backends import registry
from rkvideo.backends.onnx import OnnxBackend
from rkvideo.backends.registry import plan_backend, simulated_plan
from rkvideo.backends.simulated import SimulatedNpu
from rkvideo.config import AppConfig, ModelSpec, SimulationSpec
from rkvideo.errors import (
    BackendUnavailableError,
    ConfigError,
    ModelMismatchError,
    ModelNotFoundError,
)
from tests.helpers.model_samples import rknn_bytes, save_onnx
from tests.helpers.rknnlite_path import stand_in_rknnlite


@pytest.fixture
def rknn_file(tmp_path: Path) -> Path:
    path = tmp_path / "m.rknn"
    path.write_bytes(rknn_bytes())
    return path


@pytest.fixture
def board(tmp_path: Path) -> Path:
    path = tmp_path / "compatible"
    path.write_bytes(b"radxa,rock-5b\0rockchip,rk3588\0")
    return path


def spec(path: Path | None, **fields: Any) -> ModelSpec:
    return ModelSpec("m", path, **fields)


@pytest.mark.parametrize(
    ("fields", "cores"),
    [
        ({}, (0, 1, 2, 0, 1, 2)),
        ({"workers": 2}, (0, 1)),
        ({"workers": 4}, (0, 1, 2, 0)),
        ({"cores": (2, 0)}, (2, 0, 2, 0)),
        ({"cores": (1,), "workers": 3}, (1, 1, 1)),
    ],
)
def test_workers_take_the_cores_in_turn(
    rknn_file: Path, board: Path, fields: dict[str, Any], cores: tuple[int, ...]
) -> None:
    on_board = plan_backend(AppConfig("x", **fields), spec(rknn_file), compatible=board)
    assert (on_board.name, on_board.cores) == ("rknn", cores)
    simulated = plan_backend(AppConfig("x", backend="simulated", **fields), spec(None))
    assert (simulated.name, simulated.cores) == ("simulated", cores)


@pytest.mark.parametrize(("asked", "follow"), [(None, True), (6, False)])
def test_a_number_of_workers_that_is_asked_for_is_not_tried_out(
    rknn_file: Path, board: Path, asked: int | None, follow: bool
) -> None:
    on_board = plan_backend(AppConfig("x", workers=asked), spec(rknn_file), compatible=board)
    simulated = plan_backend(AppConfig("x", backend="simulated", workers=asked), spec(None))
    assert (on_board.workers_follow, simulated.workers_follow) == (follow, follow)


def test_each_worker_of_a_board_gets_its_core(rknn_file: Path, board: Path) -> None:
    with stand_in_rknnlite() as rknnlite:
        plan = plan_backend(AppConfig("x"), spec(rknn_file), compatible=board)
        assert rknnlite.made == []
        for worker in (2, 3):
            plan.open(worker).close()
        assert [npu.core_mask for npu in rknnlite.made] == [4, 1]


@pytest.mark.parametrize("cores", [(3,), (0, -1), (), (0, 0)])
def test_a_core_that_does_not_exist_is_refused(
    rknn_file: Path, board: Path, cores: tuple[int, ...]
) -> None:
    with pytest.raises(ConfigError, match="--cores"):
        plan_backend(AppConfig("x", cores=cores), spec(rknn_file), compatible=board)
    with pytest.raises(ConfigError, match="--cores"):
        plan_backend(AppConfig("x", backend="simulated", cores=cores), spec(None))


def test_a_simulated_npu_has_as_many_cores_as_asked_for() -> None:
    config = AppConfig("x", backend="simulated", simulation=SimulationSpec(cores=2, latency_ms=0))
    npu = SimulatedNpu(config.simulation)
    plan = simulated_plan(config, spec(None, size=(64, 64)), npu)
    assert plan.cores == (0, 1, 0, 1)
    for worker in range(4):
        plan.open(worker).close()
    assert [record.core for record in npu.contexts] == [0, 1, 0, 1]
    assert npu.closed == 4


@pytest.mark.parametrize(
    ("available", "asked", "workers", "threads"),
    [(1, None, 1, 1), (2, None, 2, 1), (8, None, 4, 2), (8, 1, 1, 8), (8, 3, 3, 2), (2, 4, 4, 1)],
)
def test_onnx_workers_share_the_cpu(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    available: int,
    asked: int | None,
    workers: int,
    threads: int,
) -> None:
    given: list[tuple[Path, int]] = []

    def opened(backend: OnnxBackend, path: Path, model: ModelSpec, threads: int) -> None:
        given.append((path, threads))

    monkeypatch.setattr(registry, "cpu_count", lambda: available)
    monkeypatch.setattr(OnnxBackend, "__init__", opened)
    path = tmp_path / "m.onnx"
    plan = plan_backend(AppConfig("x", workers=asked), spec(path))
    assert (plan.name, plan.cores) == ("onnx", (None,) * workers)
    plan.open(0)
    assert given == [(path, threads)]


def test_the_plan_opens_a_real_onnx_model(tmp_path: Path) -> None:
    path = save_onnx(tmp_path / "m.onnx")
    backend = plan_backend(AppConfig("x", workers=1), spec(path)).open(0)
    assert backend.spec.input.shape == (1, 3, 64, 96)
    backend.close()


def test_a_board_without_a_rknn_file_runs_on_its_cpu_and_says_so(
    tmp_path: Path, board: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    plan = plan_backend(AppConfig("x"), spec(tmp_path / "m.onnx"), compatible=board)
    assert plan.name == "onnx"
    assert "m runs on the CPU: there is no .rknn file of it for this board" in caplog.messages


def test_a_board_of_another_chip_refuses_the_file_before_any_thread(
    rknn_file: Path, tmp_path: Path
) -> None:
    compatible = tmp_path / "compatible"
    compatible.write_bytes(b"rockchip,rk3562\0")
    with pytest.raises(
        ModelMismatchError, match="is made for rk3588, but this board has an rk3562"
    ):
        plan_backend(AppConfig("x"), spec(rknn_file), compatible=compatible)


@pytest.mark.parametrize(
    ("config", "suffix", "error", "reason"),
    [
        ({"backend": "tpu"}, ".onnx", ConfigError, "choose one of auto, rknn, onnx, simulated"),
        ({"backend": "rknn"}, ".onnx", ModelMismatchError, "makes a .rknn file of it"),
        ({"backend": "onnx"}, ".rknn", ModelMismatchError, "give the ONNX file it was made from"),
        ({"cores": (0,)}, ".onnx", ConfigError, "--cores is for an NPU"),
        ({}, ".rknn", BackendUnavailableError, "m.rknn runs only on a Rockchip board"),
        ({}, None, ModelNotFoundError, "only --backend simulated runs without one"),
    ],
)
def test_what_does_not_go_together(
    tmp_path: Path,
    config: dict[str, Any],
    suffix: str | None,
    error: type[Exception],
    reason: str,
) -> None:
    path = tmp_path / f"m{suffix}" if suffix else None
    with pytest.raises(error) as caught:
        plan_backend(AppConfig("x", **config), spec(path), compatible=tmp_path / "none")
    assert reason in str(caught.value)
