"""How a user gets at a device: by joining its group, or by a rule that gives it to a group."""

from __future__ import annotations

from collections.abc import Sequence

from rkvideo.doctor.system import System

_RULES = "/etc/udev/rules.d/99-rkvideo.rules"


def owners(system: System, devices: Sequence[str], usual: str) -> tuple[str, ...]:
    """The groups that own `devices`; `usual` stands for one without a name."""
    return tuple(sorted({system.group_of(device, usual) for device in devices}))


def access_repair(system: System, devices: Sequence[str], usual: str) -> str:
    """The command after which this user may use `devices`.

    Nobody should join the group root: what belongs to it is given to the group `usual`.
    """
    groups = owners(system, devices, usual)
    joined = sorted({usual if group == "root" else group for group in groups})
    join = f"sudo usermod -aG {','.join(joined)} $USER, then log in again"
    if "root" not in groups:
        return join
    nodes = "|".join(system.path(device).resolve().name for device in devices)
    return (
        f"""echo 'KERNEL=="{nodes}", GROUP="{usual}", MODE="0660"' | sudo tee {_RULES} && """
        f"sudo udevadm control --reload && sudo udevadm trigger && {join}"
    )
