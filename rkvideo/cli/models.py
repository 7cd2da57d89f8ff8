"""`models`: what models there are, what one is, and getting more."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from rich.console import Console

from rkvideo.cli.model_tables import print_description, print_models
from rkvideo.cli.run import sayer
from rkvideo.doctor.fit import misfits
from rkvideo.doctor.system import this_system
from rkvideo.errors import DONE, ConfigError
from rkvideo.files.scratch import remove_dead_scratch
from rkvideo.model_files.manifest import read_manifest
from rkvideo.models.catalogue import describe, list_models
from rkvideo.models.fetch import fetch
from rkvideo.models.recognise import recognised_head
from rkvideo.models.resolve import resolve
from rkvideo.toolkit.kept_builds import remove_builds


def models(args: argparse.Namespace, console: Console) -> int:
    """List, describe, fetch or clean; gives the exit code. Raises RkVideoError."""
    # A table that goes into a pipe is not folded to the width of a terminal.
    out = Console(highlight=False, width=None if sys.stdout.isatty() else 200)
    if args.action == "list":
        print_models(list_models(), out)
    elif args.action == "info":
        described = describe(resolve(args.model))
        head = recognised_head(described.spec)
        print_description(described, head, misfits(this_system(), args.model), out)
    elif args.action == "clean":
        _clean(sayer(console))
    else:
        _fetch(args.names, args.all, console)
    return DONE


def _clean(say: Callable[[str], None]) -> None:
    builds, freed = remove_builds(0)
    freed += remove_dead_scratch()
    say(f"{freed / 1e6:.1f} MB freed: {builds} kept builds, and what killed conversions had left")
    if builds:
        say("--backend rknn-sim needs `convert --force` now for files that were made before")


def _fetch(names: list[str], everything: bool, console: Console) -> None:
    known = read_manifest()
    if not names and not everything:
        raise ConfigError(f"models fetch: name what to fetch ({', '.join(known)}), or --all")
    for name in known if everything else names:
        fetch(name, say=sayer(console))
