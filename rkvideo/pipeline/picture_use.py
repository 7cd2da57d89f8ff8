"""How long the picture of a frame is needed: until each model of its worker has its input of it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from rkvideo.errors import DecodeError, InferenceError

if TYPE_CHECKING:
    from rkvideo.data import Frame


class PictureUse:
    """Lets a picture go that a video unit has lent, as soon as no model needs it any more.

    It is fetched into ordinary memory first where somebody wants to see it: who does is asked at
    that moment (`wanted`), because nobody may ask for it later.
    """

    def __init__(self, frame: Frame, models: int, wanted: Callable[[], bool]) -> None:
        self.frame = frame
        self._models = models
        self._keep = False
        self._wanted = wanted
        self._lock = threading.Lock()

    def filled(self, *, keep: bool) -> None:
        """One more model has its input; `keep` says whether its trial looks at the picture later.

        Raises InferenceError where the picture has to be fetched and cannot be.
        """
        with self._lock:
            self._models -= 1
            self._keep |= keep
            if self._models:
                return
        try:
            self.frame.let_go(keep=self._keep or self._wanted())
        except DecodeError as error:
            raise InferenceError(f"frame {self.frame.index}: {error}") from error
