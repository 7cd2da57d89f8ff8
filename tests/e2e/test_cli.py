"""The command line as a user meets it: real clips, real models."""

from __future__ import annotations

import errno
import functools
import json
import re
import signal
import socket
from dataclasses import replace
from itertools import islice
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from rkvideo.backends.planted import planted_boxes
from rkvideo.cli.run_report import npu_text, units_text
from rkvideo.config import SourceOptions
from rkvideo.errors import SinkWriteError
from rkvideo.files.whole import replace_whole
from rkvideo.sources.pattern import read_index
from rkvideo.status import Fan, NpuSample, UnitLoad
from tests.helpers.command_line import SIMULATED, error_line
from tests.helpers.paths import MODELS
from tests.helpers.video_samples import Clip, cut_off, make_clip, make_image


def frames_of(path: Path) -> list[av.VideoFrame]:
    with av.open(str(path)) as container:
        return list(container.decode(video=0))


def test_demo_gives_every_frame_in_all_three_outputs(tmp_path, main):
    code, _, err = main(
        *("run", "demo", "--model", "yolo11n@320", "--frames", "250"),
        *("--detections", "d.jsonl", "--stats", "s.json", "--record", "out.mp4"),
        cwd=tmp_path,
    )
    assert code == 0, err
    lines = [json.loads(line) for line in (tmp_path / "d.jsonl").read_text().splitlines()]
    assert [line["frame"] for line in lines] == list(range(250))
    assert lines[1]["pts"] == pytest.approx(0.04)
    assert (lines[0]["width"], lines[0]["height"]) == (640, 272)
    names = {found["name"] for line in lines for found in line["detections"]}
    assert {"person", "bicycle", "car"} <= names
    stats = json.loads((tmp_path / "s.json").read_text())
    assert stats["frames"] == {
        "decoded": 250,
        "dropped": 0,
        "inferred": 250,
        "late": 0,
        "shown": 250,
        "recorded": 250,
        "record_dropped": 0,
        "failed": 0,
    }
    assert stats["model"] == "yolo11n@320x160"
    assert stats["backend"] == "onnx"
    assert set(stats["latency_ms"]) == {
        *("total", "read", "decode", "wait", "preprocess"),
        *("infer", "postprocess", "reorder", "sink"),
    }
    assert set(stats["latency_ms"]["infer"]) == {"p50", "p95", "p99", "max"}
    recorded = frames_of(tmp_path / "out.mp4")
    assert len(recorded) == 250
    assert [round(frame.time, 3) for frame in recorded[:3]] == [0.0, 0.04, 0.08]


def test_600_frames_through_three_jittery_cores_keep_order_and_their_own_boxes(tmp_path, main):
    code, _, err = main(
        *("run", "pattern:640x384@30:600", "--backend", "simulated", "--conf", "0.1"),
        *("--npu-latency-ms", "4", "--npu-jitter-ms", "3"),
        *("--detections", "d.jsonl", "--record", "out.mkv"),
        cwd=tmp_path,
    )
    assert code == 0, err
    lines = [json.loads(line) for line in (tmp_path / "d.jsonl").read_text().splitlines()]
    assert [line["frame"] for line in lines] == list(range(600))
    recorded = frames_of(tmp_path / "out.mkv")
    assert len(recorded) == 600
    for index in (0, 1, 299, 598, 599):
        # The model's input fits the picture: it has its size.
        boxes, classes, _ = planted_boxes(index, 640, 384)
        inside = sorted(
            (int(class_id), float(box[0]), float(box[2]))
            for box, class_id in zip(boxes, classes, strict=True)
        )
        found = sorted(
            (d["class_id"], d["box"][0], d["box"][2]) for d in lines[index]["detections"]
        )
        assert np.array(found) == pytest.approx(np.array(inside), abs=0.1)


def test_overloaded_live_source_drops_and_accounts_for_it(tmp_path, main):
    code, _, err = main(
        *("run", "pattern:320x192@100:200", "--realtime", "--backend", "simulated"),
        *("--npu-latency-ms", "120", "--stats", "s.json"),
        cwd=tmp_path,
    )
    assert code == 0, err
    stats = json.loads((tmp_path / "s.json").read_text())
    frames = stats["frames"]
    assert frames["decoded"] == 200
    assert frames["dropped"] > 100
    assert frames["decoded"] == frames["shown"] + frames["dropped"] + frames["late"]
    # A frame waits for one inference on its core at most, then for its own.
    wait, infer = (stats["latency_ms"][stage]["p50"] for stage in ("wait", "infer"))
    assert wait < 1.5 * infer


def test_both_files_of_a_recording_and_their_quality(tmp_path, main):
    sizes = {}
    for quality in ("low", "high"):
        code, _, err = main(
            *("run", "demo", "--frames", "60", *SIMULATED, "--record", f"{quality}.mp4"),
            *("--record-what", "both", "--quality", quality, "--stats", f"{quality}.json"),
            cwd=tmp_path,
        )
        assert code == 0, err
        assert f"recorded: {quality}.mp4" in err
        assert f"recorded: {quality}-raw.mp4" in err
        stats = json.loads((tmp_path / f"{quality}.json").read_text())
        assert stats["frames"]["recorded"] == 60
        assert len(frames_of(tmp_path / f"{quality}.mp4")) == 60
        raw = tmp_path / f"{quality}-raw.mp4"
        assert len(frames_of(raw)) == 60
        sizes[quality] = raw.stat().st_size
    assert sizes["high"] > 1.5 * sizes["low"]


def test_headless_view_says_so_and_records_a_clip(tmp_path, main):
    code, _, err = main("pattern:320x192@50:60", *SIMULATED, cwd=tmp_path)
    assert code == 0, err
    assert "no window: there is no display" in err
    written = re.search(r"recorded: (.*\.mp4)", err)
    assert written is not None
    assert len(frames_of(Path(written[1]))) == 60


@pytest.mark.parametrize(
    ("display", "reason"),
    [("", "there is no display"), (":4711", "the display :4711 does not answer")],
)
def test_kiosk_without_a_screen_does_not_record_instead(
    display, reason, tmp_path, monkeypatch, main
):
    # A screen without a desktop: it counts only where no desktop is named.
    trouble = None if display else "no monitor is plugged in"
    monkeypatch.setattr("rkvideo.cli.view.bare_trouble", lambda: trouble)
    words = ("view", "pattern:320x192@50:60", *SIMULATED, "--kiosk")
    code, _, err = main(*words, cwd=tmp_path, DISPLAY=display)
    assert code == 2
    assert error_line(err).startswith(f"error: --kiosk: {reason}")
    assert not (tmp_path / "videos").exists()


def test_interrupted_run_keeps_what_it_recorded(tmp_path, start):
    # Not live, so that a busy machine drops nothing.
    words = ("run", "pattern:320x192@50", *SIMULATED, "--record", "out.mp4")
    with start(*words, "--detections", "-", cwd=tmp_path) as process:
        for _ in range(30):
            process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "recorded: out.mp4" in err
    assert len(frames_of(tmp_path / "out.mp4")) >= 30


def test_killed_run_leaves_a_clip_that_plays(tmp_path, start):
    # Not live, so that a busy machine drops nothing.
    words = ("run", "pattern:320x192@50", *SIMULATED, "--record", "out.mp4")
    with start(*words, "--detections", "-", cwd=tmp_path) as process:
        for _ in range(300):
            process.stdout.readline()
        process.kill()
    assert len(frames_of(tmp_path / "out.mp4")) >= 100


def test_every_picture_of_a_recording_is_its_own(tmp_path, main):
    code, _, err = main(
        *("run", "pattern:640x384@30:120", *SIMULATED, "--record", "out.mkv"),
        *("--classes", "toothbrush", "--conf", "1.0"),
        cwd=tmp_path,
    )
    assert code == 0, err
    assert [read_index(frame) for frame in frames_of(tmp_path / "out.mkv")] == list(range(120))


@pytest.fixture
def bad(tmp_path):
    """Files that are not what their names say."""
    (tmp_path / "text.mp4").write_text("this is no video\n" * 50)
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "empty.onnx").touch()
    (tmp_path / "foreign.onnx").write_bytes(b"\x89PNG" + bytes(500))
    (tmp_path / "foreign.rknn").write_bytes(bytes(500))
    (tmp_path / "short.txt").write_text("one\ntwo\n")
    (tmp_path / "pictures").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["missing.mp4", *SIMULATED], "missing.mp4"),
        (["text.mp4", *SIMULATED], "text.mp4"),
        (["empty.mp4", *SIMULATED], "empty.mp4"),
        (["pictures", *SIMULATED], "pictures"),
        (["/dev/video987", *SIMULATED], "/dev/video987"),
        (["pattern:640@30", *SIMULATED], "pattern:640@30"),
        (["http://", *SIMULATED], "http://"),
        (["demo", "--model", "missing.onnx"], "missing.onnx"),
        (["demo", "--model", "empty.onnx"], "empty.onnx"),
        (["demo", "--model", "foreign.onnx"], "foreign.onnx"),
        (["demo", "--model", "foreign.rknn"], "foreign.rknn"),
        (["demo", "--model", "nosuch"], "nosuch"),
        (["demo", "--model", "yolo11n@banana"], "banana"),
        (["demo", "--model", "yolo11n@100"], "multiple"),
        (["demo", "--model", "yolox-nano@640"], "416"),
        (["demo", "--labels", "short.txt"], "2 labels"),
        (["demo", "--labels", "nosuch.txt"], "nosuch.txt"),
        (["demo", "--classes", "persn"], "person"),
        (["demo", "--conf", "7"], "--conf"),
        (["demo", "--cores", "0,9", *SIMULATED], "core 9"),
        (["demo", "--hwdec", "nosuch", *SIMULATED], "nosuch"),
        (["demo", "--record", "out.avi", *SIMULATED], "out.avi"),
        (["demo", "--record", "nosuch/out.mp4", *SIMULATED], "nosuch"),
        (["demo", "--detections", "nosuch/d.jsonl", *SIMULATED], "nosuch"),
        (["demo", "--stats", "nosuch/s.json", *SIMULATED], "nosuch"),
        (["demo", "--stats", "x" * 300, *SIMULATED], "File name too long: give a shorter name"),
        (["demo", "--detections", "x" * 300, *SIMULATED], "File name too long"),
        (["demo", "--record", f"{'x' * 300}.mp4", *SIMULATED], "File name too long"),
        (["demo", "--record", "", *SIMULATED], "--record is empty"),
        (["demo", "--detections", "a", "--stats", "./a", *SIMULATED], "a: it is named twice"),
        (["demo", "--detections", "a.mp4", "--record", "a.mp4", *SIMULATED], "named twice"),
        (["demo", "--camera-rate", "nan", *SIMULATED], "--camera-rate is nan"),
        (["demo", "--camera-rate", "0", *SIMULATED], "--camera-rate is 0: give a number above 0"),
        (["demo", "--camera-format", "", *SIMULATED], "--camera-format is empty"),
        (["demo", "--camera-size", "640", *SIMULATED], "--camera-size is '640': give WIDTHxHEIGHT"),
    ],
)
def test_bad_input_is_told_in_one_line_and_ends_with_2(bad, main, words, told):
    code, _, err = main("run", *words, cwd=bad)
    assert told in error_line(err)
    assert code == 2, err


def test_refused_stream_ends_run_with_its_error(tmp_path, main):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    url = f"rtsp://user:secret@127.0.0.1:{port}/cam"
    code, _, err = main("run", url, *SIMULATED, cwd=tmp_path)
    assert code == 1
    assert "refuses the connection" in error_line(err)
    assert "secret" not in err


def test_silent_stream_ends_run_after_one_time_out(tmp_path, main, monkeypatch):
    soon = functools.partial(SourceOptions, open_timeout_s=0.5)
    monkeypatch.setattr("rkvideo.cli.arguments.SourceOptions", soon)
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"rtsp://user:secret@127.0.0.1:{server.getsockname()[1]}/cam"
        code, _, err = main("run", url, *SIMULATED, cwd=tmp_path)
    assert code == 1
    assert "127.0.0.1" in error_line(err)
    assert "secret" not in err


def test_wrong_usage_ends_with_2(tmp_path, main):
    code, _, err = main("run", cwd=tmp_path)
    assert code == 2
    assert "SOURCE" in err.upper()


def test_models_list_and_info_tell_the_licence(tmp_path, main):
    code, out, _ = main("models", "list", cwd=tmp_path)
    assert code == 0
    assert re.search(r"yolo11n .* AGPL-3\.0.* here", out)
    code, out, _ = main("models", "info", "yolo11n@320", cwd=tmp_path)
    assert code == 0
    assert "single, 80 classes, at 320x320" in out
    assert "AGPL-3.0" in out


SOON_GIVEN_UP = """
import sys
from rkvideo.backends import registry
from rkvideo.cli import headless
from rkvideo.cli.main import main
plan = registry.BackendPlan
limit_s = float(sys.argv[1])
registry.BackendPlan = lambda *parts, **named: plan(*parts, **{**named, "infer_limit_s": limit_s})
headless.JOIN_S = 0.3
sys.exit(main(sys.argv[2:]))
"""


def test_hung_core_does_not_keep_the_program(tmp_path, start):
    words = ("1", "run", "pattern:320x192@50:200", *SIMULATED, "--npu-fault", "hang:20")
    # A process of its own: the thread that hangs cannot be ended.
    with start(*words, "--record", "out.mp4", cwd=tmp_path, code=SOON_GIVEN_UP) as process:
        _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert re.search(r"core \d \(worker \d\) has not answered at frame 20 for", error_line(err))
    assert re.search(r"still run: npu-\d", err)
    assert len(frames_of(tmp_path / "out.mp4")) == 20


def test_doctor_finds_nothing_missing_for_the_demo(tmp_path, main):
    code, out, _ = main("doctor", "--json", cwd=tmp_path)
    checks = {check["check"]: check for check in json.loads(out)}
    assert code == 0
    assert checks["source"]["state"] == checks["model"]["state"] == "ok"
    assert checks["display"]["state"] == "note"
    code, out, _ = main("doctor", "nosuch.mp4", cwd=tmp_path)
    assert code == 1
    assert re.search(r"^missing +source +.*nosuch\.mp4", out, re.MULTILINE)


def test_npu_text_tells_what_is_there_and_what_is_not():
    sample = NpuSample(
        (80, 0, 79), 10**9, 54.2, "npu-thermal", None, 1, 2, (("driver", "needs root"),)
    )
    assert npu_text(sample) == (
        "load 80/0/79 %, 1000 MHz, 54 °C (npu-thermal), no driver version (needs root)"
    )
    assert units_text(sample) == ""
    beside = replace(
        sample,
        absent=(("gpu", "not there"),),
        rga=(UnitLoad("rga3[0]", 42.0), UnitLoad("rga2", 0.0)),
        fan=Fan(40.0),
    )
    assert npu_text(beside) == "load 80/0/79 %, 1000 MHz, 54 °C (npu-thermal)"
    assert units_text(beside) == "rga3[0] 42 %, fan 40 %"
    assert units_text(replace(beside, rga=(UnitLoad("rga2", 0.0),), fan=None)) == "idle"
    absent = (("clock_hz", "a"), ("loads", "b"), ("temperature_c", "c"), ("temperature_zone", "c"))
    nothing = NpuSample(None, None, None, None, None, 1, 2, absent)
    assert npu_text(nothing) == "no clock (a), no load (b), no temperature (c)"


def test_what_ended_a_run_is_told_before_what_could_not_be_written_of_it(
    tmp_path, monkeypatch, main
):
    def full(*_args):
        raise SinkWriteError("x could not be written: No space left on device")

    monkeypatch.setattr("rkvideo.cli.run.JsonLinesSink.write", full)
    monkeypatch.setattr("rkvideo.cli.run.write_stats", full)
    words = ("run", "pattern:320x192@50:20", *SIMULATED, "--stats", "s.json")
    code, _, err = main(*words, "--detections", "b.jsonl", cwd=tmp_path)
    assert code == 1
    assert "note: x could not be written" in err
    assert error_line(err).startswith("error: x could not be written")
    code, _, err = main(*words, cwd=tmp_path)
    assert (code, error_line(err)) == (
        1,
        "error: x could not be written: No space left on device",
    )


def test_figures_that_cannot_be_written_leave_no_file_that_says_the_run_goes_on(
    tmp_path, monkeypatch, main
):
    def full(path, content):
        if '"fps"' in content:
            raise OSError(errno.ENOSPC, "No space left on device")
        replace_whole(path, content)

    monkeypatch.setattr("rkvideo.cli.run_report.replace_whole", full)
    words = ("run", "pattern:320x192@50:20", *SIMULATED, "--stats", "s.json")
    code, _, err = main(*words, cwd=tmp_path)
    assert (code, error_line(err)) == (
        1,
        "error: s.json could not be written: No space left on device",
    )
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_is_killed_leaves_figures_that_say_so(tmp_path, start):
    words = ("run", "pattern:320x192@30", *SIMULATED, "--stats", "s.json", "--detections", "-")
    with start(*words, cwd=tmp_path) as process:
        process.stdout.readline()
        process.kill()
    stats = json.loads((tmp_path / "s.json").read_text())
    assert (stats["source"], stats["state"]) == ("pattern:320x192@30", "running")


def test_ctrl_c_during_an_inference_of_seconds_still_tells_what_was_measured(tmp_path, start):
    words = ("60", "run", "pattern:320x192@30", *SIMULATED, "--npu-fault", "hang:20")
    words = (*words, "--stats", "s.json", "--detections", "-")
    with start(*words, cwd=tmp_path, code=SOON_GIVEN_UP) as process:
        for line in process.stdout:
            if json.loads(line)["frame"] == 15:
                break
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "latency" in err
    assert "these threads still run: npu" in err
    stats = json.loads((tmp_path / "s.json").read_text())
    frames = stats["frames"]
    assert stats["state"] == "stopped"
    assert frames["decoded"] == frames["shown"] + frames["dropped"] + frames["late"]


def test_a_broken_picture_of_a_folder_keeps_its_number_and_is_told(tmp_path, main):
    folder = tmp_path / "pictures"
    folder.mkdir()
    for index in range(6):
        make_image(folder / f"{index}.png", index)
    for broken in (2, 4):
        (folder / f"{broken}.png").write_bytes(b"no picture")
    words = ("run", str(folder), *SIMULATED, "--detections", "d.jsonl")
    code, _, err = main(*words, cwd=tmp_path)
    assert code == 0
    assert "note: 2 of 6 pictures could not be read: 2.png, 4.png" in err
    lines = [json.loads(line) for line in (tmp_path / "d.jsonl").read_text().splitlines()]
    assert [line["frame"] for line in lines] == [0, 1, 3, 5]
    assert [line["file"] for line in lines] == ["0.png", "1.png", "3.png", "5.png"]
    code, _, _ = main(*words, "--strict", cwd=tmp_path)
    assert code == 1


def test_a_cut_video_says_how_much_of_it_there_was(tmp_path, main):
    clip = make_clip(
        Clip(tmp_path / "cut.mp4", frames=60),
        options={"g": "15"},
        container_options={"movflags": "faststart"},
    )
    cut_off(clip.path, 0.6)
    code, _, err = main("run", "cut.mp4", *SIMULATED, "--strict", cwd=tmp_path)
    assert code == 1
    told = re.search(r"note: (\d+) of about 60 frames: the file is cut off or damaged", err)
    assert told is not None
    assert 10 < int(told[1]) < 60
    whole = make_clip(Clip(tmp_path / "whole.mp4", frames=60))
    code, _, err = main("run", str(whole.path), *SIMULATED, "--strict", cwd=tmp_path)
    assert code == 0
    assert "of about" not in err


@pytest.fixture
def photographs(tmp_path):
    """Six pictures of the demo clip, each of another size."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    with av.open(str(MODELS / "clips" / "bikes.mp4")) as container:
        frames = list(islice(container.decode(video=0), 0, 180, 30))
    suffixes = (".jpg", ".png", ".webp", ".jpeg", ".bmp", ".JPG")
    for number, (frame, suffix) in enumerate(zip(frames, suffixes, strict=True)):
        pixels = frame.to_ndarray(format="bgr24")
        size = (640 - 40 * number, 272 + 48 * number)
        cv2.imwrite(str(folder / f"at {number}{suffix}"), cv2.resize(pixels, size))
    return folder


def run_pictures(main, folder, *words):
    return main(
        *("run", "pictures", "--model", "yolo11n@320", "--detections", "d.jsonl", *words),
        cwd=folder.parent,
    )


def test_a_folder_of_pictures_is_recorded_as_one_clip(photographs, main):
    code, _, err = run_pictures(main, photographs, "--record", "out.mp4")
    assert code == 0, err
    assert [path.name for path in photographs.parent.glob("*.mp4")] == ["out.mp4"]
    recorded = frames_of(photographs.parent / "out.mp4")
    assert [(frame.width, frame.height) for frame in recorded] == [(640, 272)] * 6
    # 440x512 fits into 640x272 as 234x272: black at both sides, a picture between.
    last = recorded[-1].to_ndarray(format="gray").astype(int)
    assert last[:, :196].max() < 30
    assert last[:, 444:].max() < 30
    assert last[:, 210:430].std() > 20


@pytest.mark.parametrize("is_there", [False, True])
def test_pictures_are_recorded_into_a_folder_under_their_own_names(photographs, main, is_there):
    home = photographs.parent
    out = home / "out"
    if is_there:
        out.mkdir()
        (out / "at 0.jpg").write_bytes(b"mine")
    code, _, err = run_pictures(main, photographs, "--record", "out" if is_there else "out/")
    assert code == 0, err
    names = sorted(path.name for path in photographs.iterdir())
    first = "at 0-2.jpg" if is_there else "at 0.jpg"
    assert sorted(path.name for path in out.iterdir() if path.stat().st_size > 9) == sorted(
        [first, *names[1:]]
    )
    assert list(home.glob("*.mp4")) == []
    lines = [json.loads(line) for line in (home / "d.jsonl").read_text().splitlines()]
    assert sum(len(line["detections"]) for line in lines) > 5
    for line in lines:
        is_first = line["file"] == "at 0.jpg"
        drawn = cv2.imread(str(out / (first if is_first else line["file"]))).astype(int)
        bare = cv2.imread(str(photographs / line["file"])).astype(int)
        assert drawn.shape == bare.shape
        changed = np.abs(drawn - bare).max(axis=2) > 60
        assert changed.any() == bool(line["detections"])
    if is_there:
        assert (out / "at 0.jpg").read_bytes() == b"mine"


def test_a_video_is_recorded_into_a_folder_as_a_clip(tmp_path, main):
    words = ("run", "pattern:320x192@30:10", *SIMULATED, "--record", "out/")
    code, _, err = main(*words, cwd=tmp_path)
    assert code == 0, err
    (clip,) = (tmp_path / "out").iterdir()
    assert re.fullmatch(r"rkvideo-\d{8}-\d{6}\.mp4", clip.name)
    assert len(frames_of(clip)) == 10


def test_pictures_without_boxes_into_a_folder_are_refused(photographs, main):
    code, _, err = run_pictures(main, photographs, "--record", "out/", "--record-what", "raw")
    assert code == 2
    assert "the pictures are in pictures already" in error_line(err)
    assert not (photographs.parent / "out").exists()


@pytest.mark.parametrize("place", ["stick/out.mp4", "stick/clips/"])
def test_a_run_that_waits_for_its_source_records_elsewhere_where_its_folder_is_missing(
    tmp_path, main, monkeypatch, place
):
    monkeypatch.setenv("XDG_VIDEOS_DIR", str(tmp_path / "videos"))
    words = ("run", "pattern:320x192@30:10", *SIMULATED, "--record", place)
    code, _, err = main(*words, "--retry", cwd=tmp_path)
    assert code == 0, err
    assert err.count("is not there: the recording goes to") == 1
    (clip,) = (tmp_path / "videos" / "rkvideo").iterdir()
    assert len(frames_of(clip)) == 10
    assert not (tmp_path / "stick").exists()
    # Who does not wait is there to name another one.
    code, _, err = main(*words, cwd=tmp_path)
    assert code == 2
    assert "stick" in error_line(err)
