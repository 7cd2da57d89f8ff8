"""What the classes of COCO are called in the language of the window.

A list of labels that is not COCO's was made by somebody who has named them: it is left alone, also
where some of its words are among COCO's.
"""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import Final

from PyQt5.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from rkvideo.status import RunTitles

from .language import ENGLISH, current_language

# By id, as the models have them; `rkvideo/model_files/data/coco80.txt` is the same list.
COCO: Final = (
    QT_TRANSLATE_NOOP("CocoClasses", "person"),
    QT_TRANSLATE_NOOP("CocoClasses", "bicycle"),
    QT_TRANSLATE_NOOP("CocoClasses", "car"),
    QT_TRANSLATE_NOOP("CocoClasses", "motorcycle"),
    QT_TRANSLATE_NOOP("CocoClasses", "airplane"),
    QT_TRANSLATE_NOOP("CocoClasses", "bus"),
    QT_TRANSLATE_NOOP("CocoClasses", "train"),
    QT_TRANSLATE_NOOP("CocoClasses", "truck"),
    QT_TRANSLATE_NOOP("CocoClasses", "boat"),
    QT_TRANSLATE_NOOP("CocoClasses", "traffic light"),
    QT_TRANSLATE_NOOP("CocoClasses", "fire hydrant"),
    QT_TRANSLATE_NOOP("CocoClasses", "stop sign"),
    QT_TRANSLATE_NOOP("CocoClasses", "parking meter"),
    QT_TRANSLATE_NOOP("CocoClasses", "bench"),
    QT_TRANSLATE_NOOP("CocoClasses", "bird"),
    QT_TRANSLATE_NOOP("CocoClasses", "cat"),
    QT_TRANSLATE_NOOP("CocoClasses", "dog"),
    QT_TRANSLATE_NOOP("CocoClasses", "horse"),
    QT_TRANSLATE_NOOP("CocoClasses", "sheep"),
    QT_TRANSLATE_NOOP("CocoClasses", "cow"),
    QT_TRANSLATE_NOOP("CocoClasses", "elephant"),
    QT_TRANSLATE_NOOP("CocoClasses", "bear"),
    QT_TRANSLATE_NOOP("CocoClasses", "zebra"),
    QT_TRANSLATE_NOOP("CocoClasses", "giraffe"),
    QT_TRANSLATE_NOOP("CocoClasses", "backpack"),
    QT_TRANSLATE_NOOP("CocoClasses", "umbrella"),
    QT_TRANSLATE_NOOP("CocoClasses", "handbag"),
    QT_TRANSLATE_NOOP("CocoClasses", "tie"),
    QT_TRANSLATE_NOOP("CocoClasses", "suitcase"),
    QT_TRANSLATE_NOOP("CocoClasses", "frisbee"),
    QT_TRANSLATE_NOOP("CocoClasses", "skis"),
    QT_TRANSLATE_NOOP("CocoClasses", "snowboard"),
    QT_TRANSLATE_NOOP("CocoClasses", "sports ball"),
    QT_TRANSLATE_NOOP("CocoClasses", "kite"),
    QT_TRANSLATE_NOOP("CocoClasses", "baseball bat"),
    QT_TRANSLATE_NOOP("CocoClasses", "baseball glove"),
    QT_TRANSLATE_NOOP("CocoClasses", "skateboard"),
    QT_TRANSLATE_NOOP("CocoClasses", "surfboard"),
    QT_TRANSLATE_NOOP("CocoClasses", "tennis racket"),
    QT_TRANSLATE_NOOP("CocoClasses", "bottle"),
    QT_TRANSLATE_NOOP("CocoClasses", "wine glass"),
    QT_TRANSLATE_NOOP("CocoClasses", "cup"),
    QT_TRANSLATE_NOOP("CocoClasses", "fork"),
    QT_TRANSLATE_NOOP("CocoClasses", "knife"),
    QT_TRANSLATE_NOOP("CocoClasses", "spoon"),
    QT_TRANSLATE_NOOP("CocoClasses", "bowl"),
    QT_TRANSLATE_NOOP("CocoClasses", "banana"),
    QT_TRANSLATE_NOOP("CocoClasses", "apple"),
    QT_TRANSLATE_NOOP("CocoClasses", "sandwich"),
    QT_TRANSLATE_NOOP("CocoClasses", "orange"),
    QT_TRANSLATE_NOOP("CocoClasses", "broccoli"),
    QT_TRANSLATE_NOOP("CocoClasses", "carrot"),
    QT_TRANSLATE_NOOP("CocoClasses", "hot dog"),
    QT_TRANSLATE_NOOP("CocoClasses", "pizza"),
    QT_TRANSLATE_NOOP("CocoClasses", "donut"),
    QT_TRANSLATE_NOOP("CocoClasses", "cake"),
    QT_TRANSLATE_NOOP("CocoClasses", "chair"),
    QT_TRANSLATE_NOOP("CocoClasses", "couch"),
    QT_TRANSLATE_NOOP("CocoClasses", "potted plant"),
    QT_TRANSLATE_NOOP("CocoClasses", "bed"),
    QT_TRANSLATE_NOOP("CocoClasses", "dining table"),
    QT_TRANSLATE_NOOP("CocoClasses", "toilet"),
    QT_TRANSLATE_NOOP("CocoClasses", "tv"),
    QT_TRANSLATE_NOOP("CocoClasses", "laptop"),
    QT_TRANSLATE_NOOP("CocoClasses", "mouse"),
    QT_TRANSLATE_NOOP("CocoClasses", "remote"),
    QT_TRANSLATE_NOOP("CocoClasses", "keyboard"),
    QT_TRANSLATE_NOOP("CocoClasses", "cell phone"),
    QT_TRANSLATE_NOOP("CocoClasses", "microwave"),
    QT_TRANSLATE_NOOP("CocoClasses", "oven"),
    QT_TRANSLATE_NOOP("CocoClasses", "toaster"),
    QT_TRANSLATE_NOOP("CocoClasses", "sink"),
    QT_TRANSLATE_NOOP("CocoClasses", "refrigerator"),
    QT_TRANSLATE_NOOP("CocoClasses", "book"),
    QT_TRANSLATE_NOOP("CocoClasses", "clock"),
    QT_TRANSLATE_NOOP("CocoClasses", "vase"),
    QT_TRANSLATE_NOOP("CocoClasses", "scissors"),
    QT_TRANSLATE_NOOP("CocoClasses", "teddy bear"),
    QT_TRANSLATE_NOOP("CocoClasses", "hair drier"),
    QT_TRANSLATE_NOOP("CocoClasses", "toothbrush"),
)


def shown_labels(labels: tuple[str, ...]) -> tuple[str, ...]:
    """The same labels, those of COCO in the user's language."""
    return _shown(labels, current_language())


def in_language(titles: RunTitles) -> RunTitles:
    """The same titles with labels that are shown; not for what is written to a file."""
    shown = shown_labels(titles.labels)
    return titles if shown is titles.labels else replace(titles, labels=shown)


# A run has one list or, in an A|B view, two; a picture asks each time.
@functools.lru_cache(maxsize=4)
def _shown(labels: tuple[str, ...], language: str) -> tuple[str, ...]:
    if language == ENGLISH or labels != COCO:
        return labels
    return tuple(QCoreApplication.translate("CocoClasses", label) for label in labels)
