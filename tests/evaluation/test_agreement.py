"""Agreement with a stronger model: hand-made boxes, a second count, and pictures of a clip."""

from __future__ import annotations

from pathlib import Path

import pytest

from rkvideo.errors import ConfigError
from rkvideo.evaluation.agreement import Agreement
from rkvideo.evaluation.matching import Boxes
from rkvideo.evaluation.pairing import (
    PairBoxes,
    agreements,
    disagreements,
    pair_boxes,
    share_interval,
)
from rkvideo.evaluation.predictions import ModelFacts, PictureResult, PredictionFile
from rkvideo.evaluation.unlabelled import ClipPictures, read_unlabelled
from tests.helpers.video_samples import Clip, make_clip, number_of

LEFT, RIGHT, FAR = (0, 0, 50, 50), (50, 0, 100, 50), (0, 60, 20, 100)
SIDES = (100, 100)


def boxes(*rows: tuple[tuple[float, ...], float, int]) -> Boxes:
    return Boxes.of(*([row[column] for row in rows] for column in range(3)))


def kept(folder: Path, name: str, labels: tuple[str, ...], **pictures: Boxes) -> PredictionFile:
    file = PredictionFile(folder / f"{name}.jsonl")
    file.facts = ModelFacts(name, f"{name}@320", "onnx", labels, "")
    file.results = {key: PictureResult(key, *SIDES, watch=value) for key, value in pictures.items()}
    return file


@pytest.fixture
def pair(tmp_path: Path) -> PairBoxes:
    """Class 1 of the first model is class 0 of the second; its class 0 nobody else has."""
    first = kept(
        *(tmp_path, "a", ("kite", "cat")),
        one=boxes((LEFT, 0.9, 1), (RIGHT, 0.4, 1), (FAR, 0.8, 0)),
        two=boxes((FAR, 0.7, 1)),
        lone=boxes((FAR, 0.7, 1)),
    )
    second = kept(
        *(tmp_path, "b", ("cat", "dog")),
        one=boxes((LEFT, 0.8, 0), (RIGHT, 0.6, 0), (FAR, 0.9, 1)),
        two=boxes(),
    )
    return pair_boxes(first, second)


def test_boxes_of_both_are_counted_at_one_threshold_for_both(pair: PairBoxes) -> None:
    assert [name for name, _, _ in pair.pictures] == ["one", "two"]
    assert pair.unknown == ("kite",)
    # At 0.5 the first has LEFT and, in the other picture, FAR; the second has all three.
    assert agreements(pair, (0.25, 0.5)) == (Agreement(0.25, 2, 1, 1), Agreement(0.5, 1, 1, 2))
    assert agreements(pair, (0.5,))[0].share == pytest.approx(2 / 5)
    assert Agreement(0.5, 0, 0, 0).share is None


def test_the_interval_is_that_of_the_draws(pair: PairBoxes) -> None:
    found = share_interval(pair, 0.5, 200)
    assert found is not None
    # Of two pictures a draw has one of them twice, or both.
    assert (found.value, found.low, found.high) == pytest.approx((2 / 5, 0, 1 / 2))


def test_the_pictures_that_differ_most_come_first_with_the_boxes_of_each(pair: PairBoxes) -> None:
    first, second = disagreements([(0, pair)], 0.5)
    assert (first.name, second.name) == ("one", "two")
    (errors,) = first.errors
    assert errors.correct == 1
    assert errors.false == ()
    assert [(box.name, box.box) for box in errors.missed] == [
        ("dog", (0.0, 0.6, 0.2, 1.0)),
        ("cat", (0.5, 0.0, 1.0, 0.5)),
    ]
    assert [(box.name, box.score) for box in second.errors[0].false] == [("cat", 0.7)]
    assert disagreements([(0, pair)], 0.5, most=1) == (first,)


def test_models_without_a_class_or_a_picture_in_common_are_refused(tmp_path: Path) -> None:
    one = kept(tmp_path, "a", ("cat",), p=boxes())
    with pytest.raises(ConfigError, match="no picture in common"):
        pair_boxes(one, kept(tmp_path, "b", ("cat",), q=boxes()))
    with pytest.raises(ConfigError, match="class"):
        pair_boxes(one, kept(tmp_path, "c", ("dog",), p=boxes()))


def test_frames_of_a_clip_are_spread_evenly_and_are_those_frames(tmp_path: Path) -> None:
    clip = make_clip(Clip(tmp_path / "clip.mp4", frames=10)).path
    data = read_unlabelled(clip, 4)
    assert [picture.frame for picture in data.pictures] == [0, 2, 5, 7]
    source = ClipPictures(data.name, data.pictures[1:])
    try:
        source.open()
        chosen = [frame for _ in range(3) if (frame := source.read()) is not None]
        assert source.read() is None
    finally:
        source.close()
    assert [frame.index for frame in chosen] == [0, 1, 2]
    assert [number_of(frame) for frame in chosen] == [2, 5, 7]
    assert [picture.name for picture, _ in source.given] == [
        *("frame 000002", "frame 000005", "frame 000007"),
    ]


def test_what_has_no_picture_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "clip.mp4").write_text("no clip")
    for place, words in (
        ("empty", "no picture in it"),
        ("clip.mp4", "clip.mp4"),
        ("no", "no such"),
    ):
        with pytest.raises(ConfigError, match=words):
            read_unlabelled(tmp_path / place, 5)
