"""What the values of a first run say for or against a way to read an output.

Every function takes the ranges of the channels (box first) and is pure. None means that the
values do not tell, as those of a blank output do not.
"""

from __future__ import annotations

from collections.abc import Sequence

from rkvideo.backends.values import ChannelRange

Ranges = Sequence[ChannelRange]

# Quantised probabilities leave 0..1 by a rounding step or two.
_ROUNDING = 0.1
# exp(12) strides are a million pixels: the logarithm of no side.
_LARGEST_LOG_SIDE = 12.0
# Shares may reach a little beyond the input.
_LARGEST_SHARE = 1.3
# No logit of a trained detector is as large; coordinates in pixels are.
_LARGEST_LOGIT = 40.0
# The mean probability of one class over all cells: detectors start at 0.01 (the prior of the focal
# loss), and a grey picture shows nothing.
_LARGEST_MEAN_SCORE = 0.05


def is_blank(channels: Ranges) -> bool:
    """True where every value is 0."""
    return all(one.least == one.most == 0 for one in channels)


def are_decoded(box: Ranges, input_wh: tuple[int, int]) -> bool | None:
    """Whether x, y, w, h are boxes of the input (True) or what a grid decodes (False).

    Boxes in pixels: the cells of the right part put their middles there. Boxes in shares: middles
    from one edge to the other, sides from 0 to 1. What is raw has negative logarithms of sides.
    """
    if is_blank(box):
        return None
    x, y, w, h = box
    if min(w.least, h.least) < -_ROUNDING:
        return False
    if max(w.most, h.most) > _LARGEST_LOG_SIDE:
        return True
    if x.most >= input_wh[0] / 4 and y.most >= input_wh[1] / 4:
        return True
    spans = all(one.least < 0.15 and 0.85 < one.most <= _LARGEST_SHARE for one in (x, y))
    return spans and min(x.least, y.least) >= 0 and max(w.most, h.most) <= _LARGEST_SHARE


def no_boxes(box: Ranges, input_wh: tuple[int, int]) -> bool:
    """True where x, y, w, h cannot be boxes that are decoded: negative sides, no middle far off."""
    x, _, w, h = box
    return min(w.least, h.least) < -0.5 and x.most < input_wh[0] / 4


def foreign_channels(scores: Ranges) -> list[int]:
    """The channels among class scores that are none, numbered from 0.

    Scores are probabilities all, or logits all: a channel of either kind among the other is
    something else, and so is one of coordinates.
    """
    outside = [not _is_probability(one) for one in scores]
    if not any(outside):
        return []
    logits = [one.least < -_ROUNDING and one.most <= _LARGEST_LOGIT for one in scores]
    if all(logits):
        return []
    return [index for index, is_outside in enumerate(outside) if is_outside]


def may_be_scores(scores: Ranges) -> bool:
    """True where every channel is low on a grey picture, as class scores are."""
    if all(one.least < -_ROUNDING for one in scores):
        return True
    return all(one.mean <= _LARGEST_MEAN_SCORE for one in scores)


def are_ones(channel: ChannelRange) -> bool:
    """True for the objectness of YOLOv6's own export, which is 1 everywhere."""
    return channel.least == channel.most == 1


def are_final_rows(channels: Ranges) -> bool | None:
    """Whether rows are x1, y1, x2, y2, score, class: the class whole, the score a probability."""
    if is_blank(channels):
        return None
    score, class_id = channels[4:6]
    return class_id.is_whole and class_id.least >= -1 and _is_probability(score)


def are_share_rows(channels: Ranges) -> bool | None:
    """Whether rows are cx, cy, w, h in shares and a score for each class, as RT-DETR has them."""
    if is_blank(channels):
        return None
    box, scores = channels[:4], channels[4:]
    in_picture = all(one.least >= -_ROUNDING and one.most <= _LARGEST_SHARE for one in box)
    if not in_picture or foreign_channels(scores):
        return False
    # A class id is whole in every row, scores are not.
    return not (scores[-1].is_whole and scores[-1].most >= 1)


def _is_probability(one: ChannelRange) -> bool:
    return one.least >= -_ROUNDING and one.most <= 1 + _ROUNDING
