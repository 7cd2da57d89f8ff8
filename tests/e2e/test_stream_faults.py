"""Streams that are late, dark or coded otherwise: what of them is lost, and what is told."""

from __future__ import annotations

import json
import random
import statistics
import threading
import time
from itertools import pairwise
from pathlib import Path

import av
import pytest

from rkvideo.errors import SourceLostError
from rkvideo.sources.pattern import read_index
from tests.helpers.live_http import changing_ts, live_ts, ts_with_sound
from tests.helpers.streams import opening, read_on

FPS = 25


def codec_of(path: Path) -> str:
    with av.open(str(path)) as container:
        return container.streams.video[0].codec_context.name


def test_jitter_of_200_ms_loses_nothing_and_stays_out_of_the_time():
    never, began = threading.Event(), []

    def late(number: int, data: bytes) -> bytes:
        now = time.perf_counter()
        began.append(now)
        sent_s = began[0] + number / FPS + random.Random(number).uniform(0, 0.2)
        never.wait(max(0.0, sent_s - now))
        return data

    with live_ts(FPS, lambda number: number / FPS, late) as server, opening(server.url) as source:
        source.open()
        frames = [source.read() for _ in range(45)]
        report = source.report()
    numbers = [read_index(frame.picture) for frame in frames]
    assert numbers == list(range(numbers[0], numbers[0] + 45))
    assert (report.undecoded, report.anchors, report.notices) == (0, 0, ())
    steps = [after.pts_s - before.pts_s for before, after in pairwise(frames[15:])]
    assert statistics.median(steps) == pytest.approx(1 / FPS, abs=0.005)


def test_sound_alone_is_a_loss_after_the_time_out_and_its_time_is_kept():
    def is_dark(number: int) -> bool:
        return number >= 40

    with ts_with_sound(is_dark) as server, opening(server.url, read_timeout_s=0.5) as source:
        source.open()
        before = [source.read() for _ in range(20)]
        with pytest.raises(SourceLostError, match=r"no data for 0\.5 s"):
            read_on(source, before)
        source.open()
        after = [source.read() for _ in range(20)]
    assert [frame.index for frame in (*before, *after)] == list(range(len(before) + 20))
    away_s = after[0].pts_s - before[-1].pts_s
    true_s = after[0].captured_s - before[-1].captured_s
    assert away_s == pytest.approx(true_s, abs=0.2)
    assert away_s > 0.5


def test_a_stream_that_comes_back_in_another_codec_goes_on(tmp_path, main):
    with changing_ts(["libx264", "mpeg2video"], 30) as server:
        code, _, err = main(
            *("run", server.url, "--backend", "simulated", "--npu-latency-ms", "2"),
            *("--frames", "50", "--record", "cam.mkv", "--record-what", "raw", "--stats", "s.json"),
            cwd=tmp_path,
        )
    assert code == 0, err
    figures = json.loads((tmp_path / "s.json").read_text())
    assert figures["decoder"] == "mpeg2video"
    assert figures["frames"]["shown"] == 50
    assert codec_of(tmp_path / "cam.mkv") == "h264"
    assert [codec_of(path) for path in tmp_path.glob("cam-2.*")] == ["mpeg2video"]
