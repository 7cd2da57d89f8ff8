"""A .rknn file that is opened once, to see whether and how it opens."""

from __future__ import annotations

import contextlib
import threading
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NoAnswer

from rkvideo.backends.base import BackendSpec
from rkvideo.backends.registry import NPU_OPEN_LIMIT_S, plan_backend
from rkvideo.config import AppConfig, ModelSpec
from rkvideo.errors import BackendUnavailableError, RkVideoError


def open_once(model: ModelSpec) -> BackendSpec:
    """What the first worker of a run would open; closed at once. Raises RkVideoError.

    It is opened in a thread of its own, because a runtime that hangs cannot be ended.
    """
    opened: Future[BackendSpec] = Future()

    def work() -> None:
        try:
            plan = plan_backend(AppConfig(""), model)
            with contextlib.closing(plan.open(0)) as backend:
                opened.set_result(backend.spec)
        except RkVideoError as error:
            opened.set_exception(error)

    threading.Thread(target=work, name="doctor-npu", daemon=True).start()
    try:
        return opened.result(NPU_OPEN_LIMIT_S)
    except NoAnswer as error:
        raise BackendUnavailableError(
            f"the NPU has not opened {model.path} for {NPU_OPEN_LIMIT_S:.0f} s: it hangs; "
            "reboot the board"
        ) from error
