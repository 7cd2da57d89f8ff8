"""`main.py convert` with a stand-in for the toolkit; its models and its clip are real."""

from __future__ import annotations

import argparse
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from rich.console import Console

from rkvideo.config import InputSpec
from rkvideo.convert import command
from rkvideo.convert.agreement import Agreement, compare
from rkvideo.convert.calibration import pick_pictures, spread, write_dataset
from rkvideo.convert.command import convert, fill_parser, options_of
from rkvideo.convert.environment import PACKAGES, TOOLKIT, installed_toolkit
from rkvideo.convert.jobs import Job, Outcome, Recipe, Result
from rkvideo.convert.layers import Layer, parse_layers, worst_layers
from rkvideo.convert.report import print_outcomes
from rkvideo.convert.toolkit import Toolkit, ToolkitProcess
from rkvideo.convert.weights import export_weights
from rkvideo.data import Detections
from rkvideo.errors import (
    BackendUnavailableError,
    ConfigError,
    ModelLoadError,
    ModelMismatchError,
    RkVideoError,
)
from rkvideo.letterbox import InputMaker
from rkvideo.models import resolve
from rkvideo.rknn_file import read_header
from rkvideo.toml_file import load_toml
from tests.toolkit_stand_in import ANALYSIS
from tests.videos import make_image

MODELS = Path(__file__).parents[1] / "models"
CLIP = MODELS / "clips" / "bikes.mp4"
CONVERT_WITH_STAND_IN = """
import sys
from rkvideo import cli
from rkvideo.convert import command
from tests.test_convert import STAND_IN
command.convert.__defaults__ = (lambda _say: STAND_IN,)
sys.exit(cli.main(sys.argv[1:]))
"""
STAND_IN = Toolkit(Path(sys.executable), Path(__file__).with_name("toolkit_stand_in.py"))


class Workbench:
    """A model, its calibration, and the folders of one test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.out = folder / "out"
        self.printed = io.StringIO()

    def convert(self, *words: str, model: str = "yolo11n") -> tuple[Outcome, ...]:
        options = options_of(
            parsed(model, "--calibration", str(CLIP), "--out", str(self.out), *words)
        )
        work = self.folder / "work"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir()
        console = Console(file=self.printed, width=200)
        return convert(options, work, console, lambda _say: STAND_IN)

    def files(self) -> list[str]:
        return sorted(path.name for path in self.out.iterdir())


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workbench:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("STAND_IN_TOOLKIT", raising=False)
    monkeypatch.setattr(command, "HELD_OUT", 4)
    return Workbench(tmp_path)


def parsed(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    fill_parser(parser)
    return parser.parse_args(words)


def made(outcome: Outcome) -> Result:
    assert outcome.result is not None
    return outcome.result


def wait_for(folder: Path, pattern: str) -> Path:
    deadline = time.monotonic() + 60
    while not (found := list(folder.glob(pattern))):
        assert time.monotonic() < deadline, f"no {pattern} in {folder}"
        time.sleep(0.05)
    return found[0]


def child_of(pid: int) -> int:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    assert len(children) == 1
    return int(children[0])


def boxes(*rows: tuple[float, float, float, float, float, int]) -> Detections:
    table = np.array(rows, np.float32).reshape(-1, 6)
    return Detections(table[:, :4].copy(), table[:, 4].copy(), table[:, 5].astype(np.int32))


def test_options_make_a_job_per_size_chip_and_type() -> None:
    words = ("--sizes", "320, 640x384,320", "--target", "rk3588,RK3566", "--quantize", "both")
    options = options_of(parsed("m.onnx", "--calibration", str(CLIP), *words))
    assert [job.stem for job in options.jobs("m")] == [
        "m-320-rk3588-i8",
        "m-320-rk3588-fp16",
        "m-320-rk3566-i8",
        "m-320-rk3566-fp16",
        "m-640x384-rk3588-i8",
        "m-640x384-rk3588-fp16",
        "m-640x384-rk3566-i8",
        "m-640x384-rk3566-fp16",
    ]
    assert (options.images, options.force) == (20, False)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--target", "rk3399"), "--target 'rk3399' is no chip"),
        (("--sizes", "640,big"), "size 'big' is neither"),
        (("--images", "0"), "--images is 0"),
        (("--calibration", "/nowhere"), "/nowhere: there is no such video or folder"),
    ],
)
def test_wrong_options(words: tuple[str, ...], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        options_of(parsed("m.onnx", "--calibration", str(CLIP), *words))


def test_a_conversion_is_a_file_that_the_program_finds_and_knows(bench: Workbench) -> None:
    (outcome,) = bench.convert("--sizes", "320")
    result = made(outcome)
    assert (result.recipe, result.layers) == (Recipe("normal"), ())
    # The stand-in is the float model: every box comes back.
    assert result.agreement.share == 1.0
    assert result.agreement.expected > 2
    assert bench.files() == [
        "yolo11n-320-rk3588-i8.log",
        "yolo11n-320-rk3588-i8.rknn",
        "yolo11n-320-rk3588-i8.toml",
    ]
    spec = resolve("yolo11n@320", backend="rknn-sim", dirs=[bench.out])
    assert (spec.path, spec.head, spec.raw_logits) == (outcome.path, "dfl", True)
    assert (spec.licence, spec.family, len(spec.labels)) == ("AGPL-3.0", "yolo11", 80)
    assert spec.labels[0] == "person"
    header = read_header(outcome.path)
    assert header.inputs[0].shape == (1, 3, 320, 320)
    assert [output.shape[1] for output in header.outputs] == [64, 80] * 3
    table = load_toml(outcome.path.with_suffix(".toml"))["conversion"]
    assert (table["source"], table["toolkit"], table["images"]) == ("yolo11n.onnx", TOOLKIT, 20)
    assert (table["algorithm"], table["hybrid"], table["float_start"]) == ("normal", False, 0)
    assert table["matched_boxes"] == table["expected_boxes"] == result.agreement.expected
    assert table["worst_layers"] == []
    assert outcome.path.with_suffix(".log").read_text() == "building with normal\n"


def test_what_is_up_to_date_is_left_alone(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = ("--sizes", "320", "--quantize", "both")
    first = bench.convert(*both)
    monkeypatch.setenv("STAND_IN_TOOLKIT", "refuse")
    again = bench.convert(*both)
    assert [outcome.path for outcome in again] == [outcome.path for outcome in first]
    assert [outcome.seconds for outcome in again] == [None, None]
    for before, now in zip(first, again, strict=True):
        assert made(now).recipe == made(before).recipe
        assert made(now).agreement.matched == made(before).agreement.matched > 2
    console = Console(file=io.StringIO(), width=80)
    print_outcomes(again, console)
    lines = console.file.getvalue().splitlines()
    assert [line.endswith("  plain (up to date)") for line in lines] == [False, True, True]
    monkeypatch.delenv("STAND_IN_TOOLKIT")
    # fp16 is not calibrated, so the number of images is nothing to it.
    int8, fp16 = bench.convert(*both, "--images", "7")
    assert int8.seconds is not None
    assert fp16.seconds is None
    int8.path.write_bytes(b"cut short")
    assert bench.convert("--sizes", "320", "--images", "7")[0].seconds is not None


def test_a_poor_result_makes_it_leave_the_start_in_fp16(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAND_IN_TOOLKIT", "poor:normal")
    (outcome,) = bench.convert("--sizes", "320")
    result = made(outcome)
    assert result.recipe == Recipe(float_start=3)
    assert result.agreement.good
    # The layers of the poor build are named, the good one has none to name.
    assert result.layers == ()
    printed = bench.printed.getvalue()
    assert "yolo11n-320-rk3588-i8 (plain): 0% of" in printed
    assert (
        "yolo11n-320-rk3588-i8: layers that lose most, as cosines: "
        "Conv 1180 0.9898 (all up to it 0.990), Swish 687 0.9987 (all up to it 0.999)"
    ) in printed
    (order,) = (bench.folder / "cache" / "rkvideo" / "builds").glob("*/order.json")
    assert json.loads(order.read_text())["fp16"] == ["images", "/model.2/cv1/act/Mul_output_0"]


def test_what_else_helps_is_tried(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAND_IN_TOOLKIT", "poor:normal,start")
    (outcome,) = bench.convert("--sizes", "320")
    assert made(outcome).recipe == Recipe("kl_divergence", hybrid=True)


def test_the_best_of_poor_results_is_kept_and_its_worst_layers_are_named(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAND_IN_TOOLKIT", "poor:normal,start,kl_divergence,mmse")
    outcomes = bench.convert("--sizes", "320")
    result = made(outcomes[0])
    assert result.recipe == Recipe()
    assert (result.agreement.matched, result.agreement.good) == (0, False)
    named = list(result.layers)
    assert named[0] == "Conv 1180 0.9898 (all up to it 0.990)"
    table = load_toml(outcomes[0].path.with_suffix(".toml"))["conversion"]
    assert table["worst_layers"] == named
    console = Console(file=io.StringIO(), width=80)
    print_outcomes(outcomes, console)
    warning = console.file.getvalue().splitlines()[-1]
    # The next call warns again.
    console = Console(file=io.StringIO(), width=80)
    print_outcomes(bench.convert("--sizes", "320"), console)
    assert console.file.getvalue().splitlines()[-1] == warning
    assert warning.startswith("warning: yolo11n-320-rk3588-i8.rknn finds less than 85% of")
    assert warning.endswith(", ".join(named))


def test_layers_that_cannot_be_named_cost_nothing_else(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAND_IN_TOOLKIT", "poor:normal,unnamed")
    (outcome,) = bench.convert("--sizes", "128x96")
    assert made(outcome).recipe == Recipe(float_start=3)
    assert (
        "its layers cannot be named: rknn-toolkit2 failed while comparing layers "
        "(accuracy_analysis answered -1)"
    ) in bench.printed.getvalue()


def test_layers_are_read_from_the_table_of_the_toolkit() -> None:
    layers = parse_layers(ANALYSIS)
    assert layers == (
        Layer("images", "Input", 1.0, 1.0),
        Layer("1177", "Conv", 0.99975, 0.99975),
        Layer("687", "Swish", 0.99872, 0.99862),
        Layer("1180", "Conv", 0.98975, 0.98977),
        # Its distances have run into each other.
        Layer("1420", "Conv", 0.99958, 0.42827),
        Layer("1062", "DataConvert", 0.99999, 0.89915),
    )
    assert [layer.name for layer in worst_layers(layers)] == [
        "1180",
        "687",
        "1420",
        "1177",
        "images",
    ]


def test_a_size_that_fails_does_not_lose_the_others(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAND_IN_TOOLKIT", "refuse-at:96x64")
    words = ("--sizes", "96x64,100,128x96", "--quantize", "both")
    outcomes = bench.convert(*words)
    assert [type(outcome.error) for outcome in outcomes] == [
        *(ModelLoadError, ModelLoadError),
        *(ModelMismatchError, ModelMismatchError),
        *(type(None), type(None)),
    ]
    assert [name for name in bench.files() if name.endswith((".rknn", ".toml"))] == [
        f"yolo11n-128x96-rk3588-{kind}" for kind in ("fp16.rknn", "fp16.toml", "i8.rknn", "i8.toml")
    ]
    console = Console(file=io.StringIO(), width=80)
    print_outcomes(outcomes, console)
    lines = console.file.getvalue().splitlines()
    assert lines[0].split() == [
        *("file", "MB", "matched", "extra", "IoU", "score", "seconds", "how")
    ]
    assert lines[1].split() == ["yolo11n-96x64-rk3588-i8.rknn", *"------", "failed"]
    assert re.fullmatch(
        r"yolo11n-128x96-rk3588-i8\.rknn +0\.0 +(\d+) of \1 +0 +1\.00 +[+-]0\.000 +\d+  plain",
        lines[5],
    )
    told = [line for line in lines if line.startswith("failed:")]
    assert len(told) == 4
    assert "yolo11n-100-rk3588-i8.rknn: the model takes sides that are multiples of 32" in told[2]
    # The next call makes only what is missing.
    monkeypatch.delenv("STAND_IN_TOOLKIT")
    again = bench.convert("--sizes", "96x64,128x96", "--quantize", "both")
    assert [outcome.seconds is not None for outcome in again] == [True, True, False, False]


def test_ctrl_c_leaves_no_half_file(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (tmp_path / "tmp").mkdir()
    old = out / "yolo11n-128x96-rk3588-i8.rknn"
    old.write_bytes(b"an older conversion")
    environment = {
        **os.environ,
        "STAND_IN_TOOLKIT": "hang",
        "TMPDIR": str(tmp_path / "tmp"),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }
    words = (
        *("convert", "yolo11n", "--sizes", "128x96", "--calibration", str(CLIP)),
        *("--out", str(out)),
    )
    with subprocess.Popen(
        (sys.executable, "-c", CONVERT_WITH_STAND_IN, *words),
        cwd=MODELS.parent,
        env=environment,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        hanging = wait_for(tmp_path / "tmp", "*/128x96/hanging")
        toolkit = child_of(process.pid)
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130
    assert not hanging.exists()
    assert not Path(f"/proc/{toolkit}").exists()
    assert [path.name for path in out.iterdir()] == [old.name]
    assert old.read_bytes() == b"an older conversion"
    assert list((tmp_path / "tmp").glob("rkvideo-*")) == []


@pytest.mark.parametrize(
    ("mode", "message"),
    [
        ("refuse", r"failed while building model.onnx \(build answered -1\): see .*-i8.log"),
        ("die", r"ended with code 1 while building model.onnx: IndexError: list index out of "),
    ],
)
def test_a_failure_leaves_no_half_file_and_the_old_one(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch, mode: str, message: str
) -> None:
    (outcome,) = bench.convert("--sizes", "320")
    before = outcome.path.read_bytes()
    monkeypatch.setenv("STAND_IN_TOOLKIT", mode)
    with pytest.raises(ModelLoadError, match=message):
        bench.convert("--sizes", "320", "--force")
    assert outcome.path.read_bytes() == before
    assert bench.files() == [
        "yolo11n-320-rk3588-i8.log",
        "yolo11n-320-rk3588-i8.rknn",
        "yolo11n-320-rk3588-i8.toml",
    ]


def test_yolox_keeps_its_description(bench: Workbench) -> None:
    (outcome,) = bench.convert("--sizes", "320", model="yolox-nano")
    assert made(outcome).agreement.share == 1.0
    spec = resolve("yolox-nano@320", backend="rknn-sim", dirs=[bench.out])
    assert (spec.head, spec.color, spec.placement, spec.pad) == ("yolox", "bgr", "top-left", 114)
    assert (spec.raw_logits, spec.licence) == (False, "Apache-2.0")
    assert len(read_header(outcome.path).outputs) == 9


@pytest.mark.parametrize(
    ("words", "model", "error", "message"),
    [
        (("--sizes", "1920x1080"), "yolo11n", ModelMismatchError, "multiples of 32.*1920x1056"),
        ((), "yolo11n@320", ConfigError, "give the sizes with --sizes"),
        ((), str(CLIP), RkVideoError, "neither an .onnx nor a .rknn file"),
    ],
)
def test_what_cannot_be_converted(
    bench: Workbench, words: tuple[str, ...], model: str, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        bench.convert(*words, model=model)


def test_a_folder_that_cannot_be_made(bench: Workbench) -> None:
    (bench.folder / "file").touch()
    bench.out = bench.folder / "file" / "out"
    with pytest.raises(ConfigError, match=r"--out .*file/out cannot be made: Not a directory"):
        bench.convert()


def test_a_file_that_is_no_onnx_model(bench: Workbench) -> None:
    path = bench.folder / "m.onnx"
    path.write_bytes(b"no model")
    with pytest.raises(ModelLoadError, match=r"m\.onnx cannot be read as an ONNX model"):
        bench.convert(model=str(path))


def test_weights_without_ultralytics(tmp_path: Path) -> None:
    path = tmp_path / "best.pt"
    path.write_bytes(b"weights")
    said: list[str] = []
    with pytest.raises(
        BackendUnavailableError,
        match=r"^best.pt needs the package ultralytics, which is not installed: [^\n]+$",
    ):
        export_weights(path, tmp_path, said.append)
    assert said == []


@pytest.mark.parametrize(
    ("refused", "code"), [("refuse-at:96x64", command.FAILED), ("", command.DONE)]
)
def test_the_exit_code_tells_whether_all_were_made(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch, refused: str, code: int
) -> None:
    monkeypatch.setenv("STAND_IN_TOOLKIT", refused)
    monkeypatch.setattr(command.convert, "__defaults__", (lambda _say: STAND_IN,))
    words = ("yolo11n", "--sizes", "96x64,128x96", "--calibration", str(CLIP))
    args = parsed(*words, "--out", str(bench.out))
    assert command.run(args, Console(file=bench.printed, width=80)) == code
    printed = bench.printed.getvalue()
    assert printed.count("failed: yolo11n-96x64-rk3588-i8.rknn: rknn-toolkit2 failed") == code
    assert "yolo11n-128x96-rk3588-i8: 100% of" in printed


def test_a_killed_toolkit_is_told_as_too_little_memory(tmp_path: Path) -> None:
    with ToolkitProcess(STAND_IN, tmp_path / "log", tmp_path) as toolkit:
        (child,) = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()
        os.kill(int(child), signal.SIGKILL)
        with pytest.raises(ModelLoadError, match=r"was killed while telling its version.*memory"):
            toolkit.version()


def test_an_environment_that_is_there_is_used(tmp_path: Path) -> None:
    python = tmp_path / "bin" / "python"
    python.parent.mkdir()
    python.touch()
    (tmp_path / "installed-from").write_text("\n".join((TOOLKIT, *PACKAGES)))
    said: list[str] = []
    assert installed_toolkit(said.append, tmp_path).python == python
    assert said == []


def test_an_environment_that_cannot_be_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A registry without any package, and none but it.
    (tmp_path / "index").mkdir()
    for name in ("PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_INDEX_URL", (tmp_path / "index").as_uri())
    said: list[str] = []
    with pytest.raises(
        BackendUnavailableError, match=r"could not be made \(ERROR: No matching distribution"
    ):
        installed_toolkit(said.append, tmp_path / "venv")
    assert [line[:3] for line in said] == ["1/3", "2/3"]
    assert not (tmp_path / "venv" / "installed-from").exists()


@pytest.mark.parametrize(
    ("total", "count", "places"),
    [(10, 2, (2, 7)), (10, 5, (1, 3, 5, 7, 9)), (3, 3, (0, 1, 2)), (100, 1, (50,))],
)
def test_pictures_are_spread_evenly(total: int, count: int, places: tuple[int, ...]) -> None:
    assert spread(total, count) == places


def test_held_out_pictures_are_others(tmp_path: Path) -> None:
    for index in range(9):
        make_image(tmp_path / f"{index}.png", index)
    pictures = pick_pictures(tmp_path, images=4, held_out=2)
    seen = [picture.to_ndarray(format="gray").tobytes() for picture in pictures.calibration]
    other = [picture.to_ndarray(format="gray").tobytes() for picture in pictures.held_out]
    assert (len(seen), len(other), len({*seen, *other})) == (4, 2, 6)


def test_few_pictures_are_shared_out(tmp_path: Path) -> None:
    make_image(tmp_path / "0.png", 0)
    with pytest.raises(ConfigError, match="holds 1 picture"):
        pick_pictures(tmp_path, 20, 10)
    make_image(tmp_path / "1.png", 1)
    pictures = pick_pictures(tmp_path, 20, 10)
    assert (len(pictures.calibration), len(pictures.held_out)) == (1, 1)


@pytest.mark.parametrize("color", ["rgb", "bgr"])
def test_calibration_images_are_what_the_model_is_fed(tmp_path: Path, color: str) -> None:
    spec = InputSpec(96, 64, "nhwc", "uint8", color=color, scale=1.0)  # type: ignore[arg-type]
    with av.open(str(CLIP)) as container:
        picture = next(container.decode(video=0))
    dataset = write_dataset((picture,), spec, tmp_path)
    assert dataset.read_text() == "000.png\n"
    expected, _ = InputMaker(spec).make(picture.to_ndarray(format="rgb24"))
    as_rgb = cv2.cvtColor(cv2.imread(str(tmp_path / "000.png")), cv2.COLOR_BGR2RGB)
    np.testing.assert_array_equal(as_rgb, expected[0])


@pytest.mark.parametrize(
    ("reference", "candidate", "expected"),
    [
        # The same box, a little lower in score.
        ([(0, 0, 10, 10, 0.9, 1)], [(0, 0, 10, 10, 0.7, 1)], Agreement(1, 1, 0, 1.0, -0.2)),
        # Another class, and an overlap of a half, are no match but extra boxes.
        ([(0, 0, 10, 10, 0.9, 1)], [(0, 0, 10, 10, 0.9, 2)], Agreement(1, 0, 1, 0.0, 0.0)),
        ([(0, 0, 10, 10, 0.9, 1)], [(0, 0, 10, 5, 0.9, 1)], Agreement(1, 0, 1, 0.0, 0.0)),
        # A weak float box is not asked for, but makes its partner no extra.
        ([(0, 0, 10, 10, 0.27, 1)], [(0, 0, 10, 10, 0.35, 1)], Agreement(0, 0, 0, 0.0, 0.0)),
        # One box cannot match twice.
        (
            [(0, 0, 10, 10, 0.9, 1), (0, 0, 10, 10, 0.8, 1)],
            [(0, 0, 10, 10, 0.9, 1)],
            Agreement(2, 1, 0, 1.0, 0.0),
        ),
        ([(0, 0, 10, 10, 0.9, 1)], [], Agreement(1, 0, 0, 0.0, 0.0)),
        ([], [], Agreement(0, 0, 0, 0.0, 0.0)),
    ],
)
def test_agreement(
    reference: list[tuple[float, float, float, float, float, int]],
    candidate: list[tuple[float, float, float, float, float, int]],
    expected: Agreement,
) -> None:
    found = compare([boxes(*reference)], [boxes(*candidate)])
    assert (found.expected, found.matched, found.extra) == (
        expected.expected,
        expected.matched,
        expected.extra,
    )
    assert found.mean_iou == pytest.approx(expected.mean_iou)
    assert found.score_shift == pytest.approx(expected.score_shift, abs=1e-6)


@pytest.mark.parametrize(
    ("agreement", "share", "good", "text"),
    [
        (
            Agreement(20, 17, 1, 0.956, -0.0123),
            0.85,
            True,
            "85% of 20 boxes matched, 1 extra, IoU 0.96, score -0.012",
        ),
        (
            Agreement(20, 16, 0, 0.9, 0.01),
            0.8,
            False,
            "80% of 20 boxes matched, 0 extra, IoU 0.90, score +0.010",
        ),
        (Agreement(0, 0, 0, 0.0, 0.0), 1.0, True, "no boxes to compare, 0 extra"),
        (Agreement(0, 0, 3, 0.0, 0.0), 0.0, False, "no boxes to compare, 3 extra"),
    ],
)
def test_the_limit(agreement: Agreement, share: float, good: bool, text: str) -> None:
    assert (agreement.share, agreement.good, str(agreement)) == (share, good, text)


def test_stems_are_those_of_a_ladder() -> None:
    assert Job("a.b", (640, 384), "rk3566", False).stem == "a.b-640x384-rk3566-fp16"
