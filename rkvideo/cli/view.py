"""`view`: the window, or what takes its place where there is no screen."""

from __future__ import annotations

import argparse
import contextlib
import os
from dataclasses import replace
from typing import TYPE_CHECKING

from rich.console import Console

from rkvideo.cli.arguments import config_of, outputs_of
from rkvideo.cli.outputs import Outputs
from rkvideo.cli.recording import placed, recorders_of
from rkvideo.cli.run import run_with, sayer
from rkvideo.cli.window_services import WindowServices
from rkvideo.errors import ConfigError
from rkvideo.machine.affinity import split_cores
from rkvideo.machine.blanking import screen_kept_lit
from rkvideo.machine.called import as_called
from rkvideo.machine.display import bare_platform, bare_trouble, missing_display
from rkvideo.machine.qt_libraries import qt_trouble
from rkvideo.machine.watchdog import ServiceManager, watched
from rkvideo.report.comparison import ComparisonService
from rkvideo.sinks.clip import check_clip_path
from rkvideo.sinks.folders import clip_path, recordings_folder
from rkvideo.sources.address_book import public_name

if TYPE_CHECKING:
    from rkvideo.ui.contract.run import WindowOptions
    from rkvideo.ui.kept.state import StateFile, WindowState


def view(args: argparse.Namespace, console: Console) -> int:
    """Open the window, or record where there is no screen. Raises RkVideoError."""
    outputs = outputs_of(args)
    reason = missing_display(os.environ)
    # Only who asks for full screen means a screen without a desktop, such as a board's HDMI.
    means_bare = (args.fullscreen or args.kiosk) and not os.environ.get("DISPLAY")
    trouble = bare_trouble() if reason is not None and means_bare else None
    if reason is None or (means_bare and trouble is None):
        _check_window(args, outputs, reason)
        if reason is not None:
            console.print(
                f"{reason}: drawing straight to the screen ({bare_platform()}); if Qt ends the "
                "program now, another program has that screen, such as a desktop",
                soft_wrap=True,
                markup=False,
            )
        with screen_kept_lit(os.environ) if args.kiosk else contextlib.nullcontext():
            return _open_window(args, outputs, console)
    if trouble is not None:
        reason = f"{reason}, and {trouble}"
    return _record_instead(args, outputs, reason, console)


def _record_instead(
    args: argparse.Namespace, outputs: Outputs, reason: str | None, console: Console
) -> int:
    """Play without a window, into a clip; `reason` is why there is none. Raises RkVideoError."""
    if args.kiosk:
        raise ConfigError(f"--kiosk: {reason}: start it on a screen, or use the command `run`")
    folder = recordings_folder()
    outputs = replace(outputs, record=outputs.record or clip_path(folder))
    config = replace(config_of(args), retry_open=False)
    console.print(
        f"no window: {reason}; playing {public_name(config.source)} with {config.model} without "
        f"one, recorded to {outputs.record}; Ctrl-C ends it",
        soft_wrap=True,
        markup=False,
    )
    return run_with(config, outputs, console)


def _check_window(args: argparse.Namespace, outputs: Outputs, no_display: str | None) -> None:
    """Raises ConfigError where Qt would end the process, or for words that no window knows."""
    for option, value in (
        ("--frames", args.frames),
        ("--detections", outputs.detections),
        ("--stats", outputs.stats),
    ):
        if value is not None:
            raise ConfigError(f"{option} is for a run without a window: use `{as_called()} run`")
    environment = os.environ if no_display is None else {**os.environ, "QT_QPA_PLATFORM": "eglfs"}
    trouble = qt_trouble(environment)
    if trouble is not None:
        raise ConfigError(f"no window: {trouble}; `{as_called()} run` needs none")


def _open_window(args: argparse.Namespace, outputs: Outputs, console: Console) -> int:
    from rkvideo.ui.kept.state import StateFile, with_record_options, with_state

    try:
        from rkvideo.ui.window.app import run_window
    except ImportError as error:
        if (error.name or "").partition(".")[0] != "PyQt5":
            raise
        raise ConfigError(f"no window: PyQt5 cannot be imported ({error})") from error

    file = StateFile()
    if args.reset:
        file.forget()
        ComparisonService(config_of(args)).forget()
    state = with_record_options(file.load(), outputs.recording, args.named)
    config = with_state(config_of(args), state, args.named)
    state = replace(state, tracks=config.track)
    if "track" in args.named:
        state = replace(state, look=replace(state.look, trails=outputs.trails))
    outputs = placed(outputs, config.source)
    if outputs.record is not None and not outputs.to_folder and not args.kiosk:
        check_clip_path(outputs.record)
    options = _window_options(args, outputs, state, file)
    split = split_cores(config.affinity)
    if split is not None:
        split.place("window")
    manager = ServiceManager.of(os.environ, os.getpid())
    services = WindowServices(sayer(console), manager)
    with watched(manager, services.silent_s):
        return run_window(services, config, options)


def _window_options(
    args: argparse.Namespace, outputs: Outputs, state: WindowState, file: StateFile
) -> WindowOptions:
    from rkvideo.ui.contract.run import WindowOptions

    return WindowOptions(
        fullscreen=args.fullscreen,
        kiosk=args.kiosk,
        touch=args.touch,
        paint=args.paint if "paint" in args.named else state.paint,
        starts_with_page=state.start == "page" and not args.kiosk and "source" not in args.named,
        # In a kiosk nobody reads the terminal: the window stays and tries again.
        closes_on_refusal=not args.kiosk and bool({"source", "model"} & args.named),
        language=args.lang if "lang" in args.named else "",
        first_recorders=(
            None if outputs.record is None else lambda run, look: recorders_of(run, outputs, look)
        ),
        state=state,
        state_file=file,
    )
