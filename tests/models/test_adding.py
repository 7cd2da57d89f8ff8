"""Models of the user become models that are offered."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from rkvideo.errors import ModelLoadError, ModelNotFoundError
from rkvideo.models.adding import add_model
from rkvideo.models.catalogue import list_models
from rkvideo.models.resolve import resolve
from tests.helpers.model_samples import rknn_bytes, save_onnx


@pytest.fixture
def offered(tmp_path: Path) -> Path:
    """The folder of the models that are offered."""
    return tmp_path / "models"


def test_a_file_is_copied_with_its_sidecar_and_its_labels(tmp_path: Path, offered: Path) -> None:
    source = tmp_path / "helmets.onnx"
    save_onnx(source)
    (tmp_path / "helmets.toml").write_text('labels = "heads.txt"\nlicence = "MIT"\n')
    (tmp_path / "heads.txt").write_text("helmet\nhead\n")
    assert add_model(source, offered) == "helmets"
    assert source.exists()
    spec = resolve("helmets", dirs=(offered,))
    assert (spec.labels, spec.licence) == (("helmet", "head"), "MIT")


def test_the_same_file_again_is_left_alone_and_another_of_its_name_gets_a_number(
    tmp_path: Path, offered: Path
) -> None:
    first, second = tmp_path / "a" / "mine.onnx", tmp_path / "b" / "mine.onnx"
    first.parent.mkdir()
    second.parent.mkdir()
    save_onnx(first)
    save_onnx(second, shape=(1, 3, 32, 32))
    assert [add_model(path, offered) for path in (first, first, second, second)] == [
        *("mine", "mine", "mine-copy2", "mine-copy2"),
    ]
    assert (offered / "mine.onnx").read_bytes() == first.read_bytes()
    assert sorted(path.name for path in offered.iterdir()) == ["mine-copy2.onnx", "mine.onnx"]


def test_an_exported_folder_keeps_the_names_of_its_classes(tmp_path: Path, offered: Path) -> None:
    folder = tmp_path / "street_rknn_model"
    folder.mkdir()
    (folder / "street-rk3588.rknn").write_bytes(rknn_bytes())
    (folder / "metadata.yaml").write_text("task: detect\nnames:\n  0: tram\n  1: bus\n")
    assert add_model(folder, offered) == "street"
    spec = resolve(str(offered / "street.rknn"))
    assert spec.labels == ("tram", "bus")
    shutil.rmtree(folder)
    assert [model.name for model in list_models((offered,)) if model.name == "street"]


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        ("notes.onnx", b"no model", ModelLoadError),
        ("broken.rknn", b"RKNN", ModelLoadError),
        ("film.mp4", b"", ModelLoadError),
    ],
)
def test_what_is_no_model_is_refused_and_leaves_nothing(
    tmp_path: Path, offered: Path, name: str, content: bytes, error: type[Exception]
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(error, match=name):
        add_model(tmp_path / name, offered)
    with pytest.raises(ModelNotFoundError):
        add_model(tmp_path / "nothing.onnx", offered)
    assert not offered.exists() or list(offered.iterdir()) == []
