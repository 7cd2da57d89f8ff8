"""The way by RGA: a picture that a video unit has lent is scaled and coloured where it lies."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from rkvideo.pictures.rga.descriptor import UnreadablePictureError, describe
from rkvideo.pictures.rga.library import Library, RgaError, find_library
from rkvideo.pictures.rga.scaler import Scaler, can_scale, colours_of
from rkvideo.pictures.rga.trial import RGA

if TYPE_CHECKING:
    import av

    from rkvideo.config import ColorOrder
    from rkvideo.data import UInt8Array
    from rkvideo.pictures.pixels import Area

_log = logging.getLogger(__name__)


class RgaWay:
    """Takes pictures that are lent, as they are; librga is opened with the first of them.

    A decoder lends pictures only where librga has proven itself, so it is there.
    """

    name = RGA

    def __init__(self) -> None:
        self._scaler: Scaler | None = None

    def fills(
        self, picture: av.VideoFrame, area: Area | None, target: UInt8Array, order: ColorOrder
    ) -> bool:
        """Fill `target`, uint8 (height, width, 3), with the picture, or `area` of it.

        False where RGA does not serve its layout, place, scale or colours. Raises RgaError.
        """
        try:
            memory = describe(picture)
        except UnreadablePictureError:
            return False
        part = area or (0, 0, memory.width, memory.height)
        colours = colours_of(int(picture.colorspace), int(picture.color_range))
        if colours is None or not can_scale(memory, part, (target.shape[1], target.shape[0])):
            return False
        self._opened().fill(memory, part, colours, target, order)
        return True

    def close(self) -> None:
        """Release what the driver holds for it."""
        if self._scaler is not None:
            scaler, self._scaler = self._scaler, None
            try:
                scaler.close()
            except RgaError as error:
                _log.warning("RGA keeps memory of an input: %s", error)

    def _opened(self) -> Scaler:
        if self._scaler is None:
            path = find_library()
            if path is None:
                raise RgaError("there is no librga")
            self._scaler = Scaler(Library(path))
        return self._scaler
