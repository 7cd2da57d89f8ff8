"""What the stages of a frame are called, and what each of them is."""

from __future__ import annotations

from typing import Final

from PyQt5.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

_NAMES: Final = {
    "read": QT_TRANSLATE_NOOP("Stages", "read"),
    "decode": QT_TRANSLATE_NOOP("Stages", "decode"),
    "wait": QT_TRANSLATE_NOOP("Stages", "wait"),
    "preprocess": QT_TRANSLATE_NOOP("Stages", "preprocess"),
    "infer": QT_TRANSLATE_NOOP("Stages", "infer"),
    "postprocess": QT_TRANSLATE_NOOP("Stages", "postprocess"),
    "reorder": QT_TRANSLATE_NOOP("Stages", "reorder"),
    "sink": QT_TRANSLATE_NOOP("Stages", "sink"),
    "paint": QT_TRANSLATE_NOOP("Stages", "paint"),
}
_MEANINGS: Final = {
    "read": QT_TRANSLATE_NOOP("Stages", "from the arrival of its data to the decoder"),
    "decode": QT_TRANSLATE_NOOP("Stages", "from the packet to a picture"),
    "wait": QT_TRANSLATE_NOOP("Stages", "in the queue, and for a core that is free"),
    "preprocess": QT_TRANSLATE_NOOP("Stages", "from the picture to the input of the model"),
    "infer": QT_TRANSLATE_NOOP("Stages", "the model itself"),
    "postprocess": QT_TRANSLATE_NOOP("Stages", "from its outputs to boxes"),
    "reorder": QT_TRANSLATE_NOOP("Stages", "for the pictures before this one"),
    "sink": QT_TRANSLATE_NOOP("Stages", "for a recording that is slow"),
    "paint": QT_TRANSLATE_NOOP("Stages", "from the picture to the screen"),
}


def stage_name(stage: str) -> str:
    """A stage in the user's language; one that is not known keeps its name."""
    return QCoreApplication.translate("Stages", _NAMES[stage]) if stage in _NAMES else stage


def stage_meaning(stage: str) -> str:
    """What a stage is, in a few words; empty for one that is not known."""
    return QCoreApplication.translate("Stages", _MEANINGS[stage]) if stage in _MEANINGS else ""
