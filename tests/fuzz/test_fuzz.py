"""Broken input of every kind ends in an answer of ours; `./test.sh --fuzz N` feeds N of each.

A kind is fed in a process of its own: a crash of a library is then a failure with a number.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz.kinds import KINDS
from tests.fuzz.mutate import mutated
from tests.helpers.paths import ROOT

COUNT = int(os.environ.get("RKVIDEO_FUZZ", "300"))
# Per input on a busy machine of two cores, and the imports.
LIMIT_S = 60 + COUNT


@pytest.mark.timeout(LIMIT_S + 30)
@pytest.mark.parametrize("kind", KINDS)
def test_no_foreign_exception_no_crash_no_hang(kind: str, tmp_path: Path) -> None:
    at = tmp_path / "number"
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.run", kind, "0", str(COUNT), str(at)],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert done.returncode == 0, f"crash at input {at.read_text()}: {done.stderr[-800:]}"
    counts = json.loads(done.stdout.splitlines()[-1])
    print(f"{kind}: {counts}")
    assert counts["faults"] == []
    assert counts["hangs"] == counts["foreign"] == 0
    assert counts["read"] + counts["refused"] == COUNT
    # A fuzzer whose every input is refused tests one line of the reader. No SDP leads to a picture.
    assert counts["read"] > 0 or kind == "sdp"


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_number_gives_the_same_bytes(kind: str) -> None:
    seeds = KINDS[kind].seeds()
    assert [mutated(seeds, number) for number in range(20)] == [
        mutated(seeds, number) for number in range(20)
    ]
    assert len({mutated(seeds, number) for number in range(60)}) > 20
