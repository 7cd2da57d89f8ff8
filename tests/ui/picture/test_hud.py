"""The figures over the picture: their words, their place, and when they are painted anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PyQt5.QtCore import QCoreApplication, QPointF, QRectF
from PyQt5.QtGui import QImage, QPainter
from pytestqt.qtbot import QtBot

from rkvideo.pictures.overlay import Look
from rkvideo.status import Fan, NpuSample, UnitLoad
from rkvideo.ui.look.theme import TROUGH, em, stage_color
from rkvideo.ui.picture.hud import HudFigures, hud_margin, hud_size, hud_unit, paint_hud
from rkvideo.ui.picture.hud_layer import Hud
from rkvideo.ui.picture.hud_layer import hud_words as layer_words
from rkvideo.ui.picture.over_picture import Overlays
from rkvideo.ui.picture.paint_meter import PaintMeter
from rkvideo.ui.picture.video_view import VideoView
from tests.helpers.painted_samples import ChineseStandIn, rgb, words
from tests.helpers.ui_stand_ins import TITLES, grey_result

NAMES = ("read", "decode", "wait", "preprocess", "infer", "postprocess", "reorder", "sink", "paint")
LONG = "a-model-with-a-very-long-name-that-somebody-chose@1280x736"
NPU = NpuSample((84, 80, 100), 1_000_000_000, 61.4, "npu-thermal", "0.9.8", None, None)
WITH_UNITS = replace(
    NPU,
    rga=(UnitLoad("rga3_core0", 42.0), UnitLoad("rga3_core1", 27.0), UnitLoad("rga2", 0.0)),
    video=(UnitLoad("fdbd0000.rkvenc-core", 98.26), UnitLoad("fdc38100.rkvdec-core", 17.41)),
    gpu=UnitLoad("fb000000.gpu", 5.0, 300_000_000),
    fan=Fan(40.0, 2100),
)
FIGURES = HudFigures(
    shown_fps=29.94,
    source_fps=30.0,
    latency_p50=1041.4,
    latency_p95=1257.8,
    stages=tuple((name, 113.6) for name in NAMES),
    dropped=12345,
    late=1234,
    failed=123,
    model="yolo11n@640x640",
    backend="rknn x6",
    decoder="h264_rkmpp",
    recording_s=83.4,
    recording_bytes=18_440_000,
    npu=NPU,
)
SIZES = [(1280, 720), (1920, 1080), (640, 360)]


@pytest.fixture
def chinese(qapp: object) -> Iterator[None]:
    translator = ChineseStandIn()
    QCoreApplication.installTranslator(translator)
    yield
    QCoreApplication.removeTranslator(translator)


def hud_panel(figures: HudFigures, view: QRectF, scale: float = 1.0) -> QRectF:
    margin = hud_margin(hud_unit(figures, view, scale))
    return QRectF(QPointF(margin, margin), hud_size(figures, view, scale))


def paint(painter: QPainter, figures: HudFigures, view: QRectF, scale: float = 1.0) -> QRectF:
    panel = hud_panel(figures, view, scale)
    paint_hud(painter, figures, panel, hud_unit(figures, view, scale))
    return panel


def hud_words(figures: HudFigures, size: tuple[int, int] = (1920, 1080)) -> list[str]:
    return words(size, lambda painter, rect: paint(painter, figures, rect))


def painted(
    figures: HudFigures, size: tuple[int, int], scale: float = 1.0
) -> tuple[QImage, QRectF]:
    canvas = QImage(*size, QImage.Format_RGB32)
    canvas.fill(0xFFFFFF)
    painter = QPainter(canvas)
    panel = paint(painter, figures, QRectF(canvas.rect()), scale)
    painter.end()
    return canvas, panel


@pytest.mark.parametrize("size", SIZES)
def test_every_figure_is_there_and_none_is_cut(qapp: object, size: tuple[int, int]) -> None:
    stages = [word for name in NAMES for word in (name, "114")]
    assert hud_words(FIGURES, size) == [
        *("29.9", "fps shown", "source 30.0 fps"),
        *("latency", "p50 1041 ms", "p95 1258 ms"),
        *stages,
        *("dropped", "12345", "late", "1234", "failed", "123"),
        *("NPU", "61 °C", "1000 MHz"),
        *("0", "84 %", "1", "80 %", "2", "100 %"),
        "yolo11n@640x640 · rknn x6 · h264_rkmpp",
        "recording 1:23   18 MB",
    ]


@pytest.mark.parametrize("size", [(240, 215), (200, 180)])
def test_in_a_small_view_names_are_shortened_and_figures_are_whole(
    qapp: object, size: tuple[int, int]
) -> None:
    said = hud_words(FIGURES, size)
    assert [word for word in said if word == "114"] == ["114"] * len(NAMES)
    assert {"12345", "1234", "123"} <= set(said)
    assert [word for word in said if word.endswith("…")] != []


@pytest.mark.parametrize("size", SIZES)
def test_chinese_words_have_room_too(chinese: None, size: tuple[int, int]) -> None:
    # Each script of a line is painted by itself, with another font.
    said = "".join("".join(hud_words(replace(FIGURES, record_dropped=7), size)).split())
    assert said.startswith("29.9显示帧率视频源30.0fps延迟p501041ms")
    assert "丢弃12345迟到1234失败123" in said
    assert said.endswith("正在录制1:2318MB未录入7帧")
    assert "…" not in said


@pytest.mark.parametrize(
    ("sample", "said"),
    [
        (None, []),
        (replace(NPU, loads=None, clock_hz=None, temperature_c=None), []),
        (replace(NPU, loads=None, clock_hz=None), ["NPU", "61 °C"]),
        (replace(NPU, loads=(7,), temperature_c=None), ["NPU", "1000 MHz", "0", "7 %"]),
        (
            WITH_UNITS,
            [
                *("NPU", "61 °C", "1000 MHz", "0", "84 %", "1", "80 %", "2", "100 %"),
                *("RGA", "42 %", "video", "98 %", "GPU", "5 %", "fan", "40 %"),
            ],
        ),
        (
            NpuSample(None, None, None, None, None, None, None, fan=Fan(0.0)),
            ["NPU", "fan", "0 %"],
        ),
    ],
)
def test_what_the_npu_does_not_tell_is_not_shown(
    qapp: object, sample: NpuSample | None, said: list[str]
) -> None:
    figures = HudFigures(model="m", npu=sample)
    counts = ["dropped", "0", "late", "0", "failed", "0"]
    assert hud_words(figures)[6:] == [*counts, *said, "m"]
    rows = (
        hud_panel(figures, QRectF(0, 0, 1920, 1080)).height()
        - hud_panel(replace(figures, npu=None), QRectF(0, 0, 1920, 1080)).height()
    )
    assert (rows > 0) == bool(said)


def test_the_bar_of_a_core_is_as_full_as_its_load(qapp: object) -> None:
    canvas, _ = painted(HudFigures(npu=replace(NPU, loads=(25,))), (1280, 720))
    pixels = rgb(canvas)
    full = (pixels == stage_color("infer").getRgb()[:3]).all(axis=2).sum(axis=1).max()
    bar_width = 3.2 * em(QRectF(0, 0, 1280, 720))
    assert full == pytest.approx(bar_width / 4, abs=1)
    assert TROUGH.alpha() > 0


@pytest.mark.parametrize("recording_s", [None, 83.0])
@pytest.mark.parametrize("npu", [None, NPU, WITH_UNITS])
@pytest.mark.parametrize(
    ("size", "most"),
    [((1280, 720), 0.2), ((1920, 1080), 0.2), ((640, 360), 0.2), ((640, 480), 0.25)],
)
def test_the_hud_covers_a_fifth_of_a_wide_view_at_most_and_stays_inside(
    qapp: object,
    size: tuple[int, int],
    most: float,
    npu: NpuSample | None,
    recording_s: float | None,
) -> None:
    figures = replace(FIGURES, model=LONG, npu=npu, recording_s=recording_s)
    canvas, panel = painted(figures, size)
    touched = (rgb(canvas) != 255).any(axis=2)
    rows, columns = touched.any(axis=1).nonzero()[0], touched.any(axis=0).nonzero()[0]
    assert QRectF(canvas.rect()).contains(panel)
    assert columns[0] >= int(panel.left())
    assert columns[-1] <= panel.right()
    assert rows[-1] <= panel.bottom()
    assert touched.mean() < most


@pytest.mark.parametrize("scale", [0.5, 2.0, 3.0])
@pytest.mark.parametrize("size", [*SIZES, (320, 200), (400, 800)])
def test_a_scaled_hud_is_never_larger_than_the_view(
    qapp: object, size: tuple[int, int], scale: float
) -> None:
    view = QRectF(0, 0, *size)
    panel, usual = hud_panel(FIGURES, view, scale), hud_panel(FIGURES, view)
    assert view.contains(panel)
    assert (panel.height() > usual.height()) == (scale > 1)


def test_the_stage_bar_is_divided_by_time(qapp: object) -> None:
    stages = (("decode", 5.0), ("infer", 15.0))
    canvas, _ = painted(HudFigures(stages=stages), (1280, 720))
    counts = [
        (rgb(canvas) == np.array(stage_color(stage).getRgb()[:3])).all(axis=2).sum(axis=1).max()
        for stage, _ in stages
    ]
    assert counts[1] / counts[0] == pytest.approx(3.0, rel=0.02)


def shown(qtbot: QtBot) -> VideoView:
    view = VideoView(PaintMeter())
    qtbot.addWidget(view)
    view.resize(1280, 720)
    view.show_result(grey_result(size=(320, 180)), TITLES)
    return view


def test_the_view_paints_the_hud_anew_only_when_something_of_it_changed(qtbot: QtBot) -> None:
    view = shown(qtbot)

    def key_with(figures: HudFigures) -> int:
        view.set_overlays(Overlays(hud=Hud(figures)))
        view.grab()
        return view._over._hud._pixmap.cacheKey()

    first = key_with(FIGURES)
    view.show_result(grey_result(1, size=(320, 180)), TITLES)
    assert key_with(replace(FIGURES)) == first
    dead = key_with(replace(FIGURES, shown_fps=0.0))
    assert dead != first
    view.set_look(Look(hud_scale=1.5))
    larger = key_with(replace(FIGURES, shown_fps=0.0))
    assert larger != dead
    view.resize(1000, 600)
    assert key_with(replace(FIGURES, shown_fps=0.0)) != larger


def test_the_kept_hud_looks_like_one_that_was_just_painted(qtbot: QtBot) -> None:
    view = shown(qtbot)
    view.set_overlays(Overlays(hud=Hud(replace(FIGURES, shown_fps=1.0))))
    view.grab()
    view.set_overlays(Overlays(hud=Hud(FIGURES)))
    pixels = rgb(view.grab().toImage()).astype(int)
    fresh = view.grab().toImage()
    fresh.fill(0xFF808080)
    painter = QPainter(fresh)
    panel = paint(painter, FIGURES, QRectF(view.rect()))
    painter.end()
    area = np.s_[int(panel.top()) : int(panel.bottom()), int(panel.left()) : int(panel.right())]
    # Blending twice rounds twice.
    assert np.abs(pixels[area] - rgb(fresh)[area].astype(int)).max() <= 24
    assert np.abs(pixels[area] - rgb(fresh)[area].astype(int)).mean() < 1.0


def test_another_language_is_seen_at_once(qtbot: QtBot) -> None:
    view = shown(qtbot)
    view.show()
    qtbot.waitExposed(view).__exit__(None, None, None)
    view.set_overlays(Overlays(hud=Hud(FIGURES)))
    english = rgb(view.grab().toImage())
    translator = ChineseStandIn()
    QCoreApplication.installTranslator(translator)
    try:
        QCoreApplication.processEvents()
        chinese = rgb(view.grab().toImage())
    finally:
        QCoreApplication.removeTranslator(translator)
    QCoreApplication.processEvents()
    assert (english != chinese).any()
    assert (rgb(view.grab().toImage()) == english).all()


def test_damaged_frames_are_told_once_there_are_any() -> None:
    assert not [word for word in hud_words(FIGURES) if word.startswith("damaged")]
    told = hud_words(replace(FIGURES, damaged=37))
    assert told[told.index("damaged") + 1] == "37"


def test_a_recording_whose_source_is_lost_says_that_it_waits() -> None:
    said = "".join("".join(hud_words(replace(FIGURES, recording_waits=True))).split())
    assert "recording1:23,waitsforthesource" in said


def test_the_tooltip_tells_of_units_where_there_are_some(qapp: object) -> None:
    line = "RGA, video, GPU: how busy they are, of several cores the busiest"
    assert line in layer_words(Hud(replace(FIGURES, npu=WITH_UNITS)))
    assert line not in layer_words(Hud(FIGURES))
