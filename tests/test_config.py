"""What the user chooses, as it is read from words."""

from __future__ import annotations

from pathlib import Path

import pytest

from rkvideo.config import ModelName
from rkvideo.errors import ConfigError


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("yolo11n", ModelName("yolo11n")),
        ("yolo11n@640", ModelName("yolo11n", (640, 640))),
        ("yolo11n@640x384", ModelName("yolo11n", (640, 384))),
        ("yolo11n@640x640", ModelName("yolo11n", (640, 640))),
        ("people/me@home/best.onnx", ModelName("people/me@home/best.onnx")),
        ("best@2024.onnx", ModelName("best@2024.onnx")),
        ("a@b.rknn@416", ModelName("a@b.rknn", (416, 416))),
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
