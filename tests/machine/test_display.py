"""Where a window can be drawn, from facts that are given."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rkvideo.machine.display import bare_environment, bare_platform, screen_card

PLUGINS = Path("/qt/plugins")
DRI, FB = "/dev/dri", "/dev/fb0"
EGLFS = "/qt/plugins/platforms/libqeglfs.so"
KMS = "/qt/plugins/egldeviceintegrations/libqeglfs-kms-integration.so"
LINUXFB = "/qt/plugins/platforms/libqlinuxfb.so"


@pytest.mark.parametrize(
    ("there", "expected"),
    [
        ({DRI, FB, EGLFS, KMS, LINUXFB}, "eglfs"),
        ({DRI, EGLFS, KMS}, "eglfs"),
        # The wheels of PyQt5 have eglfs without KMS.
        ({DRI, FB, EGLFS, LINUXFB}, "linuxfb"),
        ({DRI, FB, LINUXFB}, "linuxfb"),
        ({FB, EGLFS, KMS, LINUXFB}, "linuxfb"),
        ({DRI, FB}, None),
        ({DRI, LINUXFB}, None),
        ({EGLFS, KMS, LINUXFB}, None),
    ],
)
def test_a_platform_is_taken_only_if_this_qt_has_it(there: set[str], expected: str | None) -> None:
    assert bare_platform(lambda path: str(path) in there, PLUGINS) == expected


def test_without_the_folder_of_the_plug_ins_the_devices_decide() -> None:
    assert bare_platform(lambda path: str(path) in {DRI, FB}) == "eglfs"
    assert bare_platform(lambda path: str(path) in {FB}) == "linuxfb"
    assert bare_platform(lambda _path: False) is None


def board(root: Path, **connectors: str) -> Path:
    """The cards of a board: `card0_HDMI_A_1="connected"` is a connector of card0."""
    for name, status in connectors.items():
        folder = root / "sys/class/drm" / name.replace("_", "-")
        folder.mkdir(parents=True)
        (folder / "status").write_text(f"{status}\n")
    return root


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
