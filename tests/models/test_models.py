from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from rkvideo.backends.base import BackendSpec
from rkvideo.config import InputSpec, ModelSpec
from rkvideo.detection.heads.base import HeadHints
from rkvideo.detection.hints import head_hints
from rkvideo.errors import ConfigError, ModelLoadError, ModelNotFoundError
from rkvideo.model_files.labels import (
    coco_labels,
)
from rkvideo.model_files.metadata import input_size, is_quantised_export, parse_metadata
from rkvideo.models.catalogue import TensorInfo, describe, list_models
from rkvideo.models.resolve import family_of, local_file, resolve
from tests.helpers.model_samples import rknn_bytes, save_onnx
from tests.helpers.paths import MODELS


@pytest.fixture
def pc(tmp_path: Path) -> Path:
    return tmp_path / "no-device-tree"


@pytest.fixture
def board(tmp_path: Path) -> Path:
    path = tmp_path / "compatible"
    path.write_bytes(b"rockchip,rk3588\0")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A models folder with a ladder of .rknn files."""
    folder = tmp_path / "models"
    folder.mkdir()
    save_onnx(folder / "net.onnx")
    for name, size, chip in (
        ("net-320-rk3588-i8", (320, 320), "rk3588"),
        ("net-640-rk3588-i8", (640, 640), "rk3588"),
        ("net-640-rk3562-i8", (640, 640), "rk3562"),
        ("net-640x384-rk3588-fp16", (384, 640), "rk3588"),
        ("other", (96, 96), "rk3588"),
    ):
        (folder / f"{name}.rknn").write_bytes(rknn_bytes(inputs=[(1, 3, *size)], targets=[chip]))
    return folder


@pytest.mark.parametrize(
    ("text", "backend", "on_pc", "on_board"),
    [
        ("net", "auto", "net.onnx", "net-640-rk3588-i8.rknn"),
        ("net@320", "auto", "net.onnx", "net-320-rk3588-i8.rknn"),
        ("net@640x384", "rknn", "net-640x384-rk3588-fp16.rknn", "net-640x384-rk3588-fp16.rknn"),
        ("net@640", "auto", "net.onnx", "net-640-rk3588-i8.rknn"),
        ("net@416", "auto", "net.onnx", "net.onnx"),
        ("net", "onnx", "net.onnx", "net.onnx"),
        ("net-320-rk3588-i8", "auto", "net-320-rk3588-i8.rknn", "net-320-rk3588-i8.rknn"),
        ("other", "auto", "other.rknn", "other.rknn"),
        ("other@96", "auto", "other.rknn", "other.rknn"),
    ],
)
def test_a_name_finds_the_file_for_the_machine_and_the_size(
    folder: Path, pc: Path, board: Path, text: str, backend: str, on_pc: str, on_board: str
) -> None:
    for compatible, expected in ((pc, on_pc), (board, on_board)):
        spec = resolve(text, None, backend, dirs=[folder], compatible=compatible)
        assert spec.path == folder / expected
        assert spec.name == text.partition("@")[0].partition("-")[0]


@pytest.mark.parametrize(
    ("text", "name", "size", "fits"),
    [
        ("{}/net.onnx", "net", None, True),
        ("{}/net.onnx@640", "net", (640, 640), True),
        ("{}/net.onnx@640x640", "net", (640, 640), False),
        ("{}/net.onnx@640x384", "net", (640, 384), False),
        ("{}/net-320-rk3588-i8.rknn@320", "net", (320, 320), True),
    ],
)
def test_a_path_may_carry_a_size(
    folder: Path, pc: Path, text: str, name: str, size: tuple[int, int] | None, fits: bool
) -> None:
    spec = resolve(text.format(folder), compatible=pc)
    assert (spec.name, spec.size, spec.fits) == (name, size, fits)
    assert spec.path == Path(text.format(folder).partition("@")[0])


def test_one_number_finds_a_file_that_was_made_to_fit(folder: Path, board: Path) -> None:
    (folder / "net-640-rk3588-i8.rknn").unlink()
    asked = {"dirs": [folder], "compatible": board}
    assert resolve("net@640", **asked).path == folder / "net-640x384-rk3588-fp16.rknn"
    with pytest.raises(ModelNotFoundError, match="no file of net@640x640 for --backend rknn"):
        resolve("net@640x640", None, "rknn", **asked)


def test_an_at_sign_in_a_folder_is_no_size(tmp_path: Path, pc: Path) -> None:
    path = tmp_path / "user@640" / "m.onnx"
    path.parent.mkdir()
    save_onnx(path)
    assert resolve(str(path), compatible=pc) == ModelSpec("m", path, fits=True)


def test_a_folder_that_is_called_like_a_model_is_not_meant(
    folder: Path, pc: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net").mkdir()
    assert resolve("net", dirs=[folder], compatible=pc).path == folder / "net.onnx"


def test_an_ultralytics_folder(folder: Path, tmp_path: Path, pc: Path, board: Path) -> None:
    export = tmp_path / "yolo11s_rknn_model"
    export.mkdir()
    with pytest.raises(ModelNotFoundError, match=r"yolo11s_rknn_model holds no \.rknn file"):
        resolve(str(export), compatible=pc)
    for chip in ("rk3562", "rk3588"):
        (export / f"yolo11s-{chip}.rknn").write_bytes(rknn_bytes(targets=[chip]))
    with pytest.raises(ModelNotFoundError, match=r"holds several models \(yolo11s-rk3562\.rknn, "):
        resolve(str(export), compatible=pc)
    spec = resolve(str(export), compatible=board)
    assert (spec.name, spec.family) == ("yolo11s", "yolo11")
    assert spec.path == export / "yolo11s-rk3588.rknn"


def test_the_simulated_backend_needs_no_file(tmp_path: Path, pc: Path) -> None:
    spec = resolve("yolo11n@320", None, "simulated", dirs=[tmp_path], compatible=pc)
    assert spec == ModelSpec(
        "yolo11n", None, (320, 320), family="yolo11", licence="AGPL-3.0", fits=True
    )


@pytest.mark.parametrize(
    ("text", "backend", "error", "reason"),
    [
        ("nope", "auto", ModelNotFoundError, "no model called 'nope': there is net, other, and"),
        ("yolo11n", "auto", ModelNotFoundError, "`./run.sh models fetch yolo11n` gets it"),
        ("other", "onnx", ModelNotFoundError, "no file of other for --backend onnx (there is oth"),
        ("other@640", "auto", ModelNotFoundError, "no file of other@640 for --backend auto"),
        ("net@640x", "auto", ConfigError, "size '640x' is neither a number nor"),
        ("bikes", "auto", ModelNotFoundError, "no model called 'bikes'"),
        ("gone/m.onnx", "auto", ModelNotFoundError, "no model at gone/m.onnx"),
        (str(MODELS / "README.md"), "auto", ModelLoadError, "neither an .onnx nor a .rknn file"),
    ],
)
def test_what_is_not_there_is_said_in_one_line(
    folder: Path, pc: Path, text: str, backend: str, error: type[Exception], reason: str
) -> None:
    with pytest.raises(error) as caught:
        resolve(text, None, backend, dirs=[folder], compatible=pc)
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_sidecar_of_the_file_goes_before_that_of_the_name(
    folder: Path, tmp_path: Path, board: Path
) -> None:
    (folder / "net.toml").write_text('licence = "MIT"\npad = 0\nlabels = "names.txt"\n')
    (folder / "names.txt").write_text("cat\ndog\n")
    (folder / "net-320-rk3588-i8.toml").write_text("pad = 7\n")
    ladder, other_size = (
        resolve(text, dirs=[folder], compatible=board) for text in ("net@320", "net@640")
    )
    assert (ladder.pad, ladder.licence) == (7, "unknown")
    assert (other_size.pad, other_size.licence, other_size.labels) == (0, "MIT", ("cat", "dog"))
    by_path = resolve(f"{folder}/net-640-rk3588-i8.rknn", compatible=board)
    assert (by_path.pad, by_path.labels) == (0, ("cat", "dog"))
    mine = tmp_path / "mine.txt"
    mine.write_text("a\nb\nc\n")
    assert resolve("net", mine, dirs=[folder], compatible=board).labels == ("a", "b", "c")


def test_a_fetched_file_finds_the_sidecar_that_comes_with_the_program(
    tmp_path: Path, pc: Path
) -> None:
    shutil.copy(MODELS / "yolox-nano.onnx", tmp_path)
    spec = resolve("yolox-nano", dirs=[tmp_path], compatible=pc)
    assert spec == ModelSpec(
        "yolox-nano",
        tmp_path / "yolox-nano.onnx",
        labels=coco_labels(),
        licence="Apache-2.0",
        family="yolox",
        head="yolox",
        color="bgr",
        scale=1.0,
        pad=114,
        placement="top-left",
        strides=(8, 16, 32),
        fits=True,
    )


def test_a_sidecar_of_the_user_goes_before_the_shipped_one(tmp_path: Path, pc: Path) -> None:
    shutil.copy(MODELS / "yolox-nano.onnx", tmp_path)
    (tmp_path / "yolox-nano.toml").write_text('labels = "coco80.txt"\npad = 7\n')
    spec = resolve("yolox-nano", dirs=[tmp_path], compatible=pc)
    # COCO's labels need not lie beside it; a file of that name beside it is what is meant.
    assert (spec.pad, spec.head, spec.labels) == (7, None, coco_labels())
    (tmp_path / "coco80.txt").write_text("cat\ndog\n")
    assert resolve("yolox-nano", dirs=[tmp_path], compatible=pc).labels == ("cat", "dog")


@pytest.mark.parametrize(
    ("fields", "metadata", "hints"),
    [
        ({}, {}, HeadHints()),
        ({"path": Path("m.rknn")}, {"args": "{'quantize': 8}"}, HeadHints(normalised_boxes=True)),
        ({"path": Path("m.onnx")}, {"args": "{'quantize': 8}"}, HeadHints()),
        ({"path": Path("m.rknn")}, {"args": "{'quantize': 16}"}, HeadHints()),
        (
            {"path": Path("m.rknn"), "normalised_boxes": False},
            {"args": "{'quantize': 8}"},
            HeadHints(normalised_boxes=False),
        ),
        ({}, {"task": "segment", "stride": "32"}, HeadHints(task="segment")),
        (
            {"head": "yolox", "raw_logits": True, "strides": (8, 16)},
            {},
            HeadHints(head="yolox", raw_logits=True, strides=(8, 16)),
        ),
        ({"family": "yolov7", "anchors": ((1.0, 2.0),)}, {}, HeadHints(anchors=((1.0, 2.0),))),
    ],
)
def test_hints_for_the_head(
    fields: dict[str, Any], metadata: dict[str, str], hints: HeadHints
) -> None:
    spec = ModelSpec(**({"name": "m", "path": None} | fields))
    backend = BackendSpec(InputSpec(64, 64), (), metadata=tuple(metadata.items()))
    assert head_hints(spec, backend) == hints


def test_the_file_names_give_the_class_count_and_yolov7_its_anchors() -> None:
    backend = BackendSpec(InputSpec(64, 64), (), labels=("a", "b"))
    hints = head_hints(ModelSpec("m", None, family="yolov7"), backend)
    assert hints.class_count == 2
    assert [row[:2] for row in hints.anchors] == [(12, 16), (36, 75), (142, 110)]


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("YOLOv5s_rkopt", "yolov5"),
        ("lpd-yolov8n", "yolov8"),
        ("yolov10n", "yolov10"),
        ("yolo11n", "yolo11"),
        ("yolox-nano", "yolox"),
        ("best", ""),
    ],
)
def test_the_family_of_a_name(name: str, family: str) -> None:
    assert family_of(name) == family


def test_metadata_that_is_not_understood_is_passed_over() -> None:
    text = "# written by hand\n\nimgsz: [384, 640]\n- stray\n  deep: 1\njunk\nargs:\n- a\n  b: 2\n"
    assert parse_metadata(text) == {"imgsz": "[384, 640]", "args": "['a']"}
    assert input_size(parse_metadata(text)) == (640, 384)
    assert not is_quantised_export(parse_metadata(text))


def test_the_list_shows_what_is_there_and_what_can_be_fetched(folder: Path) -> None:
    (folder / "broken.rknn").write_bytes(b"")
    save_onnx(
        folder / "moving.onnx", shape=(1, 3, "h", "w"), metadata={"license": "AGPL-3.0 License"}
    )
    rows = {entry.path or entry.name: entry for entry in list_models([folder])}
    shown = {
        path.name: (entry.name, entry.sizes, entry.backend, entry.licence)
        for path, entry in rows.items()
        if isinstance(path, Path)
    }
    assert shown == {
        "broken.rknn": ("broken", "", "rknn", "unknown"),
        "moving.onnx": ("moving", "any multiple of 32, or fitted", "onnx", "AGPL-3.0 License"),
        "net.onnx": ("net", "96x64", "onnx", "unknown"),
        "net-320-rk3588-i8.rknn": ("net", "320", "rknn", "unknown"),
        "net-640-rk3562-i8.rknn": ("net", "640", "rknn", "unknown"),
        "net-640-rk3588-i8.rknn": ("net", "640", "rknn", "unknown"),
        "net-640x384-rk3588-fp16.rknn": ("net", "640x384", "rknn", "unknown"),
        "other.rknn": ("other", "96", "rknn", "unknown"),
    }
    assert "is empty" in rows[folder / "broken.rknn"].trouble
    absent = rows["yolox-nano"]
    assert (absent.present, absent.sizes, absent.licence) == (False, "416", "Apache-2.0")
    assert rows["yolo11n"].licence == "AGPL-3.0"


def test_a_rknn_file_is_described_on_any_machine(folder: Path, board: Path) -> None:
    spec = resolve("net@320", dirs=[folder], compatible=board)
    described = describe(spec)
    assert described.inputs == (TensorInfo("t0", "1 x 3 x 320 x 320", "int8"),)
    assert len(described.outputs) == 6
    assert (described.targets, described.quantised) == (("rk3588",), True)
    assert described.exporter == "rknn-toolkit2 2.3.2"
    assert described.file_bytes == (folder / "net-320-rk3588-i8.rknn").stat().st_size


@pytest.mark.parametrize(
    ("qnt_type", "sidecar", "told"),
    [
        ("int8", "", "int8"),
        ("", "", "float16 at both ends, of the rest the file tells nothing"),
        ("", "calibrated_with = 60\nkept.float_layers = 14", "int8, 14 layers in float16"),
        ("int8", "calibrated_with = 60\nkept.float_layers = 0", "int8"),
        ("int8", "calibrated_with = 60\nkept.float_layers = -1", "int8, some layers in float16"),
        ("", "calibrated_with = 0\nkept.float_layers = 0", "float16"),
    ],
)
def test_what_the_weights_are_is_told_of_layers_in_float16_too(
    tmp_path: Path, qnt_type: str, sidecar: str, told: str
) -> None:
    path = tmp_path / "net-320-rk3588-i8.rknn"
    path.write_bytes(rknn_bytes(qnt_type=qnt_type))
    if sidecar:
        path.with_suffix(".toml").write_text(f"[conversion.result]\n{sidecar}\n")
    assert describe(ModelSpec("net", path)).weights == told


def test_the_real_yolo11n_is_described(pc: Path) -> None:
    described = describe(resolve("yolo11n", dirs=[MODELS], compatible=pc))
    assert described.inputs == (TensorInfo("images", "batch x 3 x height x width", "float32"),)
    assert described.outputs == (TensorInfo("output0", "batch x 84 x anchors", "float32"),)
    assert (described.task, described.exporter) == ("detect", "Ultralytics 8.3.250")
    assert (described.spec.licence, len(described.labels)) == ("AGPL-3.0", 80)


def test_a_file_of_the_manifest_is_found_where_it_lies(tmp_path: Path) -> None:
    assert local_file("bikes", [tmp_path]) is None
    (tmp_path / "clips").mkdir()
    (tmp_path / "clips/bikes.mp4").write_bytes(b"")
    assert local_file("bikes", [tmp_path]) == tmp_path / "clips/bikes.mp4"
    assert local_file("unknown", [tmp_path]) is None
