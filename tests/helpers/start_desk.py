"""A checkout with the real run.sh and setup.sh, on a machine whose commands are stand-ins.

PATH is one folder: links to real tools, and stand-ins for Python, apt, dpkg and sudo, which note
what they were asked for and do nothing.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.helpers.paths import ROOT

REAL_TOOLS: Final = (
    *("awk", "bash", "cat", "chmod", "cksum", "cmp", "cp", "dirname", "env", "flock", "grep", "id"),
    *("mkdir", "mktemp", "paste", "readlink", "rm", "uname"),
)
# Its version is in VERSION. Real for what is asked of it on stdin, where it is this Python; a venv
# of it is a copy of it; OFFLINE stands for a machine without a network.
PYTHON: Final = """#!/usr/bin/env bash
note() {{ printf '%s\\n' "$*" >>"$NOTES"; }}
case "$*" in
"-c import ensurepip") [ -z "${{NO_ENSUREPIP:-}}" ] ;;
"-c import pip") exit 0 ;;
"-c "*) printf '%s\\n' "$VERSION" ;;
"--version") printf 'Python %s.0\\n' "$VERSION" ;;
"-m venv "*) note "venv ${{@: -1}}"; mkdir -p "${{@: -1}}/bin"; cp "$0" "${{@: -1}}/bin/python" ;;
"-m pip download"*) [ -z "${{OFFLINE:-}}" ] ;;
"-m pip show"*) [ "${{*: -1}}" = "${{HAS_PYAV:-}}" ] ;;
"-m pip install"* | "-m pip uninstall"*) note "pip ${{*:3}}" ;;
"- "*) exec {python} "$@" ;;
*"/main.py models fetch"*) note "main.py ${{*:2}}" ;;
*"/main.py"*) printf '%s|' "$PWD" "$RKVIDEO_PROG" "${{@:2}}" ;;
*) echo "a stand-in for Python was asked for: $*" >&2; exit 99 ;;
esac
"""
NOTING: Final = """#!/usr/bin/env bash
printf '%s\\n' "${{0##*/}} $*" >>"$NOTES"
{action}
"""
INSTALLED: Final = """#!/usr/bin/env bash
case $1 in
--print-architecture) echo amd64 ;;
*) cat "$INSTALLED" ;;
esac
"""


@dataclass(slots=True)
class StartDesk:
    """A user before a checkout; `folder` is all that there is, `notes` what was asked for."""

    folder: Path
    checkout: Path
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def notes(self) -> list[str]:
        """The calls of apt, sudo, pip and `python -m venv`, in order."""
        path = self.folder / "notes"
        return path.read_text().splitlines() if path.exists() else []

    @property
    def tools(self) -> Path:
        """The only folder in PATH."""
        return self.folder / "bin"

    def forget(self) -> None:
        """Forget the notes."""
        (self.folder / "notes").unlink(missing_ok=True)

    def stand_in(self, name: str, text: str) -> None:
        """Put a command into PATH."""
        path = self.tools / name
        path.unlink(missing_ok=True)
        path.write_text(text)
        path.chmod(0o755)

    def has_packages(self, *lines: str) -> None:
        """What dpkg tells: `NAME`, or `NAME, PROVIDED (= 1), ...` a line."""
        rows = "".join(f"installed|amd64|{line}\n" for line in lines)
        (self.folder / "installed").write_text(rows)

    def start(
        self, *words: str, cwd: Path | None = None, program: str = "./run.sh"
    ) -> subprocess.CompletedProcess[str]:
        """Start `program`, a line for a shell, with `words`."""
        return subprocess.run(
            (str(self.tools / "bash"), "-c", f'{program} "$@"', "sh", *words),
            cwd=cwd or self.checkout,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


def make_desk(folder: Path, checkout: str = "rkvideo") -> StartDesk:
    """A PC with Python 3.11 and all packages of the system, and a checkout that was never used."""
    desk = StartDesk(folder, folder / "home" / checkout)
    desk.checkout.mkdir(parents=True)
    for name in ("run.sh", "setup.sh", "requirements.txt", "constraints.txt"):
        shutil.copy(ROOT / name, desk.checkout)
    # What setup.sh looks for outside PATH.
    setup = desk.checkout / "setup.sh"
    text = setup.read_text().replace("/usr/bin/python3", "/nowhere/python3")
    setup.write_text(text.replace("/dev/mpp_service", str(folder / "mpp_service")))
    (desk.checkout / "main.py").touch()
    desk.tools.mkdir()
    for name in REAL_TOOLS:
        (desk.tools / name).symlink_to(str(shutil.which(name)))
    desk.stand_in("python3", PYTHON.format(python=sys.executable))
    desk.stand_in("dpkg-query", INSTALLED)
    desk.stand_in("dpkg", INSTALLED)
    desk.stand_in("apt-get", NOTING.format(action=""))
    desk.stand_in("sudo", NOTING.format(action='[ "$1" = -n ] || "$@"'))
    desk.stand_in("uname", "#!/usr/bin/env bash\necho x86_64\n")
    desk.environment = {
        "HOME": str(folder / "home"),
        "PATH": str(desk.tools),
        "NOTES": str(folder / "notes"),
        "INSTALLED": str(folder / "installed"),
        "VERSION": "3.11",
    }
    desk.has_packages(*qt_packages())
    return desk


def qt_packages() -> list[str]:
    """The packages of the system that setup.sh wants for the window, on a PC."""
    setup = shlex.quote(str(ROOT / "setup.sh"))
    script = f'uname() {{ echo x86_64; }}; . {setup}; printf "%s\\n" "${{QT_PACKAGES[@]}}"'
    done = subprocess.run(("bash", "-c", script), capture_output=True, text=True, check=True)
    return done.stdout.split()


def as_nobody() -> tuple[str, ...]:
    """Words before a command that let a user run it who is not root, nor who owns the files."""
    if os.geteuid() != 0:
        return ()
    return ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
