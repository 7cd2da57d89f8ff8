"""How the help of a command is laid out."""

from __future__ import annotations

import argparse
from typing import TypeAlias

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001


class HelpFormatter(argparse.RawDescriptionHelpFormatter):
    """Descriptions and examples as they are written, and the default of every option.

    An option whose default is None says in its own words what holds without it.
    """

    def add_argument(self, action: argparse.Action) -> None:
        """Leave room for the names of commands, which argparse indents but does not count so."""
        super().add_argument(action)
        if isinstance(action.choices, dict):
            self._action_max_length += self._indent_increment

    def _get_help_string(self, action: argparse.Action) -> str | None:
        if not action.help or not takes_value(action) or "default:" in action.help:
            return action.help
        if action.default is None or action.required:
            return action.help
        return f"{action.help} (default: %(default)s)"


def takes_value(action: argparse.Action) -> bool:
    """True for an argument, and for an option that is followed by a value."""
    return action.nargs != 0 and not isinstance(action.choices, dict)


def add_command(
    commands: Commands, name: str, description: str, *examples: str
) -> argparse.ArgumentParser:
    """A command or an action of one; the first line of `description` stands in the list of all.

    `examples` are the words that follow the name of the program and of the command.
    """
    heading = "examples" if len(examples) > 1 else "example"
    lines = [f"  %(prog)s {words}".rstrip() for words in examples]
    return commands.add_parser(
        name,
        help=description.partition("\n")[0],
        description=description,
        epilog="\n".join([f"{heading}:", *lines]),
        formatter_class=HelpFormatter,
    )
