"""The part of librga's C interface that is needed to scale and colour a picture.

Structures, numbers and signatures are those of im2d_type.h, im2d_buffer.h, im2d_common.h,
im2d_single.h and rga.h of librga 1.10 (https://github.com/airockchip/librga).
"""

from __future__ import annotations

import ctypes
import enum
import functools
from pathlib import Path
from typing import Any, Final

import av

from rkvideo.files.untrusted import one_line

_WHEELS_FOLDER: Final = "pyav_rkmpp.libs"
_SYSTEMS: Final = ("/usr/lib/aarch64-linux-gnu/librga.so.2", "/usr/lib/librga.so.2")

NV12: Final = 0x0A << 8
"""RK_FORMAT_YCbCr_420_SP."""
RGB: Final = 0x02 << 8
"""RK_FORMAT_RGB_888."""
BGR: Final = 0x07 << 8
"""RK_FORMAT_BGR_888."""
BGRA: Final = 0x03 << 8
"""RK_FORMAT_BGRA_8888."""

_SUCCESS, _NOTHING_TO_SAY = 1, 2  # IM_STATUS_SUCCESS, IM_STATUS_NOERROR
_WAITS: Final = 1 << 19  # IM_SYNC
_CORES: Final = 0  # IM_CONFIG_SCHEDULER_CORE
_BOTH_RGA3: Final = 0b11  # IM_SCHEDULER_RGA3_CORE0 | IM_SCHEDULER_RGA3_CORE1
_VERSION: Final = 1  # RGA_VERSION
_RGA3: Final = "RGA_3"


class YuvKind(enum.IntEnum):
    """From which yuv to RGB of the full range: IM_YUV_TO_RGB_*, all that there are."""

    BT601_LIMITED = 1
    BT601_FULL = 2
    BT709_LIMITED = 3


class RgaError(Exception):
    """librga or its driver refuses; the message has its words, without a full stop."""


class Rect(ctypes.Structure):
    """im_rect."""

    _fields_ = (
        ("x", ctypes.c_int),
        ("y", ctypes.c_int),
        ("width", ctypes.c_int),
        ("height", ctypes.c_int),
    )


class Buffer(ctypes.Structure):
    """rga_buffer_t: an imported buffer as a picture."""

    _fields_ = (
        ("vir_addr", ctypes.c_void_p),
        ("phy_addr", ctypes.c_void_p),
        ("fd", ctypes.c_int),
        ("width", ctypes.c_int),
        ("height", ctypes.c_int),
        ("wstride", ctypes.c_int),
        ("hstride", ctypes.c_int),
        ("format", ctypes.c_int),
        ("color_space_mode", ctypes.c_int),
        # A union with two halves of it.
        ("global_alpha", ctypes.c_int),
        ("rd_mode", ctypes.c_int),
        ("color", ctypes.c_int),
        ("colorkey_range", ctypes.c_int * 2),
        ("nn", ctypes.c_int * 6),
        ("rop_code", ctypes.c_int),
        ("handle", ctypes.c_uint32),
    )


class _ImportParam(ctypes.Structure):
    """im_handle_param_t: how large the memory is, as the size of a picture that fills it."""

    _fields_ = (
        ("width", ctypes.c_uint32),
        ("height", ctypes.c_uint32),
        ("format", ctypes.c_uint32),
    )


class Library:
    """An open librga; its functions may be called from any thread."""

    def __init__(self, path: Path) -> None:
        """Load it. Raises RgaError."""
        try:
            self._calls = ctypes.CDLL(str(path))
            self._declare()
        except (OSError, AttributeError) as error:
            raise RgaError(f"{path.name} cannot be loaded ({one_line(str(error))})") from error

    @functools.cached_property
    def version(self) -> str:
        """What it says of itself and of the hardware: `v1.10.4_[1], RGA_3 RGA_2_Enhance`."""
        said = (self._calls.querystring(_VERSION) or b"").decode(errors="replace")
        values = (line.rpartition(":")[2].strip() for line in said.splitlines())
        return one_line(", ".join(filter(None, values)))

    def prefer_rga3(self) -> None:
        """Ask for the RGA3 of a chip that has one: an RGA2 reaches the first 4 GB of memory only.

        Raises RgaError.
        """
        if _RGA3 in self.version:
            self._check("imconfig", self._calls.imconfig(_CORES, _BOTH_RGA3))

    def import_fd(self, fd: int, width: int, height: int, layout: int) -> int:
        """A handle for a dma-buf that holds so large a picture. Raises RgaError."""
        param = _ImportParam(width, height, layout)
        return self._handle(self._calls.importbuffer_fd(fd, ctypes.byref(param)), f"dma-buf {fd}")

    def import_address(self, address: int, width: int, height: int, layout: int) -> int:
        """The same for memory of this process, which begins with a page. Raises RgaError."""
        param = _ImportParam(width, height, layout)
        handle = self._calls.importbuffer_virtualaddr(address, ctypes.byref(param))
        return self._handle(handle, "memory")

    def release(self, handle: int) -> None:
        """Forget what was imported. Raises RgaError."""
        self._check("releasebuffer_handle", self._calls.releasebuffer_handle(handle))

    def wrap(
        self, handle: int, size: tuple[int, int], strides: tuple[int, int], layout: int
    ) -> Buffer:
        """A picture of that size in imported memory, whose rows and columns are `strides`."""
        wrapped: Buffer = self._calls.wrapbuffer_handle_t(handle, *size, *strides, layout)
        return wrapped

    def check(self, source: Buffer, target: Buffer, area: Rect, into: Rect) -> None:
        """Raise RgaError where `process` would refuse, before the driver is asked."""
        status = self._calls.imcheck_t(source, target, Buffer(), area, into, Rect(), _WAITS)
        self._check("imcheck", status)

    def process(self, source: Buffer, target: Buffer, area: Rect, into: Rect) -> None:
        """Scale and colour `area` of `source` into that part of `target`, and wait for it.

        Raises RgaError.
        """
        status = self._calls.improcess(source, target, Buffer(), area, into, Rect(), _WAITS)
        self._check("improcess", status)

    def _handle(self, handle: int, what: str) -> int:
        if not handle:
            raise RgaError(f"the driver does not take {what}")
        return handle

    def _check(self, call: str, status: int) -> None:
        if status not in (_SUCCESS, _NOTHING_TO_SAY):
            said = (self._calls.imStrError_t(status) or b"").decode(errors="replace")
            raise RgaError(f"{call}: {one_line(said).rstrip('. ')} ({status})")

    def _declare(self) -> None:
        address, number, uint = ctypes.c_void_p, ctypes.c_int, ctypes.c_uint32
        processing = (Buffer, Buffer, Buffer, Rect, Rect, Rect, number)
        param = ctypes.POINTER(_ImportParam)
        signatures: dict[str, tuple[Any, tuple[Any, ...]]] = {
            "querystring": (ctypes.c_char_p, (number,)),
            "imStrError_t": (ctypes.c_char_p, (number,)),
            "imconfig": (number, (number, ctypes.c_uint64)),
            "importbuffer_fd": (uint, (number, param)),
            "importbuffer_virtualaddr": (uint, (address, param)),
            "releasebuffer_handle": (number, (uint,)),
            "wrapbuffer_handle_t": (Buffer, (uint, number, number, number, number, number)),
            "imcheck_t": (number, processing),
            "improcess": (number, processing),
        }
        for name, (result, arguments) in signatures.items():
            call = getattr(self._calls, name)
            call.restype, call.argtypes = result, arguments


def find_library() -> Path | None:
    """The librga that pyav-rkmpp brings, or that of the system; None where there is none."""
    beside = Path(av.__file__).parents[1] / _WHEELS_FOLDER
    brought = sorted(beside.glob("librga*.so*"))
    there = (path for path in (*brought, *map(Path, _SYSTEMS)) if path.exists())
    return next(there, None)


def open_library() -> Library:
    """That librga, opened. Raises RgaError."""
    path = find_library()
    if path is None:
        raise RgaError("there is no librga")
    return Library(path)
