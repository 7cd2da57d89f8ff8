"""The words of `convert`."""

from __future__ import annotations

import argparse
from pathlib import Path

from rkvideo.cli.words.help import Commands, add_command
from rkvideo.cli.words.options import add_out, add_verbose
from rkvideo.convert.choices import DEFAULT_IMAGES, KINDS, MAX_LOSS, TARGETS


def add_convert(commands: Commands) -> None:
    """From ONNX to .rknn."""
    convert = add_command(
        commands,
        "convert",
        "an ONNX model to .rknn files\n\n"
        "Runs on an x86_64 PC; the first call installs Rockchip's toolkit. Each file is\n"
        "checked against the float model with pictures that did not calibrate it, and\n"
        "other recipes are tried until it loses little. Copy the .rknn and .toml files to\n"
        "the board. Exit code 3: a file was made, but a warning speaks against it.",
        "yolo11n --sizes 320,640 --calibration clip.mp4",
        "best.onnx --target rk3576 --calibration photos/ --check set/",
    )
    _add_what_is_made(convert)
    _add_pictures(convert)
    _add_judgement(convert)
    add_out(convert, "the models folder")
    convert.add_argument("--force", action="store_true", help="also what is up to date")
    add_verbose(convert)


def _add_what_is_made(convert: argparse.ArgumentParser) -> None:
    convert.add_argument(
        "model",
        metavar="MODEL.onnx|MODEL.pt|NAME",
        help="an ONNX file, weights of Ultralytics, or a model of `models list`",
    )
    convert.add_argument("--sizes", default="640", metavar="W[xH],...", help="input sizes")
    convert.add_argument(
        "--fit",
        metavar="VIDEO|W:H",
        help="one number of --sizes is the long side, and the other side that of these pictures: "
        "640 becomes 640x384 for 16:9 (default: squares)",
    )
    convert.add_argument(
        "--target", default="rk3588", metavar="CHIP,...", help=f"of {', '.join(TARGETS)}"
    )
    convert.add_argument(
        "--quantize", choices=tuple(KINDS), default="i8", help="int8, float16, or a file of each"
    )


def _add_pictures(convert: argparse.ArgumentParser) -> None:
    convert.add_argument(
        "--calibration",
        type=Path,
        metavar="FOLDER|VIDEO|demo",
        help="for int8: pictures like those that the model will see; `demo` is the demo clip "
        "(default: none)",
    )
    convert.add_argument(
        "--images",
        type=int,
        default=DEFAULT_IMAGES,
        metavar="N",
        help="pictures to calibrate with",
    )
    convert.add_argument(
        "--check",
        type=Path,
        metavar="DATA|FOLDER|VIDEO",
        help="other pictures, best labelled as `eval` takes them (default: clips are fetched)",
    )


def _add_judgement(convert: argparse.ArgumentParser) -> None:
    convert.add_argument(
        "--max-loss",
        type=float,
        default=MAX_LOSS,
        metavar="AP",
        help="how much int8 may cost on labelled pictures",
    )
    convert.add_argument(
        "--try-all", action="store_true", help="try every recipe and show what each brings"
    )
    convert.add_argument(
        "--accept", action="store_true", help="exit code 0 also where something speaks against it"
    )
