"""The ways from a picture to the pixels of an input: the plain one, and quicker ones on trial."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from rkvideo.data import Lent, in_memory
from rkvideo.detection.letterbox import resize_rgb
from rkvideo.detection.rga_way import RgaWay
from rkvideo.pictures.pixels import PictureConverter
from rkvideo.pictures.planes import has_planes, resize_planes
from rkvideo.pictures.rga.library import RgaError

if TYPE_CHECKING:
    from collections.abc import Callable

    import av

    from rkvideo.config import ColorOrder
    from rkvideo.data import AnyPicture, UInt8Array
    from rkvideo.detection.picture_proof import PictureProof
    from rkvideo.pictures.pixels import Area

PLAIN: Final = "plain"
PLANES: Final = "planes"
_OF_A_VIDEO_UNIT: Final = "nv12 of a video unit"

# With as many pixels, colouring them is all there is to do, and swscale does it faster; with half
# of them the planes are ahead (benchmarks/planes.py).
_LEAST_SHRINK = 2


class PictureWay(Protocol):
    """A way from a picture to the pixels of an input. One thread owns it."""

    name: str

    def takes(self, picture: av.VideoFrame, area: Area | None, size: tuple[int, int]) -> bool:
        """Whether it can bring this picture, or `area` of it, to that width and height."""
        ...

    def fill(
        self, picture: av.VideoFrame, area: Area | None, target: UInt8Array, order: ColorOrder
    ) -> None:
        """Fill `target`, uint8 (height, width, 3), with the picture, or `area` of it."""
        ...


class SharedColours:
    """Colours pictures for the models of one worker, which work on each one after the other.

    A whole picture is kept for the next of them where that is told to want it; who takes it is the
    last one. One thread owns it.
    """

    def __init__(self) -> None:
        self._converter = PictureConverter()
        self._kept: tuple[av.VideoFrame, UInt8Array] | None = None

    def rgb24(self, picture: av.VideoFrame, area: Area | None, *, keeps: bool) -> UInt8Array:
        """As `PictureConverter.rgb24`; with `keeps` another model will ask for it."""
        kept, self._kept = self._kept, None
        if kept is not None and kept[0] is picture and area is None:
            return kept[1]
        rgb = self._converter.rgb24(picture, area)
        if keeps and area is None:
            self._kept = picture, rgb
        return rgb


class PlainWay:
    """Colours the picture, then resizes it: what every other way is compared with."""

    name = PLAIN

    def __init__(self) -> None:
        self.colours = SharedColours()
        self.keeps: Callable[[], bool] = lambda: False
        """Whether another model goes on with the coloured picture."""

    def takes(self, _picture: av.VideoFrame, _area: Area | None, _size: tuple[int, int]) -> bool:
        """Every picture."""
        return True

    def fill(
        self, picture: av.VideoFrame, area: Area | None, target: UInt8Array, order: ColorOrder
    ) -> None:
        """See PictureWay."""
        rgb = self.colours.rgb24(picture, area, keeps=self.keeps())
        resize_rgb(rgb, target, order)


class PlanesWay:
    """Resizes the planes of a picture and colours what is left."""

    name = PLANES

    def takes(self, picture: av.VideoFrame, area: Area | None, size: tuple[int, int]) -> bool:
        """Those of 8-bit 4:2:0 that become smaller."""
        left, top, width, height = area or (0, 0, picture.width, picture.height)
        is_even = not any(side % 2 for side in (left, top, width, height))
        shrinks = width * height >= _LEAST_SHRINK * size[0] * size[1]
        return is_even and shrinks and has_planes(picture)

    def fill(
        self, picture: av.VideoFrame, area: Area | None, target: UInt8Array, order: ColorOrder
    ) -> None:
        """See PictureWay."""
        resize_planes(picture, area, target, order)


class PictureWays:
    """Takes the quickest way that its model's proof has not spoken against. One thread owns it."""

    def __init__(self, proof: PictureProof | None) -> None:
        """Without a proof it takes the plain way only."""
        self._proof = proof
        self._plain = PlainWay()
        self._quick: tuple[PictureWay, ...] = () if proof is None else (PlanesWay(),)
        self._rga = RgaWay()
        self.name = PLAIN
        """The way that the newest picture took."""
        if proof is not None and proof.is_switched_off:
            for way in self._quick:
                proof.tell_switched_off(way.name)

    def share_with(self, following: PictureWays) -> None:
        """Leave what is coloured to `following`, which takes each picture next, in this thread."""
        following._plain.colours = self._plain.colours
        # Where the other one went another way last, the coloured picture would only take room.
        self._plain.keeps = lambda: following.name == PLAIN

    def fill(
        self, picture: AnyPicture, area: Area | None, target: UInt8Array, order: ColorOrder
    ) -> None:
        """Fill `target`, uint8 (height, width, 3), with the picture, or `area` of it.

        One that is lent is fetched where RGA does not take it. Raises BackendUnavailableError where
        a quick way fails its proof and has to be taken, DecodeError where a picture cannot be
        fetched.
        """
        if isinstance(picture, Lent) and self._go_by_rga(picture, area, target, order):
            self.name = self._rga.name
            return
        fetched = in_memory(picture)
        for way in self._quick:
            if self._go(way, fetched, area, target, order):
                self.name = way.name
                return
        self.fill_plainly(fetched, area, target, order)

    def fill_plainly(
        self, picture: AnyPicture, area: Area | None, target: UInt8Array, order: ColorOrder
    ) -> None:
        """The same by the plain way."""
        self._plain.fill(in_memory(picture), area, target, order)
        self.name = PLAIN

    def close(self) -> None:
        """Give back what the ways hold; by the thread that owns them."""
        self._rga.close()

    def _go(
        self,
        way: PictureWay,
        picture: av.VideoFrame,
        area: Area | None,
        target: UInt8Array,
        order: ColorOrder,
    ) -> bool:
        """Fill `target` by that way; False where it cannot be taken, or has failed its proof."""
        proof = self._proof
        size = (target.shape[1], target.shape[0])
        if proof is None or not proof.may_take(way.name) or not way.takes(picture, area, size):
            return False
        way.fill(picture, area, target, order)
        kind = _kind(picture, order)
        if proof.knows(way.name, kind):
            return True
        layout = picture.format.name
        return self._looks_right(proof, way.name, kind, layout, picture, area, target)

    def _go_by_rga(
        self, picture: Lent, area: Area | None, target: UInt8Array, order: ColorOrder
    ) -> bool:
        """The same by RGA, of a picture that is still lent."""
        way, proof, hardware = self._rga, self._proof, picture.hardware
        if proof is None or hardware is None or not proof.may_take(way.name):
            return False
        try:
            if not way.fills(hardware, area, target, order):
                return False
        except RgaError as error:
            proof.leave(way.name, _OF_A_VIDEO_UNIT, str(error))
            return False
        kind = _kind(hardware, order)
        # The decoder has its buffer back as soon as the picture is fetched.
        del hardware
        return proof.knows(way.name, kind) or self._looks_right(
            proof, way.name, kind, _OF_A_VIDEO_UNIT, picture.in_memory(), area, target
        )

    def _looks_right(
        self,
        proof: PictureProof,
        way: str,
        kind: tuple[str, int, int, ColorOrder],
        layout: str,
        picture: av.VideoFrame,
        area: Area | None,
        filled: UInt8Array,
    ) -> bool:
        """Whether that way has `filled` what the plain one fills, with a picture of a new kind."""
        plain = np.empty(filled.shape, np.uint8)
        self._plain.fill(picture, area, plain, kind[-1])
        subject = f"{layout} {picture.width}x{picture.height}"
        return proof.compare_pixels(way, kind, subject, plain, filled)


def _kind(picture: av.VideoFrame, order: ColorOrder) -> tuple[str, int, int, ColorOrder]:
    return picture.format.name, int(picture.colorspace), int(picture.color_range), order
