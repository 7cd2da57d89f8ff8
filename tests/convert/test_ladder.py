"""Several files by one call of `main.py convert`: what fails, what is skipped, what is tried."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from rich.console import Console

from rkvideo.convert import command
from rkvideo.convert.layers import Layer, parse_layers, worst_layers
from rkvideo.convert.recipes import LADDER, Recipe
from rkvideo.convert.report import print_outcomes
from rkvideo.errors import (
    ModelLoadError,
    ModelMismatchError,
)
from rkvideo.files.untrusted import load_toml
from rkvideo.toolkit.process import ToolkitProcess
from tests.helpers.convert_desk import (
    CLIP,
    MODELS,
    STAND_IN,
    USUAL,
    ConvertDesk,
    made,
    parsed,
)
from tests.helpers.toolkit_stand_in import ANALYSIS

CONVERT_WITH_STAND_IN = """
import functools
import sys
from rkvideo.convert import command
from tests.helpers.convert_desk import STAND_IN
command.run = functools.partial(command.run, find_toolkit=lambda _say: STAND_IN)
from rkvideo.cli.main import main
sys.exit(main(sys.argv[1:]))
"""


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


def test_what_is_up_to_date_is_left_alone(
    desk: ConvertDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = ("--sizes", "320", "--quantize", "both")
    first = desk.convert(*both)
    assert [made(outcome).warnings for outcome in first] == [(), ()]
    monkeypatch.setenv("STAND_IN_TOOLKIT", "refuse")
    again = desk.convert(*both)
    assert [outcome.path for outcome in again] == [outcome.path for outcome in first]
    assert [outcome.seconds for outcome in again] == [None, None]
    for before, now in zip(first, again, strict=True):
        assert made(now) == made(before)
        assert made(now).kept.quality.kept > 2
    console = Console(file=io.StringIO(), width=80)
    print_outcomes(again, console)
    lines = console.file.getvalue().splitlines()
    assert [line.endswith("  plain (up to date)") for line in lines] == [False, True, True]
    monkeypatch.delenv("STAND_IN_TOOLKIT")
    # fp16 is not calibrated, so the number of images is nothing to it.
    int8, fp16 = desk.convert(*both, "--images", "21")
    assert int8.seconds is not None
    assert fp16.seconds is None
    int8.path.write_bytes(b"cut short")
    assert desk.convert("--sizes", "320", "--images", "21")[0].seconds is not None
    # What is checked otherwise is checked anew.
    assert desk.convert("--sizes", "320", "--check", str(CLIP))[0].seconds is not None


def test_recipes_are_tried_until_one_loses_little(
    desk: ConvertDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAND_IN_TOOLKIT", "poor:plain,more")
    outcomes = desk.convert("--sizes", "320")
    result = made(outcomes[0])
    tried = [trial.recipe for trial in result.tried]
    assert tried == [Recipe(), Recipe(more=True), Recipe(fp16=("start",))]
    assert result.kept == result.tried[-1]
    assert [trial.float_layers for trial in result.tried] == [0, 0, 3]
    # The layers of the poor build are named, the good one has none to name.
    assert (result.layers, result.warnings) == ((), ())
    printed = desk.printed.getvalue()
    assert "yolo11n-320-rk3588-i8 (plain): 0.0 MB, 0 layers in fp16, 0 of" in printed
    assert (
        "yolo11n-320-rk3588-i8: layers that lose most, as cosines: "
        "Conv 1180 0.9898 (all up to it 0.990), Swish 687 0.9987 (all up to it 0.999)"
    ) in printed
    (order,) = (desk.folder / "cache" / "rkvideo" / "builds").glob("*/order.json")
    assert json.loads(order.read_text())["fp16"] == [["images", "/model.2/cv1/act/Mul_output_0"]]
    assert len(list(order.parent.glob("*.png"))) == 20
    console = Console(file=io.StringIO(), width=80)
    print_outcomes(outcomes, console)
    lines = console.file.getvalue().splitlines()
    assert lines[2] == "tried for yolo11n-320-rk3588-i8.rknn:"
    assert lines[4].split()[:3] == ["plain", "0.0", "0"]
    assert lines[-1].startswith("plain, first 3 convolutions in fp16  ")
    assert lines[-1].endswith("  kept")


def test_what_else_helps_is_tried(desk: ConvertDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAND_IN_TOOLKIT", "poor:plain,more,start,fp16")
    (outcome,) = desk.convert("--sizes", "320")
    assert made(outcome).kept.recipe == Recipe(hybrid=True)
    assert made(outcome).kept.float_layers == -1


def test_of_all_parts_those_are_tried_that_a_model_has(
    desk: ConvertDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAND_IN_TOOLKIT", "poor:plain,more")
    (outcome,) = desk.convert("--sizes", "320", "--try-all", model="yolox-nano")
    assert [trial.recipe.fp16 for trial in made(outcome).tried] == [
        *((), (), ("start",), ("ends",), ("start", "ends"), (), ()),
    ]
    # Three of the start, and box, objectness and classes of three strides.
    assert [trial.float_layers for trial in made(outcome).tried] == [0, 0, 3, 9, 12, -1, 0]


def test_twice_the_pictures_are_kept_for_the_simulator_too(
    desk: ConvertDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAND_IN_TOOLKIT", "poor:plain")
    (outcome,) = desk.convert("--sizes", "320")
    assert made(outcome).kept.recipe == Recipe(more=True)
    assert made(outcome).calibrated_with == 40
    (order,) = (desk.folder / "cache" / "rkvideo" / "builds").glob("*/order.json")
    assert len((order.parent / "dataset.txt").read_text().split()) == 40
    assert len(list(order.parent.glob("*.png"))) == 40


def test_a_recipe_that_the_toolkit_refuses_is_passed_over(
    desk: ConvertDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAND_IN_TOOLKIT", "poor:plain,more,no-start")
    (outcome,) = desk.convert("--sizes", "320")
    assert made(outcome).kept.recipe == Recipe(fp16=("attention",))
    assert "(hybrid_quantization_step1 answered -1)" in desk.printed.getvalue()


def test_the_best_of_poor_results_is_kept_and_its_worst_layers_are_named(
    desk: ConvertDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAND_IN_TOOLKIT", "poor:plain,more,start,fp16,hybrid,mmse")
    outcomes = desk.convert("--sizes", "320")
    result = made(outcomes[0])
    assert result.kept.recipe == Recipe()
    assert [trial.recipe for trial in result.tried] == list(LADDER)
    assert (result.kept.quality.kept, result.kept.quality.shift) == (0, None)
    (warning,) = result.warnings
    assert warning.startswith("none of the float model's ")
    assert "boxes is found: calibrate with more pictures" in warning
    assert result.layers[0] == "Conv 1180 0.9898 (all up to it 0.990)"
    table = load_toml(outcomes[0].path.with_suffix(".toml"))["conversion"]
    assert table["result"]["layers"] == list(result.layers)
    # The next call warns again.
    for lot in (outcomes, desk.convert("--sizes", "320")):
        console = Console(file=io.StringIO(), width=80)
        print_outcomes(lot, console)
        last = console.file.getvalue().splitlines()[-2:]
        assert last[0] == f"warning: yolo11n-320-rk3588-i8.rknn: {warning}"
        assert last[1].endswith(f"as cosines to float: {', '.join(result.layers)}")


def test_every_recipe_is_tried_on_request_and_the_cheapest_good_one_kept(
    desk: ConvertDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAND_IN_TOOLKIT", "poor:plain")
    (outcome,) = desk.convert("--sizes", "320", "--try-all")
    assert [trial.recipe for trial in made(outcome).tried] == list(LADDER)
    assert made(outcome).kept.recipe == Recipe(more=True)
    names = sorted(path.suffix for path in desk.out.iterdir())
    assert names == [".log", ".rknn", ".toml"]


def test_a_recipe_that_takes_too_long_is_given_up_and_told(
    desk: ConvertDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rkvideo.convert.recipes.MMSE_S", 1.0)
    monkeypatch.setenv("STAND_IN_TOOLKIT", "slow:mmse")
    outcomes = desk.convert("--sizes", "320", "--try-all")
    result = made(outcomes[0])
    assert [trial.recipe for trial in result.tried] == list(LADDER[:-1])
    assert result.kept.recipe == Recipe()
    reason = "rknn-toolkit2 was ended while building model.onnx, which took more than 1 s"
    assert [(each.recipe, each.reason) for each in result.not_made] == [(Recipe("mmse"), reason)]
    console = Console(file=io.StringIO(), width=80)
    print_outcomes(outcomes, console)
    assert f"not made: mmse: {reason}\n" in console.file.getvalue()
    # What was not made is remembered with the rest.
    assert made(desk.convert("--sizes", "320")[0]) == result


def test_what_may_end_the_toolkit_comes_last() -> None:
    assert [recipe.most_s for recipe in LADDER[:-1]] == [None] * (len(LADDER) - 1)
    assert LADDER[-1].most_s is not None


def test_layers_that_cannot_be_named_cost_nothing_else(
    desk: ConvertDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAND_IN_TOOLKIT", "poor:plain,unnamed")
    (outcome,) = desk.convert("--sizes", "320")
    assert made(outcome).kept.recipe == Recipe(more=True)
    assert (
        "its layers cannot be named: rknn-toolkit2 failed while comparing layers "
        "(accuracy_analysis answered -1)"
    ) in desk.printed.getvalue()


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
    desk: ConvertDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAND_IN_TOOLKIT", "refuse-at:96x64")
    words = ("--sizes", "96x64,100,128x96", "--quantize", "both")
    outcomes = desk.convert(*words)
    assert [type(outcome.error) for outcome in outcomes] == [
        *(ModelLoadError, ModelLoadError),
        *(ModelMismatchError, ModelMismatchError),
        *(type(None), type(None)),
    ]
    assert [name for name in desk.files() if name.endswith((".rknn", ".toml"))] == [
        f"yolo11n-128x96-rk3588-{kind}" for kind in ("fp16.rknn", "fp16.toml", "i8.rknn", "i8.toml")
    ]
    console = Console(file=io.StringIO(), width=80)
    print_outcomes(outcomes, console)
    lines = console.file.getvalue().splitlines()
    assert lines[0].split() == [
        *("file", "MB", "fp16", "kept", "score", "(95", "%)", "AP", "(95", "%)"),
        *("at", "0.25", "at", "0.5", "at", "0.63", "at", "0.8", "seconds", "how"),
    ]
    assert lines[1].split() == ["yolo11n-96x64-rk3588-i8.rknn", *"----------", "failed"]
    assert re.fullmatch(
        r"yolo11n-128x96-rk3588-i8\.rknn +0\.0 +0 +(\d+) of \1 +[+-]0\.000 .* - +"
        r"(\d+)/\2 +(\d+)/\3 +(\d+)/\4 +(\d+)/\5 +\d+  plain",
        lines[5],
    )
    told = [line for line in lines if line.startswith("failed:")]
    assert len(told) == 4
    assert "yolo11n-100-rk3588-i8.rknn: the model takes sides that are multiples of 32" in told[2]
    # The next call makes only what is missing.
    monkeypatch.delenv("STAND_IN_TOOLKIT")
    again = desk.convert("--sizes", "96x64,128x96", "--quantize", "both")
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
        *("convert", "yolo11n", "--sizes", "128x96", *USUAL),
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
    ("refused", "more", "code"),
    [
        ("refuse-at:96x64", (), 1),
        ("", (), 0),
        # Pictures of the calibration itself.
        ("", ("--check", str(CLIP)), 3),
        ("", ("--check", str(CLIP), "--accept"), 0),
    ],
)
def test_the_exit_code_tells_whether_all_were_made(
    desk: ConvertDesk,
    monkeypatch: pytest.MonkeyPatch,
    refused: str,
    more: tuple[str, ...],
    code: int,
) -> None:
    monkeypatch.setenv("STAND_IN_TOOLKIT", refused)
    words = ("yolo11n", "--sizes", "96x64,320", *USUAL, *more)
    args = parsed(*words, "--out", str(desk.out))
    console = Console(file=desk.printed, width=80)
    assert command.run(args, console, lambda _say: STAND_IN) == code
    printed = desk.printed.getvalue()
    failures = printed.count("failed: yolo11n-96x64-rk3588-i8.rknn: rknn-toolkit2 failed")
    assert failures == bool(refused)
    assert ("which is only a check of itself: name others with --check" in printed) == bool(more)


def test_a_killed_toolkit_is_told_as_too_little_memory(tmp_path: Path) -> None:
    with ToolkitProcess(STAND_IN, tmp_path / "log", tmp_path) as toolkit:
        (child,) = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()
        os.kill(int(child), signal.SIGKILL)
        with pytest.raises(ModelLoadError, match=r"was killed while telling its version.*memory"):
            toolkit.version()
