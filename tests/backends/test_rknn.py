"""The rknn backend over a stand-in for rknnlite: no NPU is needed."""

from __future__ import annotations

import gc
import logging
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rkvideo.backends import rknn as module
from rkvideo.backends import rknn_runtime
from rkvideo.backends.rknn import RknnBackend
from rkvideo.backends.rknn_runtime import refusal
from rkvideo.config import ModelSpec
from rkvideo.errors import (
    BackendUnavailableError,
    InferenceError,
    ModelError,
    ModelLoadError,
    ModelMismatchError,
)
from rkvideo.machine.soc import Soc, read_soc
from tests.helpers.board_samples import GROUP, make_board, put
from tests.helpers.model_samples import rknn_bytes
from tests.helpers.rknnlite_path import no_rknnlite, stand_in_rknnlite

RK3588 = Soc("rk3588", 3)
PICTURE = np.zeros((1, 64, 64, 3), np.uint8)


@pytest.fixture
def rknnlite() -> Iterator[Any]:
    with stand_in_rknnlite() as stand_in:
        yield stand_in


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "yolo11n-64-rk3588-i8.rknn"
    path.write_bytes(rknn_bytes())
    return path


def opened(path: Path, core: int = 0, soc: Soc = RK3588, **fields: Any) -> RknnBackend:
    return RknnBackend(path, ModelSpec("m", path, **fields), core, soc)


@pytest.mark.parametrize(
    ("soc", "core", "mask"),
    [(RK3588, 0, 1), (RK3588, 1, 2), (RK3588, 2, 4), (Soc("rk3568", 1), 0, 0)],
)
def test_each_core_has_its_mask(
    tmp_path: Path, rknnlite: Any, soc: Soc, core: int, mask: int
) -> None:
    path = tmp_path / "m.rknn"
    path.write_bytes(rknn_bytes(targets=[soc.name]))
    backend = opened(path, core, soc)
    (npu,) = rknnlite.made
    assert npu.core_mask == mask
    assert npu.released == 0
    backend.close()
    backend.close()
    assert npu.released == 1


def test_the_picture_is_fed_as_it_is(path: Path, rknnlite: Any) -> None:
    backend = opened(path)
    picture = np.full_like(PICTURE, 7)
    outputs = backend.infer(picture, 0)
    assert [output.flat[0] for output in outputs] == [7] * 6
    first_run, fed = rknnlite.made[0].fed
    assert first_run.shape == (1, 64, 64, 3)
    np.testing.assert_array_equal(fed, picture)
    backend.close()


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("none", "the NPU gave nothing"),
        ("fewer", "gave 5 outputs, expected 6"),
        ("shape", "output t1 has shape (1, 64, 8, 7), expected (1, 64, 8, 8)"),
    ],
)
def test_a_bad_answer_names_core_and_frame(
    path: Path, rknnlite: Any, answer: str, reason: str
) -> None:
    backend = opened(path, core=2)
    rknnlite.answer = answer
    with pytest.raises(InferenceError) as caught:
        backend.infer(PICTURE, 41)
    assert str(caught.value).startswith("m@64x64 on NPU core 2, frame 41: ")
    assert reason in str(caught.value)
    backend.close()


@pytest.mark.parametrize(
    ("answer", "reason"), [("none", "gave nothing"), ("fewer", "gave 5 outputs on NPU core 0")]
)
def test_a_first_run_that_fails_releases_the_context(
    path: Path, rknnlite: Any, answer: str, reason: str
) -> None:
    rknnlite.answer = answer
    with pytest.raises(ModelLoadError, match=reason):
        opened(path)
    assert [npu.released for npu in rknnlite.made] == [1]


def test_junk_never_reaches_the_runtime(tmp_path: Path, rknnlite: Any) -> None:
    path = tmp_path / "m.rknn"
    path.write_bytes(b"junk" * 100)
    with pytest.raises(ModelLoadError, match=r"is not a \.rknn file"):
        opened(path)
    assert rknnlite.made == []


def test_a_context_that_does_not_open_is_released(
    path: Path, rknnlite: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(module, "ROOT", tmp_path / "board")
    rknnlite.init_code = -1
    with pytest.raises(BackendUnavailableError, match=r"librknnrt\.so is missing"):
        opened(path)
    make_board(tmp_path / "board")
    with pytest.raises(ModelLoadError, match=r"NPU core 1 did not open .*: the runtime refuses it"):
        opened(path, core=1)
    rknnlite.init_error = AttributeError("'NoneType' object has no attribute 'format'")
    with pytest.raises(BackendUnavailableError, match="does not support this machine"):
        opened(path)
    rknnlite.init_error = AttributeError(
        "/usr/lib/librknnrt.so: undefined symbol: rknn_set_input_shapes"
    )
    with pytest.raises(ModelLoadError, match="is older than rknnlite needs"):
        opened(path)
    assert [npu.released for npu in rknnlite.made] == [1, 1, 1, 1]


def test_what_rknnlite_logs_is_for_those_who_ask(
    path: Path,
    rknnlite: Any,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    rknnlite.init_code = -1
    with pytest.raises(ModelError):
        opened(path)
    assert capsys.readouterr().err == ""
    assert caplog.messages == [
        "rknnlite: rknn-toolkit-lite2 version: 2.3.2",
        "rknnlite: Catch exception when init runtime!",
        "rknnlite: Traceback (most recent call last):",
        "rknnlite:   File x",
    ]


@pytest.mark.parametrize(
    ("version", "made_with", "reason"),
    [
        (
            "1.4.0",
            "2.3.2",
            "librknnrt.so is 1.4.0, older than the toolkit 2.3.2 that made the model",
        ),
        ("2.2.0", "2.3.2", "(`Invalid RKNN model version 6`): copy a newer one from the rknn-"),
        ("2.3.0", "2.3.2", "the runtime refuses it; -v shows why"),
        ("2.3.2", "unknown", "the runtime refuses it; -v shows why"),
    ],
)
def test_a_refusal_names_a_library_that_is_too_old(
    tmp_path: Path, version: str, made_with: str, reason: str
) -> None:
    tree = make_board(tmp_path / "board")
    put(tree, "/usr/lib/librknnrt.so", f"\0librknnrt version: {version} (429f97ae6b)\0")
    error = refusal(Path("m.rknn"), 2, made_with, tree)
    assert str(error).startswith("NPU core 2 did not open m.rknn: ")
    assert reason in str(error)


def test_a_refusal_names_the_group_of_a_device_that_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = make_board(tmp_path / "board")
    asked: list[Path] = []
    # Tests may run as root, who may use everything.
    monkeypatch.setattr(rknn_runtime, "may_use", lambda node: bool(asked.append(node)))
    node = "/dev/dri/by-path/platform-fdab0000.npu-render"
    error = refusal(Path("m.rknn"), 0, "2.3.2", tree)
    assert str(error) == (
        f"NPU core 0 did not open m.rknn: you may not use {node}: "
        f"sudo usermod -aG {GROUP} $USER, then log in again"
    )
    assert asked == [tree / node.lstrip("/")]


def test_another_thread_is_refused_before_the_runtime_is_called(path: Path, rknnlite: Any) -> None:
    backend = opened(path)
    caught: list[str] = []

    def use() -> None:
        try:
            backend.infer(PICTURE, 3)
        except InferenceError as error:
            caught.append(str(error))

    thread = threading.Thread(target=use)
    thread.start()
    thread.join()
    assert caught == ["m@64x64 on NPU core 0, frame 3: another thread uses this context"]
    assert len(rknnlite.made[0].fed) == 1
    backend.close()


@pytest.mark.parametrize(
    ("content", "fields", "reason"),
    [
        ({"targets": ["rk3562"]}, {}, "is made for rk3562, but this board has an rk3588"),
        ({}, {"size": (640, 384)}, "takes 64 only, not 640x384"),
        ({"inputs": [(1, 3, 64, 64), (1, 8)]}, {}, "takes 2 inputs (t0, t1)"),
        ({"inputs": [(1, 1, 64, 64)]}, {}, "takes 1x1x64x64, expected one picture"),
    ],
)
def test_a_file_that_does_not_fit_is_refused(
    path: Path, rknnlite: Any, content: dict[str, Any], fields: dict[str, Any], reason: str
) -> None:
    path.write_bytes(rknn_bytes(**content))
    with pytest.raises(ModelMismatchError) as caught:
        opened(path, **fields)
    assert reason in str(caught.value)
    assert rknnlite.made == []


def test_the_metadata_beside_an_export_is_read(path: Path, rknnlite: Any) -> None:
    path.with_name("metadata.yaml").write_text(
        "description: A model that was trained on a folder with a long name, see\n"
        "  /data/set: one/coco.yaml\nstride: 32\ntask: detect\nimgsz:\n- 384\n- 640\n"
        "names:\n  0: person\n  1: 'traffic: light'\n  2: \"it's\"\nargs:\n  quantize: 8\n"
        "  half: false\n"
    )
    backend = opened(path)
    assert backend.spec.labels == ("person", "traffic: light", "it's")
    assert dict(backend.spec.metadata) == {
        "args": "{'quantize': 8, 'half': False}",
        "description": "A model that was trained on a folder with a long name, see",
        "imgsz": "[384, 640]",
        "names": "{0: 'person', 1: 'traffic: light', 2: \"it's\"}",
        "stride": "32",
        "task": "detect",
    }
    backend.close()


@pytest.mark.parametrize(
    ("version", "collections"), [("2.3.2", 2), ("2.5.0", 0), ("3.0", 0), (None, 2)]
)
def test_cycles_of_an_old_wrapper_are_collected(
    path: Path,
    rknnlite: Any,
    monkeypatch: pytest.MonkeyPatch,
    version: str | None,
    collections: int,
) -> None:
    def installed(name: str) -> str:
        if version is None:
            raise module.importlib.metadata.PackageNotFoundError(name)
        return version

    calls: list[int] = []
    monkeypatch.setattr(module.importlib.metadata, "version", installed)
    monkeypatch.setattr(gc, "collect", calls.append)
    backend = opened(path)
    for index in range(15):  # with the first run, sixteen
        backend.infer(PICTURE, index)
    backend.close()
    assert calls == [1] * collections


def test_a_missing_wheel_names_the_command(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SUDO_USER", raising=False)
    with (
        no_rknnlite(),
        pytest.raises(BackendUnavailableError, match="No module named rknnlite") as caught,
    ):
        opened(path)
    assert f'{sys.executable} -m pip install "rknn-toolkit-lite2>=2.3.2"' in str(caught.value)
    assert "sudo" not in str(caught.value)
    monkeypatch.setenv("SUDO_USER", "somebody")
    with (
        no_rknnlite(),
        pytest.raises(BackendUnavailableError, match="sudo runs another Python"),
    ):
        opened(path)


def test_a_wheel_of_another_machine_is_told_apart(
    path: Path, rknnlite: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "rknnlite.api", None)
    with pytest.raises(BackendUnavailableError, match="is installed but does not load"):
        opened(path)


@pytest.mark.parametrize(
    ("entries", "soc"),
    [
        (b"radxa,rock-5b\0rockchip,rk3588\0", Soc("rk3588", 3)),
        (b"orangepi,5\0rockchip,rk3588s\0rockchip,rk3588\0", Soc("rk3588", 3)),
        (b"friendlyarm,r76s\0rockchip,rk3576\0", Soc("rk3576", 2)),
        (b"rockchip,rk3562\0", Soc("rk3562", 1)),
        (b"rockchip,rk3566\0", Soc("rk3566", 1)),
        (b"rockchip,rk3568\0", Soc("rk3568", 1)),
        (b"raspberrypi,5-model-b\0brcm,bcm2712\0", None),
    ],
)
def test_the_chip_is_read_from_the_device_tree(
    tmp_path: Path, entries: bytes, soc: Soc | None
) -> None:
    compatible = tmp_path / "compatible"
    compatible.write_bytes(entries)
    assert read_soc(compatible) == soc


def test_a_machine_without_a_device_tree_has_no_chip(tmp_path: Path) -> None:
    assert read_soc(tmp_path / "compatible") is None


def test_rk3566_and_rk3568_share_their_files() -> None:
    assert Soc("rk3568", 1).runs(("rk3566",))
    assert Soc("rk3566", 1).runs(("rk3568",))
    assert not Soc("rk3562", 1).runs(("rk3566", "rk3568"))
