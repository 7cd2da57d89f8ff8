"""What every backend is: one loaded copy of a model that one thread owns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from rkvideo.backends.values import OutputValues
from rkvideo.config import InputSpec
from rkvideo.data import Outputs, Tensor
from rkvideo.sizes.input_fit import InputFit


@dataclass(frozen=True, slots=True)
class OutputSpec:
    """Name and shape (batch of one first) of one output.

    `values` is what a first run on a grey picture gave, None where nothing was run.
    """

    name: str
    shape: tuple[int, ...]
    values: OutputValues | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class BackendSpec:
    """What an open model takes and gives.

    `labels` and `metadata` are what the file itself says, empty where it says nothing. `way` is
    the one that this backend takes where it has several, and `note` why it is not the best one.
    With `fit` any size that it gives is taken besides that of `input`; `outputs` are those at the
    latter.
    """

    input: InputSpec
    outputs: tuple[OutputSpec, ...]
    labels: tuple[str, ...] = ()
    metadata: tuple[tuple[str, str], ...] = ()
    way: str = ""
    note: str = ""
    fit: InputFit | None = None


class Backend(Protocol):
    """An open model. Every call comes from the thread that opened it.

    A new backend is tested by adding it to `tests/contract/test_backends.py`.
    """

    @property
    def spec(self) -> BackendSpec:
        """What the model takes and gives; the same during its whole life."""
        ...

    def infer(self, tensor: Tensor, frame_index: int) -> Outputs:
        """Run the model on a tensor of the spec's shape, or one that its fit gives, and dtype.

        Gives C-contiguous tensors, valid until the next call: float32 arrays, or int8 ones with
        what they stand for. They have the spec's output shapes, or those that belong to the
        tensor's size.
        `frame_index` names the frame in errors (and moves the simulated boxes).
        Raises InferenceError, also for a tensor of another shape or dtype.
        """
        ...

    def close(self) -> None:
        """Free the model; called once, after the last inference."""
        ...


OpenBackend: TypeAlias = Callable[[int], Backend]


@dataclass(frozen=True, slots=True)
class BackendPlan:
    """How a model will be run: which workers, and on which core each.

    `open` opens one context for the worker of the given number, in the thread that calls it.
    `cores[worker]` is the worker's NPU core, or None where cores are not bound. Workers of one
    core share it: while it serves one, another preprocesses or waits in the driver's queue.
    An inference that takes longer than `infer_limit_s` seconds is taken for a hung core, and so is
    a context that is not open after `open_limit_s`. With `workers_follow` the second worker of a
    core takes frames only as long as that brings throughput.
    """

    name: str
    cores: tuple[int | None, ...]
    open: OpenBackend
    infer_limit_s: float = 8.0
    # Rockchip's simulator builds the model first, which takes minutes.
    open_limit_s: float = 600.0
    workers_follow: bool = False
