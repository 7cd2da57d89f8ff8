from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import cv2
import numpy as np
import pytest

from rkvideo.errors import SinkOpenError, SinkWriteError
from rkvideo.pictures.overlay import Look, class_color
from rkvideo.sinks import snapshot
from rkvideo.sinks.snapshot import save_snapshot
from tests.helpers.sink_samples import (
    TITLES,
    file_size_limit,
    found,
    grey_picture,
    noise_picture,
    result,
)

BOXES = found((100, 60, 260, 200, 0.9, 1))


def test_a_jpeg_named_after_the_time_holds_the_picture_as_it_was(tmp_path: Path) -> None:
    picture = grey_picture(321, 241)
    path = save_snapshot(result(12, picture=picture), tmp_path / "new", TITLES, boxes=False)
    assert path.parent == tmp_path / "new"
    assert re.fullmatch(r"rkvideo-\d{8}-\d{6}-\d{3}\.jpg", path.name)
    pixels = cv2.imread(str(path)).astype(int)
    assert pixels.shape == (241, 321, 3)
    # Luma 100 of limited range is level 98: (100 - 16) * 255 / 219.
    assert np.abs(pixels - 98).max() <= 1


def test_a_png_with_boxes(tmp_path: Path) -> None:
    source = result(0, detections=BOXES)
    path = save_snapshot(source, tmp_path, lambda: TITLES, "png", boxes=True)
    pixels = cv2.imread(str(path))[:, :, ::-1].astype(int)
    for x, y in ((101, 130), (259, 130), (180, 61), (180, 199)):
        assert np.abs(pixels[y, x] - class_color(1)).max() <= 6, (x, y)
    assert np.abs(pixels[130, 180] - 98).max() <= 1
    assert set(bytes(source.frame.picture.planes[0])) == {100}


def test_boxes_are_drawn_as_the_window_draws_them(tmp_path: Path) -> None:
    source = result(0, detections=BOXES)
    look = Look(labels="off", thickness=3)
    path = save_snapshot(source, tmp_path, TITLES, "png", look, boxes=True)
    pixels = cv2.imread(str(path))[:, :, ::-1].astype(int)
    rows, columns = np.nonzero(np.abs(pixels - 98).max(axis=2) > 20)
    assert (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1) == (100, 60, 260, 200)
    assert np.abs(pixels[130, 100] - class_color(1)).max() <= 6


def test_the_name_tells_the_place_in_a_file_and_whether_boxes_are_drawn(tmp_path: Path) -> None:
    plain = result(0, detections=BOXES)
    placed = replace(plain, frame=replace(plain.frame, index=5750, position_s=10.68))
    names = [save_snapshot(placed, tmp_path, TITLES, boxes=boxes).stem for boxes in (True, False)]
    assert [name[len("rkvideo-20240229-130509-007") :] for name in names] == [
        "-at-10.68s-boxes",
        "-at-10.68s",
    ]


def test_no_snapshot_is_overwritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class StoppedClock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:
            return datetime(2024, 2, 29, 13, 5, 9, 7999)

    monkeypatch.setattr(snapshot, "datetime", StoppedClock)
    paths = [save_snapshot(result(4), tmp_path, TITLES, boxes=False) for _ in range(3)]
    assert [path.name for path in paths] == [
        "rkvideo-20240229-130509-007.jpg",
        "rkvideo-20240229-130509-007-2.jpg",
        "rkvideo-20240229-130509-007-3.jpg",
    ]
    assert all(path.stat().st_size > 500 for path in paths)


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SinkOpenError) as caught:
        save_snapshot(result(0), tmp_path / "file" / "folder", TITLES, boxes=False)
    assert str(caught.value) == (
        f"cannot save a snapshot in {tmp_path}/file/folder: Not a directory: write into a folder"
    )


def test_a_full_disk_leaves_no_half_file(tmp_path: Path) -> None:
    with (
        file_size_limit(5000),
        pytest.raises(SinkWriteError, match=r"^cannot save snapshot .*-\d{3}\.jpg: File too large"),
    ):
        save_snapshot(result(0, picture=noise_picture(0)), tmp_path, TITLES, boxes=False)
    assert list(tmp_path.iterdir()) == []
