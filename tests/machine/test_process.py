"""The memory of a program, whoever started it."""

from __future__ import annotations

import subprocess
import sys

HELD = 300_000_000
# Holds much, and becomes another program in the same process, as a starter does.
STARTER = """
import os, sys
held = bytearray(int(sys.argv[1]))
held[::4096] = b"x" * len(held[::4096])
os.execv(sys.executable, [sys.executable, "-c", sys.argv[2]])
"""
PROGRAM = """
from rkvideo.machine.process import peak_resident_bytes, resident_bytes
print(resident_bytes(), peak_resident_bytes())
"""


def test_the_peak_of_a_program_is_not_that_of_who_started_it() -> None:
    command = [sys.executable, "-c", STARTER, str(HELD), PROGRAM]
    told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    now, peak = map(int, told.split())
    assert now <= peak < HELD
