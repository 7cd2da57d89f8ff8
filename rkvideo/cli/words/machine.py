"""The words of `doctor`, `service`, `desktop` and `completion`."""

from __future__ import annotations

from pathlib import Path

from rkvideo.cli.words.help import Commands, add_command
from rkvideo.cli.words.options import SOURCE_HELP, add_model

SHELLS = ("bash", "zsh", "tcsh")


def add_doctor(commands: Commands) -> None:
    """What works here."""
    doctor = add_command(
        commands,
        "doctor",
        "what works here, and the repair\n\n"
        "Ends with 1 where something is missing that the source or the model needs.",
        "",
        "/dev/video0 --model yolo11n@416 --json",
    )
    doctor.add_argument("source", nargs="?", default="demo", help=SOURCE_HELP)
    add_model(doctor)
    doctor.add_argument("--json", action="store_true", help="a list of objects, for programs")
    doctor.add_argument(
        "--pack",
        type=Path,
        metavar="FILE.zip",
        help="write an archive to be sent: versions and clocks, nothing private (default: none)",
    )
    doctor.set_defaults(verbose=False)


def add_service(commands: Commands) -> None:
    """The kiosk as a systemd service."""
    service = add_command(
        commands,
        "service",
        "a kiosk that starts with the board (systemd; needs root)",
        "install rtsp://camera/stream",
        "remove",
    )
    actions = service.add_subparsers(dest="action", required=True, metavar="ACTION")
    install = add_command(
        actions,
        "install",
        "start the kiosk now and with the board\n\n"
        "The source goes into a file that its user alone may read.",
        "rtsp://camera/stream",
        "- --user kiosk",
        "0 --print",
    )
    install.add_argument(
        "source",
        nargs="?",
        help="what it shows; - reads it from the terminal, so that no list of processes and no log "
        "of sudo has its password (default: what this user watched last)",
    )
    install.add_argument("--user", metavar="NAME", help="who it runs as (default: who calls sudo)")
    install.add_argument(
        "--model",
        metavar="NAME[@SIZE]|PATH",
        help="a model of `models list`, or a file (default: the last one)",
    )
    install.add_argument(
        "--screen",
        choices=("auto", "desktop", "console"),
        default="auto",
        help="on that user's desktop, or alone on a screen without one (auto: what is there)",
    )
    install.add_argument("--print", action="store_true", help="show the unit, write nothing")
    add_command(actions, "remove", "stop it and take away what `install` has written", "")
    service.set_defaults(verbose=False)


def add_desktop(commands: Commands) -> None:
    """The entry in the menu of the desktop."""
    desktop = add_command(
        commands, "desktop", "an entry in the menu of your desktop", "install", "remove"
    )
    actions = desktop.add_subparsers(dest="action", required=True, metavar="ACTION")
    add_command(
        actions,
        "install",
        "write the menu entry and the icon, for this user\n\n"
        "It also offers rkvideo for videos in the file manager. Call it again when the\n"
        "program has moved.",
        "",
    )
    add_command(actions, "remove", "take away what `install` has written", "")
    desktop.set_defaults(verbose=False)


def add_completion(commands: Commands) -> None:
    """What a shell reads to complete the words of the program."""
    completion = add_command(
        commands,
        "completion",
        "a script with which a shell completes the words of rkvideo\n\n"
        "bash reads it from the file of the first example, once its folder is there; zsh\n"
        "from a file _rkvideo in a folder of its fpath.",
        "bash > ~/.local/share/bash-completion/completions/rkvideo",
        "zsh > ~/.zfunc/_rkvideo",
    )
    completion.add_argument("shell", choices=SHELLS, help="the shell that is to read it")
    completion.set_defaults(verbose=False)
