"""How a user gets at a device: by joining its group, or by a rule that gives it to a group."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from rkvideo.machine.npu_files import below, read

_RULES = "/etc/udev/rules.d/99-rkvideo.rules"


def may_use(path: Path) -> bool:
    """Whether this user may read and write the device at `path`."""
    return os.access(path, os.R_OK | os.W_OK)


def owners(root: Path, devices: Sequence[str], usual: str) -> tuple[str, ...]:
    """The groups that own `devices`, names below `root`; `usual` stands for one without a name."""
    return tuple(sorted({_group_of(root, device, usual) for device in devices}))


def access_repair(root: Path, devices: Sequence[str], usual: str) -> str:
    """The command after which this user may use `devices`.

    Nobody should join the group root: what belongs to it is given to the group `usual`.
    """
    groups = owners(root, devices, usual)
    joined = sorted({usual if group == "root" else group for group in groups})
    join = f"sudo usermod -aG {','.join(joined)} $USER, then log in again"
    if "root" not in groups:
        return join
    nodes = "|".join(below(root, device).resolve().name for device in devices)
    return (
        f"""echo 'KERNEL=="{nodes}", GROUP="{usual}", MODE="0660"' | sudo tee {_RULES} && """
        f"sudo udevadm control --reload && sudo udevadm trigger && {join}"
    )


def _group_of(root: Path, device: str, default: str) -> str:
    """The group that owns the device, `default` where it has no name."""
    wanted = str(below(root, device).stat().st_gid)
    for line in (read(root, "/etc/group").text or "").splitlines():
        fields = line.split(":")
        if fields[2:3] == [wanted]:
            return fields[0]
    return default
