"""A picture out of the memory of a video unit, copied without holding the interpreter up.

PyAV's own way (`VideoFrame.reformat`) holds Python's lock while it copies, which every thread of a
run waits for meanwhile. It copies what comes with a picture too, so it stays for those that are
changed before they are shown, and as what this one is compared with.
"""

from __future__ import annotations

import errno
import fcntl
import mmap
import struct
from typing import Final

import av
import numpy as np

from rkvideo.errors import DecodeError
from rkvideo.pictures.pixels import plane_array
from rkvideo.pictures.rga.descriptor import Nv12Memory, UnreadablePictureError, describe

_LAYOUT: Final = "nv12"

# linux/dma-buf.h: whoever reads says so, and caches are brought in step.
_SYNC: Final = 0x40086200  # DMA_BUF_IOCTL_SYNC
_BEGINS, _ENDS = struct.pack("=Q", 1), struct.pack("=Q", 1 | 1 << 2)


def fetched(picture: av.VideoFrame) -> av.VideoFrame:
    """A copy in ordinary memory, in NV12, with the picture's colours and stamps.

    Raises DecodeError.
    """
    try:
        return _copied(picture, describe(picture))
    except (UnreadablePictureError, OSError, ValueError):
        return fetched_whole(picture)


def fetched_whole(picture: av.VideoFrame) -> av.VideoFrame:
    """The same by PyAV, with all that comes with it: orientation, fields. Raises DecodeError."""
    try:
        return picture.reformat(format=_LAYOUT)
    except av.FFmpegError as error:
        raise DecodeError(
            f"a picture cannot be fetched from the video unit ({error.strerror}): with --fast off "
            "its decoder gives copies"
        ) from error


def check_fetching(picture: av.VideoFrame) -> None:
    """Raise UnreadablePictureError where a copy is not what PyAV makes of the same picture."""
    try:
        ours, theirs = _copied(picture, describe(picture)), fetched_whole(picture)
    except (OSError, ValueError, DecodeError) as error:
        raise UnreadablePictureError(f"it cannot be copied ({error})") from error
    for plane, samples in ((0, 1), (1, 2)):
        pair = plane_array(ours, plane, samples), plane_array(theirs, plane, samples)
        if not np.array_equal(*pair):
            raise UnreadablePictureError("a copy of it has other pixels than PyAV's")


def _copied(picture: av.VideoFrame, memory: Nv12Memory) -> av.VideoFrame:
    """Raises OSError, ValueError where the memory cannot be mapped."""
    if memory.fd is None:
        raise ValueError("it lies in no buffer of a video unit")
    copy = av.VideoFrame(memory.width, memory.height, _LAYOUT)
    length = memory.pitch * memory.rows * 3 // 2
    with _mapped(memory.fd, length) as mapped:
        _sync(memory.fd, _BEGINS)
        try:
            _copy_planes(mapped, memory, copy)
        finally:
            _sync(memory.fd, _ENDS)
    copy.colorspace, copy.color_range = picture.colorspace, picture.color_range
    copy.color_trc, copy.color_primaries = picture.color_trc, picture.color_primaries
    copy.pts, copy.duration = picture.pts, picture.duration
    copy.key_frame = picture.key_frame  # type: ignore[misc]  # of an `av.Frame` it can be set
    if picture.time_base is not None:
        copy.time_base = picture.time_base
    return copy


def _copy_planes(mapped: mmap.mmap, memory: Nv12Memory, copy: av.VideoFrame) -> None:
    # The mapping cannot be closed while an array looks at it: none outlives this call.
    lines = np.frombuffer(mapped, np.uint8).reshape(-1, memory.pitch)
    for index, (samples, first) in enumerate(((1, 0), (2, memory.rows))):
        target = plane_array(copy, index, samples)
        height, width = target.shape
        np.copyto(target, lines[first : first + height, :width])


def _mapped(fd: int, length: int) -> mmap.mmap:
    return mmap.mmap(fd, length, prot=mmap.PROT_READ)


def _sync(fd: int, flags: bytes) -> None:
    try:
        fcntl.ioctl(fd, _SYNC, flags)
    except OSError as error:
        # What is no dma-buf has no caches of its own; an emulator does not know the call at all.
        if error.errno not in (errno.ENOTTY, errno.ENOSYS):
            raise
