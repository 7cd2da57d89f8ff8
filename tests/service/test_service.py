"""`service install` and `remove` below a temporary root, with a played systemctl."""

from __future__ import annotations

import io
import os
import shlex
import stat
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from rkvideo.cli.arguments import config_of, parse
from rkvideo.errors import ConfigError, ServiceError
from rkvideo.machine.places import KIOSK_SOURCE, KIOSK_UNIT
from rkvideo.service import command
from rkvideo.service.command import Host
from rkvideo.service.source_file import read_source, write_source
from rkvideo.service.unit import Account, UnitFacts, command_line, quoted, unit_text
from tests.helpers.paths import ROOT

CAMERA = "rtsp://admin:s3cret%41@10.0.0.9/live?token=abc"
# The files have to be given to somebody who is there, whoever runs the tests.
KIM = Account("kim", os.getuid(), os.getgid(), "/home/kim")


class PlayedSystemctl:
    """Remembers what was asked of systemd."""

    def __init__(self, failing: str = "") -> None:
        self.failing = failing
        self.commands: list[str] = []

    def __call__(self, words: Sequence[str]) -> None:
        self.commands.append(" ".join(words))
        if words[1] == self.failing:
            raise subprocess.CalledProcessError(1, words, stderr="not booted\nwith systemd\n")


@pytest.fixture
def systemctl() -> PlayedSystemctl:
    return PlayedSystemctl()


@pytest.fixture
def host(tmp_path: Path, systemctl: PlayedSystemctl) -> Host:
    (tmp_path / "run/systemd/system").mkdir(parents=True)
    return Host(
        root=tmp_path,
        program=("/opt/rk video/run.sh",),
        uid=0,
        user="kim",
        account_of={"kim": KIM, "lee": replace(KIM, name="lee")}.__getitem__,
        groups=frozenset({"video", "render", "input", "audio"}),
        display=":0",
        run=systemctl,
        read_line=lambda: f"{CAMERA}\n",
        run_as=lambda account, words: systemctl((f"as {account.name}:", *words)),
    )


def service(host: Host, *words: str) -> str:
    """What the command prints."""
    out = io.StringIO()
    console = Console(file=out, highlight=False, width=400)
    assert command.run(parse(["service", *words]), console, host) == 0
    return out.getvalue()


def unit_of(host: Host) -> dict[str, list[str]]:
    """The settings of the unit that was written, by name."""
    found: dict[str, list[str]] = {}
    for line in host.path(KIOSK_UNIT).read_text().splitlines():
        name, equals, value = line.partition("=")
        if equals:
            found.setdefault(name, []).append(value)
    return found


def files_below(root: Path) -> dict[str, str]:
    return {
        f"/{path.relative_to(root)}": path.read_text() for path in root.rglob("*") if path.is_file()
    }


def test_on_a_console_the_kiosk_has_the_first_terminal(
    host: Host, systemctl: PlayedSystemctl
) -> None:
    told = service(host, "install", "/dev/video0")
    unit = unit_of(host)
    assert unit["User"] == ["kim"]
    assert unit["SupplementaryGroups"] == ["video render input"]
    assert unit["TTYPath"] == ["/dev/tty1"]
    assert unit["StandardInput"] == ["tty"]
    assert unit["Conflicts"] == ["getty@tty1.service"]
    assert unit["WantedBy"] == ["multi-user.target"]
    assert unit["WorkingDirectory"] == ["-~"]
    assert "Environment" not in unit
    assert systemctl.commands == [
        "systemctl daemon-reload",
        "systemctl enable rkvideo.service",
        "systemctl restart --no-block rkvideo.service",
    ]
    assert told.startswith("the kiosk starts now and with the board, as kim on the console: /dev/v")
    assert "/dev/video0" in told


def test_it_starts_again_after_everything_but_the_way_out(host: Host) -> None:
    service(host, "install")
    unit = unit_of(host)
    assert unit["Restart"] == ["always"]
    assert unit["RestartSec"] == ["5"]
    assert unit["StartLimitIntervalSec"] == ["0"]
    assert unit["RestartPreventExitStatus"] == ["0"]


def test_where_a_display_manager_starts_it_goes_onto_the_desktop(
    host: Host, systemctl: PlayedSystemctl
) -> None:
    link = host.path("/etc/systemd/system/display-manager.service")
    link.parent.mkdir(parents=True)
    link.symlink_to("/lib/systemd/system/lightdm.service")
    service(host, "install")
    unit = unit_of(host)
    assert unit["After"] == ["display-manager.service"]
    assert unit["WantedBy"] == ["graphical.target"]
    assert '"DISPLAY=:0"' in unit["Environment"]
    assert '"XAUTHORITY=/home/kim/.Xauthority"' in unit["Environment"]
    assert f'"XDG_RUNTIME_DIR=/run/user/{KIM.uid}"' in unit["Environment"]
    assert "TTYPath" not in unit
    assert systemctl.commands[-1] == "as kim: /opt/rk video/run.sh desktop install"
    service(host, "install", "--screen", "console")
    assert unit_of(host)["TTYPath"] == ["/dev/tty1"]


def test_the_menu_entry_goes_with_the_kiosk_of_a_desktop(
    host: Host, systemctl: PlayedSystemctl
) -> None:
    service(host, "install", "--screen", "desktop", "--user", "lee")
    service(host, "remove")
    told = [command for command in systemctl.commands if command.startswith("as ")]
    assert told == [
        "as lee: /opt/rk video/run.sh desktop install",
        "as lee: /opt/rk video/run.sh desktop remove",
    ]


def test_a_menu_entry_that_cannot_be_written_keeps_no_kiosk_away(host: Host) -> None:
    def refuse(_account: Account, words: Sequence[str]) -> None:
        raise subprocess.CalledProcessError(2, words, stderr="error: no\nspace\n")

    told = service(replace(host, run_as=refuse), "install", "--screen", "desktop")
    assert told.startswith("note: no menu entry for kim: error: no space\nthe kiosk starts now")


def test_the_source_is_in_a_file_of_that_user_alone(host: Host) -> None:
    service(host, "install", CAMERA, "--user", "lee", "--model", "yolo11n@416")
    path = host.path(KIOSK_SOURCE)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert (path.stat().st_uid, path.stat().st_gid) == (KIM.uid, KIM.gid)
    assert read_source(path) == CAMERA
    (start,) = unit_of(host)["ExecStart"]
    assert shlex.split(start) == [
        *("/opt/rk video/run.sh", "view", "--kiosk"),
        *("--source-file", KIOSK_SOURCE, "--model", "yolo11n@416"),
    ]
    assert stat.S_IMODE(host.path(KIOSK_UNIT).stat().st_mode) == 0o644


def test_the_password_is_in_that_file_only(host: Host, systemctl: PlayedSystemctl) -> None:
    told = service(host, "install", CAMERA)
    holding = [name for name, text in files_below(host.root).items() if "s3cret" in text]
    assert holding == [KIOSK_SOURCE]
    for text in (told, *systemctl.commands):
        assert "s3cret" not in text
        assert "abc" not in text
    assert "10.0.0.9" in told


def test_the_source_can_be_typed(host: Host) -> None:
    service(host, "install", "-")
    assert read_source(host.path(KIOSK_SOURCE)) == CAMERA
    with pytest.raises(ConfigError, match="the first line of the standard input is empty"):
        service(replace(host, read_line=lambda: "\n"), "install", "-")


@pytest.mark.parametrize("address", ["rtsp://", "rtsp://camera:99999/live"])
def test_an_address_that_can_never_play_is_refused_before_anything_is_written(
    host: Host, address: str
) -> None:
    with pytest.raises(ConfigError, match=r"write rtsp://HOST:PORT/PATH"):
        service(host, "install", address)
    assert not host.path(KIOSK_SOURCE).exists()
    assert not host.path(KIOSK_UNIT).exists()


def test_a_file_is_named_by_its_whole_path(
    host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "clip.mp4").touch()
    monkeypatch.chdir(tmp_path)
    service(host, "install", "clip.mp4")
    assert read_source(host.path(KIOSK_SOURCE)) == str(tmp_path / "clip.mp4")
    service(host, "install", "pattern:640x360@30")
    assert read_source(host.path(KIOSK_SOURCE)) == "pattern:640x360@30"


def test_without_a_source_the_last_one_is_shown(host: Host) -> None:
    service(host, "install", CAMERA)
    told = service(host, "install")
    assert list(files_below(host.root)) == [KIOSK_UNIT]
    assert "--source-file" not in unit_of(host)["ExecStart"][0]
    assert "what was watched last" in told


def test_remove_leaves_nothing(host: Host, systemctl: PlayedSystemctl) -> None:
    service(host, "install", CAMERA)
    systemctl.commands.clear()
    assert service(host, "remove") == "the service is gone\n"
    assert files_below(host.root) == {}
    assert not host.path(KIOSK_SOURCE).parent.exists()
    assert systemctl.commands == [
        "systemctl disable --now rkvideo.service",
        "systemctl daemon-reload",
        # That of the first terminal is one of its logins.
        "systemctl start getty.target",
    ]
    assert service(host, "remove") == "there is no service of rkvideo here\n"
    assert len(systemctl.commands) == 3


def test_on_a_desktop_no_login_was_put_away(host: Host, systemctl: PlayedSystemctl) -> None:
    service(host, "install", CAMERA, "--screen", "desktop")
    systemctl.commands.clear()
    service(host, "remove")
    assert [line for line in systemctl.commands if "getty" in line] == []


def test_a_login_that_does_not_come_back_keeps_no_service(host: Host) -> None:
    service(host, "install", CAMERA)
    told = service(replace(host, run=PlayedSystemctl(failing="start")), "remove")
    assert told == "the service is gone\n"
    assert files_below(host.root) == {}


def test_print_shows_the_unit_and_writes_nothing(
    host: Host, systemctl: PlayedSystemctl, capsys: pytest.CaptureFixture[str]
) -> None:
    service(replace(host, uid=1000), "install", CAMERA, "--print")
    shown = capsys.readouterr().out
    assert "s3cret" not in shown
    assert files_below(host.root) == {}
    assert systemctl.commands == []
    service(host, "install", CAMERA)
    assert host.path(KIOSK_UNIT).read_text() == shown


@pytest.mark.parametrize("action", ["install", "remove"])
def test_who_is_not_root_is_told_the_command(host: Host, action: str) -> None:
    words = [action, CAMERA] if action == "install" else [action]
    with pytest.raises(ConfigError) as refused:
        service(replace(host, uid=1000), *words)
    assert refused.value.is_usage_error
    assert str(refused.value) == (
        f"only root may do that: sudo '/opt/rk video/run.sh' service {action} ..."
    )
    assert files_below(host.root) == {}


def test_an_unknown_user_is_refused(host: Host) -> None:
    with pytest.raises(ConfigError, match="there is no user ada: name one with --user"):
        service(host, "install", "--user", "ada")
    assert files_below(host.root) == {}


def test_systemd_that_fails_is_told_in_words(host: Host) -> None:
    broken = replace(host, run=PlayedSystemctl(failing="enable"))
    with pytest.raises(ServiceError) as failed:
        service(broken, "install", CAMERA)
    assert not failed.value.is_usage_error
    assert "`systemctl enable rkvideo.service` failed (not booted with systemd)" in str(
        failed.value
    )


def test_a_machine_without_systemd_is_left_as_it_is(host: Host, systemctl: PlayedSystemctl) -> None:
    booted = host.path("/run/systemd/system")
    booted.rmdir()
    with pytest.raises(ConfigError) as refused:
        service(host, "install", CAMERA)
    assert str(refused.value) == (
        "service install: systemd does not run here (/run/systemd/system does not exist), and the "
        "kiosk is a service of it; nothing was written"
    )
    assert files_below(host.root) == {}
    booted.mkdir()
    service(host, "install", CAMERA)
    # An image that is looked at from another machine, such as in a container.
    booted.rmdir()
    systemctl.commands.clear()
    assert service(host, "remove") == "the service is gone\n"
    assert files_below(host.root) == {}
    assert systemctl.commands == []


def test_a_folder_that_cannot_be_written_is_named(host: Host) -> None:
    host.path("/etc").write_text("no folder")
    with pytest.raises(ConfigError, match=r"/etc.* cannot be written"):
        service(host, "install", CAMERA)


@pytest.mark.parametrize("screen", ["desktop", "console"])
def test_systemd_understands_the_unit(screen: str, tmp_path: Path) -> None:
    program = tmp_path / "a 100% $mine"
    program.mkdir()
    (program / "run.sh").write_text("#!/bin/sh\n")
    (program / "run.sh").chmod(0o755)
    facts = UnitFacts(
        (str(program / "run.sh"),),
        replace(KIM, name="root"),
        screen,
        ("video",),
        Path(KIOSK_SOURCE),
    )
    path = tmp_path / "rkvideo.service"
    path.write_text(unit_text(facts))
    checked = subprocess.run(
        ["systemd-analyze", "verify", str(path)], capture_output=True, text=True, check=False
    )
    told = [line for line in checked.stderr.splitlines() if "rkvideo" in line]
    assert (checked.returncode, told) == (0, [])


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("plain", '"plain"'),
        ("a b", '"a b"'),
        ("100%", '"100%%"'),
        ("$HOME", '"$HOME"'),
        ('say "x"\\', '"say \\"x\\"\\\\"'),
    ],
)
def test_quoted(word: str, expected: str) -> None:
    assert quoted(word) == expected


def test_only_words_have_variables() -> None:
    assert command_line("/a $b/run", ["$c"]) == '"/a $b/run" "$$c"'


def test_view_reads_its_source_from_the_file(tmp_path: Path) -> None:
    path = tmp_path / "source"
    write_source(path, CAMERA, KIM.uid, KIM.gid)
    config = config_of(parse(["view", "--kiosk", "--source-file", str(path)]))
    assert config.source == CAMERA
    assert config.retry_open
    assert config.source_options.loop
    assert not config_of(parse(["view", "x.mp4"])).source_options.loop


@pytest.mark.parametrize(
    ("content", "reason"),
    [(None, "No such file"), (b"\n", "is empty"), (b"\xff\xfe\xff", "it is no text")],
)
def test_a_source_file_that_does_not_tell(
    content: bytes | None, reason: str, tmp_path: Path
) -> None:
    path = tmp_path / "source"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigError, match=reason):
        read_source(path)


def test_a_new_source_takes_the_place_of_the_old_one_whole(tmp_path: Path) -> None:
    path = tmp_path / "source"
    path.write_text("old")
    path.chmod(0o644)
    write_source(path, "new", KIM.uid, KIM.gid)
    assert path.read_text() == "new\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [found.name for found in tmp_path.iterdir()] == ["source"]


def test_the_unit_in_the_document_is_the_one_that_is_written() -> None:
    document = (ROOT / "docs/board.md").read_text(encoding="utf-8")
    facts = UnitFacts(
        ("/home/kim/rkvideo/run.sh",), KIM, "console", command.GROUPS, Path(KIOSK_SOURCE)
    )
    assert document.count(f"```ini\n{unit_text(facts)}```") == 1


def test_the_command_line_knows_it(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "main.py"), "service", "install", "0", "--print"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert f'ExecStart="{ROOT}/run.sh" "view" "--kiosk" "--source-file"' in done.stdout
