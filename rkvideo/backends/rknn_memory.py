"""The tensors of a context in memory that is shared with the NPU: bound once, read in place."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rkvideo.backends.rknn_abi import (
    AFFINE,
    Kind,
    Order,
    Query,
    TensorAttr,
    code_words,
)
from rkvideo.data import QuantisedTensor
from rkvideo.errors import BackendUnavailableError

if TYPE_CHECKING:
    from rkvideo.data import Array, OutputTensor, Tensor, UInt8Array

_CHANNELS = 3


class SharedMemory:
    """Memory of one tensor, as bytes; made and given back by the thread of its context."""

    def __init__(self, library: ctypes.CDLL, context: int, size: int) -> None:
        """Raise BackendUnavailableError where there is none."""
        self._library = library
        self._context = context
        self.pointer: ctypes._Pointer[ctypes.Structure] = library.rknn_create_mem(context, size)
        if not self.pointer:
            raise BackendUnavailableError(f"rknn_create_mem gives no {size} bytes")
        block = (ctypes.c_uint8 * size).from_address(self.pointer.contents.address)
        self.bytes: UInt8Array = np.ctypeslib.as_array(block)

    def bind(self, attr: TensorAttr) -> None:
        """Make it that of the tensor, from now on. Raises BackendUnavailableError."""
        code = self._library.rknn_set_io_mem(self._context, self.pointer, ctypes.byref(attr))
        if code != 0:
            raise BackendUnavailableError(code_words("rknn_set_io_mem", code))

    def close(self) -> None:
        """Give it back: nothing that was read from it may be used any more."""
        self._library.rknn_destroy_mem(self._context, self.pointer)


def query_tensor(library: ctypes.CDLL, context: int, query: Query, index: int) -> TensorAttr:
    """What the library says of an input or output. Raises BackendUnavailableError."""
    attr = TensorAttr(index=index)
    size = ctypes.sizeof(attr)
    code = library.rknn_query(context, query, ctypes.byref(attr), size)
    if code != 0:
        raise BackendUnavailableError(code_words("rknn_query", code))
    return attr


class BoundInput:
    """The input of a context: pictures of uint8 RGB, (1, height, width, 3)."""

    def __init__(self, library: ctypes.CDLL, context: int, shape: tuple[int, ...]) -> None:
        """`shape` is that of the pictures. Raises BackendUnavailableError."""
        attr = query_tensor(library, context, Query.INPUT, 0)
        if attr.order != Order.NHWC or attr.shape != shape:
            raise BackendUnavailableError(
                f"its input is {attr.shape} in the order {attr.order}, not {shape}"
            )
        _, height, width, _ = shape
        stride = attr.width_stride or width
        size = max(attr.bytes_with_stride, height * stride * _CHANNELS)
        self.memory = SharedMemory(library, context, size)
        attr.kind, attr.pass_through = Kind.UINT8, 0
        try:
            self.memory.bind(attr)
        except BackendUnavailableError:
            self.memory.close()
            raise
        rows = self.memory.bytes[: height * stride * _CHANNELS]
        self._pixels = rows.reshape(1, height, stride, _CHANNELS)[:, :, :width]

    def put(self, tensor: Tensor) -> None:
        """Copy a picture to where the NPU reads it."""
        np.copyto(self._pixels, tensor)


@dataclass(frozen=True, slots=True)
class _Layout:
    """How the memory of an output is read: its type, its dimensions, and which are moved where."""

    shape: tuple[int, ...]
    axes: tuple[int, ...] | None
    channels: int | None


class BoundOutput:
    """One output of a context, int8 where the model is quantised so, else float32."""

    def __init__(
        self, library: ctypes.CDLL, context: int, index: int, shape: tuple[int, ...]
    ) -> None:
        """`shape` is the one in the model's own order. Raises BackendUnavailableError."""
        attr = query_tensor(library, context, Query.OUTPUT, index)
        self._layout = _layout_of(attr, shape)
        is_int8 = attr.kind == Kind.INT8 and attr.quantisation == AFFINE and attr.scale > 0
        self._scale, self._zero_point = attr.scale, attr.zero_point
        if not is_int8:
            # The runtime makes numbers of whatever else it is.
            attr.kind = Kind.FLOAT32
        dtype = np.dtype(np.int8 if is_int8 else np.float32)
        size = attr.elements * dtype.itemsize
        self.memory = SharedMemory(library, context, max(size, attr.bytes_with_stride))
        try:
            self.memory.bind(attr)
        except BackendUnavailableError:
            self.memory.close()
            raise
        self._values = self.memory.bytes[:size].view(dtype).reshape(self._layout.shape)
        self.shape = shape
        self._is_int8 = is_int8

    def read(self) -> OutputTensor:
        """What the last run left, valid until the next one."""
        values = self._in_own_order()
        if self._is_int8:
            return QuantisedTensor(values, self._scale, self._zero_point)
        return np.asarray(values, np.float32)

    def _in_own_order(self) -> Array:
        layout, values = self._layout, self._values
        if layout.axes is None:
            return values.reshape(self.shape)
        moved = values.transpose(layout.axes)
        if layout.channels is not None:
            # Blocks of channels, the last of which may be filled up.
            one, first, inner, *sides = moved.shape
            moved = moved.reshape(one, first * inner, *sides)[:, : layout.channels]
        return np.ascontiguousarray(moved).reshape(self.shape)


def _layout_of(attr: TensorAttr, shape: tuple[int, ...]) -> _Layout:
    """How to read what the library describes as a tensor of `shape`."""
    mine = attr.shape
    if attr.order == Order.NC1HWC2 and len(mine) == 5 and len(shape) == 4:
        fits = (mine[0], *mine[2:4]) == (shape[0], *shape[2:]) and mine[1] * mine[4] >= shape[1]
        layout = _Layout(mine, (0, 1, 4, 2, 3), shape[1])
    elif attr.order == Order.NHWC and len(mine) == 4 and len(shape) == 4:
        fits = (mine[0], mine[3], mine[1], mine[2]) == shape
        layout = _Layout(mine, (0, 3, 1, 2), None)
    else:
        fits = attr.elements == int(np.prod(shape))
        layout = _Layout(shape, None, None)
    if not fits or attr.elements != int(np.prod(layout.shape)):
        raise BackendUnavailableError(
            f"its output {attr.index} is {mine} in the order {attr.order}, not {shape}"
        )
    return layout
