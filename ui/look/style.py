"""The dark look of the whole application."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from PyQt5.QtCore import QDir
from PyQt5.QtGui import QColor, QPalette
from PyQt5.QtWidgets import QApplication

from . import theme
from .checks import CHECK_PX
from .sizes import TEXT_PX, px, use_factor

_WINDOW: Final = QColor(30, 33, 39)
_BASE: Final = QColor(20, 22, 27)
_RAISED: Final = QColor(46, 50, 58)
_LINE: Final = QColor(66, 72, 82)
_ACCENT: Final = QColor(56, 132, 214)
_DISABLED: Final = QColor(120, 126, 134)

# Lengths are those at 1920x1080; `_scaled` makes them those of the screen.
_SHEET: Final = """
QToolTip {{ background: {base}; color: {text}; border: 1px solid {line}; padding: 3px; }}
QToolBar {{ background: {window}; border: 0; border-bottom: 1px solid {line}; spacing: 4px; }}
QToolButton {{ padding: 4px; border: 0; border-radius: 4px; }}
QToolBar QToolButton {{ padding: 4px 9px; }}
QToolButton:hover, QPushButton:hover {{ background: {raised}; }}
QToolButton:checked {{ background: {accent}; color: white; }}
QToolButton#record:checked {{ background: {recording}; }}
QToolButton:pressed, QPushButton:pressed {{ background: {line}; }}
QToolButton:disabled {{ color: {disabled}; }}
QPushButton {{
    background: {raised}; border: 1px solid {line}; border-radius: 4px; padding: 4px 10px;
}}
QPushButton:disabled {{ color: {disabled}; background: {window}; }}
QPushButton:default {{ border-color: {accent}; }}
QPushButton[is_first="true"]:enabled {{ background: {accent}; color: white; }}
QPushButton:checked {{ background: {accent}; color: white; }}
QToolButton::menu-indicator {{ image: none; }}
QToolButton::menu-button {{ width: 18px; border: 0; border-radius: 4px; }}
QToolButton::menu-button:hover {{ background: {line}; }}
QLineEdit {{
    background: {base}; border: 1px solid {line}; border-radius: 4px; padding: 3px 6px;
    selection-background-color: {accent};
}}
QLineEdit:focus {{ border-color: {accent}; }}
QComboBox, QAbstractSpinBox {{
    background: {base}; border: 1px solid {line}; border-radius: 4px; padding: 2px 4px;
    selection-background-color: {accent};
}}
QAbstractSpinBox {{ padding: 2px 18px 2px 4px; }}
QComboBox:focus, QAbstractSpinBox:focus {{ border-color: {accent}; }}
QComboBox:disabled, QAbstractSpinBox:disabled {{ color: {disabled}; }}
/* Fusion's arrows are as large on every screen, and no style sheet makes them larger. */
QComboBox::drop-down {{ border: 0; width: 16px; }}
QComboBox::down-arrow {{ image: url(look:down.png); width: 12px; height: 12px; }}
QComboBox::down-arrow:disabled {{ image: url(look:down-disabled.png); }}
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{ border: 0; width: 16px; }}
QAbstractSpinBox::up-button:hover, QAbstractSpinBox::down-button:hover {{ background: {line}; }}
QAbstractSpinBox::up-arrow {{ image: url(look:up.png); width: 10px; height: 10px; }}
QAbstractSpinBox::down-arrow {{ image: url(look:down.png); width: 10px; height: 10px; }}
QAbstractSpinBox::up-arrow:disabled, QAbstractSpinBox::up-arrow:off {{
    image: url(look:up-disabled.png);
}}
QAbstractSpinBox::down-arrow:disabled, QAbstractSpinBox::down-arrow:off {{
    image: url(look:down-disabled.png);
}}
QPushButton::menu-indicator {{
    image: url(look:down.png); width: 12px; height: 12px;
    subcontrol-position: right center; subcontrol-origin: padding; right: 4px;
}}
QCheckBox::indicator, QRadioButton::indicator, QAbstractItemView::indicator {{
    width: {check}px; height: {check}px; background: {base}; border: 1px solid {disabled};
    border-radius: 3px;
}}
/* Without a rule of their own, words begin behind a check box of the style below. */
QTreeView::text, QListView::text {{ margin: 0; }}
QRadioButton::indicator {{ border-radius: 7px; }}
QCheckBox::indicator:checked, QRadioButton::indicator:checked,
QAbstractItemView::indicator:checked {{ background: {accent}; border-color: {text}; }}
QSlider::groove:horizontal {{ height: 4px; background: {line}; border-radius: 2px; }}
QSlider::sub-page:horizontal {{ background: {accent}; border-radius: 2px; }}
QSlider::sub-page:horizontal:disabled {{ background: {line}; }}
QSlider::handle:horizontal {{
    background: {text}; width: 14px; height: 14px; margin: -5px 0; border-radius: 7px;
}}
QSlider::handle:horizontal:disabled {{ background: {disabled}; }}
QScrollBar:vertical {{ background: {window}; width: 12px; margin: 0; }}
QScrollBar:horizontal {{ background: {window}; height: 12px; margin: 0; }}
QScrollBar::handle {{ background: {line}; border-radius: 4px; margin: 2px; }}
QScrollBar::handle:vertical {{ min-height: 24px; }}
QScrollBar::handle:horizontal {{ min-width: 24px; }}
QScrollBar::handle:hover {{ background: {disabled}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: none; }}
QTabBar::tab {{ background: {window}; padding: 5px 10px; border: 1px solid {line}; }}
QTabBar::tab:selected {{ background: {raised}; border-bottom: 2px solid {accent}; }}
QDockWidget::title {{ background: {raised}; padding: 5px 8px; }}
QHeaderView::section {{
    background: {raised}; border: 0; border-right: 1px solid {line}; padding: 4px 5px;
}}
QTableView, QTreeView, QListView {{
    background: {base}; alternate-background-color: {window}; gridline-color: {line};
    border: 1px solid {line};
}}
QMainWindow::separator {{ background: {line}; width: 3px; height: 3px; }}
QMenu {{ background: {window}; border: 1px solid {line}; }}
QMenu::item {{ padding: 5px 22px; }}
QMenu::item:selected {{ background: {accent}; }}
QMenu::item:disabled {{ color: {disabled}; }}
QMenu::separator {{ height: 1px; background: {line}; margin: 3px 0; }}
QLabel#heading {{ font-size: 20px; font-weight: bold; }}
QLabel#title {{ font-weight: bold; }}
QLabel#trouble {{ color: {warning}; }}
QFrame#card {{ background: {base}; border: 1px solid {line}; border-radius: 6px; }}
QToolButton#chip {{
    background: {raised}; border: 1px solid {line}; border-radius: 9px; padding: 2px 8px;
}}
QToolButton#chip:hover {{ border-color: {accent}; }}
QToolButton#chip:checked {{ background: {accent}; border-color: {text}; }}
QToolButton#chip:disabled {{ background: {window}; color: {disabled}; }}
QLabel#section {{ font-weight: bold; padding-top: 8px; }}
QProgressBar {{
    background: {base}; border: 1px solid {line}; border-radius: 4px; text-align: center;
}}
QProgressBar::chunk {{ background: {accent}; border-radius: 3px; }}
"""
# A style sheet takes pictures from files only.
_PICTURES: Final = Path(__file__).parent / "data"
_LENGTH: Final = re.compile(r"\b(\d+)px")


def apply_style(app: QApplication, factor: float) -> None:
    """Give every widget of the application the dark look; Fusion is drawn by Qt alone.

    `factor` is how much larger everything is than at 1920x1080. Again with another factor, as on
    another screen, each widget gets `QEvent.FontChange`.
    """
    use_factor(factor)
    QDir.setSearchPaths("look", [str(_PICTURES)])
    app.setStyle("Fusion")
    app.setPalette(_palette())
    font = app.font()
    font.setPixelSize(px(TEXT_PX))
    app.setFont(font)
    app.setStyleSheet(
        _scaled(
            _SHEET.format(
                check=CHECK_PX,
                window=_WINDOW.name(),
                base=_BASE.name(),
                raised=_RAISED.name(),
                line=_LINE.name(),
                recording=theme.RECORDING.name(),
                accent=_ACCENT.name(),
                disabled=_DISABLED.name(),
                text=theme.TEXT.name(),
                warning=theme.WARNING.name(),
            )
        )
    )


def _scaled(sheet: str) -> str:
    # A line of one pixel stays one: it is no length but the thinnest line there is.
    return _LENGTH.sub(lambda found: f"{_length(int(found[1]))}px", sheet)


def _length(length: int) -> int:
    return length if length == 1 else px(length)


def _palette() -> QPalette:
    palette = QPalette()
    roles = QPalette.ColorRole
    colors = (
        (roles.Window, _WINDOW),
        (roles.WindowText, theme.TEXT),
        (roles.Base, _BASE),
        (roles.AlternateBase, _WINDOW),
        (roles.Text, theme.TEXT),
        (roles.PlaceholderText, _DISABLED),
        (roles.Button, _RAISED),
        (roles.ButtonText, theme.TEXT),
        (roles.BrightText, theme.ERROR),
        (roles.ToolTipBase, _BASE),
        (roles.ToolTipText, theme.TEXT),
        (roles.Highlight, _ACCENT),
        (roles.HighlightedText, QColor("white")),
        (roles.Link, _ACCENT.lighter(140)),
        (roles.Mid, _LINE),
    )
    for role, color in colors:
        palette.setColor(role, color)
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, _DISABLED)
    return palette
