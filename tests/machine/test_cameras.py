"""Cameras as the kernel lists them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rkvideo.config import CameraChoice
from rkvideo.machine.cameras import find_cameras, is_camera


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


def test_a_camera_is_listed_with_the_names_that_lead_to_it(tmp_path: Path) -> None:
    add_node(tmp_path, 3, "HD Webcam", 0)
    (tmp_path / "dev/v4l/by-id").mkdir(parents=True)
    (tmp_path / "dev/v4l/by-id/usb-Cam-video-index0").symlink_to("../../video3")
    (tmp_path / "dev/v4l/by-id/usb-Other-video-index0").symlink_to("../../video4")
    (tmp_path / "dev/door").symlink_to("video3")
    assert find_cameras(tmp_path) == (
        CameraChoice(
            "/dev/video3", "HD Webcam", ("/dev/v4l/by-id/usb-Cam-video-index0", "/dev/door")
        ),
    )


def test_a_path_is_a_camera_by_the_device_that_it_leads_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The device is a stand-in, `os.major` too: a test may not make devices, nor open a camera."""
    link = tmp_path / "door"
    link.symlink_to("/dev/null")
    assert not is_camera(link)
    assert not is_camera(tmp_path)
    monkeypatch.setattr(os, "major", lambda _device: 81)
    assert is_camera(link)
    assert not is_camera(tmp_path)


def test_a_camera_that_is_unplugged_is_still_meant(tmp_path: Path) -> None:
    assert is_camera(Path("/dev/video77"))
    assert is_camera(Path("/dev/v4l/by-id/usb-Cam-video-index0"))
    assert not is_camera(tmp_path / "video0")


def test_no_cameras(tmp_path: Path) -> None:
    assert find_cameras(tmp_path) == ()
