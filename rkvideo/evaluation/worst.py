"""The pictures on which models are wrong most, with the boxes that are false and those missed."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import av
import cv2
import numpy as np

from rkvideo.evaluation.matching import Boxes, match
from rkvideo.evaluation.truth import BoolArray, Float64Array, IntArray, Targets
from rkvideo.sources.folder import read_image
from rkvideo.sources.prepare import prepare_picture
from rkvideo.sources.rotation import Rotator

MOST_PICTURES: Final = 20
THUMBNAIL_SIDE: Final = 360
_QUALITY: Final = 72
_LARGEST_SIDE: Final = 65_536


@dataclass(frozen=True, slots=True)
class ToldBox:
    """A box to be drawn: x1, y1, x2, y2 in shares of the picture's sides; a target has no score."""

    box: tuple[float, float, float, float]
    name: str
    score: float | None = None


@dataclass(frozen=True, slots=True)
class PictureErrors:
    """What one row has wrong in a picture; `row` is its number in the report."""

    row: int
    correct: int
    false: tuple[ToldBox, ...]
    missed: tuple[ToldBox, ...]


@dataclass(frozen=True, slots=True)
class WorstPicture:
    """A picture with what each row has wrong in it.

    `thumbnail` is a JPEG as a data URI, empty where the picture could not be read again.
    `position_s` is where a frame lies in its clip, None for a picture of its own.
    """

    name: str
    width: int
    height: int
    errors: tuple[PictureErrors, ...]
    thumbnail: str = ""
    position_s: float | None = None


def worst_pictures(
    pictures: Sequence[tuple[str, int, int]],
    rows: Mapping[int, Sequence[tuple[Boxes, Targets]]],
    confidence: float,
    classes: Sequence[str],
) -> tuple[WorstPicture, ...]:
    """Those with most false and missed boxes of at least `confidence`, over all rows together.

    `pictures` are name, width and height; `rows` are, by their number, boxes and targets of each of
    these pictures, in pixels.
    """
    found = []
    for place, (name, width, height) in enumerate(pictures):
        sides = (width, height)
        errors = tuple(
            _errors(number, *pairs[place], confidence, sides, classes)
            for number, pairs in rows.items()
        )
        wrong = sum(len(each.false) + len(each.missed) for each in errors)
        if wrong:
            found.append((wrong, WorstPicture(name, width, height, errors)))
    found.sort(key=lambda each: -each[0])
    return tuple(picture for _, picture in found[:MOST_PICTURES])


def check_pictures(pictures: Sequence[WorstPicture], rows: int) -> None:
    """Raise ValueError for pictures, read back, that are none of a report of so many rows."""
    numbers = {tuple(error.row for error in each.errors) for each in pictures}
    if len(numbers) > 1 or any(not 0 <= row < rows for own in numbers for row in own):
        raise ValueError("its pictures are of other rows")
    if any(
        not (0 < side <= _LARGEST_SIDE) for each in pictures for side in (each.width, each.height)
    ):
        raise ValueError("a picture has no size")


def with_thumbnails(
    worst: Sequence[WorstPicture], paths: Mapping[str, Path]
) -> tuple[WorstPicture, ...]:
    """The same with small pictures, read from `paths` by name."""
    return tuple(replace(each, thumbnail=_thumbnail(paths.get(each.name))) for each in worst)


def thumbnail_of(picture: av.VideoFrame) -> str:
    """A small JPEG of a prepared picture, as a data URI."""
    pixels = picture.to_ndarray(format="bgr24")
    scale = min(1.0, THUMBNAIL_SIDE / max(pixels.shape[:2]))
    size = tuple(max(1, round(side * scale)) for side in pixels.shape[1::-1])
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    _, coded = cv2.imencode(".jpg", small, (cv2.IMWRITE_JPEG_QUALITY, _QUALITY))
    return f"data:image/jpeg;base64,{base64.b64encode(coded.tobytes()).decode('ascii')}"


def _thumbnail(path: Path | None) -> str:
    if path is None:
        return ""
    try:
        return thumbnail_of(prepare_picture(read_image(path), Rotator()))
    except (av.FFmpegError, OSError):
        return ""


def _errors(
    row: int,
    boxes: Boxes,
    targets: Targets,
    confidence: float,
    sides: tuple[int, int],
    classes: Sequence[str],
) -> PictureErrors:
    seen = boxes.only(boxes.score >= confidence)
    matches = match(seen, targets)
    taken = matches.target[0][matches.correct[0]]
    is_missed: BoolArray = ~targets.ignored
    is_missed[taken] = False
    false = seen.only(matches.false[0])
    lost = targets.only(is_missed)
    return PictureErrors(
        row,
        len(taken),
        told_boxes(false.xyxy, false.class_id, sides, classes, false.score),
        told_boxes(lost.xyxy, lost.class_id, sides, classes),
    )


def told_boxes(
    xyxy: Float64Array,
    class_id: IntArray,
    sides: tuple[int, int],
    classes: Sequence[str],
    score: Float64Array | None = None,
) -> tuple[ToldBox, ...]:
    """Boxes (n, 4) in pixels of a picture of `sides` (width, height), to be drawn."""
    shares = np.clip(xyxy / np.array(sides * 2, np.float64), 0, 1).round(4).tolist()
    scores = [None] * len(shares) if score is None else score.round(3).tolist()
    return tuple(
        ToldBox((x1, y1, x2, y2), classes[number], own)
        for (x1, y1, x2, y2), number, own in zip(shares, class_id.tolist(), scores, strict=True)
    )
