"""Which pictures a conversion is checked with."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from rkvideo.convert import check_set, command
from rkvideo.convert.check_set import CHECK_CLIPS, check_set_at, usual_check_set
from rkvideo.errors import ConfigError, ModelNotFoundError
from tests.helpers.convert_desk import CHECK, CLIP, parsed
from tests.helpers.video_samples import make_image


def labelled(folder: Path) -> Path:
    """Three pictures of 64x48 with a car in each, and one whose labels are broken off."""
    (folder / "images").mkdir(parents=True)
    (folder / "labels").mkdir()
    for index in range(3):
        make_image(folder / "images" / f"{index}.png", index)
        (folder / "labels" / f"{index}.txt").write_text("1 0.5 0.5 0.25 0.5\n")
    (folder / "data.yaml").write_text("path: .\nval: images\nnames: [person, car]\n")
    return folder


def test_the_usual_clips_are_those_that_do_not_calibrate() -> None:
    said: list[str] = []
    found = usual_check_set(CLIP, said.append)
    assert found is not None
    assert str(found) == "60 pictures of the clips carphone, bunny"
    assert {(picture.width, picture.height) for picture in found.pictures} == {
        (192, 144),
        (1280, 720),
    }
    assert (found.is_own, found.targets, said) == (False, None, [])
    assert CHECK_CLIPS == ("bikes", "carphone", "bunny")


def test_without_the_clips_pictures_of_the_calibration_are_kept_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def no_network(name: str, **_: object) -> Path:
        raise ModelNotFoundError(f"{name} could not be fetched")

    monkeypatch.setattr(check_set, "local_file", lambda _name: None)
    monkeypatch.setattr(check_set, "fetch", no_network)
    printed = io.StringIO()
    words = ("m.onnx", "--calibration", str(CHECK), "--images", "20")
    task = command.task_of(command.options_of(parsed(*words)), Console(file=printed))
    assert str(task.check) == (
        "10 pictures of carphone.mp4 (of the place that calibrates: only a check of itself)"
    )
    assert task.pictures is not None
    assert len(task.pictures.calibration) == 40
    assert not set(map(id, task.check.pictures)) & set(map(id, task.pictures.calibration))
    assert printed.getvalue() == "bikes could not be fetched\n"
    fp16 = command.options_of(parsed("m.onnx", "--quantize", "fp16"))
    with pytest.raises(ConfigError, match=r"no pictures to check with: .* --check"):
        command.task_of(fp16, Console(file=printed))


def test_labelled_pictures_bring_their_labels(tmp_path: Path) -> None:
    place = labelled(tmp_path / "set")
    found = check_set_at(place, CLIP)
    assert str(found) == "3 pictures of set (val), 3 labelled objects"
    assert (found.classes, found.is_own) == (("person", "car"), False)
    assert found.targets is not None
    width, height = found.pictures[0].width, found.pictures[0].height
    assert found.targets[0].xyxy.tolist() == [
        [0.375 * width, 0.25 * height, 0.625 * width, 0.75 * height]
    ]
    assert check_set_at(place, place / "images").is_own
    found.meet(("Car", "tree"))
    with pytest.raises(ConfigError, match=r"^--check set \(val\): [^;]+$"):
        found.meet(("tree",))


def test_pictures_without_labels_and_videos_have_none(tmp_path: Path) -> None:
    make_image(tmp_path / "0.png", 0)
    found = check_set_at(tmp_path, CLIP)
    assert (len(found.pictures), found.targets, found.is_own) == (1, None, False)
    assert check_set_at(tmp_path, tmp_path).is_own
    assert len(check_set_at(CHECK, None).pictures) == 60


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("nowhere", None, r"--check .*/nowhere: there is no such video, folder or data set"),
        ("labels.json", "{}", r"labels\.json is not COCO JSON: "),
        ("empty", "", r"--check .*empty: no labels that are known"),
    ],
)
def test_what_cannot_check(tmp_path: Path, name: str, content: str | None, reason: str) -> None:
    place = tmp_path / name
    if content:
        place.write_text(content)
    elif content is not None:
        place.mkdir()
    with pytest.raises(ConfigError, match=reason):
        check_set_at(place, None)
