"""RGA, played: what it is asked for, what it gives, and how each of its failures is told."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from av.video.reformatter import ColorRange, Colorspace

from rkvideo.pictures.pixels import PictureConverter
from rkvideo.pictures.rga import trial
from rkvideo.pictures.rga.descriptor import UnreadablePictureError, describe
from rkvideo.pictures.rga.library import Library, RgaError, YuvKind, find_library
from rkvideo.pictures.rga.scaler import Part, Scaler, can_scale, colours_of
from rkvideo.pictures.rga.trial import RgaAnswer, try_rga
from tests.helpers.played_rga import PlayedHardwarePicture, PlayedRga, drawn_nv12

VERSION = "v1.10.4_[1], RGA_3 RGA_2_Enhance"
_UNSPECIFIED = 2  # AVCOL_SPC_UNSPECIFIED
WHOLE = (0, 0, 640, 360)


@pytest.fixture
def scaler(rga: PlayedRga) -> Iterator[Scaler]:
    made = Scaler(Library(rga.path))
    yield made
    made.close()
    assert rga.held == 0


def plainly(picture: av.VideoFrame, size: tuple[int, int]) -> np.ndarray:
    return cv2.resize(PictureConverter().rgb24(picture), size, interpolation=cv2.INTER_LINEAR)


@pytest.mark.parametrize(
    ("space", "span", "colours"),
    [
        (Colorspace.ITU601, ColorRange.MPEG, YuvKind.BT601_LIMITED),
        (Colorspace.ITU601, ColorRange.UNSPECIFIED, YuvKind.BT601_LIMITED),
        (Colorspace.SMPTE170M, ColorRange.MPEG, YuvKind.BT601_LIMITED),
        (Colorspace.ITU601, ColorRange.JPEG, YuvKind.BT601_FULL),
        (Colorspace.ITU709, ColorRange.MPEG, YuvKind.BT709_LIMITED),
        (Colorspace.ITU709, ColorRange.JPEG, None),
        (Colorspace.BT2020, ColorRange.MPEG, None),
        (Colorspace.FCC, ColorRange.MPEG, None),
    ],
)
def test_colours_that_rga_has_no_name_for_are_not_its(space, span, colours):
    assert colours_of(int(space), int(span)) == colours


@pytest.mark.parametrize("order", ["rgb", "bgr"])
@pytest.mark.parametrize(
    ("space", "span"),
    [
        (Colorspace.ITU601, ColorRange.MPEG),
        (Colorspace.ITU601, ColorRange.JPEG),
        (Colorspace.ITU709, ColorRange.MPEG),
    ],
)
def test_a_picture_is_scaled_and_coloured_where_it_lies(rga, scaler, order, space, span):
    shown = drawn_nv12(space=space, span=span)
    held = PlayedHardwarePicture(shown)
    colours = colours_of(int(space), int(span))
    target = np.zeros((180, 320, 3), np.uint8)
    scaler.fill(Part(describe(held), WHOLE, colours), target, order)
    wanted = plainly(shown, (320, 180))
    off = np.abs((target if order == "rgb" else target[..., ::-1]).astype(int) - wanted)
    assert off.mean() < 2
    assert rga.broken == []
    # Both RGA3, since the RGA2 reaches low memory only.
    assert rga.of_call("config") == ["config 0 3"]


def test_a_picture_that_names_no_colours_has_those_of_the_plain_way(scaler):
    shown = drawn_nv12(space=Colorspace.ITU601)
    shown.colorspace, shown.color_range = _UNSPECIFIED, ColorRange.UNSPECIFIED
    held = PlayedHardwarePicture(shown)
    colours = colours_of(int(held.colorspace), int(held.color_range))
    assert colours == YuvKind.BT601_LIMITED
    target = np.zeros((180, 320, 3), np.uint8)
    scaler.fill(Part(describe(held), WHOLE, colours), target, "rgb")
    assert np.abs(target.astype(int) - plainly(shown, (320, 180))).mean() < 2


def test_rows_of_the_target_may_be_apart_and_of_any_width(rga, scaler):
    held = PlayedHardwarePicture(drawn_nv12())
    tensor = np.full((200, 350, 3), 114, np.uint8)
    # 331 columns are not a multiple of what RGA's rows have to be.
    scaler.fill(Part(describe(held), WHOLE, YuvKind.BT709_LIMITED), tensor[10:190, 7:338], "rgb")
    assert np.abs(tensor[10:190, 7:338].astype(int) - plainly(drawn_nv12(), (331, 180))).mean() < 2
    tensor[10:190, 7:338] = 114
    assert (tensor == 114).all()
    assert rga.of_call("import_address") == [f"import_address {336 * 180 * 3}"]
    assert rga.broken == []


def test_an_area_is_cut_out(rga, scaler):
    shown = drawn_nv12()
    target = np.zeros((100, 160, 3), np.uint8)
    area = (320, 158, 320, 200)
    held = PlayedHardwarePicture(shown)
    scaler.fill(Part(describe(held), area, YuvKind.BT709_LIMITED), target, "rgb")
    part = PictureConverter().rgb24(shown)[158:358, 320:640]
    assert np.abs(target.astype(int) - cv2.resize(part, (160, 100))).mean() < 2
    assert rga.broken == []


def test_memory_of_a_size_is_imported_once_and_the_picture_each_time(rga, scaler):
    held = PlayedHardwarePicture(drawn_nv12())
    for size in ((320, 180), (160, 90), (320, 180)):
        target = np.zeros((size[1], size[0], 3), np.uint8)
        scaler.fill(Part(describe(held), WHOLE, YuvKind.BT709_LIMITED), target, "rgb")
    assert len(rga.of_call("import_address")) == 2
    assert len(rga.of_call("import_fd")) == len(rga.of_call("process")) == 3
    assert rga.held == 2


def test_many_sizes_do_not_gather(rga, scaler):
    held = PlayedHardwarePicture(drawn_nv12())
    for width in range(160, 320, 16):
        target = np.zeros((90, width, 3), np.uint8)
        scaler.fill(Part(describe(held), WHOLE, YuvKind.BT709_LIMITED), target, "rgb")
    assert rga.held == 4


@pytest.mark.parametrize("fails", ["import_fd@1", "import_address@1", "check@1", "process@1"])
def test_what_fails_leaves_nothing_behind(rga, scaler, fails, monkeypatch):
    monkeypatch.setenv("STAND_IN_FAIL", fails)
    held = PlayedHardwarePicture(drawn_nv12())
    target = np.zeros((180, 320, 3), np.uint8)
    with pytest.raises(RgaError) as refused:
        scaler.fill(Part(describe(held), WHOLE, YuvKind.BT709_LIMITED), target, "rgb")
    words = {
        "import_fd@1": f"the driver does not take dma-buf {held.fd}",
        "import_address@1": "the driver does not take memory",
        "check@1": "imcheck: Unsupported function: played (-1)",
        "process@1": "improcess: Fatal error: played (0)",
    }
    assert str(refused.value) == words[fails]
    scaler.close()
    assert rga.held == 0


@pytest.mark.parametrize(
    ("area", "size", "can"),
    [
        (WHOLE, (320, 180), True),
        (WHOLE, (640, 360), True),
        (WHOLE, (80, 45), True),
        (WHOLE, (79, 180), False),
        (WHOLE, (320, 44), False),
        (WHOLE, (5120, 2880), True),
        (WHOLE, (5122, 2880), False),
        ((1, 0, 320, 180), (160, 90), False),
        ((0, 0, 321, 180), (160, 90), False),
        ((0, 0, 66, 180), (132, 90), False),
        ((0, 0, 136, 180), (67, 90), False),
    ],
)
def test_what_the_rga_of_an_rk3588_cannot_do_is_left_alone(area, size, can):
    assert can_scale(describe(PlayedHardwarePicture(drawn_nv12())), area, size) is can


def test_rows_that_do_not_begin_where_rga_wants_them_are_left_alone():
    memory = describe(PlayedHardwarePicture(drawn_nv12()))
    assert (memory.pitch, memory.rows) == (640, 368)
    assert not can_scale(replace(memory, pitch=648), WHOLE, (320, 180))
    assert not can_scale(replace(memory, width=8178), WHOLE, (320, 180))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: setattr(d, "objects_count", 2), "it lies in 2 buffers and 1 layers"),
        (lambda d: setattr(d.layers[0], "planes_count", 1), "its format is NV12, not NV12"),
        (
            lambda d: setattr(d.layers[0], "format", int.from_bytes(b"NV15", "little")),
            "its format is NV15, not NV12",
        ),
        (
            lambda d: setattr(d.objects[0], "modifier", 0x0800000000000041),
            r"it is compressed or tiled \(modifier 0x800000000000041\)",
        ),
        (
            lambda d: setattr(d.layers[0].planes[0], "offset", 64),
            "its planes begin at 64 and 235520, with rows of 640 and 640 bytes",
        ),
        (
            lambda d: setattr(d.layers[0].planes[1], "pitch", 1280),
            "its planes begin at 0 and 235520, with rows of 640 and 1280 bytes",
        ),
        (
            lambda d: setattr(d.objects[0], "size", 640 * 360),
            "360 lines in 368 rows of 640 bytes do not fit into 230400 bytes",
        ),
    ],
)
def test_pictures_that_lie_otherwise_are_refused_in_words(change, words):
    held = PlayedHardwarePicture(drawn_nv12())
    change(held.descriptor)
    with pytest.raises(UnreadablePictureError, match=words):
        describe(held)


def test_a_picture_without_a_descriptor_is_refused():
    held = PlayedHardwarePicture(drawn_nv12())
    held.planes = ()
    with pytest.raises(UnreadablePictureError, match="it has no descriptor"):
        describe(held)


def test_a_library_that_lacks_a_call_is_refused(tmp_path):
    (tmp_path / "librga.so").write_text("this is no library")
    with pytest.raises(RgaError, match=r"librga.so cannot be loaded \("):
        Library(tmp_path / "librga.so")
    with pytest.raises(RgaError, match=r"libm.so.6 cannot be loaded \(.*querystring\)"):
        Library(Path("libm.so.6"))


def test_a_chip_without_an_rga3_is_asked_for_nothing(rga, monkeypatch):
    monkeypatch.setenv("STAND_IN_RGA", "rga2")
    library = Library(rga.path)
    assert library.version == "v1.10.4_[1], RGA_2_Enhance"
    Scaler(library).close()
    assert rga.of_call("config") == []


def test_the_trial_tells_how_near_it_is(rga):
    answer = try_rga()
    assert (answer.reason, answer.version) == ("", VERSION)
    assert 0 < answer.off < 3
    assert rga.broken == []
    tried = len(rga.of_call("process"))
    # One for each kind of yuv, and one as a window wants it.
    assert tried == 4
    # Once for this process.
    assert try_rga() is answer
    assert len(rga.of_call("process")) == tried


@pytest.mark.parametrize(
    ("plays", "fails", "reason"),
    [
        ("swapped", "", r"its pixels differ from those of swscale by \d\d\.\d of 255 on average"),
        ("one-matrix", "", r"its pixels differ from those of swscale by \d\.\d of 255 on average"),
        ("", "import_address@1", "the driver does not take memory"),
        ("", "process@2", r"improcess: Fatal error: played \(0\)"),
        ("", "check@1", r"imcheck: Unsupported function: played \(-1\)"),
        ("", "rga-crash@1", "its trial gave no answer: it was ended by SIGABRT"),
        ("", "rga-hang@1", "its trial gave no answer: it has not answered for 1 s"),
    ],
)
def test_the_trial_says_why_it_is_not_used(rga, monkeypatch, plays, fails, reason):
    monkeypatch.setenv("STAND_IN_RGA", plays)
    monkeypatch.setenv("STAND_IN_FAIL", fails)
    if fails.startswith("rga-hang"):
        monkeypatch.setattr(trial, "_LIMIT_S", 1.0)
    answer = try_rga()
    assert re.fullmatch(reason, answer.reason), answer.reason


def test_without_a_device_or_a_library_no_program_is_started(tmp_path, monkeypatch):
    monkeypatch.setattr(trial, "ask_program", lambda *_: pytest.fail("a program was started"))
    monkeypatch.setattr(trial, "ROOT", tmp_path)
    trial.forget_answer()
    assert try_rga() == RgaAnswer("there is no /dev/rga")
    (tmp_path / "dev").mkdir()
    (tmp_path / "dev" / "rga").touch()
    monkeypatch.setattr(trial, "find_library", lambda: None)
    trial.forget_answer()
    assert try_rga() == RgaAnswer("there is no librga")
    trial.forget_answer()


def test_an_answer_that_is_none_is_told(rga, monkeypatch):
    monkeypatch.setattr(trial, "ask_program", lambda *_: json.dumps({"reason": 3}))
    assert try_rga().reason.startswith("its trial gave another answer than it should: ")


def test_the_library_is_that_of_the_wheel_where_it_brings_one(tmp_path, monkeypatch):
    assert find_library() is None
    (tmp_path / "av").mkdir()
    folder = tmp_path / "pyav_rkmpp.libs"
    folder.mkdir()
    (folder / "librga-e2f17bcb.so.2.1.0").touch()
    monkeypatch.setattr(av, "__file__", str(tmp_path / "av" / "__init__.py"))
    assert find_library() == folder / "librga-e2f17bcb.so.2.1.0"
