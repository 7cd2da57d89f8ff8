"""Where files go: with a checkout and without, and that every place is told."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from rkvideo.cli.main import main
from rkvideo.machine import places
from tests.helpers.paths import ROOT


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("DATA", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    monkeypatch.setenv("XDG_VIDEOS_DIR", str(tmp_path / "videos"))
    return tmp_path


@pytest.fixture
def installed(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home and a program in a folder that is no checkout, but has a `models` and a `main.py`."""
    site = home / "site-packages"
    (site / "models").mkdir(parents=True)
    (site / "main.py").touch()
    monkeypatch.setattr(places, "_PROGRAM_ROOT", site)
    return home


def test_a_checkout_has_its_own_models_before_those_of_the_user(home: Path) -> None:
    assert places.checkout() == ROOT
    assert places.model_folders() == (ROOT / "models", home / "data/rkvideo/models")
    assert places.writable_model_folder() == ROOT / "models"
    assert places.toolkit_folder() == ROOT / ".venv-convert"
    assert places.program() == (f"{ROOT}/run.sh",)


def test_an_installed_program_keeps_everything_with_the_user(installed: Path) -> None:
    assert places.checkout() is None
    assert places.model_folders() == (installed / "data/rkvideo/models",)
    assert places.writable_model_folder() == installed / "data/rkvideo/models"
    assert places.toolkit_folder() == installed / "cache/rkvideo/venv-convert"


def test_a_checkout_that_may_not_be_written_leaves_its_files_alone(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda path, _mode: not Path(path).is_relative_to(ROOT))
    assert places.writable_model_folder() == home / "data/rkvideo/models"
    assert places.toolkit_folder() == home / "cache/rkvideo/venv-convert"


def test_the_program_that_is_named_can_be_started(
    installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "_installed_script", lambda: None)
    done = subprocess.run(
        [*places.program(), "--version"], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert (done.returncode, done.stdout.split()[0]) == (0, "rkvideo"), done.stderr
    assert places.program()[0] == sys.executable


def test_doctor_and_the_readme_tell_every_place(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["doctor", "--json"])
    told = {row["check"]: row["detail"] for row in json.loads(capsys.readouterr().out)}
    for place in places.all_places():
        assert told[place.name].startswith(f"{place.path}: {place.holds}")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    section = readme.partition("## Where files go\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (.+?) \| `(.+?)`", section, re.MULTILINE)
    assert [name for name, _ in rows] == [place.name for place in places.all_places()]
