"""Panels of text over the picture: the state banner, toasts, the list of keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PyQt5.QtCore import QCoreApplication, QRectF, Qt
from PyQt5.QtGui import QColor, QFont, QFontMetricsF, QPainter, QTextOption

from ui import theme
from ui.banner import Banner, Tone

_translate = QCoreApplication.translate

_TONES: Final = {Tone.STATE: theme.TEXT, Tone.TROUBLE: theme.WARNING, Tone.ERROR: theme.ERROR}
# Where the middle of a large banner lies in the height of the view: below the HUD.
_BANNER_MIDDLE: Final = 0.62
_WIDEST: Final = 0.7
_BOTTOM_MARGIN: Final = 1.4
# Rows of the list of keys that fit below each other: 1.8 times 18 of the 40 heights of a view.
_MOST_ROWS: Final = 18


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
    _paint_panel(painter, panel, unit)
    inner = panel.adjusted(unit, 0.8 * unit, -unit, -0.8 * unit)
    _paint_text(painter, banner.title, inner, title_font, _TONES[banner.tone])
    inner.setTop(inner.top() + title.height())
    _paint_text(painter, banner.detail, inner, detail_font, theme.TEXT)
    return panel


def paint_toasts(painter: QPainter, toasts: Sequence[str], rect: QRectF, opacity: float) -> float:
    """Paint lines at the bottom of a view; gives the height above which all is free."""
    unit = theme.em(rect)
    bottom = rect.bottom() - _BOTTOM_MARGIN * unit
    if not toasts or opacity <= 0:
        return bottom
    text = "\n".join(toasts)
    font = theme.font(unit)
    size = _text_size(painter, text, font, _WIDEST * rect.width())
    panel = QRectF(0, 0, size.width() + 2.4 * unit, size.height() + unit)
    panel.moveBottom(bottom)
    panel.moveLeft(rect.center().x() - panel.width() / 2)
    painter.save()
    painter.setOpacity(opacity)
    _paint_panel(painter, panel, unit)
    inner = panel.adjusted(unit, unit / 2, -unit, -unit / 2)
    _paint_text(painter, text, inner, font, theme.TEXT)
    painter.restore()
    return panel.top() - 0.6 * unit


def paint_keys(painter: QPainter, keys: Sequence[tuple[str, str]], rect: QRectF) -> QRectF:
    """Paint the list of keys into the middle of a view, a long one in two columns.

    Gives its panel.
    """
    unit = theme.em(rect)
    key_font, text_font = theme.font(1.1 * unit, bold=True), theme.font(1.1 * unit)
    key_width = max(QFontMetricsF(key_font).horizontalAdvance(key) for key, _ in keys)
    text_width = max(QFontMetricsF(text_font).horizontalAdvance(text) for _, text in keys)
    row_height = 1.8 * unit
    columns = 1 if len(keys) <= _MOST_ROWS else 2
    rows = -(-len(keys) // columns)
    width = key_width + text_width + 4.4 * unit
    panel = QRectF(0, 0, columns * width, (rows + 1) * row_height)
    panel.moveCenter(rect.center())
    _paint_panel(painter, panel, unit)
    for number, (key, text) in enumerate(keys):
        column, line = divmod(number, rows)
        row = QRectF(panel.left() + column * width + 1.5 * unit, panel.top(), width, row_height)
        row.translate(0, (line + 0.5) * row_height)
        _paint_line(painter, key, row, key_font, theme.WARNING)
        beside = row.adjusted(key_width + 1.4 * unit, 0, 0, 0)
        _paint_line(painter, text, beside, text_font, theme.TEXT)
    return panel


def _paint_panel(painter: QPainter, panel: QRectF, unit: float) -> None:
    painter.save()
    painter.setRenderHint(QPainter.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.PANEL)
    painter.drawRoundedRect(panel, unit / 2, unit / 2)
    painter.restore()


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
    painter.drawText(row, theme.LEFT, text)
