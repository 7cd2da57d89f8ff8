"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

import pytest

from rkvideo.files.whole import new_file, replace_whole
from tests.helpers.sink_samples import file_size_limit


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_made_and_then_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    replace_whole(path, "älter\n")
    assert path.read_bytes() == "älter\n".encode()
    replace_whole(path, b"\x00\xff")
    assert path.read_bytes() == b"\x00\xff"
    assert names(tmp_path) == ["a.json"]


def test_a_disk_that_is_full_leaves_the_old_content_and_nothing_beside(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    replace_whole(path, "old")
    with file_size_limit(4096), pytest.raises(OSError, match="File too large"):
        replace_whole(path, "x" * 10_000)
    assert path.read_text() == "old"
    assert names(tmp_path) == ["a.json"]


def test_an_error_of_who_writes_leaves_the_old_content(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    replace_whole(path, "old")
    with pytest.raises(KeyboardInterrupt), new_file(path) as file:  # noqa: PT012
        file.write(b"half of it")
        assert path.read_text() == "old"
        raise KeyboardInterrupt
    assert path.read_text() == "old"
    assert names(tmp_path) == ["a.json"]


def test_two_writers_at_a_time_leave_the_content_of_one(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    with new_file(path) as first, new_file(path) as second:
        first.write(b"first" * 1000)
        second.write(b"second" * 1000)
    assert path.read_bytes() in (b"first" * 1000, b"second" * 1000)
    assert names(tmp_path) == ["a.json"]


def test_a_secret_is_nobody_elses_from_the_first_byte_on(tmp_path: Path) -> None:
    path = tmp_path / "source"
    path.write_text("old")
    path.chmod(0o644)
    with new_file(path, mode=0o600, owner=(os.getuid(), os.getgid())) as file:
        (part,) = set(names(tmp_path)) - {"source"}
        assert stat.S_IMODE((tmp_path / part).stat().st_mode) == 0o600
        file.write(b"rtsp://me:secret@camera")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_keeps_the_mode_that_its_owner_gave_it(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text("old")
    path.chmod(0o640)
    replace_whole(path, "new")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_what_a_killed_writer_left_goes_and_that_of_a_living_one_stays(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    ended = subprocess.Popen(["true"])
    ended.wait()
    (tmp_path / f"a.json.{ended.pid}-0badcafe.part").write_text("left over by a crash")
    living = tmp_path / f"a.json.{os.getpid()}-0badcafe.part"
    living.write_text("being written")
    replace_whole(path, "new")
    assert names(tmp_path) == ["a.json", living.name]


@pytest.mark.parametrize(("mode", "is_followed"), [(None, True), (0o600, False)])
def test_a_link_is_followed_but_not_for_a_secret(
    tmp_path: Path, mode: int | None, is_followed: bool
) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    real.write_text("old")
    link.symlink_to(real)
    replace_whole(link, "new", mode=mode)
    assert link.read_text() == "new"
    assert link.is_symlink() is is_followed
    assert real.read_text() == ("new" if is_followed else "old")


def test_what_is_no_plain_file_is_written_to() -> None:
    replace_whole(Path(os.devnull), "nothing")
    assert Path(os.devnull).is_char_device()


def test_a_name_of_the_greatest_length_has_room_for_its_part(tmp_path: Path) -> None:
    path = tmp_path / ("ä" * 127)
    replace_whole(path, "new")
    assert path.read_text() == "new"


def test_half_a_letter_is_written_as_a_question_mark(tmp_path: Path) -> None:
    """The name of a file that is not UTF-8 may be in any text."""
    replace_whole(tmp_path / "a.md", "caf\udce9 视频")
    assert (tmp_path / "a.md").read_text(encoding="utf-8") == "caf? 视频"
