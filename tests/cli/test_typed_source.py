"""Where a source comes from when it is not to be seen, and what `ps` shows of a typed one."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rkvideo.cli.arguments import parse
from rkvideo.cli.typed_source import VARIABLE, source_of
from rkvideo.errors import ConfigError
from tests.helpers.paths import ROOT

ADDRESS = "rtsp://user:sesame@127.0.0.1:9/a"


@pytest.mark.parametrize("command", ["run", "bench", "view"])
def test_a_source_in_a_file_on_standard_input_or_in_the_environment(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "source").write_text(f"{ADDRESS}\nnot this\n")
    in_file = parse([command, "--source-file", str(tmp_path / "source")])
    assert source_of(in_file, {}) == ADDRESS
    assert source_of(parse([command, "-"]), {}, io.StringIO(f"{ADDRESS}\nx\n")) == ADDRESS
    monkeypatch.setenv(VARIABLE, ADDRESS)
    named = parse([command])
    assert source_of(named) == ADDRESS
    assert "source" in named.named
    # A word that was typed goes before the environment.
    assert source_of(parse([command, "clip.mp4"])) == "clip.mp4"


def test_a_run_without_any_source_says_where_one_can_be(capsys) -> None:
    with pytest.raises(SystemExit) as ended:
        parse(["run"])
    assert ended.value.code == 2
    told = " ".join(capsys.readouterr().err.split())
    assert "--source-file FILE, `-` for standard input, or RKVIDEO_SOURCE" in told
    assert source_of(parse(["bench"]), {}) == "demo"


def test_empty_standard_input_is_told() -> None:
    with pytest.raises(ConfigError, match="standard input is empty"):
        source_of(parse(["run", "-"]), {}, io.StringIO(""))


@pytest.mark.parametrize("piped", ["G\0@\x11\x10", "a\x1b[31mb", "y" * 70_000])
def test_a_video_that_is_piped_in_is_not_taken_for_an_address(piped: str) -> None:
    with pytest.raises(ConfigError, match="standard input holds no source") as caught:
        source_of(parse(["run", "-"]), {}, io.StringIO(piped))
    assert len(str(caught.value)) < 200


def test_a_file_of_bytes_holds_no_source(tmp_path: Path) -> None:
    (tmp_path / "video").write_bytes(b"G\0@\x11")
    with pytest.raises(ConfigError, match="holds no source"):
        source_of(parse(["run", "--source-file", str(tmp_path / "video")]), {})


def test_a_pipe_is_read_once_for_all_who_ask() -> None:
    pipe, words = io.StringIO(f"{ADDRESS}\n"), parse(["view", "-"])
    assert source_of(words, {}, pipe) == source_of(words, {}, pipe) == ADDRESS


def test_a_password_that_was_typed_is_blanked(tmp_path: Path) -> None:
    words = [sys.executable, "main.py", "run", ADDRESS, "--retry", "--backend", "simulated"]
    process = subprocess.Popen(
        words, cwd=ROOT, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env=os.environ
    )
    try:
        shown = _words_once_blanked(process.pid)
    finally:
        process.terminate()
        process.wait(30)
    assert b"sesame" not in shown
    assert b"rtsp://user:***@127.0.0.1:9/a" in shown


def _words_once_blanked(pid: int) -> bytes:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        shown = Path(f"/proc/{pid}/cmdline").read_bytes()
        if b"***" in shown:
            return shown
        os.sched_yield()
    raise AssertionError(f"not blanked: {shown!r}")
