"""What the window remembers, and the file that holds it."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from rkvideo.cli.arguments import config_of, outputs_of, parse
from rkvideo.config import DetectionFilter, RecordOptions
from rkvideo.errors import ConfigError, SinkWriteError
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


def test_a_damaged_file_is_kept_beside_and_told_until_it_is_forgotten(
    file: StateFile, errors: list[str]
) -> None:
    file.path.parent.mkdir()
    file.path.write_text('{"model": "typed by hand",}')
    file.load()
    errors.clear()
    aside = file.path.with_name("window.damaged.json")
    assert str(file.trouble).startswith(f"{file.path} is not used, the window starts afresh: ")
    assert str(file.trouble).endswith("; it is kept as window.damaged.json")
    file.save(CHOSEN)
    assert aside.read_text() == '{"model": "typed by hand",}'
    assert StateFile(file.path).load() == CHOSEN
    file.forget()
    assert list(file.path.parent.iterdir()) == []


def test_a_disk_that_refuses_is_told_with_the_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    file = StateFile(tmp_path / "file" / "window.json")
    with pytest.raises(SinkWriteError, match=r"window\.json could not be written: "):
        file.save(CHOSEN)


def test_two_windows_keep_what_each_of_them_has_changed(file: StateFile) -> None:
    file.save(CHOSEN)
    one, other = StateFile(file.path), StateFile(file.path)
    first, second = one.load(), other.load()
    one.save(replace(first, model="yolox-nano", look=replace(first.look, thickness=1.0)))
    other.save(replace(second, loop=False, look=replace(second.look, hud_scale=1.0)))
    assert StateFile(file.path).load() == replace(
        CHOSEN, model="yolox-nano", loop=False, look=Look("name", 1.0, 1.0)
    )


def test_what_both_have_changed_is_that_of_the_last_one(file: StateFile) -> None:
    file.save(CHOSEN)
    one, other = StateFile(file.path), StateFile(file.path)
    first, second = one.load(), other.load()
    one.save(replace(first, model="a"))
    other.save(replace(second, model="b"))
    one.save(replace(first, model="a", loop=False))
    assert StateFile(file.path).load() == replace(CHOSEN, model="b", loop=False)


def test_both_windows_keep_the_sources_that_were_watched_there(file: StateFile) -> None:
    file.save(WindowState(history=("demo", "0")))
    one, other = StateFile(file.path), StateFile(file.path)
    one.load()
    other.load()
    one.save(WindowState(source="/a.mp4", history=("/a.mp4", "demo", "0")))
    other.save(WindowState(source="/b.mp4", history=("/b.mp4", "demo", "0")))
    state = StateFile(file.path).load()
    assert (state.source, state.history) == ("/b.mp4", ("/b.mp4", "/a.mp4", "demo", "0"))
    assert one.history() == state.history


def test_no_password_comes_back_from_the_other_window(file: StateFile) -> None:
    kept = WindowState(history=(SECRET,), source=SECRET, remember_passwords=True)
    file.save(kept)
    one, other = StateFile(file.path), StateFile(file.path)
    one.load()
    other.load()
    one.save(WindowState(history=(SHOWN,), source=SHOWN))
    watched = ("rtsp://u:hidden@new/", SECRET)
    other.save(replace(kept, history=watched, source=watched[0]))
    assert StateFile(file.path).load() == WindowState(
        source="rtsp://u:***@new/", history=("rtsp://u:***@new/", SHOWN)
    )


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
