"""The files that can be fetched, as `data/models.toml` pins them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from rkvideo.errors import ConfigError
from rkvideo.files.untrusted import load_toml, one_line
from rkvideo.model_files.shipped import shipped_files

if TYPE_CHECKING:
    from collections.abc import Mapping
    from importlib.resources.abc import Traversable

MANIFEST = "models.toml"
DEMO_CLIP = "bikes"

_SHA256 = re.compile(r"[0-9a-f]{64}")
_PACKAGE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9.!+_-]*")


@dataclass(frozen=True, slots=True)
class PackageSource:
    """A member of a wheel in the package registry that pip is set up for."""

    package: str
    version: str
    package_sha256: str
    member: str

    def __str__(self) -> str:
        return f"package {self.package}=={self.version}"


@dataclass(frozen=True, slots=True)
class UrlSource:
    """A file behind an https URL."""

    url: str

    def __str__(self) -> str:
        return self.url


Source: TypeAlias = "PackageSource | UrlSource"


@dataclass(frozen=True, slots=True)
class FetchableFile:
    """A pinned file: what it is called, what it must hash to, where it can be had.

    `file` is its path below a models folder; `sizes` is text for people.
    """

    name: str
    kind: Literal["model", "clip"]
    file: str
    sha256: str
    licence: str
    licence_url: str
    sources: tuple[Source, ...]
    family: str = field(default="")
    sizes: str = field(default="")


def read_manifest(path: Traversable | None = None) -> dict[str, FetchableFile]:
    """The entries of a manifest by name; of the one that comes with the program by default.

    Raises:
        ConfigError: it cannot be read, or an entry is incomplete or unsafe.
    """
    path = path or shipped_files() / MANIFEST
    entries = {}
    for name, table in load_toml(path).items():
        try:
            entries[name] = _entry(name, table)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            reason = f"{error} is missing" if isinstance(error, KeyError) else str(error)
            raise ConfigError(f"{path}: entry {one_line(name, 40)}: {one_line(reason)}") from error
    return entries


def _entry(name: str, table: Mapping[str, Any]) -> FetchableFile:
    kind = table["kind"]
    if kind not in ("model", "clip"):
        raise ValueError(f"kind {kind!r} is neither model nor clip")
    file = PurePosixPath(table["file"])
    if file.is_absolute() or ".." in file.parts:
        raise ValueError(f"file {table['file']!r} leads out of the models folder")
    if not table["sources"]:
        raise ValueError("sources is empty")
    return FetchableFile(
        name=name,
        kind=kind,
        file=str(file),
        sha256=_checked(_SHA256, "sha256", table["sha256"]),
        licence=str(table["licence"]),
        licence_url=str(table["licence_url"]),
        sources=tuple(_source(source) for source in table["sources"]),
        family=str(table.get("family", "")),
        sizes=str(table.get("sizes", "")),
    )


def _source(table: Mapping[str, Any]) -> Source:
    if "url" in table:
        url = str(table["url"])
        if not url.startswith("https://"):
            raise ValueError(f"url {url!r} does not start with https://")
        return UrlSource(url)
    # Package and version become arguments of pip, so they may not look like options.
    return PackageSource(
        package=_checked(_PACKAGE, "package", table["package"]),
        version=_checked(_VERSION, "version", table["version"]),
        package_sha256=_checked(_SHA256, "package_sha256", table["package_sha256"]),
        member=str(table["member"]),
    )


def _checked(pattern: re.Pattern[str], key: str, value: Any) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise ValueError(f"{key} {value!r} is not valid")
    return value
