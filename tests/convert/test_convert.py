"""`main.py convert` with a stand-in for the toolkit; its models and its clip are real."""

from __future__ import annotations

import sys
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from rich.console import Console

from rkvideo.config import InputSpec
from rkvideo.convert.calibration import pick_pictures, spread, write_dataset
from rkvideo.convert.command import convert, options_of
from rkvideo.convert.jobs import FileJob
from rkvideo.convert.recipes import Recipe
from rkvideo.convert.verdict import Bounds
from rkvideo.convert.weights import export_weights
from rkvideo.detection.letterbox import InputMaker
from rkvideo.errors import (
    BackendUnavailableError,
    ConfigError,
    ModelLoadError,
    ModelMismatchError,
    RkVideoError,
)
from rkvideo.files.untrusted import load_toml
from rkvideo.model_files.rknn_file import read_header
from rkvideo.models.conversion import conversion_text
from rkvideo.models.resolve import resolve
from rkvideo.toolkit.environment import PACKAGES, TOOLKIT, TORCH_INDEX, installed_toolkit
from tests.helpers.convert_desk import CHECK, CLIP, STAND_IN, ConvertDesk, made, parsed
from tests.helpers.video_samples import make_image


def test_options_make_a_job_per_size_chip_and_type() -> None:
    chips = ("--target", "rk3588,RK3588S,RK3566")
    words = ("--sizes", "320, 640x384,320", *chips, "--quantize", "both")
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
    assert (options.images, options.force, options.accept) == (60, False, False)
    assert (options.check, options.bounds) == (None, Bounds(1.0, 0.02))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--target", "rk3399"), "--target 'rk3399' is no chip"),
        (("--sizes", "640,big"), "size 'big' is neither"),
        (("--images", "0"), "--images is 0"),
        (("--calibration", "/nowhere"), "/nowhere: there is no such video or folder"),
        (("--max-loss", "nan"), "--max-loss is nan: give AP of at least 0"),
    ],
)
def test_wrong_options(words: tuple[str, ...], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        options_of(parsed("m.onnx", "--calibration", str(CLIP), *words))


def test_the_demo_clip_calibrates_where_no_file_is_called_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    words = parsed("m.onnx", "--calibration", "demo")
    assert options_of(words).calibration == CLIP
    (tmp_path / "demo").mkdir()
    assert options_of(words).calibration == Path("demo")


def test_a_conversion_is_a_file_that_the_program_finds_and_knows(desk: ConvertDesk) -> None:
    (outcome,) = desk.convert("--sizes", "320")
    result = made(outcome)
    assert (result.kept.recipe, result.layers, result.warnings) == (Recipe(), (), ())
    # The stand-in is the float model: every box comes back.
    quality = result.kept.quality
    assert quality.kept == quality.boxes > 2
    assert quality.shift is not None
    assert quality.shift.value == pytest.approx(0, abs=1e-4)
    assert desk.files() == [
        "yolo11n-320-rk3588-i8.log",
        "yolo11n-320-rk3588-i8.rknn",
        "yolo11n-320-rk3588-i8.toml",
    ]
    spec = resolve("yolo11n@320", backend="rknn-sim", dirs=[desk.out])
    assert (spec.path, spec.head, spec.raw_logits) == (outcome.path, "dfl", True)
    assert (spec.licence, spec.family, len(spec.labels)) == ("AGPL-3.0", "yolo11", 80)
    assert spec.labels[0] == "person"
    header = read_header(outcome.path)
    assert header.inputs[0].shape == (1, 3, 320, 320)
    assert [output.shape[1] for output in header.outputs] == [64, 80] * 3
    table = load_toml(outcome.path.with_suffix(".toml"))["conversion"]
    assert (table["source"], table["toolkit"], table["images"]) == ("yolo11n.onnx", TOOLKIT, 20)
    assert table["result"]["kept"]["recipe"]["algorithm"] == "normal"
    assert table["result"]["kept"]["quality"]["boxes"] == quality.boxes
    assert table["result"]["check"] == "4 pictures of carphone.mp4"
    told = conversion_text(outcome.path)
    assert told.splitlines()[0] == f"from yolo11n.onnx with {TOOLKIT}, 20 pictures of bikes.mp4"
    assert told.splitlines()[1].startswith(f"finds {quality.boxes} of {quality.boxes} boxes of the")
    assert told.endswith(", on 4 pictures of carphone.mp4")
    assert outcome.path.with_suffix(".log").read_text() == "building with normal\n"


@pytest.mark.parametrize(
    ("mode", "message"),
    [
        ("refuse", r"failed while building model.onnx \(build answered -1\): see .*-i8.log"),
        ("die", r"ended with code 1 while building model.onnx: IndexError: list index out of "),
    ],
)
def test_a_failure_leaves_no_half_file_and_the_old_one(
    desk: ConvertDesk, monkeypatch: pytest.MonkeyPatch, mode: str, message: str
) -> None:
    (outcome,) = desk.convert("--sizes", "320")
    before = outcome.path.read_bytes()
    monkeypatch.setenv("STAND_IN_TOOLKIT", mode)
    with pytest.raises(ModelLoadError, match=message):
        desk.convert("--sizes", "320", "--force")
    assert outcome.path.read_bytes() == before
    assert desk.files() == [
        "yolo11n-320-rk3588-i8.log",
        "yolo11n-320-rk3588-i8.rknn",
        "yolo11n-320-rk3588-i8.toml",
    ]


def test_a_cache_that_cannot_be_written_costs_the_simulator_only(
    desk: ConvertDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    (desk.folder / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(desk.folder / "file"))
    (outcome,) = desk.convert("--sizes", "128x96")
    assert made(outcome).kept.recipe == Recipe()
    assert [path.suffix for path in sorted(desk.out.iterdir())] == [".log", ".rknn", ".toml"]
    assert "could not be kept in" in desk.printed.getvalue()
    assert "(Not a directory), so --backend rknn-sim cannot run it" in desk.printed.getvalue()


def test_yolox_keeps_its_description(desk: ConvertDesk) -> None:
    (outcome,) = desk.convert("--sizes", "320", model="yolox-nano")
    assert made(outcome).kept.quality.share == 1.0
    spec = resolve("yolox-nano@320", backend="rknn-sim", dirs=[desk.out])
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
    desk: ConvertDesk, words: tuple[str, ...], model: str, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        desk.convert(*words, model=model)


def test_fp16_needs_no_calibration(desk: ConvertDesk) -> None:
    words = ("yolo11n", "--sizes", "320", "--check", str(CHECK), "--out", str(desk.out))
    with pytest.raises(ConfigError, match=r"^int8 needs --calibration: .*\(fp16 needs none\)$"):
        options_of(parsed(*words, "--quantize", "both"))
    options = options_of(parsed(*words, "--quantize", "fp16"))
    work = desk.folder / "work"
    work.mkdir()
    console = Console(file=desk.printed, width=200)
    (outcome,) = convert(options, work, console, lambda _say: STAND_IN)
    assert made(outcome).kept.quality.share == 1.0
    assert "pictures of" not in conversion_text(outcome.path).splitlines()[0]


def test_a_folder_that_cannot_be_made(desk: ConvertDesk) -> None:
    (desk.folder / "file").touch()
    desk.out = desk.folder / "file" / "out"
    with pytest.raises(ConfigError, match=r"--out .*file/out cannot be made: Not a directory"):
        desk.convert()


def test_a_file_that_is_no_onnx_model(desk: ConvertDesk) -> None:
    path = desk.folder / "m.onnx"
    path.write_bytes(b"no model")
    with pytest.raises(ModelLoadError, match=r"m\.onnx cannot be read as an ONNX model"):
        desk.convert(model=str(path))


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


def test_an_environment_that_is_there_is_used(tmp_path: Path) -> None:
    python = tmp_path / "bin" / "python"
    python.parent.mkdir()
    python.touch()
    (tmp_path / "installed-from").write_text("\n".join((TOOLKIT, *PACKAGES)))
    said: list[str] = []
    assert installed_toolkit(said.append, tmp_path).python == python
    assert said == []


@pytest.mark.parametrize(
    ("has_cpu_index", "reason", "size"),
    [
        (
            True,
            r"found for torch==2\.13\.0\+cpu\).*; RKVIDEO_TORCH_INDEX= \(empty\) takes the default",
            "1.5 GB of disk",
        ),
        (False, r"found for torch==2\.13\.0\)", "5.2 GB of disk"),
    ],
)
def test_an_environment_that_cannot_be_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_cpu_index: bool, reason: str, size: str
) -> None:
    # A registry without any package, and none but it.
    (tmp_path / "index").mkdir()
    index = (tmp_path / "index").as_uri()
    for name in ("PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_INDEX_URL", index)
    monkeypatch.setenv(TORCH_INDEX, index if has_cpu_index else "")
    said: list[str] = []
    with pytest.raises(BackendUnavailableError, match=r"could not be made \(ERROR: .*" + reason):
        installed_toolkit(said.append, tmp_path / "venv")
    assert [line[:3] for line in said] == ["1/3", "2/3"]
    assert size in said[1]
    assert not (tmp_path / "venv" / "installed-from").exists()


def test_the_toolkit_has_a_python_of_its_own_where_this_one_is_too_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 13, 0))
    monkeypatch.setenv("PATH", str(tmp_path))
    said: list[str] = []
    with pytest.raises(
        BackendUnavailableError,
        match=r"has wheels for Python 3\.10 to 3\.12, .* none of python3\.12, python3\.11, "
        r"python3\.10 is here: install one",
    ):
        installed_toolkit(said.append, tmp_path / "venv")
    assert said == []
    # A stand-in for another Python, which makes no venv.
    other = tmp_path / "python3.11"
    other.write_text('#!/bin/sh\necho ERROR: asked for "$*" >&2\nexit 1\n')
    other.chmod(0o755)
    with pytest.raises(BackendUnavailableError, match=r"ERROR: asked for -m venv .*/venv\)"):
        installed_toolkit(said.append, tmp_path / "venv")


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
    assert dataset.read_text() == "dataset-000.png\n"
    expected, _ = InputMaker(spec).make(picture.to_ndarray(format="rgb24"))
    as_rgb = cv2.cvtColor(cv2.imread(str(tmp_path / "dataset-000.png")), cv2.COLOR_BGR2RGB)
    np.testing.assert_array_equal(as_rgb, expected[0])


def test_stems_are_those_of_a_ladder() -> None:
    assert FileJob("a.b", (640, 384), "rk3566", False).stem == "a.b-640x384-rk3566-fp16"
