"""Finds the head that fits the outputs of a model."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from rkvideo.backends.base import OutputSpec
from rkvideo.detection.heads import anchors, evidence
from rkvideo.detection.heads.base import Head, HeadHints
from rkvideo.detection.heads.dfl import DflBranch, DflHead
from rkvideo.detection.heads.flat import FlatOutput, bind_flat
from rkvideo.detection.heads.grid import make_grid
from rkvideo.detection.heads.objectness import (
    BranchReader,
    ChannelsFirst,
    ChannelsLast,
    ObjectnessHead,
    SplitMaps,
)
from rkvideo.detection.heads.readings import HEADS, Reading, choose, map_readings
from rkvideo.detection.heads.refusal import Shape, mismatch, refuse_foreign, refuse_task
from rkvideo.detection.heads.scores import ScoreScale
from rkvideo.detection.heads.yolox import YoloxBoxes
from rkvideo.errors import ModelMismatchError

# Box channels of a map of its own: 16 bins (YOLOv8 and later), 17 (PP-YOLOE), none (YOLOv6).
_BOX_CHANNELS = (64, 68, 4)


def bind_head(
    outputs: Sequence[OutputSpec], input_wh: tuple[int, int], hints: HeadHints | None = None
) -> Head:
    """The head for outputs of those shapes, in any order of branches.

    `input_wh` is (width, height) in pixels, both multiples of the largest stride. Raises
    ModelMismatchError for anything that no head decodes; it names the shapes and the layouts.
    """
    return _Binder(outputs, input_wh, hints or HeadHints()).bind()


class _Binder:
    """The shapes of one model, and the steps from them to a head."""

    def __init__(
        self, outputs: Sequence[OutputSpec], input_wh: tuple[int, int], hints: HeadHints
    ) -> None:
        self._shapes: list[Shape] = [tuple(output.shape) for output in outputs]
        self._values = [output.values for output in outputs]
        self._input_wh = input_wh
        self._hints = hints
        self._scale = ScoreScale(hints.raw_logits)

    def bind(self) -> Head:
        hints = self._hints
        if hints.head not in (None, *HEADS):
            raise ModelMismatchError(
                f"there is no head {hints.head!r}: name one of {', '.join(HEADS)}"
            )
        refuse_task(self._shapes, hints.task)
        if any(side < 1 for shape in self._shapes for side in shape):
            raise self._mismatch("a side is not a number of cells")
        flat = [index for index, shape in enumerate(self._shapes) if len(shape) == 3]
        if len(flat) == 1:
            # YOLOv5 v5.0 adds its three undecoded maps to the decoded tensor.
            return bind_flat(
                FlatOutput(self._shapes, flat[0], self._input_wh, hints, self._values[flat[0]])
            )
        refuse_foreign(self._shapes)
        if not flat and all(len(shape) == 5 for shape in self._shapes):
            return self._bind_five_dimensions()
        if not flat and all(len(shape) == 4 for shape in self._shapes):
            return self._bind_maps()
        raise self._mismatch("it is a mixture that no layout has")

    def _mismatch(self, reason: str) -> ModelMismatchError:
        return mismatch(self._shapes, reason)

    def _bind_five_dimensions(self) -> Head:
        """YOLOv5 before its last transposition: `[1, 3, h, w, 5 + classes]` per stride."""
        levels = self._levels(rows_at=2)
        channels = {shape[4] for shape in self._shapes}
        copies = {shape[1] for shape in self._shapes}
        if len(channels) != 1 or copies != {anchors.COPIES}:
            raise self._mismatch("expected 3 anchors and the same classes in each")
        readings = [Reading("anchors", channels.pop() - 5)]
        reading = choose(readings, self._shapes, self._hints)
        readers = [ChannelsLast(indices[0], anchors.COPIES) for indices in levels.values()]
        return self._anchors_head(readers, tuple(levels), reading.classes)

    def _bind_maps(self) -> Head:
        levels = self._levels(rows_at=2)
        levels = {stride: self._alike(indices, levels) for stride, indices in levels.items()}
        channels = {self._channels(indices) for indices in levels.values()}
        if len(channels) != 1:
            raise self._mismatch("its strides differ in their channels")
        per_level = channels.pop()
        if len(per_level) == 1:
            return self._bind_combined(levels, per_level[0])
        if len(per_level) > 3:
            raise self._mismatch(f"{len(per_level)} outputs per stride are too many")
        if self._hints.head == "yolox":
            return self._bind_split_yolox(levels, per_level)
        if self._hints.head not in (None, "dfl"):
            raise self._mismatch(f"they cannot be read as the head {self._hints.head!r} asked for")
        return self._bind_dfl(levels, per_level)

    def _channels(self, indices: Sequence[int]) -> tuple[int, ...]:
        return tuple(self._shapes[index][1] for index in indices)

    def _alike(self, indices: list[int], levels: dict[int, list[int]]) -> list[int]:
        """The outputs of a stride in the order of those of the first stride.

        Exporters that sort outputs by name or size do not keep one order for all strides.
        """
        first = self._channels(next(iter(levels.values())))
        if sorted(first) != sorted(self._channels(indices)):
            return indices
        rest = list(indices)
        ordered = []
        for wanted in first:
            ordered.append(next(index for index in rest if self._shapes[index][1] == wanted))
            rest.remove(ordered[-1])
        return ordered

    def _levels(self, rows_at: int) -> dict[int, list[int]]:
        """Outputs by stride, smallest stride first; of one stride in the model's order."""
        levels: dict[int, list[int]] = defaultdict(list)
        width, height = self._input_wh
        for index, shape in enumerate(self._shapes):
            rows, columns = shape[rows_at], shape[rows_at + 1]
            stride = max(height // rows, 1)
            if (columns * stride, rows * stride) != (width, height):
                raise self._mismatch(
                    f"{columns}x{rows} cells do not divide the input of {width}x{height}"
                )
            levels[stride].append(index)
        return dict(sorted(levels.items()))

    def _bind_combined(self, levels: dict[int, list[int]], channels: int) -> Head:
        """One map per stride."""
        reading = choose(map_readings(channels, self._hints.class_count), self._shapes, self._hints)
        strides = tuple(levels)
        indices = [members[0] for members in levels.values()]
        if reading.head == "anchors":
            readers = [ChannelsFirst(index, anchors.COPIES) for index in indices]
            return self._anchors_head(readers, strides, reading.classes)
        grid = make_grid(self._input_wh, strides)
        if reading.head == "yolox":
            return ObjectnessHead(
                "yolox",
                [ChannelsFirst(index) for index in indices],
                YoloxBoxes(grid),
                reading.classes,
                self._scale,
            )
        # The pose export of Rockchip's fork, and what was made after it, begins with the scores.
        first = self._begins_with_scores([(index,) for index in indices], reading.classes)
        branches = [DflBranch(index, index, scores_first=first) for index in indices]
        bins = (channels - reading.classes) // 4
        return DflHead(branches, grid, bins, reading.classes, self._scale)

    def _bind_dfl(self, levels: dict[int, list[int]], channels: tuple[int, ...]) -> Head:
        """A box map, a class map and perhaps the sum of the latter per stride."""
        box = self._box_place(channels)
        others = [place for place in range(len(channels)) if place != box]
        scores = max(others, key=lambda place: channels[place])
        sums = [place for place in others if place != scores]
        if any(channels[place] != 1 for place in sums):
            raise self._mismatch("the third output per stride is no sum of scores")
        classes = channels[scores]
        pairs = [(indices[box], indices[scores]) for indices in levels.values()]
        if channels[box] == classes and self._begins_with_scores(pairs, classes):
            box, scores = scores, box
        if self._hints.class_count not in (None, classes):
            raise self._mismatch(
                f"they hold {classes} classes, but {self._hints.class_count} are named"
            )
        branches = [
            DflBranch(indices[box], indices[scores], indices[sums[0]] if sums else None)
            for indices in levels.values()
        ]
        grid = make_grid(self._input_wh, tuple(levels))
        return DflHead(branches, grid, channels[box] // 4, classes, self._scale)

    def _begins_with_scores(self, strides: Sequence[tuple[int, ...]], classes: int) -> bool:
        """Whether the channels of these outputs of each stride do; False where no values tell."""
        maps = []
        for outputs in strides:
            values = [self._values[index] for index in outputs]
            maps.append([each for one in values if one is not None for each in one.rows])
        return all(maps) and evidence.scores_come_first(maps, classes)

    def _box_place(self, channels: tuple[int, ...]) -> int:
        """Which of the maps of a stride holds the boxes.

        The one that is not the classes, where their number is known and tells them apart; else
        one of a usual number of channels, the first of them: exporters put the boxes first.
        """
        boxes = [place for place, count in enumerate(channels) if count > 1 and count % 4 == 0]
        told_apart = [place for place in boxes if channels[place] != self._hints.class_count]
        if self._hints.class_count is not None and len(told_apart) == 1:
            return told_apart[0]
        for count in _BOX_CHANNELS:
            if count in channels:
                return channels.index(count)
        raise self._mismatch(
            "which output holds the boxes cannot be told: name the classes (`labels` in its "
            "sidecar)"
        )

    def _bind_split_yolox(self, levels: dict[int, list[int]], channels: tuple[int, ...]) -> Head:
        """YOLOX with box, objectness and classes in outputs of their own (kinder to int8)."""
        if len(channels) != 3 or 4 not in channels or 1 not in channels:
            raise self._mismatch("a split yolox head has maps of 4, 1 and classes per stride")
        box = channels.index(4)
        rest = [place for place in range(3) if place != box]
        objectness, scores = sorted(rest, key=lambda place: channels[place])
        classes = channels[scores]
        if channels[objectness] != 1 or self._hints.class_count not in (None, classes):
            raise self._mismatch(f"{self._hints.class_count} classes are named")
        readers = [
            SplitMaps(members[box], members[objectness], members[scores])
            for members in levels.values()
        ]
        boxes = YoloxBoxes(make_grid(self._input_wh, tuple(levels)))
        return ObjectnessHead("yolox", readers, boxes, classes, self._scale)

    def _anchors_head(
        self, readers: Sequence[BranchReader], strides: tuple[int, ...], classes: int
    ) -> Head:
        grid = make_grid(self._input_wh, strides, anchors.COPIES)
        boxes = anchors.AnchorBoxes(grid, self._anchor_sides(strides), self._scale)
        return ObjectnessHead("anchors", readers, boxes, classes, self._scale)

    def _anchor_sides(self, strides: tuple[int, ...]) -> list[tuple[float, ...]]:
        """The anchor boxes of each stride: from the hints, else YOLOv5's."""
        told = self._hints.anchors
        if told and [len(sides) for sides in told] != [2 * anchors.COPIES] * len(strides):
            raise self._mismatch(
                f"{len(strides)} strides need 3 anchors (6 numbers) each: "
                "give them as `anchors` in its sidecar"
            )
        if told:
            return list(told)
        known = anchors.anchors_of(strides)
        unknown = [stride for stride in strides if stride not in known]
        if unknown:
            raise self._mismatch(
                f"the anchors of stride {unknown[0]} are not known: give them as "
                "`anchors` in its sidecar"
            )
        return [known[stride] for stride in strides]
