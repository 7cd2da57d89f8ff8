"""The outputs of every head that there is, made from boxes; a new head goes into `MAKERS`."""

from __future__ import annotations

from tests.helpers import head_samples as made
from tests.helpers.head_samples import Known

# Layout, and a maker of outputs from size, class count and boxes.
MAKERS = {
    "dfl 9 outputs": ("dfl", made.dfl_outputs),
    "dfl 6 outputs": ("dfl", lambda *a: made.dfl_outputs(*a, with_sum=False)),
    "dfl 6 outputs of logits": (
        "dfl",
        lambda *a: made.dfl_outputs(*a, with_sum=False, logits=True),
    ),
    "dfl 3 outputs": ("dfl", made.dfl_combined_outputs),
    "dfl 17 bins": ("dfl", lambda *a: made.dfl_outputs(*a, bins=17)),
    "without bins": ("dfl", lambda *a: made.dfl_outputs(*a, bins=1)),
    "largest stride first": (
        "dfl",
        lambda *a: [made.dfl_outputs(*a)[index] for index in (6, 7, 8, 3, 4, 5, 0, 1, 2)],
    ),
    "another order in each stride": (
        "dfl",
        lambda *a: [made.dfl_outputs(*a)[index] for index in (2, 0, 1, 3, 5, 4, 6, 7, 8)],
    ),
    "anchors": ("anchors", made.anchor_outputs),
    "anchors of logits": ("anchors", lambda *a: made.anchor_outputs(*a, logits=True)),
    "anchors, 5 dimensions": (
        "anchors",
        lambda *a: [
            t.reshape(1, 3, -1, *t.shape[2:]).transpose(0, 1, 3, 4, 2).copy()
            for t in made.anchor_outputs(*a)
        ],
    ),
    "anchors decoded": ("anchors", lambda *a: [made.decoded_anchor_output(*a)]),
    "yolox": ("yolox", made.yolox_outputs),
    "yolox in one": ("yolox", lambda *a: [made.in_one_row(made.yolox_outputs(*a))]),
    "single": ("single", lambda *a: [made.single_output(*a)]),
    "single of shares": ("single", lambda *a: [made.single_output(*a, normalised=True)]),
    "single transposed": (
        "single",
        lambda *a: [made.single_output(*a).transpose(0, 2, 1).copy()],
    ),
    "end2end": ("end2end", lambda size, classes, known: [made.end2end_output(known)]),
}


def known_boxes(size, classes):
    """A small, a middle and a large box, the last one the best, all of different classes."""
    width, height = size
    last = classes - 1
    # 15 bins at stride 32 reach 480 pixels to each side.
    large = min(0.5 * width, 0.8 * height, 800)
    return [
        Known((9.5, 10.0, 30.25, 27.0), 0.5, 0),
        Known((width * 0.25, height * 0.25, width * 0.5, height * 0.75), 0.625, last // 2),
        Known((width * 0.4, height * 0.1, width * 0.4 + large, height * 0.1 + large), 0.875, last),
    ]
