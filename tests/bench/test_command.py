"""`main.py bench` as a user meets it: a process of its own."""

from __future__ import annotations

import json
import re
import signal
from pathlib import Path

import pytest

from rkvideo.bench.report import read_report
from tests.helpers.command_line import SIMULATED, TELLS_OFTEN, error_line
from tests.helpers.streams import rtsp_server

CLIP = "pattern:320x192@50:60"
# One core at 20 ms needs 0.7 s for these on any machine: enough for a rate.
ONE_CORE = ("--backend", "simulated", "--npu-cores", "1", "--npu-latency-ms", "20")
SHORT = ("--frames", "35", "--warmup", "0.1", "--repeats", "2")


def test_models_and_sizes_are_measured_and_written(tmp_path: Path, main) -> None:
    code, out, err = main(
        *("bench", CLIP, *ONE_CORE, *SHORT, "--models", "a,b@64", "--sizes", "320,416"),
        *("--seed", "5", "--out", "result"),
        cwd=tmp_path,
    )
    assert code == 0, err
    arguments = ["a@320", "a@416", "b@64"]
    titles = ["a@320x192", "a@416x256", "b@64x64"]
    for title in titles:
        assert re.search(rf"│ {title} +│ simulated │ \d +│ +\d+\.\d │", out), out
    assert "Each row: 35 frames after 0.1 s of warm-up, 2 times" in out
    report = read_report(tmp_path / "result")
    assert [row.title for row in report.rows] == titles
    assert all(len(row.measurements) == 2 for row in report.rows)
    assert (report.settings.seed, sorted(report.settings.order)) == (5, sorted(arguments * 2))
    assert (report.source.name, report.complete) == (CLIP, True)
    assert len((tmp_path / "result" / "report.csv").read_text().splitlines()) == 4
    assert (tmp_path / "result" / "report.md").read_text().count("| simulated |") == 3
    remembered = json.loads((tmp_path / ".local/state/rkvideo/measured.json").read_text())
    assert set(remembered) == {*arguments, *titles}


def test_a_real_model_in_its_own_folder_of_the_recordings(tmp_path: Path, main) -> None:
    code, out, err = main(
        *("bench", "demo", "--models", "yolo11n@320,nosuch", "--frames", "8", "--warmup", "0.1"),
        *("--repeats", "1"),
        cwd=tmp_path,
    )
    assert code == 0, err
    written = re.search(r"written: (.*)/bench\.json", err)
    assert written is not None
    folder = Path(written[1])
    assert re.fullmatch(r"bench-\d{8}-\d{6}", folder.name)
    assert folder.parent == tmp_path / "videos" / "rkvideo"
    good, failed = read_report(folder).rows
    assert (good.title, good.backend, good.measurements[0].frames) == ("yolo11n@320x160", "onnx", 8)
    assert failed.trouble.startswith("no model called 'nosuch'")
    assert "not measured: nosuch: no model called 'nosuch'" in out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--sizes", "3x2x1"), "size '3x2x1' is neither"),
        (("--sizes", ","), "--sizes is empty"),
        (("--models", " , "), "--models is empty"),
        (("--models", "a@12z"), "size '12z' is neither"),
        (("--sizes", "333"), "multiples of 32, not 333"),
        (("--repeats", "0"), "--repeats is 0"),
        (("--seconds", "nan"), "--seconds is nan"),
        (("--frames", "1"), "--frames is 1"),
        (("--workers", "6..1"), "--workers is 6..1: give numbers from 1 to 64"),
        (("--workers", "two"), "--workers is 'two': give numbers such as 3, 1,2,4 or 1..6"),
        (("--hold-fps", "0"), "--hold-fps is 0: give a number above 0"),
        (
            ("--out", "taken"),
            "taken is not empty and holds no report: name another folder with --out",
        ),
        (("--out", "a-file"), "a-file is no folder"),
        (("--out", "a-file/x"), "a-file/x is no folder"),
        (("--out", "x" * 300), "File name too long: give a shorter name"),
        (("--out", "/proc/nosuch"), "--out /proc/nosuch: "),
        (("--pack", f"{'x' * 300}.zip"), "File name too long"),
        (("--pack", "/proc/nosuch.zip"), "--pack /proc/nosuch.zip: "),
    ],
)
def test_bad_input_is_one_line_and_2(
    tmp_path: Path, words: tuple[str, ...], told: str, main
) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "report.md").write_text("mine")
    (tmp_path / "a-file").touch()
    code, out, err = main("bench", CLIP, *SIMULATED, *words, cwd=tmp_path)
    assert (code, out) == (2, "")
    assert told in error_line(err)
    assert (tmp_path / "taken" / "report.md").read_text() == "mine"
    assert not list(tmp_path.rglob("bench.json"))


def test_a_source_that_is_not_there_is_2(tmp_path: Path, main) -> None:
    code, _, err = main("bench", "nosuch.mp4", *SIMULATED, cwd=tmp_path)
    assert code == 2
    assert "nosuch.mp4: no such file" in error_line(err)


def test_an_interrupted_bench_keeps_what_it_has(tmp_path: Path, start) -> None:
    words = ("bench", CLIP, *SIMULATED, "--models", "a@320,b@320", "--repeats", "50")
    words = (*words, "--seconds", "0.3", "--warmup", "0", "--out", "r")
    with start(*words, cwd=tmp_path, code=TELLS_OFTEN) as process:
        for line in process.stderr:
            if int(line.split()[0]) > 2:
                break
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    report = read_report(tmp_path / "r")
    assert not report.complete
    assert 2 <= sum(len(row.measurements) for row in report.rows) < 100


def test_a_stream_is_opened_anew_for_each_row_and_its_dropped_frames_are_counted(
    tmp_path: Path, main
) -> None:
    slow = ("--backend", "simulated", "--npu-cores", "1", "--npu-latency-ms", "150")
    with rtsp_server(width=320, height=240, user="cam", password="s3cret") as server:
        code, out, err = main(
            *("bench", server.url("cam:s3cret@"), *slow, "--models", "a@320,b@320"),
            *("--seconds", "1", "--warmup", "0.2", "--repeats", "1", "--out", "r"),
            cwd=tmp_path,
        )
    assert code == 0, err
    report = read_report(tmp_path / "r")
    assert report.source.live
    for row in report.rows:
        (measured,) = row.measurements
        assert measured.decoded == measured.frames + measured.dropped
        assert measured.dropped > measured.frames
    written = [path.read_text() for path in tmp_path.rglob("*") if path.is_file()]
    assert len(written) == 7
    assert not any("s3cret" in text for text in (out, err, *written))
    # What a camera gives is no rate of a model.
    assert json.loads((tmp_path / ".local/state/rkvideo/measured.json").read_text()) == {}


def test_a_stream_that_dies_ends_the_bench_in_words_and_keeps_its_rows(
    tmp_path: Path, start
) -> None:
    with rtsp_server(width=320, height=240) as server:
        words = ("bench", server.url(), *SIMULATED, "--models", "a@320", "--repeats", "100")
        words = (*words, "--seconds", "0.3", "--warmup", "0", "--out", "r")
        with start(*words, cwd=tmp_path, code=TELLS_OFTEN) as process:
            next(line for line in process.stderr if int(line.split()[0]) > 1)
            server.stop()
            _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    error_line(err)
    report = read_report(tmp_path / "r")
    assert not report.complete
    assert 1 <= len(report.rows[0].measurements) < 100
    assert "cut short" in (tmp_path / "r" / "report.md").read_text()
