"""A raw recording of a live source: the source's own packets, copied."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import av
import pytest

from rkvideo.data import CodedFrame
from rkvideo.errors import SinkWriteError
from rkvideo.sinks.recorder import PairRecorder, RawRecorder
from rkvideo.sources.packet_tap import PacketTap
from rkvideo.sources.pattern import read_index
from tests.helpers.circles import large_in_circles
from tests.helpers.sink_samples import INFO, STATUS, file_size_limit, result
from tests.helpers.video_samples import Clip, as_yuv420p, make_clip


def coded(clip: Clip, codec: str, **options: str) -> tuple[str, list[CodedFrame]]:
    """The codec and packets of a clip, as a live source gives them; its container is gone then."""
    make_clip(clip, codec=codec, options=options)
    frames: list[CodedFrame] = []
    with av.open(str(clip.path)) as container:
        stream = container.streams.video[0]
        tap = PacketTap(stream, frames.append)
        for packet in container.demux(stream):
            if packet.size:
                shown, decoded = (float(t * packet.time_base) for t in (packet.pts, packet.dts))
                tap.give(packet, 1000 + shown, 1000 + decoded)
        return tap.codec, frames


def test_what_the_packets_came_with_does_not_wait_for_the_collector(tmp_path: Path) -> None:
    with large_in_circles() as left:
        codec, frames = coded(Clip(tmp_path / "a.ts", frames=5), "libx264")
        recorder = RawRecorder(tmp_path / "out.mkv")
        assert written(recorder, codec, frames) == (str(tmp_path / "out.mkv"),)
        del recorder, frames
    assert left == {}


def written(recorder: RawRecorder, codec: str, frames: list[CodedFrame]) -> tuple[str, ...]:
    recorder.open(replace(INFO, live=True, codec=codec))
    assert recorder.copies
    write_all(recorder, frames)
    return recorder.close()


def write_all(recorder: RawRecorder, frames: list[CodedFrame]) -> None:
    for frame in frames:
        recorder.write_coded(frame)


def played(path: str) -> tuple[list[int], list[float]]:
    with av.open(path) as container:
        pictures = list(container.decode(video=0))
    numbers = [read_index(as_yuv420p(picture)) for picture in pictures]
    return numbers, [round(picture.time - pictures[0].time, 3) for picture in pictures]


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
@pytest.mark.parametrize(
    ("name", "codec", "options"),
    [
        ("a.ts", "libx264", {"bf": "2", "g": "10"}),
        ("a.ts", "libx265", {"g": "10", "x265-params": "log-level=none"}),
        ("a.mkv", "mjpeg", {}),
        ("a.webm", "libvpx-vp9", {"deadline": "realtime", "cpu-used": "8"}),
    ],
)
def test_every_picture_is_in_the_file_at_its_time(
    tmp_path: Path, name: str, codec: str, options: dict[str, str], suffix: str
) -> None:
    kind, frames = coded(Clip(tmp_path / name, frames=40), codec, **options)
    (path,) = written(RawRecorder(tmp_path / f"copy{suffix}"), kind, frames)
    numbers, times = played(path)
    assert numbers == list(range(40))
    assert times == pytest.approx([index / 25 for index in range(40)], abs=0.0011)


def test_it_is_the_very_data_of_the_source(tmp_path: Path) -> None:
    kind, frames = coded(Clip(tmp_path / "a.mkv", frames=5), "mjpeg")
    (path,) = written(RawRecorder(tmp_path / "copy.mkv"), kind, frames)
    with av.open(path) as container:
        copied = [bytes(packet) for packet in container.demux(video=0) if packet.size]
    assert copied == [frame.data for frame in frames]


def test_it_begins_with_a_keyframe(tmp_path: Path) -> None:
    kind, frames = coded(Clip(tmp_path / "a.ts", frames=40), "libx264", g="10", bf="0")
    (path,) = written(RawRecorder(tmp_path / "copy.mp4"), kind, frames[13:])
    assert played(path)[0] == list(range(20, 40))


def test_another_opening_of_the_source_begins_another_file(tmp_path: Path) -> None:
    kind, first = coded(Clip(tmp_path / "a.ts", frames=10), "libx264")
    _, second = coded(Clip(tmp_path / "b.ts", frames=12, width=640, height=352), "libx264")
    files = written(RawRecorder(tmp_path / "copy.mp4"), kind, [*first, *second])
    assert [Path(path).name for path in files] == ["copy.mp4", "copy-2.mp4"]
    assert [len(played(path)[0]) for path in files] == [10, 12]


@pytest.mark.parametrize("codec", ["rawvideo", "mpeg2video", ""])
def test_what_cannot_be_copied_is_encoded(tmp_path: Path, codec: str) -> None:
    recorder = RawRecorder(tmp_path / "raw.mp4")
    recorder.open(replace(INFO, live=True, codec=codec))
    assert not recorder.copies
    recorder.write(result(0), STATUS)
    assert len(played_any(recorder.close()[0])) == 1


def played_any(path: str) -> list[av.VideoFrame]:
    with av.open(path) as container:
        return list(container.decode(video=0))


def test_what_is_joined_before_its_size_is_known_is_encoded(tmp_path: Path) -> None:
    whole, joined = Clip(tmp_path / "whole.ts", frames=20), tmp_path / "joined.ts"
    make_clip(whole, codec="libx264", options={"g": "250"})
    with av.open(str(whole.path)) as source, av.open(str(joined), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.size and not packet.is_keyframe:
                packet.stream = stream
                target.mux_one(packet)
    with av.open(str(joined)) as container:
        tap = PacketTap(container.streams.video[0], pytest.fail)
    recorder = RawRecorder(tmp_path / "out.mp4")
    recorder.open(replace(INFO, live=True, codec=tap.codec))
    assert not recorder.copies


def test_only_what_a_model_has_seen_is_encoded_where_that_is_asked_for(tmp_path: Path) -> None:
    recorder = RawRecorder(tmp_path / "raw.mp4", every_frame=False)
    recorder.open(replace(INFO, live=True, codec="h264"))
    assert not recorder.copies


def test_of_both_files_only_the_raw_one_is_copied(tmp_path: Path) -> None:
    kind, frames = coded(Clip(tmp_path / "a.ts", frames=10), "libx264")
    drawn = RawRecorder(tmp_path / "drawn.mp4", every_frame=False)
    both = PairRecorder(drawn, RawRecorder(tmp_path / "raw.mp4"))
    both.open(replace(INFO, live=True, codec=kind))
    assert (both.copies, both.copies_only) == (True, False)
    for index, frame in enumerate(frames):
        both.write_coded(frame)
        both.write(result(index), STATUS)
    files = both.close()
    assert [len(played_any(path)) for path in files] == [10, 10]
    assert played(files[1])[0] == list(range(10))


def copied_up_to(path: Path, codec: str, frames: list[CodedFrame], limit: int) -> None:
    recorder = RawRecorder(path)
    recorder.open(replace(INFO, live=True, codec=codec))
    with file_size_limit(limit):
        with pytest.raises(SinkWriteError, match="File too large"):
            write_all(recorder, frames)
        recorder.close()


def test_a_full_disk_is_told_and_what_was_written_plays(tmp_path: Path) -> None:
    kind, frames = coded(Clip(tmp_path / "a.ts", frames=100), "libx264", g="10", qp="1")
    copied_up_to(tmp_path / "copy.mp4", kind, frames * 20, 60_000)
    assert (tmp_path / "copy.mp4").stat().st_size == 60_000


@pytest.mark.parametrize(("place", "behind"), [(b"moof", 2), (b"tfdt", 2), (b"trun", 40)])
def test_a_disk_that_is_full_within_a_header_leaves_what_is_before_it(
    tmp_path: Path, place: bytes, behind: int
) -> None:
    kind, frames = coded(Clip(tmp_path / "a.ts", frames=60), "libx264", g="10")
    files = written(RawRecorder(tmp_path / "whole.mp4"), kind, frames)
    torn_at = Path(files[0]).read_bytes().rindex(place) + behind
    copied_up_to(tmp_path / "torn.mp4", kind, frames * 2, torn_at)
    numbers, _ = played(str(tmp_path / "torn.mp4"))
    assert numbers == list(range(50))
