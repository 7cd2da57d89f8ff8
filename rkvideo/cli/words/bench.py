"""The words of `bench`."""

from __future__ import annotations

import argparse
from pathlib import Path

from rkvideo.bench.plan import DEFAULT_REPEATS, DEFAULT_SECONDS, DEFAULT_WARMUP_S
from rkvideo.cli.words.help import Commands, add_command
from rkvideo.cli.words.options import SOURCE_HELP, add_out, add_run_options, add_source_file


def add_bench(commands: Commands) -> None:
    """Models and sizes side by side."""
    bench = add_command(
        commands,
        "bench",
        "models and sizes side by side, measured\n\n"
        "Each model and size runs alone and more than once, in a shuffled order. The\n"
        "table goes to standard output and, as a page, JSON, CSV and Markdown, into a\n"
        "folder.",
        "",
        "clip.mp4 --models yolo11n@320,yolo11n@640,yolox-nano",
        "rtsp://camera/stream --models yolo11n --seconds 30",
        "--models yolo11n@640 --workers 1..6",
    )
    bench.add_argument("source", nargs="?", default="demo", help=SOURCE_HELP)
    group = bench.add_argument_group("bench")
    _add_rows(group)
    _add_measurements(group)
    add_out(group)
    group.add_argument(
        "--pack",
        type=Path,
        metavar="FILE.zip",
        help="write an archive to be sent: figures, versions, clocks, nothing private "
        "(default: none)",
    )
    add_run_options(bench, many_workers=True)
    add_source_file(bench)
    bench.set_defaults(kiosk=False, retry=False, record=None, hud=False, track="off")


def _add_rows(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--models", metavar="A,B", help="what to measure (default: --model)")
    group.add_argument(
        "--sizes",
        metavar="W[xH],...",
        help="input sizes, 640 fits the picture, 640x640 is the square (default: those that are "
        "there; 320,416,640 of a model of any size)",
    )


def _add_measurements(group: argparse._ArgumentGroup) -> None:
    length = group.add_mutually_exclusive_group()
    length.add_argument(
        "--seconds",
        type=float,
        default=DEFAULT_SECONDS,
        metavar="S",
        help=f"of each measurement (default: {DEFAULT_SECONDS:g})",
    )
    length.add_argument(
        "--frames",
        type=int,
        metavar="N",
        help="of each measurement, the same ones of a file for every row (default: --seconds)",
    )
    group.add_argument(
        "--warmup",
        type=float,
        default=DEFAULT_WARMUP_S,
        metavar="S",
        help=f"seconds that do not count (default: {DEFAULT_WARMUP_S:g})",
    )
    group.add_argument(
        "--repeats",
        type=int,
        default=DEFAULT_REPEATS,
        metavar="N",
        help="measurements of each row",
    )
    group.add_argument(
        "--hold-fps",
        type=float,
        metavar="FPS",
        help="tell the largest size of each model that holds it (default: not looked for)",
    )
    group.add_argument("--seed", type=int, metavar="N", help="of the order (default: a new one)")
