"""The way by RGA: a picture that a video unit has lent is scaled and coloured where it lies."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from rkvideo.pictures.rga.library import RgaError, open_library
from rkvideo.pictures.rga.scaler import Scaler, readable
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
        part = readable(picture, area, (target.shape[1], target.shape[0]))
        if part is None:
            return False
        if self._scaler is None:
            self._scaler = Scaler(open_library())
        self._scaler.fill(part, target, order)
        return True

    def close(self) -> None:
        """Release what the driver holds for it."""
        if self._scaler is not None:
            scaler, self._scaler = self._scaler, None
            try:
                scaler.close()
            except RgaError as error:
                _log.warning("RGA keeps memory of an input: %s", error)
