"""What the owner of a board can send: one archive with figures and versions, and nothing private.

It holds no picture, no address, no name of a file, a user or a machine. What goes in is chosen
field by field, and names that may stand in a text of the system are blanked besides.
"""

from __future__ import annotations

import datetime
import getpass
import io
import json
import os
import platform
import re
import socket
import sys
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path, PurePosixPath
from typing import Any, Final, Literal, TypeAlias

from rkvideo import __version__
from rkvideo.bench.report import from_json, to_json
from rkvideo.bench.results import BenchReport, BenchRow, BenchSource
from rkvideo.config import DEFAULT_MODEL
from rkvideo.doctor.check import Check
from rkvideo.doctor.command import examine
from rkvideo.doctor.system import System, this_system
from rkvideo.errors import ConfigError, SinkOpenError, SinkWriteError
from rkvideo.files.untrusted import exists, one_line
from rkvideo.files.whole import replace_whole
from rkvideo.machine.clocks import Clocks, read_clocks
from rkvideo.machine.fast_paths import FAST_PATHS, FastPathReport
from rkvideo.machine.identity import this_machine
from rkvideo.sinks.files import check_place, why
from rkvideo.sources.names import DEMO

FORMAT: Final = 1
SUFFIX: Final = ".zip"
BENCH: Final = "bench.json"
_MOST_BYTES: Final = 16_000_000

# What other checks tell is of this user: sources, models, cameras, folders, the disk.
_CHECKS: Final = frozenset(
    {
        *("chip", "container", "npu driver", "npu devices", "runtime library"),
        *("rknn-toolkit-lite2", "npu load", "npu clock", "ddr clock", "temperature"),
        *("npu way", "picture way", "rga", "cpu cores", "units", "pyav", "encoders"),
        *("onnx runtime", "decoders", "video devices", "qt", "painting"),
    }
)
_URL = re.compile(r"[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)
_NUMBERS = re.compile(
    r"\b(?:\d{1,3}(?:\.\d{1,3}){3}|(?:[0-9a-f]{2}:){5}[0-9a-f]{2}"
    r"|(?:[0-9a-f]{1,4}:){3,7}[0-9a-f]{0,4})(?::\d+)?\b",
    re.IGNORECASE,
)
_HOMES = re.compile(r"/(?:home|Users|root|media|mnt)(?:/[^\s:,;()]*)?")

Keep: TypeAlias = Callable[[BenchReport], Iterable[Path]]


def check_pack(path: Path) -> None:
    """Raises SinkOpenError where the archive could not be written without overwriting."""
    if exists(path):
        raise SinkOpenError(f"{path} is there already: name another file with --pack")
    if path.suffix != SUFFIX:
        raise SinkOpenError(f"--pack is {path.name}: give a name that ends in {SUFFIX}")
    try:
        check_place(path)
    except OSError as error:
        raise SinkOpenError(f"--pack {path}: {why(error)}") from error


def keeping_pack(keep: Keep, path: Path, source: str) -> Keep:
    """`keep`, and a pack of the bench besides. Raises SinkOpenError for a name that is taken.

    `source` is what was typed: the demo clip is named in the pack, no other source is.
    """
    check_pack(path)

    def keep_both(bench: BenchReport) -> Iterable[Path]:
        return (*keep(bench), write_pack(path, bench, is_demo=source == DEMO))

    return keep_both


def write_pack(
    path: Path,
    bench: BenchReport | None,
    system: System | None = None,
    *,
    is_demo: bool = False,
) -> Path:
    """Write the archive: figures where there is a bench, and what `doctor` says.

    `is_demo` says that the bench is of the demo clip. Raises SinkOpenError, SinkWriteError.
    """
    check_pack(path)
    own = system or this_system()
    checks = examine(own, DEMO, DEFAULT_MODEL)
    try:
        members = members_of(bench, checks, own.packages, FAST_PATHS.told(), is_demo=is_demo)
        replace_whole(path, _archive(members))
    except OSError as error:
        raise SinkWriteError(f"{path} could not be written: {why(error)}") from error
    return path


def members_of(
    bench: BenchReport | None,
    checks: Sequence[Check],
    packages: Mapping[str, str],
    fast_paths: Sequence[FastPathReport] = (),
    *,
    is_demo: bool = False,
) -> dict[str, str]:
    """The files of a pack by name; `packages` are Python packages and their versions."""
    hidden = names_to_hide(this_machine().cpu)
    # A version of four numbers would be taken for an address.
    facts = {**blanked(_facts(bench), hidden), "packages": dict(sorted(packages.items()))}
    told = [
        {"check": each.name, "state": each.finding.state.value, "detail": each.finding.detail}
        for each in checks
        if each.name in _CHECKS
    ]
    texts = {
        "pack.json": _json(facts),
        "doctor.json": _json(blanked(told, hidden)),
        "fast.json": _json(blanked([_fast_path(each) for each in fast_paths], hidden)),
    }
    if bench is not None:
        texts[BENCH] = _json(blanked(json.loads(to_json(_stripped(bench, is_demo))), hidden))
        texts["boards.md"] = blanked("\n".join(board_lines(bench)) + "\n", hidden)
    return texts


def read_pack(path: Path) -> BenchReport:
    """The bench in a pack. Raises ConfigError for what is none, or one without figures."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open(BENCH) as file:
            text = file.read(_MOST_BYTES + 1)
    except KeyError as error:
        raise ConfigError(f"{path} has no figures: it is a pack of doctor") from error
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        told = why(error) if isinstance(error, OSError) else "it is no archive"
        raise ConfigError(f"{path} is no pack ({told})") from error
    if len(text) > _MOST_BYTES:
        raise ConfigError(f"{path} is no pack (its figures are too large)")
    return from_json(text.decode("utf-8", "replace"), path.name)


def board_lines(bench: BenchReport) -> list[str]:
    """Lines for the table of `docs/boards.md`, one for each row that was measured."""
    lines = []
    for row in bench.rows:
        npu, memory = _clock_cell(row, "npu"), _clock_cell(row, "ddr")
        if row.fps is not None:
            cells = (
                *(bench.machine.chip or bench.machine.cpu, bench.machine.system, row.title),
                *(row.backend, str(row.workers), f"{row.fps:.1f}", npu, memory, row.sha256[:12]),
            )
            lines.append(f"| {' | '.join(one_line(cell).replace('|', '/') for cell in cells)} |")
    return lines


def _clock_cell(row: BenchRow, clock: Literal["npu", "ddr"]) -> str:
    """A clock in MHz: `1000` where it was held, `1000 (steady)`, `528 to 2112 (moved)`."""
    told = (each for each in row.clock_flags if each.clock == clock and each.state != "unknown")
    flag = next(told, None)
    clocks = row.clocks or Clocks()
    at_the_end = clocks.npu_hz if clock == "npu" else clocks.memory_hz
    ends = (at_the_end,) if flag is None else (flag.lowest_hz, flag.highest_hz)
    known = dict.fromkeys(f"{hertz / 1e6:.0f}" for hertz in ends if hertz is not None)
    state = f" ({flag.state})" if flag is not None and flag.state in ("steady", "moved") else ""
    return " to ".join(known) + state


def names_to_hide(board: str) -> tuple[str, ...]:
    """Names of this user and this machine, that no text of a pack may hold.

    What the name of the `board` holds too is nobody's: images have a user called like it.
    """
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = ""
    home, host = Path.home(), socket.gethostname()
    # Of sudo the user is root, and the one who typed it stands here.
    typed_by = os.environ.get("SUDO_USER", "")
    names = {user, typed_by, home.name, host, host.partition(".")[0]}
    # A word that every text has would blank what it should not; root is everybody's.
    public = ("root", "localhost")
    return tuple(
        name
        for name in names
        if len(name) > 2 and name not in public and name.lower() not in board.lower()
    )


def blanked(content: Any, names: Sequence[str]) -> Any:
    """The same values, with what is private in each text replaced by a word for it."""
    if isinstance(content, str):
        text = _URL.sub("ADDRESS", content)
        text = _HOMES.sub("FOLDER", _NUMBERS.sub("ADDRESS", text))
        for name in names:
            text = re.sub(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])", "NAME", text, flags=re.I)
        return text
    if isinstance(content, Mapping):
        return {key: blanked(value, names) for key, value in content.items()}
    if isinstance(content, (list, tuple)):
        return [blanked(value, names) for value in content]
    return content


def _facts(bench: BenchReport | None) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "made_on": datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
        "rkvideo": __version__,
        "python": ".".join(map(str, sys.version_info[:3])),
        "libc": " ".join(platform.libc_ver()),
        "machine": asdict(this_machine()),
        "clocks": asdict(read_clocks()),
        "models": [] if bench is None else [_model(row) for row in bench.rows],
    }


def _json(content: Any) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _fast_path(report: FastPathReport) -> dict[str, Any]:
    return {
        "path": report.path,
        "for": _plain_title(report.subject),
        "state": report.state,
        "words": report.words,
        "figures": dict(report.figures),
    }


def _model(row: BenchRow) -> dict[str, Any]:
    network = None if row.network is None else asdict(row.network)
    return {
        "title": _plain_title(row.title),
        "backend": row.backend,
        "sha256": row.sha256,
        "network": network,
    }


def _stripped(bench: BenchReport, is_demo: bool) -> BenchReport:
    """The bench without names of files and sources, and to the day."""
    source = bench.source
    if source is not None:
        source = replace(source, name=DEMO if is_demo else _kind_of(source))
    return replace(
        bench,
        made_at=bench.made_at[:10],
        source=source,
        settings=replace(bench.settings, order=tuple(map(_plain_title, bench.settings.order))),
        rows=tuple(
            replace(
                row,
                argument=_plain_title(row.argument),
                title=_plain_title(row.title),
                trouble="not measured" if row.trouble else "",
            )
            for row in bench.rows
        ),
    )


def _plain_title(title: str) -> str:
    """`best@640` of `/home/me/best.onnx@640`."""
    return PurePosixPath(title).name


def _kind_of(source: BenchSource) -> str:
    if source.live:
        return "a live source"
    return "pattern" if source.name.startswith("pattern:") else "a file"


def _archive(members: Mapping[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            # The least date that the format has: when it was made is not its reader's business.
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, text)
    return buffer.getvalue()
