"""How pictures become the input of a model here, found out with a picture that is drawn."""

from __future__ import annotations

import numpy as np

from rkvideo.detection.picture_proof import PictureProof
from rkvideo.detection.picture_ways import PLANES, PictureWays
from rkvideo.doctor.check import Finding, note, ok
from rkvideo.doctor.chosen import Chosen
from rkvideo.doctor.system import System
from rkvideo.machine.called import as_called
from rkvideo.machine.fast_paths import FAST_PATHS, FastPathReport
from rkvideo.pictures.rga.trial import RGA
from rkvideo.sources.pattern import draw_pattern

_SIZE, _INPUT = (1280, 720), (640, 360)
_LAYOUTS = ("yuv420p", "nv12")
_VIDEO_UNIT = "_rkmpp"


def check_picture_way(_system: System, _chosen: Chosen) -> Finding:
    """Whether a picture gives the same pixels by its planes as it does plainly."""
    proof = PictureProof("a drawn picture", "auto", sees=False)
    ways = PictureWays(proof)
    target = np.empty((_INPUT[1], _INPUT[0], 3), np.uint8)
    picture = draw_pattern(*_SIZE, 1)
    for layout in _LAYOUTS:
        ways.fill(picture.reformat(format=layout), None, target, "rgb")
    if proof.note:
        return note(proof.note, f"{as_called()} run ... --fast off leaves the trial out")
    return ok(f"{PLANES}, tried with a drawn picture in {' and '.join(_LAYOUTS)}")


def check_rga(system: System, _chosen: Chosen) -> Finding:
    """Whether RGA scales a picture as swscale does: asked where PyAV has a video unit's decoders.

    Elsewhere no picture would be where RGA reads it.
    """
    if not any(name.endswith(_VIDEO_UNIT) for name in system.decoders):
        return note("this PyAV has no decoder of a video unit: nothing for RGA to read")
    answer = system.try_rga()
    version = answer.version or "librga"
    if answer.reason:
        FAST_PATHS.tell(FastPathReport(RGA, "librga", "not used", answer.reason))
        return note(f"{version}: not used: {answer.reason}")
    off = 0.0 if answer.off is None else answer.off
    words = f"scales a picture as swscale does, within {off:.1f} of 255 on average"
    figures = (("mean_difference_of_255", off),)
    FAST_PATHS.tell(FastPathReport(RGA, "librga", "works", words, figures))
    return ok(f"{version}: {words}")
