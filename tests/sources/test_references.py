"""Which pictures are left out first, against what FFmpeg's own decoders leave out."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
import pytest

from rkvideo.sources.references import References, references_of

COUNT = 24
CODERS = {
    "libx264": {"x264-params": "bframes=3:b-pyramid=normal:b-adapt=0:scenecut=0"},
    "libx265": {"x265-params": "bframes=3:b-adapt=0:scenecut=0:pools=none:log-level=none"},
}


def write(path, coder):
    with av.open(str(path), "w") as container:
        stream = container.add_stream(
            coder, rate=25, options={"preset": "superfast", **CODERS[coder]}
        )
        stream.width, stream.height, stream.pix_fmt = 128, 96, "yuv420p"
        for number in range(COUNT):
            noise = np.random.default_rng(number).integers(0, 255, (144, 128), np.uint8)
            picture = av.VideoFrame.from_ndarray(noise, format="yuv420p")
            picture.pts, picture.time_base = number, Fraction(1, 25)
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))


@pytest.mark.parametrize("container", ["ts", "mp4", "mkv"])
@pytest.mark.parametrize("coder", sorted(CODERS))
def test_what_is_disposable_is_what_ffmpeg_skips(tmp_path, coder, container):
    if coder not in av.codecs_available:
        pytest.skip(f"this FFmpeg has no {coder}")
    path = tmp_path / f"clip.{container}"
    write(path, coder)
    with av.open(str(path)) as opened:
        stream = opened.streams.video[0]
        references = references_of(stream)
        needed = {
            packet.pts
            for packet in opened.demux(stream)
            if packet.size and not references.is_disposable(packet)
        }
    with av.open(str(path)) as opened:
        opened.streams.video[0].codec_context.skip_frame = "NONREF"
        shown = {picture.pts for picture in opened.decode(video=0)}
    assert needed == shown
    assert COUNT / 4 <= len(needed) <= COUNT * 3 / 4


@pytest.mark.parametrize("codec", ["h264", "hevc", "mjpeg"])
@pytest.mark.parametrize("extradata", [None, b"", b"\1", b"\1" + b"\xff" * 30])
def test_packets_that_tell_nothing_are_needed(codec, extradata):
    references = References(codec, extradata)
    for data in (b"\0", b"\0\0\1", b"\xff" * 40):
        assert not references.is_disposable(av.Packet(data))
