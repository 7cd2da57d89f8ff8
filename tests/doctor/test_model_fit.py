"""What `models info` finds wrong with a file for a machine, on a played RK3588 and on a PC."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from rkvideo.cli.model_tables import print_description
from rkvideo.doctor.check import State
from rkvideo.doctor.fit import misfits
from rkvideo.doctor.system import System
from rkvideo.models.catalogue import describe
from rkvideo.models.recognise import recognised_head
from rkvideo.models.resolve import resolve
from tests.helpers.board_samples import board, make_board, pc, put
from tests.helpers.model_samples import rknn_bytes

LIBRARY = "/usr/lib/librknnrt.so"
ONE_CLASS = tuple(
    shape for grid in (80, 40, 20) for shape in ((1, 64, grid, grid), (1, 1, grid, grid))
)
MAPS_640 = {"inputs": [(1, 3, 640, 640)], "outputs": ONE_CLASS}
SIDECAR = """
[conversion]
source = "plates.onnx"
toolkit = "rknn-toolkit2==2.5.0"
calibration = "street, 64 files, 1234 bytes, 5678"
images = 60

[conversion.result]
check = "64 pictures of plates"
warnings = ["scores -0.050 (-0.060 to -0.040), more than 0.02 off: calibrate"]
layers = ["/model.9/Conv 0.912"]
calibrated_with = 20

[conversion.result.kept.recipe]
algorithm = "mmse"
fp16 = ["start"]

[conversion.result.kept.quality]
boxes = 68
kept = 40

[conversion.result.kept.quality.shift]
value = -0.05

[conversion.result.kept.quality.ap]
value = -0.021
"""


@pytest.fixture
def rk3588(tmp_path: Path) -> System:
    return board(make_board(tmp_path / "board"))


def told(system: System, path: Path) -> list[tuple[State, str, str]]:
    return [(fault.state, fault.detail, fault.repair) for fault in misfits(system, str(path))]


def test_a_file_for_this_board_has_no_fault(rk3588: System, tmp_path: Path) -> None:
    path = tmp_path / "plates.rknn"
    path.write_bytes(rknn_bytes(**MAPS_640))
    assert told(rk3588, path) == []


def test_a_file_for_another_chip(rk3588: System, tmp_path: Path) -> None:
    path = tmp_path / "plates-640-rk3562-i8.rknn"
    path.write_bytes(rknn_bytes(**MAPS_640, targets=["rk3562"]))
    assert told(rk3588, path) == [
        (
            State.MISSING,
            "it is made for rk3562, and this board has an rk3588",
            "on a PC: ./run.sh convert plates.onnx --target rk3588 --calibration FOLDER",
        )
    ]


@pytest.mark.parametrize(
    ("library", "state", "detail"),
    [
        ("2.2.0", State.WARNING, "librknnrt 2.2.0 is older than the toolkit 2.3.2 that made"),
        ("1.6.0", State.MISSING, "`Invalid RKNN model version 6` is its answer"),
    ],
)
def test_a_runtime_library_that_is_older_than_the_toolkit(
    rk3588: System, tmp_path: Path, library: str, state: State, detail: str
) -> None:
    put(rk3588.root, LIBRARY, f"\x7fELF librknnrt version: {library} (429f97ae6b) end")
    path = tmp_path / "plates.rknn"
    path.write_bytes(rknn_bytes(**MAPS_640))
    ((found, text, repair),) = told(rk3588, path)
    assert found is state
    assert detail in text
    assert repair.startswith("curl ")


def test_outputs_that_no_head_decodes(rk3588: System, tmp_path: Path) -> None:
    path = tmp_path / "m.rknn"
    path.write_bytes(rknn_bytes(inputs=[(1, 3, 640, 640)], outputs=[(1, 1000)]))
    ((state, text, repair),) = told(rk3588, path)
    assert (state, text) == (State.MISSING, "no head decodes its outputs")
    assert "`head` in a sidecar" in repair
    assert recognised_head(resolve(str(path))).startswith("none: ")


def test_an_input_that_the_strides_do_not_divide(rk3588: System, tmp_path: Path) -> None:
    path = tmp_path / "m.rknn"
    path.write_bytes(rknn_bytes(inputs=[(1, 3, 1080, 1920)], outputs=ONE_CLASS))
    assert told(rk3588, path) == [
        (
            State.MISSING,
            "its input is 1920x1080, and the maps of stride 32 do not divide that",
            "convert it at sides that are multiples of 32, such as --sizes 1920x1088",
        )
    ]


def test_several_faults_are_all_told(rk3588: System, tmp_path: Path) -> None:
    put(rk3588.root, LIBRARY, "\x7fELF librknnrt version: 2.2.0 (429f97ae6b) end")
    path = tmp_path / "m.rknn"
    path.write_bytes(rknn_bytes(inputs=[(1, 3, 1080, 1920)], outputs=ONE_CLASS, targets=["rk3576"]))
    assert [text.split(",")[0] for _, text, _ in told(rk3588, path)] == [
        "it is made for rk3576",
        "librknnrt 2.2.0 is older than the toolkit 2.3.2 that made the model: it may refuse it",
        "its input is 1920x1080",
    ]


def test_a_damaged_file(rk3588: System, tmp_path: Path) -> None:
    path = tmp_path / "m.rknn"
    path.write_bytes(rknn_bytes()[:70])
    details = [text for _, text, _ in told(rk3588, path)]
    assert "is cut short or damaged" in details[0]


def test_info_on_a_pc_tells_what_the_file_is_and_where_it_runs(tmp_path: Path) -> None:
    path = tmp_path / "plates.rknn"
    path.write_bytes(rknn_bytes(**MAPS_640))
    path.with_suffix(".toml").write_text(SIDECAR)
    described = describe(resolve(str(path)))
    console = Console(file=io.StringIO(), width=200)
    here = misfits(pc(tmp_path), str(path))
    print_description(described, recognised_head(described.spec), here, console)
    rows = [line.rstrip() for line in console.file.getvalue().splitlines()]
    assert "targets    rk3588" in rows
    assert "weights    int8" in rows
    assert "exporter   rknn-toolkit2 2.3.2" in rows
    assert "head       dfl, 1 class, at 640x640" in rows
    at = rows.index(
        "converted  from plates.onnx with rknn-toolkit2==2.5.0, 20 pictures of street, "
        "algorithm mmse, start in fp16"
    )
    assert rows[at + 1 :] == [
        "           finds 40 of 68 boxes of the float model, scores -0.050, AP -2.1, on 64 "
        "pictures of plates",
        "           warning: scores -0.050 (-0.060 to -0.040), more than 0.02 off: calibrate",
        "           worst layers: /model.9/Conv 0.912",
        "here       note: it runs on a board with rk3588, and this machine is none",
        "               copy it and its .toml file into models/ there; here use its ONNX file, or "
        "--backend rknn-sim if it was converted here",
    ]
