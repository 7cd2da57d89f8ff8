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
# The same as a logit: that of 0.12, since the mean of logits is not the logit of their mean.
_LARGEST_MEAN_LOGIT = -2.0
# How far the mean corners lie from the middle of the picture, as a share of its side.
_APART = 0.02


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


def are_corners(box: Ranges) -> bool:
    """Whether four numbers are x1, y1, x2, y2, where x, y, w, h are usual.

    The cells lie evenly over the picture. So middles are half its side in the mean, and corners as
    far before that as behind it; the last near corner is as far from one edge as the first far
    corner is from the other.
    """
    x1, y1, x2, y2 = box
    return all(_lie_around_the_middle(near, far) for near, far in ((x1, x2), (y1, y2)))


def _lie_around_the_middle(near: ChannelRange, far: ChannelRange) -> bool:
    side = near.most + far.least
    is_around = abs(near.mean + far.mean - side) <= 0.1 * side
    return is_around and near.mean < (0.5 - _APART) * near.most and far.mean > (0.5 + _APART) * side


def scores_come_first(maps: Sequence[Ranges], classes: int) -> bool:
    """Whether each map begins with its class scores, where boxes are first as a rule.

    maps: the channels of each stride, of boxes as distributions and of classes.
    """
    heads = [channels[:classes] for channels in maps]
    tails = [channels[-classes:] for channels in maps]
    if not all(heads) or all(is_blank(head) for head in heads):
        return False
    return all(map(_are_low, heads)) and not all(map(_are_low, tails))


def _are_low(scores: Ranges) -> bool:
    """Whether each channel is a score of nothing: a low probability all, or a low logit all."""
    if all(map(_is_probability, scores)):
        return all(one.mean <= _LARGEST_MEAN_SCORE for one in scores)
    return all(one.mean <= _LARGEST_MEAN_LOGIT for one in scores)


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


def are_in_order(box: Ranges) -> bool:
    """Whether four numbers of many boxes can be x1, y1, x2, y2: none ends before it begins."""
    return all(
        near.least <= far.least and near.mean <= far.mean and near.most <= far.most
        for near, far in (box[::2], box[1::2])
    )


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
