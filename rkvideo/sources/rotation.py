"""Turning pictures upright, as the display matrix of a phone's recording asks."""

from __future__ import annotations

from itertools import pairwise

import av
import av.filter

_TRANSPOSITIONS = {90: ("cclock",), 180: ("clock", "clock"), 270: ("clock",)}
"""By degrees counter-clockwise. Half a turn is not made of `vflip`: that gives rows in backward
order (a negative line size), which nobody can look at as an array."""


class Rotator:
    """Gives upright pictures; the filter graph is built again when the pictures change."""

    def __init__(self) -> None:
        self._key: tuple[int, int, int, str] | None = None
        self._graph: av.filter.Graph | None = None

    def upright(self, picture: av.VideoFrame) -> av.VideoFrame:
        """The picture turned by its own `rotation`; the picture itself where that is 0.

        `rotation` is in degrees counter-clockwise. Only quarter turns are made: no camera writes
        another angle.
        """
        quarter = round(picture.rotation / 90) * 90 % 360
        if quarter == 0:
            return picture
        key = (quarter, picture.width, picture.height, picture.format.name)
        if self._graph is None or key != self._key:
            self._graph, self._key = _build(quarter, picture), key
        self._graph.push(picture)
        turned = self._graph.pull()
        if not isinstance(turned, av.VideoFrame):
            raise TypeError(f"the filter graph gave a {type(turned).__name__}, expected a picture")
        return turned


def _build(quarter: int, picture: av.VideoFrame) -> av.filter.Graph:
    graph = av.filter.Graph()
    nodes = [
        graph.add_buffer(
            width=picture.width,
            height=picture.height,
            format=picture.format,
            time_base=picture.time_base,
        )
    ]
    nodes += [graph.add("transpose", direction) for direction in _TRANSPOSITIONS[quarter]]
    nodes.append(graph.add("buffersink"))
    for before, after in pairwise(nodes):
        before.link_to(after)
    graph.configure()
    return graph
