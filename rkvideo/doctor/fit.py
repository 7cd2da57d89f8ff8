"""What keeps one model file from running well on this machine, for `models info`."""

from __future__ import annotations

from rkvideo.backends.onnx_input import DEFAULT_STRIDE
from rkvideo.config import ModelSpec
from rkvideo.doctor.board import check_library
from rkvideo.doctor.check import Finding, State, missing, note, ok
from rkvideo.doctor.chosen import Chosen, check_model, choose
from rkvideo.doctor.system import System
from rkvideo.errors import ModelError
from rkvideo.machine.called import as_called
from rkvideo.models.recognise import head_of, spec_of
from rkvideo.sizes.words import size_text
from rkvideo.sources.names import DEMO

_NO_HEAD = (
    "export a detection model without its post-processing, or name the layout as `head` in a "
    "sidecar: models/README.md"
)


def misfits(system: System, model: str) -> tuple[Finding, ...]:
    """Every fault of the model that `model` names, as `--model` takes it; empty where it fits.

    Its chip, its toolkit against the runtime library, its size and its head are looked at; what
    else the machine lacks is for `doctor` to say. Raises ConfigError for a wrong size or sidecar.
    """
    chosen = choose(system, DEMO, model)
    findings = [check_machine(system, chosen)]
    if system.soc is not None and chosen.header is not None:
        findings.append(check_library(system, chosen))
    if chosen.spec is not None:
        findings.append(check_outputs(chosen.spec))
    return tuple(finding for finding in findings if finding.state is not State.OK)


def check_machine(system: System, chosen: Chosen) -> Finding:
    """Whether a .rknn file was made for this machine's chip; any other file as `doctor` does."""
    if chosen.header is None or chosen.spec is None:
        return check_model(system, chosen)
    targets = ", ".join(chosen.header.targets)
    if system.soc is None:
        return note(
            f"it runs on a board with {targets}, and this machine is none",
            "copy it and its .toml file into models/ there; here use its ONNX file, or "
            "--backend rknn-sim if it was converted here",
        )
    if not system.soc.runs(chosen.header.targets):
        return missing(
            f"it is made for {targets}, and this board has an {system.soc.name}",
            f"on a PC: {as_called()} convert {chosen.spec.name}.onnx --target {system.soc.name} "
            "--calibration FOLDER",
        )
    return check_model(system, chosen)


def check_outputs(model: ModelSpec) -> Finding:
    """Whether the input has a size that the strides divide, and a head decodes the outputs."""
    try:
        spec = spec_of(model)
        width, height = spec.input.width, spec.input.height
        stride = max(model.strides or (DEFAULT_STRIDE,))
        if width % stride or height % stride:
            return missing(*_wrong_size(width, height, stride))
        return ok(head_of(model, spec).layout)
    except ModelError:
        # What is wrong stands in the row of the head.
        return missing("no head decodes its outputs", _NO_HEAD)


def _wrong_size(width: int, height: int, stride: int) -> tuple[str, str]:
    above = size_text((-(-width // stride) * stride, -(-height // stride) * stride))
    return (
        f"its input is {width}x{height}, and the maps of stride {stride} do not divide that",
        f"convert it at sides that are multiples of {stride}, such as --sizes {above}",
    )
