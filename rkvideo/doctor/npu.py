"""Which way a model takes to the NPU, found out by opening it once."""

from __future__ import annotations

from rkvideo.doctor.check import Finding, missing, note, ok
from rkvideo.doctor.chosen import Chosen
from rkvideo.doctor.system import System
from rkvideo.errors import RkVideoError
from rkvideo.machine.called import as_called


def check_npu_way(system: System, chosen: Chosen) -> Finding:
    """Whether a context of the model opens, and which way it takes."""
    if chosen.spec is None or chosen.trouble is not None or not chosen.needs_npu:
        return ok("not tried: it is no .rknn file that this board runs")
    try:
        spec = system.open_model(chosen.spec)
    except RkVideoError as error:
        return missing(str(error), f"{as_called()} run ... --fast off -v tells more")
    if spec.note:
        return note(spec.note, f"{as_called()} run ... --fast off leaves the trial out")
    return ok(f"{spec.way}, tried with {chosen.model}")
