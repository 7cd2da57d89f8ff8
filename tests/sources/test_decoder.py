"""Decoders that behave as those of a video unit do, played by what is here."""

from __future__ import annotations

from pathlib import Path

import av
import pytest
from av.codec.context import CodecContext, ThreadType
from av.video.codeccontext import VideoCodecContext
from av.video.reformatter import ColorRange

from rkvideo.errors import BackendUnavailableError, SourceOpenError
from rkvideo.pictures.lent import MOST_LENT, Lender, LentPicture
from rkvideo.sources.decoder import Decoder
from rkvideo.sources.decoder_names import decoder_names
from tests.helpers.played_rga import PlayedHardwarePicture, PlayedRga
from tests.helpers.played_unit import BUFFERS, play_video_unit
from tests.helpers.sink_samples import grey_picture
from tests.helpers.told_paths import told_of
from tests.helpers.video_samples import Clip, make_clip

LATE = 50


class LateDecoder(Decoder):
    """FFmpeg's own, with so many threads that its first picture comes after LATE packets."""

    def _create(self) -> VideoCodecContext:
        context = super()._create()
        context.thread_count = LATE + 1
        return context


def test_a_decoder_whose_first_picture_comes_late_is_not_given_up(tmp_path: Path) -> None:
    clip = make_clip(Clip(tmp_path / "clip.ts", frames=80))
    with av.open(str(clip.path)) as container:
        stream = container.streams.video[0]
        decoder = LateDecoder(stream, ("h264", "mjpeg"), ThreadType.FRAME, "clip.ts", Lender())
        packets = [packet for packet in container.demux(stream) if packet.size]
        counts = [len(decoder.decode(packet)) for packet in (*packets, None)]
    assert LATE <= counts.index(1) < len(packets)
    assert sum(counts) == 80
    assert (decoder.name, decoder.damaged) == ("h264", 0)
    assert told_of("decoder", "h264").words == f"first picture after packet {counts.index(1) + 1}"


def test_a_decoder_that_is_passed_over_tells_why(tmp_path: Path) -> None:
    clip = make_clip(Clip(tmp_path / "clip.ts", frames=10))
    names = ("h264_none", "mjpeg", "h264")
    with av.open(str(clip.path)) as container:
        stream = container.streams.video[0]
        decoder = Decoder(stream, names, ThreadType.NONE, "clip.ts", Lender())
        packets = [packet for packet in container.demux(stream) if packet.size]
        assert sum(len(decoder.decode(packet)) for packet in (*packets, None)) == 10
    told = {name: told_of("decoder", name) for name in names}
    assert [each.state for each in told.values()] == ["not used", "not used", "used"]
    assert told["h264_none"].words == "this FFmpeg does not have it"
    assert told["mjpeg"].words == "Invalid data found when processing input"


def test_a_decoder_that_has_nothing_without_hardware_is_named(tmp_path: Path) -> None:
    clip = make_clip(Clip(tmp_path / "clip.mkv", width=64, height=64, frames=3), codec="libsvtav1")
    with av.open(str(clip.path)) as container:
        stream = container.streams.video[0]
        decoder = Decoder(stream, ("av1_none", "av1"), ThreadType.NONE, "clip.mkv", Lender())
        words = "clip.mkv: decoder av1 of this FFmpeg works with hardware only, and none answers"
        with pytest.raises(SourceOpenError, match=words):
            decoder.decode(next(iter(container.demux(stream))))


def decoded(path: Path, names: tuple[str, ...], lender: Lender) -> tuple[Decoder, list]:
    """The decoder at the end of a clip, and the pictures that it gave."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        decoder = Decoder(stream, names, ThreadType.NONE, path.name, lender)
        packets = [packet for packet in container.demux(stream) if packet.size]
        pictures = [each.picture for packet in (*packets, None) for each in decoder.decode(packet)]
    return decoder, pictures


NAMES = ("h264_rkmpp", "h264")


def test_a_video_unit_lends_its_pictures_where_rga_has_proven_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rga: PlayedRga
) -> None:
    buffers = play_video_unit(monkeypatch)
    clip = make_clip(Clip(tmp_path / "clip.ts", frames=MOST_LENT))
    lender = Lender("auto")
    decoder, pictures = decoded(clip.path, NAMES, lender)
    assert decoder.name == "h264_rkmpp"
    assert {type(picture) for picture in pictures} == {LentPicture}
    assert (buffers.lent, lender.lent) == (MOST_LENT, MOST_LENT)
    assert told_of("rga", "h264_rkmpp").words == (
        "its pictures stay in the video unit's memory, and RGA reads them there"
    )
    assert told_of("decoder", "h264_rkmpp").state == "used"
    pictures.clear()
    # The first was copied, to be compared with what PyAV makes of it.
    assert (buffers.lent, lender.lent, buffers.fetched) == (0, 0, 1)
    assert rga.broken == []


def test_what_is_too_much_to_lend_is_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rga: PlayedRga
) -> None:
    buffers = play_video_unit(monkeypatch)
    clip = make_clip(Clip(tmp_path / "clip.ts", frames=MOST_LENT + 12))
    _, pictures = decoded(clip.path, NAMES, Lender("auto"))
    assert [isinstance(each, LentPicture) for each in pictures] == [True] * 8 + [False] * 12
    assert (buffers.fetched, buffers.fetched_whole) == (1, 13)
    assert buffers.most_lent <= BUFFERS
    assert {each.format.name for each in pictures[MOST_LENT:]} == {"nv12"}


def test_a_video_unit_is_asked_for_copies_where_rga_does_not_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rga: PlayedRga
) -> None:
    buffers = play_video_unit(monkeypatch)
    monkeypatch.setenv("STAND_IN_RGA", "swapped")
    clip = make_clip(Clip(tmp_path / "clip.ts", frames=10))
    decoder, pictures = decoded(clip.path, NAMES, Lender("auto"))
    assert (decoder.name, len(pictures), buffers.most_lent) == ("h264_rkmpp", 10, 0)
    assert {picture.format.name for picture in pictures} == {"yuv420p"}
    told = told_of("rga", "h264_rkmpp")
    assert told.state == "not used"
    assert told.words.startswith("its pixels differ from those of swscale by ")
    with pytest.raises(BackendUnavailableError, match="--fast require: rga: h264_rkmpp: its pixel"):
        decoded(clip.path, NAMES, Lender("require"))


def test_a_video_unit_that_holds_more_than_it_has_buffers_gives_copies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rga: PlayedRga
) -> None:
    buffers = play_video_unit(monkeypatch)
    clip = make_clip(Clip(tmp_path / "clip.ts", frames=30))
    with av.open(str(clip.path)) as container:
        stream = container.streams.video[0]
        decoder = LateDecoder(stream, NAMES, ThreadType.FRAME, "clip.ts", Lender("auto"))
        packets = [packet for packet in container.demux(stream) if packet.size]
        given = [decoder.decode(packet) for packet in (*packets, None)]
    # Until the end of it there was none.
    assert [len(each) for each in given] == [0] * 30 + [30]
    assert {each.picture.format.name for each in given[-1]} == {"yuv420p"}
    assert (decoder.name, buffers.most_lent) == ("h264_rkmpp", 0)
    assert told_of("rga", "h264_rkmpp").words == "it gives no picture for 20 packets"
    assert rga.broken == []


def test_with_fast_off_a_video_unit_gives_copies_and_nothing_is_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rga: PlayedRga
) -> None:
    play_video_unit(monkeypatch)
    clip = make_clip(Clip(tmp_path / "clip.ts", frames=10))
    _, pictures = decoded(clip.path, NAMES, Lender("off"))
    assert {picture.format.name for picture in pictures} == {"yuv420p"}
    assert told_of("rga", "h264_rkmpp").state == "switched off"
    assert rga.log == []


def test_where_no_decoder_of_a_video_unit_opens_nobody_pays_for_a_trial(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rga: PlayedRga
) -> None:
    play_video_unit(monkeypatch, ())
    clip = make_clip(Clip(tmp_path / "clip.ts", frames=10))
    for fast in ("auto", "require"):
        decoder, pictures = decoded(clip.path, NAMES, Lender(fast))
        assert (decoder.name, len(pictures)) == ("h264", 10)
    assert rga.log == []


def test_pictures_that_rga_cannot_read_are_asked_for_as_copies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rga: PlayedRga
) -> None:
    play_video_unit(monkeypatch)
    lay_out = PlayedHardwarePicture._laid_out

    def compressed(picture: PlayedHardwarePicture) -> int:
        fd = lay_out(picture)
        picture.descriptor.objects[0].modifier = 0x0800000000000041
        return fd

    monkeypatch.setattr(PlayedHardwarePicture, "_laid_out", compressed)
    clip = make_clip(Clip(tmp_path / "clip.ts", frames=10))
    decoder, pictures = decoded(clip.path, NAMES, Lender("auto"))
    assert (decoder.name, len(pictures)) == ("h264_rkmpp", 10)
    assert {picture.format.name for picture in pictures} == {"yuv420p"}
    assert told_of("rga", "h264_rkmpp").words == (
        "RGA cannot read its pictures: it is compressed or tiled (modifier 0x800000000000041)"
    )


def test_one_that_is_insisted_on_gives_copies_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rga: PlayedRga
) -> None:
    play_video_unit(monkeypatch)
    monkeypatch.setenv("STAND_IN_FAIL", "rga-crash@1")
    clip = make_clip(Clip(tmp_path / "clip.ts", frames=10))
    decoder, pictures = decoded(clip.path, NAMES[:1], Lender("auto"))
    assert (decoder.name, len(pictures)) == ("h264_rkmpp", 10)
    assert told_of("rga", "h264_rkmpp").words == (
        "its trial gave no answer: it was ended by SIGABRT"
    )


class PlayedContexts:
    """A stand-in for the decoders of a video unit: FFmpeg's own under their names."""

    @staticmethod
    def create(name: str, mode: str) -> CodecContext:
        return CodecContext.create(name.removesuffix("_rkmpp"), mode)


class GapContext:
    """A stand-in for h264_rkmpp, which says nothing of a picture that it cannot decode."""

    def __init__(self, context: VideoCodecContext, gaps: tuple[int, ...]) -> None:
        self._context = context
        self._gaps = gaps
        self._given = 0

    def decode(self, packet: av.Packet | None) -> list[av.VideoFrame]:
        pictures = self._context.decode(packet)
        numbers = range(self._given, self._given + len(pictures))
        self._given += len(pictures)
        return [
            picture
            for number, picture in zip(numbers, pictures, strict=True)
            if number not in self._gaps
        ]

    def flush_buffers(self) -> None:
        self._context.flush_buffers()


class GapDecoder(Decoder):
    gaps: tuple[int, ...] = ()

    def _open(self) -> bool:
        opened = super()._open()
        self._context = GapContext(self._context, self.gaps)  # type: ignore[arg-type, assignment]
        return opened


@pytest.mark.parametrize(
    ("gaps", "damaged"),
    [
        ((), 0),
        ((7, 8), 2),
        # At the end no picture follows.
        ((7, 19), 2),
        # What needs pictures from before the beginning.
        ((0, 1), 0),
        ((12, 13, 14), 3),
    ],
)
def test_pictures_that_a_video_unit_leaves_out_are_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gaps: tuple[int, ...], damaged: int
) -> None:
    monkeypatch.setattr("rkvideo.sources.decoder.CodecContext", PlayedContexts)
    clip = make_clip(Clip(tmp_path / "clip.ts", frames=20))
    with av.open(str(clip.path)) as container:
        stream = container.streams.video[0]
        decoder = GapDecoder(stream, ("h264_rkmpp", "h264"), ThreadType.NONE, "clip.ts", Lender())
        decoder.gaps = gaps
        packets = [packet for packet in container.demux(stream) if packet.size]
        count = sum(len(decoder.decode(packet)) for packet in (*packets, None))
    assert (count, decoder.damaged) == (20 - len(gaps), damaged)


def test_after_a_jump_nothing_of_another_place_is_missed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rkvideo.sources.decoder.CodecContext", PlayedContexts)
    clip = make_clip(Clip(tmp_path / "clip.ts", frames=20))
    with av.open(str(clip.path)) as container:
        stream = container.streams.video[0]
        decoder = GapDecoder(stream, ("h264_rkmpp", "h264"), ThreadType.NONE, "clip.ts", Lender())
        packets = [packet for packet in container.demux(stream) if packet.size]
        for packet in packets[:12]:
            decoder.decode(packet)
        decoder.flush()
        count = sum(len(decoder.decode(packet)) for packet in (*packets, None))
    assert (count, decoder.damaged) == (20, 0)


class SilentContext:
    """A stand-in for mjpeg_rkmpp, which may not say which range of values its pictures have."""

    thread_type = ThreadType.NONE

    def open(self, strict: bool) -> None:
        assert not strict

    def decode(self, packet: object) -> list[av.VideoFrame]:
        return [grey_picture()]


class SilentDecoder(Decoder):
    def _create(self) -> VideoCodecContext:
        return SilentContext()  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("codec", "expected"), [("mjpeg", ColorRange.JPEG), ("mpeg4", ColorRange.UNSPECIFIED)]
)
def test_pictures_of_jpeg_have_the_full_range(
    tmp_path: Path, codec: str, expected: ColorRange
) -> None:
    path = tmp_path / "clip.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, 25)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuvj420p"
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        container.mux(stream.encode(grey_picture()))
        container.mux(stream.encode(None))
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        decoder = SilentDecoder(stream, (codec,), ThreadType.NONE, "clip.mkv", Lender())
        (decoded,) = decoder.decode(next(iter(container.demux(stream))))
    assert decoded.picture.color_range == expected


class WaitingContext(SilentContext):
    """A stand-in for a decoder that takes packets and gives nothing."""

    def decode(self, packet: object) -> list[av.VideoFrame]:
        return []


class WaitingDecoder(Decoder):
    def _create(self) -> VideoCodecContext:
        if self.name.endswith("_rkmpp"):
            return WaitingContext()  # type: ignore[return-value]
        return super()._create()


@pytest.mark.parametrize(("codec", "packets"), [("mjpeg", 8), ("mpeg4", 64)])
def test_a_unit_that_gives_no_jpeg_is_given_up_sooner(
    tmp_path: Path, codec: str, packets: int
) -> None:
    clip = make_clip(Clip(tmp_path / "clip.mkv", frames=70), codec=codec)
    with av.open(str(clip.path)) as container:
        stream = container.streams.video[0]
        names = (f"{codec}_rkmpp", codec)
        decoder = WaitingDecoder(stream, names, ThreadType.NONE, "clip.mkv", Lender())
        sent = [packet for packet in container.demux(stream) if packet.size]
        counts = [len(decoder.decode(packet)) for packet in (*sent, None)]
    # Those that were kept come then at once.
    assert counts.index(max(counts)) + 1 == packets
    assert sum(counts) == 70
    assert told_of("decoder", names[0]).words == f"no picture after {packets} packets"


def test_a_camera_that_sends_jpeg_is_decoded_by_the_video_unit() -> None:
    has = ("mjpeg", "mjpeg_rkmpp")
    assert decoder_names("mjpeg", "mjpeg", "auto", has) == ("mjpeg_rkmpp", "mjpeg")
