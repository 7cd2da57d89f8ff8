"""Who paints in the window: the GPU where it has proven itself, else the CPU."""

from __future__ import annotations

from rkvideo.doctor.check import Finding, note, ok, warning
from rkvideo.doctor.chosen import Chosen
from rkvideo.doctor.system import System
from rkvideo.files.untrusted import one_line
from rkvideo.machine.called import as_called
from rkvideo.machine.display import bare_trouble, missing_display
from rkvideo.machine.trials import NoAnswerError


def check_painting(system: System, _chosen: Chosen) -> Finding:
    """The driver of the GPU, and whether it scales and colours pictures here."""
    if not system.has_pyqt5:
        return note("PyQt5 is not installed: nothing paints")
    no_desktop = missing_display(system.environment)
    if no_desktop is not None:
        named = system.environment.get("DISPLAY")
        why = no_desktop if named else bare_trouble(system.root, may=system.may_use)
        if why is not None:
            return note(f"the GPU was not tried: {why}")
    try:
        answer = system.ask_painter()
    except NoAnswerError as error:
        if no_desktop is not None:
            # Such as from afar, while a desktop has the screen for itself.
            return note(f"the GPU was not tried: Qt cannot draw to the screen from here ({error})")
        return warning(
            f"the trial of the GPU gave no answer: {error}", f"{as_called()} --paint raster"
        )
    said = (answer.vendor, answer.renderer, answer.version, f"by {answer.platform}")
    driver = one_line(", ".join(filter(None, said)))
    if answer.by_gpu:
        return ok(f"the GPU, within {answer.levels} levels of the CPU: {driver}")
    return note(f"the CPU: {one_line(answer.reason)} ({driver})")
