"""What `import rkvideo` gives, and how little it loads."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

import rkvideo
from rkvideo.api.run import open_run
from tests.helpers.paths import ROOT

EXPORTED = {
    *("BenchReport", "Detections", "Detector", "FrameResult", "RkVideoError", "Run", "RunStatus"),
    *("Sink", "StreamInfo", "__version__", "open_run", "run_bench"),
}


def test_what_is_exported_is_this() -> None:
    assert set(rkvideo.__all__) == EXPORTED
    assert len(rkvideo.__all__) == len(EXPORTED)
    assert set(dir(rkvideo)) >= EXPORTED


@pytest.mark.parametrize("name", sorted(EXPORTED - {"__version__"}))
def test_each_is_there_under_its_own_name(name: str) -> None:
    found = getattr(rkvideo, name)
    assert found.__name__ == name
    assert found.__doc__


def test_the_public_run_is_that_of_the_api() -> None:
    assert rkvideo.open_run is open_run


def test_what_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'rkvideo' has no attribute 'nosuch'"):
        _ = rkvideo.nosuch


def test_importing_loads_nothing_heavy() -> None:
    probe = "import sys, json, rkvideo; dir(rkvideo); print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, check=True, cwd=ROOT
    )
    loaded = set(json.loads(done.stdout))
    assert loaded & {"PyQt5", "av", "cv2", "numpy", "onnxruntime", "platformdirs"} == set()
    assert {name for name in loaded if name.startswith("rkvideo")} == {"rkvideo"}
