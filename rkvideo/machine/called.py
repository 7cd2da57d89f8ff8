"""What the user types to start the program, for usage and for hints that are typed again."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from pathlib import Path
from typing import Final

from rkvideo.machine.places import APP

# run.sh writes it: `./run.sh`, or the name of a link to it.
VARIABLE: Final = "RKVIDEO_PROG"


def as_called() -> str:
    """The program as it was called: `./run.sh`, `rkvideo`, `python main.py`; fit for a shell."""
    told = os.environ.get(VARIABLE)
    if told:
        return told
    word = sys.argv[0]
    if Path(word).name == "main.py":
        return f"python {shlex.quote(word)}"
    if Path(word).parts[-2:] == ("cli", "__main__.py"):
        return f"python -m {APP}.cli"
    is_elsewhere = Path(word).name == APP and shutil.which(APP) != word
    return shlex.quote(word) if is_elsewhere else APP


def as_root() -> str:
    """The same for root, whose PATH is another than that of the user."""
    first, *more = shlex.split(as_called())
    if "/" in first:
        return f"sudo {as_called()}"
    path = sys.executable if first == "python" else shutil.which(first) or first
    return f"sudo {shlex.join((path, *more))}"


def called_from() -> str:
    """The folder that the program works in, for people; it may have been removed since."""
    try:
        return str(Path.cwd())
    except OSError:
        return "a folder that is gone"
