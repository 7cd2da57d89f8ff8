"""What the window remembers, and the file that holds it."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from rkvideo.cli.arguments import config_of, outputs_of, parse
from rkvideo.config import DetectionFilter, RecordOptions
from rkvideo.errors import ConfigError
from rkvideo.pictures.overlay import Look
from rkvideo.sources.address_book import AddressBook, from_anywhere
from rkvideo.ui.kept.state import (
    QualityChoice,
    StateFile,
    WindowState,
    with_record_options,
    with_state,
)

CHOSEN = WindowState(
    source="/videos/clip.mp4",
    history=("/videos/clip.mp4", "rtsp://user:***@cam/1"),
    remember_passwords=True,
    model="yolo11n@320",
    filter=DetectionFilter(0.5, classes=frozenset({"car", 3}), class_agnostic=True),
    look=Look("name", 2.0, 1.5),
    record=RecordOptions("both", "high", False, Path("/clips")),
    figures="all",
    figures_corner="bottom right",
    speed=None,
    loop=True,
    panels=("models", "graph"),
    geometry="AAAA",
    layout="BBBB",
    language="zh_CN",
    quality=QualityChoice("agreement", "/data/coco", "yolo11n@960", 500, 20),
)


@pytest.fixture
def file(tmp_path: Path) -> StateFile:
    return StateFile(tmp_path / "rkvideo" / "window.json")


def test_what_is_saved_is_loaded_again(file: StateFile) -> None:
    file.save(CHOSEN)
    assert file.load() == CHOSEN


def test_only_what_differs_is_written_and_nobody_else_may_read_it(file: StateFile) -> None:
    file.save(WindowState(model="yolo11n@416", look=Look(thickness=2.0)))
    written = json.loads(file.path.read_text())
    assert written == {"model": "yolo11n@416", "look": {"thickness": 2.0}}
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert [path.name for path in file.path.parent.iterdir()] == ["window.json"]


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '{"look": 3}',
        '{"filter": {"confidence": 7}}',
        '{"panels": "models"}',
        '{"speed": "fast"}',
        '{"loop": 1}',
        '{"filter": {"max_detections": true}}',
        '{"quality": {"kind": "best"}}',
        '{"quality": {"pictures": -1}}',
    ],
)
def test_a_damaged_file_is_the_default_and_one_line_in_the_log(
    file: StateFile, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    file.path.parent.mkdir()
    file.path.write_text(text)
    assert file.load() == WindowState()
    assert len(caplog.records) == 1
    assert str(file.path) in caplog.text


def test_what_a_later_version_has_written_is_left_alone(file: StateFile) -> None:
    file.path.parent.mkdir()
    file.path.write_text('{"model": "m", "theme": "light", "look": {"shadow": 1}}')
    assert file.load() == WindowState(model="m")


def test_a_disk_that_refuses_costs_a_line_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    StateFile(tmp_path / "file" / "window.json").save(CHOSEN)
    assert "could not be written" in caplog.text


def test_words_go_before_the_state_and_the_state_before_defaults() -> None:
    args = parse(["--conf", "0.25", "--loop", "--model", "yolox-nano"])
    config = with_state(config_of(args), replace(CHOSEN, loop=False), args.named)
    assert config.source == "/videos/clip.mp4"
    assert config.model == "yolox-nano"
    assert config.filter == replace(CHOSEN.filter, confidence=0.25)
    assert config.source_options.loop is True


def test_without_words_the_window_starts_as_it_was() -> None:
    args = parse([])
    assert args.named == frozenset()
    config = with_state(config_of(args), CHOSEN, args.named)
    assert (config.source, config.model) == ("/videos/clip.mp4", "yolo11n@320")
    assert config.filter == CHOSEN.filter
    assert config.source_options.loop is True


def test_the_first_start_plays_the_demo() -> None:
    args = parse([])
    config = with_state(config_of(args), WindowState(), args.named)
    assert (config.source, config.model) == ("demo", "yolo11n")


def test_named_are_the_options_that_were_given_even_at_their_default() -> None:
    args = parse(["view", "demo", "--iou", "0.45", "--quality", "medium"])
    assert args.named == {"source", "iou", "quality"}
    assert args.conf == 0.25


def test_record_options_of_the_command_line_go_before_the_state() -> None:
    args = parse(["--quality", "low"])
    state = with_record_options(CHOSEN, outputs_of(args).recording, args.named)
    assert state.record == RecordOptions("both", "low", False, Path("/clips"))


SECRET = "rtsp://user:s3cret@cam/1"
SHOWN = "rtsp://user:***@cam/1"


def test_an_address_book_shows_no_password_and_knows_it() -> None:
    book = AddressBook()
    assert book.add(SECRET) == SHOWN
    book.add("clip.mp4")
    assert book.shown == ("clip.mp4", SHOWN)
    assert book.whole(SHOWN) == SECRET
    assert book.to_store(passwords=False) == ("clip.mp4", SHOWN)
    assert book.to_store(passwords=True) == ("clip.mp4", SECRET)


def test_a_masked_address_of_an_earlier_start_asks_for_its_password() -> None:
    book = AddressBook([SHOWN])
    with pytest.raises(ConfigError, match="the password of rtsp://user:"):
        book.whole(SHOWN)
    book.add(SECRET)
    assert book.whole(SHOWN) == SECRET


def test_an_address_book_forgets_the_oldest_and_repeats_none() -> None:
    book = AddressBook(f"{number}.mp4" for number in range(19, -1, -1))
    book.add("5.mp4")
    book.add("20.mp4")
    assert book.shown[:3] == ("20.mp4", "5.mp4", "19.mp4")
    assert len(book.shown) == 20
    assert "0.mp4" not in book.shown


@pytest.mark.parametrize("text", ["demo", "0", "pattern:64x64@5", SECRET, "/dev/video0"])
def test_a_source_that_is_no_path_stays(text: str) -> None:
    assert from_anywhere(text) == text


def test_a_path_becomes_absolute(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert from_anywhere("clip.mp4") == str(tmp_path / "clip.mp4")
