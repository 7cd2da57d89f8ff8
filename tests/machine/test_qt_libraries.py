"""What the window needs of the system, looked for in folders of the tests' own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import PyQt5
import pytest

from rkvideo.machine import qt_libraries
from rkvideo.machine.qt_libraries import (
    QT_LIBRARIES,
    XCB_LIBRARIES,
    can_load,
    missing_qt_packages,
    qt_trouble,
)
from tests.helpers.start_desk import qt_packages


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "usr/lib/x86_64-linux-gnu"
    folder.mkdir(parents=True)
    for file in (*QT_LIBRARIES, *XCB_LIBRARIES):
        (folder / file).touch()
    return tmp_path


def remove(root: Path, *files: str) -> None:
    for file in files:
        (root / "usr/lib/x86_64-linux-gnu" / file).unlink()


def test_setup_installs_every_package_that_is_looked_for() -> None:
    assert {*QT_LIBRARIES.values(), *XCB_LIBRARIES.values()} <= set(qt_packages())


def test_nothing_is_missing(root: Path) -> None:
    assert missing_qt_packages({}, root) == ()


def test_each_package_is_named_once(root: Path) -> None:
    remove(root, "libglib-2.0.so.0", "libgthread-2.0.so.0", "libxcb-icccm.so.4")
    assert missing_qt_packages({}, root) == ("libglib2.0-0", "libxcb-icccm4")


@pytest.mark.parametrize(
    ("platform", "missing"),
    [
        ("xcb", ("libegl1", "libxcb1")),
        ("offscreen", ("libegl1",)),
        ("eglfs", ("libegl1",)),
        ("linuxfb:fb=/dev/fb1", ("libegl1",)),
    ],
)
def test_another_platform_than_x11_needs_less(
    root: Path, platform: str, missing: tuple[str, ...]
) -> None:
    remove(root, "libEGL.so.1", "libxcb.so.1")
    assert missing_qt_packages({"QT_QPA_PLATFORM": platform}, root) == missing


def test_the_loader_knows_other_folders(tmp_path: Path) -> None:
    assert missing_qt_packages({}, tmp_path, lambda file: file != "libGL.so.1") == ("libgl1",)
    assert can_load("libc.so.6")
    assert not can_load("libnosuch.so.1")


def test_there_is_a_trouble_where_qt_cannot_be_loaded_here_and_none_where_it_can() -> None:
    # Not on a board: its PyQt5 is the distribution's.
    (plugin,) = Path(PyQt5.__file__).parent.glob("Qt5/plugins/platforms/libqxcb.so")
    loading = (sys.executable, "-c", f"import ctypes; ctypes.CDLL({str(plugin)!r})")
    can_be_loaded = subprocess.run(loading, capture_output=True, check=False).returncode == 0
    assert (qt_trouble({}) is None) == can_be_loaded


def test_the_trouble_names_the_line_that_repairs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    lacking = ("libegl1", "libxcb1")
    monkeypatch.setattr(qt_libraries, "missing_qt_packages", lambda *_: lacking)
    assert qt_trouble({}) == (
        "Qt lacks libraries of the system: sudo apt-get install -y libegl1 libxcb1"
    )
    monkeypatch.setenv("PATH", "")
    assert qt_trouble({}) == "Qt lacks libraries: install the like of libegl1 libxcb1"
