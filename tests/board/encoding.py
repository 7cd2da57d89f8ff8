"""Runs on the emulated board: records ten pictures with each encoder that opens there.

    python -m tests.board.encoding FOLDER

Prints a JSON object: name of the encoder to the codec and the pictures that its file gives back.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import av

from rkvideo.sinks.clip import Clip
from rkvideo.sinks.encoders import ENCODERS, opening_encoders
from tests.helpers.sink_samples import INFO, grey_picture, result

PICTURES = 10


def recorded(folder: Path, name: str) -> tuple[str, int]:
    """Codec and number of pictures of a clip by this encoder."""
    (encoder,) = [each for every in ENCODERS.values() for each in every if each.name == name]
    clip = Clip(folder / f"{name}{encoder.suffixes[0]}", "medium", encoders=(encoder,))
    clip.open(INFO)
    for index in range(PICTURES):
        clip.add(grey_picture(level=20 * index), result(index).frame, None)
    (path,) = clip.close()
    with av.open(path) as container:
        codec = container.streams.video[0].codec_context.name
        return codec, sum(1 for _ in container.decode(video=0))


print(json.dumps({name: recorded(Path(sys.argv[1]), name) for name in opening_encoders()}))
