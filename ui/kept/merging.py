"""Two windows, one file: what each of them has changed is kept."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from rkvideo.sources.address_book import MOST_ADDRESSES, public_name

if TYPE_CHECKING:
    from .state import WindowState

T = TypeVar("T")


def merged(mine: WindowState, base: WindowState, theirs: WindowState) -> WindowState:
    """`mine`, with what another window has made of `base` since: `theirs`.

    What both have changed is as in `mine`. Of the sources both keep theirs, the newest of `mine`
    first. No password stays where one of the two was told to remember none.
    """
    state = _newer(mine, base, theirs)
    history = _joined(mine.history, base.history, theirs.history)
    source = state.source
    if not state.remember_passwords:
        history, source = tuple(map(public_name, history)), public_name(source)
    return replace(state, history=history, source=source)


def _newer(mine: T, base: T, theirs: T) -> T:
    """What is no longer as in `base`, first of `mine`; of a table field by field."""
    if mine == base:
        return theirs
    if theirs == base or not is_dataclass(mine) or isinstance(mine, type):
        return mine
    parts = {
        one.name: _newer(*(getattr(each, one.name) for each in (mine, base, theirs)))
        for one in fields(mine)
    }
    return replace(mine, **parts)


def _joined(
    mine: tuple[str, ...], base: tuple[str, ...], theirs: tuple[str, ...]
) -> tuple[str, ...]:
    if mine == base:
        return theirs
    known = set(map(public_name, base))
    there = [address for address in theirs if public_name(address) not in known]
    by_name: dict[str, str] = {}
    for address in (*mine[:1], *there, *mine[1:]):
        by_name.setdefault(public_name(address), address)
    return tuple(by_name.values())[:MOST_ADDRESSES]
