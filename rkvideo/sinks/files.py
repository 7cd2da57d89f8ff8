"""Creating files without overwriting any, and saying why it failed."""

from __future__ import annotations

import errno
import tempfile
from pathlib import Path
from typing import BinaryIO

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
            candidate = path.with_name(f"{path.stem}-{number}{path.suffix}")
