"""How many heaps glibc itself says that it has."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.helpers.paths import ROOT

THREADS = 4
TELL_HEAPS = f"""
import ctypes, sys, threading
from rkvideo.machine.heap import keep_one_heap
if sys.argv[1] == "kept":
    keep_one_heap()
libc = ctypes.CDLL(None)
libc.malloc.restype = libc.fdopen.restype = ctypes.c_void_p
libc.malloc_info.argtypes = [ctypes.c_int, ctypes.c_void_p]
libc.fflush.argtypes = [ctypes.c_void_p]
libc.free.argtypes = [ctypes.c_void_p]
all_at_once = threading.Barrier({THREADS})
def allocate():
    all_at_once.wait()
    libc.free(libc.malloc(100_000))
    all_at_once.wait()
threads = [threading.Thread(target=allocate) for _ in range({THREADS})]
for thread in threads: thread.start()
for thread in threads: thread.join()
out = libc.fdopen(1, b"w")
libc.malloc_info(0, out)
libc.fflush(out)
"""


def heaps(word: str, **environment: str) -> int:
    kept = {name: value for name, value in os.environ.items() if name != "MALLOC_ARENA_MAX"}
    done = subprocess.run(
        [sys.executable, "-c", TELL_HEAPS, word],
        cwd=ROOT,
        env={**kept, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.count("<heap nr=")


@pytest.mark.skipif(not hasattr(os, "confstr") or sys.platform != "linux", reason="of glibc")
def test_threads_share_one_heap_unless_the_user_has_set_another_number() -> None:
    assert heaps("kept") == 1
    assert heaps("kept", MALLOC_ARENA_MAX="3") == 3
    assert heaps("as it is") > 1
