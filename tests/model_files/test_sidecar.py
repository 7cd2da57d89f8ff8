"""Each key of a sidecar, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from rkvideo.config import ModelSpec
from rkvideo.errors import ConfigError
from rkvideo.model_files.sidecar import apply_sidecar


def test_every_key_of_a_sidecar(tmp_path: Path) -> None:
    path = tmp_path / "m.toml"
    path.write_text(
        'labels = ["cat ", "dog"]\nlicence = "MIT"\nfamily = "yolov5"\nhead = "anchors"\n'
        'color = "bgr"\nscale = 1\npad = 0\nplacement = "top-left"\nraw_logits = true\n'
        "normalised_boxes = false\nanchors = [[10, 13], [16, 30.5]]\nstrides = [8, 16]\n"
    )
    assert apply_sidecar(ModelSpec("m", None, size=(64, 64)), path.parent, path.name) == ModelSpec(
        "m",
        None,
        size=(64, 64),
        labels=("cat", "dog"),
        licence="MIT",
        family="yolov5",
        head="anchors",
        color="bgr",
        scale=1.0,
        pad=0,
        placement="top-left",
        raw_logits=True,
        normalised_boxes=False,
        anchors=((10.0, 13.0), (16.0, 30.5)),
        strides=(8, 16),
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("colour = 'bgr'", "unknown key 'colour': the keys are anchors, color"),
        ("color = 'gbr'", "color is 'gbr': give one of rgb, bgr"),
        ("pad = 256", "pad is 256: give a whole number from 0 to 255"),
        ("pad = true", "pad is True"),
        ("scale = 0", "scale is 0: give a number above 0"),
        ("raw_logits = 1", "raw_logits is 1: give true or false"),
        ("strides = [8, 0]", "give a list of whole numbers"),
        ("anchors = [[10, 13, 16]]", "give one list per stride"),
        ("labels = []", "give a list of names"),
        ("labels = 'gone.txt'", "gone.txt cannot be read: No such file"),
        ("licence = 3", "give text in quotes"),
        ("pad = ", "m.toml is not valid TOML"),
    ],
)
def test_a_wrong_sidecar_is_refused(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "m.toml"
    path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        apply_sidecar(ModelSpec("m", None), path.parent, path.name)
    assert reason in str(caught.value)
