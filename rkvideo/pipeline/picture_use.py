"""How long the picture of a frame is needed: until each model of its worker has its input of it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Protocol

from rkvideo.data import Lent
from rkvideo.errors import DecodeError, InferenceError

if TYPE_CHECKING:
    from rkvideo.data import Frame


class Viewers(Protocol):
    """Who sees the pictures of results; every member is for any thread, and returns at once."""

    @property
    def wants_pictures(self) -> bool:
        """Whether anybody does."""
        ...

    def show_lent(self, frame: Frame) -> None:
        """Show a frame whose picture a video unit lends still."""
        ...


class PictureUse:
    """Lets a picture go that a video unit has lent, as soon as no model needs it any more.

    It is fetched into ordinary memory first where somebody wants to see it: who does is asked at
    that moment, because nobody may ask for it later.
    """

    def __init__(self, frame: Frame, models: int, viewers: Viewers) -> None:
        self.frame = frame
        self._models = models
        self._keep = False
        self._viewers = viewers
        self._lock = threading.Lock()

    def begin(self) -> None:
        """The first model is about to make its input."""
        if isinstance(self.frame.held, Lent):
            self._viewers.show_lent(self.frame)

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
            self.frame.let_go(keep=self._keep or self._viewers.wants_pictures)
        except DecodeError as error:
            raise InferenceError(f"frame {self.frame.index}: {error}") from error
