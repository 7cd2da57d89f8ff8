"""What holds where nothing is asked for; the help of the command line reads it too."""

from __future__ import annotations

DEFAULT_CONFIDENCES = (0.25, 0.5, 0.63, 0.8)
"""Thresholds that are counted: the default of a run, and three stricter ones."""

DRAWS = 300
"""Draws of an interval: its ends then move by less than a tenth of its length."""

UNLABELLED_FRAMES = 100
"""Pictures of a clip without labels: the next frame of a clip tells nearly nothing new."""
