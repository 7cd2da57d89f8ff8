"""The words of `report`."""

from __future__ import annotations

from pathlib import Path

from rkvideo.cli.words.help import Commands, add_command
from rkvideo.cli.words.options import add_verbose


def add_report(commands: Commands) -> None:
    """Reports that `bench` and `eval` have written."""
    report = add_command(
        commands,
        "report",
        "two reports side by side\n\n"
        "What `bench` and `eval` wrote into two folders: fps with the spread of the\n"
        "repeats, AP with an interval, and what was not alike when they were made.",
        "compare before/ after/",
        "compare pc/ board/ --out both.html",
    )
    kinds = report.add_subparsers(dest="report_command", required=True, metavar="COMMAND")
    compare = add_command(
        kinds, "compare", "lay two reports side by side", "before/ after/ --out both.html"
    )
    for name in ("a", "b"):
        compare.add_argument(
            name,
            type=Path,
            metavar=name.upper(),
            help="a folder, a bench.json, an eval.json or a pack",
        )
    compare.add_argument(
        "--out", type=Path, metavar="FILE", help="write a page too (default: the terminal alone)"
    )
    add_verbose(compare)
