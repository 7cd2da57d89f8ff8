"""The panels around the picture, from a table.

In a window of `sizes.NARROW` and more they stand at the right and below, and share both as tabs. In
a narrower one each is a drawer: one at a time, at the right, and no wider than leaves the picture
three fifths of a screen of 1280x720. Below the picture there would be no room for it: a picture of
16:9 that is as wide as the window has the whole height.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PyQt5.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, QObject, QSize, Qt, pyqtSignal
from PyQt5.QtWidgets import QAction, QDockWidget, QMainWindow, QScrollArea, QWidget

from ..look.icons import icon
from ..look.key_names import with_key
from ..look.sizes import NARROW, px
from .keys import leave_keys

RIGHT = Qt.DockWidgetArea.RightDockWidgetArea
BOTTOM = Qt.DockWidgetArea.BottomDockWidgetArea

# Of the height the picture keeps more than half.
_LEAST_WIDTH = 320
_MOST_WIDTH = 460
_SHARE_WIDTH = 0.32
_SHARE_HEIGHT = 0.42
# 1272 - 272 = 1000: a picture of 16:9 is 562 high then, 61 % of 1280x720.
_DRAWER_WIDTH = 272
_DRAWER_SHARE = 0.5
_LEAST_PANEL = QSize(120, 60)

TITLES = {
    "models": QT_TRANSLATE_NOOP("Docks", "Models"),
    "boxes": QT_TRANSLATE_NOOP("Docks", "Boxes"),
    "record": QT_TRANSLATE_NOOP("Docks", "Record"),
    "compare": QT_TRANSLATE_NOOP("Docks", "Compare"),
    "graph": QT_TRANSLATE_NOOP("Docks", "Graph"),
    "disagreements": QT_TRANSLATE_NOOP("Docks", "Disagreements"),
    "settings": QT_TRANSLATE_NOOP("Docks", "Settings"),
}


@dataclass(frozen=True, slots=True)
class PanelSpec:
    """A panel: its name in `TITLES` and in the keys, its side, and what makes it."""

    name: str
    area: Qt.DockWidgetArea
    make: Callable[[], QWidget]


class PanelDocks(QObject):
    """A dock for each panel; those of one side share it as tabs. All are hidden at first.

    `changed` tells that panels were opened or closed.
    """

    changed = pyqtSignal()

    def __init__(self, window: QMainWindow, specs: Sequence[PanelSpec]) -> None:
        super().__init__(window)
        self._window = window
        self._docks: dict[str, QDockWidget] = {}
        self._actions: dict[str, QAction] = {}
        self._panels: dict[str, QWidget] = {}
        self._areas: dict[str, Qt.DockWidgetArea] = {}
        self._put_away: tuple[str, ...] = ()
        self._sized: set[int] = set()
        self._is_narrow = False
        # What was open beside the one drawer, for when the window is wide again.
        self._folded: tuple[str, ...] = ()
        self._last = ""
        # The panels at the right, which are lists, have the whole height.
        window.setCorner(Qt.Corner.BottomRightCorner, RIGHT)
        for spec in specs:
            self._add(spec)
        self._stack()
        self.set_texts()

    def _stack(self) -> None:
        """Put each dock where it belongs now; those of one side share it as tabs."""
        first: dict[int, QDockWidget] = {}
        for name, dock in self._docks.items():
            area = RIGHT if self._is_narrow else self._areas[name]
            was_hidden = dock.isHidden()
            self._window.addDockWidget(area, dock)
            other = first.setdefault(int(area), dock)
            if other is not dock:
                self._window.tabifyDockWidget(other, dock)
            dock.setHidden(was_hidden)

    def settle(self) -> None:
        """Put the docks where they belong, whatever an older window has remembered."""
        if any(
            self._window.dockWidgetArea(dock) != self._areas[name]
            for name, dock in self._docks.items()
        ):
            self._stack()

    def fit(self, width: int) -> None:
        """The window has this width: it has drawers, or docks."""
        is_narrow = width < px(NARROW)
        if is_narrow != self._is_narrow:
            self._change_kind(is_narrow)
        if is_narrow:
            self._size_drawer(width)

    def _change_kind(self, is_narrow: bool) -> None:
        open_now = self._open_now()
        self._is_narrow = is_narrow
        self._stack()
        if is_narrow:
            self.show_only(open_now)
            return
        self._sized.clear()
        self.show_only((*open_now, *self._folded))
        self._folded = ()
        for dock in self._docks.values():
            if not dock.isHidden():
                self._size_first(dock)

    def _size_drawer(self, width: int) -> None:
        drawers = [dock for dock in self._docks.values() if not dock.isHidden()]
        if drawers:
            wanted = min(px(_DRAWER_WIDTH), round(_DRAWER_SHARE * width))
            self._window.resizeDocks(drawers[:1], [wanted], Qt.Orientation.Horizontal)

    def _open_now(self) -> tuple[str, ...]:
        return tuple(name for name, dock in self._docks.items() if not dock.isHidden())

    def _add(self, spec: PanelSpec) -> None:
        panel = spec.make()
        leave_keys(panel)
        dock = QDockWidget(self._window)
        dock.setObjectName(spec.name)
        # Keys and the toolbar open and close it; a panel that floats would cover the picture.
        dock.setFeatures(QDockWidget.DockWidgetMovable)
        dock.setWidget(_scrolling(panel))
        dock.hide()
        self._areas[spec.name] = spec.area
        self._actions[spec.name] = self._action_of(spec.name, dock)
        self._docks[spec.name] = dock
        self._panels[spec.name] = panel

    def _action_of(self, name: str, dock: QDockWidget) -> QAction:
        # Qt's own action is disabled for a dock without a button to close it.
        action = QAction(icon(name), "", self)
        action.setCheckable(True)
        action.triggered.connect(lambda _on: self.toggle(name))
        dock.visibilityChanged.connect(lambda _on: action.setChecked(not dock.isHidden()))
        return action

    def set_texts(self) -> None:
        """Name the docks in the user's language."""
        for name, dock in self._docks.items():
            title = QCoreApplication.translate("Docks", TITLES[name])
            dock.setWindowTitle(title)
            self._actions[name].setText(title)
            self._actions[name].setToolTip(with_key(title, name))

    @property
    def window(self) -> QMainWindow:
        """The window that has them."""
        return self._window

    @property
    def actions(self) -> tuple[QAction, ...]:
        """What opens and closes each panel, for a toolbar."""
        return tuple(self._actions.values())

    @property
    def shown(self) -> tuple[str, ...]:
        """The names of the open panels, also of those that full screen has put away."""
        open_now = (*self._open_now(), *self._folded)
        return open_now or self._put_away

    def panel(self, name: str) -> QWidget | None:
        """A panel by its name, None where there is none."""
        return self._panels.get(name)

    def toggle(self, name: str) -> None:
        """Open a panel in front of the others, or close it where it is in front."""
        dock = self._docks.get(name)
        if dock is None:
            return
        is_in_front = not dock.isHidden() and not dock.visibleRegion().isEmpty()
        if self._is_narrow:
            self._folded = ()
            self.show_only(() if is_in_front else (name,))
        dock.setVisible(not is_in_front)
        self._actions[name].setChecked(not is_in_front)
        if not is_in_front:
            self._last = name
            dock.raise_()
            self._size_first(dock)
        self.changed.emit()

    def open_only(self, name: str) -> None:
        """Have a panel open and in front; open ones stay where there is room for them."""
        dock = self._docks.get(name)
        if dock is not None and (dock.isHidden() or dock.visibleRegion().isEmpty()):
            self.toggle(name)

    def keep_sizes(self) -> None:
        """The sizes of the docks are those of last time."""
        self._sized = {int(RIGHT), int(BOTTOM)}

    def _size_first(self, dock: QDockWidget) -> None:
        """The first panel of a side opens at a size that leaves most of the window to the picture.

        After that the side has the size that the user gives it.
        """
        if self._is_narrow:
            self._size_drawer(self._window.width())
            return
        area = self._window.dockWidgetArea(dock)
        if int(area) in self._sized:
            return
        self._sized.add(int(area))
        if area == RIGHT:
            share = round(_SHARE_WIDTH * self._window.width())
            width = max(px(_LEAST_WIDTH), min(px(_MOST_WIDTH), share))
            self._window.resizeDocks([dock], [width], Qt.Orientation.Horizontal)
        else:
            height = round(_SHARE_HEIGHT * self._window.height())
            self._window.resizeDocks([dock], [height], Qt.Orientation.Vertical)

    def show_only(self, names: Sequence[str]) -> None:
        """Open these panels and close the others; of several drawers one is open."""
        if self._is_narrow and len(names) > 1:
            kept = self._last if self._last in names else names[0]
            self._folded = tuple(name for name in names if name != kept)
            names = (kept,)
        for name, dock in self._docks.items():
            dock.setVisible(name in names)

    def put_away(self) -> None:
        """Close all for a while."""
        self._put_away = self.shown
        self.show_only(())

    def bring_back(self) -> None:
        """Open again what `put_away` has closed."""
        if self._put_away:
            names, self._put_away = self._put_away, ()
            self.show_only(names)


def _scrolling(panel: QWidget) -> QScrollArea:
    """A panel that can be taller than its dock, and wider than a very narrow one."""
    area = _PanelScroll()
    area.setWidgetResizable(True)
    area.setFrameShape(QScrollArea.NoFrame)
    area.setWidget(panel)
    return area


class _PanelScroll(QScrollArea):
    def minimumSizeHint(self) -> QSize:
        return QSize(px(_LEAST_PANEL.width()), px(_LEAST_PANEL.height()))
