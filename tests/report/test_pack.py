"""The archive that a board owner sends: what is in it, and what is not."""

from __future__ import annotations

import getpass
import json
import socket
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from rkvideo.cli.main import main
from rkvideo.doctor.command import examine
from rkvideo.errors import ConfigError, SinkOpenError
from rkvideo.machine.clock_watch import ClockFlag
from rkvideo.machine.clocks import Clocks
from rkvideo.machine.fast_paths import FAST_PATHS, FastPathReport
from rkvideo.machine.places import all_places
from rkvideo.report.folder import read_whole
from rkvideo.report.pack import blanked, board_lines, keeping_pack, members_of, write_pack
from tests.helpers.bench_samples import a_failed_row, a_report, a_row
from tests.helpers.board_samples import board, make_board

ROW = replace(
    a_row("best", 640, 25.0, clocks=Clocks(10**9, "userspace", 2112 * 10**6, "performance")),
    argument="/home/annabelle/nn/best.rknn@640",
    sha256="ab" * 32,
)
BENCH = a_report(ROW, a_failed_row("/home/annabelle/x.rknn", "no model at /home/annabelle/x.rknn"))
ADDRESS = "rtsp://annabelle:s3cret@192.168.1.20:554/garden"


@pytest.fixture
def private(monkeypatch: pytest.MonkeyPatch) -> None:
    """A user and a machine with names of their own."""
    monkeypatch.setattr(getpass, "getuser", lambda: "annabelle")
    monkeypatch.setattr(socket, "gethostname", lambda: "gartenhaus.lan")
    monkeypatch.setattr(Path, "home", lambda: Path("/home/annabelle"))


@pytest.mark.usefixtures("private")
def test_nothing_private_is_in_a_pack(tmp_path: Path) -> None:
    make_board(tmp_path)
    system = board(
        tmp_path,
        executable="/home/annabelle/rkvideo/.venv/bin/python",
        recordings="/home/annabelle/Videos",
    )
    assert BENCH.source is not None
    live = replace(BENCH, source=replace(BENCH.source, name=ADDRESS, live=True))
    packages = {**system.packages, "opencv-python-headless": "5.0.0.93"}
    told = (
        FastPathReport("rknn-c", "/home/annabelle/best@640x640", "not used", f"not at {ADDRESS}"),
        FastPathReport("encoder", "h264_rkmpp", "used", figures=(("first_packet_ms", 4.5),)),
    )
    members = members_of(live, examine(system, ADDRESS, "yolo11n"), packages, told)
    assert set(members) == {"pack.json", "doctor.json", "fast.json", "bench.json", "boards.md"}
    for text in members.values():
        for word in ("annabelle", "s3cret", "gartenhaus", "192.168", "://", "garden", "/home"):
            assert word not in text.lower(), (word, text)
    doctor = {each["check"]: each["detail"] for each in json.loads(members["doctor.json"])}
    assert doctor["npu driver"] == "RKNPU 0.9.8, kernel 6.1.84-vendor"
    assert not doctor.keys() & {"source", "model", "cameras", "disk", "python", "videos folder"}
    assert all("repair" not in each for each in json.loads(members["doctor.json"]))
    assert doctor["npu way"] == "rknn-c, tried with yolo11n"
    assert json.loads(members["fast.json"]) == [
        {
            "path": "rknn-c", "for": "best@640x640", "state": "not used", "words": "not at ADDRESS",
            "figures": {},
        },
        {
            "path": "encoder", "for": "h264_rkmpp", "state": "used", "words": "",
            "figures": {"first_packet_ms": 4.5},
        },
    ]  # fmt: skip
    facts = json.loads(members["pack.json"])
    assert facts["packages"]["rknn-toolkit-lite2"] == "2.3.2"
    assert facts["packages"]["opencv-python-headless"] == "5.0.0.93"
    assert facts["models"][0] == {
        "title": "best@640", "backend": "rknn", "sha256": "ab" * 32, "network": None,
    }  # fmt: skip


def test_a_name_that_the_system_tells_is_blanked_as_a_word() -> None:
    told = blanked(
        {
            "a": [
                "kernel 6.1-anna built by anna@host",
                "annamaria",
                f"from {ADDRESS} and fe80:0:0:1::2",
            ]
        },
        ("anna",),
    )
    assert told == {
        "a": ["kernel 6.1-NAME built by NAME@host", "annamaria", "from ADDRESS and ADDRESS"]
    }


def test_a_pack_is_read_as_a_report_and_gives_lines_for_the_table(tmp_path: Path) -> None:
    path = tmp_path / "board.zip"
    kept: list[object] = []
    keep = keeping_pack(lambda bench: kept.append(bench) or (), path, "demo")
    assert list(keep(BENCH)) == [path]
    assert kept == [BENCH]
    (row, _) = read_whole(path).rows
    assert (row.title, row.fps, row.sha256) == ("best@640", 25.0, "ab" * 32)
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert board_lines(BENCH) == [
        "| rk3588 | Linux 6.1.84 aarch64 | best@640 | rknn | 6 | 25.0 | 1000 | 2112"
        " | abababababab |"
    ]
    free = (
        ClockFlag("npu", "steady", 10**9, 10**9),
        ClockFlag("ddr", "moved", 528 * 10**6, 2112 * 10**6),
    )
    (measured,) = ROW.measurements
    moved = replace(ROW, measurements=(replace(measured, clock_flags=free),))
    (line,) = board_lines(a_report(moved))
    assert "| 25.0 | 1000 (steady) | 528 to 2112 (moved) |" in line
    with pytest.raises(SinkOpenError, match="is there already"):
        keeping_pack(keep, path, "demo")
    with pytest.raises(SinkOpenError, match=r"ends in \.zip"):
        keeping_pack(keep, tmp_path / "board.tar", "demo")


@pytest.mark.parametrize(
    ("typed", "told"), [("demo", "demo"), ("/home/annabelle/bikes.mp4", "a file")]
)
def test_the_demo_clip_is_named_and_no_other_file(typed: str, told: str, tmp_path: Path) -> None:
    keep = keeping_pack(lambda _bench: (), tmp_path / "board.zip", typed)
    (path,) = keep(BENCH)
    assert BENCH.source is not None
    assert read_whole(path).benches[0].source == replace(BENCH.source, name=told)


def test_each_check_of_doctor_is_in_a_pack_or_is_of_this_user(tmp_path: Path) -> None:
    make_board(tmp_path)
    checks = examine(board(tmp_path), "demo", "yolo11n")
    places = {place.name for place in all_places()}
    packed = {each["check"] for each in json.loads(members_of(None, checks, {})["doctor.json"])}
    assert {check.name for check in checks} - packed - places == {
        *("source", "model", "weights", "python", "cameras", "opencv", "display", "disk"),
    }


def test_doctor_says_where_its_pack_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["doctor", "--json", "--pack", "doctor.zip"]) in (0, 1)
    told = capsys.readouterr()
    assert told.err.splitlines()[-1] == "written: doctor.zip"
    assert isinstance(json.loads(told.out), list)
    assert (tmp_path / "doctor.zip").is_file()


def test_what_fast_paths_have_told_is_in_a_written_pack(tmp_path: Path) -> None:
    make_board(tmp_path)
    FAST_PATHS.tell(FastPathReport("played", "this test", "not used", "it is none"))
    path = write_pack(tmp_path / "doctor.zip", None, board(tmp_path))
    with zipfile.ZipFile(path) as archive:
        told = json.loads(archive.read("fast.json"))
    (own,) = (each for each in told if each["path"] == "played")
    assert (own["for"], own["state"], own["words"]) == ("this test", "not used", "it is none")


def test_what_is_no_pack_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_text("no archive")
    with pytest.raises(ConfigError, match="it is no archive"):
        read_whole(tmp_path / "a.zip")
    make_board(tmp_path)
    write_pack(tmp_path / "doctor.zip", None, board(tmp_path))
    with pytest.raises(ConfigError, match="a pack of doctor"):
        read_whole(tmp_path / "doctor.zip")
