"""The completion, as a real bash does it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from rkvideo.cli.main import main

ASK = """
set -e
. "$1"
shift
COMP_WORDS=(rkvideo "$@")
COMP_CWORD=$#
COMP_LINE="${COMP_WORDS[*]}"
COMP_POINT=${#COMP_LINE}
_shtab_rkvideo rkvideo "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture
def script(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    assert main(["completion", "bash"]) == 0
    path = tmp_path / "rkvideo"
    path.write_text(capsys.readouterr().out)
    return path


def completed(script: Path, *words: str) -> set[str]:
    done = subprocess.run(
        ["bash", "-c", ASK, "bash", str(script), *words],
        capture_output=True,
        text=True,
        check=True,
        cwd=script.parent,
    )
    return {word.strip() for word in done.stdout.splitlines() if word.strip()}


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["b"], {"bench"}),
        (["models", ""], {"list", "info", "fetch", "clean"}),
        (["run", "--record-"], {"--record-what", "--record-frames", "--record-codec"}),
        (["run", "--record-what", ""], {"annotated", "raw", "both"}),
        (["view", "--lang", "z"], {"zh_CN"}),
        (["service", "install", "--sc"], {"--screen"}),
    ],
)
def test_words_are_completed(script: Path, words: list[str], found: set[str]) -> None:
    assert completed(script, *words) == found


def test_files_are_completed_where_a_file_may_stand(script: Path) -> None:
    (script.parent / "clip.mp4").touch()
    assert completed(script, "run", "cl") == {"clip.mp4"}
    assert completed(script, "run", "x", "--labels", "cl") == {"clip.mp4"}
    # Where no word fits, bash itself completes files: `rkvideo clip.mp4`.
    last = script.read_text().splitlines()[-1]
    assert last == "complete -o bashdefault -o default -F _shtab_rkvideo rkvideo"


@pytest.mark.skipif(shutil.which("zsh") is None, reason="there is no zsh here")
def test_zsh_reads_its_script(capsys: pytest.CaptureFixture[str]) -> None:
    main(["completion", "zsh"])
    subprocess.run(["zsh", "-n"], input=capsys.readouterr().out, text=True, check=True)


@pytest.mark.parametrize("shell", ["zsh", "tcsh"])
def test_the_other_shells_get_the_commands_too(
    shell: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["completion", shell]) == 0
    told = capsys.readouterr().out
    assert all(word in told for word in ("rkvideo", "bench", "--record-what"))
