"""What a recording of a real RTSP stream holds when the model is much slower than the camera."""

from __future__ import annotations

import json
from itertools import pairwise

import av
import pytest

from tests.helpers.live_http import live_ts, wider_sps
from tests.helpers.streams import rtsp_server

SLOW = ("--backend", "simulated", "--npu-cores", "1", "--npu-latency-ms", "200")


def times_of(path):
    with av.open(str(path)) as container:
        return [frame.time for frame in container.decode(video=0)]


@pytest.mark.parametrize("what", ["annotated", "raw", "both"])
def test_every_frame_of_the_camera_is_recorded(tmp_path, main, what):
    with rtsp_server() as server:
        code, _, err = main(
            *("run", server.url(), *SLOW, "--frames", "8", "--stats", "s.json"),
            *("--record", "cam.mp4", "--record-what", what),
            cwd=tmp_path,
        )
    assert code == 0, err
    frames = json.loads((tmp_path / "s.json").read_text())["frames"]
    assert frames["shown"] == 8
    # The camera gives 25 pictures a second, the model looks at 5.
    assert frames["decoded"] > 3 * 8
    assert frames["record_dropped"] == 0
    assert abs(frames["recorded"] - frames["decoded"]) <= 5
    names = ["cam.mp4", "cam-raw.mp4"] if what == "both" else ["cam.mp4"]
    for name in names:
        times = times_of(tmp_path / name)
        assert abs(len(times) - frames["decoded"]) <= 20
        assert max(later - before for before, later in pairwise(times)) < 0.1


def test_only_what_the_model_has_seen_if_that_is_asked_for(tmp_path, main):
    with rtsp_server() as server:
        code, _, err = main(
            *("run", server.url(), *SLOW, "--frames", "6", "--stats", "s.json"),
            *("--record", "cam.mp4", "--record-frames", "inferred"),
            cwd=tmp_path,
        )
    assert code == 0, err
    frames = json.loads((tmp_path / "s.json").read_text())["frames"]
    assert frames["recorded"] == len(times_of(tmp_path / "cam.mp4")) == frames["shown"] == 6


def test_broken_parameters_of_a_live_stream_do_not_cut_the_recording(tmp_path, main):
    """A second of it is decoded 336 columns wide: up to the next keyframe."""

    def spoil(number: int, data: bytes) -> bytes:
        return wider_sps(number, 25, data)

    with live_ts(25, lambda number: number / 25, spoil) as server:
        code, _, err = main(
            *("run", server.url, "--backend", "simulated", "--npu-latency-ms", "2"),
            *("--frames", "60", "--record", "cam.mp4", "--stats", "s.json"),
            cwd=tmp_path,
        )
    assert code == 0, err
    figures = json.loads((tmp_path / "s.json").read_text())
    told = "pictures of 336x240 are letterboxed into a recording of 320x240"
    assert figures["notices"].count(told) == 1
    assert [path.name for path in tmp_path.glob("*.mp4")] == ["cam.mp4"]
    with av.open(str(tmp_path / "cam.mp4")) as container:
        sizes = [(frame.width, frame.height) for frame in container.decode(video=0)]
    assert sizes == [(320, 240)] * figures["frames"]["recorded"]
    assert len(sizes) >= 60
