"""`./test.sh --roots` walks every command of the README."""

from __future__ import annotations

from tests.roots.readme_walk import ELSEWHERE, README, readme_commands


def test_every_command_of_the_readme_is_walked_or_named() -> None:
    known = (*(name for name in README if " " in name), *ELSEWHERE, "sudo ./run.sh service install")
    lines = [line for line in readme_commands() if line != "./run.sh"]
    assert len(lines) > 20
    assert [line for line in lines if not line.startswith(known)] == []


def test_nothing_is_walked_or_named_that_the_readme_does_not_have() -> None:
    lines = [line.removeprefix("sudo ") for line in readme_commands()]
    named = [name.removeprefix("sudo ") for name in (*README, *ELSEWHERE)]
    assert [name for name in named if not any(line.startswith(name) for line in lines)] == []
