"""The words of `view` and `run`."""

from __future__ import annotations

import argparse
from pathlib import Path

from rkvideo.cli.words.help import Commands, add_command
from rkvideo.cli.words.options import SOURCE_HELP, add_run_options, add_source_file
from rkvideo.config import LANGUAGES, PAINT_WAYS


def add_view(commands: Commands) -> None:
    """The window."""
    view = add_command(
        commands,
        "view",
        "show a source in the window\n\n"
        "The word `view` may be left out. What is chosen in the window is remembered.\n"
        "Where there is no screen, the source is recorded instead.",
        "rtsp://user:password@camera/stream",
        "clip.mp4 --loop --model yolo11n@416",
        "0 --fullscreen",
    )
    view.add_argument(
        "source", nargs="?", default="demo", help=f"{SOURCE_HELP} (default: the last one, or demo)"
    )
    _add_common(view)
    view.add_argument("--fullscreen", action="store_true", help="start in full screen")
    view.add_argument(
        "--kiosk", action="store_true", help="only the picture, for ever; Ctrl+Q leaves"
    )
    view.add_argument(
        "--touch", action="store_true", help="with --kiosk: a tap on the screen brings the bar"
    )
    view.add_argument(
        "--paint",
        choices=PAINT_WAYS,
        default="auto",
        help="who scales and colours the picture: the GPU (gl), the CPU (raster), or the GPU where "
        "it has proven itself (auto)",
    )
    view.add_argument(
        "--lang", choices=LANGUAGES, default="auto", help="of the window (auto: the system's)"
    )
    view.add_argument(
        "--reset", action="store_true", help="forget what the window remembers of its last life"
    )
    _add_files(view.add_argument_group("without a screen only, as `run` has them"))
    view.set_defaults(retry=True, strict=False)


def add_run(commands: Commands) -> None:
    """The same without a window."""
    run = add_command(
        commands,
        "run",
        "the same without a window\n\n"
        "Plays a source to its end, or until Ctrl-C, and ends with a table of its stages.",
        "clip.mp4 --record out.mp4 --detections boxes.jsonl",
        "rtsp://camera/stream --frames 500 --stats figures.json",
        "pattern:1280x720@30:300 --backend simulated",
    )
    run.add_argument("source", nargs="?", help=f"{SOURCE_HELP} (default: RKVIDEO_SOURCE)")
    _add_common(run)
    _add_files(run)
    run.add_argument(
        "--retry", action="store_true", help="keep trying a stream that cannot be opened"
    )
    run.add_argument(
        "--strict",
        action="store_true",
        help="end with 1 where a frame or picture of SOURCE is missing or damaged",
    )
    run.set_defaults(kiosk=False)


def _add_files(container: argparse._ActionsContainer) -> None:
    container.add_argument(
        "--frames", type=int, metavar="N", help="end after N frames (default: all)"
    )
    container.add_argument(
        "--detections",
        type=Path,
        metavar="OUT.jsonl",
        help="write the boxes, a line a frame (default: not written)",
    )
    container.add_argument(
        "--stats",
        type=Path,
        metavar="OUT.json",
        help="write what was measured (default: not written)",
    )


def _add_common(parser: argparse.ArgumentParser) -> None:
    add_run_options(parser)
    add_source_file(parser)
    parser.add_argument(
        "--track",
        choices=("off", "on", "trail"),
        default="off",
        help="number each object while it is seen; labels and --detections have its number, and "
        "with `trail` its way of the last two seconds is drawn",
    )
    _add_recording(parser)


def _add_recording(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--record",
        metavar="PATH",
        help="record an annotated .mp4 or .mkv; FOLDER/ takes a clip, or the pictures of a folder "
        "under their own names (default: no recording)",
    )
    parser.add_argument(
        "--record-what",
        choices=("annotated", "raw", "both"),
        default="annotated",
        help="with boxes, without them, or both (the raw file is called ...-raw.mp4)",
    )
    parser.add_argument(
        "--record-frames",
        choices=("all", "inferred"),
        default="all",
        help="of a live source: every frame, with the last boxes, or those a model has seen",
    )
    parser.add_argument(
        "--quality", choices=("low", "medium", "high"), default="medium", help="of a recording"
    )
    parser.add_argument(
        "--record-codec",
        choices=("h264", "hevc"),
        default="h264",
        help="of a recording; where nothing encodes H.264, MPEG-4 or MJPEG is taken and said",
    )
    parser.add_argument(
        "--hud",
        action=argparse.BooleanOptionalAction,
        default=False,
        help="record the figures too, in one line (default: off)",
    )
