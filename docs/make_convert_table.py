#!/usr/bin/env python3
"""Writes what conversions have tried into the table of docs/convert.md.

    python docs/make_convert_table.py FOLDER

FOLDER holds what `convert --try-all` has made: the sidecars tell what each recipe brought.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from rkvideo.convert.jobs import Result
from rkvideo.convert.report import figures_of
from rkvideo.files.untrusted import load_toml, record
from rkvideo.model_files.sidecar import CONVERSION

DOCUMENT = Path(__file__).with_name("convert.md")
BEGIN, END = "<!-- tried: begin -->\n", "<!-- tried: end -->\n"
_COLUMNS = ("model", "recipe", "MB", "fp16 layers", "boxes kept", "score", "AP")


def table_of(results: dict[str, Result]) -> str:
    """The table as Markdown; the recipe that was kept is bold. `results` are by model and size."""
    first = next(iter(results.values())).kept.quality
    columns = (*_COLUMNS, *(f"correct at {at.confidence:g}" for at in first.correct))
    lines = [_line(columns), _line(("---", "---", *("---:",) * (len(columns) - 2)))]
    for name, result in results.items():
        rows = list(_rows(result, len(columns) - 1))
        lines += [_line((name if not place else "", *row)) for place, row in enumerate(rows)]
    return "".join(lines)


def _rows(result: Result, width: int) -> Iterator[tuple[str, ...]]:
    for trial in result.tried:
        words = f"**{trial.recipe}**" if trial == result.kept else str(trial.recipe)
        yield (words, *figures_of(trial))
    for each in result.not_made:
        yield (f"{each.recipe}: {_reason(each.reason)}", *("",) * (width - 1))


def _reason(words: str) -> str:
    """Without the path of a log, which was that of one machine."""
    return words.partition("; see ")[0].partition(": see ")[0]


def _line(cells: tuple[str, ...]) -> str:
    return f"|{'|'.join(f' {cell} ' if cell else ' ' for cell in cells)}|\n"


def results_in(folder: Path) -> dict[str, Result]:
    """What the sidecars of a folder tell, by `MODEL@SIZE`. Raises ConfigError, ValueError."""
    found = {}
    for path in sorted(folder.glob("*-i8.toml")):
        name, size, *_ = path.stem.rsplit("-", 3)
        found[f"{name}@{size}"] = record(Result, load_toml(path)[CONVERSION]["result"])
    return found


def main(folder: Path, document: Path = DOCUMENT) -> int:
    """Write the table; gives the exit code."""
    results = results_in(folder)
    if not results:
        print(f"make_convert_table.py: no sidecar of an int8 file in {folder}", file=sys.stderr)
        return 2
    head, begin, rest = document.read_text(encoding="utf-8").partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        print(f"make_convert_table.py: {document} has no place for it", file=sys.stderr)
        return 2
    text = f"{head}{BEGIN}\n{table_of(results)}\n{END}{tail}"
    document.write_text(text, encoding="utf-8")
    print(f"{document}: {', '.join(results)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])) if len(sys.argv) == 2 else (print(__doc__) or 2))
