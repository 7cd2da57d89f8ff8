"""Runs whose model is switched, on simulated NPUs: gates, what is in memory, what was shown."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby

from rkvideo.backends.registry import simulated_plan
from rkvideo.backends.simulated import SimulatedNpu
from rkvideo.config import AppConfig, DetectionFilter, ModelName, SimulationSpec, SourceOptions
from rkvideo.detection.detector import DetectorAdapter
from rkvideo.models.resolve import resolve
from rkvideo.pipeline.pipeline import Pipeline, RunSpec
from rkvideo.pipeline.prepared import PreparedModel
from rkvideo.pipeline.source_runner import PlayOptions
from rkvideo.sources.registry import make_source
from rkvideo.status import Playback, RunTitles
from tests.helpers.patience import PATIENCE_S
from tests.helpers.stand_ins import StandInSource

LATENCY_MS = 13.6
LONGEST_GAP_S = 0.150 + LATENCY_MS / 1e3
THINGS = tuple(f"thing {number}" for number in range(80))


@dataclass
class Gate:
    """What contexts pass when they open (or close); shut until `open` is set."""

    passed: list[int] = field(default_factory=list)
    reached: threading.Event = field(default_factory=threading.Event)
    open: threading.Event = field(default_factory=threading.Event)

    def wait(self, worker: int) -> None:
        self.reached.set()
        assert self.open.wait(PATIENCE_S)
        self.passed.append(worker)


class Memory:
    """Which models have contexts in memory, and how many at most at the same time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._contexts: dict[str, int] = defaultdict(int)
        self.most = 0
        self.came: list[str] = []

    def opens(self, title: str) -> None:
        with self._lock:
            if not self._contexts[title]:
                self.came.append(title)
            self._contexts[title] += 1
            self.most = max(self.most, len(self.held()))

    def closed(self, title: str) -> None:
        with self._lock:
            self._contexts[title] -= 1

    def held(self) -> list[str]:
        return [title for title, contexts in self._contexts.items() if contexts]


class WatchedBackend:
    """A real simulated context that tells when it closes."""

    def __init__(self, backend, on_close) -> None:
        self._backend = backend
        self._on_close = on_close
        self.spec = backend.spec
        self.infer = backend.infer

    def close(self) -> None:
        self._on_close()
        self._backend.close()


class SwitchingDesk:
    """Makes models and runs over simulated NPUs, and checks at the end that all is closed."""

    def __init__(self) -> None:
        self.memory = Memory()
        self.gates: list[Gate] = []
        self.npus: list[SimulatedNpu] = []
        self.runs: list[Pipeline] = []

    def prepared(
        self,
        model: str,
        *,
        labels: tuple[str, ...] = (),
        gate: Gate | None = None,
        closing: Gate | None = None,
        beside: PreparedModel | None = None,
        workers: int | None = None,
        infer_limit_s: float = 8.0,
        same_npu: bool = False,
        raises: BaseException | None = None,
        adapter_raises: BaseException | None = None,
        open_limit_s: float = 60.0,
        **simulation,
    ) -> PreparedModel:
        spec = SimulationSpec(**{"latency_ms": 1.0, **simulation})
        npu = self.npus[-1] if same_npu else SimulatedNpu(spec)
        self.npus.append(npu)
        self.gates += [each for each in (gate, closing) if each is not None]
        config = AppConfig("", backend="simulated", workers=workers, simulation=spec)
        described = replace(resolve(model, backend="simulated"), labels=labels)
        plan = simulated_plan(config, described, npu)
        title = str(ModelName(described.name, described.size, described.fits))

        def open_backend(worker: int):
            self.memory.opens(title)
            try:
                if gate is not None:
                    gate.wait(worker)
                if raises is not None:
                    raise raises
                backend = plan.open(worker)
            except BaseException:
                self.memory.closed(title)
                raise

            def on_close() -> None:
                if closing is not None:
                    closing.wait(worker)
                self.memory.closed(title)

            return WatchedBackend(backend, on_close)

        def make_adapter(backend):
            if adapter_raises is not None:
                raise adapter_raises
            return DetectorAdapter(described, backend)

        limits = {"infer_limit_s": infer_limit_s, "open_limit_s": open_limit_s}
        return PreparedModel(
            title, replace(plan, open=open_backend, **limits), make_adapter, beside
        )

    def run(
        self,
        source: str | StandInSource,
        prepared: PreparedModel,
        wanted: DetectionFilter = DetectionFilter(),  # noqa: B008
        *,
        live: bool = False,
        speed: float | None = None,
    ) -> Pipeline:
        options = SourceOptions(realtime=live)
        pipeline = Pipeline(
            RunSpec(
                source=make_source(source, options) if isinstance(source, str) else source,
                prepared=prepared,
                wanted=wanted,
                play=PlayOptions(playback=Playback(speed), retry_open=True),
                titles=RunTitles("pattern", prepared.title, "simulated", ()),
            )
        )
        self.runs.append(pipeline)
        return pipeline

    def check(self) -> None:
        for npu in self.npus:
            for context in npu.contexts:
                assert context.closed_by == context.opened_by
        assert self.memory.held() == []


@contextlib.contextmanager
def switching_desk() -> Iterator[SwitchingDesk]:
    """A desk; at its end every run is stopped, and all that was opened must be closed."""
    made = SwitchingDesk()
    yield made
    for gate in made.gates:
        gate.open.set()
    for run in made.runs:
        run.stop()
        run.join(PATIENCE_S)
    made.check()
    assert not [t.name for t in threading.enumerate() if t.name.startswith(("npu", "decode"))]


class Seen:
    """The results of a run; `wait_for` waits until there are that many."""

    def __init__(self, run: Pipeline) -> None:
        self.results = []
        self._changed = threading.Condition()
        run.observe(self._add)

    def _add(self, result) -> None:
        with self._changed:
            self.results.append(result)
            self._changed.notify_all()

    def wait_for(self, condition: Callable[[list], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: condition(self.results), PATIENCE_S)

    def wait_for_model(self, title: str) -> None:
        self.wait_for(lambda results: bool(results) and asked(results[-1].first.model) == title)

    def wait_more(self, count: int) -> None:
        with self._changed:
            wanted = len(self.results) + count
        self.wait_for(lambda results: len(results) >= wanted)


def until(run, condition, seconds=PATIENCE_S):
    """Wait for a status of the run; gives it."""
    deadline = time.monotonic() + seconds
    while not condition(status := run.status()):
        assert time.monotonic() < deadline, status
        run.wait(0.002)
    return status


def is_settled(status):
    return not status.loading and len(status.loaded) == 1


def indices(results):
    return [result.frame.index for result in results]


def models(results):
    """The models in the order in which they made results."""
    return [model for model, _ in groupby(asked(result.first.model) for result in results)]


def asked(title: str) -> str:
    """`a@64` for the title `a@64x64`: the pictures of these tests are square."""
    return title.partition("x")[0]


def until_stopped(run):
    run.stop()
    run.join(PATIENCE_S)
    return run.status()
