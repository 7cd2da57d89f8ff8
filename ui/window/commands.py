"""What the keys and the buttons do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final, get_args

from PyQt5.QtCore import QObject, pyqtSignal

from rkvideo.errors import RkVideoError
from rkvideo.pictures.overlay import FiguresStep

from ..playing.transport import SPEEDS
from .parts import WindowParts
from .toasts import ToastAction, show_folder

if TYPE_CHECKING:
    from ..contract.panels import Models

SHORT_SEEK_S: Final = 5.0
LONG_SEEK_S: Final = 30.0
FIGURES_STEPS: Final[tuple[FiguresStep, ...]] = get_args(FiguresStep)


class Commands(QObject):
    """Acts on the parts of the window; `acted` tells that something may look different now.

    `source_asked` carries a file that the user wants to see.
    """

    acted = pyqtSignal()
    source_asked = pyqtSignal(str)

    def __init__(self, parts: WindowParts, parent: QObject) -> None:
        super().__init__(parent)
        self._parts = parts
        self._models: Models | None = None
        transport = parts.transport
        transport.play_toggled.connect(self.toggle_pause)
        transport.step_asked.connect(self.step)
        transport.seek_asked.connect(self._seek)
        transport.speed_chosen.connect(self.set_speed)
        transport.loop_toggled.connect(self.set_loop)

    def use_models(self, models: Models) -> None:
        """Let the keys for models look into this list."""
        self._models = models

    def handlers(self) -> Mapping[str, Callable[..., object]]:
        """The handlers of `ui.window.keys.BINDINGS`, but for those of the window itself."""
        player, docks = self._parts.player, self._parts.docks
        return {
            "pause": self.toggle_pause,
            "step": self.step,
            "back": lambda: player.seek_by(-SHORT_SEEK_S),
            "ahead": lambda: player.seek_by(SHORT_SEEK_S),
            "far back": lambda: player.seek_by(-LONG_SEEK_S),
            "far ahead": lambda: player.seek_by(LONG_SEEK_S),
            "slower": lambda: self.change_speed(-1),
            "faster": lambda: self.change_speed(1),
            "loop": lambda: self.set_loop(not player.config.source_options.loop),
            "record": self.toggle_recording,
            "snapshot": lambda: self.save_snapshot(True),
            "bare snapshot": lambda: self.save_snapshot(False),
            "model": self.choose_model,
            "smaller": lambda: self.change_size(-1),
            "larger": lambda: self.change_size(1),
            "beside": self.toggle_beside,
            "models": lambda: docks.toggle("models"),
            "boxes": lambda: docks.toggle("boxes"),
            "compare": lambda: docks.toggle("compare"),
            "graph": lambda: docks.toggle("graph"),
            "hud": self.next_figures,
            "zoom": self._parts.view.reset_zoom,
            "open": self._parts.source_bar.open_file,
        }

    def toggle_pause(self) -> None:
        """Pause the run, let it go on, or play it again."""
        self._parts.player.toggle_pause()
        self.acted.emit()

    def step(self) -> None:
        """Show the next frame of a file."""
        self._parts.player.step()
        self.acted.emit()

    def _seek(self, position_s: float) -> None:
        self._parts.player.seek(position_s)

    def set_speed(self, speed: float | None) -> None:
        """Play files at this factor, None for as fast as possible."""
        self._parts.player.set_speed(speed)
        self._parts.settings.change(speed=speed)
        self.acted.emit()

    def change_speed(self, step: int) -> None:
        """Go to the next speed of the list, up or down."""
        speed = self._parts.player.speed
        row = SPEEDS.index(speed) if speed in SPEEDS else SPEEDS.index(1.0)
        chosen = SPEEDS[max(0, min(row + step, len(SPEEDS) - 1))]
        self.set_speed(chosen)
        text = self._parts.transport.speed_text(chosen)
        words = self.tr("speed: {speed}").format(speed=text)
        self._parts.toasts.show_toast(words, topic="speed")

    def set_loop(self, loop: bool) -> None:
        """Whether files start over at their end."""
        self._parts.player.set_loop(loop)
        self._parts.settings.change(loop=loop)
        self.acted.emit()

    def next_figures(self) -> None:
        """Show none of the figures, one line, or all, in turn."""
        now = FIGURES_STEPS.index(self._parts.settings.state.figures)
        self.show_figures(FIGURES_STEPS[(now + 1) % len(FIGURES_STEPS)])

    def show_figures(self, step: FiguresStep) -> None:
        """Show so much of the figures."""
        self._parts.settings.change(figures=step)
        self.acted.emit()

    def move_figures(self, corner: str) -> None:
        """The figures lie in another corner from now on."""
        self._parts.settings.change(figures_corner=corner)
        self.acted.emit()

    def toggle_recording(self) -> None:
        """Start a recording, or end the one that goes on."""
        recording, toasts = self._parts.recording, self._parts.toasts
        if recording.is_on:
            recording.stop()
        else:
            try:
                recording.start()
            except RkVideoError as error:
                toasts.show_toast(str(error))
            else:
                toasts.show_toast(self.tr("recording started"))
        self.acted.emit()

    def save_snapshot(self, boxes: bool) -> None:
        """Write the picture on the screen to a file, with its boxes or without."""
        parts = self._parts
        result, run = parts.view.result, parts.player.run
        if result is None or run is None:
            parts.toasts.show_toast(self.tr("no snapshot: there is no picture yet"))
            return
        titles, look = run.titles, parts.drawn_look()
        parts.bridge.ask(
            lambda: parts.services.save_snapshot(result, titles, look, boxes=boxes),
            self._snapshot_saved,
        )

    def _snapshot_saved(self, path: Path) -> None:
        words = self.tr("snapshot written: {name}").format(name=path.name)
        self._parts.toasts.show_toast(words, (self._to_folder(path),))

    def tell_of_clip(self, path: Path) -> None:
        """A recording has ended and lies at `path`."""
        words = self.tr("recording finished: {name}").format(name=path.name)
        play = ToastAction(self.tr("play"), lambda: self.source_asked.emit(str(path)))
        self._parts.toasts.show_toast(words, (self._to_folder(path), play))

    def _to_folder(self, path: Path) -> ToastAction:
        return ToastAction(self.tr("open folder"), lambda: show_folder(path))

    def choose_model(self, number: int) -> None:
        """Switch to the model of a row of the list, from 1."""
        argument = self._models.argument_of(number) if self._models is not None else None
        if argument is None:
            words = self.tr("there is no model number {number}").format(number=number)
            self._parts.toasts.show_toast(words)
        else:
            self._switch(argument)

    def change_size(self, step: int) -> None:
        """Switch to the next size of the same model, up or down."""
        argument = self._models.neighbour(step) if self._models is not None else None
        if argument is None:
            self._parts.toasts.show_toast(self.tr("there is no other size in this direction"))
        else:
            self._switch(argument)

    def _switch(self, argument: str) -> None:
        self._parts.player.switch_model(argument)
        self.acted.emit()

    def toggle_beside(self) -> None:
        """Show the next size beside this one on the same frames, or end that."""
        player, models = self._parts.player, self._models
        if player.beside:
            player.switch_model(player.config.model)
        elif models is not None and (other := models.neighbour(1) or models.neighbour(-1)):
            player.show_beside(player.config.model, other)
        else:
            self._parts.toasts.show_toast(self.tr("there is no other size to compare with"))
        self.acted.emit()
