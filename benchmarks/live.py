"""What is told of a live source against what is true, as ratios of one run.

    python -m benchmarks.live [CASE ...] [--seconds N]

A real RTSP server paints the clock into its pictures (GStreamer, run by the system's Python; see
tests/helpers/rtsp_server.py). Each case plays it through a simulated NPU, and a bare PyAV loop
plays the same stream beside it, in a process of its own, and infers nothing. What rkvideo adds to
it is told whole and in its two parts, the inference and all else. `playlist` is a live HLS playlist
of segments of 2 s. Ends with 1 where a case misses what is wanted.
"""

from __future__ import annotations

import argparse
import contextlib
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np

from rkvideo.assembly import open_run
from rkvideo.config import AppConfig, SimulationSpec
from rkvideo.data import FrameResult
from rkvideo.pictures.pixels import plane_array
from rkvideo.sources.decoder import Decoder
from rkvideo.sources.pattern import read_index
from tests.helpers.live_http import live_playlist
from tests.helpers.painted_clock import read_clock, seconds_since

SERVER = Path(__file__).parents[1] / "tests/helpers/rtsp_server.py"
SETTLE_S = 4.0
"""What comes before is that of opening: pictures that waited in the server and in the probing."""

CORES = 3
PATIENCE_S = 20.0


@dataclass(frozen=True, slots=True)
class Case:
    """A stream and an NPU. `decoder_fps` slows the decoder down to so many pictures a second.

    What is wanted is None where the case does not measure it: `lag` is the longest true latency in
    seconds, `over_inference` the told latency in inferences, `late` a share. `over_bare_ms` is what
    is added to the true latency of bare PyAV, which infers nothing: with the inference in it.
    """

    fps: int
    latency_ms: float
    jitter_ms: float = 0.0
    decoder_fps: float | None = None
    keyframes: int = 15
    lag: float | None = None
    over_inference: float | None = None
    over_bare_ms: float | None = None
    late: float | None = None


CASES = {
    "25-fps": Case(25, 7, over_bare_ms=10.0),
    "25-fps-at-640": Case(25, 13.6),
    "1-fps": Case(1, 7, over_bare_ms=10.0),
    "slow-decoder": Case(30, 13.6, decoder_fps=20, lag=0.5),
    "slow-decoder-long-gop": Case(30, 13.6, decoder_fps=20, keyframes=60, lag=0.5),
    "slow-decoder-10-s-gop": Case(30, 13.6, decoder_fps=20, keyframes=300, lag=0.5),
    "jitter": Case(30, 100, 20, late=0.02),
    "jitter-at-overload": Case(30, 400, 80, late=0.02),
    "overload": Case(30, 400, over_inference=1.2),
}
PLAYLIST = "playlist"
PLAYLIST_FPS = 25
MOST_ERROR_MS = 10.0
"""How far the told latency may lie from the true one, at the median."""

MOST_OWN_MS = 5.0
"""How much may be added to bare PyAV and an inference by everything else, at the median: threads,
queues, preparing of the picture and postprocessing; where the NPU and the decoder keep up."""

_BUSY = 0.7
"""An NPU that is busier lets frames wait for a core now and then."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One shown frame, seconds: latency by the painted clock, as it is told, and its inference."""

    at_s: float
    true_s: float
    told_s: float
    infer_s: float


@dataclass(frozen=True, slots=True)
class Figures:
    """What a case measured; seconds."""

    true_p50: float
    true_max: float
    told_p50: float
    error_p50: float
    error_p95: float
    bare_p50: float
    inference_p50: float
    late_share: float
    shown_over_possible: float
    longest_gap: float

    @property
    def over_bare(self) -> float:
        """What rkvideo adds to the latency of bare PyAV, which does nothing with its pictures."""
        return self.true_p50 - self.bare_p50

    @property
    def own(self) -> float:
        """The same without the inference: what is neither FFmpeg's nor the model's."""
        return self.over_bare - self.inference_p50


@contextlib.contextmanager
def painted_server(case: Case) -> Iterator[str]:
    """The address of a server that plays pictures with a clock in them."""
    words = ["--painted=1", f"--fps={case.fps}", f"--keyframes={case.keyframes}"]
    with subprocess.Popen(
        ["/usr/bin/python3", str(SERVER), *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdout is not None
        port = int(server.stdout.readline().split()[1])
        try:
            yield f"rtsp://127.0.0.1:{port}/live"
        finally:
            server.kill()


@contextlib.contextmanager
def slowed_decoder(fps: float | None) -> Iterator[None]:
    """Stands in for a decoder that does `fps` pictures a second."""
    decode, never = Decoder.decode, threading.Event()

    def slow(self: Decoder, *args: Any) -> Any:
        began = time.perf_counter()
        pictures = decode(self, *args)
        never.wait(max(0.0, began + 1 / (fps or 1) - time.perf_counter()))
        return pictures

    if fps is not None:
        Decoder.decode = slow  # type: ignore[method-assign]
    try:
        yield
    finally:
        Decoder.decode = decode  # type: ignore[method-assign]


def latency_of(picture: av.VideoFrame, now_s: float) -> float:
    """Seconds since the picture was made."""
    return seconds_since(read_clock(plane_array(picture, 0)), now_s)


def bare_loop(url: str, seconds: float) -> int:
    """Play without rkvideo and print the median of the latency in milliseconds."""
    latencies = []
    options = {"rtsp_transport": "tcp", "analyzeduration": "1000000"}
    with av.open(url, options=options, timeout=(15.0, 10.0)) as container:
        ends = time.perf_counter() + seconds
        for picture in container.decode(video=0):
            latencies.append(latency_of(picture, time.perf_counter()))
            if time.perf_counter() > ends:
                break
    settled = latencies[len(latencies) // 3 :]
    print(f"{np.median(settled) * 1e3:.2f}")
    return 0


def play(url: str, case: Case, seconds: float) -> tuple[list[Seen], dict[str, int]]:
    """Play it through the pipeline; the frames that were shown and the counts of the end."""
    seen: list[Seen] = []

    def observe(result: FrameResult) -> None:
        timings = result.first.timings
        true_s = latency_of(result.frame.picture, timings.emitted_s)
        seen.append(Seen(timings.emitted_s, true_s, timings.total, timings.infer))

    config = AppConfig(
        source=url,
        model="yolo11n@320",
        backend="simulated",
        simulation=SimulationSpec(CORES, case.latency_ms, case.jitter_ms),
    )
    pipeline = open_run(config, print)
    pipeline.observe(observe)
    with slowed_decoder(case.decoder_fps):
        pipeline.start()
        status = pipeline.wait(seconds)
        pipeline.stop()
        pipeline.join(PATIENCE_S)
    if status.error is not None:
        raise status.error
    counts = pipeline.status().counts
    return seen, {name: getattr(counts, name) for name in ("decoded", "inferred", "late", "shown")}


def measure(case: Case, seconds: float) -> Figures:
    """Run one case."""
    with painted_server(case) as url:
        bare = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.live", "--bare", url, "--seconds", str(seconds)],
            stdout=subprocess.PIPE,
            text=True,
        )
        seen, counts = play(url, case, seconds)
        bare_p50 = float(bare.communicate(timeout=PATIENCE_S)[0]) / 1e3
    began = seen[0].at_s
    seen = [each for each in seen if each.at_s > began + SETTLE_S]
    true = np.array([each.true_s for each in seen])
    told = np.array([each.told_s for each in seen])
    errors = np.abs(true - told)
    possible = min(case.fps, case.decoder_fps or case.fps, CORES * 1e3 / case.latency_ms)
    shown_fps = (len(seen) - 1) / (seen[-1].at_s - seen[0].at_s)
    return Figures(
        true_p50=float(np.median(true)),
        true_max=float(true.max()),
        told_p50=float(np.median(told)),
        error_p50=float(np.median(errors)),
        error_p95=float(np.percentile(errors, 95)),
        bare_p50=bare_p50,
        inference_p50=float(np.median([each.infer_s for each in seen])),
        late_share=counts["late"] / max(1, counts["inferred"]),
        shown_over_possible=shown_fps / possible,
        longest_gap=float(np.diff([each.at_s for each in seen]).max()),
    )


def misses(case: Case, figures: Figures) -> list[str]:
    """What of a case is not as it is wanted."""
    inferences = figures.told_p50 / (case.latency_ms / 1e3)
    keeps_up = case.decoder_fps is None and case.fps * case.latency_ms < CORES * 1e3 * _BUSY
    checks = (
        ("told is not true", figures.error_p50 * 1e3, MOST_ERROR_MS),
        ("lag", figures.true_max, case.lag),
        ("lag in inferences", inferences, case.over_inference),
        ("ms over bare PyAV", figures.over_bare * 1e3, case.over_bare_ms),
        ("ms over bare PyAV and inference", figures.own * 1e3, MOST_OWN_MS if keeps_up else None),
        ("late share", figures.late_share, case.late),
    )
    return [
        f"{what}: {value:.3g} of at most {most:g}"
        for what, value, most in checks
        if most is not None and value > most
    ]


def measure_playlist(seconds: float) -> int:
    """Print how evenly and how completely a live playlist is shown; gives how much is missed."""
    shown: list[tuple[float, int]] = []

    def observe(result: FrameResult) -> None:
        shown.append((result.first.timings.emitted_s, read_index(result.frame.picture)))

    with tempfile.TemporaryDirectory() as folder, live_playlist(Path(folder)) as url:
        config = AppConfig(
            source=url,
            model="yolo11n@320",
            backend="simulated",
            simulation=SimulationSpec(CORES, 13.6),
        )
        pipeline = open_run(config, print)
        pipeline.observe(observe)
        pipeline.start()
        pipeline.wait(seconds)
        pipeline.stop()
        pipeline.join(PATIENCE_S)
    times = np.array([at for at, _ in shown])
    numbers = [number for _, number in shown]
    unevenness = np.percentile(np.abs(np.diff(times) * PLAYLIST_FPS - 1), 95)
    share = len(shown) / (numbers[-1] - numbers[0] + 1)
    print(
        f"{PLAYLIST}: off even at p95 {unevenness:.2f} frame intervals  shown/possible {share:.3f}"
    )
    if unevenness > 1:
        print(f"    MISSED off even at p95: {unevenness:.3g} of at most 1")
    return int(unevenness > 1)


def main() -> int:
    """Run the bench; gives the exit code."""
    parser = argparse.ArgumentParser(description="what is told of a live source against the truth")
    parser.add_argument(
        "case", nargs="*", choices=(*CASES, PLAYLIST, []), help="all, if none is named"
    )
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--bare", metavar="URL", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.bare:
        return bare_loop(args.bare, args.seconds)
    missed = 0
    for name in args.case or (*CASES, PLAYLIST):
        if name == PLAYLIST:
            missed += measure_playlist(args.seconds)
            continue
        case = CASES[name]
        figures = measure(case, args.seconds)
        print(
            f"{name}: lag/inference {figures.told_p50 * 1e3 / case.latency_ms:.2f}"
            f"  told/true {figures.told_p50 / figures.true_p50:.3f}"
            f"  late share {figures.late_share:.3f}"
            f"  shown/possible {figures.shown_over_possible:.3f}"
            f"  true/bare {figures.true_p50 / figures.bare_p50:.2f}\n"
            f"    ms: true p50 {figures.true_p50 * 1e3:.1f} max {figures.true_max * 1e3:.1f},"
            f" told p50 {figures.told_p50 * 1e3:.1f}, |told - true| p50"
            f" {figures.error_p50 * 1e3:.1f} p95 {figures.error_p95 * 1e3:.1f},"
            f" longest gap {figures.longest_gap * 1e3:.0f},"
            f" bare PyAV p50 {figures.bare_p50 * 1e3:.1f},"
            f" over bare {figures.over_bare * 1e3:.1f}: inference"
            f" {figures.inference_p50 * 1e3:.1f} + own {figures.own * 1e3:.1f}"
        )
        for miss in misses(case, figures):
            missed += 1
            print(f"    MISSED {miss}")
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
