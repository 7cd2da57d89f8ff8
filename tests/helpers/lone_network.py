"""A network without a way out, whose only name server writes down what it is asked.

Run in namespaces of its own: `unshare --map-root-user --net --mount python lone_network.py WORDS`.
It starts the command WORDS, answers each question with "no such name", and prints a JSON object
at the end: `code` of the command, and `asked`, the names.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

UNSHARE: Final = ("unshare", "--map-root-user", "--net", "--mount")
_SIOCSIFFLAGS, _UP_AND_RUNNING = 0x8914, 0x41
_NO_SUCH_NAME = b"\x81\x83"
_HEADER_BYTES = 12


def is_possible() -> bool:
    """True where this user may have namespaces."""
    if shutil.which(UNSHARE[0]) is None:
        return False
    return subprocess.run((*UNSHARE, "true"), capture_output=True, check=False).returncode == 0


def lone_environment(home: Path) -> dict[str, str]:
    """That of a user whose home is `home`, and in which a test has set nothing else."""
    kept = ("PATH", "LD_LIBRARY_PATH")
    environment = {name: os.environ[name] for name in kept if name in os.environ}
    return {**environment, "HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"}


def command_in_lone_network(words: Sequence[str]) -> tuple[str, ...]:
    """The command that runs `words` there."""
    return (*UNSHARE, sys.executable, __file__, *words)


def _name_in(question: bytes) -> str:
    """The name that a DNS question asks for: labels after the header, RFC 1035, 4.1.2."""
    labels, rest = [], question[_HEADER_BYTES:]
    while rest[0]:
        labels.append(rest[1 : 1 + rest[0]].decode())
        rest = rest[1 + rest[0] :]
    return ".".join(labels)


def _main() -> None:
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    fcntl.ioctl(server, _SIOCSIFFLAGS, struct.pack("16sh", b"lo", _UP_AND_RUNNING))
    server.bind(("127.0.0.1", 53))
    server.settimeout(0.1)
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "resolv.conf"
        config.write_text("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
        subprocess.run(("mount", "--bind", str(config), "/etc/resolv.conf"), check=True)
        asked = []
        with subprocess.Popen(sys.argv[1:], stdout=sys.stderr) as process:
            while process.poll() is None:
                try:
                    question, client = server.recvfrom(2000)
                except TimeoutError:
                    continue
                asked.append(_name_in(question))
                counts = question[4:6] + bytes(6)
                server.sendto(
                    question[:2] + _NO_SUCH_NAME + counts + question[_HEADER_BYTES:], client
                )
    server.close()
    print(json.dumps({"code": process.returncode, "asked": asked}))


if __name__ == "__main__":
    _main()
