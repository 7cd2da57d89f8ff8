"""The last pictures before a damaged end, of a decoder whose threads have many under way."""

from __future__ import annotations

from pathlib import Path

import av
import pytest
from av.codec.context import ThreadType
from av.stream import Discard
from av.video.codeccontext import VideoCodecContext

from rkvideo.config import SourceOptions
from rkvideo.pictures.lent import Lender
from rkvideo.sources.decoder import Decoder
from rkvideo.sources.file import FileSource
from rkvideo.sources.tail import Tail
from tests.helpers.video_samples import Clip, cut_off, make_clip
from tests.sources.test_length import with_sound

B_FRAMES = {"g": "15", "bf": "2"}


class ManyThreads(Decoder):
    """FFmpeg's own, with the threads of a large PC."""

    def _create(self) -> VideoCodecContext:
        context = super()._create()
        context.thread_count = 12
        return context


def pictures_of(
    decoder: type[Decoder], path: Path, broken: int, threads: ThreadType
) -> tuple[list[float | None], int]:
    """Stamps of the pictures, and the damaged, where the packet `broken` is one of noise."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        made = decoder(stream, ("h264",), threads, path.name, Lender())
        packets = [packet for packet in container.demux(stream) if packet.size]
        noise = av.Packet(b"\xff" * 400)
        noise.pts, noise.dts = packets[broken].pts, packets[broken].dts
        noise.time_base, noise.stream = packets[broken].time_base, stream
        packets[broken] = noise
        stamps = [each.stamp_s for packet in (*packets, None) for each in made.decode(packet)]
    return stamps, made.damaged


@pytest.mark.parametrize("broken", [-1, -2, -4, -11])
def test_behind_a_broken_packet_near_the_end_all_pictures_come(tmp_path: Path, broken: int) -> None:
    clip = make_clip(Clip(tmp_path / "clip.mkv", frames=40), options=B_FRAMES)
    few, damaged = pictures_of(Decoder, clip.path, broken, ThreadType.NONE)
    many, counted = pictures_of(ManyThreads, clip.path, broken, ThreadType.FRAME)
    assert (many, counted) == (few, damaged)
    assert (len(many), counted) == (39, 1)


def test_of_a_whole_clip_nothing_is_decoded_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("it is decoded again")

    monkeypatch.setattr(Tail, "decode_again", refuse)
    clip = make_clip(Clip(tmp_path / "clip.mkv", frames=40), options=B_FRAMES)
    with av.open(str(clip.path)) as container:
        stream = container.streams.video[0]
        decoder = ManyThreads(stream, ("h264",), ThreadType.FRAME, "clip.mkv", Lender())
        packets = [packet for packet in container.demux(stream) if packet.size]
        assert sum(len(decoder.decode(packet)) for packet in (*packets, None)) == 40
    assert decoder.damaged == 0


def test_what_a_group_is_kept_of_is_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then they are counted, and the run ends as ever."""
    monkeypatch.setattr("rkvideo.sources.tail._MOST_BYTES", 2000)
    clip = make_clip(Clip(tmp_path / "clip.mkv", frames=40), options={"g": "40", "bf": "0"})
    stamps, damaged = pictures_of(ManyThreads, clip.path, -11, ThreadType.FRAME)
    assert len(stamps) + damaged == 40
    assert damaged > 1


def test_where_the_sound_is_cut_first_the_pictures_go_on(tmp_path: Path) -> None:
    """Of a fragment the sound lies behind the pictures."""
    path = with_sound(tmp_path / "clip.mp4", frames=100, sound_s=4)
    with av.open(str(path)) as read:
        fragments = {"movflags": "frag_keyframe+empty_moov", "frag_duration": "2000000"}
        with av.open(str(tmp_path / "cut.mp4"), "w", container_options=fragments) as written:
            streams = [written.add_stream_from_template(each) for each in read.streams]
            for packet in read.demux():
                if packet.dts is not None:
                    packet.stream = streams[packet.stream_index]
                    written.mux(packet)
    cut_off(tmp_path / "cut.mp4", 0.97)
    with av.open(str(tmp_path / "cut.mp4")) as container:
        whole = 0
        stream = container.streams.video[0]
        for other in container.streams.audio:
            other.discard = Discard.all
        for packet in container.demux(stream):
            whole += packet.size > 0 and not packet.is_corrupt
    source = FileSource(tmp_path / "cut.mp4", SourceOptions())
    source.open()
    count = 0
    while source.read() is not None:
        count += 1
    source.close()
    assert count == whole
