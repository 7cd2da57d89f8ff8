"""Names for what a run writes: none is taken, and all of one run carry the same number."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from rkvideo.cli.outputs import Outputs, free_outputs
from rkvideo.config import RecordOptions
from rkvideo.errors import SinkOpenError


@pytest.fixture
def asked(tmp_path: Path) -> Outputs:
    return Outputs(tmp_path / "a.mp4", tmp_path / "b.jsonl", tmp_path / "s.json")


def names(outputs: Outputs) -> list[str]:
    return [path.name for path in outputs.files]


@pytest.mark.parametrize("taken", ["a.mp4", "b.jsonl", "s.json"])
def test_one_name_that_is_taken_gives_all_files_of_the_run_its_number(
    asked: Outputs, tmp_path: Path, taken: str
) -> None:
    (tmp_path / taken).write_text("old")
    assert names(free_outputs(asked)) == ["b-2.jsonl", "s-2.json", "a-2.mp4"]
    assert (tmp_path / taken).read_text() == "old"


def test_the_number_is_free_for_every_file(asked: Outputs, tmp_path: Path) -> None:
    for taken in ("a.mp4", "b-2.jsonl", "a-3-raw.mp4"):
        (tmp_path / taken).write_text("old")
    both = replace(asked, recording=RecordOptions("both"))
    assert names(free_outputs(both)) == ["b-4.jsonl", "s-4.json", "a-4.mp4"]


def test_nothing_is_left_of_a_number_that_was_not_free(asked: Outputs, tmp_path: Path) -> None:
    (tmp_path / "s.json").write_text("old")
    free_outputs(asked)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b-2.jsonl", "s-2.json", "s.json"]


def test_runs_at_the_same_time_get_numbers_of_their_own(asked: Outputs) -> None:
    found: list[Outputs] = []
    threads = [threading.Thread(target=lambda: found.append(free_outputs(asked))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    numbers = {tuple(names(outputs)) for outputs in found}
    assert len(numbers) == 8
    assert ("b.jsonl", "s.json", "a.mp4") in numbers


def test_what_is_no_file_keeps_its_name() -> None:
    asked = Outputs(detections=Path("-"), stats=Path("/dev/null"))
    assert free_outputs(asked) == asked


def test_a_folder_or_a_missing_one_is_told_before_the_run(tmp_path: Path) -> None:
    with pytest.raises(SinkOpenError, match="it is a folder: give the name of a file"):
        free_outputs(Outputs(stats=tmp_path))
    with pytest.raises(SinkOpenError, match="No such file or directory: create the folder"):
        free_outputs(Outputs(stats=tmp_path / "none" / "s.json"))
