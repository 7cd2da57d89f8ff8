"""The kiosk under a systemd that is PID 1: install, start, hang, restart, way out, remove.

Run by `./test.sh --kiosk`, as root. The tests follow each other.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.booted.machine import Machine

RUN = "/home/kim/rkvideo/run.sh"
FILES = "/etc/systemd/system/rkvideo.service /etc/rkvideo"
# Its window is drawn nowhere: there is no screen behind that terminal.
DROP_IN = "/etc/systemd/system/rkvideo.service.d/no-screen.conf"
READY = "Started rkvideo"


def as_kim(machine: Machine, words: str) -> str:
    """`sudo ./run.sh service WORDS`, typed by kim."""
    return machine.type(f"{RUN} service {words}", "SUDO_USER=kim")


def test_a_kiosk_that_is_installed_before_anybody_logs_in_waits_for_the_desktop(
    machine: Machine,
) -> None:
    with machine.journal() as journal:
        told = as_kim(machine, "install demo --screen desktop")
        journal.wait_for("the display :0 does not answer", "Scheduled restart job")
        machine.type("systemd-run --quiet --unit=desktop --uid=kim Xvfb :0 -ac")
        journal.wait_for(READY)
    assert told.startswith(
        "the kiosk starts now and with the board, as kim on the desktop, once kim has logged in: "
        "demo. Ctrl+Q leaves it; its log: journalctl -u rkvideo.service; "
    )
    assert machine.show("ActiveState") == "active"
    assert machine.type("ps -o user= -p $(systemctl show rkvideo -P MainPID)").strip() == "kim"
    entry = "/home/kim/.local/share/applications/rkvideo.desktop"
    assert machine.type(f"stat -c %U {entry}").strip() == "kim"


def test_a_program_that_stands_still_is_ended_and_started_again(machine: Machine) -> None:
    with machine.journal() as journal:
        machine.type("kill -STOP $(systemctl show rkvideo -P MainPID)")
        # systemd, faulthandler, systemd again.
        read = journal.wait_for("Watchdog timeout", "Fatal Python error: Aborted", READY)
    assert any("in run_window" in line for line in read)
    assert machine.show("NRestarts") == "2"


def test_a_source_that_hangs_is_named_and_the_kiosk_is_started_again(machine: Machine) -> None:
    machine.type("mkfifo --mode=666 /home/kim/camera.ts")
    with machine.journal() as journal:
        as_kim(machine, "install /home/kim/camera.ts --screen desktop")
        journal.wait_for(READY)
        read = journal.wait_for("is started again", "Fatal Python error: Aborted", READY)
    words = r"source has not answered for \d+ s: the program is started again"
    told = [line for line in read if re.search(words, line)]
    assert [line.partition("source")[0] for line in told] == [
        "ERROR    ",
        "rkvideo.service: Watchdog request (last status: ",
    ]
    assert machine.show("NRestarts") == "1"


def test_a_program_that_is_killed_is_started_again(machine: Machine) -> None:
    with machine.journal() as journal:
        as_kim(machine, "install demo --screen desktop")
        journal.wait_for(READY)
        machine.type("kill -KILL $(systemctl show rkvideo -P MainPID)")
        journal.wait_for("status=9/KILL", READY)
    assert machine.show("NRestarts") == "1"


def test_its_way_out_is_one_until_it_is_started_by_hand(machine: Machine) -> None:
    with machine.journal() as journal:
        machine.type("xdotool search --sync --onlyvisible --name . key ctrl+q", "DISPLAY=:0")
        journal.wait_for("Deactivated successfully")
        assert machine.show("ActiveState") == "inactive"
        assert machine.show("Result") == "success"
        machine.type("systemctl start rkvideo")
        journal.wait_for(READY)
    assert machine.show("ActiveState") == "active"


def test_on_a_console_it_has_the_first_terminal_and_a_login_session(machine: Machine) -> None:
    assert machine.type("systemctl is-active getty@tty1").strip() == "active"
    machine.type(f"mkdir -p $(dirname {DROP_IN})")
    machine.type(f"printf '[Service]\\nEnvironment=QT_QPA_PLATFORM=offscreen\\n' >{DROP_IN}")
    with machine.journal() as journal:
        told = as_kim(machine, "install demo --screen console")
        journal.wait_for("session opened for user kim", READY)
    assert told.startswith("the kiosk starts now and with the board, as kim on the console: demo.")
    assert machine.type("systemctl is-active getty@tty1 || true").strip() == "inactive"
    main = "/proc/$(systemctl show rkvideo -P MainPID)"
    assert machine.type(f"readlink {main}/fd/0").strip() == "/dev/tty1"
    assert "XDG_RUNTIME_DIR=/run/user/" in machine.type(f"tr '\\0' '\\n' <{main}/environ")


def test_it_comes_with_the_board_in_place_of_the_login(machine: Machine) -> None:
    machine.type("systemctl reboot --no-block")
    machine.boot()
    assert machine.type("systemctl is-active rkvideo").strip() == "active"
    assert machine.type("systemctl is-active getty@tty1 || true").strip() == "inactive"


def test_remove_leaves_nothing_and_brings_back_the_login(machine: Machine) -> None:
    assert as_kim(machine, "remove") == "the service is gone\n"
    assert machine.type("systemctl is-active getty@tty1").strip() == "active"
    assert machine.type(f"ls -d {FILES} 2>/dev/null || true") == ""
    assert machine.type("find /etc/systemd -name rkvideo.service") == ""
    assert machine.type("pgrep -u kim -f main.py || true") == ""
    assert as_kim(machine, "remove") == "there is no service of rkvideo here\n"
