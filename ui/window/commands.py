"""What the keys and the buttons do."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast, get_args

from PyQt5.QtCore import QObject, pyqtSignal

from rkvideo.errors import RkVideoError
from rkvideo.pictures.overlay import FiguresStep
from rkvideo.status import RunState

from ..look.error_words import shown_error
from ..playing.transport import SPEEDS
from .parts import WindowParts
from .toasts import ToastAction, show_folder

if TYPE_CHECKING:
    from ..contract.panels import Models, Tuning

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
        parts.view.zoomed.connect(self._tell_zoom)
        transport.back_asked.connect(self.step_back)
        transport.step_asked.connect(self.step)
        transport.seek_asked.connect(self._seek)
        transport.speed_chosen.connect(self.set_speed)
        transport.loop_toggled.connect(self.set_loop)
        transport.record_toggled.connect(self.toggle_recording)
        transport.snapshot_asked.connect(lambda: self.save_snapshot(boxes=True))
        transport.beside_toggled.connect(self.toggle_beside)
        transport.figures_asked.connect(self.next_figures)

    def use_models(self, models: Models) -> None:
        """Let the keys for models look into this list."""
        self._models = models

    def handlers(self) -> Mapping[str, Callable[..., object]]:
        """The handlers of `ui.window.keys.BINDINGS`, but for those of the window itself."""
        player, docks = self._parts.player, self._parts.docks
        return {
            "pause": self.toggle_pause,
            "step": self.step,
            "step back": self.step_back,
            "back": lambda: self.seek_by(-SHORT_SEEK_S),
            "ahead": lambda: self.seek_by(SHORT_SEEK_S),
            "far back": lambda: self.seek_by(-LONG_SEEK_S),
            "far ahead": lambda: self.seek_by(LONG_SEEK_S),
            "slower": lambda: self.change_speed(-1),
            "faster": lambda: self.change_speed(1),
            "loop": lambda: self.set_loop(not player.config.source_options.loop),
            "record": self.toggle_recording,
            "snapshot": lambda: self.save_snapshot(boxes=True),
            "bare snapshot": lambda: self.save_snapshot(boxes=False),
            "model": self.choose_model,
            "smaller": lambda: self.change_size(-1),
            "larger": lambda: self.change_size(1),
            "beside": self.toggle_beside,
            "marks": self.toggle_marks,
            "models": lambda: docks.toggle("models"),
            "boxes": lambda: docks.toggle("boxes"),
            "compare": lambda: docks.toggle("compare"),
            "graph": lambda: docks.toggle("graph"),
            "disagreements": lambda: docks.toggle("disagreements"),
            "settings": lambda: docks.toggle("settings"),
            "hud": self.next_figures,
            "seams": self.toggle_seams,
            "zoom": self._parts.view.reset_zoom,
            "open": self._parts.source_bar.open_file,
        }

    def toggle_pause(self) -> None:
        """Pause the run, let it go on, or play it again."""
        if self._parts.player.status().state is RunState.RECONNECTING:
            self._say(self.tr("the camera is lost: there is nothing to pause"))
        self._parts.player.toggle_pause()
        self.acted.emit()

    def step(self) -> None:
        """Show the next frame of a file."""
        if self._is_file(self.tr("this is live: it has no frame after this one")):
            self._parts.player.step()
            self.acted.emit()

    def step_back(self) -> None:
        """Show the frame before of a file."""
        if self._is_file(self.tr("this is live: it has no frame before this one")):
            self._parts.player.step_back()
            self.acted.emit()

    def seek_by(self, seconds: float) -> None:
        """Go on so many seconds later in a file, or earlier."""
        if self._is_file(self.tr("this is live: there is no other place to go to")):
            self._parts.picture_area.show_bar()
            self._parts.player.seek_by(seconds)

    def _seek(self, position_s: float) -> None:
        self._parts.player.seek(position_s)

    def set_speed(self, speed: float | None) -> None:
        """Play this file and the next ones at a factor, None for as fast as possible."""
        if not self._is_file(self.tr("this is live: it plays as it comes")):
            return
        self._parts.player.set_speed(speed)
        self._parts.settings.change(speed=speed)
        text = self._parts.transport.speed_text(speed)
        self._say(self.tr("speed: {speed}").format(speed=text))
        self.acted.emit()

    def change_speed(self, step: int) -> None:
        """Go to the next speed of the list, up or down."""
        speed = self._parts.player.speed
        row = SPEEDS.index(speed) if speed in SPEEDS else SPEEDS.index(1.0)
        self.set_speed(SPEEDS[max(0, min(row + step, len(SPEEDS) - 1))])

    def set_loop(self, loop: bool) -> None:
        """Whether files start over at their end."""
        if self._is_file(self.tr("this is live: it has no end to start over at")):
            self._parts.player.set_loop(loop)
            self._parts.settings.change(loop=loop)
            self._say(self.tr("loop: on") if loop else self.tr("loop: off"))
        self.acted.emit()

    def _is_file(self, otherwise: str) -> bool:
        """Whether a file is played; else the user is told why this does nothing."""
        stream = self._parts.player.status().stream
        if stream is not None and not stream.live:
            return True
        self._say(self.tr("nothing is played now") if stream is None else otherwise)
        return False

    def _tell_zoom(self, zoom: float) -> None:
        self._say(self.tr("zoom: {zoom}x").format(zoom=f"{zoom:.1f}"))

    def _say(self, words: str) -> None:
        """Tell what a key has done; the next one takes its place."""
        self._parts.toasts.show_toast(words, topic="key")

    def next_figures(self) -> None:
        """Show none of the figures, one line, or all, in turn."""
        now = FIGURES_STEPS.index(self._parts.settings.state.figures)
        self.show_figures(FIGURES_STEPS[(now + 1) % len(FIGURES_STEPS)])

    def toggle_seams(self) -> None:
        """Show the tiles that the model looks at, or not."""
        view = self._parts.view
        view.shows_seams = not view.shows_seams
        if view.shows_seams and view.result is not None and not view.result.first.tiles:
            self._say(self.tr("this picture has no tiles: start with --tiles 2x2"))

    def show_figures(self, step: FiguresStep) -> None:
        """Show so much of the figures."""
        self._parts.settings.change(figures=step)
        self.acted.emit()

    def move_figures(self, corner: str) -> None:
        """The figures lie in another corner from now on."""
        self._parts.settings.change(figures_corner=corner)
        self.acted.emit()

    def set_calm(self, calm: bool) -> None:
        """Whether boxes follow their objects less sharply; never in snapshots and files."""
        self._parts.view.set_calm(calm)
        self._parts.settings.change(calm_boxes=calm)

    def set_tracks(self, tracks: bool) -> None:
        """Whether each object keeps a number, from the next picture on."""
        run = self._parts.player.run
        try:
            if run is not None:
                run.set_tracking(tracks)
        except RkVideoError as error:
            self._parts.toasts.show_toast(shown_error(error))
        self._parts.settings.change(tracks=tracks)

    def set_trails(self, trails: bool) -> None:
        """Whether the way of each numbered object is drawn, in clips too."""
        parts = self._parts
        look = replace(parts.settings.state.look, trails=trails)
        if look != parts.settings.state.look:
            parts.view.set_look(look)
            parts.settings.change(look=look)
            boxes = cast("Tuning | None", parts.docks.panel("boxes"))
            if boxes is not None:
                boxes.show_look(look)

    def toggle_recording(self) -> None:
        """Start a recording, or end the one that goes on."""
        recording, toasts = self._parts.recording, self._parts.toasts
        if recording.is_on:
            recording.stop()
        else:
            try:
                recording.start()
            except RkVideoError as error:
                toasts.show_toast(shown_error(error))
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
            self.switch_model(argument)

    def models_offered(self) -> tuple[str, ...]:
        """The `--model` arguments of the list of models, in its order."""
        models = self._models
        if models is None:
            return ()
        arguments = (models.argument_of(number) for number in itertools.count(1))
        return tuple(itertools.takewhile(lambda one: one is not None, arguments))  # type: ignore[arg-type]

    def change_size(self, step: int) -> None:
        """Switch to the next size of the same model, up or down."""
        argument = self._models.neighbour(step) if self._models is not None else None
        if argument is None:
            self._parts.toasts.show_toast(self.tr("there is no other size in this direction"))
        else:
            self.switch_model(argument)

    def switch_model(self, argument: str) -> None:
        """Use another model."""
        self._parts.player.switch_model(argument)
        self.acted.emit()

    def toggle_beside(self) -> None:
        """Show the next size down (where there is none, up) on the same frames, or end that."""
        player, models = self._parts.player, self._models
        # The picture may show a switch that nobody has looked at yet.
        player.note_switch()
        if player.beside:
            player.switch_model(player.config.model)
        elif models is not None and (other := models.neighbour(-1) or models.neighbour(1)):
            player.show_beside(player.config.model, other)
        else:
            self._parts.toasts.show_toast(self.tr("there is no other size for A|B"))
        self.acted.emit()

    def toggle_marks(self) -> None:
        """Mark what only one side of an A|B view has, or not."""
        if not self._parts.player.beside:
            self._say(self.tr("this is for A|B: two models on the same picture"))
            return
        marks = not self._parts.settings.state.marks_alone
        self._parts.settings.change(marks_alone=marks)
        self._say(self.tr("marks: on") if marks else self.tr("marks: off"))
