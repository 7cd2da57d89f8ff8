"""What .rknn files were built from does not fill the disk."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rkvideo.cli.main import main
from rkvideo.toolkit.kept_builds import MOST_KEPT, builds_folder, keep_build
from rkvideo.toolkit.process import BuildOrder


@pytest.fixture
def order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> BuildOrder:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    model = tmp_path / "model.onnx"
    model.write_bytes(bytes(1_000_000))
    return BuildOrder(str(model), "rk3588", 255.0, None)


def keep(order: BuildOrder, number: int) -> None:
    keep_build(f"{number:064}", order)
    os.utime(builds_folder() / f"{number:064}", ns=(number, number))


def test_the_newest_builds_are_kept(order: BuildOrder) -> None:
    for number in range(MOST_KEPT + 2):
        keep(order, number)
    left = sorted(int(folder.name) for folder in builds_folder().iterdir())
    assert left == list(range(2, MOST_KEPT + 2))


def test_models_clean_removes_them(
    order: BuildOrder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(3):
        keep(order, number)
    killed = tmp_path / "rkvideo-convert-999999999-left"
    killed.mkdir()
    (killed / "model.onnx").write_bytes(bytes(2_000_000))
    assert main(["models", "clean"]) == 0
    assert "5.0 MB freed: 3 kept builds" in capsys.readouterr().err
    assert list(builds_folder().iterdir()) == []
    assert not killed.exists()
    assert Path(order.onnx).exists()
