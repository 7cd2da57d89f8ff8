"""The keys of the window, as a table."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from PyQt5.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, QEvent, QObject, Qt
from PyQt5.QtGui import QKeyEvent, QKeySequence
from PyQt5.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QAction,
    QApplication,
    QComboBox,
    QKeySequenceEdit,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from ..contract.panels import KeyRow
from ..look.key_names import key_name, note_keys

_TEXT_FIELDS: Final = (
    QLineEdit,
    QTextEdit,
    QPlainTextEdit,
    QAbstractSpinBox,
    QKeySequenceEdit,
)
_ARROWS: Final = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)


@dataclass(frozen=True, slots=True)
class KeyBinding:
    """The keys of one action; `shown` is how the key list writes them, `text` what they do.

    Of a `numbered` action each key is told which of them it is, from 1. `repeats`: a key that is
    held down acts again and again.
    """

    action: str
    keys: tuple[str, ...]
    shown: str
    text: str
    repeats: bool = False
    numbered: bool = False


BINDINGS: Final = (
    KeyBinding("pause", ("Space",), "Space", QT_TRANSLATE_NOOP("Keys", "pause, go on, play again")),
    KeyBinding("step", (".",), ".", QT_TRANSLATE_NOOP("Keys", "next frame"), repeats=True),
    KeyBinding("step back", (",",), ",", QT_TRANSLATE_NOOP("Keys", "frame before"), repeats=True),
    KeyBinding("back", ("Left",), "←", QT_TRANSLATE_NOOP("Keys", "5 s back"), repeats=True),
    KeyBinding("ahead", ("Right",), "→", QT_TRANSLATE_NOOP("Keys", "5 s ahead"), repeats=True),
    KeyBinding(
        "far back", ("Shift+Left",), "Shift ←", QT_TRANSLATE_NOOP("Keys", "30 s back"), repeats=True
    ),
    KeyBinding(
        "far ahead",
        ("Shift+Right",),
        "Shift →",
        QT_TRANSLATE_NOOP("Keys", "30 s ahead"),
        repeats=True,
    ),
    KeyBinding("slower", ("-",), "-", QT_TRANSLATE_NOOP("Keys", "slower")),
    KeyBinding("faster", ("=", "+"), "=", QT_TRANSLATE_NOOP("Keys", "faster")),
    KeyBinding("loop", ("L",), "L", QT_TRANSLATE_NOOP("Keys", "loop")),
    KeyBinding("record", ("R",), "R", QT_TRANSLATE_NOOP("Keys", "start and end a recording")),
    KeyBinding("snapshot", ("S",), "S", QT_TRANSLATE_NOOP("Keys", "snapshot with boxes")),
    KeyBinding(
        "bare snapshot", ("Shift+S",), "Shift S", QT_TRANSLATE_NOOP("Keys", "snapshot without")
    ),
    KeyBinding(
        "model",
        tuple("123456789"),
        "1 … 9",
        QT_TRANSLATE_NOOP("Keys", "model of that row"),
        numbered=True,
    ),
    KeyBinding("smaller", ("[",), "[", QT_TRANSLATE_NOOP("Keys", "one size down")),
    KeyBinding("larger", ("]",), "]", QT_TRANSLATE_NOOP("Keys", "one size up")),
    KeyBinding("beside", ("B",), "B", QT_TRANSLATE_NOOP("Keys", "A|B with the next size")),
    KeyBinding(
        "marks", ("Shift+B",), "Shift B", QT_TRANSLATE_NOOP("Keys", "A|B: mark what only one has")
    ),
    KeyBinding("next moment", ("N",), "N", QT_TRANSLATE_NOOP("Keys", "next disagreement")),
    KeyBinding("previous moment", ("P",), "P", QT_TRANSLATE_NOOP("Keys", "disagreement before")),
    KeyBinding("models", ("M",), "M", QT_TRANSLATE_NOOP("Keys", "models")),
    KeyBinding("boxes", ("T",), "T", QT_TRANSLATE_NOOP("Keys", "boxes and classes")),
    KeyBinding("compare", ("C",), "C", QT_TRANSLATE_NOOP("Keys", "compare models")),
    KeyBinding("graph", ("G",), "G", QT_TRANSLATE_NOOP("Keys", "graph of the last minute")),
    KeyBinding("disagreements", ("D",), "D", QT_TRANSLATE_NOOP("Keys", "where two models differ")),
    KeyBinding("settings", ("Ctrl+,",), "Ctrl ,", QT_TRANSLATE_NOOP("Keys", "settings")),
    KeyBinding("start page", ("W",), "W", QT_TRANSLATE_NOOP("Keys", "start page: what to watch")),
    KeyBinding("hud", ("H",), "H", QT_TRANSLATE_NOOP("Keys", "figures: none, one line, all")),
    KeyBinding("seams", ("Shift+T",), "Shift T", QT_TRANSLATE_NOOP("Keys", "seams of the tiles")),
    KeyBinding("zoom", ("0",), "0", QT_TRANSLATE_NOOP("Keys", "whole picture")),
    KeyBinding("open", ("O",), "O", QT_TRANSLATE_NOOP("Keys", "open a file")),
    KeyBinding("address", ("Ctrl+L",), "Ctrl L", QT_TRANSLATE_NOOP("Keys", "type an address")),
    KeyBinding("fullscreen", ("F", "F11"), "F  F11", QT_TRANSLATE_NOOP("Keys", "full screen")),
    KeyBinding("leave", ("Esc",), "Esc", QT_TRANSLATE_NOOP("Keys", "leave full screen")),
    KeyBinding("keys", ("?", "F1"), "?  F1", QT_TRANSLATE_NOOP("Keys", "list of keys")),
    KeyBinding("quit", ("Q",), "Q", QT_TRANSLATE_NOOP("Keys", "quit")),
)


_CHANGEABLE: Final = frozenset(binding.action for binding in BINDINGS if not binding.numbered)


def leave_keys(panel: QWidget) -> None:
    """A click into `panel` takes no keys from the window, but for a text field; Tab still does."""
    for widget in panel.findChildren(QWidget):
        takes_click = int(widget.focusPolicy()) & int(Qt.FocusPolicy.ClickFocus)
        takes_tab = int(widget.focusPolicy()) & int(Qt.FocusPolicy.TabFocus)
        if takes_click and takes_tab and not is_text_field(widget):
            widget.setFocusPolicy(Qt.FocusPolicy.TabFocus)


def is_text_field(widget: QObject | None) -> bool:
    """Whether text is typed into it."""
    if isinstance(widget, QComboBox):
        return widget.isEditable()
    return isinstance(widget, _TEXT_FIELDS)


def bind_keys(window: QWidget, handlers: Mapping[str, Callable[..., object]]) -> dict[str, QAction]:
    """Give `window` an action for each binding, and give them by their names.

    Of a numbered one it is the last. Raises KeyError for one without a handler.
    """
    actions: dict[str, QAction] = {}
    for binding in BINDINGS:
        handler = handlers[binding.action]
        if binding.numbered:
            for number, key in enumerate(binding.keys, start=1):
                bound = _bind(window, binding, (key,), functools.partial(handler, number))
        else:
            bound = _bind(window, binding, binding.keys, handler)
        actions[binding.action] = bound
    return actions


def name_actions(actions: Mapping[str, QAction]) -> None:
    """Give the actions their words in the user's language, as a menu writes them."""
    for binding in BINDINGS:
        words = _translated(binding)
        actions[binding.action].setText(words[:1].upper() + words[1:])


class KeyTable:
    """The keys of all actions: the usual ones, and those that the user has chosen instead.

    `stored` holds `ACTION=KEY`; what is no action or no key is passed over, and so is a numbered
    action, whose keys are the figures.
    """

    def __init__(self, stored: Iterable[str] = ()) -> None:
        pairs = (text.partition("=") for text in stored)
        self._chosen = {
            action: key
            for action, _, key in pairs
            if action in _CHANGEABLE and not QKeySequence(key).isEmpty()
        }

    def keys_of(self, binding: KeyBinding) -> tuple[str, ...]:
        """The keys of an action, as Qt writes them."""
        chosen = self._chosen.get(binding.action)
        return binding.keys if chosen is None else (chosen,)

    def shown(self) -> dict[str, str]:
        """How a user reads the keys of each action."""
        return {
            binding.action: self._chosen.get(binding.action, binding.shown) for binding in BINDINGS
        }

    def owner_of(self, key: str) -> str:
        """The action that has this key, empty where it is free."""
        wanted = QKeySequence(key)
        for binding in BINDINGS:
            if any(QKeySequence(each) == wanted for each in self.keys_of(binding)):
                return binding.action
        return ""

    def with_key(self, action: str, key: str) -> KeyTable:
        """The same table with another key for an action; an empty one gives the usual key back."""
        chosen = {name: each for name, each in self._chosen.items() if name != action}
        return KeyTable(f"{name}={each}" for name, each in {**chosen, action: key}.items())

    def to_store(self) -> tuple[str, ...]:
        """What was chosen, as `ACTION=KEY`."""
        return tuple(f"{action}={key}" for action, key in self._chosen.items())

    def use(self, actions: Mapping[str, QAction]) -> None:
        """Give the actions these keys, and tell the tooltips."""
        for binding in BINDINGS:
            if binding.action in _CHANGEABLE:
                keys = [QKeySequence(key) for key in self.keys_of(binding)]
                actions[binding.action].setShortcuts(keys)
        note_keys(self.shown())


def shown_keys() -> dict[str, str]:
    """How the usual key of each action is written, by its name."""
    return KeyTable().shown()


def key_rows(keys: KeyTable) -> tuple[KeyRow, ...]:
    """The actions whose keys can be changed."""
    return tuple(
        KeyRow(binding.action, _translated(binding), keys.keys_of(binding)[0])
        for binding in BINDINGS
        if binding.action in _CHANGEABLE
    )


def key_list() -> tuple[tuple[str, str], ...]:
    """Keys and what they do, in the user's language."""
    return tuple(
        (key_name(binding.action) or binding.shown, _translated(binding)) for binding in BINDINGS
    )


def _bind(
    window: QWidget, binding: KeyBinding, keys: tuple[str, ...], handler: Callable[[], object]
) -> QAction:
    def act(_checked: bool) -> None:
        # `triggered` brings a bool along, which the handlers do not want.
        handler()

    action = QAction(window)
    action.setObjectName(binding.action)
    action.setShortcuts([QKeySequence(key) for key in keys])
    action.setAutoRepeat(binding.repeats)
    action.triggered.connect(act)
    window.addAction(action)
    return action


def _translated(binding: KeyBinding) -> str:
    return QCoreApplication.translate("Keys", binding.text)


class KeyGuard(QObject):
    """Leaves keys to the widget that has the focus where they mean something to it.

    Letters, figures and arrows belong to a text field, the space bar to a button, the arrows to a
    slider, a table or a list of choices. Ctrl and the keys F1 to F12 and Esc always belong to the
    window.
    """

    def __init__(self, app: QApplication, parent: QObject) -> None:
        super().__init__(parent)
        self._guarded: QWidget | None = None
        app.focusChanged.connect(self._watch)

    def _watch(self, old: QWidget | None, new: QWidget | None) -> None:
        if old is not None:
            old.removeEventFilter(self)
        if new is not None:
            new.installEventFilter(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Accept a key before the window's shortcuts see it."""
        if event is None or event.type() != QEvent.Type.ShortcutOverride:
            return False
        if not isinstance(event, QKeyEvent) or not _belongs_to(watched, event):
            return False
        event.accept()
        return True


def _belongs_to(widget: QObject | None, event: QKeyEvent) -> bool:
    key = event.key()
    if is_text_field(widget):
        is_command = event.modifiers() & (Qt.KeyboardModifier.ControlModifier)
        is_function = key == Qt.Key.Key_Escape or Qt.Key.Key_F1 <= key <= Qt.Key.Key_F35
        return not is_command and not is_function
    if isinstance(widget, QAbstractButton):
        return key == Qt.Key.Key_Space
    if isinstance(widget, (QAbstractItemView, QComboBox)):
        return key == Qt.Key.Key_Space or key in _ARROWS
    return isinstance(widget, QAbstractSlider) and key in _ARROWS
