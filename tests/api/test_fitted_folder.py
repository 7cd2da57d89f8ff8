"""Folders of pictures: one shape is fitted, many have the square."""

from __future__ import annotations

from pathlib import Path

import pytest

from rkvideo import open_run
from rkvideo.sources.registry import mixes_shapes
from tests.helpers.video_samples import make_image, orient_jpeg

WIDE, HIGH = (320, 240), (240, 320)


def folder_of(folder: Path, *sizes: tuple[int, int]) -> Path:
    folder.mkdir()
    for number, size in enumerate(sizes):
        make_image(folder / f"{number}.png", number, size)
    return folder


def titles(folder: Path, model: str = "net@320") -> list[str]:
    with open_run(folder, model=model, backend="simulated") as run:
        return [result.first.model for result in run]


def test_pictures_of_one_shape_are_fitted_like_a_video(tmp_path: Path) -> None:
    # Half of the size is the same shape.
    folder = folder_of(tmp_path / "frames", WIDE, WIDE, (160, 120))
    assert titles(folder) == ["net@320x256"] * 3


def test_pictures_of_many_shapes_have_the_square(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "photographs", WIDE, HIGH)
    assert titles(folder) == ["net@320x320"] * 2
    assert titles(folder, "net@320x192") == ["net@320x192"] * 2


def test_a_look_at_some_of_them_is_enough(tmp_path: Path) -> None:
    assert mixes_shapes(str(folder_of(tmp_path / "many", *[WIDE] * 20, HIGH, HIGH)))
    assert not mixes_shapes(str(folder_of(tmp_path / "one", WIDE)))
    damaged = folder_of(tmp_path / "damaged", WIDE)
    (damaged / "9.jpg").write_bytes(b"no picture")
    assert not mixes_shapes(str(damaged))
    (tmp_path / "none").mkdir()
    assert not mixes_shapes(str(tmp_path / "none"))
    assert not mixes_shapes("rtsp://127.0.0.1/a")


@pytest.mark.parametrize(("orientation", "title"), [(1, "net@320x256"), (6, "net@256x320")])
def test_a_picture_that_was_turned_is_fitted_as_it_is_shown(
    tmp_path: Path, orientation: int, title: str
) -> None:
    folder = tmp_path / "turned"
    folder.mkdir()
    path = make_image(folder / "a.jpg", 0, WIDE)
    orient_jpeg(path, orientation)
    assert titles(folder) == [title]
