"""What the user chooses, as it is read from words."""

from __future__ import annotations

from pathlib import Path

import pytest

from rkvideo.config import ModelName
from rkvideo.errors import ConfigError
from rkvideo.sizes.input_fit import InputFit


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("yolo11n", ModelName("yolo11n")),
        ("yolo11n@640", ModelName("yolo11n", (640, 640), fits=True)),
        ("yolo11n@640x384", ModelName("yolo11n", (640, 384))),
        ("yolo11n@640x640", ModelName("yolo11n", (640, 640))),
        ("people/me@home/best.onnx", ModelName("people/me@home/best.onnx")),
        ("best@2024.onnx", ModelName("best@2024.onnx")),
        ("a@b.rknn@416", ModelName("a@b.rknn", (416, 416), fits=True)),
        ("@640", ModelName("@640")),
    ],
)
def test_a_model_is_named_with_or_without_a_size(text: str, name: ModelName) -> None:
    assert ModelName.parse(text) == name
    assert ModelName.parse(str(name)) == name


def test_a_file_with_an_at_sign_is_no_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "best@640").mkdir()
    assert ModelName.parse("best@640") == ModelName("best@640")


@pytest.mark.parametrize("text", ["yolo11n@", "yolo11n@big", "yolo11n@640x", "yolo11n@0"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="size '"):
        ModelName.parse(text)


@pytest.mark.parametrize(
    ("picture", "fit", "size"),
    [
        ((1280, 720), InputFit(640, 32), (640, 384)),
        ((720, 1280), InputFit(640, 32), (384, 640)),
        ((640, 272), InputFit(640, 32), (640, 288)),
        ((640, 480), InputFit(640, 32), (640, 480)),
        # 640 * 361 / 641 is 360.4.
        ((641, 361), InputFit(640, 32), (640, 384)),
        ((1920, 1080), InputFit(640, 64), (640, 384)),
        ((1920, 1080), InputFit(1280, 32), (1280, 736)),
        ((700, 700), InputFit(416, 32), (416, 416)),
        ((5000, 1), InputFit(640, 32), (640, 32)),
    ],
)
def test_the_input_has_the_shape_of_the_picture(
    picture: tuple[int, int], fit: InputFit, size: tuple[int, int]
) -> None:
    assert fit.size_for(*picture) == size
