"""The worst pictures of an evaluation or an agreement, with the boxes of one row at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from rkvideo.evaluation.agreement import AgreementReport
from rkvideo.evaluation.results import EvalReport
from rkvideo.evaluation.worst import PictureErrors, ToldBox, WorstPicture

JPEG_URI: Final = "data:image/jpeg;base64,"
# A name is so large that some 26 of its letters fit the longer side.
_LETTERS: Final = 26


@dataclass(frozen=True, slots=True)
class Words:
    """What the boxes that only one side has are called, and those that both have."""

    title: str
    hint: str
    both: str
    own: str
    other: str


_ACCURACY: Final = Words(
    *("worst pictures", "Those with most false and missed boxes", "correct", "false", "missed")
)
_AGREEMENT: Final = Words(
    *("frames with least agreement", "Those with most boxes that only one of the two has"),
    *("both have", "only it has", "only the reference has"),
)


def worst_section(found: EvalReport | None) -> str:
    """The section, empty where nothing was evaluated or nothing is wrong."""
    if found is None:
        return ""
    names = [f"{row.title} {row.backend}" for row in found.rows]
    return _section(_ACCURACY, found.worst, names, found.worst_at)


def disagreement_section(found: AgreementReport | None) -> str:
    """The section, empty where nothing was compared or all agree."""
    if found is None:
        return ""
    names = [f"{row.title} {row.backend}" for row in found.rows]
    return _section(_AGREEMENT, found.frames, names, found.told_at)


def _section(
    words: Words, pictures: Sequence[WorstPicture], names: Sequence[str], at: float | None
) -> str:
    if not pictures:
        return ""
    options = "".join(
        f'<option value="{each.row}">{escape(names[each.row])}</option>'
        for each in pictures[0].errors
    )
    confidence = "" if at is None else f" at confidence {at:g}"
    figures = "".join(_figure(each, words) for each in pictures)
    return (
        f"<section><h2>The {len(pictures)} {words.title}</h2>"
        f"<p>{words.hint}{confidence}, over all rows."
        f' <span class="k-false">Solid: {words.own}, with its score.</span>'
        f' <span class="k-missed">Dashed: {words.other}.</span>'
        f' <label>Boxes of <select class="row">{options}</select></label></p>'
        f'<div class="worst">{figures}</div></section>'
    )


def _figure(worst: WorstPicture, words: Words) -> str:
    image = ""
    if worst.thumbnail.startswith(JPEG_URI):
        image = f'<img alt="" src="{escape(worst.thumbnail)}">'
    overlays = "".join(_of_each(worst, "svg", words))
    tallies = "".join(_of_each(worst, "span", words))
    return (
        f'<figure><div class="frame" style="aspect-ratio:{worst.width}/{worst.height}">'
        f"{image}{overlays}</div><figcaption>{escape(worst.name)}{tallies}</figcaption></figure>"
    )


def _of_each(worst: WorstPicture, kind: str, words: Words) -> list[str]:
    """An element for each row; but for the first they are hidden until one is chosen."""
    view = f' viewBox="0 0 {worst.width} {worst.height}"' if kind == "svg" else ""
    return [
        f'<{kind} class="of-row" data-row="{each.row}"{view}{" hidden" if number else ""}>'
        f"{_boxes(each, worst, words) if kind == 'svg' else _tally(each, words)}</{kind}>"
        for number, each in enumerate(worst.errors)
    ]


def _tally(errors: PictureErrors, words: Words) -> str:
    return (
        f": {errors.correct} {words.both}, {len(errors.false)} {words.own},"
        f" {len(errors.missed)} {words.other}"
    )


def _boxes(errors: PictureErrors, worst: WorstPicture, words: Words) -> str:
    boxes = [_box(each, worst, "false", words.own) for each in errors.false]
    boxes += [_box(each, worst, "missed", words.other) for each in errors.missed]
    return "".join(boxes)


def _box(told: ToldBox, worst: WorstPicture, css: str, what: str) -> str:
    sides = (worst.width, worst.height) * 2
    x1, y1, x2, y2 = (share * side for share, side in zip(told.box, sides, strict=True))
    words = told.name if told.score is None else f"{told.name} {told.score:.2f}"
    size = max(worst.width, worst.height) / _LETTERS
    return (
        f'<g class="box {css}"><rect x="{x1:.1f}" y="{y1:.1f}" width="{x2 - x1:.1f}"'
        f' height="{y2 - y1:.1f}"><title>{what}: {escape(words)}</title></rect>'
        f'<text x="{x1:.1f}" y="{max(y1, size):.1f}" font-size="{size:.1f}">'
        f"{escape(words)}</text></g>"
    )
