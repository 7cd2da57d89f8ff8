"""The pack that the owner of a board sends: one file, made on the emulated board."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from tests.board.conftest import MODEL, PATTERN
from tests.board.test_board_program import KERNEL
from tests.helpers.board_samples import DDR, NPU

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.board.conftest import Board

CAPACITY = "/sys/devices/system/cpu/cpu1/cpu_capacity"


def members(path: Path) -> dict[str, Any]:
    with zipfile.ZipFile(path) as archive:
        return {
            name: json.loads(archive.read(name))
            for name in archive.namelist()
            if name.endswith(".json")
        }


@pytest.fixture
def board_of_two_kinds(board: Board) -> Iterator[Board]:
    """The board with a kernel that tells everything, and cores of two kinds."""
    board.play({**KERNEL, CAPACITY: "1024\n", f"{NPU}/cur_freq": "1000000000\n"})
    yield board
    board.play(KERNEL)


def test_a_bench_packs_what_each_fast_path_said_of_itself(board_of_two_kinds: Board) -> None:
    board = board_of_two_kinds
    board.clean_folder()
    words = ("--models", MODEL, "--seconds", "3", "--warmup", "0", "--repeats", "1")
    out = ("--pin-clocks", "npu", "--pack", "/played/board.zip", "--out", "/played/bench")
    done = board.call(board.program, "bench", PATTERN, *words, *out, STAND_IN_LATENCY_MS="20")
    assert done.returncode == 0, done.stdout
    packed = members(board.folder / "board.zip")

    told = {(each["path"], each["for"]): each for each in packed["fast.json"]}
    proof = told["rknn-c", "played@320x192"]
    assert (proof["state"], proof["words"]) == ("used", "gives what RKNNLite gives")
    parities = [value for name, value in proof["figures"].items() if name.startswith("output_")]
    assert len(parities) == 9
    assert max(parities) <= 1
    # The stand-in takes 20 ms for each inference.
    assert min(proof["figures"]["lite_ms"], proof["figures"]["c_ms"]) > 19
    assert told["clocks", "fdab0000.npu"]["words"] == "held at 1000 MHz"
    assert told["affinity", "npu-0"]["words"] == "kept on 1"
    assert told["affinity", "emit"]["words"] == "kept on 0"
    assert told["encoder", "libx264"]["state"] == "works"
    assert told["encoder", "h264_rkmpp"]["words"] == "this FFmpeg does not have it"

    (row,) = packed["bench.json"]["rows"]
    (measured,) = row["measurements"]
    assert row["way"] == "rknn-c"
    flags = {flag["clock"]: flag for flag in measured["clock_flags"]}
    assert (flags["npu"]["state"], flags["npu"]["lowest_hz"]) == ("held", 10**9)
    assert (flags["ddr"]["state"], flags["ddr"]["lowest_hz"]) == ("held", 2112 * 10**6)
    assert flags["cpu"]["state"] == "unknown"
    assert dict(measured["unit_loads"])["rga3[0]"] == 42.0
    assert dict(measured["stages_ms"]).keys() >= {"decode", "infer", "postprocess"}
    checks = {each["check"]: each["detail"] for each in packed["doctor.json"]}
    assert checks["cpu cores"] == "1 decode and infer, 0 do the rest"
    assert checks["units"].startswith("RGA 42/27/0 %")
    assert packed["pack.json"]["packages"]["rknn-toolkit-lite2"]
    assert board.played(f"{NPU}/governor") == KERNEL[f"{NPU}/governor"].strip()
    assert board.played(f"{DDR}/governor") == KERNEL[f"{DDR}/governor"]


def test_a_doctor_packs_the_encoders_that_do_not_open(video_board: Board) -> None:
    video_board.clean_folder()
    done = video_board.call(video_board.program, "doctor", "--pack", "/played/doctor.zip")
    assert done.returncode == 0, done.stdout
    packed = members(video_board.folder / "doctor.zip")
    assert "bench.json" not in packed
    told = {each["for"]: each for each in packed["fast.json"] if each["path"] == "encoder"}
    for name in ("h264_rkmpp", "hevc_rkmpp"):
        assert told[name]["state"] == "not used"
        assert told[name]["words"] == "Generic error in an external library"
    assert told["libx264"]["words"] == "this FFmpeg does not have it"
    assert told["mpeg4"]["state"] == "works"
