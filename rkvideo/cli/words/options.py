"""The options that `view`, `run` and `bench` share."""

from __future__ import annotations

import argparse
from pathlib import Path

from rkvideo.config import (
    BACKENDS,
    DEFAULT_CONFIDENCE,
    DEFAULT_IOU,
    DEFAULT_MAX_DETECTIONS,
    DEFAULT_MODEL,
)

SOURCE_HELP = (
    "a video file, rtsp://..., http(s)://..., rtmp://..., udp://..., srt://..., /dev/videoN or a "
    "number, a folder of images, 'demo', pattern:WIDTHxHEIGHT@FPS[:FRAMES], or - to read the "
    "address from standard input"
)


def add_run_options(parser: argparse.ArgumentParser, *, many_workers: bool = False) -> None:
    """What a run is built from, but for its source; `many_workers` takes several numbers of them.

    These are then `worker_counts` of the result.
    """
    _add_model_options(parser, many_workers)
    _add_box_options(parser)
    _add_source_options(parser)
    _add_simulation_options(parser)
    add_verbose(parser)


def add_source_file(parser: argparse.ArgumentParser) -> None:
    """The option `--source-file`."""
    parser.add_argument(
        "--source-file",
        type=Path,
        metavar="FILE",
        help="SOURCE is the first line of this file (default: no file)",
    )


def add_model(container: argparse._ActionsContainer) -> None:
    """The option `--model`."""
    container.add_argument(
        "--model",
        default=DEFAULT_MODEL,
        metavar="NAME[@SIZE]|PATH",
        help="a model of `models list`, or an .onnx or .rknn file; SIZE is 640x384, or 416 for the "
        "long side of what fits the picture",
    )


def add_tiles(container: argparse._ActionsContainer) -> None:
    """The option `--tiles`."""
    container.add_argument(
        "--tiles",
        default="",
        metavar="2x1|2x2|auto",
        help="look at overlapping tiles too, COLUMNSxROWS, for small objects in large pictures: an "
        "inference each, shared by the workers (default: the whole picture only)",
    )


def add_labels(container: argparse._ActionsContainer) -> None:
    """The option `--labels`."""
    container.add_argument(
        "--labels", type=Path, metavar="FILE", help="class names, one a line (default: the model's)"
    )


def add_iou(container: argparse._ActionsContainer) -> None:
    """The option `--iou`."""
    container.add_argument(
        "--iou", type=float, default=DEFAULT_IOU, metavar="0..1", help="IoU threshold of the NMS"
    )


def add_out(container: argparse._ActionsContainer, default: str = "a new one") -> None:
    """The option `--out`; `default` says in words which folder is taken without it."""
    container.add_argument(
        "--out", type=Path, metavar="FOLDER", help=f"for the files (default: {default})"
    )


def add_verbose(parser: argparse.ArgumentParser) -> None:
    """The option `-v`."""
    parser.add_argument("-v", "--verbose", action="store_true", help="tell more on the terminal")


def _add_model_options(parser: argparse.ArgumentParser, many_workers: bool) -> None:
    group = parser.add_argument_group("model")
    add_model(group)
    add_tiles(group)
    add_labels(group)
    group.add_argument(
        "--backend",
        choices=BACKENDS,
        default="auto",
        help="what runs the model (auto: the NPU for .rknn, the CPU for .onnx)",
    )
    if many_workers:
        _add_worker_counts(group)
        parser.set_defaults(workers=None)
    else:
        _add_workers(group)
    group.add_argument(
        "--fast",
        choices=("auto", "off", "require"),
        default="auto",
        help="quick ways (the NPU without RKNNLite, pictures by their planes or by RGA) where they "
        "prove themselves here, never, or only so",
    )
    _add_cores(group)


def _add_workers(container: argparse._ActionsContainer) -> None:
    container.add_argument(
        "--workers",
        type=int,
        metavar="N",
        help="worker threads, always so many (default: two for each NPU core, or one where "
        "that is measured to be faster)",
    )


def _add_worker_counts(container: argparse._ActionsContainer) -> None:
    container.add_argument(
        "--workers",
        dest="worker_counts",
        metavar="N|1..6|A,B",
        help="worker threads, a row for each number (default: two for each NPU core)",
    )


def _add_cores(group: argparse._ActionsContainer) -> None:
    group.add_argument("--cores", metavar="0,1,2", help="NPU cores to use (default: all)")
    group.add_argument(
        "--affinity",
        default="auto",
        metavar="auto|none|CORES",
        help="CPU cores, such as 4-7, that decode and serve the NPU; the others do the rest "
        "(auto: the fast ones of a Rockchip chip)",
    )
    group.add_argument(
        "--pin-clocks",
        metavar="npu,ddr,cpu",
        help="hold the highest clock of NPU, memory, CPU; needs root (default: none)",
    )
    # What it was called when it knew the NPU only.
    group.add_argument(
        "--pin-npu-clock",
        action="store_const",
        const="npu",
        dest="pin_clocks",
        help=argparse.SUPPRESS,
    )


def _add_box_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("boxes")
    group.add_argument(
        "--conf",
        type=float,
        default=DEFAULT_CONFIDENCE,
        metavar="0..1",
        help="least confidence of a box",
    )
    add_iou(group)
    group.add_argument("--classes", metavar="person,car", help="only these (default: all)")
    group.add_argument(
        "--max-detections",
        type=int,
        default=DEFAULT_MAX_DETECTIONS,
        metavar="N",
        help="most boxes in a frame",
    )
    group.add_argument(
        "--class-agnostic", action="store_true", help="NMS over all classes together"
    )


def _add_source_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("source")
    group.add_argument("--loop", action="store_true", help="start a file over at its end")
    group.add_argument(
        "--realtime", action="store_true", help="read a file at its own speed, as if live"
    )
    group.add_argument(
        "--policy",
        choices=("auto", "every", "latest"),
        default="auto",
        help="every frame, or only the newest (auto: every for a file, latest for a stream)",
    )
    group.add_argument("--transport", choices=("tcp", "udp"), default="tcp", help="of RTSP")
    group.add_argument("--hwdec", default="auto", metavar="auto|none|NAME", help="decoder")
    group.add_argument(
        "--deinterlace",
        choices=("auto", "on", "off"),
        default="auto",
        help="make whole pictures of fields (auto: of those that say they are interlaced)",
    )
    group.add_argument(
        "--camera-size", metavar="WIDTHxHEIGHT", help="of a /dev/videoN (default: its own)"
    )
    group.add_argument(
        "--camera-format", metavar="NAME", help="pixel format, such as mjpeg (default: its own)"
    )
    group.add_argument(
        "--camera-rate", type=float, metavar="FPS", help="frames a second (default: its own)"
    )


def _add_simulation_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("simulated NPU (--backend simulated)")
    group.add_argument("--npu-cores", type=int, default=3, metavar="N", help="cores that it has")
    group.add_argument(
        "--npu-latency-ms",
        metavar="MS|SIZE:MS,...",
        help="time of an inference, or of each size (default: 13.6 at 640, scaled with the pixels)",
    )
    group.add_argument(
        "--npu-jitter-ms", type=float, default=0.0, metavar="MS", help="most that it varies by"
    )
    group.add_argument("--npu-fault", default="", metavar="KIND:FRAME", help=argparse.SUPPRESS)
