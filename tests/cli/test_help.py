"""The help: of every command and action, in 80 columns, and without loading the program."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator

import pytest

from rkvideo.cli.arguments import parse
from rkvideo.cli.commands import COMMANDS
from rkvideo.cli.words.help import takes_value
from rkvideo.cli.words.parser import commands_of, make_parser
from tests.helpers.paths import ROOT

HEAVY = ("PyQt5", "av", "cv2", "numpy", "onnx", "onnxruntime", "psutil", "rich", "shtab")
# The longest name under which the program is called by the book.
PROG = "./run.sh"

Parser = argparse.ArgumentParser


def parsers(parser: Parser, *words: str) -> Iterator[tuple[str, Parser]]:
    """Every command and every action of one, by the words that lead to it."""
    for name, command in commands_of(parser).items():
        yield " ".join((*words, name)), command
        yield from parsers(command, *words, name)


ALL = dict(parsers(make_parser(PROG)))
every_command = pytest.mark.parametrize("words", ALL)


@pytest.fixture(autouse=True)
def eighty_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def test_every_command_of_the_parser_can_be_run() -> None:
    assert set(commands_of(make_parser(PROG))) == set(COMMANDS)


@every_command
def test_help_fits_into_80_columns_with_a_description_and_an_example(words: str) -> None:
    text = ALL[words].format_help()
    assert [line for line in text.splitlines() if len(line) > 80] == []
    assert ALL[words].description
    assert f"\n  {PROG} {words}" in text.partition("\nexample")[2]


@every_command
def test_the_examples_are_right_usage(words: str) -> None:
    examples = ALL[words].format_help().partition("\nexample")[2].splitlines()[1:]
    assert examples
    for example in examples:
        args = parse(example.partition(" > ")[0].split()[1:])
        assert args.command == words.split()[0]


def options() -> Iterator[tuple[str, argparse.Action]]:
    for words, parser in ALL.items():
        for action in parser._actions:
            if action.help is not argparse.SUPPRESS and not isinstance(action.choices, dict):
                yield f"{words} {'/'.join(action.option_strings) or action.dest}", action


@pytest.mark.parametrize(("name", "action"), [pytest.param(*one, id=one[0]) for one in options()])
def test_every_option_says_what_it_is_and_its_default(name: str, action: argparse.Action) -> None:
    assert action.help
    may_be_left_out = not action.required and (action.option_strings or action.nargs in ("?", "*"))
    if not takes_value(action) or not may_be_left_out:
        return
    parser = ALL[name.rpartition(" ")[0]]
    text = " ".join(parser.format_help().split())
    shown = " ".join(parser._get_formatter()._expand_help(action).split())
    assert "default: " in shown
    assert shown in text
    if action.default is not None:
        value = f"{action.default:g}" if isinstance(action.default, float) else action.default
        assert f"default: {value}" in shown or action.dest == "source"


@pytest.mark.parametrize(
    ("words", "same"),
    [
        ([], ["--help"]),
        (["bench"], ["bench", "--help"]),
        (["models", "fetch"], ["models", "fetch", "-h"]),
    ],
)
def test_help_is_a_word(
    words: list[str], same: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    told = []
    for asked in (["help", *words], same):
        with pytest.raises(SystemExit) as ended:
            parse(asked)
        assert ended.value.code == 0
        told.append(capsys.readouterr().out)
    assert told[0] == told[1] != ""


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["nosuch"], "help: there is no 'nosuch': choose from view, run, bench, "),
        (["models", "nosuch"], "help: there is no 'nosuch': choose from list, info, fetch"),
        (["run", "x.mp4"], "help: there is no 'x.mp4': choose from help"),
    ],
)
def test_help_for_what_there_is_not(
    words: list[str], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        parse(["help", *words])
    assert ended.value.code == 2
    assert reason in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--help"], 0),
        (["--version"], 0),
        (["help", "bench"], 0),
        (["convert", "--help"], 0),
        (["run"], 2),
        (["run", "clip.mp4", "--backend", "nosuch"], 2),
        (["run", "clip.mp4", "--conf", "high"], 2),
        (["models", "nosuch"], 2),
    ],
)
def test_help_and_wrong_usage_load_nothing_heavy(words: list[str], code: int) -> None:
    probe = (
        "import json, sys\n"
        "from rkvideo.cli.main import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit as end: code = end.code\n"
        "loaded = {name.partition('.')[0] for name in sys.modules}\n"
        "print('\\n' + json.dumps([code or 0, sorted(loaded)]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", probe, *words], capture_output=True, text=True, check=True, cwd=ROOT
    )
    ended, loaded = json.loads(done.stdout.splitlines()[-1])
    assert ended == code
    assert set(loaded) & set(HEAVY) == set()


def test_a_value_out_of_range_is_told_before_the_program_is_loaded() -> None:
    probe = (
        "import sys\n"
        "from rkvideo.cli.main import main\n"
        "code = main(sys.argv[1:])\n"
        "print(code, {'av', 'cv2', 'numpy', 'onnxruntime', 'PyQt5'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", probe, "run", "clip.mp4", "--conf", "7"],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    assert done.stdout == "2 set()\n"
    assert done.stderr == "error: --conf is 7: give a number from 0 to 1\n"
