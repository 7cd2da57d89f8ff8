"""Nothing leaves the machine: the switches of libraries that would send usage events."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Final

# ONNX Runtime from 1.29 on sends events from its Linux wheels; Ultralytics does on an export, and
# looks names up to learn whether it is online.
NO_TELEMETRY: Final[Mapping[str, str]] = {"ORT_DISABLE_TELEMETRY": "1", "YOLO_OFFLINE": "1"}


def switch_telemetry_off() -> None:
    """For this process and those that it starts; before the library in question is imported."""
    os.environ.update(NO_TELEMETRY)


def is_telemetry_off(environment: Mapping[str, str]) -> bool:
    """True where a process with this environment sends no usage events."""
    return all(environment.get(name) == value for name, value in NO_TELEMETRY.items())
