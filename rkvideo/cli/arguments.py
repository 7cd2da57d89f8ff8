"""The command line: its parser, and the run that its words ask for."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, field
from pathlib import Path

from rkvideo import __version__
from rkvideo.backends.registry import BACKENDS
from rkvideo.bench import command as bench
from rkvideo.config import (
    AppConfig,
    DetectionFilter,
    RecordOptions,
    SimulationSpec,
    SourceOptions,
    parse_size,
)
from rkvideo.convert import command as convert
from rkvideo.doctor import command as doctor
from rkvideo.errors import ConfigError
from rkvideo.machine.called import as_called
from rkvideo.service import command as service
from rkvideo.service.source_file import read_source

COMMANDS = ("view", "run", "bench", "models", "convert", "doctor", "service")
LANGUAGES = ("auto", "en", "zh_CN")
_SOURCE_HELP = (
    "a video file, rtsp://..., http(s)://..., rtmp://..., udp://..., srt://..., /dev/videoN or a "
    "number, a folder of images, "
    "'demo', or pattern:WIDTHxHEIGHT@FPS[:FRAMES]"
)


@dataclass(frozen=True, slots=True)
class Outputs:
    """What `run` and `view` write; None where it was not asked for."""

    record: Path | None = None
    detections: Path | None = None
    stats: Path | None = None
    recording: RecordOptions = field(default_factory=RecordOptions)


def parse(argv: list[str]) -> argparse.Namespace:
    """Parse the words after the program's name; `view` may be left out.

    `named` of the result holds the names of the options that the words give, whatever their
    value: what the window remembers goes before a default, not before a word. Raises SystemExit
    with 2 for wrong usage, as argparse does.
    """
    words = _with_command(argv)
    args = _parser().parse_args(words)
    args.named = _named(words)
    return args


def _named(words: list[str]) -> frozenset[str]:
    given = vars(_without_defaults(_parser()).parse_args(words)).keys() - {"command"}
    # What these two decide is as good as named.
    implied = {"source_file": "source", "kiosk": "loop"}
    return frozenset(given) | {name for option, name in implied.items() if option in given}


def _without_defaults(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """The same parser, whose result has nothing but what was given."""
    for action in parser._actions:  # noqa: SLF001  # argparse has no other way to its options
        action.default = argparse.SUPPRESS
        if isinstance(action.choices, dict):
            for command in action.choices.values():
                _without_defaults(command)
    parser._defaults.clear()  # noqa: SLF001
    return parser


def _with_command(argv: list[str]) -> list[str]:
    if argv and (argv[0] in COMMANDS or argv[0] in ("-h", "--help", "--version")):
        return argv
    return ["view", *argv]


def config_of(args: argparse.Namespace) -> AppConfig:
    """The run that the words of `view` or `run` ask for. Raises ConfigError."""
    return AppConfig(
        source=args.source if args.source_file is None else read_source(args.source_file),
        model=args.model,
        backend=args.backend,
        workers=args.workers,
        cores=None if args.cores is None else _cores(args.cores),
        filter=DetectionFilter(
            confidence=args.conf,
            iou=args.iou,
            max_detections=args.max_detections,
            classes=None if args.classes is None else _classes(args.classes),
            class_agnostic=args.class_agnostic,
        ),
        policy=args.policy,
        frames=args.frames,
        retry_open=args.retry,
        labels=args.labels,
        source_options=SourceOptions(
            transport=args.transport,
            hwdec=args.hwdec,
            deinterlace=args.deinterlace,
            # A kiosk has nobody beside it who would start the file again.
            loop=args.loop or args.kiosk,
            realtime=args.realtime,
            camera_size=None if args.camera_size is None else parse_size(args.camera_size),
            camera_format=args.camera_format,
            camera_rate=args.camera_rate,
        ),
        simulation=SimulationSpec(
            cores=args.npu_cores,
            latency_ms=args.npu_latency_ms,
            jitter_ms=args.npu_jitter_ms,
            fault=args.npu_fault,
        ),
    )


def outputs_of(args: argparse.Namespace) -> Outputs:
    """What the words of `view` or `run` ask to be written."""
    recording = RecordOptions(args.record_what, args.quality, hud=not args.no_hud)
    return Outputs(args.record, args.detections, args.stats, recording)


def _cores(text: str) -> tuple[int, ...]:
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isascii() and part.isdigit() for part in parts):
        raise ConfigError(f"--cores is {text!r}: give core numbers such as 0,1,2")
    return tuple(int(part) for part in parts)


def _classes(text: str) -> frozenset[int | str]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts:
        raise ConfigError("--classes is empty: give names or numbers such as person,car or 0,2")
    return frozenset(int(part) if part.isascii() and part.isdigit() else part for part in parts)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=as_called(),
        description="Real-time video object detection on Rockchip NPUs and on a PC.",
        epilog=f"`{as_called()} SOURCE` is short for `{as_called()} view SOURCE`.",
    )
    parser.add_argument("--version", action="version", version=f"rkvideo {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _fill_view(commands.add_parser("view", help="show a source in the window"))
    _fill_run(commands.add_parser("run", help="the same without a window"))
    _fill_bench(commands.add_parser("bench", help="models and sizes side by side, measured"))
    _fill_models(commands.add_parser("models", help="what models there are, and getting more"))
    convert.fill_parser(commands.add_parser("convert", help="an ONNX model to .rknn files"))
    doctor.fill_parser(commands.add_parser("doctor", help="what works here, and the repair"))
    service.fill_parser(commands.add_parser("service", help="a kiosk that starts with the board"))
    return parser


def _fill_view(view: argparse.ArgumentParser) -> None:
    view.add_argument(
        "source", nargs="?", default="demo", help=f"{_SOURCE_HELP} (default: the last one, or demo)"
    )
    _add_common(view)
    view.add_argument("--fullscreen", action="store_true", help="start in full screen")
    view.add_argument(
        "--kiosk", action="store_true", help="only the picture, for ever; Ctrl+Q leaves"
    )
    view.add_argument("--source-file", type=Path, metavar="FILE", help="SOURCE is in this file")
    view.add_argument(
        "--lang", choices=LANGUAGES, default="auto", help="of the window (auto: the system's)"
    )
    view.add_argument(
        "--reset", action="store_true", help="forget what the window remembers of its last life"
    )
    view.set_defaults(frames=None, retry=True, detections=None, stats=None)


def _fill_run(run: argparse.ArgumentParser) -> None:
    run.add_argument("source", help=_SOURCE_HELP)
    _add_common(run)
    run.add_argument("--frames", type=int, metavar="N", help="end after N frames")
    run.add_argument(
        "--detections", type=Path, metavar="OUT.jsonl", help="write the boxes, a line a frame"
    )
    run.add_argument("--stats", type=Path, metavar="OUT.json", help="write what was measured")
    run.add_argument(
        "--retry", action="store_true", help="keep trying a stream that cannot be opened"
    )
    run.set_defaults(kiosk=False, source_file=None)


def _fill_bench(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", nargs="?", default="demo", help=f"{_SOURCE_HELP} (default: demo)")
    bench.fill_parser(parser)
    _add_run_options(parser)
    parser.set_defaults(kiosk=False, source_file=None)


def _add_common(parser: argparse.ArgumentParser) -> None:
    _add_run_options(parser)
    parser.add_argument(
        "--record", type=Path, metavar="PATH", help="record an annotated .mp4 or .mkv"
    )
    parser.add_argument(
        "--record-what",
        choices=("annotated", "raw", "both"),
        default="annotated",
        help="with boxes, without them, or both (the raw file is called ...-raw.mp4)",
    )
    parser.add_argument(
        "--quality", choices=("low", "medium", "high"), default="medium", help="of a recording"
    )
    parser.add_argument("--no-hud", action="store_true", help="record boxes without the figures")


def _add_run_options(parser: argparse.ArgumentParser) -> None:
    _add_model_options(parser)
    _add_box_options(parser)
    _add_source_options(parser)
    _add_simulation_options(parser)
    parser.add_argument("-v", "--verbose", action="store_true", help="tell more on the terminal")


def _add_model_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("model")
    group.add_argument(
        "--model", default="yolo11n", metavar="NAME[@SIZE]|PATH", help="default: yolo11n"
    )
    group.add_argument("--labels", type=Path, metavar="FILE", help="class names, one a line")
    group.add_argument("--backend", choices=BACKENDS, default="auto")
    group.add_argument("--workers", type=int, metavar="N", help="worker threads")
    group.add_argument("--cores", metavar="0,1,2", help="NPU cores to use")
    group.add_argument(
        "--pin-npu-clock", action="store_true", help="hold the NPU's highest clock; needs root"
    )


def _add_box_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("boxes")
    group.add_argument("--conf", type=float, default=0.25, help="confidence, 0 to 1")
    group.add_argument("--iou", type=float, default=0.45, help="IoU threshold of the NMS, 0 to 1")
    group.add_argument("--classes", metavar="person,car", help="only these classes")
    group.add_argument("--max-detections", type=int, default=300, metavar="N")
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
    group.add_argument("--camera-size", metavar="WIDTHxHEIGHT", help="of a /dev/videoN")
    group.add_argument("--camera-format", metavar="NAME", help="pixel format, such as mjpeg")
    group.add_argument("--camera-rate", type=float, metavar="FPS")


def _add_simulation_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("simulated NPU (--backend simulated)")
    group.add_argument("--npu-cores", type=int, default=3, metavar="N")
    group.add_argument("--npu-latency-ms", type=float, default=13.6, metavar="MS")
    group.add_argument("--npu-jitter-ms", type=float, default=0.0, metavar="MS")
    group.add_argument("--npu-fault", default="", metavar="KIND:FRAME", help=argparse.SUPPRESS)


def _fill_models(models: argparse.ArgumentParser) -> None:
    actions = models.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("list", help="the models that are here or can be fetched")
    info = actions.add_parser("info", help="what a model file is")
    info.add_argument("model", metavar="NAME[@SIZE]|PATH")
    fetch = actions.add_parser("fetch", help="download models, or the demo clip")
    fetch.add_argument("names", nargs="*", metavar="NAME")
    fetch.add_argument("--all", action="store_true", help="everything in models.toml")
    models.set_defaults(verbose=False)
