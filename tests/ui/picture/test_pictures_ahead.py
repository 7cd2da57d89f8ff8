"""Pixels that are made ahead: the view shows what it would have made itself, and makes none."""

from __future__ import annotations

from dataclasses import replace

import av
import numpy as np
import pytest
from PyQt5.QtCore import QPoint, QPointF, QRect, Qt
from PyQt5.QtGui import QWheelEvent
from PyQt5.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from rkvideo.data import Frame, FrameResult
from rkvideo.pictures.pixels import is_beyond_full_hd
from rkvideo.ui.picture import pictures_ahead
from rkvideo.ui.picture.gl.proof import drawn_planes
from rkvideo.ui.picture.paint_meter import PaintMeter
from rkvideo.ui.picture.pictures_ahead import MadePixels, PicturesAhead
from rkvideo.ui.picture.scaled_picture import ScaledPicture
from rkvideo.ui.picture.video_view import VideoView
from rkvideo.ui.picture.viewport import Cut
from tests.helpers.painted_samples import rgb
from tests.helpers.ui_stand_ins import TITLES, grey_result
from tests.ui.picture.test_sides import ab_result
from tests.ui.picture.test_video_view import CountingConverter

SIZE = (320, 180)
WHOLE = Cut(QRect(0, 0, *SIZE), QRect(0, 0, 640, 360))
PART = Cut(QRect(20, 10, 160, 90), QRect(0, 0, 640, 360))


@pytest.fixture(autouse=True)
def small_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if a view of a test were a screen of 4K."""
    monkeypatch.setattr(pictures_ahead, "is_beyond_full_hd", lambda *_: True)


def result_of(index: int, size: tuple[int, int] = SIZE) -> FrameResult:
    """Slopes that differ from picture to picture, with a box."""
    picture = drawn_planes(*size, "yuv420p", 1, 1)
    np.frombuffer(memoryview(picture.planes[0]), np.uint8)[:] += 3 * index
    made = grey_result(index, boxes=((50, 40, 150, 120),), size=size)
    return replace(made, frame=replace(made.frame, held=picture))


def frame_of(index: int, size: tuple[int, int] = SIZE) -> Frame:
    return result_of(index, size).frame


def wishing(seen: Cut = WHOLE) -> PicturesAhead:
    ahead = PicturesAhead()
    for index in (0, 1):
        ahead.painted(frame_of(index), seen)
    return ahead


@pytest.mark.parametrize(
    ("screen", "is_wanted"), [((1920, 1080), False), ((2560, 1440), True), ((3840, 2160), True)]
)
def test_a_screen_of_full_hd_is_left_to_the_view(
    monkeypatch: pytest.MonkeyPatch, screen: tuple[int, int], is_wanted: bool
) -> None:
    monkeypatch.setattr(pictures_ahead, "is_beyond_full_hd", is_beyond_full_hd)
    assert wishing(Cut(WHOLE.source, QRect(0, 0, *screen))).is_wanted is is_wanted


def test_a_part_is_wanted_once_it_was_painted_twice() -> None:
    ahead = PicturesAhead()
    assert (ahead.is_wanted, ahead.make(result_of(0))) == (False, None)
    wanted = []
    for seen in (WHOLE, WHOLE, PART, PART, PART, WHOLE):
        ahead.painted(frame_of(0), seen)
        wanted.append(ahead.is_wanted)
    assert wanted == [False, True, False, True, True, False]
    assert ahead.make(result_of(1)) is None


@pytest.mark.parametrize("seen", [WHOLE, PART])
def test_pixels_made_ahead_are_those_of_the_view(seen: Cut) -> None:
    ahead, result = wishing(seen), result_of(2)
    made = ahead.make(result)
    scaled = ScaledPicture()
    plain = scaled.image(result.frame, seen)
    assert made is not None
    assert made.pixels.shape == (360, 640, 4)
    assert (made.pixels[:, :, :3][:, :, ::-1] == rgb(plain)).all()
    assert made.ahead_s > 0


def test_what_was_made_is_given_once_and_for_its_frame_and_part_only() -> None:
    result = result_of(2)

    def taken() -> PicturesAhead:
        ahead = wishing()
        ahead.take(ahead.make(result))
        return ahead

    ahead = taken()
    given = ahead.given(result.frame, WHOLE)
    assert given is not None
    assert given.shows(result.frame, WHOLE)
    assert ahead.given(result.frame, WHOLE) is None
    assert taken().given(result.frame, PART) is None
    assert taken().given(frame_of(2), WHOLE) is None
    # Where it lies on the screen makes no difference to its pixels.
    assert taken().given(result.frame, Cut(WHOLE.source, QRect(5, 7, 640, 360))) is not None


def test_a_picture_of_another_size_is_left_to_the_view() -> None:
    assert wishing().make(result_of(2, (180, 320))) is None


def test_a_view_that_paints_no_more_gets_no_more() -> None:
    ahead = wishing()
    made = [ahead.make(result_of(index)) for index in (2, 3, 4)]
    wanted = []
    for each in made:
        ahead.take(each)
        wanted.append(ahead.is_wanted)
    assert wanted == [True, True, False]
    assert made[2] is not None
    assert ahead.given(made[2].frame, WHOLE) is None


def test_one_that_is_painted_now_and_then_gets_them_all() -> None:
    ahead = wishing()
    for index in range(2, 9):
        made = ahead.make(result_of(index))
        ahead.take(made)
        if index % 2:
            assert made is not None
            assert ahead.given(made.frame, WHOLE) is made
    assert ahead.is_wanted


def test_what_ffmpeg_refuses_is_left_to_the_view(monkeypatch: pytest.MonkeyPatch) -> None:
    ahead = wishing()

    def refuse(*_values: object) -> None:
        raise av.error.InvalidDataError(1, "played")

    monkeypatch.setattr("rkvideo.pictures.pooled.PooledColours.bgra", refuse)
    assert ahead.make(result_of(2)) is None


def view_of(qtbot: QtBot, size: tuple[int, int], meter: PaintMeter | None = None) -> VideoView:
    view = VideoView(meter or PaintMeter())
    qtbot.addWidget(view)
    view.resize(*size)
    return view


def counted(view: VideoView) -> CountingConverter:
    """What the view itself converts from now on."""
    converter = CountingConverter()
    view._picture._converter = converter
    return converter


def show(view: VideoView, result: FrameResult, *, ahead: bool) -> np.ndarray:
    """Show a result, prepared as by the bridge; what the view looks like."""
    if ahead:
        assert view.ahead.is_wanted
        view.ahead.take(view.ahead.make(result))
    view.show_result(result, TITLES)
    return rgb(view.grab().toImage())


def zoom(view: VideoView, at: tuple[float, float], steps: int) -> None:
    place = QPointF(*at)
    buttons, keys = Qt.MouseButtons(), Qt.KeyboardModifiers()
    turned, phase = QPoint(0, 120 * steps), Qt.ScrollPhase.NoScrollPhase
    event = QWheelEvent(place, place, QPoint(), turned, buttons, keys, phase, False)
    QApplication.sendEvent(view, event)


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("zoomed", [False, True])
def test_the_view_is_the_same_either_way(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, ratio: float, zoomed: bool
) -> None:
    monkeypatch.setattr(VideoView, "devicePixelRatioF", lambda _self: ratio)
    views = view_of(qtbot, (641, 480)), view_of(qtbot, (641, 480))
    for view in views:
        show(view, result_of(0), ahead=False)
        if zoomed:
            zoom(view, (200, 300), 3)
        for index in (1, 2):
            show(view, result_of(index), ahead=False)
    converter = counted(views[0])
    for index in (3, 4):
        result = result_of(index)
        pixels = show(views[0], result, ahead=True)
        assert (pixels == show(views[1], result, ahead=False)).all()
    assert converter.sizes == []


def test_both_sides_of_an_ab_view_lie_over_one_picture(qtbot: QtBot) -> None:
    views = view_of(qtbot, (640, 480)), view_of(qtbot, (640, 480))
    for view in views:
        for _ in range(2):
            show(view, ab_result(), ahead=False)
        view.divider = 0.3
    converter, result = counted(views[0]), ab_result()
    # The divider is over the picture: what was made for another place of it is still right.
    pixels = show(views[0], result, ahead=True)
    assert (pixels == show(views[1], result, ahead=False)).all()
    assert converter.sizes == []


def test_a_change_of_size_meanwhile_ends_with_the_right_size(qtbot: QtBot) -> None:
    view, other = view_of(qtbot, (640, 360)), view_of(qtbot, (800, 450))
    for index in (0, 1):
        show(view, result_of(index), ahead=False)
    converter, result = counted(view), result_of(2)
    made = view.ahead.make(result)
    view.resize(800, 450)
    view.ahead.take(made)
    view.show_result(result, TITLES)
    pixels = rgb(view.grab().toImage())
    assert (pixels == show(other, result, ahead=False)).all()
    assert converter.sizes == [(800, 450)]
    # The size of before is not made any more, and the new one once it was painted twice.
    assert not view.ahead.is_wanted
    view.grab()
    show(view, result_of(3), ahead=True)
    assert converter.sizes == [(800, 450)]


def test_a_paused_picture_is_zoomed_at_once(qtbot: QtBot) -> None:
    view, other = view_of(qtbot, (640, 360)), view_of(qtbot, (640, 360))
    for index in (0, 1):
        show(view, result_of(index), ahead=False)
    result = result_of(2)
    show(view, result, ahead=True)
    show(other, result, ahead=False)
    for each in (view, other):
        zoom(each, (100, 80), 2)
    assert (rgb(view.grab().toImage()) == rgb(other.grab().toImage())).all()
    assert view.zoom > 1


def test_painting_counts_what_was_made_ahead_of_it(qtbot: QtBot) -> None:
    meter = PaintMeter()
    view = view_of(qtbot, (640, 360), meter)
    for index in (0, 1):
        show(view, result_of(index), ahead=False)
    result = result_of(2)
    made = view.ahead.make(result)
    assert made is not None
    view.ahead.take(replace(made, ahead_s=100.0))
    view.show_result(result, TITLES)
    view.grab()
    now = result.first.timings.captured_s
    figures = meter.figures(now)
    assert meter.count == 3
    assert 100.0 / 3 <= figures.paint_s < 100.0 / 3 + 5


def test_a_time_ahead_is_no_latency() -> None:
    meter = PaintMeter()
    pixels = MadePixels(frame_of(0), WHOLE, np.zeros((360, 640, 4), np.uint8), ahead_s=0.2)
    for frame in range(4):
        meter.painted(frame, frame + 0.5, frame + 0.6, pixels)
    figures = meter.figures(4.0)
    assert figures.latency.p50 == pytest.approx(0.6)
    assert figures.paint_s == pytest.approx(0.3)
    assert not figures.is_by_rga
