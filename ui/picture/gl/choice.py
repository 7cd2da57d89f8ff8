"""Who scales and colours the picture: the GPU where it has proven itself, else the CPU."""

from __future__ import annotations

import logging
import time
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rkvideo.config import PaintWay
from rkvideo.errors import ConfigError
from rkvideo.machine.fast_paths import FAST_PATHS, FastPathReport, State
from rkvideo.machine.trial_mark import TrialMark

if TYPE_CHECKING:
    from ..video_view import VideoView
    from .proof import Driver

TRIAL_NAME: Final = "gpu-is-tried"
"""Of the file beside the window's state that is there while the GPU is tried."""

_PATH: Final = "paint"
_NOTHING: Final = "gl"
_ENDED: Final = "the GPU's driver ended the program when it was tried; --paint gl tries it again"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Painting:
    """Who paints, and why: `reason` where it is the CPU, `driver` where there is one."""

    by_gpu: bool
    reason: str = ""
    driver: Driver | None = None
    levels: int | None = None


def choose_painting(wanted: PaintWay, mark: Path | None = None) -> Painting:
    """Try the GPU, as far as it is wanted; there is a QApplication, and no window yet.

    `mark` is a file that is there while it is tried: where a driver ends the program, the next
    start finds it and leaves the GPU alone. Raises ConfigError where `gl` is wanted and cannot be
    had.
    """
    if wanted == "raster":
        FAST_PATHS.tell(FastPathReport(_PATH, _NOTHING, "switched off"))
        return Painting(by_gpu=False, reason="--paint raster")
    began_s = time.perf_counter()
    trial = None if mark is None else TrialMark(mark)
    if wanted == "auto" and trial is not None and trial.was_fatal:
        painting = Painting(by_gpu=False, reason=_ENDED)
    else:
        with nullcontext() if trial is None else trial.left_by_an_end():
            painting = try_gpu(takes_software=wanted == "gl")
    _tell(painting, (time.perf_counter() - began_s) * 1e3)
    if wanted == "gl" and not painting.by_gpu:
        raise ConfigError(f"--paint gl: {painting.reason}")
    return painting


def paint_by(painting: Painting, view: VideoView) -> None:
    """Let the view be painted so; it is in a window that is not shown yet."""
    if painting.by_gpu and painting.driver is not None:
        from .surface import GlSurface

        GlSurface(view, view, painting.driver.renderer)


def try_gpu(*, takes_software: bool) -> Painting:
    """What the GPU is and whether it has proven itself; there is a QApplication.

    `takes_software` takes a driver that draws with the CPU too.
    """
    try:
        from .calls import GlError
        from .proof import Workbench, prove
    except ImportError as error:
        return Painting(by_gpu=False, reason=f"this PyQt5 has no OpenGL ({error})")
    driver = None
    try:
        with Workbench() as bench:
            driver = bench.driver()
            if driver.is_software and not takes_software:
                return Painting(False, f"{driver.renderer} draws with the CPU too", driver)
            return Painting(True, "", driver, prove(bench))
    except GlError as error:
        return Painting(False, str(error), driver)


def _tell(painting: Painting, spent_ms: float) -> None:
    driver = painting.driver
    subject = _NOTHING if driver is None else driver.renderer
    state: State = "used" if painting.by_gpu else "not used"
    words = painting.reason or f"paints what the CPU paints, within {painting.levels} levels"
    figures = [("proof_ms", spent_ms)]
    if painting.levels is not None:
        figures.append(("levels", float(painting.levels)))
    FAST_PATHS.tell(FastPathReport(_PATH, subject, state, words, tuple(figures)))
    who = "the GPU paints" if painting.by_gpu else "the CPU paints"
    _log.info("%s: %s", who, words if driver is None else f"{driver}: {words}")
