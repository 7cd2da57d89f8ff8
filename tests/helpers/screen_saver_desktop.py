"""A desktop's screen saver on a session bus, as a process: prints what is asked of it."""

from __future__ import annotations

import sys

from PyQt5.QtCore import Q_CLASSINFO, QCoreApplication, QObject, pyqtSlot
from PyQt5.QtDBus import QDBusConnection, QDBusServiceWatcher

SERVICE = "org.freedesktop.ScreenSaver"
PATH = "/org/freedesktop/ScreenSaver"


class PlayedScreenSaver(QObject):
    Q_CLASSINFO("D-Bus Interface", SERVICE)

    def __init__(self) -> None:
        super().__init__()
        self.watcher = QDBusServiceWatcher()
        self.watcher.setConnection(QDBusConnection.sessionBus())
        self.watcher.setWatchMode(QDBusServiceWatcher.WatchForUnregistration)
        self.watcher.serviceUnregistered.connect(lambda _name: say("the asker is gone"))

    @pyqtSlot(str, str, result="uint")
    def Inhibit(self, application: str, reason: str) -> int:  # noqa: N802
        say(f"held by {application}: {reason}")
        return 7

    @pyqtSlot(str)
    def watch(self, name: str) -> None:
        self.watcher.addWatchedService(name)
        say(f"watching {name}")


def say(line: str) -> None:
    print(line, flush=True)


def main() -> int:
    app = QCoreApplication(sys.argv)
    bus = QDBusConnection.sessionBus()
    saver = PlayedScreenSaver()
    assert bus.registerObject(PATH, saver, QDBusConnection.ExportAllSlots)
    assert bus.registerService(SERVICE)
    say("ready")
    return app.exec_()


if __name__ == "__main__":
    raise SystemExit(main())
