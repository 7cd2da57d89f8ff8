"""Asks the desktop over D-Bus not to blank the screen: the only way on Wayland."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from PyQt5.QtCore import QObject
from PyQt5.QtDBus import (
    QDBusConnection,
    QDBusMessage,
    QDBusPendingCallWatcher,
    QDBusPendingReply,
)

# The idle inhibition of freedesktop.org, which GNOME, KDE and Xfce serve.
SERVICE: Final = "org.freedesktop.ScreenSaver"
PATH: Final = "/org/freedesktop/ScreenSaver"
_CONNECTION: Final = "rkvideo-screen-saver"

_log = logging.getLogger(__name__)


def session_bus(environment: Mapping[str, str]) -> str | None:
    """The address of the user's session bus, None where there is none.

    Asked for here, as the bus's library would start one of its own where none is there.
    """
    address = environment.get("DBUS_SESSION_BUS_ADDRESS")
    if address:
        return address
    folder = environment.get("XDG_RUNTIME_DIR")
    if folder and Path(folder, "bus").is_socket():
        return f"unix:path={folder}/bus"
    return None


class ScreenSaverInhibitor(QObject):
    """Holds the desktop's screen saver off from `start` to `stop`.

    The desktop ends the hold by itself when the connection goes, so also after a crash.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bus: QDBusConnection | None = None
        self._call: QDBusPendingCallWatcher | None = None

    def start(self, address: str, reason: str) -> None:
        """Ask for it at the bus `address`; returns before the desktop has answered.

        `reason` is shown to who asks the desktop why the screen stays lit. A desktop that does not
        do it is logged.
        """
        self._bus = QDBusConnection.connectToBus(address, _CONNECTION)
        if not self._bus.isConnected():
            _log.warning("no session bus: %s", self._bus.lastError().message())
            return
        message = QDBusMessage.createMethodCall(SERVICE, PATH, SERVICE, "Inhibit")
        message.setArguments(["rkvideo", reason])
        self._call = QDBusPendingCallWatcher(self._bus.asyncCall(message), self)
        self._call.finished.connect(self._answered)

    def stop(self) -> None:
        """End the hold."""
        if self._bus is not None:
            QDBusConnection.disconnectFromBus(_CONNECTION)
            self._bus = None

    def _answered(self, call: QDBusPendingCallWatcher) -> None:
        reply = QDBusPendingReply(call)
        if reply.isError():
            _log.info("the desktop's screen saver is not held off: %s", reply.error().message())
