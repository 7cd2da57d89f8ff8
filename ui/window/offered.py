"""What the Compare panel offers besides its own: a button, and the machine while it goes on."""

from __future__ import annotations

from collections.abc import Callable

from PyQt5.QtCore import QCoreApplication, QObject
from PyQt5.QtWidgets import QAction

from ..contract.run import Task
from ..look.icons import icon
from ..playing.player import Player


def button_for(name: str, press: Callable[[], None], parent: QObject) -> QAction:
    """A button with the icon `name`; a press calls `press`."""
    action = QAction(icon(name), "", parent)
    action.triggered.connect(lambda _on: press())
    return action


def borrow_machine(
    player: Player, task: Task, run: Callable[[], None], tell: Callable[[str], object]
) -> None:
    """Call `run` once the machine is free for the task; `tell` why it cannot be."""
    if player.is_suspended:
        tell(busy_words())
    else:
        player.suspend(run, task)


def busy_words() -> str:
    """Why nothing else can be measured just now."""
    return QCoreApplication.translate(
        "ReportDesk", "something else is being measured: wait for it, or cancel it"
    )
