from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import pytest

from rkvideo.errors import ModelLoadError, ModelNotFoundError
from rkvideo.model_files.rknn_file import RknnTensor, read_header
from tests.helpers.model_samples import rknn_bytes

if TYPE_CHECKING:
    from pathlib import Path

GOOD = rknn_bytes()


def test_a_header_is_read_in_the_order_of_the_runtime(tmp_path: Path) -> None:
    path = tmp_path / "m.rknn"
    path.write_bytes(
        rknn_bytes(inputs=[(1, 3, 384, 640)], outputs=[(1, 84, 5040), (1, 2)], targets=["RK3588"])
    )
    header = read_header(path)
    assert header.version == "2.3.2"
    assert header.targets == ("rk3588",)
    assert header.inputs == (RknnTensor("t0", (1, 3, 384, 640)),)
    assert header.outputs == (RknnTensor("t1", (1, 84, 5040)), RknnTensor("t2", (1, 2)))
    assert header.quantised


def test_a_float_file_is_not_quantised(tmp_path: Path) -> None:
    path = tmp_path / "m.rknn"
    path.write_bytes(rknn_bytes(qnt_type=""))
    assert not read_header(path).quantised


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b"GIF89a" + bytes(200), "is not a .rknn file"),
        (b"RKNN", "is cut short or damaged"),
        (b"RKNN" + bytes(4) + struct.pack("<QQ", 7, 40) + bytes(100), "is encrypted or of an"),
        (b"RKNN" + bytes(4) + struct.pack("<QQ", 6, 1 << 63) + bytes(100), "is cut short"),
        (b"RKNN" + bytes(4) + struct.pack("<QQ", 6, 0) + bytes(40) + b"\xff" * 8, "is cut short"),
        (GOOD[:-20], "is cut short or damaged"),
        (GOOD.replace(b'"graph"', b'"grapf"'), "is cut short or damaged"),
        (GOOD.replace(b'"input_num": 1', b'"input_num": 2'), "is cut short or damaged"),
    ],
)
def test_a_file_that_is_no_model_is_refused_in_words(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    path = tmp_path / "m.rknn"
    path.write_bytes(content)
    with pytest.raises(ModelLoadError, match=r"m\.rknn") as caught:
        read_header(path)
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelNotFoundError, match=r"gone\.rknn"):
        read_header(tmp_path / "gone.rknn")
