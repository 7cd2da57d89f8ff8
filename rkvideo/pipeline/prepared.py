"""A model that is ready to be opened: what a run starts with and what it can be switched to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from rkvideo.backends.base import BackendPlan, BackendSpec
from rkvideo.data import Detections, Letterbox, Outputs, Tensor
from rkvideo.sizes.tiling import PictureTile

if TYPE_CHECKING:
    from rkvideo.config import DetectionFilter
    from rkvideo.data import AnyPicture


class ModelAdapter(Protocol):
    """What a worker does around the inference; each worker has its own."""

    @property
    def title(self) -> str:
        """`NAME@WIDTHxHEIGHT` of the newest input, which may follow the size of the picture."""
        ...

    @property
    def labels(self) -> tuple[str, ...]:
        """The class names."""
        ...

    @property
    def trouble(self) -> str:
        """Why its boxes cannot be trusted, in one line; empty where nothing speaks against them."""
        ...

    def check(self, wanted: DetectionFilter) -> None:
        """Raises ConfigError where the filter names a class that the model does not know."""
        ...

    def preprocess(
        self, picture: AnyPicture, tile: PictureTile | None = None
    ) -> tuple[Tensor, Letterbox]:
        """The model's input for a picture, or a tile of it; overwritten by the next call.

        Raises DecodeError where a picture that is lent has to be fetched and cannot be.
        """
        ...

    def tiles(self, picture: AnyPicture) -> tuple[PictureTile, ...]:
        """What is looked at in a picture, each by an inference of its own; at least all of it."""
        ...

    def merge(
        self, found: Sequence[Detections], tiles: Sequence[PictureTile], wanted: DetectionFilter
    ) -> Detections:
        """The boxes of a picture from those that were found in each of its tiles."""
        ...

    def postprocess(
        self, outputs: Outputs, letterbox: Letterbox, wanted: DetectionFilter
    ) -> Detections:
        """The boxes in source pixels; a class that the model does not know matches nothing."""
        ...


@runtime_checkable
class ProvesPictures(Protocol):
    """An adapter with quick ways from a picture to the input, on trial beside the plain one."""

    @property
    def picture_way(self) -> str:
        """The way that the newest picture took: `plain`, `planes`, `rga`."""
        ...

    @property
    def note(self) -> str:
        """Why a quick way was left, in one line; empty where none was."""
        ...

    @property
    def wants_picture(self) -> bool:
        """Whether `beside` may have to look at the newest picture, in ordinary memory."""
        ...

    def close(self) -> None:
        """Give back what the ways hold; in the thread that used them."""
        ...

    def beside(
        self, picture: AnyPicture, found: Detections
    ) -> tuple[Tensor, Letterbox, str] | None:
        """The input that the newest picture has by the plain way, and the way that it took.

        None where there is nothing to compare `found` with, or no need to; overwritten as that of
        `preprocess` is.
        """
        ...

    def compare(
        self,
        way: str,
        outputs: Outputs,
        letterbox: Letterbox,
        found: Detections,
        wanted: DetectionFilter,
    ) -> None:
        """Lay what the plain way gave beside what was `found` by `way`.

        Raises BackendUnavailableError where they differ too much and `--fast require` was asked.
        """
        ...


@runtime_checkable
class SharesPictures(Protocol):
    """An adapter that leaves to another one what it has made of a picture."""

    def share_with(self, following: ModelAdapter) -> None:
        """Leave it to `following`, which takes each picture right after it, in the same thread."""
        ...


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
