"""The bar under the picture: where a file is and how it plays, or how a live source is doing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtGui import QMouseEvent, QPalette
from PyQt5.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSlider,
    QStyle,
    QWidget,
)

from rkvideo.status import RunState, RunStatus

from ..look import theme
from ..look.changes import follow_language
from ..look.icons import icon, tool_button
from ..look.units import time_words
from ..picture.banner import Tone, state_line

SPEEDS: Final[tuple[float | None, ...]] = (0.25, 0.5, 1.0, 2.0, 4.0, None)
# The slider counts whole numbers: hundredths of a second.
_PER_SECOND: Final = 100
_COLORS: Final = {
    Tone.STATE: theme.TEXT,
    Tone.TROUBLE: theme.WARNING,
    Tone.ERROR: theme.ERROR,
}


@dataclass(frozen=True, slots=True)
class TransportFigures:
    """What the bar shows: the run at `now` (`perf_counter`), its place and its speed."""

    status: RunStatus
    now: float
    position_s: float | None
    speed: float | None
    loop: bool
    has_picture: bool


class SeekSlider(QSlider):
    """A slider that goes to where it is clicked; `asked` carries seconds."""

    asked = pyqtSignal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def show_place(self, position_s: float, duration_s: float) -> None:
        """Show a place, unless the user holds the handle."""
        if not self.isSliderDown():
            self.setRange(0, max(1, round(duration_s * _PER_SECOND)))
            self.setValue(round(position_s * _PER_SECOND))

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Take the handle to the mouse."""
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self._follow(event)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Follow the mouse while it is pressed."""
        if event is not None and self.isSliderDown():
            self._follow(event)

    def mouseReleaseEvent(self, _event: QMouseEvent | None) -> None:
        """Let the handle go."""
        self.setSliderDown(False)

    def _follow(self, event: QMouseEvent) -> None:
        value = QStyle.sliderValueFromPosition(0, self.maximum(), event.x(), self.width())
        if value != self.value():
            self.setValue(value)
            self.asked.emit(value / _PER_SECOND)


class TransportBar(QWidget):
    """Plays and seeks a file; of a live source it tells the state."""

    play_toggled = pyqtSignal()
    step_asked = pyqtSignal()
    seek_asked = pyqtSignal(float)
    speed_chosen = pyqtSignal(object)
    loop_toggled = pyqtSignal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAutoFillBackground(True)
        self.setSizePolicy(QSizePolicy.Expanding, QSizePolicy.Fixed)
        self._is_playing = True
        self._play = tool_button("pause")
        self._step = tool_button("step")
        self._slider = SeekSlider()
        self._place = QLabel()
        self._speed = QComboBox()
        self._loop = tool_button("loop")
        self._loop.setCheckable(True)
        self._state = QLabel()
        self._state.setTextFormat(Qt.TextFormat.PlainText)
        self._state.setMinimumWidth(0)
        self._state.setSizePolicy(QSizePolicy.Ignored, QSizePolicy.Preferred)
        self._speed.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._of_files: tuple[QWidget, ...] = (self._step, self._speed, self._loop)
        self._lay_out()
        self._connect()
        follow_language(self, self._set_texts)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 3, 8, 3)
        row.setSpacing(6)
        row.addWidget(self._play)
        row.addWidget(self._step)
        row.addWidget(self._slider, 1)
        row.addWidget(self._state, 1)
        row.addWidget(self._place)
        row.addWidget(self._speed)
        row.addWidget(self._loop)

    def _connect(self) -> None:
        self._play.clicked.connect(lambda _checked: self.play_toggled.emit())
        self._step.clicked.connect(lambda _checked: self.step_asked.emit())
        self._slider.asked.connect(self.seek_asked)
        self._speed.activated.connect(lambda row: self.speed_chosen.emit(SPEEDS[row]))
        self._loop.toggled.connect(self.loop_toggled)

    def _set_texts(self) -> None:
        chosen = max(0, self._speed.currentIndex())
        self._speed.clear()
        self._speed.addItems([self.speed_text(speed) for speed in SPEEDS])
        self._speed.setCurrentIndex(chosen)
        fastest = self.tr("as fast as the model is")
        self._speed.setItemData(SPEEDS.index(None), fastest, Qt.ItemDataRole.ToolTipRole)
        self._speed.setToolTip(self.tr("speed (- and =)"))
        self._step.setToolTip(self.tr("next frame (.)"))
        self._loop.setToolTip(self.tr("start over at the end (L)"))
        self._play.setToolTip(self.tr("pause and go on (Space)"))

    def speed_text(self, speed: float | None) -> str:
        """What a speed is called."""
        return self.tr("fastest") if speed is None else f"{speed:g}x"

    def show_figures(self, figures: TransportFigures) -> None:
        """Show where the run is."""
        stream = figures.status.stream
        is_file = stream is not None and not stream.live
        duration_s = stream.duration_s if stream is not None and stream.seekable else None
        self._show_play_button(figures.status.state)
        for widget in self._of_files:
            widget.setVisible(is_file)
        self._slider.setVisible(duration_s is not None)
        self._place.setVisible(is_file and figures.position_s is not None)
        self._state.setVisible(duration_s is None)
        if duration_s is not None:
            self._slider.show_place(figures.position_s or 0.0, duration_s)
        self._place.setText(_place_text(figures.position_s, duration_s))
        self._show_state(figures)
        self._speed.setCurrentIndex(SPEEDS.index(figures.speed) if figures.speed in SPEEDS else 2)
        if self._loop.isChecked() != figures.loop:
            self._loop.blockSignals(True)
            self._loop.setChecked(figures.loop)
            self._loop.blockSignals(False)

    def _show_play_button(self, state: RunState) -> None:
        is_playing = state is not RunState.PAUSED and not state.is_final
        if is_playing != self._is_playing:
            self._is_playing = is_playing
            self._play.setIcon(icon("pause" if is_playing else "play"))

    def _show_state(self, figures: TransportFigures) -> None:
        stream = figures.status.stream
        text, tone = state_line(figures.status, figures.now, has_picture=figures.has_picture)
        is_playing_file = (
            stream is not None and not stream.live and figures.status.state is RunState.RUNNING
        )
        if is_playing_file or figures.status.state is RunState.IDLE:
            # Without a run the banner says what is going on.
            text = ""
        palette = self._state.palette()
        palette.setColor(QPalette.WindowText, _COLORS[tone])
        self._state.setPalette(palette)
        self._state.setText(text)
        self._state.setToolTip(text)


def _place_text(position_s: float | None, duration_s: float | None) -> str:
    if position_s is None:
        return ""
    place = time_words(position_s)
    return place if duration_s is None else f"{place} / {time_words(duration_s)}"
