"""The file of pictures that the played video unit gives instead of decoding."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import av
import numpy as np

from rkvideo.pictures.pixels import plane_array

if TYPE_CHECKING:
    from pathlib import Path


def write_pictures(clip: Path, to: Path) -> None:
    """Write what this machine's FFmpeg decodes of a clip, for `played_pictures.c`.

    16 bytes of text, width, height, rows of chroma and count as uint32, the stamps in the stream's
    time base as int64, and the pictures in NV12, or NV16 for 4:2:2, all little-endian and without
    padding.
    """
    with av.open(str(clip)) as container:
        decoded = list(container.decode(video=0))
    first = decoded[0]
    header = (b"RAW CLIP", first.width, first.height, first.planes[1].height, len(decoded))
    with to.open("wb") as file:
        file.write(struct.pack("<16s4I", *header))
        file.write(struct.pack(f"<{len(decoded)}q", *(picture.pts or 0 for picture in decoded)))
        for picture in decoded:
            luma, blue, red = (plane_array(picture, plane) for plane in range(3))
            file.write(luma.tobytes())
            file.write(np.stack([blue, red], axis=-1).tobytes())
