"""A V4L2 camera."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import av.error
from av.container import InputContainer
from av.video.stream import VideoStream

from rkvideo.config import SourceOptions
from rkvideo.data import CodedFrame, Frame, StreamInfo
from rkvideo.errors import SourceLostError, SourceOpenError
from rkvideo.sources.arrival import VideoPacket
from rkvideo.sources.av_errors import reason
from rkvideo.sources.containers import open_device
from rkvideo.sources.interrupt import Interrupt
from rkvideo.sources.live import LiveReader
from rkvideo.status import SourceReport


class CameraSource:
    """Reads /dev/videoN with what the driver offers by default, or with the options given.

    The driver blocks until its next picture: `interrupt` acts then.
    """

    def __init__(self, device: Path, options: SourceOptions) -> None:
        self._device = device
        self._options = options
        self._interrupt = Interrupt()
        self._reader = LiveReader(options)

    @property
    def name(self) -> str:
        """The path of the device."""
        return str(self._device)

    @property
    def live(self) -> bool:
        """Always."""
        return True

    def open(self) -> StreamInfo:
        """See Source."""
        self.close()
        if self._interrupt.is_set():
            raise SourceOpenError(f"{self.name}: opening was interrupted")
        return self._reader.open(
            self,
            self.name,
            f"{self.name}: the camera gives no picture: plug it in anew",
        )

    def read(self) -> Frame | None:
        """See Source."""
        if not self._reader.is_open or self._interrupt.is_set():
            return None
        frame = self._reader.read()
        if frame is None and not self._interrupt.is_set():
            raise SourceLostError(f"{self.name}: the camera stopped: check its cable")
        return frame

    def interrupt(self) -> None:
        """See Source."""
        self._interrupt.set()
        self._reader.interrupt()

    def close(self) -> None:
        """See Source."""
        self._reader.close()

    def tap(self, take: Callable[[CodedFrame], None]) -> None:
        """See Coded."""
        self._reader.tap(take)

    def report(self) -> SourceReport:
        """See Reporting."""
        return self._reader.report()

    # The side of the intake: called in its thread.

    def is_live(self, container: InputContainer) -> bool:
        """See PacketSource."""
        return True

    def open_container(self) -> InputContainer:
        """See PacketSource."""
        if not self._device.exists():
            raise SourceOpenError(
                f"{self.name}: no such camera: plug it in, or look for others with"
                " `v4l2-ctl --list-devices`",
                usage=True,
            )
        try:
            return open_device(self._device, "v4l2", self._format_options())
        except av.FFmpegError as error:
            raise camera_open_error(self.name, error) from error

    def _format_options(self) -> dict[str, str]:
        chosen = self._options
        options = {}
        if chosen.camera_size is not None:
            options["video_size"] = "{}x{}".format(*chosen.camera_size)
        if chosen.camera_format is not None:
            options["input_format"] = chosen.camera_format
        if chosen.camera_rate is not None:
            options["framerate"] = f"{chosen.camera_rate:g}"
        return options

    def packets(self, container: InputContainer, stream: VideoStream) -> Iterator[VideoPacket]:
        """See PacketSource."""
        try:
            for packet in container.demux(stream):
                yield packet
                if self._interrupt.is_set():
                    return
        except av.FFmpegError as error:
            raise SourceLostError(
                f"{self.name}: the camera stopped ({reason(error)}): check its cable"
            ) from error


def camera_open_error(name: str, failure: av.FFmpegError) -> SourceOpenError:
    """What to tell of a camera that did not open."""
    if failure.errno in (errno.EACCES, errno.EPERM):
        words = "you may not open it: add yourself to the group video and log in again"
    elif failure.errno == errno.EBUSY:
        words = f"another program uses it: close that one (`fuser {name}` names it)"
    elif failure.errno in (errno.ENOTTY, errno.ENODEV):
        words = "not a camera: look for one with `v4l2-ctl --list-devices`"
    else:
        words = (
            f"cannot be opened as asked ({reason(failure)}): see what it offers with"
            f" `v4l2-ctl -d {name} --list-formats-ext`"
        )
    return SourceOpenError(f"{name}: {words}", usage=failure.errno != errno.EBUSY)
