"""Draws what a frame gave: the boxes of one model, or A's and B's on their sides of a divider."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from rkvideo.data import BoolArray, Detections, FrameResult, SideResult
from rkvideo.pictures.canvas import Canvas
from rkvideo.pictures.labels import Place
from rkvideo.pictures.objects import FoundBoxes, Objects
from rkvideo.pictures.overlay import Look
from rkvideo.pictures.painter import PlanePainter, SideMemory, new_memory
from rkvideo.pictures.trails import Trail
from rkvideo.status import RunTitles


def paint_result(
    canvas: Canvas,
    result: FrameResult,
    titles: RunTitles,
    look: Look,
    memory: tuple[SideMemory, SideMemory] | None = None,
) -> None:
    """Draw the boxes of a result: of an A|B view A's left of the divider and B's right of it.

    What only one side has is drawn on both, if `look` marks it: it would not be seen where the
    divider happens to leave it. `titles` are those of the run; which model made the result is asked
    here. `memory` is that of the clip, None for a single picture.
    """
    memory = memory or new_memory()
    painter = PlanePainter(canvas, look)
    trails = _trails(result, memory) if look.trails else ((), ())
    if len(result.sides) == 1:
        painter.draw_boxes(result.first.detections, titles.of(result.first), memory[0], trails[0])
        painter.draw_mark(titles.mark)
        return
    width = canvas.y.shape[1]
    middle = min(max(round(look.divider * width / 2) * 2, 0), width)
    _paint_pair(painter, canvas, middle, _sides(result.sides, titles, look, memory), memory, trails)
    painter.draw_divider(middle)
    painter.draw_mark(titles.mark)


def _paint_pair(
    painter: PlanePainter,
    canvas: Canvas,
    middle: int,
    sides: Sequence[tuple[FoundBoxes, FoundBoxes]],
    memory: tuple[SideMemory, SideMemory],
    trails: Sequence[Sequence[Trail]],
) -> None:
    """All lines, then the labels: those of what only one side has first, the others beside them."""
    width = canvas.y.shape[1]
    halves = ((0, middle), (middle, width))
    seen = []
    for (shared, _), (left, right), way, one in zip(sides, halves, trails, memory, strict=True):
        if left < right:
            part = PlanePainter(canvas.part(left, right), painter.look)
            found = _within(shared, left, right)
            part.draw_lines(found, [each.moved(-left) for each in way])
            seen.append((part, found, left, one))
    for _, lone in sides:
        painter.draw_lines(lone)
    taken: list[Place] = []
    for (_, lone), one in zip(sides, memory, strict=True):
        taken += painter.draw_labels(lone, one.lone_choices, taken)
    for part, found, left, one in seen:
        moved = [(x1 - left, y1, x2 - left, y2) for x1, y1, x2, y2 in taken]
        part.draw_labels(found, one.choices, moved)


def _sides(
    sides: Sequence[SideResult],
    titles: RunTitles,
    look: Look,
    memory: tuple[SideMemory, SideMemory],
) -> list[tuple[FoundBoxes, FoundBoxes]]:
    """Of each side what is not marked, and what only it has."""
    if look.alone is None:
        lone = [np.zeros(len(side.detections), np.bool_) for side in sides]
    else:
        lone = [*look.alone(*sides)]
    parts = []
    for side, chosen, one, letter in zip(sides, lone, memory, "AB", strict=True):
        found = FoundBoxes(side.detections, one.book.follow(side.detections), titles.of(side))
        parts.append((_part(found, ~chosen), _part(found, chosen, letter)))
    return parts


def _part(found: FoundBoxes, chosen: BoolArray, only: str = "") -> FoundBoxes:
    """Those that are chosen, bool (n,)."""
    boxes, objects = found.detections, found.objects
    rows = np.flatnonzero(chosen).tolist()
    return FoundBoxes(
        Detections(
            boxes.xyxy[rows],
            boxes.score[rows],
            boxes.class_id[rows],
            None if boxes.track_id is None else boxes.track_id[rows],
        ),
        Objects(
            tuple(objects.keys[row] for row in rows), tuple(objects.shades[row] for row in rows)
        ),
        found.titles,
        only,
    )


def _within(found: FoundBoxes, left: int, right: int) -> FoundBoxes:
    """The boxes that reach into these columns, counted from `left`."""
    boxes = found.detections.xyxy
    seen = _part(found, (boxes[:, 2] > left) & (boxes[:, 0] < right), found.only)
    kept = seen.detections
    moved = kept.xyxy - np.array((left, 0, left, 0), np.float32)
    return replace(seen, detections=replace(kept, xyxy=moved))


def _trails(
    result: FrameResult, memory: tuple[SideMemory, SideMemory]
) -> tuple[Sequence[Trail], ...]:
    """The trails of each side."""
    sides = zip(result.sides, memory, strict=False)
    return tuple(one.trails.follow(side.detections, result.frame.pts_s) for side, one in sides)
