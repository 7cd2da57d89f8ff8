"""The machine of these tests, on which rkvideo was installed for the user kim."""

from __future__ import annotations

import shlex
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.booted.machine import Machine, booted

if TYPE_CHECKING:
    from collections.abc import Iterator

_INSTALL = Path(__file__).with_name("install.sh")


@pytest.fixture(scope="session")
def machine() -> Iterator[Machine]:
    python = Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}"
    words = (str(_INSTALL), str(python), sysconfig.get_path("purelib"))
    # A path of no more than a socket's name may have.
    with tempfile.TemporaryDirectory(prefix="rkvideo-") as folder, booted(Path(folder)) as one:
        one.type(shlex.join(words))
        yield one
