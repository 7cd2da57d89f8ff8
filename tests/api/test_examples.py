"""The examples and the lines of the README, run as they are."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from itertools import islice
from pathlib import Path

import av
import cv2
import pytest

from tests.helpers.paths import MODELS, ROOT
from tests.helpers.streams import rtsp_server

CLIP = MODELS / "clips/bikes.mp4"


def run(*words: str, cwd: Path) -> str:
    done = subprocess.run(
        [sys.executable, *words],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def example(name: str, *words: str, cwd: Path) -> str:
    return run(str(ROOT / "examples" / name), *words, cwd=cwd)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    with av.open(str(CLIP)) as container:
        frame = next(islice(container.decode(video=0), 40, None))
        pixels = frame.to_ndarray(format="bgr24")
    path = tmp_path / "picture.png"
    assert cv2.imwrite(str(path), pixels)
    return path


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """The first frames of the demo clip, not decoded: they are copied."""
    path = tmp_path / "clip.mp4"
    with av.open(str(CLIP)) as source, av.open(str(path), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        packets = (packet for packet in source.demux(video=0) if packet.dts is not None)
        for packet, _ in zip(packets, range(10), strict=False):
            packet.stream = stream
            target.mux(packet)
    return path


def test_every_example_is_run_here() -> None:
    text = Path(__file__).read_text(encoding="utf-8")
    names = {path.name for path in (ROOT / "examples").glob("*.py")}
    assert len(names) == 4
    assert {name for name in names if f'example("{name}"' in text} == names


def test_one_picture(picture: Path) -> None:
    told = example("one_picture.py", str(picture), cwd=picture.parent)
    assert told.splitlines()[:2] == [
        "person 0.88 at 316,1 to 591,270",
        "car 0.77 at 0,104 to 114,271",
    ]


def test_a_video_to_json_lines(clip: Path) -> None:
    told = example("video_to_json_lines.py", str(clip), "yolo11n@320", cwd=clip.parent)
    lines = [json.loads(line) for line in told.splitlines()]
    assert [line["frame"] for line in lines] == list(range(10))
    assert all(len(line["names"]) == len(line["boxes"]) for line in lines)


def test_a_stream_into_an_own_sink(tmp_path: Path) -> None:
    with rtsp_server(width=320, height=240) as server:
        told = example("stream_to_own_sink.py", server.url(), "5", cwd=tmp_path).splitlines()
    assert told[0].endswith(": 320x240")
    assert told[-1] == "the end"


def test_a_bench_of_two_sizes(tmp_path: Path) -> None:
    told = example("bench_sizes.py", "demo", "0.6", cwd=tmp_path)
    rate = r"(?:[\d.]+ fps|too few frames to tell)"
    rows = re.findall(rf"^(yolo11n@\d+x\d+): {rate} \(onnx\)$", told, re.MULTILINE)
    assert rows == ["yolo11n@320x160", "yolo11n@640x288"]


def test_the_lines_of_the_readme_run(clip: Path, picture: Path) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (lines,) = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    assert len([line for line in lines.splitlines() if line.strip()]) <= 7
    reading = f"import cv2\nimage = cv2.imread({str(picture)!r})[:, :, ::-1]\n"
    told = run("-c", reading + lines, cwd=clip.parent).splitlines()
    assert told[0] == "[316.4   0.6 591.2 270.2] person"
    assert len(told) == 11
