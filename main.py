"""Start rkvideo: `main.py SOURCE` opens the window, `main.py --help` lists the rest."""

from __future__ import annotations

import sys

try:
    from rkvideo.cli.main import program

    if __name__ == "__main__":
        program()
except KeyboardInterrupt:
    # While the program itself was still being imported.
    raise SystemExit(130) from None
except ModuleNotFoundError as error:
    if error.name is None or error.name.partition(".")[0] == "rkvideo":
        raise
    # Most often this is `sudo python3 main.py`, which runs the system's Python.
    print(
        f"error: No module named {error.name!r} in {sys.executable}: use ./run.sh ..., "
        "which has it, also with sudo",
        file=sys.stderr,
    )
    raise SystemExit(2) from None
