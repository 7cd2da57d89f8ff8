"""Colours by swscale, into memory that is used again."""

from __future__ import annotations

from typing import Final

import av
import av.filter

_ANY_TIME_BASE: Final = "1/90000"


class PooledColours:
    """Makes what a `VideoReformatter` makes with bilinear filters, in pictures of a pool.

    A reformatter takes memory for each picture. Where the picture before is still held, as by a
    window that shows it, the heap has none of that size and asks the system, which clears
    its pages: some ms for a screen of 4K. The pool of a filter gives back what was let go of. One
    thread calls it; what it gives may be let go of in any.
    """

    def __init__(self) -> None:
        self._graph: av.filter.Graph | None = None
        self._made_for: object = None

    def bgra(self, picture: av.VideoFrame, width: int, height: int, threads: int) -> av.VideoFrame:
        """The picture at this size in packed BGRA. Raises av.FFmpegError."""
        colours = int(picture.colorspace), int(picture.color_range)
        kind = picture.width, picture.height, picture.format.name, colours, width, height, threads
        if self._graph is None or kind != self._made_for:
            self._graph, self._made_for = _graph(picture, width, height, threads), kind
        self._graph.vpush(picture)
        return self._graph.vpull()


def _graph(picture: av.VideoFrame, width: int, height: int, threads: int) -> av.filter.Graph:
    graph = av.filter.Graph()
    graph.threads = threads
    source = graph.add(
        "buffer",
        video_size=f"{picture.width}x{picture.height}",
        pix_fmt=picture.format.name,
        time_base=_ANY_TIME_BASE,
        pixel_aspect="1/1",
        colorspace=str(int(picture.colorspace)),
        range=str(int(picture.color_range)),
    )
    scale = graph.add("scale", f"{width}:{height}:flags=bilinear")
    packed = graph.add("format", "bgra")
    graph.link_nodes(source, scale, packed, graph.add("buffersink")).configure()
    return graph
