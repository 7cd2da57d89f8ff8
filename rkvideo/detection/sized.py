"""What an adapter needs at one size of the input."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from typing import TYPE_CHECKING

from rkvideo.backends.base import OutputSpec
from rkvideo.backends.values import OutputValues
from rkvideo.detection.heads.base import Head
from rkvideo.detection.heads.detect import bind_head
from rkvideo.detection.hints import head_hints
from rkvideo.detection.letterbox import InputMaker

if TYPE_CHECKING:
    from rkvideo.backends.base import BackendSpec
    from rkvideo.config import ModelSpec
    from rkvideo.data import Outputs

# Pictures of a folder or of an evaluation come back to the same few shapes.
_MOST_SIZES = 8


class SizedInput:
    """The input of a model at one size, and the head that reads the outputs of that size."""

    def __init__(
        self,
        model: ModelSpec,
        backend: BackendSpec,
        size: tuple[int, int],
        layout: str,
        head: Head | None = None,
    ) -> None:
        """`layout` is that of the head, which is None where first outputs have to tell shapes."""
        width, height = size
        self._size, self._model, self._backend = size, model, backend
        wanted = replace(backend.input, width=width, height=height)
        if layout == "rtdetr" and model.placement is None:
            # Its authors and Ultralytics (models/rtdetr/predict.py, `scale_fill`) keep no aspect.
            wanted = replace(wanted, placement="stretch")
        self.maker = InputMaker(wanted)
        self.title = model.title(width, height)
        self._head = head

    def head(self, outputs: Outputs) -> Head:
        """What reads these outputs. Raises ModelMismatchError."""
        if self._head is None:
            shapes = [
                OutputSpec(each.name, array.shape, _that_hold(each.values, array.shape))
                for each, array in zip(self._backend.outputs, outputs, strict=True)
            ]
            self._head = bind_head(shapes, self._size, head_hints(self._model, self._backend))
        return self._head


class SizedInputs:
    """Those of the sizes that were last in use, the model's own among them for good."""

    def __init__(self, model: ModelSpec, backend: BackendSpec) -> None:
        """Raises ModelMismatchError where no head fits."""
        self._model, self._backend = model, backend
        self._own_size = (backend.input.width, backend.input.height)
        head = bind_head(backend.outputs, self._own_size, head_hints(model, backend))
        self.class_count = head.class_count
        self.layout = head.layout
        self.own = SizedInput(model, backend, self._own_size, head.layout, head)
        self._others: OrderedDict[tuple[int, int], SizedInput] = OrderedDict()

    @property
    def long_side(self) -> int:
        """The longer side of the input, in pixels."""
        return max(self._own_size)

    def at(self, size: tuple[int, int]) -> SizedInput:
        """What is needed at that size."""
        if size == self._own_size:
            return self.own
        if size not in self._others:
            self._others[size] = SizedInput(self._model, self._backend, size, self.layout)
            if len(self._others) > _MOST_SIZES:
                self._others.popitem(last=False)
        self._others.move_to_end(size)
        return self._others[size]

    def for_picture(self, width: int, height: int) -> SizedInput:
        """What is needed for a picture of that size."""
        fit = self._backend.fit
        return self.own if fit is None else self.at(fit.size_for(width, height))


def _that_hold(values: OutputValues | None, shape: tuple[int, ...]) -> OutputValues | None:
    """The ranges along the axes that are as long as they were when they were measured."""
    if values is None or len(shape) != 3:
        return values  # A map's channels do not change with its sides.
    return replace(
        values,
        rows=values.rows if len(values.rows) == shape[1] else (),
        columns=values.columns if len(values.columns) == shape[2] else (),
    )
