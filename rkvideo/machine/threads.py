"""Threads as the system gives them, or does not."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import TypeVar

from rkvideo.errors import ThreadError

T = TypeVar("T")


def started(executor: Executor, name: str, function: Callable[..., T], *args: object) -> Future[T]:
    """Submit the first function of an executor, which starts a thread for it.

    An executor keeps what its function raises; of a bare thread only a printed trace is left.
    Raises ThreadError where the system gives no thread, and the executor is then shut down.
    """
    try:
        return executor.submit(function, *args)
    except RuntimeError as error:
        executor.shutdown(wait=False, cancel_futures=True)
        raise ThreadError(
            f"no thread can be started for {name}: {error}: end other programs, or raise the "
            "limit of threads (ulimit -u, TasksMax of a service)"
        ) from error
