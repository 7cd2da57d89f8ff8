"""FFmpeg's filters for pictures, in a chain that is built anew when the pictures change."""

from __future__ import annotations

from fractions import Fraction
from typing import TypeAlias

import av
import av.error
import av.filter

Steps: TypeAlias = tuple[tuple[str, str], ...]
"""Name and arguments of each filter, in order."""

_ANY_TIME_BASE = Fraction(1, 90_000)  # of a picture that has none, such as an image


class FilterChain:
    """Filters between a source of pictures and their taker. One thread owns it."""

    def __init__(self) -> None:
        self._key: object = None
        self._graph: av.filter.Graph | None = None

    def fits(self, picture: av.VideoFrame, steps: Steps) -> bool:
        """Whether the chain was built for such pictures and these steps."""
        return self._graph is not None and self._key == _key(picture, steps)

    def build(self, picture: av.VideoFrame, steps: Steps) -> None:
        """Begin anew, for pictures like this one. Raises av.FFmpegError."""
        self._graph, self._key = _built(picture, steps), _key(picture, steps)

    def push(self, picture: av.VideoFrame | None) -> None:
        """Hand a picture in; None says that no other follows."""
        if self._graph is not None:
            self._graph.vpush(picture)

    def pull(self) -> av.VideoFrame | None:
        """The next picture that is done; None where the filters wait for more, and at the end."""
        if self._graph is None:
            return None
        try:
            return self._graph.vpull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return None

    def clear(self) -> None:
        """Forget what is inside."""
        self._graph = self._key = None


def _key(picture: av.VideoFrame, steps: Steps) -> object:
    colours = (picture.colorspace, picture.color_range)
    return steps, picture.width, picture.height, picture.format.name, colours


def _built(picture: av.VideoFrame, steps: Steps) -> av.filter.Graph:
    graph = av.filter.Graph()
    # The pipeline's own threads fill the cores.
    graph.threads = 1
    # Without its colours a step that needs another pixel format loses them on the way.
    source = graph.add(
        "buffer",
        video_size=f"{picture.width}x{picture.height}",
        pix_fmt=picture.format.name,
        time_base=str(picture.time_base or _ANY_TIME_BASE),
        pixel_aspect="1/1",
        colorspace=str(picture.colorspace),
        range=str(picture.color_range),
    )
    steps_made = [graph.add(name, arguments or None) for name, arguments in steps]
    graph.link_nodes(source, *steps_made, graph.add("buffersink")).configure()
    return graph
