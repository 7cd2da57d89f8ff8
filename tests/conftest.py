"""The windows of the tests need no screen and no login session."""

from __future__ import annotations

import os
import tempfile

import pytest

pytest_plugins = ["tests.helpers.aside", "tests.helpers.command_line"]


def pytest_configure(config: pytest.Config) -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    # Hints of the program are those of a checkout, whoever starts the tests.
    os.environ["RKVIDEO_PROG"] = "./run.sh"
    if "XDG_RUNTIME_DIR" not in os.environ:
        # Qt warns where it is missing, and a warning of Qt fails a test.
        folder = tempfile.TemporaryDirectory()
        config.add_cleanup(folder.cleanup)
        os.environ["XDG_RUNTIME_DIR"] = folder.name
