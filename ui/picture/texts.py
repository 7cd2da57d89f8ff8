"""Panels of text over the picture: the state banner, the mark, the list of keys."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from PyQt5.QtCore import QPointF, QRectF, Qt
from PyQt5.QtGui import QColor, QFont, QFontMetricsF, QPainter, QTextOption

from rkvideo.pictures.overlay import MARK_COLOR, text_color

from ..look import theme
from .banner import Banner, Tone

_TONES: Final = {Tone.STATE: theme.TEXT, Tone.TROUBLE: theme.WARNING, Tone.ERROR: theme.ERROR}
# Where the middle of a large banner lies in the height of the view: below the HUD.
_BANNER_MIDDLE: Final = 0.62
_WIDEST: Final = 0.7
# Around a sentence, in heights of ordinary text.
_SENTENCE_GAP: Final = 0.7
# The list of keys: of the view's sides, in rows, and in heights of ordinary text.
_WIDEST_LIST: Final = 0.94
_MOST_ROWS: Final = 14
_LIST_PADDING: Final = 1.5
_KEY_TEXT: Final = 1.1
_KEY_GAP: Final = 1.4
_KEY_ROW: Final = 1.8


def paint_banner(painter: QPainter, banner: Banner, rect: QRectF, bottom: float) -> QRectF:
    """Paint a banner into a view; gives its panel.

    One that has details stands in the middle, a bare state at the bottom, above `bottom`.
    """
    unit = theme.em(rect)
    title_font = theme.font(1.7 * unit, bold=True)
    detail_font = theme.font(1.1 * unit)
    widest = _WIDEST * rect.width()
    title = _text_size(painter, banner.title, title_font, widest)
    detail = _text_size(painter, banner.detail, detail_font, widest)
    width = max(title.width(), detail.width()) + 3 * unit
    height = title.height() + detail.height() + 1.6 * unit
    top = rect.top() + rect.height() * _BANNER_MIDDLE - height / 2 if banner.detail else bottom
    panel = QRectF(rect.center().x() - width / 2, 0, width, height)
    panel.moveBottom(min(top + height if banner.detail else bottom, bottom))
    theme.paint_panel(painter, panel, unit)
    inner = panel.adjusted(unit, 0.8 * unit, -unit, -0.8 * unit)
    _paint_text(painter, banner.title, inner, title_font, _TONES[banner.tone])
    inner.setTop(inner.top() + title.height())
    _paint_text(painter, banner.detail, inner, detail_font, theme.TEXT)
    return panel


def sentence_panel(
    painter: QPainter, words: str, visible: QRectF, view: QRectF, bottom: float
) -> QRectF:
    """Where a sentence lies above `bottom`, in the middle of what is seen."""
    unit = theme.em(view)
    gap = _SENTENCE_GAP * unit
    widest = max(unit, visible.width() - 2 * gap - 2 * unit)
    size = _text_size(painter, words, theme.font(unit), widest)
    panel = QRectF(0, 0, size.width() + 1.4 * unit, size.height() + 0.6 * unit)
    panel.moveCenter(visible.center())
    panel.moveBottom(bottom - gap)
    return panel


def paint_sentence(painter: QPainter, words: str, panel: QRectF, view: QRectF) -> None:
    """Paint a sentence onto its panel."""
    unit = theme.em(view)
    theme.paint_panel(painter, panel, unit)
    # The panel is wider than the words by what rounding takes, and more.
    inner = panel.adjusted(0, 0.3 * unit, 0, 0)
    _paint_text(painter, words, inner, theme.font(unit), theme.TEXT)


def mark_place(mark: str, visible: QRectF, top: float) -> QRectF:
    """Where a word lies at the right of what is seen of the picture, from `top` on."""
    unit = theme.em(visible)
    panel = QRectF(0, 0, _mark_width(mark, unit) + unit, 1.7 * unit)
    top = max(top, visible.top() + 0.5 * unit)
    panel.moveTopRight(QPointF(visible.right() - 0.5 * unit, top))
    return panel


@lru_cache(maxsize=4)
def _mark_width(mark: str, unit: float) -> float:
    return QFontMetricsF(theme.font(unit, bold=True)).horizontalAdvance(mark)


def paint_mark(painter: QPainter, mark: str, panel: QRectF, visible: QRectF) -> None:
    """Paint a word onto the place of `mark_place`, as recordings have it."""
    painter.fillRect(panel, QColor(*MARK_COLOR))
    painter.setFont(theme.font(theme.em(visible), bold=True))
    painter.setPen(QColor(*text_color(MARK_COLOR)))
    painter.drawText(panel, int(Qt.AlignmentFlag.AlignCenter), mark)


def paint_keys(painter: QPainter, keys: Sequence[tuple[str, str]], rect: QRectF) -> QRectF:
    """Paint the list of keys into the middle of a view; gives its panel.

    A long list has several columns, and smaller letters where it would not fit otherwise.
    """
    unit = theme.em(rect)
    columns = _columns(keys)
    panel = _keys_panel(columns, unit)
    room = _WIDEST_LIST * min(rect.width() / panel.width(), rect.height() / panel.height())
    if room < 1:
        unit *= room
        panel = _keys_panel(columns, unit)
    panel.moveCenter(rect.center())
    theme.paint_panel(painter, panel, unit)
    left = panel.left() + _LIST_PADDING * unit
    for column in columns:
        _paint_column(painter, column, QPointF(left, panel.top() + unit), unit)
        left += sum(_column_widths(column, unit)) + _LIST_PADDING * unit
    return panel


def _columns(keys: Sequence[tuple[str, str]]) -> list[Sequence[tuple[str, str]]]:
    count = -(-len(keys) // _MOST_ROWS)
    rows = -(-len(keys) // count)
    return [keys[start : start + rows] for start in range(0, len(keys), rows)]


def _keys_panel(columns: Sequence[Sequence[tuple[str, str]]], unit: float) -> QRectF:
    widths = [sum(_column_widths(column, unit)) for column in columns]
    width = sum(widths) + (len(columns) + 1) * _LIST_PADDING * unit
    return QRectF(0, 0, width, len(columns[0]) * _KEY_ROW * unit + 2 * unit)


def _column_widths(column: Sequence[tuple[str, str]], unit: float) -> tuple[float, float]:
    """The widths of the keys with the gap behind them, and of what they do."""
    keys = QFontMetricsF(theme.font(_KEY_TEXT * unit, bold=True))
    words = QFontMetricsF(theme.font(_KEY_TEXT * unit))
    return (
        max(keys.horizontalAdvance(key) for key, _ in column) + _KEY_GAP * unit,
        max(words.horizontalAdvance(text) for _, text in column),
    )


def _paint_column(
    painter: QPainter, column: Sequence[tuple[str, str]], corner: QPointF, unit: float
) -> None:
    key_width, text_width = _column_widths(column, unit)
    key_font, text_font = (theme.font(_KEY_TEXT * unit, bold=bold) for bold in (True, False))
    row = QRectF(corner.x(), corner.y(), key_width + text_width, _KEY_ROW * unit)
    for key, text in column:
        _paint_line(painter, key, row, key_font, theme.WARNING)
        _paint_line(painter, text, row.adjusted(key_width, 0, 0, 0), text_font, theme.TEXT)
        row.translate(0, row.height())


def _wrapping() -> QTextOption:
    option = QTextOption(Qt.AlignmentFlag.AlignHCenter)
    # A path has no blanks to break at.
    option.setWrapMode(QTextOption.WrapAtWordBoundaryOrAnywhere)
    return option


def _text_size(painter: QPainter, text: str, font: QFont, widest: float) -> QRectF:
    if not text:
        return QRectF()
    painter.setFont(font)
    return painter.boundingRect(QRectF(0, 0, widest, 1e4), text, _wrapping())


def _paint_text(painter: QPainter, text: str, area: QRectF, font: QFont, color: QColor) -> None:
    painter.setFont(font)
    painter.setPen(color)
    painter.drawText(area, text, _wrapping())


def _paint_line(painter: QPainter, text: str, row: QRectF, font: QFont, color: QColor) -> None:
    painter.setFont(font)
    painter.setPen(color)
    painter.drawText(row, theme.LEFT | int(Qt.TextFlag.TextDontClip), text)
