"""What `run` tells while it runs, and what `models list` says of a model that is not here."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from rkvideo.cli.model_tables import print_models
from rkvideo.cli.outputs import Outputs
from rkvideo.cli.run import run_with
from rkvideo.config import AppConfig, SimulationSpec
from rkvideo.models.catalogue import list_models


@pytest.mark.parametrize(
    ("source", "frames", "expected"),
    [
        ("pattern:320x192@30:250", 25, " of 25 "),
        ("pattern:320x192@30:20", 25, " of 20 "),
        ("pattern:320x192@30", 25, " of 25 "),
    ],
)
def test_the_progress_says_how_many_frames_the_run_will_have(
    source: str, frames: int, expected: str
) -> None:
    told = io.StringIO()
    simulation = SimulationSpec(latency_ms=60, cores=1)
    config = AppConfig(source, backend="simulated", simulation=simulation, frames=frames)
    assert run_with(config, Outputs(), Console(file=told, force_terminal=True, width=200)) == 0
    assert expected in told.getvalue()
    assert " of 250" not in told.getvalue()


def test_the_names_of_a_run_are_whole_in_its_report() -> None:
    told = io.StringIO()
    config = AppConfig("pattern:320x192@30:20", backend="simulated")
    assert run_with(config, Outputs(), Console(file=told, width=60)) == 0
    heading = "pattern:320x192@30:20   yolo11n@640x384   simulated (SIMULATED)"
    assert heading in told.getvalue().splitlines()


class NobodyReads(io.StringIO):
    """A terminal that has gone, a stand-in for a closed pipe."""

    def write(self, text: str) -> int:
        raise BrokenPipeError


class LeavingConsole(Console):
    """Ends as rich's does, but leaves standard output to the tests."""

    def on_broken_pipe(self) -> None:
        raise SystemExit(1)


def test_a_run_ends_where_nobody_reads_its_progress_any_more() -> None:
    config = AppConfig("pattern:320x192@30", backend="simulated")
    with pytest.raises(SystemExit):
        run_with(config, Outputs(), LeavingConsole(file=NobodyReads(), force_terminal=True))


def test_a_model_that_can_be_fetched_is_told_with_the_program_as_it_was_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RKVIDEO_PROG", "~/tools/rkvideo")
    told = io.StringIO()
    print_models(list_models([tmp_path]), Console(file=told, width=200))
    assert "~/tools/rkvideo models fetch yolox-nano" in told.getvalue()
