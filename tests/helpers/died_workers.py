"""A run of the tests in which a worker process died has another exit code than one that failed."""

from __future__ import annotations

import pytest

_HAS_DIED = pytest.StashKey[bool]()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object, error: object) -> None:
    """Of pytest-xdist: a worker has ended; `error` is None where it was meant to."""
    config = getattr(node, "config", None)
    if error is not None and isinstance(config, pytest.Config):
        config.stash[_HAS_DIED] = True


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """What that worker had before it, nobody has run."""
    if session.config.stash.get(_HAS_DIED, False):
        session.exitstatus = pytest.ExitCode.INTERRUPTED
