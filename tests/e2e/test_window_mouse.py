"""Each use is reached by mouse alone from the start page, in as few actions as are counted here."""

from __future__ import annotations

from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QApplication, QWidget

from tests.helpers.real_desk import RealDesk


class Mouse:
    """Clicks, and counts them."""

    def __init__(self, desk: RealDesk) -> None:
        self._desk = desk
        self.actions = 0

    def click(self, widget: QWidget) -> None:
        assert widget.isVisible()
        self.actions += 1
        self._desk.qtbot.mouseClick(widget, Qt.LeftButton)


def button_of(desk: RealDesk, words: str) -> QWidget:
    """The button of the bar over the picture."""
    folding = desk.window._bar.folding
    return next(each for each in folding._buttons if each.defaultAction().text() == words)


def test_watching_recording_and_comparing_take_two_one_and_two_actions(desk: RealDesk) -> None:
    desk.open("pattern:640x384@30")
    desk.window._start.open(can_close=False)
    page = desk.window._start.page
    QApplication.clipboard().setText(desk.clip())

    watching = Mouse(desk)
    watching.click(page.paste)
    watching.click(page.watch)
    desk.wait_picture("clip.mp4")
    assert not page.isVisible()
    assert watching.actions == 2

    recording = Mouse(desk)
    desk.window.parts.transport.show()
    recording.click(desk.window.parts.transport._record)
    desk.until_refreshed(lambda: desk.status.counts.recorded > 2)
    assert recording.actions == 1
    recording.click(desk.window.parts.transport._record)
    desk.until_refreshed(lambda: len(desk.status.recordings) == 1)

    desk.until_refreshed(lambda: desk.models.argument_of(1) is not None)
    comparing = Mouse(desk)
    comparing.click(button_of(desk, "Compare"))
    bench = desk.window.parts.docks.panel("compare")
    desk.until_refreshed(bench.setup.start_button.isEnabled)
    comparing.click(bench.setup.start_button)
    desk.until(lambda: bench.is_running)
    assert comparing.actions == 2
    bench.cancel()
    desk.until(lambda: not bench.is_running)
