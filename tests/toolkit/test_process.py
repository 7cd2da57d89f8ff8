"""What the child process of the toolkit is given."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from rkvideo.toolkit.process import Toolkit, ToolkitProcess

# A stand-in for the toolkit's script: its version is a variable of its environment.
TELLS_VARIABLE = """
import json, os, sys
json.loads(sys.stdin.readline())
print(json.dumps({"event": "done", "version": os.environ["ORT_DISABLE_TELEMETRY"], "bytes": 0}))
"""


def test_the_child_sends_no_usage_events(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ORT_DISABLE_TELEMETRY", raising=False)
    child = tmp_path / "child.py"
    child.write_text(TELLS_VARIABLE)
    toolkit = Toolkit(Path(sys.executable), child)
    with ToolkitProcess(toolkit, tmp_path / "toolkit.log", tmp_path) as process:
        assert process.version() == "1"
