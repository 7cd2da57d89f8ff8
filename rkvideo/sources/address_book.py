"""The sources that a user has opened, newest first, and who may see their passwords."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from rkvideo.errors import ConfigError
from rkvideo.files.untrusted import at_home
from rkvideo.sources.names import is_local_path, is_stream
from rkvideo.sources.secrets import HIDDEN, public_name

__all__ = [
    "MOST_ADDRESSES",
    "AddressBook",
    "from_anywhere",
    "has_password",
    "is_masked",
    "public_name",
]

MOST_ADDRESSES = 20


class AddressBook:
    """Keeps whole addresses in memory and gives masked ones to everybody else.

    A masked address, `rtsp://user:***@host`, stands for the whole one that was opened last.
    """

    def __init__(self, stored: Iterable[str] = ()) -> None:
        self._whole: dict[str, str] = {}
        for address in reversed(tuple(stored)):
            self.add(address)

    def add(self, address: str) -> str:
        """Put an address on top; gives it masked."""
        shown = public_name(address)
        self._whole.pop(shown, None)
        self._whole[shown] = address
        for oldest in list(self._whole)[:-MOST_ADDRESSES]:
            del self._whole[oldest]
        return shown

    @property
    def shown(self) -> tuple[str, ...]:
        """Every address masked, newest first."""
        return tuple(reversed(self._whole))

    def whole(self, text: str) -> str:
        """The address that `text` means, with its password.

        Raises ConfigError where `text` is masked and the password is not known.
        """
        address = self._whole.get(text, text)
        if is_masked(address):
            raise ConfigError(
                f"the password of {public_name(address)} is not stored: write it in place of "
                f"{HIDDEN}"
            )
        return address

    def to_store(self, *, passwords: bool) -> tuple[str, ...]:
        """What a file may hold, newest first: whole addresses only if `passwords` are asked for."""
        return tuple(self._whole[shown] if passwords else shown for shown in self.shown)


def is_masked(address: str) -> bool:
    """True where a stream's address has stars in place of its password."""
    return is_stream(address) and HIDDEN in address


def has_password(address: str) -> bool:
    """True where an address holds something that `public_name` hides."""
    return public_name(address) != address


def from_anywhere(source: str) -> str:
    """The same source whatever folder the program is started in: a path becomes absolute."""
    return str(Path.cwd() / at_home(source)) if is_local_path(source) else source
