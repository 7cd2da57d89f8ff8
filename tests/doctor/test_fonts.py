"""`doctor` on a machine that speaks Chinese."""

from __future__ import annotations

from pathlib import Path

import pytest

from rkvideo.doctor.command import examine
from rkvideo.doctor.fonts import PACKAGE, speaks_chinese
from tests.helpers.board_samples import board, make_board
from tests.helpers.paths import ROOT

CHINESE = {"WAYLAND_DISPLAY": "wayland-0", "LANG": "zh_CN.UTF-8"}


def qt_answer(root: Path, environment: dict[str, str]) -> tuple[str, str, str]:
    checks = examine(board(root, environment=environment), "demo", "yolo11n")
    (check,) = (each for each in checks if each.name == "qt")
    return check.finding.state.value, check.finding.detail, check.finding.repair


def test_a_font_is_asked_for_where_it_is_needed(tmp_path: Path) -> None:
    root = make_board(tmp_path / "board")
    assert qt_answer(root, CHINESE) == (
        "warning",
        "the window's language is Chinese, and no font for it was found",
        "sudo apt-get install -y fonts-wqy-microhei",
    )
    assert qt_answer(root, {**CHINESE, "LANG": "en_GB.UTF-8"})[0] == "ok"


@pytest.mark.parametrize(
    ("file", "state"),
    [
        ("usr/share/fonts/truetype/wqy/wqy-microhei.ttc", "ok"),
        ("usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", "ok"),
        ("usr/local/share/fonts/MSYH.TTC", "ok"),
        ("usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", "warning"),
        ("usr/share/fonts/cjk.conf", "warning"),
    ],
)
def test_a_chinese_font_is_known_by_its_name(file: str, state: str, tmp_path: Path) -> None:
    root = make_board(tmp_path / "board")
    path = root / file
    path.parent.mkdir(parents=True)
    path.touch()
    assert qt_answer(root, CHINESE)[0] == state


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"LANG": "zh_CN.UTF-8"}, True),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_US.UTF-8"}, False),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "zh_CN.UTF-8"}, True),
        ({"LANG": "en_US.UTF-8", "LANGUAGE": "zh_CN:en"}, True),
        ({"LANG": "zh_CN.UTF-8", "LANGUAGE": "en"}, False),
        ({"LC_ALL": "C.UTF-8", "LANG": "zh_CN.UTF-8"}, False),
        ({"LC_ALL": "C.UTF-8", "LANGUAGE": "zh_CN"}, True),
        ({}, False),
    ],
)
def test_the_language_of_the_system(environment: dict[str, str], expected: bool) -> None:
    assert speaks_chinese(environment) is expected


def test_setup_installs_that_font() -> None:
    setup = (ROOT / "setup.sh").read_text()
    assert PACKAGE in setup.split()
