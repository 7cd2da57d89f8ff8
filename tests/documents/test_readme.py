"""What the README promises a user, against the program."""

from __future__ import annotations

import re
import shlex

import pytest

from rkvideo.cli.arguments import config_of, parse
from tests.helpers.paths import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_picture_is_there_and_shown() -> None:
    names = {path.name for path in (ROOT / "docs/pictures").iterdir()}
    in_readme = set(re.findall(r"\(docs/pictures/([\w-]+\.png)\)", README))
    of_window = {"window.png", "compare.png", "ab.png", "kiosk.png"}
    assert in_readme == of_window | {"report.png", "report-dark.png"}
    text = (ROOT / "docs/window.md").read_text(encoding="utf-8")
    elsewhere = set(re.findall(r"\(pictures/([\w-]+\.(?:png|jpg))\)", text))
    assert len(elsewhere) >= 11
    assert names == in_readme | elsewhere


def commands_of(text: str) -> list[str]:
    """What is typed after `./run.sh` or `rkvideo`, in blocks and in running text."""
    blocks = "\n".join(re.findall(r"```sh\n(.*?)```", text, re.DOTALL))
    lines = re.findall(r"^(?:sudo )?(?:\./run\.sh|rkvideo)\b *(.*)$", blocks, re.MULTILINE)
    inline = re.findall(r"`(?:sudo )?(?:\./run\.sh|rkvideo) ([^`]+)`", text)
    return [line.partition(" #")[0].partition(" > ")[0].strip() for line in (*lines, *inline)]


COMMANDS = {
    (document, command)
    for document in (
        *("README.md", "docs/board.md", "docs/boards.md", "docs/convert.md", "docs/eval.md"),
        "models/README.md",
    )
    for command in commands_of((ROOT / document).read_text(encoding="utf-8"))
    # Words that stand for something, such as `doctor ...`, are no command.
    if "..." not in command and "|" not in command
}


@pytest.mark.parametrize(("document", "command"), sorted(COMMANDS))
def test_every_command_is_right_usage(
    document: str, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        parse(shlex.split(command))
    except SystemExit as ended:
        assert ended.code == 0, capsys.readouterr().err  # noqa: PT017  # help ends so too


@pytest.mark.parametrize("command", ["view", "run", "bench"])
def test_each_command_that_plays_asks_for_a_run(command: str) -> None:
    config = config_of(parse([command, "demo", "--conf", "0.5"]))
    assert (config.source, config.filter.confidence) == ("demo", 0.5)


def test_the_readme_has_its_commands() -> None:
    named = {command.split()[0] for document, command in COMMANDS if command}
    assert {"run", "bench", "models", "convert", "doctor", "desktop", "completion"} <= named
    assert len(COMMANDS) > 30


def test_the_first_screen_tells_board_from_pc() -> None:
    first = README.partition("## Watch")[0].partition("## Start")[2]
    (step,) = re.findall(r"^\| 2 \|(.*)\|$", first, re.MULTILINE)
    assert "on the PC: `./run.sh convert yolo11n" in step
    assert "issue" in first
