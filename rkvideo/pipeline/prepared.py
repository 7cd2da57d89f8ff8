"""A model that is ready to be opened: what a run starts with and what it can be switched to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rkvideo.backends.base import BackendPlan, BackendSpec
from rkvideo.pipeline.worker import ModelAdapter


@dataclass(frozen=True, slots=True)
class PreparedModel:
    """How to open a model and what to do around its inference; nothing is open yet.

    `title` is what the user asked for, `NAME` or `NAME@SIZE`. `beside` is model B of an A|B view:
    each worker then opens a context of both and runs both on every frame.
    """

    title: str
    plan: BackendPlan
    make_adapter: Callable[[BackendSpec], ModelAdapter]
    beside: PreparedModel | None = None

    @property
    def models(self) -> tuple[PreparedModel, ...]:
        """What each worker opens: this model, and model B of an A|B view after it."""
        return (self,) if self.beside is None else (self, *self.beside.models)

    @property
    def full_title(self) -> str:
        """The title; in an A|B view those of both models, with a bar between."""
        return " | ".join(model.title for model in self.models)
