"""A machine that boots with systemd as PID 1, in namespaces of its own on this one."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_BOOT = Path(__file__).with_name("boot.sh")
_LIMIT_S = 240
_MOST_TOLD = 4096
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_SPACES = ("--mount", "--uts", "--ipc", "--pid", "--cgroup", "--net", "--root", "--wdns=/")


@dataclass(frozen=True, slots=True)
class Journal:
    """What the journal says of rkvideo, as it grows."""

    _lines: IO[str]

    def wait_for(self, *words: str) -> list[str]:
        """Read until lines with each of `words` came, in this order; gives all that were read."""
        read: list[str] = []
        for word in words:
            while word not in (line := self._lines.readline()):
                assert line, read
                read.append(line.rstrip())
            read.append(line.rstrip())
        return read


class Machine:
    """The machine; `boot` comes first."""

    def __init__(self, process: subprocess.Popen[str], notify: socket.socket) -> None:
        self._process = process
        self._notify = notify
        self._pid = 0

    def boot(self) -> None:
        """Wait until the next systemd is up."""
        assert self._process.stdout is not None
        self._pid = int(self._process.stdout.readline())
        # The one before it told of each reload, too.
        while select.select([self._notify], [], [], 0)[0]:
            self._notify.recv(_MOST_TOLD)
        while b"READY=1" not in self._notify.recv(_MOST_TOLD).splitlines():
            pass

    def type(self, line: str, *environment: str) -> str:
        """A line as root types it; gives what it prints, and fails as it does."""
        done = subprocess.run(
            (*self._inside(), *environment, "bash", "-c", line),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_LIMIT_S,
            check=False,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout

    def show(self, name: str) -> str:
        """A property of the service, such as `NRestarts`."""
        return self.type(f"systemctl show rkvideo --property={name} --value").strip()

    @contextlib.contextmanager
    def journal(self) -> Iterator[Journal]:
        """The journal of rkvideo from now on."""
        words = ("journalctl", "--unit=rkvideo", "--follow", "--lines=0", "--output=cat")
        with subprocess.Popen(
            (*self._inside(), *words), stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            try:
                yield Journal(process.stdout)
            finally:
                process.kill()

    def switch_off(self) -> None:
        """End it at once."""
        if self._pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)
        self._process.wait(_LIMIT_S)

    def _inside(self) -> tuple[str, ...]:
        environment = ("HOME=/root", "LANG=C.UTF-8", "TERM=dumb", f"PATH={_PATH}")
        return ("nsenter", f"--target={self._pid}", *_SPACES, "env", "-i", *environment)


@contextlib.contextmanager
def booted(folder: Path) -> Iterator[Machine]:
    """A machine that is up; its files lie below `folder`."""
    master, slave = os.openpty()
    with contextlib.ExitStack() as stack:
        stack.callback(os.close, master)
        stack.callback(os.close, slave)
        notify = stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
        notify.bind(str(folder / "notify"))
        notify.settimeout(_LIMIT_S)
        words = (str(_BOOT), str(folder), os.ttyname(slave), sys.base_prefix, sys.prefix)
        process = stack.enter_context(
            subprocess.Popen(words, stdout=subprocess.PIPE, text=True, start_new_session=True)
        )
        machine = Machine(process, notify)
        stack.callback(machine.switch_off)
        machine.boot()
        yield machine
