"""The mark of a trial from which nobody came back, left by a real process that ends in it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from rkvideo.machine.trial_mark import TrialMark
from tests.helpers.paths import ROOT

CHILD = """
import os, sys
from pathlib import Path
from rkvideo.machine.trial_mark import TrialMark
with TrialMark(Path(sys.argv[1]), "one").left_by_an_end():
    print("tries", flush=True)
    sys.stdin.read()
    os._exit(3)
"""


def start(path: Path) -> subprocess.Popen[str]:
    """A process that tries until its standard input ends, and then is gone."""
    child = subprocess.Popen(
        (sys.executable, "-c", CHILD, str(path)),
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "tries\n"
    return child


def test_a_trial_that_ended_its_program_is_known_and_one_that_goes_on_is_not(
    tmp_path: Path,
) -> None:
    path = tmp_path / "none yet" / "mark"
    one, other = TrialMark(path, "one"), TrialMark(path, "other")
    assert not one.was_fatal
    with start(path) as child:
        assert not one.was_fatal
        with one.left_by_an_end():
            pass
        # It was that of the other process.
        assert path.exists()
        child.communicate("")
    assert (one.was_fatal, other.was_fatal) == (True, False)
    with other.left_by_an_end():
        assert path.read_text() == "other"
    assert not path.exists()
    assert not one.was_fatal


def test_a_trial_that_is_asked_for_again_before_it_came_back_hangs(tmp_path: Path) -> None:
    mark = TrialMark(tmp_path / "mark", "one")
    with mark.left_by_an_end():
        assert TrialMark(tmp_path / "mark", "one").was_fatal
        assert not TrialMark(tmp_path / "mark", "other").was_fatal
    assert not mark.was_fatal


def test_a_trial_that_fails_leaves_nothing(tmp_path: Path) -> None:
    mark = TrialMark(tmp_path / "mark", "one")
    with pytest.raises(ValueError, match="no"), mark.left_by_an_end():
        raise ValueError("no")
    assert list(tmp_path.iterdir()) == []


def test_where_nothing_can_be_written_nothing_is_remembered() -> None:
    mark = TrialMark(Path("/proc/none/mark"))
    with mark.left_by_an_end():
        pass
    assert not mark.was_fatal
