"""How pictures become the input of a model here, found out with a picture that is drawn."""

from __future__ import annotations

import numpy as np

from rkvideo.detection.picture_proof import PictureProof
from rkvideo.detection.picture_ways import PLANES, PictureWays
from rkvideo.doctor.check import Finding, note, ok
from rkvideo.doctor.chosen import Chosen
from rkvideo.doctor.system import System
from rkvideo.machine.called import as_called
from rkvideo.sources.hardware_frames import SCALER, why_copied
from rkvideo.sources.pattern import draw_pattern

_SIZE, _INPUT = (1280, 720), (640, 360)
_LAYOUTS = ("yuv420p", "nv12")


def check_picture_way(system: System, _chosen: Chosen) -> Finding:
    """Whether a picture gives the same pixels by its planes as it does plainly; what RGA does."""
    proof = PictureProof("a drawn picture", "auto", sees=False)
    ways = PictureWays(proof)
    target = np.empty((_INPUT[1], _INPUT[0], 3), np.uint8)
    picture = draw_pattern(*_SIZE, 1)
    for layout in _LAYOUTS:
        ways.fill(picture.reformat(format=layout), None, target, "rgb")
    if proof.note:
        return note(proof.note, f"{as_called()} run ... --fast off leaves the trial out")
    found = f"{PLANES}, tried with a drawn picture in {' and '.join(_LAYOUTS)}"
    return ok(f"{found}; no RGA: {why_copied()}" if SCALER in system.filters else found)
