"""A long measurement that runs at the side of the other tests, in a process of its own.

It is started before the first test where its test was chosen, and that test comes last.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.helpers.paths import ROOT

_MARKER = "aside"
_PROCESS = pytest.StashKey[subprocess.Popen[str]]()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", f"{_MARKER}(module): runs this module beside the others")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.get_closest_marker(_MARKER) is not None)


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop(session: pytest.Session) -> Iterator[None]:
    marker = session.items[-1].get_closest_marker(_MARKER) if session.items else None
    if marker is None or session.config.option.collectonly:
        return (yield)
    with subprocess.Popen(
        [sys.executable, "-m", *marker.args],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        session.config.stash[_PROCESS] = process
        try:
            return (yield)
        finally:
            process.kill()


@pytest.fixture
def aside(pytestconfig: pytest.Config) -> tuple[int, str]:
    """The exit code of the module that ran at the side, and what it wrote."""
    process = pytestconfig.stash[_PROCESS]
    written, _ = process.communicate()
    return process.returncode, written
