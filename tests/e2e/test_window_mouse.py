"""Each use is reached from the start page in as few actions as are counted here, by mouse alone."""

from __future__ import annotations

import pytest
from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QApplication, QWidget

from rkvideo.ui.playing.start_page import StartPage
from tests.helpers.pointer import move_to
from tests.helpers.real_desk import RealDesk


class Hands:
    """Do to a window what a person does, and count: each click, and each text that is typed."""

    def __init__(self, desk: RealDesk) -> None:
        self._desk = desk
        self.actions = 0

    def click(self, widget: QWidget) -> None:
        """A click at where the widget is seen: nothing lies over it, and it is not greyed."""
        middle = widget.rect().center()
        window = widget.window()
        under = window.childAt(widget.mapTo(window, middle))
        assert under is widget or widget.isAncestorOf(under)
        assert widget.isEnabled()
        self.actions += 1
        self._desk.qtbot.mouseClick(widget, Qt.LeftButton, pos=middle)

    def type(self, text: str) -> None:
        """Type into what has the focus, whatever that is."""
        self.actions += 1
        self._desk.qtbot.keyClicks(QApplication.focusWidget(), text)

    def press_enter(self) -> None:
        self.actions += 1
        self._desk.qtbot.keyClick(QApplication.focusWidget(), Qt.Key_Return)


@pytest.fixture
def page(desk: RealDesk) -> StartPage:
    """The page of a window that has just been started with it."""
    desk.open("pattern:640x384@30", page=True, wait=False)
    page = desk.window._start.page
    assert page.isVisible()
    assert desk.window.player.run is None
    return page


def test_a_typed_address_is_watched_with_two_actions(desk: RealDesk, page: StartPage) -> None:
    hands = Hands(desk)
    hands.type(desk.clip())
    hands.press_enter()
    desk.wait_picture("clip.mp4")
    assert not page.isVisible()
    assert hands.actions == 2


def test_an_address_of_the_clipboard_is_watched_recorded_and_compared_by_mouse_alone(
    desk: RealDesk, page: StartPage
) -> None:
    QApplication.clipboard().setText(desk.clip())
    watching = Hands(desk)
    watching.click(page.paste)
    watching.click(page.watch)
    desk.wait_picture("clip.mp4")
    assert watching.actions == 2

    recording = Hands(desk)
    transport = desk.window.parts.transport
    # The bar comes with the mouse.
    move_to(desk.window.view, 50, 50)
    move_to(desk.window.view, 60, 60)
    recording.click(transport._record)
    desk.until_refreshed(lambda: desk.status.counts.recorded > 2)
    assert recording.actions == 1
    transport._record.click()
    desk.until_refreshed(lambda: len(desk.status.recordings) == 1)

    desk.until_refreshed(lambda: desk.models.argument_of(1) is not None)
    comparing = Hands(desk)
    comparing.click(_button_of(desk, "Compare"))
    bench = desk.window.parts.docks.panel("compare")
    desk.until_refreshed(bench.setup.start_button.isEnabled)
    # Without a tick by hand it proposes at least two sizes of the model in use.
    ticked = bench.setup.ticked()
    assert len(ticked) >= 2
    assert len({argument.partition("@")[0] for argument in ticked}) == 1
    comparing.click(bench.setup.start_button)
    desk.until(lambda: bench.is_running)
    assert comparing.actions == 2
    bench.cancel()
    desk.until(lambda: not bench.is_running)


def _button_of(desk: RealDesk, words: str) -> QWidget:
    """The button of the bar over the picture."""
    folding = desk.window._bar.folding
    return next(each for each in folding._buttons if each.defaultAction().text() == words)
