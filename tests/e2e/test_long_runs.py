"""Runs that take long on any machine, begun together: 20,000 frames, and 12 s without a network."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.helpers.lone_network import command_in_lone_network, lone_environment
from tests.helpers.paths import ROOT

LIMIT_S = 600
pytestmark = pytest.mark.timeout(LIMIT_S)


@dataclass(frozen=True)
class LongRuns:
    """The processes, and the home of the one that is watched for what it leaves."""

    memory: subprocess.Popen[str]
    apart: subprocess.Popen[str]
    home: Path


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LongRuns]:
    home = tmp_path_factory.mktemp("home")
    # 12 s: where its telemetry is on, ONNX Runtime 1.32 first asks after 9 s.
    words = ("run", "pattern:64x64@5:60", "--realtime", "--model", "yolo11n@320")
    apart = command_in_lone_network((sys.executable, "main.py", *words))
    with (
        start((sys.executable, "-m", "benchmarks.memory")) as memory,
        start(apart, env=lone_environment(home)) as without_network,
    ):
        yield LongRuns(memory, without_network, home)
        for process in (memory, without_network):
            process.kill()


def start(words: tuple[str, ...], **options: object) -> subprocess.Popen[str]:
    pipe = subprocess.PIPE
    return subprocess.Popen(words, cwd=ROOT, stdout=pipe, stderr=pipe, text=True, **options)


def output_of(process: subprocess.Popen[str]) -> str:
    out, err = process.communicate(timeout=LIMIT_S)
    assert process.returncode == 0, out + err
    return out


@pytest.mark.usefixtures("lone_network")
def test_a_run_asks_for_no_name_and_leaves_no_file(runs: LongRuns) -> None:
    assert json.loads(output_of(runs.apart)) == {"code": 0, "asked": []}
    assert [path for path in runs.home.rglob("*") if path.is_file()] == []


def test_a_long_run_keeps_its_memory(runs: LongRuns) -> None:
    out = output_of(runs.memory)
    told = re.search(r"20000 frames shown; .* ratio (\d\.\d+)", out)
    assert told is not None, out
    assert float(told[1]) <= 1.05
