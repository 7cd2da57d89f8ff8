"""Head tensors made by hand from known boxes, one maker per layout.

Each box is written into the cell that holds its centre, of the smallest stride that can carry it.
Everything else is background: scores of 0 (logits of -12), boxes of nonsense.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

STRIDES = (8, 16, 32)
BACKGROUND_LOGIT = -12.0
ANCHORS = {
    8: ((10, 13), (16, 30), (33, 23)),
    16: ((30, 61), (62, 45), (59, 119)),
    32: ((116, 90), (156, 198), (373, 326)),
}


@dataclass(frozen=True)
class Known:
    """A box in input pixels with the answer that a head has to give for it."""

    xyxy: tuple[float, float, float, float]
    score: float
    class_id: int

    @property
    def centre(self):
        x1, y1, x2, y2 = self.xyxy
        return (x1 + x2) / 2, (y1 + y2) / 2

    @property
    def size(self):
        x1, y1, x2, y2 = self.xyxy
        return x2 - x1, y2 - y1

    @property
    def xywh(self):
        return (*self.centre, *self.size)

    def cell(self, stride):
        """Column and row of the cell that holds the centre."""
        return int(self.centre[0] // stride), int(self.centre[1] // stride)

    def sides(self, stride):
        """Left, top, right, bottom from the middle of that cell, in cells."""
        column, row = self.cell(stride)
        x, y = (column + 0.5) * stride, (row + 0.5) * stride
        x1, y1, x2, y2 = self.xyxy
        return (x - x1) / stride, (y - y1) / stride, (x2 - x) / stride, (y2 - y) / stride

    def stride(self):
        """The smallest stride at which 15 bins reach every edge."""
        return next(stride for stride in STRIDES if max(self.sides(stride)) <= 15)


def logit(probability):
    return np.log(probability / (1 - probability))


def maps(size, channels, stride, fill=0.0):
    width, height = size
    return np.full((1, channels, height // stride, width // stride), fill, np.float32)


def distribution(distance, bins):
    """Logits over the bins whose expectation is `distance`."""
    low = min(int(distance), bins - 2)
    share = distance - low
    channel = np.full(bins, -40.0)
    channel[low] = np.log(max(1 - share, 1e-30))
    channel[low + 1] = np.log(max(share, 1e-30))
    return channel


def dfl_outputs(size, classes, known, *, bins=16, with_sum=True, logits=False):
    """Per stride: box, class and (`with_sum`) score-sum map."""
    outputs = []
    for stride in STRIDES:
        box = maps(size, 4 * bins, stride)
        scores = maps(size, classes, stride, BACKGROUND_LOGIT if logits else 0.0)
        for each in known:
            if each.stride() != stride:
                continue
            column, row = each.cell(stride)
            sides = each.sides(stride)
            if bins == 1:
                box[0, :, row, column] = sides
            else:
                box[0, :, row, column] = np.concatenate([distribution(s, bins) for s in sides])
            score = logit(each.score) if logits else each.score
            scores[0, each.class_id, row, column] = score
        outputs += [box, scores]
        if with_sum:
            outputs.append(scores.sum(axis=1, keepdims=True).clip(0, 1))
    return outputs


def dfl_combined_outputs(size, classes, known):
    """Per stride one map of 64 + classes channels."""
    split = dfl_outputs(size, classes, known, with_sum=False)
    return [np.concatenate(pair, axis=1) for pair in zip(split[::2], split[1::2], strict=True)]


def best_anchor(each):
    """Stride and number of the anchor that is nearest in size."""
    width, height = each.size
    choices = [
        (max(width / w, w / width, height / h, h / height), stride, number)
        for stride, anchors in ANCHORS.items()
        for number, (w, h) in enumerate(anchors)
    ]
    _, stride, number = min(choices)
    return stride, number


def anchor_outputs(size, classes, known, *, logits=False):
    """Per stride `[1, 3 * (5 + classes), h, w]`; objectness 0.9, class score = score / 0.9."""
    change = logit if logits else np.asarray
    outputs = []
    for stride in STRIDES:
        width, height = size[0] // stride, size[1] // stride
        fill = BACKGROUND_LOGIT if logits else 0.0
        tensor = np.full((3, 5 + classes, height, width), fill, np.float32)
        for each in known:
            best_stride, number = best_anchor(each)
            if best_stride != stride:
                continue
            column, row = each.cell(stride)
            anchor = ANCHORS[stride][number]
            xy = [
                (each.centre[axis] / stride - cell + 0.5) / 2
                for axis, cell in enumerate((column, row))
            ]
            wh = [np.sqrt(each.size[axis] / anchor[axis]) / 2 for axis in (0, 1)]
            tensor[number, :5, row, column] = change(np.array([*xy, *wh, 0.9]))
            tensor[number, 5 + each.class_id, row, column] = change(each.score / 0.9)
        outputs.append(tensor.reshape(1, -1, height, width))
    return outputs


def yolox_outputs(size, classes, known):
    """Per stride `[1, 5 + classes, h, w]`; objectness 0.9, class score = score / 0.9."""
    outputs = []
    for stride in STRIDES:
        tensor = maps(size, 5 + classes, stride)
        for each in known:
            if each.stride() != stride:
                continue
            column, row = each.cell(stride)
            xy = [each.centre[0] / stride - column, each.centre[1] / stride - row]
            tensor[0, :5, row, column] = [*xy, *np.log(np.array(each.size) / stride), 0.9]
            tensor[0, 5 + each.class_id, row, column] = each.score / 0.9
        outputs.append(tensor)
    return outputs


def in_one_row(tensors):
    """Maps `[1, c, h, w]` as one tensor `[1, cells, c]`."""
    flat = [tensor.reshape(tensor.shape[1], -1) for tensor in tensors]
    return np.ascontiguousarray(np.concatenate(flat, axis=1).T[None])


def single_output(size, classes, known, *, normalised=False):
    """`[1, 4 + classes, cells]`: each background cell has a box of its own stride around it."""
    rows = []
    for stride in STRIDES:
        tensor = maps(size, 4 + classes, stride)
        tensor[0, 1], tensor[0, 0] = np.indices(tensor.shape[2:]) * stride + stride / 2
        tensor[0, 2:4] = stride
        for each in known:
            if each.stride() == stride:
                column, row = each.cell(stride)
                tensor[0, :4, row, column] = each.xywh
                tensor[0, 4 + each.class_id, row, column] = each.score
        rows.append(tensor.reshape(4 + classes, -1))
    output = np.concatenate(rows, axis=1)[None]
    if normalised:
        output[0, :4] /= np.array([*size, *size], np.float32)[:, None]
    return output


def decoded_anchor_output(size, classes, known):
    """`[1, 3 * cells, 5 + classes]` with boxes in pixels, as YOLOv5 exports it."""
    single = single_output(size, classes, known)[0].T
    rows = np.zeros((3 * len(single), 5 + classes), np.float32)
    rows[: len(single), :4] = single[:, :4]
    rows[: len(single), 4] = np.where(single[:, 4:].any(axis=1), 0.9, 0)
    rows[: len(single), 5:] = single[:, 4:] / 0.9
    return rows[None]


def end2end_output(known, rows=300):
    """`[1, n, 6]`, best first as these models give it."""
    output = np.zeros((1, rows, 6), np.float32)
    for index, each in enumerate(sorted(known, key=lambda each: -each.score)):
        output[0, index] = (*each.xyxy, each.score, each.class_id)
    return output
