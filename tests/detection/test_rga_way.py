"""The way by RGA, played: when it is taken, what it gives, and what makes it be left."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from av.video.reformatter import ColorRange, Colorspace

from rkvideo.detection.picture_proof import PictureProof
from rkvideo.detection.picture_ways import PictureWays, PlainWay
from rkvideo.errors import BackendUnavailableError
from rkvideo.pictures.lent import Lender
from tests.helpers.played_rga import PlayedHardwarePicture, PlayedRga, counted_buffers, drawn_nv12
from tests.helpers.told_paths import told_of


@pytest.fixture
def ways(rga: PlayedRga) -> Iterator[PictureWays]:
    made = PictureWays(PictureProof("a@640", "auto"))
    yield made
    made.close()
    assert rga.held == 0


def lent(shown, buffers=None):
    return Lender("auto").lend(PlayedHardwarePicture(shown, buffers))


def filled(ways, picture, size=(320, 180), area=None, order="rgb"):
    target = np.zeros((size[1], size[0], 3), np.uint8)
    ways.fill(picture, area, target, order)
    return target


def plainly(picture, size=(320, 180), area=None, order="rgb"):
    target = np.zeros((size[1], size[0], 3), np.uint8)
    PlainWay().fill(picture, area, target, order)
    return target


@pytest.mark.parametrize("order", ["rgb", "bgr"])
@pytest.mark.parametrize("area", [None, (160, 90, 320, 180)])
def test_a_lent_picture_goes_by_rga(rga, ways, order, area):
    shown = drawn_nv12()
    pixels = filled(ways, lent(shown), area=area, order=order)
    assert ways.name == "rga"
    off = np.abs(pixels.astype(int) - plainly(shown, area=area, order=order))
    assert 0 < off.mean() < 3
    assert told_of("rga", "nv12 of a video unit 640x360").state == "used"
    assert rga.broken == []


def test_only_the_first_picture_of_a_kind_is_fetched_to_compare_with(rga, ways, monkeypatch):
    buffers = counted_buffers(monkeypatch)
    pictures = [lent(drawn_nv12(), buffers) for _ in range(3)]
    for picture in pictures:
        filled(ways, picture)
    assert (buffers.lent, buffers.fetched) == (2, 1)
    full = lent(drawn_nv12(space=Colorspace.ITU601, span=ColorRange.JPEG), buffers)
    filled(ways, full)
    assert buffers.fetched == 2
    assert ways.name == "rga"


@pytest.mark.parametrize(
    ("space", "span", "size", "way"),
    [
        (Colorspace.ITU709, ColorRange.JPEG, (320, 180), "planes"),
        (Colorspace.BT2020, ColorRange.MPEG, (320, 180), "planes"),
        (Colorspace.ITU709, ColorRange.MPEG, (60, 34), "planes"),
    ],
)
def test_what_rga_cannot_do_is_fetched_and_goes_another_way(
    rga, ways, space, span, size, way, monkeypatch
):
    buffers, shown = counted_buffers(monkeypatch), drawn_nv12(space=space, span=span)
    pixels = filled(ways, lent(shown, buffers), size)
    assert ways.name == way
    assert buffers.fetched == 1
    assert np.abs(pixels.astype(int) - plainly(shown, size)).mean() < 3
    assert rga.log == []


def test_a_picture_that_is_not_lent_any_more_goes_another_way(rga, ways):
    picture = lent(drawn_nv12())
    picture.in_memory()
    filled(ways, picture)
    assert ways.name == "planes"
    assert rga.log == []


def test_without_a_proof_nothing_goes_by_rga(rga):
    shown = drawn_nv12()
    np.testing.assert_array_equal(filled(PictureWays(None), lent(shown)), plainly(shown))
    assert rga.log == []


def test_an_error_of_rga_is_the_end_of_the_way_and_the_picture_is_not_lost(rga, monkeypatch):
    monkeypatch.setenv("STAND_IN_FAIL", "process@2")
    proof = PictureProof("left@640", "auto")
    ways, shown = PictureWays(proof), drawn_nv12()
    filled(ways, lent(shown))
    assert ways.name == "rga"
    pixels = filled(ways, lent(shown))
    assert ways.name == "planes"
    assert np.abs(pixels.astype(int) - plainly(shown)).mean() < 2.5
    assert proof.note == (
        "left@640: pictures no longer go by rga: improcess: Fatal error: played (0)"
    )
    told = told_of("rga", "nv12 of a video unit")
    assert (told.state, told.words) == ("not used", "improcess: Fatal error: played (0)")
    filled(ways, lent(shown))
    assert len(rga.of_call("process")) == 2
    ways.close()
    assert (rga.held, rga.broken) == (0, [])


def test_wrong_colours_are_seen_with_the_first_picture(rga, monkeypatch):
    monkeypatch.setenv("STAND_IN_RGA", "swapped")
    proof = PictureProof("swapped@640", "auto")
    ways, shown = PictureWays(proof), drawn_nv12()
    pixels = filled(ways, lent(shown))
    assert ways.name == "planes"
    assert np.abs(pixels.astype(int) - plainly(shown)).mean() < 2.5
    assert "pictures no longer go by rga: its pixels of nv12 of a video unit 640x360" in proof.note
    ways.close()


@pytest.mark.parametrize(("plays", "fails"), [("swapped", ""), ("", "import_fd@1")])
def test_a_way_that_has_to_be_taken_and_fails_ends_the_run(rga, monkeypatch, plays, fails):
    monkeypatch.setenv("STAND_IN_RGA", plays)
    monkeypatch.setenv("STAND_IN_FAIL", fails)
    ways = PictureWays(PictureProof("a@640", "require"))
    with pytest.raises(BackendUnavailableError, match="--fast require: rga: "):
        filled(ways, lent(drawn_nv12()))
    ways.close()
    assert rga.held == 0
