"""Where a window can be drawn, from facts that are given."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rkvideo.machine.display import bare_environment, bare_platform, bare_trouble, screen_card

EGLFS = ("platforms/libqeglfs.so", "egldeviceintegrations/libqeglfs-kms-integration.so")
LINUXFB = ("platforms/libqlinuxfb.so",)
# The wheels of PyQt5 have eglfs without KMS.
WHEEL = (EGLFS[0], *LINUXFB)
CARD = "/dev/dri/card0"


def board(root: Path, **connectors: str) -> Path:
    """The cards of a board: `card0_HDMI_A_1="connected"` is a connector of card0."""
    for name, status in connectors.items():
        folder = root / "sys/class/drm" / name.replace("_", "-")
        folder.mkdir(parents=True)
        (folder / "status").write_text(f"{status}\n")
    return root


def screen(root: Path, *devices: str, monitor: str = "connected") -> Path:
    """A board with these devices, and a connector of its card."""
    board(root, card0_HDMI_A_1=monitor)
    for name in devices:
        path = root / name.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return root


def plugins(folder: Path, names: tuple[str, ...]) -> Path:
    """The folder of a Qt that has these plug-ins."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return folder


NO_KMS = "this Qt cannot draw without one: it lacks the part of eglfs for KMS"


@pytest.mark.parametrize(
    ("devices", "files", "monitor", "platform", "trouble"),
    [
        ((CARD, "/dev/fb0"), (*EGLFS, *LINUXFB), "connected", "eglfs", None),
        ((CARD,), EGLFS, "connected", "eglfs", None),
        ((CARD, "/dev/fb0"), WHEEL, "connected", "linuxfb", None),
        ((CARD, "/dev/fb0"), (*EGLFS, *LINUXFB), "disconnected", "linuxfb", None),
        (("/dev/fb0",), LINUXFB, "disconnected", "linuxfb", None),
        ((CARD,), WHEEL, "connected", None, NO_KMS),
        ((CARD,), EGLFS, "disconnected", None, "no monitor is plugged in"),
        ((CARD,), EGLFS, "unknown", None, "no monitor is plugged in"),
        ((), EGLFS, "disconnected", None, "there is no /dev/dri or /dev/fb0"),
    ],
)
def test_the_screen_without_a_desktop(
    tmp_path: Path,
    devices: tuple[str, ...],
    files: tuple[str, ...],
    monitor: str,
    platform: str | None,
    trouble: str | None,
) -> None:
    root = screen(tmp_path / "root", *devices, monitor=monitor)
    folder = plugins(tmp_path / "plugins", files)
    assert bare_platform(root, folder) == platform
    assert bare_trouble(root, folder, lambda _path: True) == trouble


def test_without_the_folder_of_the_plug_ins_the_devices_decide(tmp_path: Path) -> None:
    assert bare_platform(screen(tmp_path / "a", CARD, "/dev/fb0")) == "eglfs"
    assert bare_platform(screen(tmp_path / "b", "/dev/fb0", monitor="disconnected")) == "linuxfb"
    assert bare_platform(tmp_path / "c") is None


@pytest.mark.parametrize(("monitor", "device"), [("connected", CARD), ("disconnected", "/dev/fb0")])
def test_a_screen_that_this_user_may_not_use_names_the_group(
    tmp_path: Path, monitor: str, device: str
) -> None:
    root = screen(tmp_path, CARD, "/dev/fb0", monitor=monitor)
    asked = []
    told = bare_trouble(root, None, lambda path: bool(asked.append(path)))
    assert asked == [root / device.lstrip("/")]
    assert told is not None
    assert told.startswith(f"you may not use {device}: ")
    assert "sudo usermod -aG " in told


@pytest.mark.parametrize(
    ("connectors", "expected"),
    [
        ({"card0_HDMI_A_1": "connected", "card0_DP_1": "disconnected"}, "/dev/dri/card0"),
        # card0 is the GPU here, which has a display connector without a monitor.
        ({"card0_Writeback_1": "unknown", "card1_HDMI_A_1": "connected"}, "/dev/dri/card1"),
        ({"card0_HDMI_A_1": "disconnected"}, None),
        ({}, None),
    ],
)
def test_the_card_with_the_monitor(
    connectors: dict[str, str], expected: str | None, tmp_path: Path
) -> None:
    assert screen_card(board(tmp_path, **connectors)) == expected


def test_eglfs_draws_to_the_card_with_the_monitor(tmp_path: Path) -> None:
    root = board(tmp_path / "root", card1_HDMI_A_1="connected")
    found = bare_environment("eglfs", {}, root, tmp_path, pointer=False)
    config = Path(found.pop("QT_QPA_EGLFS_KMS_CONFIG"))
    assert json.loads(config.read_text()) == {"device": "/dev/dri/card1"}
    assert found == {"QT_QPA_EGLFS_INTEGRATION": "eglfs_kms", "QT_QPA_EGLFS_HIDECURSOR": "1"}


def test_what_the_user_has_set_stays(tmp_path: Path) -> None:
    root = board(tmp_path / "root", card1_HDMI_A_1="connected")
    chosen = {
        "QT_QPA_EGLFS_KMS_CONFIG": "/etc/kms.json",
        "QT_QPA_EGLFS_INTEGRATION": "eglfs_mali",
        "QT_QPA_EGLFS_HIDECURSOR": "0",
    }
    assert bare_environment("eglfs", chosen, root, tmp_path, pointer=False) == {}
    assert not (tmp_path / "kms.json").exists()


def test_linuxfb_wants_nothing_but_to_hide_the_pointer(tmp_path: Path) -> None:
    root = board(tmp_path / "root", card1_HDMI_A_1="connected")
    assert bare_environment("linuxfb", {}, root, tmp_path, pointer=True) == {}
    hidden = bare_environment("linuxfb", {}, root, tmp_path, pointer=False)
    assert hidden == {"QT_QPA_FB_HIDECURSOR": "1"}
    assert list(tmp_path.glob("*.json")) == []
