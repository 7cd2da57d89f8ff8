"""The sizes and rates of a camera: a stand-in for its driver answers as the kernel would."""

from __future__ import annotations

import errno
import shutil
import struct
import subprocess
from pathlib import Path

import pytest

from rkvideo.config import CameraMode
from rkvideo.machine.camera_modes import (
    ENUM_FORMATS,
    ENUM_INTERVALS,
    ENUM_SIZES,
    camera_modes,
    modes_of,
)

FORMATS = (b"MJPG", b"YUYV", b"BA81")
SIZES = {b"MJPG": ((640, 480), (1920, 1080)), b"YUYV": ((640, 480),), b"BA81": ((1920, 1080),)}
RATES = {(640, 480): ((1, 30), (1001, 30000)), (1920, 1080): ((1, 30),)}


def answer(request: int, data: bytearray) -> None:
    """What a driver writes; EINVAL after the last one, as the documentation of V4L2 says."""
    (number,) = struct.unpack_from("I", data)
    try:
        if request == ENUM_FORMATS:
            struct.pack_into("4s", data, 44, FORMATS[number])
        elif request == ENUM_SIZES:
            (code,) = struct.unpack_from("4s", data, 4)
            struct.pack_into("III", data, 8, 1, *SIZES[code][number])
        else:
            assert request == ENUM_INTERVALS
            size = struct.unpack_from("II", data, 8)
            struct.pack_into("III", data, 16, 1, *RATES[size][number])
    except IndexError:
        raise OSError(errno.EINVAL, "the end of the list") from None


def test_modes_are_listed_largest_first_and_once() -> None:
    assert modes_of(answer) == (
        CameraMode((1920, 1080), 30.0, "mjpeg"),
        CameraMode((640, 480), 30.0, "mjpeg"),
        CameraMode((640, 480), 29.97, "mjpeg"),
    )


def test_what_is_no_camera_has_no_modes(tmp_path: Path) -> None:
    file = tmp_path / "video0"
    file.touch()
    assert camera_modes(file) == ()
    assert camera_modes(tmp_path / "video1") == ()


@pytest.mark.skipif(
    shutil.which("gcc") is None or not Path("/usr/include/linux/videodev2.h").exists(),
    reason="the headers of the kernel and a compiler are needed",
)
def test_the_requests_are_those_of_the_kernels_header(tmp_path: Path) -> None:
    source, program = tmp_path / "requests.c", tmp_path / "requests"
    source.write_text(
        "#include <linux/videodev2.h>\n#include <stdio.h>\n#include <stddef.h>\n"
        'int main(void) { printf("%lu %lu %lu %zu %zu %zu", (unsigned long)VIDIOC_ENUM_FMT,'
        "(unsigned long)VIDIOC_ENUM_FRAMESIZES, (unsigned long)VIDIOC_ENUM_FRAMEINTERVALS,"
        "offsetof(struct v4l2_fmtdesc, pixelformat), offsetof(struct v4l2_frmsizeenum, discrete),"
        "offsetof(struct v4l2_frmivalenum, discrete)); }"
    )
    subprocess.run(["gcc", str(source), "-o", str(program)], check=True)
    said = subprocess.run([str(program)], capture_output=True, text=True, check=True).stdout
    assert [int(word) for word in said.split()] == [
        *(ENUM_FORMATS, ENUM_SIZES, ENUM_INTERVALS),
        *(44, 12, 20),
    ]
