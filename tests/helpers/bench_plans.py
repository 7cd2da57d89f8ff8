"""Plans of a bench on the simulated NPU."""

from __future__ import annotations

from rkvideo.bench.plan import BenchPlan
from rkvideo.config import AppConfig, SimulationSpec, SourceOptions

CLIP = "pattern:320x192@30:40"


def _simulation(cores: int, latency_ms: float | None) -> SimulationSpec:
    """None stands for a latency that rises with the pixels."""
    if latency_ms is None:
        return SimulationSpec(cores=cores, latency_ms=12.0, scales=True)
    return SimulationSpec(cores=cores, latency_ms=latency_ms)


def config(
    source: str = CLIP, *, latency_ms: float | None = 2.0, cores: int = 1, **options
) -> AppConfig:
    return AppConfig(
        source,
        backend="simulated",
        simulation=_simulation(cores, latency_ms),
        source_options=SourceOptions(**options),
    )


def plan(models: tuple[str, ...] = ("a@320",), **changes) -> BenchPlan:
    chosen = {"config": config(), "seconds": 0.7, "warmup_s": 0.2, "repeats": 1, **changes}
    return BenchPlan(models=models, **chosen)
