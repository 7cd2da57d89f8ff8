"""The window, `doctor` and the pinned clock on the emulated board, and what its guide installs."""

from __future__ import annotations

import re
import signal
from collections import Counter
from typing import TYPE_CHECKING

import av
import pytest

from rkvideo.doctor import command
from rkvideo.machine.places import all_places
from tests.board.conftest import CONTEXTS, MODEL, PATTERN, PROJECT
from tests.board.played_model import HEIGHT, WIDTH
from tests.helpers.board_samples import FILES

if TYPE_CHECKING:
    from tests.board.conftest import Board

KERNEL = {name: text for name, text in FILES.items() if name.startswith("/sys/")}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda each: each.name)
def test_the_window_shows_records_and_releases_every_context(
    board: Board, number: signal.Signals
) -> None:
    words = (PATTERN, "--model", MODEL, "--fast", "off", "--record", "/played/clip.mp4")
    board.clean_folder()
    with board.started(*words, QT_QPA_PLATFORM="offscreen") as window:
        window.wait_for("run ", 60)
        window.end(number)
        destroyed = window.wait_for("destroy ", CONTEXTS)
        code, said = window.ended()
    assert code == 0, said
    assert sorted(destroyed) == [f"destroy {number + 1}" for number in range(CONTEXTS)]
    with av.open(board.folder / "clip.mp4") as clip:
        pictures = list(clip.decode(video=0))
    assert len(pictures) >= 20
    assert (pictures[0].width, pictures[0].height) == (WIDTH, HEIGHT)


def test_doctor_finds_what_a_board_has(board: Board) -> None:
    board.clean_folder()
    board.play(KERNEL)
    found = board.doctor("--model", MODEL)
    named = (
        "chip",
        "npu devices",
        "runtime library",
        "npu way",
        "npu load",
        "npu clock",
        "ddr clock",
    )
    assert {name: found[name]["detail"] for name in named} == {
        "chip": "rk3588, 3 NPU cores",
        "npu devices": "/dev/dri/by-path/platform-fdab0000.npu-render",
        "runtime library": "librknnrt 2.3.2, the model was made with 2.3.2",
        "npu way": f"rknn-c, tried with {MODEL}",
        "npu load": "NPU load: Core0: 31%, Core1: 7%, Core2: 0%",
        "npu clock": "governor rknpu_ondemand, 300 of 1000 MHz: figures vary with the load",
        "ddr clock": "governor performance, 2112 of 2112 MHz",
    }
    assert found["npu driver"]["detail"].startswith("RKNPU 0.9.8, kernel ")
    assert found["units"]["detail"] == (
        "RGA 42/27/0 %, GPU 5 %, fan 40 %, no video (/proc/mpp_service/load does not exist)"
    )
    assert found["decoders"]["detail"].endswith("no rkmpp, so the CPU decodes")
    states = Counter(finding["state"] for finding in found.values())
    assert states["missing"] == 0, found
    for name in ("rknn-toolkit-lite2", "onnx runtime", "python", "temperature", "model"):
        assert found[name]["state"] == "ok", found[name]


def test_doctor_has_a_line_for_each_check_and_ends_with_0(board: Board) -> None:
    board.play(KERNEL)
    done = board.call("rkvideo/run.sh", "doctor")
    assert done.returncode == 0, done.stdout
    lines = done.stdout.splitlines()
    assert len(lines) == len(command._CHECKS) + len(all_places()), done.stdout
    assert {line.split()[0] for line in lines} <= {"ok", "note", "warning"}


def test_the_packages_that_the_guide_names_exist(board: Board) -> None:
    guide = (PROJECT / "docs/board.md").read_text(encoding="utf-8")
    named = re.findall(r"^sudo apt-get install -y ([a-z0-9. -]+)$", guide, re.MULTILINE)
    packages = sorted({package for line in named for package in line.split()})
    assert "v4l-utils" in packages
    done = board.call("apt-get", "install", "--simulate", "--no-install-recommends", *packages)
    assert done.returncode == 0, done.stdout
    planned = set(re.findall(r"^Inst (\S+)", done.stdout, re.MULTILINE))
    assert "v4l-utils" in planned
