"""The worst pictures of an evaluation as HTML, with the boxes of one row at a time."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final

from rkvideo.evaluation.results import EvalReport
from rkvideo.evaluation.worst import PictureErrors, ToldBox, WorstPicture

JPEG_URI: Final = "data:image/jpeg;base64,"
# A name is so large that some 26 of its letters fit the longer side.
_LETTERS: Final = 26


def worst_section(found: EvalReport | None) -> str:
    """The section, empty where nothing was evaluated or nothing is wrong."""
    if found is None or not found.worst:
        return ""
    rows = [each.row for each in found.worst[0].errors]
    options = "".join(
        f'<option value="{row}">{escape(found.rows[row].title)}'
        f" {escape(found.rows[row].backend)}</option>"
        for row in rows
    )
    at = "" if found.worst_at is None else f" at confidence {found.worst_at:g}"
    return (
        f"<h2>The {len(found.worst)} worst pictures</h2>"
        f"<p>Those with most false and missed boxes{at}, over all rows."
        ' <span class="k-false">Solid: false, with its score.</span>'
        ' <span class="k-missed">Dashed: missed.</span>'
        f' <label>Boxes of <select id="row">{options}</select></label></p>'
        f'<div class="worst">{"".join(map(_figure, found.worst))}</div>'
    )


def _figure(worst: WorstPicture) -> str:
    image = ""
    if worst.thumbnail.startswith(JPEG_URI):
        image = f'<img alt="" src="{escape(worst.thumbnail)}">'
    overlays = "".join(_of_each(worst.errors, "svg", worst))
    tallies = "".join(_of_each(worst.errors, "span", worst))
    return (
        f'<figure><div class="frame" style="aspect-ratio:{worst.width}/{worst.height}">'
        f"{image}{overlays}</div><figcaption>{escape(worst.name)}{tallies}</figcaption></figure>"
    )


def _of_each(errors: Sequence[PictureErrors], kind: str, worst: WorstPicture) -> list[str]:
    """An element for each row; but for the first they are hidden until one is chosen."""
    view = f' viewBox="0 0 {worst.width} {worst.height}"' if kind == "svg" else ""
    return [
        f'<{kind} class="of-row" data-row="{each.row}"{view}{" hidden" if number else ""}>'
        f"{_boxes(each, worst) if kind == 'svg' else _tally(each)}</{kind}>"
        for number, each in enumerate(errors)
    ]


def _tally(errors: PictureErrors) -> str:
    return f": {errors.correct} correct, {len(errors.false)} false, {len(errors.missed)} missed"


def _boxes(errors: PictureErrors, worst: WorstPicture) -> str:
    boxes = [_box(each, worst, "false") for each in errors.false]
    return "".join(boxes + [_box(each, worst, "missed") for each in errors.missed])


def _box(told: ToldBox, worst: WorstPicture, css: str) -> str:
    sides = (worst.width, worst.height) * 2
    x1, y1, x2, y2 = (share * side for share, side in zip(told.box, sides, strict=True))
    words = told.name if told.score is None else f"{told.name} {told.score:.2f}"
    size = max(worst.width, worst.height) / _LETTERS
    return (
        f'<g class="box {css}"><rect x="{x1:.1f}" y="{y1:.1f}" width="{x2 - x1:.1f}"'
        f' height="{y2 - y1:.1f}"><title>{css}: {escape(words)}</title></rect>'
        f'<text x="{x1:.1f}" y="{max(y1, size):.1f}" font-size="{size:.1f}">'
        f"{escape(words)}</text></g>"
    )
