"""Files that are written whole or not at all: the one place that decides what that means.

The new content lies beside the file until it is complete and on the disk; then it takes the name.
So whoever reads the name finds the old content or the new one, also when two programs write at a
time, or when the power of a board is cut. The folder itself is not synced: after a cut either
content is right.
"""

from __future__ import annotations

import contextlib
import glob
import os
import secrets
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

# `rw` for all, less what the umask takes.
_USUAL_MODE = 0o666
# A name may have 255 bytes, and a letter four.
_MOST_LETTERS = 50


def replace_whole(
    path: Path,
    content: str | bytes,
    *,
    mode: int | None = None,
    owner: tuple[int, int] | None = None,
) -> None:
    """Give the file `path` this content, text as UTF-8. Raises OSError, and then it is as before.

    See `new_file`.
    """
    with new_file(path, mode=mode, owner=owner) as file:
        file.write(_bytes_of(content))


def replace_all_whole(files: Sequence[tuple[Path, str | bytes]]) -> None:
    """Give each file its content: none takes its name before all of them are on the disk.

    Raises OSError, and then those that have no name yet are as before.
    """
    with contextlib.ExitStack() as stack:
        for path, content in files:
            file = stack.enter_context(new_file(path))
            file.write(_bytes_of(content))
            # A disk that is full says so now, and not when the first of them has its name.
            file.flush()


@contextlib.contextmanager
def new_file(
    path: Path, *, mode: int | None = None, owner: tuple[int, int] | None = None
) -> Iterator[BinaryIO]:
    """What is written inside takes the place of `path` at the end, and is gone where it failed.

    `mode` holds from the first byte on, so that nobody else reads a secret; without it the file
    keeps the one that it has. `owner` is a user id and a group id. A link is followed where no mode
    is asked for: root writes no secret where a link of somebody else leads. What is no plain file
    (a device, a pipe) is written to as it is. Raises OSError.
    """
    if mode is None:
        path = Path(os.path.realpath(path))
    if path.exists() and not path.is_file():
        with path.open("wb") as file:
            yield file
        return
    stem = path.name[:_MOST_LETTERS]
    _remove_left_over(path.parent, stem)
    part = path.with_name(f"{stem}.{os.getpid()}-{secrets.token_hex(4)}.part")
    kept_mode = path.stat().st_mode & 0o777 if mode is None and path.exists() else None
    usual = _USUAL_MODE if mode is None else mode
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, usual)
    try:
        with os.fdopen(handle, "wb") as file:
            if kept_mode is not None:
                os.fchmod(handle, kept_mode)
            if owner is not None:
                os.fchown(handle, *owner)
            yield file
            file.flush()
            os.fsync(handle)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _bytes_of(content: str | bytes) -> bytes:
    # The name of a file need not be text; what is left of it is a question mark for each byte.
    return content.encode("utf-8", "replace") if isinstance(content, str) else content


def _remove_left_over(folder: Path, stem: str) -> None:
    """A writer that was killed, or whose power was cut, could not remove its own."""
    for part in folder.glob(f"{glob.escape(stem)}.*-*.part"):
        pid = part.name[len(stem) + 1 :].partition("-")[0]
        if pid.isdecimal() and not Path("/proc", pid).exists():
            with contextlib.suppress(OSError):
                part.unlink()
