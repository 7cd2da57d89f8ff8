"""Whether the window's Chinese can be read: without a font it is a row of empty boxes."""

from __future__ import annotations

from collections.abc import Mapping

from rkvideo.doctor.system import System

PACKAGE = "fonts-wqy-microhei"
_FOLDERS = ("usr/share/fonts", "usr/local/share/fonts")
# Parts of the file names of the fonts that the distributions have for Chinese, and of Windows.
_NAMES = ("cjk", "wqy", "droidsansfallback", "sourcehan", "uming", "ukai", "msyh", "simsun")
_SUFFIXES = (".ttf", ".ttc", ".otf", ".otc")


def speaks_chinese(environment: Mapping[str, str]) -> bool:
    """True where the window's language, which follows the system's, is Chinese."""
    locale = next(
        (environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)),
        "",
    )
    # Qt looks into the list of `LANGUAGE` first.
    return (environment.get("LANGUAGE") or locale).startswith("zh")


def has_chinese_font(system: System) -> bool:
    """True where a font file of this machine is known to have Chinese characters."""
    return any(
        path.suffix.lower() in _SUFFIXES and any(name in path.name.lower() for name in _NAMES)
        for folder in _FOLDERS
        for path in (system.root / folder).rglob("*")
    )
