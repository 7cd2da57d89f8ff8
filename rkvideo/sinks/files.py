"""Creating files without overwriting any, and saying why it failed."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import BinaryIO

from rkvideo.files.untrusted import exists, is_file

STDOUT = Path("-")

_LONGEST_LINE = 1 << 20
"""Far more than the boxes of one picture take."""

_ADVICE = {
    errno.ENOSPC: "free some space, or write to another disk",
    errno.EDQUOT: "free some of your quota, or write to another disk",
    errno.EFBIG: "write to a file system that takes larger files",
    errno.EROFS: "write to a folder on another disk",
    errno.EACCES: "write to a folder that you may change",
    errno.EPERM: "write to a folder that you may change",
    errno.ENOENT: "create the folder, or write elsewhere",
    errno.ENOTDIR: "write into a folder",
    errno.EISDIR: "give the name of a file",
    errno.ENAMETOOLONG: "give a shorter name",
    errno.EPIPE: "whoever read it has ended",
}


def why(error: OSError) -> str:
    """`No space left on device: free some space, or write to another disk`."""
    advice = _ADVICE.get(error.errno or 0, "check the disk, or write elsewhere")
    return f"{error.strerror or error}: {advice}"


def check_folder(folder: Path) -> None:
    """Raises OSError where no file can be created in `folder`; leaves no trace there."""
    with tempfile.TemporaryFile(dir=folder):
        pass


def check_file(path: Path) -> None:
    """Raises OSError where `path` cannot be created in its folder; leaves no trace there."""
    # The folder is asked first: what it says is about a word that can be seen.
    check_folder(path.parent)
    _check_name(path)


def check_place(path: Path) -> None:
    """Raises OSError where `path` cannot be made, with the folders above it; leaves no trace."""
    above = path
    while not exists(above) and above != above.parent:
        above = above.parent
    _check_name(path)
    check_folder(above)


def _check_name(path: Path) -> None:
    """Raises OSError where no file can have the name, such as one that is too long."""
    with contextlib.suppress(FileNotFoundError):
        path.lstat()


def numbered(path: Path, number: int) -> Path:
    """`clip.mp4` for 1, `clip-2.mp4` for 2."""
    return path if number == 1 else path.with_name(f"{path.stem}-{number}{path.suffix}")


def raw_path(path: Path) -> Path:
    """`clip.mp4` to `clip-raw.mp4`."""
    return path.with_name(f"{path.stem}-raw{path.suffix}")


def is_plain(path: Path) -> bool:
    """False for what cannot be overwritten: standard output (`-`), a device, a pipe."""
    return path != STDOUT and (not exists(path) or is_file(path))


def claim(written: Sequence[Path], later: Callable[[int], Iterable[Path]]) -> int:
    """The number at which all of these names are free; the `written` ones exist then, empty.

    `later` gives the names, at a number, that are only looked at. So the files of one run carry
    the same number, and two runs that ask for the same names at a time get two. Paths that are no
    plain files are left alone. Raises OSError.
    """
    number = 1
    while any(exists(path) for path in later(number)) or not _claim(written, number):
        number += 1
    return number


def _claim(written: Sequence[Path], number: int) -> bool:
    with contextlib.ExitStack() as on_failure:
        for path in filter(is_plain, written):
            name = numbered(path, number)
            try:
                name.open("xb").close()
            except FileExistsError:
                return False
            on_failure.callback(name.unlink)
        on_failure.pop_all()
    return True


def drop_empty(paths: Iterable[Path]) -> None:
    """Remove those that were claimed and never written to."""
    for path in filter(is_plain, paths):
        with contextlib.suppress(OSError):
            if path.stat().st_size == 0:
                path.unlink()


def cut_torn_line(path: Path) -> None:
    """Cut a closed file of lines off behind its last whole one. Raises OSError."""
    with path.open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        start = max(0, size - _LONGEST_LINE)
        file.seek(start)
        file.truncate(start + file.read().rfind(b"\n") + 1)


def open_new(path: Path) -> tuple[Path, BinaryIO]:
    """Create `path`, or `stem-2`, `stem-3` ... where that is taken; gives it open for writing.

    Two programs that ask for one name at a time get two files. Raises OSError.
    """
    candidate, number = path, 1
    while True:
        try:
            return candidate, candidate.open("xb")
        except FileExistsError:
            number += 1
            candidate = numbered(path, number)
