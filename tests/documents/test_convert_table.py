"""The table of what conversions have tried is written by a command."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from rkvideo.config import ModelSpec
from rkvideo.convert.jobs import Inputs, NotMade, Result, Trial, sidecar_text
from rkvideo.convert.quality import CorrectAt, Quality
from rkvideo.convert.recipes import Recipe
from rkvideo.evaluation.bootstrap import Interval
from tests.helpers.paths import ROOT

SCRIPT = ROOT / "docs/make_convert_table.py"
DOCUMENT = ROOT / "docs/convert.md"
BEGIN, END = "<!-- tried: begin -->", "<!-- tried: end -->"


def trial(recipe: Recipe, *, labelled: bool) -> Trial:
    correct = (CorrectAt(0.25, 20, 19), CorrectAt(0.5, 10, 8))
    ap = Interval(-0.0123, -0.03, 0.004) if labelled else None
    quality = Quality(63, 30, 29, correct, Interval(-0.0216, -0.03, -0.01), ap, 0.4)
    return Trial(recipe, quality, 4_230_000, -1 if recipe.hybrid else 0)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What two conversions have left, and the log of one of them."""
    plain = trial(Recipe(), labelled=True)
    slow = NotMade(Recipe("mmse"), "rknn-toolkit2 was ended: see /home/me/some.log")
    first = Result(plain, (plain, trial(Recipe(hybrid=True), labelled=True)), "coco")
    bare = trial(Recipe(), labelled=False)
    other = Result(bare, (bare,), "clips", not_made=(slow,))
    inputs = Inputs("a.onnx", "0", "t", "c", 20, "d", 1.0)
    for name, result in (("a-nano-416-rk3588-i8", first), ("b-640x384-rk3588-i8", other)):
        text = sidecar_text(ModelSpec(name, None), inputs, result, "1")
        (tmp_path / f"{name}.toml").write_text(text)
    (tmp_path / "b-640x384-rk3588-i8.log").write_text("")
    return tmp_path


def make_table(*words: str | Path, document: Path = DOCUMENT) -> subprocess.CompletedProcess[str]:
    program = (
        "import sys; from pathlib import Path; sys.path.insert(0, 'docs');"
        "import make_convert_table as made;"
        "sys.exit(made.main(Path(sys.argv[1]), Path(sys.argv[2])))"
    )
    return subprocess.run(
        [sys.executable, "-c", program, *map(str, words), str(document)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_each_recipe_has_a_row_and_the_kept_one_is_bold(folder: Path) -> None:
    document = folder / "convert.md"
    document.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    assert make_table(folder, document=document).returncode == 0
    lines = document.read_text().splitlines()
    assert (lines[0], lines[-1]) == ("before", "after")
    shift, ap, correct = "-0.022 (-0.030 to -0.010)", "-1.2 (-3.0 to +0.4)", "19/20 | 8/10"
    assert lines[5:8] == [
        f"| a-nano@416 | **plain** | 4.2 | 0 | 29 of 30 | {shift} | {ap} | {correct} |",
        f"| | plain, bad layers in fp16 | 4.2 | some | 29 of 30 | {shift} | {ap} | {correct} |",
        f"| b@640x384 | **plain** | 4.2 | 0 | 29 of 30 | {shift} | - | {correct} |",
    ]
    assert lines[8].startswith("| | mmse: rknn-toolkit2 was ended | ")
    assert "/home" not in document.read_text()


def test_a_folder_without_conversions_leaves_the_document(tmp_path: Path) -> None:
    before = DOCUMENT.read_bytes()
    done = make_table(tmp_path)
    assert (done.returncode, done.stderr) == (
        *(2, f"make_convert_table.py: no sidecar of an int8 file in {tmp_path}\n"),
    )
    assert DOCUMENT.read_bytes() == before


def test_the_document_has_the_place_for_it() -> None:
    text = DOCUMENT.read_text()
    assert text.count(BEGIN) == text.count(END) == 1
    assert "docs/make_convert_table.py" in text
