"""What a worker does around the inference: picture to tensor, outputs to boxes."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from rkvideo.data import has_pixels
from rkvideo.detection.hints import untold_input
from rkvideo.detection.merging import merge
from rkvideo.detection.output_watch import OutputWatch
from rkvideo.detection.picture_proof import PictureProof, with_neighbours
from rkvideo.detection.picture_ways import PLAIN, PictureWays
from rkvideo.detection.postprocess import detect
from rkvideo.detection.sized import SizedInputs
from rkvideo.errors import ConfigError
from rkvideo.files.untrusted import one_line
from rkvideo.model_files.labels import labels_for
from rkvideo.sizes.tiling import PictureTile

if TYPE_CHECKING:
    from rkvideo.backends.base import BackendSpec
    from rkvideo.config import DetectionFilter, ModelSpec
    from rkvideo.data import AnyPicture, Detections, Letterbox, Outputs, Tensor
    from rkvideo.sizes.tiling import Tiling


class DetectorAdapter:
    """What one worker does around the inference of one open model.

    Where the model takes any size, each picture has an input that fits it. The workers of a model
    share its `proof` of quick ways from a picture to the input; without one they go the plain way.

    Raises ModelMismatchError where the outputs fit no head, or the labels not the classes.
    """

    def __init__(
        self,
        model: ModelSpec,
        backend: BackendSpec,
        tiling: Tiling | None = None,
        proof: PictureProof | None = None,
    ) -> None:
        self._tiling = tiling
        self._proof = proof
        self.ways = PictureWays(proof)
        """From a picture to the pixels of its inputs."""
        self._inputs = SizedInputs(model, backend)
        self.title = self._inputs.own.title
        """`NAME@WIDTHxHEIGHT` of the newest input, `NAME@LONG_SIDE` before the first that fits."""
        if backend.fit is not None:
            self.title = model.fitted_title(backend.fit.long_side)
        self.labels = labels_for(model, backend.labels, self._inputs.class_count)
        self._resolved: tuple[DetectionFilter, DetectionFilter] | None = None
        names = [one_line(output.name, 40) for output in backend.outputs]
        self._watch = OutputWatch(self.title, names)
        untold = untold_input(model, backend, self._inputs.layout)
        self._untold = f"{self.title}: {untold}" if untold else ""

    @property
    def trouble(self) -> str:
        """Why the boxes cannot be trusted, empty where nothing speaks against them."""
        return self._watch.trouble or self._untold

    def tiles(self, picture: AnyPicture) -> tuple[PictureTile, ...]:
        """What is looked at in a picture, each by an inference of its own; at least all of it."""
        width, height = picture.width, picture.height
        if self._tiling is None:
            return (PictureTile(0, 0, width, height),)
        tiles = self._tiling.tiles(width, height, self._inputs.long_side)
        # The size that most of the inferences have.
        self.title = self._inputs.for_picture(tiles[-1].width, tiles[-1].height).title
        return tiles

    def preprocess(
        self, picture: AnyPicture, tile: PictureTile | None = None
    ) -> tuple[Tensor, Letterbox]:
        """The model's input for a picture, or a tile of it; overwritten by the next call.

        Raises DecodeError where a picture that is lent has to be fetched and cannot be.
        """
        part = tile or PictureTile(0, 0, picture.width, picture.height)
        sized = self._inputs.for_picture(part.width, part.height)
        if tile is None:
            self.title = sized.title
        is_whole = (part.width, part.height) == (picture.width, picture.height)
        area = None if is_whole else (part.left, part.top, part.width, part.height)
        tensor, letterbox = sized.maker.make_by(
            (part.width, part.height),
            lambda target, order: self.ways.fill(picture, area, target, order),
        )
        return tensor, replace(letterbox, origin=(part.left, part.top))

    def share_with(self, following: object) -> None:
        """See SharesPictures."""
        if isinstance(following, DetectorAdapter):
            self.ways.share_with(following.ways)

    @property
    def picture_way(self) -> str:
        """See ProvesPictures."""
        return self.ways.name

    @property
    def note(self) -> str:
        """See ProvesPictures."""
        return "" if self._proof is None else self._proof.note

    @property
    def wants_picture(self) -> bool:
        """See ProvesPictures."""
        return self.ways.name != PLAIN and (
            self._proof is not None and self._proof.is_due(self.ways.name)
        )

    def close(self) -> None:
        """See ProvesPictures."""
        self.ways.close()

    def beside(
        self, picture: AnyPicture, found: Detections
    ) -> tuple[Tensor, Letterbox, str] | None:
        """See ProvesPictures."""
        way = self.ways.name
        if self._proof is None or way == PLAIN or not len(found):
            return None
        if not self._proof.picks(way, has_picture=has_pixels(picture)):
            return None
        size = (picture.width, picture.height)
        tensor, letterbox = self._inputs.for_picture(*size).maker.make_by(
            size, lambda target, order: self.ways.fill_plainly(picture, None, target, order)
        )
        return tensor, letterbox, way

    def compare(
        self,
        way: str,
        outputs: Outputs,
        letterbox: Letterbox,
        found: Detections,
        wanted: DetectionFilter,
    ) -> None:
        """See ProvesPictures."""
        if self._proof is not None:
            plain = self.postprocess(outputs, letterbox, with_neighbours(wanted))
            self._proof.compare_boxes(way, found, plain, wanted)

    def merge(
        self, found: Sequence[Detections], tiles: Sequence[PictureTile], wanted: DetectionFilter
    ) -> Detections:
        """The boxes of the picture whose tiles these are; see `merging.merge`."""
        return merge(found, tiles, wanted)

    def postprocess(
        self, outputs: Outputs, letterbox: Letterbox, wanted: DetectionFilter
    ) -> Detections:
        """The boxes in source pixels, best score first."""
        self._watch.look_at_outputs(outputs)
        head = self._inputs.at(letterbox.input_wh).head(outputs)
        found = detect(outputs, head, letterbox, self._with_class_ids(wanted))
        self._watch.look_at_scores(found.score)
        return found

    def check(self, wanted: DetectionFilter) -> None:
        """Raises ConfigError where the filter names a class that the model does not know."""
        for name, class_id in _class_ids(wanted.classes or (), self.labels):
            if class_id is None:
                labels = [label.lower() for label in self.labels]
                near = difflib.get_close_matches(str(name).lower(), labels, n=1, cutoff=0.0)
                raise ConfigError(
                    f"--classes: the model knows no class {name!r} among its {len(labels)}; "
                    f"did you mean {near[0]!r}? `models info` lists them all"
                )

    def _with_class_ids(self, wanted: DetectionFilter) -> DetectionFilter:
        if self._resolved is None or self._resolved[0] is not wanted:
            ids = None
            if wanted.classes is not None:
                known = (class_id for _, class_id in _class_ids(wanted.classes, self.labels))
                ids = frozenset(class_id for class_id in known if class_id is not None)
            self._resolved = (wanted, replace(wanted, classes=ids))
        return self._resolved[1]


def _class_ids(
    classes: Iterable[int | str], labels: Sequence[str]
) -> Iterator[tuple[int | str, int | None]]:
    """Each class, given by id or by name whatever the case, and its id; None for an unknown one."""
    by_name = {label.lower(): index for index, label in enumerate(labels)}
    for wanted in classes:
        class_id = wanted if isinstance(wanted, int) else by_name.get(wanted.lower())
        is_known = class_id is not None and 0 <= class_id < len(labels)
        yield wanted, class_id if is_known else None
