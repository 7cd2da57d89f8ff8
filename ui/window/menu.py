"""The menu of the picture: all that the window can do, with the keys beside the words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from PyQt5.QtCore import QObject, QPoint, Qt
from PyQt5.QtWidgets import QAction, QActionGroup, QMenu, QWidget

from ..look.icons import icon
from ..playing.transport import SPEEDS
from .commands import FIGURES_STEPS, Commands
from .parts import WindowParts

_ICONS: Final = {
    "back": "back",
    "step": "step",
    "step back": "back",
    "record": "record",
    "snapshot": "snapshot",
    "beside": "beside",
    "open": "folder",
    "address": "address",
    "fullscreen": "fullscreen",
}
# What is between two lines of the menu; a name with a capital letter is a menu of its own.
_LAYOUT: Final = (
    ("pause", "step back", "step", "Speed", "loop"),
    ("record", "snapshot", "bare snapshot"),
    ("Models", "smaller", "larger", "beside", "marks"),
    ("Figures", "Boxes", "Panels"),
    ("open", "address"),
    ("zoom", "seams", "fullscreen", "keys"),
    ("quit",),
)


class WindowMenu(QObject):
    """Opens at a right click into the picture, and from buttons of the bar."""

    def __init__(
        self,
        parts: WindowParts,
        commands: Commands,
        actions: Mapping[str, QAction],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._parts = parts
        self._commands = commands
        self._actions = actions
        self._window = window
        view = parts.view
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.customContextMenuRequested.connect(
            lambda at: self._open(self.menu(), view.mapToGlobal(at))
        )
        parts.transport.menu_asked.connect(self._open_above)
        for name, shape in _ICONS.items():
            actions[name].setIcon(icon(shape))
        actions["loop"].setCheckable(True)
        actions["beside"].setCheckable(True)
        actions["marks"].setCheckable(True)

    def menu(self) -> QMenu:
        """The whole menu, as things are now."""
        self._actions["loop"].setChecked(self._parts.player.config.source_options.loop)
        self._actions["beside"].setChecked(bool(self._parts.player.beside))
        self._actions["marks"].setChecked(self._parts.settings.state.marks_alone)
        menus: Mapping[str, Callable[[], QMenu]] = {
            "Speed": self._speeds,
            "Models": self.models,
            "Figures": self._figures,
            "Boxes": self._boxes,
            "Panels": self.panels,
        }
        whole = QMenu(self._window)
        for group in _LAYOUT:
            if not whole.isEmpty():
                whole.addSeparator()
            for name in group:
                if name in menus:
                    whole.addMenu(menus[name]())
                else:
                    whole.addAction(self._actions[name])
        return whole

    def models(self) -> QMenu:
        """The models and sizes that there are; the one in use is marked."""
        menu = self._submenu(self.tr("Model and size"), "models")
        running = self._parts.player.config.model
        choices = self._commands.models_offered()
        self._fill(
            menu,
            [(text, text == running) for text in choices],
            self._commands.switch_model,
            choices,
        )
        if not choices:
            nothing = menu.addAction(self.tr("None is known yet"))
            if nothing is not None:
                nothing.setEnabled(False)
        return menu

    def panels(self) -> QMenu:
        """What opens and closes each panel."""
        menu = self._submenu(self.tr("Panels"), "panels")
        menu.addActions(list(self._parts.docks.actions))
        return menu

    def _speeds(self) -> QMenu:
        menu = self._submenu(self.tr("Speed"), "speed")
        speed, text = self._parts.player.speed, self._parts.transport.speed_text
        rows = [(text(one), one == speed) for one in SPEEDS]
        self._fill(menu, rows, self._commands.set_speed, SPEEDS)
        menu.addSeparator()
        menu.addActions([self._actions["slower"], self._actions["faster"]])
        return menu

    def _figures(self) -> QMenu:
        menu = self._submenu(self.tr("Figures"), "figures")
        names = {"none": self.tr("None"), "line": self.tr("One line"), "all": self.tr("All")}
        now = self._parts.settings.state.figures
        rows = [(names[step], step == now) for step in FIGURES_STEPS]
        self._fill(menu, rows, self._commands.show_figures, FIGURES_STEPS)
        menu.addSeparator()
        menu.addAction(self._actions["hud"])
        return menu

    def _boxes(self) -> QMenu:
        menu = self._submenu(self.tr("Boxes"), "boxes")
        state, commands = self._parts.settings.state, self._commands
        switches: tuple[tuple[str, bool, Callable[[bool], None]], ...] = (
            (self.tr("Calm: less sharp, steadier"), state.calm_boxes, commands.set_calm),
            (self.tr("Number the objects"), state.tracks, commands.set_tracks),
            (self.tr("Trails of numbered objects"), state.look.trails, commands.set_trails),
        )
        for words, is_on, switch in switches:
            action = QAction(words, menu)
            action.setCheckable(True)
            action.setChecked(is_on)
            action.triggered.connect(switch)
            menu.addAction(action)
        menu.addAction(self._actions["boxes"])
        return menu

    def _submenu(self, title: str, shape: str) -> QMenu:
        menu = QMenu(title, self._window)
        menu.setIcon(icon(shape))
        return menu

    def _fill(
        self,
        menu: QMenu,
        rows: list[tuple[str, bool]],
        use: Callable[..., None],
        values: tuple[object, ...],
    ) -> None:
        """Rows of which one is chosen."""
        group = QActionGroup(menu)
        for (text, is_chosen), value in zip(rows, values, strict=True):
            action = QAction(text, menu)
            action.setCheckable(True)
            action.setChecked(is_chosen)
            action.triggered.connect(lambda _on, one=value: use(one))
            group.addAction(action)
            menu.addAction(action)

    def _open(self, menu: QMenu, at: QPoint) -> None:
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(at)

    def _open_above(self, name: str, at: QPoint) -> None:
        makers = {"models": self.models, "panels": self.panels, "all": self.menu}
        menu = makers[name]()
        self._open(menu, QPoint(at.x(), at.y() - menu.sizeHint().height()))
