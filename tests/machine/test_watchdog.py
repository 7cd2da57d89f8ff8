"""Signs of life, told to a real datagram socket as systemd listens on one."""

from __future__ import annotations

import itertools
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from rkvideo.machine.pulse import Pulse
from rkvideo.machine.watchdog import LIMIT_S, ServiceManager, watched

ME = os.getpid()
WELL = b"WATCHDOG=1"


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[socket.socket]:
    """The service manager's end."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
        end.bind(str(tmp_path / "notify"))
        end.settimeout(20)
        yield end


def manager_of(listener: socket.socket, watchdog_s: float | None = 0.03) -> ServiceManager:
    return ServiceManager(listener.getsockname(), watchdog_s)


def test_a_part_at_work_is_silent_since_it_began_and_one_that_rests_never() -> None:
    clock = itertools.count(100, 5)
    pulse = Pulse(lambda: next(clock))
    assert pulse.silent_s == 0
    pulse.beat()
    assert (pulse.silent_s, pulse.silent_s) == (5, 10)
    pulse.beat()
    assert pulse.silent_s == 5
    with pulse.at_work():
        assert pulse.silent_s == 5
    assert pulse.silent_s == 0


@pytest.mark.parametrize(
    ("environment", "manager"),
    [
        ({}, None),
        ({"NOTIFY_SOCKET": "vsock:2:1"}, None),
        ({"NOTIFY_SOCKET": "/run/n"}, ServiceManager("/run/n")),
        ({"NOTIFY_SOCKET": "@n"}, ServiceManager("\0n")),
        ({"NOTIFY_SOCKET": "/n", "WATCHDOG_USEC": "30000000"}, ServiceManager("/n", 30.0)),
        ({"NOTIFY_SOCKET": "/n", "WATCHDOG_USEC": "soon"}, ServiceManager("/n")),
        ({"NOTIFY_SOCKET": "/n", "WATCHDOG_USEC": "0"}, ServiceManager("/n")),
        (
            {"NOTIFY_SOCKET": "/n", "WATCHDOG_USEC": "5000000", "WATCHDOG_PID": str(ME)},
            ServiceManager("/n", 5.0),
        ),
        # It watches another process, that this one was started by.
        (
            {"NOTIFY_SOCKET": "/n", "WATCHDOG_USEC": "5000000", "WATCHDOG_PID": str(ME + 1)},
            ServiceManager("/n"),
        ),
    ],
)
def test_the_environment_names_the_manager(
    environment: dict[str, str], manager: ServiceManager | None
) -> None:
    assert ServiceManager.of(environment, ME) == manager


def test_the_manager_is_told_again_and_again_that_all_is_well(listener: socket.socket) -> None:
    with watched(manager_of(listener), lambda: {"window": LIMIT_S - 1, "source": 0.0}):
        said = [listener.recv(200) for _ in range(4)]
    assert said == [WELL] * 4


def test_it_is_told_of_a_part_that_hangs_and_nothing_after(
    listener: socket.socket, caplog: pytest.LogCaptureFixture
) -> None:
    silent = {"window": 0.0, "emit": 0.0}
    with watched(manager_of(listener), lambda: silent):
        told = listener.recv(200)
        assert told == WELL
        silent["emit"] = LIMIT_S + 2
        while told == WELL:
            told = listener.recv(200)
        listener.settimeout(0.1)
        with pytest.raises(TimeoutError):
            listener.recv(200)
    words = "emit has not answered for 47 s: the program is started again"
    assert told.decode().splitlines() == [f"STATUS={words}", "WATCHDOG=trigger"]
    assert [record.message for record in caplog.records] == [words]
    caplog.clear()


def test_nobody_is_told_who_does_not_watch(listener: socket.socket) -> None:
    listener.setblocking(False)
    for manager in (None, manager_of(listener, watchdog_s=None)):
        with watched(manager, lambda: {"emit": LIMIT_S * 2}):
            pass
    with pytest.raises(BlockingIOError):
        listener.recv(200)


def test_a_manager_that_has_gone_is_no_trouble(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    ServiceManager(str(tmp_path / "nobody")).tell("READY=1")
    assert "was not told READY=1" in caplog.text
