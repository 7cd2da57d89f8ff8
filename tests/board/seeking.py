"""Runs on the emulated board: jumps in a clip of the test pattern, and says what comes there.

    python -m tests.board.seeking FILE SECONDS ...

Prints a JSON object: the decoder, the numbers of the two pictures that come after each jump, and
how many were damaged.
"""

from __future__ import annotations

import json
import sys

from rkvideo.config import SourceOptions
from rkvideo.sources.base import Seekable
from rkvideo.sources.pattern import read_index
from rkvideo.sources.registry import make_source

source = make_source(sys.argv[1], SourceOptions())
if not isinstance(source, Seekable):
    raise SystemExit(f"{sys.argv[1]} cannot be played from any place")
info = source.open()
found = []
for place in sys.argv[2:]:
    source.seek(float(place))
    frames = [frame for frame in (source.read(), source.read()) if frame]
    found.append([read_index(frame.picture) for frame in frames])
report = source.report()
source.close()
print(json.dumps({"decoder": info.decoder, "numbers": found, "damaged": report.damaged}))
