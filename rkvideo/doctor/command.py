"""`doctor`: runs every check and tells the answers, for people or as JSON."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from typing import TypeAlias

from rich.console import Console
from rich.text import Text

from rkvideo.doctor.board import (
    check_chip,
    check_container,
    check_driver,
    check_library,
    check_npu_devices,
    check_wheel,
)
from rkvideo.doctor.check import Check, Finding, State
from rkvideo.doctor.chosen import Chosen, check_model, check_source, check_weights, choose
from rkvideo.doctor.figures import (
    check_cpu_cores,
    check_ddr_clock,
    check_load,
    check_npu_clock,
    check_temperature,
    check_units,
)
from rkvideo.doctor.host import (
    check_cameras,
    check_decoders,
    check_disk,
    check_display,
    check_encoders,
    check_onnx,
    check_opencv,
    check_place,
    check_pyav,
    check_python,
    check_qt,
    check_video_devices,
)
from rkvideo.doctor.npu import check_npu_way
from rkvideo.doctor.painting import check_painting
from rkvideo.doctor.pictures import check_picture_way, check_rga
from rkvideo.doctor.system import System, this_system

READY, NOT_READY = 0, 1

_CheckFunction: TypeAlias = Callable[[System, Chosen], Finding]

_BOARD_CHECKS: dict[str, _CheckFunction] = {
    "npu driver": check_driver,
    "npu devices": check_npu_devices,
    "runtime library": check_library,
    "rknn-toolkit-lite2": check_wheel,
    "npu way": check_npu_way,
    "npu load": check_load,
    "npu clock": check_npu_clock,
    "ddr clock": check_ddr_clock,
    "cpu cores": check_cpu_cores,
    "temperature": check_temperature,
    "units": check_units,
    "rga": check_rga,
}
_CHECKS: dict[str, _CheckFunction] = {
    "source": check_source,
    "model": check_model,
    "weights": check_weights,
    "chip": check_chip,
    "container": check_container,
    **_BOARD_CHECKS,
    "python": check_python,
    "onnx runtime": check_onnx,
    "pyav": check_pyav,
    "decoders": check_decoders,
    "encoders": check_encoders,
    "picture way": check_picture_way,
    "video devices": check_video_devices,
    "cameras": check_cameras,
    "opencv": check_opencv,
    "qt": check_qt,
    "display": check_display,
    "painting": check_painting,
    "disk": check_disk,
}
_STYLES = {
    State.OK: "green",
    State.NOTE: "cyan",
    State.WARNING: "yellow",
    State.MISSING: "bold red",
}


def run(args: argparse.Namespace, console: Console, system: System | None = None) -> int:
    """Tell what `args.source` and `args.model` find on this machine, or on `system`.

    Gives 1 where something that they need is missing, else 0. Raises ConfigError for a source or
    a size that can be none.
    """
    checks = examine(system or this_system(), args.source, args.model)
    if args.json:
        console.out(as_json(checks), highlight=False)
    else:
        print_checks(checks, console)
    return NOT_READY if any(check.finding.state is State.MISSING for check in checks) else READY


def examine(system: System, source: str, model: str) -> tuple[Check, ...]:
    """The answers of every check, in the order in which they are told, and every place.

    Where `chip` says that this is no board, the checks of what RKNNLite needs are left out.
    """
    chosen = choose(system, source, model)
    left_out = _BOARD_CHECKS.keys() if system.soc is None else frozenset[str]()
    checks = (
        Check(name, check(system, chosen))
        for name, check in _CHECKS.items()
        if name not in left_out
    )
    return (*checks, *(Check(place.name, check_place(place)) for place in system.places))


def as_json(checks: Sequence[Check]) -> str:
    """A list of `{check, state, detail, repair}`."""
    rows = [
        {
            "check": check.name,
            "state": check.finding.state.value,
            "detail": check.finding.detail,
            "repair": check.finding.repair,
        }
        for check in checks
    ]
    return json.dumps(rows, indent=2, ensure_ascii=False)


def print_checks(checks: Sequence[Check], console: Console) -> None:
    """A line for each check: state, name, what was found, what repairs it."""
    for check in checks:
        console.print(_line(check), soft_wrap=True)


def _line(check: Check) -> Text:
    finding = check.finding
    line = Text()
    line.append(f"{finding.state.value:<8}", _STYLES[finding.state])
    line.append(f"{check.name:<19}", "bold")
    line.append(finding.detail)
    if finding.repair:
        line.append(f"  repair: {finding.repair}", "dim" if finding.state is State.NOTE else "")
    return line
