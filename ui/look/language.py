"""The language of the window: English, or Chinese through Qt's translation files."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from PyQt5.QtCore import QCoreApplication, QLibraryInfo, QTranslator

AUTO: Final = "auto"
ENGLISH: Final = "en"
CHINESE: Final = "zh_CN"
# What each language calls itself: a list of languages is read by who does not know the current one.
LANGUAGES: Final = {ENGLISH: "English", CHINESE: "简体中文"}
TRANSLATIONS: Final = Path(__file__).parents[1] / "translations"

_PROPERTY: Final = "rkvideo_language"
# Qt's own words come first: a translator that is installed later is asked earlier.
_FILES: Final = ("qtbase", "rkvideo")

_log = logging.getLogger(__name__)


def language_for(wanted: str, system: Iterable[str]) -> str:
    """The language to use: `wanted`, or for `auto` the first of the system's that is there.

    `system` is `QLocale.system().uiLanguages()`, such as `zh-Hans-CN`, the best one first. Only
    simplified Chinese is there; who reads the traditional script gets English.
    """
    if wanted != AUTO:
        return wanted
    known = (_language_of(tag) for tag in system)
    return next((code for code in known if code), ENGLISH)


def current_language() -> str:
    """The language that the window speaks now."""
    app = QCoreApplication.instance()
    return (app and app.property(_PROPERTY)) or ENGLISH


def switch_language(code: str) -> None:
    """Speak another of `LANGUAGES` from now on.

    Every widget gets `QEvent.LanguageChange` and sets its words again. A file that is missing is
    logged, and what it would translate stays English. Raises KeyError for an unknown language.
    """
    name = LANGUAGES[code]
    app = QCoreApplication.instance()
    if app is None or code == current_language():
        return
    for old in app.findChildren(QTranslator, _PROPERTY):
        app.removeTranslator(old)
        old.setParent(None)
    if code != ENGLISH:
        for file in _FILES:
            _install(app, file, code)
    app.setProperty(_PROPERTY, code)
    _log.info("the window speaks %s", name)


def _install(app: QCoreApplication, file: str, code: str) -> None:
    folder = TRANSLATIONS if file == "rkvideo" else _folder_of_qt()
    translator = QTranslator(app)
    translator.setObjectName(_PROPERTY)
    if translator.load(f"{file}_{code}", str(folder)):
        app.installTranslator(translator)
    else:
        translator.setParent(None)
        _log.warning("no translation: %s cannot be read", folder / f"{file}_{code}.qm")


def _folder_of_qt() -> Path:
    return Path(QLibraryInfo.location(QLibraryInfo.TranslationsPath))


def _language_of(tag: str) -> str | None:
    parts = tag.replace("_", "-").lower().split("-")
    if parts[0] == "zh":
        is_simplified = "hans" in parts or not {"hant", "tw", "hk", "mo"} & set(parts)
        return CHINESE if is_simplified else None
    return ENGLISH if parts[0] in ("en", "c") else None
