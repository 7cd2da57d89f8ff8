"""Runs on the emulated board: reads pictures of each file, and says which decoder gave them.

    python -m tests.board.decoding FILE ...

Prints a JSON object: of each file's name the decoder and how many pictures there were, or the words
of the error; and under `told` what each decoder that was tried says of itself.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from rkvideo.config import SourceOptions
from rkvideo.errors import SourceError
from rkvideo.machine.fast_paths import FAST_PATHS
from rkvideo.sources.registry import make_source


def read(path: str) -> list[str | int] | str:
    """The decoder and the number of pictures of a file, or why there are none."""
    source = make_source(path, SourceOptions())
    try:
        info = source.open()
        count = 0
        while source.read() is not None:
            count += 1
    except SourceError as error:
        return str(error)
    finally:
        source.close()
    return [info.decoder, count]


found = {Path(path).name: read(path) for path in sys.argv[1:]}
told = {
    each.subject: [each.state, each.words] for each in FAST_PATHS.told() if each.path == "decoder"
}
print(json.dumps({"read": found, "told": told}))
