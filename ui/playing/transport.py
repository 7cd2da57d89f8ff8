"""The bar over the lower edge of the picture: all that is done while one watches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PyQt5.QtCore import QPoint, QSize, Qt, pyqtSignal
from PyQt5.QtGui import QPalette, QResizeEvent
from PyQt5.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from rkvideo.status import RunState, RunStatus

from ..look import theme
from ..look.changes import follow_font, follow_language
from ..look.icons import icon, tool_button
from ..look.key_names import with_key
from ..look.sizes import ICON_PX, margins, px, square
from ..look.units import time_words
from ..picture.banner import Tone, state_line
from .seek_slider import SeekSlider

SPEEDS: Final[tuple[float | None, ...]] = (0.25, 0.5, 1.0, 2.0, 4.0, None)
_COLORS: Final = {
    Tone.STATE: theme.TEXT,
    Tone.TROUBLE: theme.WARNING,
    Tone.ERROR: theme.ERROR,
}
_RECORD_PX: Final = 1.4 * ICON_PX
_LEAST_LINE: Final = 60


@dataclass(frozen=True, slots=True)
class TransportFigures:
    """What the bar shows: the run at `now` (`perf_counter`), its place and its speed.

    `model` is what the model in use is called, `is_beside` whether an A|B view is on.
    """

    status: RunStatus
    now: float
    position_s: float | None
    speed: float | None
    loop: bool
    has_picture: bool
    model: str = ""
    is_beside: bool = False
    is_recording: bool = False


class TransportBar(QWidget):
    """Plays, seeks, records; of a live source it tells the state.

    In too little room the buttons that matter least go first; all of them are in the menu of the
    last button too. `menu_asked` carries `models`, `panels` or `all`, and where to open it.
    """

    play_toggled = pyqtSignal()
    back_asked = pyqtSignal()
    step_asked = pyqtSignal()
    seek_asked = pyqtSignal(float)
    speed_chosen = pyqtSignal(object)
    loop_toggled = pyqtSignal(bool)
    record_toggled = pyqtSignal()
    snapshot_asked = pyqtSignal()
    beside_toggled = pyqtSignal()
    figures_asked = pyqtSignal()
    fullscreen_asked = pyqtSignal()
    menu_asked = pyqtSignal(str, QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAutoFillBackground(True)
        self.setSizePolicy(QSizePolicy.Expanding, QSizePolicy.Fixed)
        self._is_playing = True
        self._play, self._back, self._step = (
            tool_button(name) for name in ("pause", "back", "step")
        )
        self.slider = SeekSlider()
        self._place, self._state = QLabel(), QLabel()
        self._live = tool_button("live")
        self._live.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._speed = QComboBox()
        self._loop, self._beside = tool_button("loop"), tool_button("beside")
        self._record, self._snapshot = tool_button("record"), tool_button("snapshot")
        self._model = QToolButton()
        self._figures, self._panels = tool_button("figures"), tool_button("panels")
        self._more, self._full = tool_button("more"), tool_button("fullscreen")
        # What goes first where there is too little room.
        self._leaving: tuple[QWidget, ...] = (
            *(self._loop, self._panels, self._figures, self._beside, self._snapshot),
            *(self._model, self._speed, self._back, self._step, self._place),
        )
        self._wanted: dict[QWidget, bool] = {}
        self._barred: set[QWidget] = set()
        self._set_up()
        self._lay_out()
        self._connect()
        follow_language(self, self._set_texts)
        follow_font(self, self._measure)

    def _set_up(self) -> None:
        for button in (self._loop, self._beside, self._record):
            button.setCheckable(True)
        self._record.setIcon(icon("record", theme.RECORDING))
        self._model.setAutoRaise(True)
        for widget in (self._model, self._speed):
            widget.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._state.setTextFormat(Qt.TextFormat.PlainText)
        self._state.setMinimumWidth(0)
        self._state.setSizePolicy(QSizePolicy.Ignored, QSizePolicy.Preferred)

    def _lay_out(self) -> None:
        self._row = QHBoxLayout(self)
        for widget in (self._play, self._back, self._step):
            self._row.addWidget(widget)
        self._row.addWidget(self.slider, 1)
        self._row.addWidget(self._state, 1)
        for widget in (
            *(self._live, self._place, self._speed, self._loop, self._record, self._snapshot),
            *(self._model, self._beside, self._figures, self._panels, self._more, self._full),
        ):
            self._row.addWidget(widget)

    def _connect(self) -> None:
        for button, signal in (
            (self._play, self.play_toggled),
            (self._live, self.play_toggled),
            (self._back, self.back_asked),
            (self._step, self.step_asked),
            (self._record, self.record_toggled),
            (self._snapshot, self.snapshot_asked),
            (self._beside, self.beside_toggled),
            (self._figures, self.figures_asked),
            (self._full, self.fullscreen_asked),
        ):
            button.clicked.connect(lambda _checked, asked=signal: asked.emit())
        menus = ((self._model, "models"), (self._panels, "panels"), (self._more, "all"))
        for button, menu in menus:
            button.clicked.connect(
                lambda _checked, one=button, name=menu: self._ask_menu(one, name)
            )
        self.slider.asked.connect(self.seek_asked)
        self._speed.activated.connect(lambda row: self.speed_chosen.emit(SPEEDS[row]))
        self._loop.clicked.connect(self.loop_toggled)

    def _ask_menu(self, button: QToolButton, menu: str) -> None:
        self.menu_asked.emit(menu, button.mapToGlobal(QPoint(0, 0)))

    def _set_texts(self) -> None:
        chosen = max(0, self._speed.currentIndex())
        self._speed.clear()
        self._speed.addItems([self.speed_text(speed) for speed in SPEEDS])
        self._speed.setCurrentIndex(chosen)
        fastest = self.tr("as fast as the model is")
        self._speed.setItemData(SPEEDS.index(None), fastest, Qt.ItemDataRole.ToolTipRole)
        self._speed.setToolTip(self.tr("speed (- and =)"))
        self._live.setText(self.tr("back to live"))
        for button, words, action in (
            (self._play, self.tr("pause and go on"), "pause"),
            (self._live, self.tr("back to live"), "pause"),
            (self._back, self.tr("frame before"), "step back"),
            (self._step, self.tr("next frame"), "step"),
            (self._loop, self.tr("start over at the end"), "loop"),
            (self._record, self.tr("start and end a recording"), "record"),
            (self._snapshot, self.tr("snapshot with boxes"), "snapshot"),
            (self._model, self.tr("model and size"), "models"),
            (self._beside, self.tr("A|B: two sizes on the same picture"), "beside"),
            (self._figures, self.tr("figures: none, one line, all"), "hud"),
            (self._full, self.tr("full screen"), "fullscreen"),
        ):
            button.setToolTip(with_key(words, action))
        self._panels.setToolTip(self.tr("panels"))
        self._more.setToolTip(self.tr("everything, with its keys"))
        self._fit()

    def _measure(self) -> None:
        self._row.setContentsMargins(*margins(8, 3, 8, 3))
        self._row.setSpacing(px(4))
        self._record.setIconSize(square(_RECORD_PX))
        self._record.setStyleSheet(
            f"QToolButton {{ border: 0; border-radius: {px(4)}px; padding: {px(3)}px; }}"
            f"QToolButton:checked {{ background: {theme.RECORDING.name()}; }}"
        )
        self._fit()

    def stay_inside(self) -> None:
        """Have no button that leads to another source, to a panel, or out of full screen."""
        for widget in (self._panels, self._more, self._full, self._model):
            self._barred.add(widget)
        self._fit()

    def sizeHint(self) -> QSize:
        """As high as its buttons, and as narrow as one likes."""
        return QSize(px(_LEAST_LINE), super().sizeHint().height())

    def speed_text(self, speed: float | None) -> str:
        """What a speed is called."""
        return self.tr("fastest") if speed is None else f"{speed:g}x"

    def show_figures(self, figures: TransportFigures) -> None:
        """Show where the run is."""
        status = figures.status
        stream = status.stream
        is_file = stream is not None and not stream.live
        is_paused = status.state is RunState.PAUSED
        duration_s = stream.duration_s if stream is not None and stream.seekable else None
        self._show_play_button(status.state)
        for widget in (self._back, self._step, self._speed, self._loop):
            self._wanted[widget] = is_file
        self._wanted[self._back] = duration_s is not None
        self._wanted[self.slider] = duration_s is not None
        self._wanted[self._place] = is_file and figures.position_s is not None
        self._wanted[self._state] = duration_s is None
        self._wanted[self._live] = stream is not None and stream.live and is_paused
        if duration_s is not None:
            self.slider.show_place(figures.position_s or 0.0, duration_s)
        self._place.setText(_place_text(figures.position_s, duration_s))
        self._show_state(figures)
        self._speed.setCurrentIndex(SPEEDS.index(figures.speed) if figures.speed in SPEEDS else 2)
        self._loop.setChecked(figures.loop)
        self._beside.setChecked(figures.is_beside)
        self._show_recording(figures.is_recording)
        self._model.setText(figures.model)
        self._wanted[self._model] = bool(figures.model)
        self._fit()

    def _show_recording(self, is_on: bool) -> None:
        # Checked also where a click was refused, until it is told here.
        if self._record.isChecked() != is_on or self._record.property("shown") != is_on:
            self._record.setChecked(is_on)
            self._record.setProperty("shown", is_on)
            white = theme.TEXT
            self._record.setIcon(icon("stop", white) if is_on else icon("record", theme.RECORDING))

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Show as much as there is room for."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        every = [item.widget() for item in map(self._row.itemAt, range(self._row.count())) if item]
        shown = [
            one
            for one in every
            if one is not None and one not in self._barred and self._wanted.get(one, True)
        ]
        edge = self._row.contentsMargins()
        room = self.width() - edge.left() - edge.right() - px(_LEAST_LINE)
        for leaving in (None, *self._leaving):
            if leaving in shown:
                shown.remove(leaving)
            widths = (one.sizeHint().width() for one in shown if not self._stretches(one))
            if sum(widths) + self._row.spacing() * len(shown) <= room:
                break
        for one in every:
            if one is not None and one.isHidden() == (one in shown):
                one.setVisible(one in shown)

    def _stretches(self, widget: QWidget) -> bool:
        return widget in (self.slider, self._state)

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
