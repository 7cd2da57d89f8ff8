"""A bar of buttons that never loses one: words go first, then buttons go into a menu."""

from __future__ import annotations

from typing import Final

from PyQt5.QtCore import QEvent, QSize, Qt
from PyQt5.QtGui import QResizeEvent
from PyQt5.QtWidgets import QAction, QHBoxLayout, QMenu, QSizePolicy, QToolButton, QWidget

from .changes import follow_font, follow_language
from .icons import follow_icon_size, tool_button
from .sizes import margins, px

_SPACING: Final = 2
_WORDS: Final = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
_ICONS: Final = Qt.ToolButtonStyle.ToolButtonIconOnly


class FoldingBar(QWidget):
    """Buttons of actions behind one widget that takes the rest of the room, such as a field.

    With too little room the buttons lose their words; with less, the last ones move into the menu
    of a button `more` that stands at the end. Nothing is ever out of reach or cut.
    """

    def __init__(self, field: QWidget | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._field = field
        self._buttons: list[QToolButton] = []
        self._menu = QMenu(self)
        self.more = tool_button("more")
        self.more.setMenu(self._menu)
        self.more.setPopupMode(QToolButton.InstantPopup)
        self.more.hide()
        self._menu.aboutToShow.connect(self._fill_menu)
        self._row = QHBoxLayout(self)
        if field is None:
            self._row.addStretch(1)
        else:
            self._row.addWidget(field, 1)
        self._row.addWidget(self.more)
        self.setSizePolicy(QSizePolicy.Expanding, QSizePolicy.Fixed)
        follow_language(self, self._set_texts)
        follow_font(self, self._measure)

    def add_action(self, action: QAction, *, is_first: bool = False) -> QToolButton:
        """Put a button at the end, or as the last one to fold; an action with a menu opens it."""
        button = QToolButton()
        button.setDefaultAction(action)
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        if action.menu() is not None:
            button.setPopupMode(QToolButton.InstantPopup)
        follow_icon_size(button)
        self._buttons.insert(0 if is_first else len(self._buttons), button)
        # Before them is what takes the rest of the room, behind them the menu.
        self._row.insertWidget(1 if is_first else self._row.count() - 1, button)
        action.changed.connect(self.fold)
        self.fold()
        return button

    @property
    def hidden_actions(self) -> tuple[QAction, ...]:
        """What is in the menu of `more`."""
        return tuple(
            action
            for button in self._buttons
            if button.isHidden()
            and (action := button.defaultAction()) is not None
            and action.isVisible()
        )

    def minimumSizeHint(self) -> QSize:
        """The field at its narrowest and the button of the menu."""
        width = 0 if self._field is None else self._field.minimumSizeHint().width()
        height = max(one.sizeHint().height() for one in (self.more, *self._buttons))
        edge = self._row.contentsMargins()
        width += edge.left() + edge.right() + self.more.sizeHint().width() + px(_SPACING)
        return QSize(width, edge.top() + height + edge.bottom())

    def sizeHint(self) -> QSize:
        """As narrow as it can be: a bar takes what it is given."""
        return self.minimumSizeHint()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Fold for the new width."""
        super().resizeEvent(event)
        self.fold()

    def changeEvent(self, event: QEvent | None) -> None:
        """Fold for words of another length."""
        super().changeEvent(event)
        if event is not None and event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self.fold()

    def fold(self) -> None:
        """Show as much as there is room for."""
        wanted = [one for one in self._buttons if _is_wanted(one)]
        room = self.width() - self._taken()
        for style in (_WORDS, _ICONS):
            self._style(style)
            if _width(wanted) <= room:
                break
        shown = len(wanted)
        if _width(wanted) > room:
            room -= self.more.sizeHint().width() + px(_SPACING)
            while shown and _width(wanted[:shown]) > room:
                shown -= 1
        for place, button in enumerate(wanted):
            button.setVisible(place < shown)
        for button in self._buttons:
            if button not in wanted:
                button.hide()
        self.more.setVisible(shown < len(wanted))

    def _taken(self) -> int:
        edge = self._row.contentsMargins()
        field = 0 if self._field is None else self._field.sizeHint().width()
        return edge.left() + edge.right() + field + 2 * px(_SPACING)

    def _style(self, style: Qt.ToolButtonStyle) -> None:
        for button in self._buttons:
            if button.toolButtonStyle() != style:
                button.setToolButtonStyle(style)

    def _fill_menu(self) -> None:
        self._menu.clear()
        self._menu.addActions(list(self.hidden_actions))

    def _measure(self) -> None:
        self._row.setContentsMargins(*margins(4, 2, 4, 2))
        self._row.setSpacing(px(_SPACING))

    def _set_texts(self) -> None:
        self.more.setToolTip(self.tr("more"))
        self.fold()


def _is_wanted(button: QToolButton) -> bool:
    action = button.defaultAction()
    return action is not None and action.isVisible()


def _width(buttons: list[QToolButton]) -> int:
    return sum(button.sizeHint().width() + px(_SPACING) for button in buttons)
