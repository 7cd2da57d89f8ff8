"""The screen stays lit for the time of a run, and what was before comes back."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from rkvideo.machine.blanking import (
    CONSOLE_BLANK,
    XBlanking,
    console_kept_lit,
    parse_xset,
    run_xset,
    screen_kept_lit,
    x11_kept_lit,
)
from tests.helpers.x_server import x_server

# Printed by xset 1.2.5, in the parts that count.
WITH_DPMS = """\
Screen Saver:
  prefer blanking:  yes    allow exposures:  yes
  timeout:  300    cycle:  600
DPMS (Display Power Management Signaling):
  Standby: 600    Suspend: 600    Off: 600
  DPMS is Enabled
  Monitor is On
"""
WITHOUT_DPMS = """\
Screen Saver:
  prefer blanking:  yes    allow exposures:  yes
  timeout:  0    cycle:  600
DPMS (Energy Star):
  Server does not have the DPMS Extension
"""


class PlayedXset:
    """Answers as xset does and remembers the commands."""

    def __init__(self, told: str = WITH_DPMS, error: Exception | None = None) -> None:
        self.told = told
        self.error = error
        self.commands: list[str] = []

    def __call__(self, command: Sequence[str]) -> str:
        self.commands.append(" ".join(command))
        if self.error is not None:
            raise self.error
        return self.told


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (WITH_DPMS, XBlanking(300, 600, True)),
        (WITH_DPMS.replace("Enabled", "Disabled"), XBlanking(300, 600, False)),
        (WITHOUT_DPMS, XBlanking(0, 600, None)),
        ("", None),
    ],
)
def test_parse_xset(told: str, expected: XBlanking | None) -> None:
    assert parse_xset(told) == expected


def test_both_ways_of_blanking_are_switched_off_and_on_again() -> None:
    xset = PlayedXset()
    with x11_kept_lit(xset):
        assert xset.commands == ["xset q", "xset s off s reset -dpms"]
    assert xset.commands[2:] == ["xset s 300 600 +dpms"]


@pytest.mark.parametrize(
    ("told", "off", "restored"),
    [
        (WITH_DPMS.replace("Enabled", "Disabled"), "s off s reset -dpms", "s 300 600"),
        (WITHOUT_DPMS, "s off s reset", "s 0 600"),
    ],
)
def test_what_was_off_stays_off(told: str, off: str, restored: str) -> None:
    xset = PlayedXset(told)
    with x11_kept_lit(xset):
        pass
    assert xset.commands == ["xset q", f"xset {off}", f"xset {restored}"]


def test_an_error_inside_puts_the_blanking_back() -> None:
    xset = PlayedXset()
    with pytest.raises(ZeroDivisionError), x11_kept_lit(xset):
        raise ZeroDivisionError
    assert xset.commands[-1] == "xset s 300 600 +dpms"


@pytest.mark.parametrize(
    ("told", "error", "line"),
    [
        ("", FileNotFoundError(), "no xset here: sudo apt-get install x11-xserver-utils"),
        ("", subprocess.TimeoutExpired("xset", 2), "timed out after 2 seconds"),
        (
            "",
            subprocess.CalledProcessError(1, "xset", stderr="xset:  unable to open display\n"),
            "xset: unable to open display",
        ),
        ("no words of xset", None, "`xset q` does not tell how it is set"),
    ],
)
def test_what_cannot_be_done_is_one_line_in_the_log(
    told: str, error: Exception | None, line: str, caplog: pytest.LogCaptureFixture
) -> None:
    xset = PlayedXset(told, error)
    with x11_kept_lit(xset):
        pass
    assert xset.commands == ["xset q"]
    (message,) = caplog.messages
    assert message.startswith("the screen may blank: ")
    assert line in message


@pytest.fixture
def display() -> Iterator[str]:
    """That of a real X server."""
    with x_server("320x200") as display:
        yield display


@pytest.mark.system
def test_a_real_x_server(display: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", display)
    run_xset(("xset", "s", "77", "88"))
    with screen_kept_lit({"DISPLAY": display}):
        within = parse_xset(run_xset(("xset", "q")))
    after = parse_xset(run_xset(("xset", "q")))
    assert within is not None
    assert after is not None
    assert within.timeout_s == 0
    assert (after.timeout_s, after.cycle_s) == (77, 88)


def test_without_xset_the_run_goes_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert shutil.which("xset") is None
    with screen_kept_lit({"DISPLAY": ":0"}):
        pass
    assert len(caplog.messages) == 1


@pytest.fixture
def console(tmp_path: Path) -> Path:
    """A root with a kernel that blanks after ten minutes, and files in place of its consoles."""
    parameter = tmp_path / CONSOLE_BLANK.lstrip("/")
    parameter.parent.mkdir(parents=True)
    parameter.write_text("600\n")
    (tmp_path / "dev").mkdir()
    for name in ("tty0", "tty1"):
        (tmp_path / "dev" / name).touch()
    return tmp_path


def written(root: Path, name: str) -> str:
    return (root / "dev" / name).read_text()


def test_a_console_is_not_blanked(console: Path) -> None:
    with console_kept_lit("/dev/tty1", console):
        assert written(console, "tty1") == "\033[9;0]\033[14;0]"
        # A file is written from its start each time, a console is not.
        (console / "dev/tty1").write_text("")
    assert written(console, "tty1") == "\033[9;10]\033[14;0]"


@pytest.mark.parametrize(
    ("terminal", "used"), [("/dev/tty1", "tty1"), ("/dev/pts/3", "tty0"), ("/dev/ttyS2", "tty0")]
)
def test_the_own_console_is_used_else_the_active_one(
    console: Path, terminal: str, used: str
) -> None:
    other = {"tty0": "tty1", "tty1": "tty0"}[used]
    with screen_kept_lit({}, terminal, console):
        assert written(console, used).startswith("\033[9;0]")
        assert written(console, other) == ""


def test_a_console_of_somebody_else_is_one_line(
    console: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (console / "dev/tty0").unlink()
    with screen_kept_lit({}, "/dev/pts/3", console):
        pass
    assert caplog.messages == [
        "the screen may blank: /dev/tty0 cannot be written (No such file or directory)"
    ]


def test_a_wayland_screen_is_left_to_its_compositor(console: Path) -> None:
    with screen_kept_lit({"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}, "/dev/tty1", console):
        assert written(console, "tty1") == ""
