"""A panel that is on the screen stays whole, whoever collects garbage meanwhile."""

from __future__ import annotations

import gc
import weakref

from PyQt5 import sip

from tests.helpers.bench_panel_desk import Desk


def test_a_panel_on_the_screen_is_never_garbage(desk: Desk) -> None:
    let_go = weakref.ref(desk.panel)
    plot = desk.panel.plots.fps
    desk.panel = desk.new_panel()
    gc.collect()
    assert not sip.isdeleted(plot)
    assert let_go() is not None
    desk.qtbot.waitUntil(plot.isVisible)
