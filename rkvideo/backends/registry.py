"""Which backend runs a model, with how many workers, on which cores.

Backends are imported only when they are chosen: no runtime is needed for another's sake.
"""

from __future__ import annotations

import functools
import logging
from typing import TYPE_CHECKING

from rkvideo.backends.base import BackendPlan
from rkvideo.config import BACKENDS
from rkvideo.errors import (
    BackendUnavailableError,
    ConfigError,
    ModelMismatchError,
    ModelNotFoundError,
)
from rkvideo.machine.called import as_called
from rkvideo.machine.process import cpu_count
from rkvideo.machine.soc import COMPATIBLE, Soc, read_soc

if TYPE_CHECKING:
    from pathlib import Path

    from rkvideo.backends.base import Backend
    from rkvideo.backends.simulated import SimulatedNpu
    from rkvideo.config import AppConfig, ModelSpec, SimulationSpec

# While one worker of a core infers, the other prepares its next picture.
WORKERS_PER_CORE = 2
# More sessions cost memory and gain nothing: each can use several threads instead.
MOST_ONNX_WORKERS = 4
# A large model on the CPU of a small board takes seconds for one picture.
ONNX_INFER_LIMIT_S = 120.0
# Six contexts of a large model, one after the other from a slow card.
NPU_OPEN_LIMIT_S = 60.0

_log = logging.getLogger(__name__)


def plan_backend(
    config: AppConfig, spec: ModelSpec, *, compatible: Path = COMPATIBLE
) -> BackendPlan:
    """How `spec` will be run: nothing is opened yet.

    `compatible` is the device tree's file that tells the chip.

    Raises:
        ConfigError: no such backend or core.
        ModelNotFoundError, ModelMismatchError: the backend cannot run this file.
        BackendUnavailableError: a .rknn file on a machine without an NPU.
    """
    if config.backend not in BACKENDS:
        raise ConfigError(f"--backend is {config.backend!r}: choose one of {', '.join(BACKENDS)}")
    if config.backend == "simulated":
        return simulated_plan(config, spec, _simulated_npu(config.simulation))
    path = _model_path(config.backend, spec)
    if config.backend == "rknn-sim":
        return _rknn_sim_plan(config, spec, path)
    soc = read_soc(compatible)
    if path.suffix == ".rknn":
        return _rknn_plan(config, spec, path, soc)
    if soc is not None and config.backend == "auto":
        _log.info("%s runs on the CPU: there is no .rknn file of it for this board", spec.name)
    return _onnx_plan(config, spec, path)


def simulated_plan(config: AppConfig, spec: ModelSpec, npu: SimulatedNpu) -> BackendPlan:
    """The plan for a given simulated NPU, whose records and faults the caller keeps in hand."""
    cores = _worker_cores(config, npu.simulation.cores, "the simulated NPU")

    def open_backend(worker: int) -> Backend:
        return npu.open(cores[worker], spec)

    return BackendPlan("simulated", cores, open_backend, workers_follow=config.workers is None)


@functools.cache
def _simulated_npu(simulation: SimulationSpec) -> SimulatedNpu:
    """A machine has one NPU: models that are open side by side share its cores."""
    from rkvideo.backends.simulated import SimulatedNpu

    return SimulatedNpu(simulation)


def _rknn_plan(config: AppConfig, spec: ModelSpec, path: Path, soc: Soc | None) -> BackendPlan:
    if soc is None:
        raise BackendUnavailableError(
            f"{path.name} runs only on a Rockchip board: on this machine use its ONNX file or "
            "--backend simulated"
        )
    from rkvideo.backends.rknn import choose_input
    from rkvideo.backends.rknn_proof import NpuContexts
    from rkvideo.model_files.rknn_file import read_header

    # A file for another chip or size is refused before any thread is made.
    choose_input(path, read_header(path), spec, soc)
    cores = _worker_cores(config, soc.cores, f"the {soc.name}")

    contexts = NpuContexts(path, spec, soc, config.fast)

    def open_backend(worker: int) -> Backend:
        return contexts.open(cores[worker])

    return BackendPlan(
        "rknn",
        cores,
        open_backend,
        open_limit_s=NPU_OPEN_LIMIT_S,
        workers_follow=config.workers is None,
    )


def _rknn_sim_plan(config: AppConfig, spec: ModelSpec, path: Path) -> BackendPlan:
    from rkvideo.backends.rknn_sim import INFER_LIMIT_S, RknnSimBackend
    from rkvideo.toolkit.environment import installed_toolkit

    if config.cores is not None or config.workers not in (None, 1):
        raise ConfigError("--backend rknn-sim has one worker and no cores: leave them out")
    toolkit = installed_toolkit(_log.warning)

    def open_backend(_worker: int) -> Backend:
        return RknnSimBackend(path, spec, toolkit)

    return BackendPlan("rknn-sim", (None,), open_backend, INFER_LIMIT_S)


def _onnx_plan(config: AppConfig, spec: ModelSpec, path: Path) -> BackendPlan:
    from rkvideo.backends.onnx import OnnxBackend

    if config.cores is not None:
        raise ConfigError("--cores is for an NPU: with an ONNX model use --workers")
    available = cpu_count()
    workers = config.workers or min(MOST_ONNX_WORKERS, available)
    threads = max(1, available // workers)

    def open_backend(_worker: int) -> Backend:
        return OnnxBackend(path, spec, threads)

    return BackendPlan("onnx", (None,) * workers, open_backend, ONNX_INFER_LIMIT_S)


def _model_path(backend: str, spec: ModelSpec) -> Path:
    if spec.path is None:
        raise ModelNotFoundError(
            f"model {spec.name} has no file: only --backend simulated runs without one"
        )
    if backend in ("rknn", "rknn-sim") and spec.path.suffix != ".rknn":
        raise ModelMismatchError(
            f"--backend {backend} cannot run {spec.path.name}: `{as_called()} convert` makes a "
            ".rknn file of it"
        )
    if backend == "onnx" and spec.path.suffix != ".onnx":
        raise ModelMismatchError(
            f"--backend onnx cannot run {spec.path.name}: give the ONNX file it was made from"
        )
    return spec.path


def _worker_cores(config: AppConfig, core_count: int, owner: str) -> tuple[int, ...]:
    """The core of each worker: the chosen cores in turn."""
    cores = tuple(range(core_count)) if config.cores is None else config.cores
    if not cores or len(set(cores)) != len(cores):
        raise ConfigError("--cores must name at least one core, and none twice")
    for core in cores:
        if not 0 <= core < core_count:
            raise ConfigError(
                f"--cores names core {core}, but {owner} has cores 0 to {core_count - 1}"
            )
    workers = config.workers or WORKERS_PER_CORE * len(cores)
    return tuple(cores[worker % len(cores)] for worker in range(workers))
