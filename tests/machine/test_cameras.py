"""Cameras as the kernel lists them."""

from __future__ import annotations

from pathlib import Path

from rkvideo.config import CameraChoice
from rkvideo.machine.cameras import find_cameras


def add_node(root: Path, number: int, name: str, index: int) -> None:
    (root / "dev").mkdir(exist_ok=True)
    (root / f"dev/video{number}").touch()
    folder = root / f"sys/class/video4linux/video{number}"
    folder.mkdir(parents=True)
    (folder / "name").write_text(f"{name}\n")
    (folder / "index").write_text(f"{index}\n")


def test_a_camera_is_listed_once_by_its_name(tmp_path: Path) -> None:
    add_node(tmp_path, 10, "HD Webcam: HD Webcam", 0)
    add_node(tmp_path, 11, "HD Webcam: HD Webcam", 1)
    add_node(tmp_path, 2, "rkisp_mainpath", 0)
    (tmp_path / "dev/videophone").touch()
    assert find_cameras(tmp_path) == (
        CameraChoice("/dev/video2", "rkisp_mainpath"),
        CameraChoice("/dev/video10", "HD Webcam: HD Webcam"),
    )


def test_a_camera_without_a_name_is_called_by_its_device(tmp_path: Path) -> None:
    (tmp_path / "dev").mkdir()
    (tmp_path / "dev/video0").touch()
    assert find_cameras(tmp_path) == (CameraChoice("/dev/video0", "/dev/video0"),)


def test_no_cameras(tmp_path: Path) -> None:
    assert find_cameras(tmp_path) == ()
