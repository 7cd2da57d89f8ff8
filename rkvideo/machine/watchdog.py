"""systemd's watchdog: it is told that the program is alive, as long as each part of it is."""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from rkvideo.machine.threads import started

_log = logging.getLogger(__name__)

LIMIT_S = 45.0
"""A part that is at one piece of work for longer hangs. The longest that is none is a live
playlist's read, 20 s."""


@dataclass(frozen=True, slots=True)
class ServiceManager:
    """Who started the program and wants to be told of it: sd_notify(3).

    `address` is the name of a datagram socket, an abstract one begins with a zero byte.
    `watchdog_s` is the time within which it wants a sign of life, None for no watchdog.
    """

    address: str
    watchdog_s: float | None = None

    @staticmethod
    def of(environment: Mapping[str, str], pid: int) -> ServiceManager | None:
        """The one that the environment of process `pid` names, None where there is none."""
        address = environment.get("NOTIFY_SOCKET", "")
        if address[:1] not in ("/", "@"):
            return None
        watched = environment.get("WATCHDOG_USEC", "")
        is_meant = environment.get("WATCHDOG_PID", str(pid)) == str(pid)
        has_watchdog = is_meant and watched.isascii() and watched.isdigit() and int(watched) > 0
        return ServiceManager(
            "\0" + address[1:] if address.startswith("@") else address,
            int(watched) / 1e6 if has_watchdog else None,
        )

    def tell(self, *lines: str) -> None:
        """Send what it knows, such as `READY=1`; one that has gone is none of our troubles."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as end:
            try:
                end.sendto("\n".join(lines).encode(), self.address)
            except OSError as error:
                _log.warning("the service manager was not told %s: %s", lines[0], error)


@contextlib.contextmanager
def watched(
    manager: ServiceManager | None, silent_s: Callable[[], Mapping[str, float]]
) -> Iterator[None]:
    """While inside, tell `manager` of every third of its time that the program is alive.

    `silent_s` gives for each part how long it has been silent. Of one that hangs it is told the
    name, and asked to end the program; the stacks of all threads are written to standard error
    then. Nothing is done where there is no manager, or none that watches.
    """
    if manager is None or manager.watchdog_s is None:
        yield
        return
    done = threading.Event()
    is_dumping = not faulthandler.is_enabled()
    if is_dumping:
        faulthandler.enable()
    executor = ThreadPoolExecutor(1, "watchdog")
    watch = started(executor, "the watchdog", _watch, manager, silent_s, done)
    try:
        yield
    finally:
        done.set()
        executor.shutdown()
        watch.result()
        if is_dumping:
            faulthandler.disable()


def _watch(
    manager: ServiceManager, silent_s: Callable[[], Mapping[str, float]], done: threading.Event
) -> None:
    period_s = (manager.watchdog_s or 0.0) / 3
    while True:
        hung = next((part for part in silent_s().items() if part[1] > LIMIT_S), None)
        if hung is not None:
            words = f"{hung[0]} has not answered for {hung[1]:.0f} s: the program is started again"
            _log.error("%s", words)
            manager.tell(f"STATUS={words}", "WATCHDOG=trigger")
            return
        manager.tell("WATCHDOG=1")
        if done.wait(period_s):
            return
