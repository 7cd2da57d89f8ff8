"""Which decoder turns packets into pictures, and the falling back when one does not work here."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import av
import av.error
from av.codec.codec import UnknownCodecError
from av.codec.context import CodecContext, ThreadType
from av.video.codeccontext import VideoCodecContext
from av.video.reformatter import ColorRange
from av.video.stream import VideoStream

from rkvideo.data import AnyPicture
from rkvideo.errors import BackendUnavailableError, DecodeError, SourceOpenError
from rkvideo.machine.fast_paths import FAST_PATHS, FastPathReport
from rkvideo.pictures.fetching import check_fetching
from rkvideo.pictures.lent import Lender, is_hardware
from rkvideo.pictures.rga.descriptor import UnreadablePictureError
from rkvideo.pictures.rga.trial import RGA, try_rga
from rkvideo.sources.arrival import PacketTimes, VideoPacket
from rkvideo.sources.decoder_names import HARDWARE, RKMPP
from rkvideo.sources.display_stamps import DisplayStamps
from rkvideo.sources.tail import Tail
from rkvideo.sources.unanswered import Unanswered

_log = logging.getLogger(__name__)

_TRIAL_PACKETS = 64
"""Packets without a picture after which a hardware decoder is given up. H.264 holds back at most 16
pictures for their order, and a driver as many again; of an RK3568 a first picture after 50 packets
is reported (https://github.com/nyanmisaka/ffmpeg-rockchip/issues/261)."""
_TRIAL_PICTURES = 8
"""The same for JPEG, of which each packet is a picture that waits for none. The first ones of a
camera may be damaged."""
_MOST_UNDER_WAY = 20
"""Packets without a picture after which a video unit lends none: ffmpeg-rockchip has 30 buffers for
H.264, and at the end PyAV wants all that is under way at once, which would wait for ever for more
of them."""

_MAX_DAMAGED_IN_A_ROW = 30


@dataclass(frozen=True, slots=True, eq=False)
class Decoded:
    """A picture with its container's stamp (None: it has none), its times and decoding time.

    `duration_s` is how long it is to be shown, as the container says, 0 where it does not.
    """

    picture: AnyPicture
    stamp_s: float | None
    times: PacketTimes
    decode_s: float
    duration_s: float = 0.0


@dataclass(frozen=True, slots=True)
class _Choice:
    """A decoder, and whether its pictures stay in the memory of its video unit."""

    name: str
    lends: bool = False


class Decoder:
    """Decodes one stream with the first of `names` that gives a picture.

    Until then it keeps the packets, so that the next decoder starts from the first of them.
    `damaged` counts the packets that gave an error instead of a picture, or, by a video unit,
    nothing, and the pictures of which a part is missing. A video unit lends its pictures by
    `lender` where RGA can read them there.
    """

    def __init__(
        self,
        stream: VideoStream,
        names: tuple[str, ...],
        threads: ThreadType,
        source: str,
        lender: Lender,
        *,
        by_display: bool = True,
    ) -> None:
        """`by_display` is False where only the times of decoding are true (`containers.py`)."""
        self.damaged = 0
        self._by_display = by_display
        # A stream, which has no frame threads, has a clock of its own that looks at its stamps.
        may_change = bool(threads & ThreadType.FRAME)
        self._stamps = DisplayStamps(by_display=by_display, may_change=may_change)
        self._stream = stream
        self._lender = lender
        self._choices = [choice for name in names for choice in self._choices_of(name)]
        self._threads = threads
        self._source = source
        self._context: VideoCodecContext | None = None
        self._proven = False
        self._kept: list[VideoPacket | None] = []
        self._damaged_in_a_row = 0
        self._unanswered = Unanswered()
        self._tail = Tail()
        self._unshared_s = 0.0

    @property
    def name(self) -> str:
        """The decoder in use."""
        return self._choices[0].name

    @property
    def pixel_aspect(self) -> Fraction | None:
        """Width over height of a pixel as the stream says so far, None where it does not."""
        context = self._context or self._stream.codec_context
        return context.sample_aspect_ratio or None

    def decode(self, packet: VideoPacket | None, times: PacketTimes | None = None) -> list[Decoded]:
        """The pictures that this packet completes; None says that no packet follows.

        `times` are those of the packet; without them it arrives now.
        Raises DecodeError after too many damaged packets in a row, SourceOpenError where none of
        the decoders can be opened.
        """
        started = time.perf_counter()
        times = times or PacketTimes(started, started)
        if packet is not None:
            self._unanswered.add(packet, times)
        pictures = self._feed(packet) if self._proven else self._try_out(packet)
        if self._by_display and self.name.endswith(RKMPP):
            # It says nothing of what it could not decode, and gives the next picture.
            self.damaged += self._unanswered.vanished(pictures, is_end=packet is None)
        self._unshared_s += time.perf_counter() - started
        if not pictures:
            return []
        share_s, self._unshared_s = self._unshared_s / len(pictures), 0.0
        return [
            Decoded(
                self._lender.lend(picture),
                self._stamp_s(picture),
                self._unanswered.take(picture, times),
                share_s,
                self._seconds(picture, picture.duration) or 0.0,
            )
            for picture in pictures
        ]

    def flush(self) -> None:
        """Forget what is under way: packets of another place in the file follow."""
        if self._context is not None:
            self._context.flush_buffers()
        self._unanswered.clear()
        self._tail.clear()
        self._stamps.clear()
        self._kept.clear()
        self._unshared_s = 0.0

    def _try_out(self, packet: VideoPacket | None) -> list[av.VideoFrame]:
        self._kept.append(packet)
        waiting = [packet]
        while True:
            fallback = len(self._choices) > 1
            if self._context is None:
                waiting = list(self._kept)
                if not self._open():
                    continue
            try:
                pictures = [picture for each in waiting for picture in self._feed(each, fallback)]
            except av.FFmpegError as error:
                self._give_up(_reason(error))
                continue
            if pictures and not self._keeps_its_word(pictures[0]):
                continue
            if not pictures and self._choices[0].lends and len(self._kept) > _MOST_UNDER_WAY:
                self._leave_lending(f"it gives no picture for {_MOST_UNDER_WAY} packets")
                continue
            if pictures or not fallback:
                if pictures:
                    self._tell("used", f"first picture after packet {len(self._kept)}")
                self._proven = bool(pictures)
                self._kept.clear()
                return pictures
            if packet is not None and len(self._kept) < self._trial_packets():
                return []
            self._give_up(f"no picture after {len(self._kept)} packets")

    def _trial_packets(self) -> int:
        return _TRIAL_PICTURES if self._is_jpeg else _TRIAL_PACKETS

    @property
    def _is_jpeg(self) -> bool:
        return self._stream.codec_context.codec.canonical_name == "mjpeg"

    def _open(self) -> bool:
        try:
            context = self._create()
            context.thread_type = self._threads
            context.open(strict=False)
        except (av.FFmpegError, UnknownCodecError) as error:
            if len(self._choices) == 1:
                raise SourceOpenError(
                    f"{self._source}: decoder {self.name} cannot be opened on this machine:"
                    " use --hwdec auto",
                    usage=True,
                ) from error
            self._give_up(_reason(error))
            return False
        if self._choices[0].lends:
            # Only where the video unit answers: nobody else pays for the trial.
            answer = try_rga()
            if answer.reason:
                self._leave_lending(answer.reason)
                return False
        self._context = context
        return True

    def _choices_of(self, name: str) -> tuple[_Choice, ...]:
        if not name.endswith(RKMPP):
            return (_Choice(name),)
        if self._lender.fast == "off":
            FAST_PATHS.tell(FastPathReport(RGA, name, "switched off"))
            return (_Choice(name),)
        return (_Choice(name, lends=True), _Choice(name))

    def _keeps_its_word(self, first: av.VideoFrame) -> bool:
        """Whether pictures that are to stay where they are lie there as RGA reads them."""
        if not self._choices[0].lends:
            return True
        try:
            if not is_hardware(first):
                raise UnreadablePictureError(f"it is in ordinary memory ({first.format.name})")
            check_fetching(first)
        except UnreadablePictureError as error:
            self._leave_lending(f"RGA cannot read its pictures: {error}")
            return False
        words = "its pictures stay in the video unit's memory, and RGA reads them there"
        FAST_PATHS.tell(FastPathReport(RGA, self.name, "used", words))
        return True

    def _leave_lending(self, reason: str) -> None:
        """Ask the same decoder for copies. Raises BackendUnavailableError where it must lend."""
        FAST_PATHS.tell(FastPathReport(RGA, self.name, "not used", reason))
        if self._lender.fast == "require":
            raise BackendUnavailableError(f"--fast require: rga: {self.name}: {reason}")
        _log.info("%s: %s gives copies of its pictures: %s", self._source, self.name, reason)
        self._choices.pop(0)
        self._context = None

    def _create(self) -> VideoCodecContext:
        parameters = self._stream.codec_context
        if self.name == parameters.name:
            return parameters
        context = self._new_context()
        # rkmpp answers a format of none with frames that stay in the VPU's memory (drm_prime), and
        # this one with copies of them in NV12.
        if not self._choices[0].lends:
            context.pix_fmt = "yuv420p"
        if self.name.endswith(RKMPP):
            # Else its JPEG decoder gives nothing any more after one damaged picture.
            context.options = {"err_detect": "ignore_err"}
        return context

    def _new_context(self) -> VideoCodecContext:
        parameters = self._stream.codec_context
        context = CodecContext.create(self.name, "r")
        if not isinstance(context, VideoCodecContext):
            raise UnknownCodecError(self.name)
        context.extradata = parameters.extradata
        context.width, context.height = parameters.width, parameters.height
        return context

    def _give_up(self, reason: str) -> None:
        self._tell("not used", reason)
        name = self.name
        while self._choices[0].name == name and len(self._choices) > 1:
            self._choices.pop(0)
        self._context = None
        self._tail.clear()

    def _tell(self, state: Literal["used", "not used"], words: str) -> None:
        FAST_PATHS.tell(FastPathReport("decoder", self.name, state, words))

    def _feed(self, packet: VideoPacket | None, strict: bool = False) -> list[av.VideoFrame]:
        if self._context is None:
            return []
        # The container knows of a gap in it.
        is_told = packet is not None and packet.is_corrupt
        self.damaged += is_told
        if packet is not None and self._has_tail:
            self._tail.add(packet)
        pictures: list[av.VideoFrame] = []
        try:
            pictures = self._context.decode(packet)
        except av.error.EOFError:
            return []
        except av.FFmpegError as error:
            if strict:
                raise
            self._check_works(error)
            is_counted = is_told or (packet is None and self._tail.given is not None)
            self._count_damaged(error, counts=not is_counted)
        if self._has_tail:
            self._tail.note(pictures)
        if packet is None and self._tail.given is not None:
            pictures += self._lost_at_the_end()
        if pictures:
            self._damaged_in_a_row = 0
            self._name_range(pictures)
            # Concealed by the decoder: a packet of it was lost on the way, or is broken.
            self.damaged += 0 if is_told else sum(picture.is_corrupt for picture in pictures)
        return pictures

    @property
    def _has_tail(self) -> bool:
        return (
            self._by_display
            and bool(self._threads & ThreadType.FRAME)
            and not self.name.endswith(HARDWARE)
        )

    def _lost_at_the_end(self) -> list[av.VideoFrame]:
        """The pictures that an error among those under way has kept back; counts what is missed."""
        given, found = self._tail.given, list[av.VideoFrame]()
        if self._unanswered.missed_after(given, found):
            parameters = self._stream.codec_context
            context = self._new_context()
            context.codec_tag = parameters.codec_tag
            context.thread_type, context.thread_count = ThreadType.NONE, 1
            found = list(self._tail.decode_again(context))
        self.damaged += self._unanswered.missed_after(given, found)
        self._tail.clear()
        return found

    def _check_works(self, error: av.FFmpegError) -> None:
        if not self._proven and isinstance(error, av.error.NotImplementedError):
            # FFmpeg's own `av1` hands its pictures on to hardware, and has nothing without.
            raise SourceOpenError(
                f"{self._source}: decoder {self.name} of this FFmpeg works with hardware only, "
                "and none answers here: convert the video to H.264, or install another PyAV",
                usage=True,
            ) from error

    def _name_range(self, pictures: list[av.VideoFrame]) -> None:
        """Pictures of JPEG have the full range of values, also where a decoder does not say so."""
        if not self._is_jpeg:
            return
        for picture in pictures:
            if picture.color_range == ColorRange.UNSPECIFIED:
                picture.color_range = ColorRange.JPEG

    def _stamp_s(self, picture: av.VideoFrame) -> float | None:
        return self._seconds(picture, self._stamps.of(picture))

    def _seconds(self, picture: av.VideoFrame, ticks: int | None) -> float | None:
        # What comes out of a flush has no time base of its own.
        time_base = picture.time_base or self._stream.time_base
        return None if ticks is None or not time_base else float(ticks * time_base)

    def _count_damaged(self, error: av.FFmpegError, *, counts: bool) -> None:
        self.damaged += counts
        self._damaged_in_a_row += 1
        if self._damaged_in_a_row >= _MAX_DAMAGED_IN_A_ROW:
            raise DecodeError(
                f"{self._source}: {self._damaged_in_a_row} damaged packets in a row"
                f" (decoder {self.name}): play it with another program, or record it again"
            ) from error


def _reason(error: av.FFmpegError | UnknownCodecError) -> str:
    if isinstance(error, UnknownCodecError):
        return "this FFmpeg does not have it"
    return error.strerror or type(error).__name__
