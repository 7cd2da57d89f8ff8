"""The emulated board without a screen: what the window, the kiosk and `doctor` say of it."""

from __future__ import annotations

import signal
import socket
from typing import TYPE_CHECKING

from tests.board.conftest import CONTEXTS, MODEL, PATTERN

if TYPE_CHECKING:
    from tests.board.conftest import Board

NO_DISPLAY = "there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)"
# As over ssh: the tests draw their own windows nowhere.
AFAR = ("env", "--unset=QT_QPA_PLATFORM")


def test_from_afar_doctor_tells_that_no_monitor_is_plugged_in(board: Board) -> None:
    found = board.doctor(before=AFAR)
    assert found["display"] == {
        "check": "display",
        "state": "note",
        "detail": f"{NO_DISPLAY}, and no monitor is plugged in: `view` records instead",
        "repair": "rkvideo/run.sh run ... --record out.mp4",
    }
    assert (found["painting"]["state"], found["painting"]["detail"]) == (
        "note",
        "the GPU was not tried: no monitor is plugged in",
    )


def test_without_a_monitor_full_screen_records_and_a_kiosk_is_refused(board: Board) -> None:
    board.clean_folder()
    words = (f"{PATTERN}:4", "--model", MODEL, "--fast", "off", "--record", "/played/clip.mp4")
    why = f"{NO_DISPLAY}, and no monitor is plugged in"
    done = board.call(*AFAR, board.program, *words, "--fullscreen")
    assert done.returncode == 0, done.stdout
    assert f"no window: {why}; playing " in done.stdout
    assert (board.folder / "clip.mp4").exists()
    done = board.call(*AFAR, board.program, "--kiosk", *words[:3])
    assert done.returncode == 2, done.stdout
    assert done.stdout.startswith(f"error: --kiosk: {why}: start it on a screen, or use ")


def test_a_gpu_that_is_insisted_on_and_not_there_is_refused(board: Board) -> None:
    board.clean_folder()
    words = (PATTERN, "--model", MODEL, "--paint", "gl")
    done = board.call(board.program, *words, QT_QPA_PLATFORM="offscreen")
    assert done.returncode == 2, done.stdout
    assert done.stdout.splitlines()[-1] == (
        "error: --paint gl: OpenGL does not open on this screen"
    )


def test_a_kiosk_tells_its_service_manager_that_it_lives(board: Board) -> None:
    board.clean_folder()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(board.folder / "notify"))
        manager.settimeout(200)
        before = ("env", "NOTIFY_SOCKET=/played/notify", "WATCHDOG_USEC=3000000")
        words = ("--kiosk", PATTERN, "--model", MODEL, "--fast", "off")
        with board.started(*words, before=before, QT_QPA_PLATFORM="offscreen") as kiosk:
            told = []
            while told.count("READY=1") < 1 or told[-1] != "WATCHDOG=1":
                told += manager.recv(4096).decode().splitlines()
            kiosk.wait_for("run ", CONTEXTS + 1)
            # One that was sent while frames were shown.
            told += manager.recv(4096).decode().splitlines()
            kiosk.end(signal.SIGTERM)
            code, said = kiosk.ended()
    assert code == 0, said
    assert set(told) == {"READY=1", "WATCHDOG=1"}
