"""A bare Debian in a folder, what its users type there, and what they see."""

from __future__ import annotations

import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
GUEST, ADMIN = "guest", "admin"
_LIMIT_S = 1500


@dataclass(frozen=True, slots=True)
class Typed:
    """A command that was typed: exit code, what was seen, and how long it took in seconds."""

    code: int
    seen: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Root:
    """The root in `folder`; what is typed in it is told on the terminal, as a walk to read."""

    folder: Path
    name: str

    def home(self, user: str) -> Path:
        """The home of a user, seen from outside."""
        return self.folder / "home" / user

    def type(
        self, user: str, command: str, *, network: bool = True, platform: str | None = None
    ) -> Typed:
        """Type a line for a shell, in the home of `user`; `platform` is QT_QPA_PLATFORM."""
        environment = {
            name: value
            for name, value in os.environ.items()
            if name not in ("DISPLAY", "QT_QPA_PLATFORM", "NO_NETWORK")
        }
        if not network:
            environment["NO_NETWORK"] = "1"
        if platform is not None:
            environment["QT_QPA_PLATFORM"] = platform
        began_s = time.monotonic()
        done = subprocess.run(
            (str(HERE / "in_root.sh"), str(self.folder), user, "bash", "-c", command),
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=_LIMIT_S,
            check=False,
        )
        typed = Typed(done.returncode, done.stdout, time.monotonic() - began_s)
        self._tell(user, command, typed)
        return typed

    def _tell(self, user: str, command: str, typed: Typed) -> None:
        lines = typed.seen.splitlines()
        kept = lines if len(lines) <= 12 else [*lines[:6], "...", *lines[-5:]]
        print(f"\n{self.name}, {user} $ {command}")
        for line in kept:
            print(f"    {line[:200]}")
        print(f"    ({typed.seconds:.1f} s, exit code {typed.code})", flush=True)
