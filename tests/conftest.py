"""The windows of the tests need no screen and no login session; no test leaves anything behind."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from collections.abc import Iterator

import pytest

from tests.helpers.guards import Belongings, ErrorLog, delete_windows

pytest_plugins = [
    "tests.helpers.command_line",
    "tests.helpers.died_workers",
    "tests.helpers.rga_fixture",
]


# Begun first in this order, so that the other worker does not wait for one of them at the end.
_LONG = ("tests/e2e/test_long_runs.py", "tests/package/", "tests/e2e/", "tests/fuzz/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def rank(item: pytest.Item) -> int:
        return next((n for n, at in enumerate(_LONG) if at in item.nodeid), len(_LONG))

    items.sort(key=rank)


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    if not pluginmanager.hasplugin("pytest-qt"):
        # Left out by ./test.sh --quick: it needs libraries of the system.
        for name in ("qt_api", "qt_log_level_fail", "qt_log_ignore"):
            parser.addini(name, "of pytest-qt, which is left out")


def pytest_configure(config: pytest.Config) -> None:
    # Who starts the tests in the background has it ignored, which every program here would inherit.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    # Hints of the program are those of a checkout, whoever starts the tests.
    os.environ["RKVIDEO_PROG"] = "./run.sh"
    if "XDG_RUNTIME_DIR" not in os.environ:
        # Qt warns where it is missing, and a warning of Qt fails a test.
        folder = tempfile.TemporaryDirectory()
        config.add_cleanup(folder.cleanup)
        os.environ["XDG_RUNTIME_DIR"] = folder.name


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    """Fails a test that leaves a thread, a child process or an open file behind."""
    before = Belongings.now()
    yield
    left = before.left_over()
    assert not left, f"left behind: {', '.join(left)}"


@pytest.fixture(autouse=True)
def no_window_outlives_its_test() -> Iterator[None]:
    """Deletes the windows of a test here and now.

    A widget is in circles with what it listens to, so that Python deletes it when it collects: in
    any thread, within any call of Qt. Where that call goes over all windows the process ends.
    """
    yield
    if "PyQt5.QtWidgets" in sys.modules:
        delete_windows()


@pytest.fixture(autouse=True)
def errors(request: pytest.FixtureRequest) -> Iterator[list[str]]:
    """What was logged at ERROR: fails a test that ends while there is something in it.

    Who expects an error asserts it and clears the list, or looks into the log with `caplog`.
    """
    with ErrorLog() as log:
        yield log.messages
    if "caplog" not in request.fixturenames:
        assert log.messages == []
