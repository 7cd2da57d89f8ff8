"""The words of `eval`."""

from __future__ import annotations

import argparse
from pathlib import Path

from rkvideo.cli.words.help import Commands, add_command
from rkvideo.cli.words.options import add_iou, add_labels, add_out, add_tiles, add_verbose
from rkvideo.config import BACKENDS, DEFAULT_MODEL
from rkvideo.evaluation.choices import DEFAULT_CONFIDENCES, DRAWS, UNLABELLED_FRAMES


def add_eval(commands: Commands) -> None:
    """How right models are."""
    parser = add_command(
        commands,
        "eval",
        "how right models are, on labelled pictures\n\n"
        "Counts correct, false and missed by threshold, and AP, for each model, size and\n"
        "backend. Tables go to standard output and, as a page, JSON, CSV and Markdown,\n"
        "into a new folder. A run that was interrupted is taken up again with the same\n"
        "words.",
        "--data coco --models yolo11n@320,yolo11n@640 --out report",
        "--data data.yaml --models best.onnx,best.rknn --conf 0.25,0.5",
        "--data coco --models yolo11n@320,yolo11n@640 --bench clip.mp4",
        "--data demo --against yolo11n@1280 --models yolo11n@320",
    )
    _add_data_and_rows(parser)
    _add_counting(parser)
    _add_unlabelled(parser)
    parser.add_argument(
        "--bench",
        nargs="?",
        const="demo",
        metavar="SOURCE",
        help="then measure fps on this source too, into the same report (alone: the demo clip; "
        "default: none)",
    )
    add_out(parser)
    add_verbose(parser)


def _add_data_and_rows(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data",
        type=Path,
        required=True,
        metavar="PATH",
        help="COCO JSON, a data.yaml, or a folder with COCO, YOLO, Pascal VOC or CVAT labels; "
        "with --against a clip, a folder of pictures, or 'demo'",
    )
    parser.add_argument(
        "--split", metavar="NAME", help="lot of pictures, such as test (default: val, or all)"
    )
    parser.add_argument(
        "--models",
        default=DEFAULT_MODEL,
        metavar="A@SIZE,B,...",
        help="models of `models list`, or .onnx or .rknn files",
    )
    parser.add_argument(
        "--backend",
        default="auto",
        metavar="A,B",
        help=f"of {', '.join(BACKENDS)}; each model runs on each",
    )


def _add_counting(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--conf",
        default=",".join(f"{value:g}" for value in DEFAULT_CONFIDENCES),
        metavar="A,B,...",
        help="thresholds to count at",
    )
    add_iou(parser)
    parser.add_argument(
        "--fit",
        action="store_true",
        help="NAME@640 fits each picture (default: the square, for pictures of many shapes)",
    )
    add_tiles(parser)
    parser.add_argument(
        "--same",
        metavar="DATA=MODEL,...",
        help="classes of two names that are one thing (default: same names meet)",
    )
    add_labels(parser)
    parser.add_argument(
        "--workers", type=int, metavar="N", help="worker threads (default: two for each NPU core)"
    )
    parser.add_argument(
        "--draws", type=int, default=DRAWS, metavar="N", help="draws of pictures for intervals"
    )


def _add_unlabelled(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--against",
        metavar="MODEL[@SIZE]",
        help="without labels: agreement with this stronger model on a clip or a folder of pictures "
        "(default: none)",
    )
    parser.add_argument(
        "--frames",
        type=int,
        default=UNLABELLED_FRAMES,
        metavar="N",
        help="with --against: most pictures, spread evenly over a clip",
    )
