"""The part of Rockchip's C interface that `rknn-c` uses: numbers, layouts in memory, calls.

Facts of `rknn_api.h` (rknn-toolkit2 2.x, rknpu2/runtime), for 64-bit Linux, where an enumeration is
a 32-bit integer and a context a 64-bit one. Every call gives 0 or a code of `CODES`.
"""

from __future__ import annotations

import ctypes
import functools
from enum import IntEnum
from pathlib import Path
from typing import Final

from rkvideo.errors import BackendUnavailableError

CODES: Final = {
    -1: "it failed",
    -2: "it took too long",
    -3: "the NPU is not available",
    -4: "there is no memory left",
    -5: "a parameter is wrong",
    -6: "the model is invalid",
    -7: "the context is invalid",
    -8: "the input is invalid",
    -9: "an output is invalid",
    -10: "library and driver do not fit each other",
    -11: "the model was precompiled for another driver",
    -12: "the model's optimisation is of another version",
    -13: "the model is made for another chip",
}
MOST_DIMENSIONS: Final = 16
_LONGEST_NAME: Final = 256


class Query(IntEnum):
    """What `rknn_query` is asked for."""

    IN_OUT_COUNT = 0
    INPUT = 1
    OUTPUT = 2


class Kind(IntEnum):
    """The type of a tensor's values."""

    FLOAT32 = 0
    FLOAT16 = 1
    INT8 = 2
    UINT8 = 3


class Order(IntEnum):
    """The order of a tensor's dimensions; NC1HWC2 holds its channels in blocks of C2."""

    NCHW = 0
    NHWC = 1
    NC1HWC2 = 2


AFFINE: Final = 2
"""The quantisation in which q stands for (q - zero_point) * scale."""


class InOutCount(ctypes.Structure):
    """How many inputs and outputs a model has."""

    _fields_ = (("inputs", ctypes.c_uint32), ("outputs", ctypes.c_uint32))


class TensorAttr(ctypes.Structure):
    """What a tensor is like, or how its memory is to be read; strides are in pixels.

    A stride of 0 is that of the tensor without a gap.
    """

    _fields_ = (
        ("index", ctypes.c_uint32),
        ("dimension_count", ctypes.c_uint32),
        ("dimensions", ctypes.c_uint32 * MOST_DIMENSIONS),
        ("name", ctypes.c_char * _LONGEST_NAME),
        ("elements", ctypes.c_uint32),
        ("bytes", ctypes.c_uint32),
        ("order", ctypes.c_int32),
        ("kind", ctypes.c_int32),
        ("quantisation", ctypes.c_int32),
        ("fraction_bits", ctypes.c_int8),
        ("zero_point", ctypes.c_int32),
        ("scale", ctypes.c_float),
        ("width_stride", ctypes.c_uint32),
        ("bytes_with_stride", ctypes.c_uint32),
        ("pass_through", ctypes.c_uint8),
        ("height_stride", ctypes.c_uint32),
    )

    @property
    def shape(self) -> tuple[int, ...]:
        """Its dimensions."""
        return tuple(self.dimensions[: self.dimension_count])


class TensorMemory(ctypes.Structure):
    """Memory that the NPU and this process share."""

    _fields_ = (
        ("address", ctypes.c_void_p),
        ("physical", ctypes.c_uint64),
        ("file", ctypes.c_int32),
        ("offset", ctypes.c_int32),
        ("bytes", ctypes.c_uint32),
        ("flags", ctypes.c_uint32),
        ("private", ctypes.c_void_p),
    )


Context = ctypes.c_uint64
MemoryPointer = ctypes.POINTER(TensorMemory)
_CONTEXT = ctypes.POINTER(Context)
_ATTR = ctypes.POINTER(TensorAttr)
_UINT, _INT = ctypes.c_uint32, ctypes.c_int32

# Arguments and result of each call.
_CALLS: Final = {
    "rknn_init": ((_CONTEXT, ctypes.c_void_p, _UINT, _UINT, ctypes.c_void_p), _INT),
    "rknn_dup_context": ((_CONTEXT, _CONTEXT), _INT),
    "rknn_destroy": ((Context,), _INT),
    "rknn_query": ((Context, _INT, ctypes.c_void_p, _UINT), _INT),
    "rknn_set_core_mask": ((Context, _INT), _INT),
    "rknn_run": ((Context, ctypes.c_void_p), _INT),
    "rknn_create_mem": ((Context, _UINT), MemoryPointer),
    "rknn_destroy_mem": ((Context, MemoryPointer), _INT),
    "rknn_set_io_mem": ((Context, MemoryPointer, _ATTR), _INT),
}


def code_words(call: str, code: int) -> str:
    """`rknn_run answers -1, it failed`."""
    return f"{call} answers {code}, {CODES.get(code, 'a code that is not known')}"


@functools.cache
def load_library(path: Path) -> ctypes.CDLL:
    """The runtime library at `path`, whose calls are typed; it stays loaded.

    While one of them runs, other threads of Python do too. Raises BackendUnavailableError where it
    does not load or lacks a call.
    """
    try:
        library = ctypes.CDLL(str(path))
    except OSError as error:
        raise BackendUnavailableError(f"{path} does not load ({error})") from error
    for name, (arguments, result) in _CALLS.items():
        try:
            call = getattr(library, name)
        except AttributeError as error:
            raise BackendUnavailableError(f"{path} has no {name}: it is too old") from error
        call.argtypes, call.restype = arguments, result
    return library
