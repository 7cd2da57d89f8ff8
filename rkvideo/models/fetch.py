"""Getting a file of the manifest: from a package registry or a URL, checked before it is named."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
import urllib.request
import zipfile
from collections.abc import Callable, Mapping
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from rkvideo.errors import ModelNotFoundError
from rkvideo.files.scratch import scratch_prefix
from rkvideo.files.whole import new_file
from rkvideo.machine.places import writable_model_folder
from rkvideo.model_files.manifest import (
    DEMO_CLIP,
    FetchableFile,
    PackageSource,
    UrlSource,
    read_manifest,
)
from rkvideo.models.fetching import Fetching
from rkvideo.models.resolve import local_file

if TYPE_CHECKING:
    from typing import BinaryIO

    from rkvideo.model_files.manifest import Source

Say: TypeAlias = Callable[[str], None]

_BLOCK = 1 << 20
_URL_TIMEOUT_S = 30.0


class _FetchFailed(Exception):
    """One source did not work; the next is tried."""


def fetch(
    name: str,
    target_dir: Path | None = None,
    say: Say = lambda line: None,
    manifest: Mapping[str, FetchableFile] | None = None,
    fetching: Fetching | None = None,
) -> Path:
    """Get the file called `name` in the manifest; gives its path.

    A file that is there and right costs no network. Nothing takes the file's name before its
    SHA-256 was checked. Another file under that name is kept beside it as `*.old`. `say` is
    given one line per step; on a terminal pip shows its own progress bar. `fetching` tells others
    how far it is, and lets them end it.

    Raises:
        FetchCancelled: `fetching` was cancelled.
        ModelNotFoundError: no such name, or no source worked; says how to add it by hand.
        ConfigError: the manifest is wrong.
    """
    entries = read_manifest() if manifest is None else manifest
    if name not in entries:
        raise ModelNotFoundError(
            f"nothing called {name!r} can be fetched: there are {', '.join(sorted(entries))}"
        )
    entry = entries[name]
    target = (target_dir or writable_model_folder()) / entry.file
    if _has_sha256(target, entry.sha256):
        say(f"{name} is there: {target}")
        return target
    watched = fetching or Fetching()
    reasons = []
    for source in entry.sources:
        say(f"fetching {name} ({entry.licence}) from {source}")
        try:
            with watched.begin(name):
                _fetch_from(source, entry, target, say, watched)
        except _FetchFailed as error:
            watched.check(name)
            say(str(error))
            reasons.append(str(error))
        else:
            say(f"{name} is ready: {target}")
            return target
    raise ModelNotFoundError(
        f"{name} could not be fetched: {'; '.join(reasons)}; "
        f"to add it by hand {_by_hand(entry.sources[0])} and put it at {target}"
    )


def demo_clip(say: Say, fetching: Fetching | None = None) -> Path:
    """Where the demo clip lies; it is fetched where it is not here.

    Raises ModelNotFoundError, FetchCancelled.
    """
    return local_file(DEMO_CLIP) or fetch(DEMO_CLIP, say=say, fetching=fetching)


def _fetch_from(
    source: Source, entry: FetchableFile, target: Path, say: Say, fetching: Fetching
) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _FetchFailed(f"{target.parent} cannot be written: {error.strerror}") from error
    try:
        with new_file(target) as file:
            if isinstance(source, UrlSource):
                digest = _copy_url(source.url, file, say, fetching)
            else:
                digest = _copy_member(source, file, fetching)
            if digest != entry.sha256:
                raise _FetchFailed(f"{source} holds another {entry.file} (SHA-256 {digest})")
            if target.exists():
                target.replace(target.with_name(f"{target.name}.old"))
                say(f"another {target.name} was there: kept as {target.name}.old")
    except OSError as error:
        raise _FetchFailed(f"{target} cannot be written: {error.strerror}") from error


def _copy_member(source: PackageSource, file: BinaryIO, fetching: Fetching) -> str:
    """Copy the member of a package into `file`; gives its SHA-256."""
    with tempfile.TemporaryDirectory(prefix=scratch_prefix("fetch")) as folder:
        wheel = _pip_download(source, Path(folder), fetching)
        if not _has_sha256(wheel, source.package_sha256):
            raise _FetchFailed(f"{source} is not the build that is pinned in the manifest")
        try:
            with zipfile.ZipFile(wheel) as archive, archive.open(source.member) as member:
                return _copy(member.read, file)
        except (zipfile.BadZipFile, KeyError) as error:
            raise _FetchFailed(f"{source} holds no {source.member}") from error


def _pip_download(source: PackageSource, folder: Path, fetching: Fetching) -> Path:
    """Let pip download the wheel, so that the user's own index, proxy and cache are used."""
    on_terminal = sys.stdout.isatty()
    # fmt: off
    command = [
        sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:",
        "--disable-pip-version-check", "--dest", str(folder),
        f"{source.package}=={source.version}",
    ]
    # fmt: on
    with (
        subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=None if on_terminal else subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
        ) as pip,
        fetching.stopped_by(pip.terminate),
    ):
        _, said = pip.communicate()
    wheels = sorted(folder.glob("*.whl"))
    if pip.returncode != 0 or len(wheels) != 1:
        lines = [line.strip() for line in said.splitlines() if line.strip()]
        reason = lines[-1] if lines else f"pip ended with {pip.returncode}"
        raise _FetchFailed(f"{source} could not be downloaded ({reason})")
    return wheels[0]


def _copy_url(url: str, file: BinaryIO, say: Say, fetching: Fetching) -> str:
    """Copy what is behind a URL into `file`; gives its SHA-256."""
    try:
        with urllib.request.urlopen(url, timeout=_URL_TIMEOUT_S) as answer:
            total = int(answer.headers.get("Content-Length") or 0)
            # `read` would wait for a whole block before anything is told or can be ended.
            return _copy(answer.read1, file, _progress(total, say, fetching))
    except (OSError, HTTPException) as error:
        raise _FetchFailed(f"{url} could not be downloaded ({error})") from error


def _progress(total: int, say: Say, fetching: Fetching) -> Callable[[int], None]:
    """Reports what is there, and says every tenth of `total` bytes as it is passed."""
    said = 0

    def report(done: int) -> None:
        nonlocal said
        fetching.report(done, total)
        tenth = done * 10 // total if total else 0
        if tenth > said:
            said = tenth
            say(f"{tenth * 10} % of {total / 1e6:.1f} MB")

    return report


def _copy(
    read: Callable[[int], bytes],
    file: BinaryIO,
    report: Callable[[int], None] = lambda done: None,
) -> str:
    digest = hashlib.sha256()
    done = 0
    while block := read(_BLOCK):
        file.write(block)
        digest.update(block)
        done += len(block)
        report(done)
    return digest.hexdigest()


def _has_sha256(path: Path, sha256: str) -> bool:
    if not path.is_file():
        return False
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest() == sha256


def _by_hand(source: Source) -> str:
    if isinstance(source, UrlSource):
        return f"download {source.url} on another machine"
    pinned = f"{source.package}=={source.version}"
    return (
        f"run `pip download --no-deps {pinned}` on another machine, "
        f"unzip {source.member} from the wheel"
    )
