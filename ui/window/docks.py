"""The panels around the picture, from a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PyQt5.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, QObject, QSize, Qt, pyqtSignal
from PyQt5.QtWidgets import QAction, QDockWidget, QMainWindow, QScrollArea, QWidget

from .keys import leave_keys

RIGHT = Qt.DockWidgetArea.RightDockWidgetArea
BOTTOM = Qt.DockWidgetArea.BottomDockWidgetArea

# The panels are made for a dock 320 wide; of the height the picture keeps more than half.
_LEAST_WIDTH = 320
_MOST_WIDTH = 460
_SHARE_WIDTH = 0.32
_SHARE_HEIGHT = 0.42

TITLES = {
    "models": QT_TRANSLATE_NOOP("Docks", "Models"),
    "boxes": QT_TRANSLATE_NOOP("Docks", "Boxes"),
    "record": QT_TRANSLATE_NOOP("Docks", "Record"),
    "compare": QT_TRANSLATE_NOOP("Docks", "Compare"),
    "graph": QT_TRANSLATE_NOOP("Docks", "Graph"),
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
        self._put_away: tuple[str, ...] = ()
        self._sized: set[int] = set()
        # The panels at the right, which are lists, have the whole height.
        window.setCorner(Qt.Corner.BottomRightCorner, RIGHT)
        first: dict[int, QDockWidget] = {}
        for spec in specs:
            dock = self._add(spec)
            other = first.setdefault(int(spec.area), dock)
            if other is not dock:
                window.tabifyDockWidget(other, dock)
        self.set_texts()

    def _add(self, spec: PanelSpec) -> QDockWidget:
        panel = spec.make()
        leave_keys(panel)
        dock = QDockWidget(self._window)
        dock.setObjectName(spec.name)
        # Keys and the toolbar open and close it; a panel that floats would cover the picture.
        dock.setFeatures(QDockWidget.DockWidgetMovable)
        dock.setWidget(_scrolling(panel))
        self._window.addDockWidget(spec.area, dock)
        dock.hide()
        self._actions[spec.name] = self._action_of(spec.name, dock)
        self._docks[spec.name] = dock
        self._panels[spec.name] = panel
        return dock

    def _action_of(self, name: str, dock: QDockWidget) -> QAction:
        # Qt's own action is disabled for a dock without a button to close it.
        action = QAction(self)
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

    @property
    def actions(self) -> tuple[QAction, ...]:
        """What opens and closes each panel, for a toolbar."""
        return tuple(self._actions.values())

    @property
    def shown(self) -> tuple[str, ...]:
        """The names of the open panels, also of those that full screen has put away."""
        open_now = tuple(name for name, dock in self._docks.items() if not dock.isHidden())
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
        dock.setVisible(not is_in_front)
        self._actions[name].setChecked(not is_in_front)
        if not is_in_front:
            dock.raise_()
            self._size_first(dock)
        self.changed.emit()

    def keep_sizes(self) -> None:
        """The sizes of the docks are those of last time."""
        self._sized = {int(RIGHT), int(BOTTOM)}

    def _size_first(self, dock: QDockWidget) -> None:
        """The first panel of a side opens at a size that leaves most of the window to the picture.

        After that the side has the size that the user gives it.
        """
        area = self._window.dockWidgetArea(dock)
        if int(area) in self._sized:
            return
        self._sized.add(int(area))
        if area == RIGHT:
            width = max(_LEAST_WIDTH, min(_MOST_WIDTH, round(_SHARE_WIDTH * self._window.width())))
            self._window.resizeDocks([dock], [width], Qt.Orientation.Horizontal)
        else:
            height = round(_SHARE_HEIGHT * self._window.height())
            self._window.resizeDocks([dock], [height], Qt.Orientation.Vertical)

    def show_only(self, names: Sequence[str]) -> None:
        """Open these panels and close the others."""
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
    """A panel that keeps its width and can be taller than its dock."""
    area = _PanelScroll()
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFrameShape(QScrollArea.NoFrame)
    area.setWidget(panel)
    return area


class _PanelScroll(QScrollArea):
    def minimumSizeHint(self) -> QSize:
        panel, bar = self.widget(), self.verticalScrollBar()
        if panel is None or bar is None:
            return super().minimumSizeHint()
        least = panel.minimumSizeHint().expandedTo(panel.minimumSize())
        return QSize(least.width() + bar.sizeHint().width(), 120)
