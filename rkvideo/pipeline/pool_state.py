"""What a run knows of one of its pools: where it is in its life, and how its workers fare."""

from __future__ import annotations

import enum
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from rkvideo.errors import RkVideoError
from rkvideo.machine.process import resident_bytes
from rkvideo.pipeline.worker import OpenModel
from rkvideo.pipeline.worker_pool import WorkerPool
from rkvideo.status import LoadedModel


class Phase(enum.Enum):
    """The life of a pool. While it waits, opens and serves it is in use: the frames go to it."""

    COMES = "opens beside the pool in use"
    WAITS = "opens once the pool before it has left"
    OPENS = "opens, and the frames wait for it"
    SERVES = "works off the frames"
    LEAVES = "works off what it was given before another took its place"
    GONE = "has closed its contexts, or could open none"


@dataclass(slots=True)
class PoolState:
    """A pool and what became of its workers; its owner locks it.

    `number` is that of the switch that asked for it, 0 for that of the start. `opening` are the
    workers that have neither opened their contexts nor were refused, `alive` those whose thread
    has not ended. `models` are those that each worker has opened, model A first; empty until one
    has. `resident_before` is in bytes. Through `door` one worker at a time goes to open.
    """

    pool: WorkerPool
    number: int
    phase: Phase
    models: tuple[OpenModel, ...] = ()
    loaded: tuple[LoadedModel, ...] = ()
    resident_before: int = 0
    refused: dict[int, RkVideoError] = field(default_factory=dict)
    door: threading.Lock = field(default_factory=threading.Lock)
    opening: set[int] = field(init=False)
    alive: set[int] = field(init=False)

    def __post_init__(self) -> None:
        self.opening = set(range(self.pool.workers))
        self.alive = set(self.opening)

    def has_opened(self, worker: int, models: tuple[OpenModel, ...]) -> None:
        """The contexts of a worker are open."""
        self.opening.discard(worker)
        self.models = models

    def was_refused(self, worker: int, error: RkVideoError) -> None:
        """A worker could not open its contexts."""
        self.opening.discard(worker)
        self.refused[worker] = error

    @property
    def first_refusal(self) -> RkVideoError:
        """What kept the first worker from opening; only where one was refused."""
        return next(iter(self.refused.values()))

    @property
    def contexts(self) -> int:
        """How many workers have opened theirs, once none is opening any more."""
        return self.pool.workers - len(self.refused)

    def note_loaded(self) -> None:
        """Every worker has opened its contexts or was refused: tell what is in memory now."""
        if self.loaded:
            # A pool that comes back takes memory that the process had kept: it does not grow.
            self.loaded = tuple(replace(model, contexts=self.contexts) for model in self.loaded)
            return
        grown = resident_bytes() - self.resident_before
        # What two models took together cannot be told apart.
        memory = grown if grown > 0 and len(self.models) == 1 else None
        self.loaded = tuple(
            LoadedModel(model.title, model.backend, self.contexts, memory) for model in self.models
        )


def loaded_models(states: Iterable[PoolState]) -> tuple[LoadedModel, ...]:
    """The models of the pools that have all their contexts open."""
    there = (state for state in states if state.phase in (Phase.SERVES, Phase.LEAVES))
    return tuple(model for state in there for model in state.loaded)


def title_to_come(states: Iterable[PoolState]) -> str:
    """What the first pool runs that does not serve yet; empty where each does."""
    coming = (Phase.COMES, Phase.WAITS, Phase.OPENS)
    return next((state.pool.title for state in states if state.phase in coming), "")
