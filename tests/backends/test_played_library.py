"""The stand-in for librknnrt.so is strict: what no program may do is written down as broken."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rkvideo.backends.rknn_abi import (
    Context,
    Kind,
    MemoryPointer,
    Order,
    Query,
    TensorAttr,
    load_library,
)
from tests.board.played_model import HEIGHT, WIDTH, played_rknn
from tests.helpers.played_library import Played, play

PIXELS = HEIGHT * WIDTH * 3


class Caller:
    """The calls of the library, as a program that knows no rules would make them."""

    def __init__(self, library: ctypes.CDLL) -> None:
        self.library = library

    def init(self) -> int:
        model, made = played_rknn(), Context()
        assert self.library.rknn_init(ctypes.byref(made), model, len(model), 0, None) == 0
        return made.value

    def dup(self, context: int) -> int:
        made = Context()
        code = self.library.rknn_dup_context(ctypes.byref(Context(context)), ctypes.byref(made))
        assert code == 0
        return made.value

    def attr(self, context: int, query: Query, index: int = 0) -> TensorAttr:
        attr = TensorAttr(index=index)
        size = ctypes.sizeof(attr)
        assert self.library.rknn_query(context, query, ctypes.byref(attr), size) == 0
        return attr

    def input_attr(self, context: int) -> TensorAttr:
        attr = self.attr(context, Query.INPUT)
        attr.kind = Kind.UINT8
        return attr

    def bind(self, context: int, memory: MemoryPointer, attr: TensorAttr) -> int:
        code: int = self.library.rknn_set_io_mem(context, memory, ctypes.byref(attr))
        return code


@pytest.fixture
def npu(built_library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Played:
    return play(built_library, tmp_path, monkeypatch)


@pytest.fixture
def caller(npu: Played) -> Iterator[Caller]:
    yield Caller(load_library(npu.path))
    assert npu.held == (0, 0)


def too_small(caller: Caller, context: int) -> MemoryPointer:
    memory = caller.library.rknn_create_mem(context, PIXELS - 1)
    assert caller.bind(context, memory, caller.input_attr(context)) == -5
    return memory


def of_a_wrong_type(caller: Caller, context: int) -> MemoryPointer:
    memory = caller.library.rknn_create_mem(context, PIXELS)
    # The query names int8, which is how the model keeps it: pictures are no such thing.
    assert caller.bind(context, memory, caller.attr(context, Query.INPUT)) == -5
    return memory


def in_another_order(caller: Caller, context: int) -> MemoryPointer:
    memory = caller.library.rknn_create_mem(context, PIXELS)
    attr = caller.attr(context, Query.OUTPUT, 1)
    attr.order = Order.NHWC
    assert caller.bind(context, memory, attr) == -5
    return memory


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (too_small, "memory that is too small for the rows of the input"),
        (of_a_wrong_type, "an input that is no uint8 picture to be converted"),
        (in_another_order, "dimensions or a layout that are not the output's"),
    ],
)
def test_memory_that_does_not_fit_is_refused(
    npu: Played, caller: Caller, fault: Callable[[Caller, int], MemoryPointer], told: str
) -> None:
    context = caller.init()
    memory = fault(caller, context)
    assert npu.broken == [f"broken set_io_mem of context 1: {told}"]
    assert caller.library.rknn_destroy_mem(context, memory) == 0
    caller.library.rknn_destroy(context)


def test_memory_belongs_to_its_context_until_it_is_given_back(npu: Played, caller: Caller) -> None:
    first = caller.init()
    second = caller.dup(first)
    memory = caller.library.rknn_create_mem(first, PIXELS)
    attr = caller.input_attr(second)
    assert caller.bind(second, memory, attr) == -5
    assert caller.library.rknn_destroy_mem(second, memory) == -5
    assert caller.library.rknn_destroy_mem(first, memory) == 0
    assert npu.broken == [
        "broken set_io_mem of context 2: memory of another context, or one that was given back",
        "broken destroy_mem of context 2: it has no such memory",
    ]
    for context in (second, first):
        caller.library.rknn_destroy(context)


def test_a_run_wants_memory_for_every_tensor(npu: Played, caller: Caller) -> None:
    context = caller.init()
    memory = caller.library.rknn_create_mem(context, PIXELS)
    assert caller.bind(context, memory, caller.input_attr(context)) == 0
    assert caller.library.rknn_run(context, None) == -1
    assert npu.broken == ["broken run of context 1: an output has no memory"]
    caller.library.rknn_destroy_mem(context, memory)
    caller.library.rknn_destroy(context)


def test_what_is_left_behind_and_what_is_used_after_its_end_is_told(
    npu: Played, caller: Caller
) -> None:
    first = caller.init()
    second = caller.dup(first)
    caller.library.rknn_create_mem(second, 64)
    caller.library.rknn_destroy(first)
    caller.library.rknn_destroy(second)
    assert caller.library.rknn_run(second, None) == -7
    assert npu.broken == [
        "broken destroy of context 1, which 1 others use",
        "broken destroy of context 2, of which 1 memories are left",
        "broken run on context 2 after its end",
    ]


def test_a_query_of_another_size_is_refused(npu: Played, caller: Caller) -> None:
    context = caller.init()
    attr = TensorAttr()
    size = ctypes.sizeof(attr) - 4
    assert caller.library.rknn_query(context, Query.OUTPUT, ctypes.byref(attr), size) == -5
    assert npu.broken == [f"broken query 2 of context 1: {size} bytes"]
    caller.library.rknn_destroy(context)


def test_a_context_that_another_thread_enters_is_told(
    npu: Played, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    origin = caller.init()
    context = caller.dup(origin)
    thread = threading.Thread(target=caller.library.rknn_run, args=(context, None))
    thread.start()
    thread.join()
    # The one that others are made of belongs to no thread.
    thread = threading.Thread(target=lambda: caller.library.rknn_destroy(caller.dup(origin)))
    thread.start()
    thread.join()
    assert npu.broken == ["broken run on context 2, which another thread made"]
    for each in (context, origin):
        caller.library.rknn_destroy(each)


def test_two_threads_in_one_context_are_told(
    npu: Played, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = caller.init()
    origin = caller.dup(context)
    # A shared context may be entered by any thread, one at a time: a slow run holds it.
    monkeypatch.setenv("STAND_IN_LATENCY_MS", "300")
    memories = []
    for query, index in ((Query.INPUT, 0), *((Query.OUTPUT, index) for index in range(9))):
        attr = caller.attr(context, query, index)
        attr.kind = Kind.UINT8 if query == Query.INPUT else attr.kind
        memories.append(caller.library.rknn_create_mem(context, attr.bytes))
        assert caller.bind(context, memories[-1], attr) == 0
    thread = threading.Thread(target=caller.library.rknn_run, args=(context, None))
    thread.start()
    while not npu.broken and thread.is_alive():
        caller.attr(context, Query.INPUT)
    thread.join()
    assert npu.broken[0] == "broken query on context 1, which another thread uses"
    for memory in memories:
        caller.library.rknn_destroy_mem(context, memory)
    for each in (origin, context):
        caller.library.rknn_destroy(each)
