"""The window over pictures that a video unit lends, both played: who makes what it shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PyQt5.QtCore import QPoint, QPointF, Qt
from PyQt5.QtGui import QWheelEvent
from PyQt5.QtWidgets import QApplication

from rkvideo.data import Lent
from rkvideo.pictures.lent import MOST_LENT
from rkvideo.ui.picture.hud import HudFigures
from rkvideo.ui.picture.hud_layer import hud_words
from rkvideo.ui.picture.pictures_ahead import MadePixels
from rkvideo.ui.picture.scaled_picture import ScaledPicture
from tests.helpers.played_rga import Buffers, PlayedRga, play_rga
from tests.helpers.played_unit import play_video_unit
from tests.helpers.real_desk import RealDesk
from tests.helpers.video_samples import Clip, make_clip

CODEC, DECODER = "mpeg4", "mpeg4_rkmpp"
SIZE = (640, 384)


@dataclass(frozen=True, slots=True)
class Unit:
    """A played board: what its decoder has lent, and its RGA."""

    buffers: Buffers
    rga: PlayedRga
    clip: Path

    def views(self, size: tuple[int, int]) -> int:
        """How often RGA has made a picture of that size."""
        ends = f" {size[0]}x{size[1]}"
        return sum(line.endswith(ends) for line in self.rga.of_call("process"))


@pytest.fixture
def unit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Unit]:
    clip = make_clip(Clip(tmp_path / "lent.ts", *SIZE, 400), codec=CODEC)
    buffers = play_video_unit(monkeypatch, (DECODER,))
    with play_rga(tmp_path, monkeypatch) as played:
        yield Unit(buffers, played, clip.path)
        assert (played.broken, played.held) == ([], 0)


def size_on_screen(desk: RealDesk) -> tuple[int, int]:
    part = desk.window.view.shown_part()
    assert part is not None
    size = part.seen.target.size()
    return size.width(), size.height()


def made(desk: RealDesk) -> MadePixels:
    pixels = desk.window.view._picture._made
    assert pixels is not None
    return pixels


def figures_of(desk: RealDesk) -> HudFigures:
    hud = desk.window.view.overlays.hud
    assert hud is not None
    return hud.figures


def test_what_is_on_the_screen_was_made_by_rga(unit: Unit, desk: RealDesk) -> None:
    desk.open(str(unit.clip))
    size = size_on_screen(desk)
    desk.qtbot.waitUntil(lambda: unit.views(size) > 5, timeout=20_000)
    desk.qtbot.waitUntil(lambda: made(desk).is_by_rga, timeout=20_000)
    frame, shown = made(desk).frame, made(desk).pixels
    assert isinstance(frame.held, Lent)
    plain = ScaledPicture().image(frame, made(desk).seen)
    rows = plain.constBits().asarray(plain.sizeInBytes())
    wanted = np.frombuffer(rows, np.uint8).reshape(size[1], -1, 4)[:, : size[0]]
    assert np.abs(shown.astype(int) - wanted).mean() < 3
    # The tooltip of the figures tells it.
    desk.qtbot.waitUntil(lambda: figures_of(desk).is_scaled_by_rga, timeout=20_000)
    assert "scaled by RGA, painted by the CPU" in hud_words(desk.window.view.overlays.hud)
    # The whole picture is there for who wants it, and was fetched once.
    assert frame.picture.format.name == "nv12"
    assert unit.buffers.most_lent <= MOST_LENT + 2


def zoom_in(desk: RealDesk) -> None:
    view = desk.window.view
    at = QPointF(view.rect().center())
    none, no_button = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.NoButton
    turned = QPoint(0, 240)
    event = QWheelEvent(
        at, at, QPoint(), turned, no_button, none, Qt.ScrollPhase.NoScrollPhase, False
    )
    QApplication.sendEvent(view, event)


def test_a_zoom_shows_the_part_that_rga_cuts_out(unit: Unit, desk: RealDesk) -> None:
    desk.open(str(unit.clip))
    whole = size_on_screen(desk)
    desk.qtbot.waitUntil(lambda: unit.views(whole) > 2, timeout=20_000)
    zoom_in(desk)
    part = desk.window.view.shown_part().seen.source
    assert part.width() < SIZE[0]
    area = f"[{part.x()},{part.y()},{part.width()},{part.height()}]"
    desk.qtbot.waitUntil(
        lambda: any(area in line for line in unit.rga.of_call("process")), timeout=20_000
    )
    desk.qtbot.waitUntil(lambda: made(desk).is_by_rga, timeout=20_000)
    assert made(desk).seen.source == part


def test_where_rga_fails_the_window_goes_on_by_the_cpu(
    unit: Unit, desk: RealDesk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    desk.open(str(unit.clip), fast="auto")
    desk.qtbot.waitUntil(lambda: unit.views(size_on_screen(desk)) > 2, timeout=20_000)
    monkeypatch.setenv("STAND_IN_FAIL", "process@0")
    why = "the CPU makes the window's pictures, and not RGA: improcess: Fatal error: played (0)"
    desk.qtbot.waitUntil(lambda: why in caplog.messages, timeout=20_000)
    index = desk.result.frame.index
    desk.qtbot.waitUntil(lambda: desk.result.frame.index > index + 20, timeout=20_000)
    assert not made(desk).is_by_rga
    assert desk.status.counts.failed == 0


def test_without_fast_paths_rga_makes_nothing(unit: Unit, desk: RealDesk) -> None:
    desk.open(str(unit.clip), fast="off")
    desk.qtbot.waitUntil(lambda: desk.result.frame.index > 10, timeout=20_000)
    assert unit.rga.of_call("process") == []
    assert not made(desk).is_by_rga
