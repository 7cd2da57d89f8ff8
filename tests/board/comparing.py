"""Runs on the emulated board: decodes a file by the video unit and by the CPU, and compares.

    python -m tests.board.comparing FILE

Prints a JSON object: the decoders, and of how many pictures the planes and the stamps are the same.
"""

from __future__ import annotations

import json
import sys

import numpy as np

from rkvideo.config import SourceOptions
from rkvideo.pictures.pixels import plane_array
from rkvideo.sources.registry import make_source

sources = [make_source(sys.argv[1], SourceOptions(hwdec=name)) for name in ("auto", "none")]
decoders = [source.open().decoder for source in sources]
same = 0
while (ours := sources[0].read()) and (theirs := sources[1].read()):
    unit, cpu = ours.picture, theirs.picture
    size = (unit.width, unit.height) == (cpu.width, cpu.height)
    luma = np.array_equal(plane_array(unit, 0), plane_array(cpu, 0))
    chroma = plane_array(unit, 1, 2)
    blue, red = (plane_array(cpu, plane) for plane in (1, 2))
    pairs = np.stack([blue, red], axis=-1).reshape(chroma.shape)
    same += size and luma and np.array_equal(chroma, pairs) and ours.pts_s == theirs.pts_s
for source in sources:
    source.close()
print(json.dumps({"decoders": decoders, "same": int(same)}))
