"""The kinds of input that somebody else writes: whole seeds, and the readers behind them."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from rkvideo.backends.base import BackendSpec
from rkvideo.bench.report import read_report, to_csv, to_json, to_markdown
from rkvideo.cli.arguments import config_of, parse
from rkvideo.config import InputSpec, ModelSpec, SourceOptions
from rkvideo.detection.hints import head_hints
from rkvideo.errors import ConfigError, RkVideoError
from rkvideo.files.terminal import escape
from rkvideo.model_files.labels import parse_names, read_labels
from rkvideo.model_files.manifest import read_manifest
from rkvideo.model_files.metadata import (
    input_size,
    is_quantised_export,
    largest_stride,
    read_metadata,
)
from rkvideo.model_files.sidecar import apply_sidecar
from rkvideo.models.catalogue import describe, list_models
from rkvideo.models.recognise import recognised_head
from rkvideo.models.resolve import resolve
from rkvideo.sources.names import server_address
from rkvideo.sources.registry import make_source
from rkvideo.sources.secrets import public_name
from rkvideo.ui.kept.state import StateFile, WindowState, table_of
from tests.fuzz import labelled, outputs, videos
from tests.helpers.bench_samples import a_failed_row, a_report, a_row
from tests.helpers.model_samples import rknn_bytes


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind: its seeds, and what reads an input that lies in a folder of its own."""

    name: str
    seeds: Callable[[], tuple[bytes, ...]]
    read: Callable[[bytes, Path], object]


def _sidecar_seeds() -> tuple[bytes, ...]:
    return (
        b'labels = ["cat", "dog"]\nlicence = "MIT"\nfamily = "yolov5"\nhead = "anchors"\n'
        b'color = "bgr"\nscale = 1.0\npad = 0\nplacement = "top-left"\nraw_logits = true\n'
        b"normalised_boxes = false\nanchors = [[10, 13], [16, 30.5]]\nstrides = [8, 16]\n",
        b'labels = "names.txt"\n[conversion]\nsource = "a"\n[conversion.result]\nlayers = ["x"]\n'
        b"calibrated_with = 3\n[conversion.result.kept.quality]\nboxes = 3\nkept = 2\n",
    )


def _read_sidecar(data: bytes, folder: Path) -> None:
    (folder / "m.toml").write_bytes(data)
    apply_sidecar(ModelSpec("m", None), folder, "m.toml")


def _manifest_seeds() -> tuple[bytes, ...]:
    sha = b"c130b90b1d81f2e6654566404840c8fe6b2e7cff26f94fea5e6bf0f505ec7320"
    entry = b'[a]\nkind = "model"\nfile = "a.onnx"\nsha256 = "%s"\nlicence = "MIT"\n' % sha
    rest = b'licence_url = "u"\n[[a.sources]]\npackage = "p"\nversion = "1"\n'
    member = b'package_sha256 = "%s"\nmember = "m"\n' % sha
    return (entry + rest + member, entry + b'licence_url = "u"\nsources = [{url = "https://x"}]\n')


def _read_manifest(data: bytes, folder: Path) -> None:
    (folder / "models.toml").write_bytes(data)
    read_manifest(folder / "models.toml")


def _bench_seeds() -> tuple[bytes, ...]:
    report = a_report(a_row("yolo11n", 320, 100.0, 110.0), a_failed_row("nosuch", "no model"))
    return (to_json(report).encode(),)


def _read_bench(data: bytes, folder: Path) -> None:
    (folder / "bench.json").write_bytes(data)
    report = read_report(folder)
    for write in (to_json, to_csv, to_markdown):
        write(report).encode()


def _window_seeds() -> tuple[bytes, ...]:
    state = WindowState(
        source="rtsp://a/b", history=("a", "b"), model="m@640", speed=2.0, panels=("models",)
    )
    table = table_of(state) | {
        "filter": {"confidence": 0.5, "classes": [1, "car"]},
        "look": {"labels": "name", "thickness": 2.0},
        "record": {"what": "raw", "folder": "/tmp/x"},
    }
    return (json.dumps(table).encode(),)


def _read_window(data: bytes, folder: Path) -> None:
    (folder / "window.json").write_bytes(data)
    file = StateFile(folder / "window.json")
    file.save(file.load())


def _rknn_seeds() -> tuple[bytes, ...]:
    return (rknn_bytes(), rknn_bytes(outputs=[(1, 84, 84)], qnt_type=""))


def _read_model(suffix: str, data: bytes, folder: Path) -> None:
    path = folder / f"m{suffix}"
    path.write_bytes(data)
    rows = list_models([folder])
    assert sum(row.path == path for row in rows) == 1
    spec = ModelSpec("m", path)
    recognised_head(spec)
    describe(spec)


def _onnx_seeds() -> tuple[bytes, ...]:
    return tuple(
        _constant(output, metadata).SerializeToString()
        for output, metadata in (
            (np.zeros((1, 6, 84)), {"names": "{0: 'a', 1: 'b'}", "stride": "32", "imgsz": "[64]"}),
            (np.ones((1, 300, 6)) / 2, {"task": "detect", "description": "rtdetr"}),
            (np.zeros((1, 84, 85)), {}),
        )
    )


def _constant(output: np.ndarray, metadata: dict[str, str]):
    images = helper.make_tensor_value_info("images", TensorProto.FLOAT, [1, 3, 64, 64])
    info = helper.make_tensor_value_info("out", TensorProto.FLOAT, list(output.shape))
    # One value that is spread: the file stays small, so that its structure is hit.
    weights = [
        numpy_helper.from_array(np.float32(output.flat[0]), "w"),
        numpy_helper.from_array(np.array(output.shape, np.int64), "shape"),
    ]
    nodes = [
        helper.make_node("ReduceMean", ["images"], ["mean"], keepdims=0),
        helper.make_node("Mul", ["mean", "w"], ["value"]),
        helper.make_node("Expand", ["value", "shape"], ["out"]),
    ]
    graph = helper.make_graph(nodes, "g", [images], [info], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    helper.set_model_props(model, metadata)
    return model


def _metadata_seeds() -> tuple[bytes, ...]:
    return (
        b"description: Ultralytics YOLO11n model\nversion: 8.3.0\nstride: 32\ntask: detect\n"
        b"imgsz:\n- 640\n- 384\nnames:\n  0: person\n  1: 'hair drier'\nargs:\n  quantize: 8\n",
        b"names: {0: person, 1: car}\nimgsz: [640, 640]\nargs: {'quantize': 8}\nend2end: false\n",
    )


def _read_metadata(data: bytes, folder: Path) -> None:
    (folder / "metadata.yaml").write_bytes(data)
    metadata = read_metadata(folder / "m.rknn")
    labels = parse_names(metadata.get("names", ""))
    input_size(metadata), largest_stride(metadata), is_quantised_export(metadata)
    spec = BackendSpec(InputSpec(64, 64), (), labels, tuple(metadata.items()))
    head_hints(ModelSpec("m", folder / "m.rknn"), spec)


def _labels_seeds() -> tuple[bytes, ...]:
    return (
        b"person\nbicycle\ncar\n",
        b"0  person\n1  bicycle\n2  car\n",
        b'{"0": "a", "1": "b"}',
        b"['a', 'b', \"c's\"]",
        b"nc: 2\nnames:\n  0: a\n  1: b\n",
        b"names: [a, b,\n  c]\n",
        b'{"categories": [{"id": 1, "name": "a"}]}',
    )


def _read_labels(data: bytes, folder: Path) -> None:
    (folder / "labels.txt").write_bytes(data)
    for label in read_labels(folder / "labels.txt"):
        assert label.isprintable() or "\ufffd" in label, label
        assert len(label) <= 60


def _address_seeds() -> tuple[bytes, ...]:
    return (
        b"rtsp://user:secret@192.0.2.1:554/stream?channel=1&pwd=x",
        b"https://[::1]:8080/a.m3u8#x",
        b"pattern:640x480@30:10",
        b"/dev/video0",
        b"file:///tmp/a%20b.mp4",
        b"run demo --model yolo11n@640 --conf 0.5 --classes person,3 --npu-latency-ms 7",
        b"view rtsp://a/b --camera-size 640x480 --max-detections 3 --record a.mp4",
        b"bench demo --frames 5 --sizes 320,640x384",
        b"yolo11n@640x384",
    )


def _read_address(data: bytes, _folder: Path) -> None:
    text = os.fsdecode(data).replace("\0", "")
    shown = escape(public_name(text))
    assert "\x1b" not in shown
    shown.encode()
    steps: list[Callable[[], object]] = [
        lambda: server_address(text),
        lambda: make_source(text, SourceOptions()),
        lambda: resolve(text, dirs=[]),
        lambda: config_of(_parsed(text)),
    ]
    refused: list[RkVideoError] = []
    for step in steps:
        try:
            step()
        except RkVideoError as error:
            escape(str(error)).encode()
            refused.append(error)
    if len(refused) == len(steps):
        raise refused[-1]


def _parsed(text: str):
    try:
        words = shlex.split(text)
    except ValueError:
        words = text.split()
    with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
        try:
            return parse(words)
        except SystemExit as end:
            raise _usage(end) from end


def _usage(end: SystemExit) -> Exception:
    assert end.code in (0, 2), end.code
    return ConfigError("argparse has refused the words")


KINDS = {
    kind.name: kind
    for kind in (
        Kind("sidecar", _sidecar_seeds, _read_sidecar),
        Kind("manifest", _manifest_seeds, _read_manifest),
        Kind("bench", _bench_seeds, _read_bench),
        Kind("window", _window_seeds, _read_window),
        Kind("rknn", _rknn_seeds, partial(_read_model, ".rknn")),
        Kind("onnx", _onnx_seeds, partial(_read_model, ".onnx")),
        Kind("metadata", _metadata_seeds, _read_metadata),
        Kind("labels", _labels_seeds, _read_labels),
        Kind("address", _address_seeds, _read_address),
        Kind("heads", outputs.head_seeds, outputs.read_heads),
        Kind("video", videos.video_seeds, videos.read_video),
        Kind("sdp", videos.sdp_seeds, videos.read_sdp),
        Kind("coco", labelled.coco_seeds, labelled.read_coco),
        Kind("yolo", labelled.yolo_seeds, labelled.read_yolo),
        Kind("xml", labelled.xml_seeds, labelled.read_xml),
        Kind("kept boxes", labelled.kept_seeds, labelled.read_kept),
    )
}
