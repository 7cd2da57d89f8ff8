from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rkvideo.data import UNNUMBERED
from rkvideo.errors import SinkOpenError, SinkWriteError
from rkvideo.sinks.jsonl import JsonLinesSink
from tests.helpers.sink_samples import (
    INFO,
    STATUS,
    TITLES,
    file_size_limit,
    found,
    grey_picture,
    result,
    write_many,
)


def test_one_line_per_frame_in_the_documented_format(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    sink = JsonLinesSink(path, TITLES)
    sink.open(INFO)
    boxes = found((1.126, 2, 30.5, 40.994, 0.91236, 0), (0, 0, 5, 5, 0.5, 80))
    sink.write(result(0, 0.0, detections=boxes), STATUS)
    sink.write(result(3, 0.1 + 0.2, grey_picture(64, 48)), STATUS)
    assert sink.close() == (str(path),)
    assert path.read_text() == (
        '{"frame": 0, "pts": 0.0, "width": 320, "height": 240, "detections": ['
        '{"box": [1.13, 2.0, 30.5, 40.99], "score": 0.9124, "class_id": 0, "name": "person"}, '
        '{"box": [0.0, 0.0, 5.0, 5.0], "score": 0.5, "class_id": 80, "name": "class 80"}]}\n'
        '{"frame": 3, "pts": 0.3, "width": 64, "height": 48, "detections": []}\n'
    )


def test_a_tracked_object_has_its_number_and_a_new_one_none_yet(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    sink = JsonLinesSink(path, TITLES)
    sink.open(INFO)
    boxes = found((1, 2, 30, 40, 0.9, 0), (0, 0, 5, 5, 0.5, 0))
    tracked = replace(boxes, track_id=np.array([7, UNNUMBERED], np.int32))
    sink.write(result(0, 0.0, detections=tracked), STATUS)
    sink.close()
    (line,) = path.read_text().splitlines()
    assert [each["track_id"] for each in json.loads(line)["detections"]] == [7, None]


def test_no_file_is_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    path.write_text("old\n")
    sink = JsonLinesSink(path, TITLES)
    sink.open(INFO)
    sink.write(result(0), STATUS)
    assert sink.close() == (str(tmp_path / "out-2.jsonl"),)
    assert path.read_text() == "old\n"
    assert json.loads((tmp_path / "out-2.jsonl").read_text())["frame"] == 0


def test_names_beyond_ascii_come_back_unchanged(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    sink = JsonLinesSink(path, lambda: TITLES)
    sink.open(INFO)
    sink.write(result(0, detections=found((0, 0, 5, 5, 0.5, 2))), STATUS)
    sink.close()
    assert json.loads(path.read_text())["detections"][0]["name"] == "Café"


def test_a_line_can_be_read_before_the_sink_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    sink = JsonLinesSink(path, TITLES)
    sink.open(INFO)
    sink.write(result(0), STATUS)
    assert json.loads(path.read_text())["frame"] == 0
    sink.close()


def test_a_dash_is_standard_output_which_stays_open(
    capsys: pytest.CaptureFixture[str],
) -> None:
    sink = JsonLinesSink(Path("-"), TITLES)
    sink.open(INFO)
    sink.write(result(0), STATUS)
    assert sink.close() == ()
    print("more")
    first, second = capsys.readouterr().out.splitlines()
    assert (json.loads(first)["frame"], second) == (0, "more")


def test_a_reader_that_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    class EndedReader(io.StringIO):
        """Stands in for a pipe whose other end is closed."""

        def write(self, text: str) -> int:
            raise BrokenPipeError(32, "Broken pipe")

    monkeypatch.setattr("sys.stdout", EndedReader())
    sink = JsonLinesSink(Path("-"), TITLES)
    sink.open(INFO)
    with pytest.raises(SinkWriteError) as caught:
        sink.write(result(0), STATUS)
    assert str(caught.value) == "detections in - stopped: Broken pipe: whoever read it has ended"


def test_a_missing_folder(tmp_path: Path) -> None:
    sink = JsonLinesSink(tmp_path / "none" / "out.jsonl", TITLES)
    with pytest.raises(SinkOpenError) as caught:
        sink.open(INFO)
    assert str(caught.value) == (
        f"cannot write detections to {tmp_path}/none/out.jsonl: No such file or directory:"
        " create the folder, or write elsewhere"
    )
    assert sink.close() == ()


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(SinkOpenError, match="Is a directory: give the name of a file"):
        JsonLinesSink(tmp_path, TITLES).open(INFO)


def test_a_full_disk_is_reported_once() -> None:
    sink = JsonLinesSink(Path("/dev/full"), TITLES)
    sink.open(INFO)
    with pytest.raises(SinkWriteError) as caught:
        sink.write(result(0), STATUS)
    assert str(caught.value) == (
        "detections in /dev/full stopped: No space left on device:"
        " free some space, or write to another disk"
    )
    assert sink.close() == ("/dev/full",)


def test_lines_written_before_the_disk_was_full_stay(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    sink = JsonLinesSink(path, TITLES)
    sink.open(INFO)
    with file_size_limit(1000):
        with pytest.raises(SinkWriteError, match="File too large"):
            write_many(sink, map(result, range(100)))
        assert sink.close() == (str(path),)
    text = path.read_text()
    assert text.endswith("\n")
    assert [json.loads(line)["frame"] for line in text.splitlines()] == list(range(13))


@pytest.mark.parametrize("folder_too", [False, True])
def test_lines_whose_file_is_removed_go_on_in_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder_too: bool
) -> None:
    monkeypatch.setenv("XDG_VIDEOS_DIR", str(tmp_path / "videos"))
    path = tmp_path / "stick" / "out.jsonl"
    path.parent.mkdir()
    sink = JsonLinesSink(path, TITLES)
    sink.open(INFO)
    write_many(sink, map(result, range(3)))
    path.unlink()
    folder = tmp_path / "videos/rkvideo" if folder_too else path.parent
    if folder_too:
        path.parent.rmdir()
    write_many(sink, map(result, range(3, 6)))
    assert sink.told() == (f"{path} was removed: the detections go on in {folder}",)
    assert sink.told() == ()
    assert sink.close() == (str(folder / "out.jsonl"),)
    lines = (folder / "out.jsonl").read_text().splitlines()
    assert [json.loads(line)["frame"] for line in lines] == [3, 4, 5]


def test_writing_before_opening_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SinkWriteError, match=r"call open\(\) first$"):
        JsonLinesSink(tmp_path / "out.jsonl", TITLES).write(result(0), STATUS)


def test_a_standard_output_that_is_closed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the shell has it with `>&-`."""
    monkeypatch.setattr("sys.stdout", None)
    with pytest.raises(SinkOpenError, match="standard output is closed"):
        JsonLinesSink(Path("-"), TITLES).open(INFO)
