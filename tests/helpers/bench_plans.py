"""Plans of a bench on the simulated NPU."""

from __future__ import annotations

from rkvideo.bench.plan import BenchPlan
from rkvideo.config import AppConfig, SimulationSpec, SourceOptions

CLIP = "pattern:320x192@30:40"


def config(source: str = CLIP, *, latency_ms: float = 2.0, cores: int = 1, **options) -> AppConfig:
    return AppConfig(
        source,
        backend="simulated",
        simulation=SimulationSpec(cores=cores, latency_ms=latency_ms),
        source_options=SourceOptions(**options),
    )


def plan(models: tuple[str, ...] = ("a@320",), **changes) -> BenchPlan:
    chosen = {"config": config(), "seconds": 0.7, "warmup_s": 0.2, "repeats": 1, **changes}
    return BenchPlan(models=models, **chosen)
