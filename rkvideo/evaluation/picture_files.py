"""Finding the picture files that labels name."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath, PureWindowsPath

from rkvideo.files.untrusted import is_file
from rkvideo.sources.folder import SUFFIXES


def is_picture(path: Path) -> bool:
    """Whether its suffix is that of an image."""
    return path.suffix.lower() in SUFFIXES


def pictures_below(folder: Path) -> list[Path]:
    """Every image in a folder and its folders, in order; links are followed, not resolved."""
    found: list[Path] = []
    seen: set[tuple[int, int]] = set()
    for place, folders, files in os.walk(folder, followlinks=True):
        status = os.stat(place)  # noqa: PTH116
        if (status.st_dev, status.st_ino) in seen:
            # A link to a folder above.
            folders.clear()
            continue
        seen.add((status.st_dev, status.st_ino))
        folders.sort()
        found += [Path(place, name) for name in sorted(files) if is_picture(Path(name))]
    return found


class PictureFinder:
    """Finds pictures by the names that labels give them.

    First below each of `places`, as the name says; else by the last part of the name, anywhere
    below `root`, where only one picture has it.
    """

    def __init__(self, places: Iterable[Path], root: Path) -> None:
        self._places = tuple(dict.fromkeys(places))
        self._root = root
        self._by_name: dict[str, list[Path]] | None = None

    def find(self, name: str) -> Path | None:
        """The picture called `name`, None where there is none."""
        relative = _relative(name)
        for place in self._places:
            path = place / relative
            if is_file(path):
                return path
        if self._by_name is None:
            self._by_name = {}
            for path in pictures_below(self._root):
                self._by_name.setdefault(path.name, []).append(path)
        same = self._by_name.get(PurePosixPath(relative).name, [])
        return same[0] if len(same) == 1 else None


def unique_names(paths: Sequence[Path], root: Path) -> list[str]:
    """What to call each picture: its path below `root`, else its own name with a number."""
    names: list[str] = []
    taken: set[str] = set()
    for path in paths:
        name = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
        number = 2
        while name in taken:
            name = f"{path.stem}-{number}{path.suffix}"
            number += 1
        taken.add(name)
        names.append(name)
    return names


def _relative(name: str) -> str:
    """A name as a path below a folder, also of another system; of a full path what is below /."""
    posix = PureWindowsPath(name).as_posix() if "\\" in name else name
    parts = [part for part in PurePosixPath(posix).parts if part not in ("/", "..", ".")]
    return "/".join(parts) or name
