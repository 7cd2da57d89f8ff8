"""What the Compare panel offers besides its own: a button, and the machine while it goes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from PyQt5.QtCore import QCoreApplication, QObject
from PyQt5.QtWidgets import QAction, QWidget

from ..contract.panels import Bench
from ..contract.run import Task
from ..look.changes import follow_language
from ..look.icons import icon
from .parts import WindowParts


class Offered(QObject):
    """Stands between one such thing and the rest of the window.

    `action` is the button, with the icon `name`; a press calls `open`. A window without the Compare
    panel, or without the panel that it `needs`, has none.
    """

    def __init__(
        self, parts: WindowParts, window: QWidget, name: str, needs: str = "compare"
    ) -> None:
        super().__init__(window)
        self._parts = parts
        self._bench = cast("Bench | None", parts.docks.panel("compare"))
        self.action = QAction(icon(name), "", self)
        self.action.triggered.connect(lambda _on: self.open())
        if self._bench is not None and parts.docks.panel(needs) is not None:
            self._bench.offer(self.action)
            follow_language(window, self._set_texts)

    def open(self) -> None:
        """Show it."""
        raise NotImplementedError

    def _set_texts(self) -> None:
        raise NotImplementedError

    def _borrow(self, task: Task, run: Callable[[], None], tell: Callable[[str], object]) -> None:
        """Call `run` once the machine is free for the task; `tell` why it cannot be."""
        player = self._parts.player
        if player.is_suspended:
            tell(busy_words())
        else:
            player.suspend(run, task)


def busy_words() -> str:
    """Why nothing else can be measured just now."""
    return QCoreApplication.translate(
        "ReportDesk", "something else is being measured: wait for it, or cancel it"
    )
