"""`view` where there is no screen, and where Qt would not come up."""

from __future__ import annotations

import json
import re
from pathlib import Path

import av
import pytest

from rkvideo.assembly import open_run
from rkvideo.cli import view
from rkvideo.cli.arguments import config_of, outputs_of, parse
from rkvideo.cli.main import main
from rkvideo.config import AppConfig
from rkvideo.pictures.overlay import Look
from rkvideo.ui.contract.run import WindowOptions
from rkvideo.ui.kept.state import StateFile, WindowState
from rkvideo.ui.window import app
from tests.helpers.patience import PATIENCE_S

SIMULATED = ("--backend", "simulated", "--npu-latency-ms", "1")


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_VIDEOS_DIR", str(tmp_path / "videos"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def _no_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)


def words_of(capsys: pytest.CaptureFixture[str]) -> str:
    return " ".join(capsys.readouterr().err.split())


@pytest.mark.usefixtures("_no_screen")
def test_without_a_screen_it_says_at_once_what_it_plays_and_where_the_clip_goes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["pattern:64x64@30:20", *SIMULATED]) == 0
    said = words_of(capsys)
    (clip,) = (tmp_path / "videos" / "rkvideo").iterdir()
    assert said.startswith(
        "no window: there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set); playing "
        f"pattern:64x64@30:20 with yolo11n without one, recorded to {clip}; Ctrl-C ends it"
    )


@pytest.mark.usefixtures("_no_screen")
def test_a_screen_without_a_desktop_is_said_before_qt_may_end_the_program(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(view, "bare_trouble", lambda: None)
    monkeypatch.setattr(view, "bare_platform", lambda: "eglfs")
    monkeypatch.setattr(view, "qt_trouble", lambda _environment: None)
    monkeypatch.setattr(app, "run_window", lambda *_args: 0)
    assert main(["pattern:64x64@30", *SIMULATED, "--fullscreen"]) == 0
    assert words_of(capsys) == (
        "there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set): drawing straight to the "
        "screen (eglfs); if Qt ends the program now, another program has that screen, such as a "
        "desktop"
    )


@pytest.mark.usefixtures("_no_screen")
def test_no_monitor_is_said_and_the_clip_recorded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(view, "bare_trouble", lambda: "no monitor is plugged in")
    assert main(["pattern:64x64@30:20", *SIMULATED, "--fullscreen", "--record", "o.mp4"]) == 0
    assert ", and no monitor is plugged in; playing pattern" in words_of(capsys)
    assert (tmp_path / "o.mp4").exists()


@pytest.mark.usefixtures("_no_screen")
def test_without_a_screen_the_files_of_run_are_written(tmp_path: Path) -> None:
    words = ("--frames", "7", "--detections", "d.jsonl", "--stats", "s.json", "--record", "o.mp4")
    assert main(["pattern:64x64@30", *SIMULATED, *words]) == 0
    assert len((tmp_path / "d.jsonl").read_text().splitlines()) == 7
    assert json.loads((tmp_path / "s.json").read_text())["frames"]["shown"] == 7
    assert (tmp_path / "o.mp4").stat().st_size > 0


@pytest.mark.parametrize(
    "words", [("--frames", "7"), ("--detections", "d.jsonl"), ("--stats", "s.json")]
)
def test_a_window_writes_no_such_file(
    words: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["pattern:64x64@30", *SIMULATED, *words]) == 2
    assert words_of(capsys) == (
        f"error: {words[0]} is for a run without a window: use `./run.sh run`"
    )


def test_a_window_that_records_into_a_folder_names_the_clip_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stand_in_window(_services: object, config: AppConfig, options: WindowOptions) -> int:
        run = open_run(config, print)
        assert options.first_recorders is not None
        for sink in options.first_recorders(run, Look):
            run.add_sink(sink)
        run.start()
        run.wait(PATIENCE_S)
        run.join(PATIENCE_S)
        return 0

    monkeypatch.setattr(app, "run_window", stand_in_window)
    assert main(["pattern:64x64@30:10", *SIMULATED, "--record", "clips/"]) == 0
    (clip,) = (tmp_path / "clips").iterdir()
    assert re.fullmatch(r"rkvideo-\d{8}-\d{6}\.mp4", clip.name)
    with av.open(str(clip)) as container:
        assert sum(1 for _ in container.decode(video=0)) == 10


@pytest.mark.parametrize(
    ("words", "way"), [((), "raster"), (("--paint", "auto"), "auto"), (("--paint", "gl"), "gl")]
)
def test_who_paints_is_what_was_named_else_what_is_remembered(
    monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], way: str
) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    StateFile().save(WindowState(paint="raster"))
    opened: list[WindowOptions] = []

    def stand_in_window(_services: object, _config: AppConfig, options: WindowOptions) -> int:
        opened.append(options)
        return 0

    monkeypatch.setattr(app, "run_window", stand_in_window)
    assert main(["view", "pattern:64x64@30", *SIMULATED, *words]) == 0
    assert [options.paint for options in opened] == [way]


@pytest.mark.parametrize(
    ("words", "tracks", "trails"),
    [((), True, True), (("--track", "off"), False, False), (("--track", "on"), True, False)],
)
def test_tracks_and_trails_are_what_was_named_else_what_is_remembered(
    monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], tracks: bool, trails: bool
) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    StateFile().save(WindowState(tracks=True, look=Look("name", trails=True)))
    opened: list[tuple[AppConfig, WindowState]] = []

    def stand_in_window(_services: object, config: AppConfig, options: WindowOptions) -> int:
        opened.append((config, options.state))
        return 0

    monkeypatch.setattr(app, "run_window", stand_in_window)
    assert main(["view", "pattern:64x64@30", *SIMULATED, *words]) == 0
    ((config, state),) = opened
    assert (config.track, state.tracks) == (tracks, tracks)
    assert state.look == Look("name", trails=trails)


def test_a_run_draws_trails_into_its_clip_where_they_are_asked_for() -> None:
    for word, tracks, trails in (("off", False, False), ("on", True, False), ("trail", True, True)):
        args = parse(["run", "pattern:64x64@30", "--track", word])
        assert (config_of(args).track, outputs_of(args).trails) == (tracks, trails)


def test_libraries_that_qt_lacks_are_told_before_it_is_loaded(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    trouble = "Qt lacks libraries of the system: sudo apt-get install -y libegl1"
    monkeypatch.setattr(view, "qt_trouble", lambda _: trouble)
    assert main(["pattern:64x64@30", *SIMULATED]) == 2
    assert words_of(capsys) == f"error: no window: {trouble}; `./run.sh run` needs none"


def test_a_run_too_short_to_have_a_rate_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "pattern:64x64@30:3", *SIMULATED, "--stats", "s.json"]) == 0
    assert json.loads((tmp_path / "s.json").read_text())["fps"] is None
    assert "– fps, 3 frames shown of 3 decoded" in words_of(capsys)
