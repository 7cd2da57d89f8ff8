"""Puts the stand-in for rknnlite where `import rknnlite` finds it, for one test."""

from __future__ import annotations

import contextlib
import importlib
import importlib.abc
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

STAND_IN = Path(__file__).parent / "rknnlite_stand_in"


@contextlib.contextmanager
def stand_in_rknnlite() -> Iterator[Any]:
    """Gives the stand-in class `RKNNLite`; a real package of that name is set aside meanwhile."""
    real = _take_modules()
    sys.path.insert(0, str(STAND_IN))
    try:
        stand_in = importlib.import_module("rknnlite.api").RKNNLite
        stand_in.reset()
        yield stand_in
    finally:
        sys.path.remove(str(STAND_IN))
        _take_modules()
        sys.modules.update(real)


@contextlib.contextmanager
def no_rknnlite() -> Iterator[None]:
    """As on a machine where the package is not installed, also where it is."""
    real = _take_modules()
    finder = _Missing()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        sys.modules.update(real)


class _Missing(importlib.abc.MetaPathFinder):
    def find_spec(self, name: str, path: object, target: object = None) -> None:
        if name == "rknnlite":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def _take_modules() -> dict[str, Any]:
    names = [name for name in sys.modules if name.partition(".")[0] == "rknnlite"]
    return {name: sys.modules.pop(name) for name in names}
