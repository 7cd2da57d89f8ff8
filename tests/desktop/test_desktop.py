"""`desktop install` and `remove` in a home of their own."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import stat
import subprocess
from pathlib import Path

import pytest
from PyQt5.QtCore import QBuffer, QByteArray
from PyQt5.QtGui import QImage, QImageReader
from PyQt5.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from rkvideo.cli.main import main
from rkvideo.desktop.entry import entry_text
from rkvideo.desktop.icon import icon_bytes
from rkvideo.ui.look.icons import set_icon
from tests.helpers.paths import ROOT

FILES = {
    "applications/rkvideo.desktop",
    "icons/hicolor/scalable/apps/rkvideo.svg",
    "icons/hicolor/256x256/apps/rkvideo.png",
}


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    # No tool of this machine has a say.
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return tmp_path / "data"


def files_below(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def settings(text: str) -> dict[str, str]:
    parser = configparser.RawConfigParser(strict=True)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(text)
    assert parser.sections() == ["Desktop Entry"]
    return dict(parser["Desktop Entry"])


def words_of_exec(value: str) -> list[str]:
    """As a desktop reads them: first the value's backslashes, then the quotes, then the codes."""
    unescaped = value.replace("\\\\", "\\")
    found = re.findall(r'"((?:[^"\\]|\\.)*)"|(\S+)', unescaped)
    words = [re.sub(r"\\(.)", r"\1", quoted) or plain for quoted, plain in found]
    return [word.replace("%%", "%") for word in words]


def test_install_writes_an_entry_that_starts_this_program(data: Path) -> None:
    assert main(["desktop", "install"]) == 0
    assert files_below(data) == FILES
    entry = settings((data / "applications/rkvideo.desktop").read_text(encoding="utf-8"))
    assert words_of_exec(entry["Exec"]) == [f"{ROOT}/run.sh", "view", "%f"]
    assert entry["TryExec"] == f"{ROOT}/run.sh"
    assert os.access(entry["TryExec"], os.X_OK)
    assert entry["Icon"] == "rkvideo"
    assert "video/mp4" in entry["MimeType"].split(";")


def test_a_second_install_is_as_good_as_the_first(data: Path) -> None:
    main(["desktop", "install"])
    (data / "applications/rkvideo.desktop").write_text("of a checkout that has moved")
    assert main(["desktop", "install"]) == 0
    assert files_below(data) == FILES
    assert "Exec=" in (data / "applications/rkvideo.desktop").read_text(encoding="utf-8")


def test_remove_leaves_nothing_and_says_so(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["desktop", "install"])
    assert main(["desktop", "remove"]) == 0
    assert files_below(data) == set()
    capsys.readouterr()
    assert main(["desktop", "remove"]) == 0
    assert capsys.readouterr().err == "there is no menu entry of rkvideo here\n"


def test_a_home_that_cannot_be_written_is_told(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data.write_text("no folder")
    assert main(["desktop", "install"]) == 2
    told = capsys.readouterr().err
    assert re.fullmatch(
        r"error: desktop install: \S+ cannot be written \(Not a directory\)\n", told
    )


@pytest.mark.parametrize(
    ("script", "told"), [("exit 0", ""), ("echo broken cache >&2; exit 1", "broken cache")]
)
def test_the_index_of_videos_is_made_anew(
    script: str, told: str, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tool = data.parent / "bin/update-desktop-database"
    tool.parent.mkdir()
    tool.write_text(f'#!/bin/sh\necho "$1" > "{data.parent}/asked"\n{script}\n')
    tool.chmod(tool.stat().st_mode | stat.S_IXUSR)
    assert main(["desktop", "install"]) == 0
    assert (data.parent / "asked").read_text() == f"{data}/applications\n"
    notes = [line for line in capsys.readouterr().err.splitlines() if line.startswith("note")]
    assert notes == ([f"note: update-desktop-database: {told}"] if told else [])


@pytest.mark.parametrize(
    "program",
    [("/opt/rk video/run.sh",), ('/a "b" $c `d` 100%\\e/run.sh',), ("/usr/bin/python3", "-m", "m")],
)
def test_any_path_is_read_as_it_is(program: tuple[str, ...]) -> None:
    entry = settings(entry_text(program))
    assert words_of_exec(entry["Exec"]) == [*program, "view", "%f"]
    assert entry["TryExec"].replace("\\\\", "\\") == program[0]


@pytest.mark.skipif(
    shutil.which("desktop-file-validate") is None, reason="desktop-file-utils is not installed"
)
def test_the_desktop_finds_nothing_wrong(tmp_path: Path) -> None:
    path = tmp_path / "rkvideo.desktop"
    path.write_text(entry_text(("/opt/rk video/run.sh",)), encoding="utf-8")
    done = subprocess.run(
        ["desktop-file-validate", str(path)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_the_png_is_the_svg_painted(qtbot: QtBot) -> None:
    png = QImage.fromData(icon_bytes("png"))
    buffer = QBuffer()
    buffer.setData(QByteArray(icon_bytes("svg")))
    svg = QImageReader(buffer, b"svg").read().convertToFormat(png.format())
    assert (svg.width(), svg.height()) == (png.width(), png.height()) == (256, 256)
    for x, y in ((0, 0), (128, 20), (128, 132), (52, 90), (78, 50)):
        assert svg.pixelColor(x, y).getRgb() == png.pixelColor(x, y).getRgb()


def test_the_window_has_the_icon(qtbot: QtBot, qapp: QApplication) -> None:
    set_icon(qapp)
    shown = qapp.windowIcon().pixmap(256, 256).toImage()
    assert shown.pixelColor(128, 132).getRgb() == (0xF2, 0xF5, 0xF7, 255)
    assert qapp.desktopFileName() == "rkvideo"
