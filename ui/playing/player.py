"""The run that the window shows, and how another one takes its place."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from PyQt5.QtCore import QObject, pyqtSignal

from rkvideo.config import AppConfig, DetectionFilter
from rkvideo.data import FrameResult
from rkvideo.errors import RkVideoError
from rkvideo.sinks.base import Sink
from rkvideo.status import FrameCounts, RunState, RunStatus

from ..bridge import Bridge
from ..contract.run import Task, WindowRun
from ..contract.services import Services
from ..look.error_words import shown_error
from .leaving import LEAVE_S, joined
from .open_request import FilePlace, OpenRequest
from .switch_book import AskedModels, SwitchBook

if TYPE_CHECKING:
    from rkvideo.pipeline.prepared import PreparedModel

# Of a file that does not tell its rate.
_USUAL_RATE: Final = 25
_NO_RUN: Final = RunStatus(RunState.IDLE, FrameCounts())

_log = logging.getLogger(__name__)


class Player(QObject):
    """Holds one run at a time; every change of source makes a new one.

    All of it belongs to the GUI thread and nothing here waits: the old run is stopped and joined
    in a worker, the next one is built there and started when the old one is gone. One opening is
    under way at a time; of several requests the newest wins.

    Signals: `opening` when a request is taken; `run_made` with a run just before it starts;
    `run_changed` once it has started; `refused` with the RkVideoError of a request that could not
    be built; `run_left` with the last status of a run that is gone; `model_changed` when another
    model is in use, `model_refused` with one that cannot be and why; `told`; `ended` after `end`.
    """

    opening = pyqtSignal()
    run_made = pyqtSignal(object)
    run_changed = pyqtSignal()
    refused = pyqtSignal(object)
    run_left = pyqtSignal(object)
    model_changed = pyqtSignal()
    model_refused = pyqtSignal(str, str)
    told = pyqtSignal(str)
    ended = pyqtSignal(str)

    def __init__(
        self, services: Services, bridge: Bridge, config: AppConfig, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._bridge = bridge
        self._config = config
        self._run: WindowRun | None = None
        self._wanted: OpenRequest | None = None
        self._is_busy = False
        self._is_ending = False
        self._refusal: RkVideoError | None = None
        self._hung: list[WindowRun] = []
        self._speed: float | None = 1.0
        self._position_s: float | None = None
        self._suspended: Callable[[], None] | None = None
        self._lent_to: Task | None = None
        self._resume_with: OpenRequest | None = None
        self._switches = SwitchBook()
        self._beside = ""
        self._beside_kept = ""  # for the next run too: outlives the run, unlike `_beside`

    @property
    def run(self) -> WindowRun | None:
        """The run on the screen; None before the first, between two, and after a refusal."""
        return self._run

    @property
    def config(self) -> AppConfig:
        """What the run was built from, with what was changed since."""
        return self._config

    @property
    def is_opening(self) -> bool:
        """True from a request until its run has started or was refused."""
        return self._wanted is not None

    @property
    def is_suspended(self) -> bool:
        """True between `suspend` and `resume`."""
        return self._lent_to is not None

    @property
    def lent_to(self) -> Task | None:
        """What has the machine between `suspend` and `resume`, else None."""
        return self._lent_to

    @property
    def refusal(self) -> RkVideoError | None:
        """Why the newest request could not be built, None where it could."""
        return self._refusal

    @property
    def beside(self) -> str:
        """The `--model` argument of model B while an A|B view is on, else empty."""
        return self._beside

    @property
    def position_s(self) -> float | None:
        """Where the picture on the screen lies in its file, None where it has no place."""
        return self._position_s

    @property
    def place(self) -> FilePlace | None:
        """Where the file that plays is, None of what cannot be sought."""
        status, here_s = self.status(), self._position_s
        if here_s is None or status.stream is None or not status.stream.seekable:
            return None
        return FilePlace(here_s, status.state is RunState.PAUSED)

    @property
    def speed(self) -> float | None:
        """The factor at which files are played, None for as fast as possible."""
        return self._speed

    def status(self) -> RunStatus:
        """A snapshot of the run; IDLE where there is none."""
        return _NO_RUN if self._run is None else self._run.status()

    def take(self) -> FrameResult | None:
        """The newest result of the run, or of a bench, if it was not taken yet."""
        result = self._bridge.take()
        if result is not None and not self.is_suspended:
            self._position_s = result.frame.position_s
        return result

    def open(self, config: AppConfig, place: FilePlace | None = None) -> None:
        """Show another source, or the same one again; see the signals for what follows.

        An A|B view goes on with it, unless `config` has another model; a file at `place`.
        """
        is_same = config.model == self._config.model
        self._request(OpenRequest(config, place, self._beside_kept if is_same else ""))

    def _request(self, request: OpenRequest) -> None:
        if self._is_ending:
            return
        self._config = request.config
        self._beside_kept = request.beside
        if self.is_suspended:
            self._resume_with = request
            return
        self._wanted = request
        self._refusal = None
        self._position_s = None
        self._forget_switch()
        self._bridge.forget_results()
        self._next()
        self.opening.emit()

    def _next(self) -> None:
        """Take the next step of a change, unless one is under way."""
        if self._is_busy or self._is_ending:
            return
        run, wanted = self._run, self._wanted
        if run is not None and (wanted is not None or self.is_suspended):
            self._is_busy = True
            run.stop()
            self._bridge.ask(lambda: joined((run,), LEAVE_S), self._left)
        elif self._suspended is not None:
            go_on, self._suspended = self._suspended, None
            go_on()
        elif wanted is not None:
            self._is_busy = True
            self._bridge.ask(
                lambda: self._services.open_run(wanted.config),
                lambda built: self._built(wanted, built),
                lambda error: self._refuse(wanted, error),
            )

    def _left(self, trouble: str) -> None:
        run, self._run = self._run, None
        self._is_busy = False
        if run is not None:
            if trouble:
                self._hung.append(run)
                self.told.emit(trouble)
            self.run_left.emit(run.status())
        self._next()

    def _built(self, request: OpenRequest, run: WindowRun) -> None:
        self._is_busy = False
        if self._wanted is request and not self._is_ending:
            self._wanted = None
            self._start(request, run)
        self._next()

    def _start(self, request: OpenRequest, run: WindowRun) -> None:
        self._run = run
        run.observe(self._bridge.observer(), sees_lent=self._bridge.see_lent)
        if self._speed != 1.0:
            run.set_speed(self._speed)
        self.run_made.emit(run)
        run.start(wait=False)
        if request.place is not None:
            if request.place.is_paused:
                run.pause()
            run.seek(request.place.position_s)
        if request.beside:
            self._use_models(AskedModels(request.config.model, request.beside))
        self.run_changed.emit()

    def refuse(self, error: RkVideoError) -> None:
        """There is nothing to open: `error` says why."""
        self._refusal = error
        self.refused.emit(error)

    def _refuse(self, request: OpenRequest, error: RkVideoError) -> None:
        self._is_busy = False
        if self._wanted is request:
            self._wanted = None
            self.refuse(error)
        self._next()

    def toggle_pause(self) -> None:
        """Pause, go on, or play from the start again what has come to its end."""
        state = self.status().state
        if self.is_opening or self.is_suspended:
            return
        if self._run is None or state.is_final:
            self.open(self._config)
        elif state is RunState.PAUSED:
            self._run.resume()
        elif state is RunState.RUNNING:
            self._run.pause()

    def step(self) -> None:
        """Show the next frame of a file and stay there."""
        state = self.status().state
        if self._run is None or state not in (RunState.RUNNING, RunState.PAUSED):
            return
        if state is RunState.RUNNING:
            self._run.pause()
        self._run.step()

    def step_back(self) -> None:
        """Show the frame before of a file and stay there."""
        status = self.status()
        stream, here_s = status.stream, self._position_s
        if self._run is None or stream is None or here_s is None:
            return
        if status.state is RunState.RUNNING:
            self._run.pause()
        # The frame before is shown until this one: half of its time ago is well within it.
        self.seek(here_s - 0.5 / float(stream.rate or _USUAL_RATE))

    def seek(self, position_s: float) -> None:
        """Go on at a place of the file; one that has come to its end is played from there."""
        status = self.status()
        stream = status.stream
        if self._run is None or stream is None or not stream.seekable:
            return
        last = stream.duration_s if stream.duration_s is not None else position_s
        place_s = max(0.0, min(position_s, last))
        if status.state.is_final:
            self._request(OpenRequest(self._config, FilePlace(place_s), self._beside_kept))
        else:
            self._run.seek(place_s)
        self._position_s = place_s

    def seek_by(self, seconds: float) -> None:
        """Go on so many seconds later in the file, or earlier."""
        self.seek((self._position_s or 0.0) + seconds)

    def set_speed(self, speed: float | None) -> None:
        """Play this file and the next ones at a factor, None for as fast as possible."""
        self._speed = speed
        if self._run is not None:
            self._run.set_speed(speed)

    def set_loop(self, loop: bool) -> None:
        """Whether files start over at their end."""
        options = replace(self._config.source_options, loop=loop)
        self._config = replace(self._config, source_options=options)
        if self._run is not None:
            self._run.set_loop(loop)

    def set_filter(self, wanted: DetectionFilter) -> None:
        """Use another filter from the next frame on; in a paused file that is the one shown."""
        self._config = replace(self._config, filter=wanted)
        if self._run is not None:
            self._run.set_filter(wanted)
            self._infer_again()

    def _infer_again(self) -> None:
        """Have the picture on the screen inferred once more, where a file is paused on it."""
        if self._position_s is not None and self.status().state is RunState.PAUSED:
            self.seek(self._position_s)

    def add_sink(self, sink: Sink, *, required: bool = False) -> None:
        """Write what is shown from now on. Raises RkVideoError where nothing is played."""
        if self._run is None:
            raise RkVideoError(self.tr("nothing is played now: open a source first"))
        self._run.add_sink(sink, required=required)

    def remove_sink(self, name: str) -> bool:
        """Finish a sink; False where there is none."""
        return self._run is not None and self._run.remove_sink(name)

    def switch_model(self, argument: str) -> None:
        """Use another model, as `--model` names it; the picture goes on meanwhile."""
        self._use_models(AskedModels(argument, ""))

    def show_beside(self, first: str, second: str) -> None:
        """Run two models on each frame, for an A|B view."""
        self._use_models(AskedModels(first, second))

    def _use_models(self, asked: AskedModels) -> None:
        config = replace(self._config, model=asked.model)
        if self._run is None or self.is_opening or self.status().state.is_final:
            waiting = self._resume_with if self.is_suspended else None
            place = waiting.place if waiting is not None else None
            self._request(OpenRequest(config, place, asked.beside))
            return
        number = self._switches.begin()
        self._bridge.ask(
            lambda: self._services.prepare_model(config, asked.beside),
            lambda prepared: self._switch_to(prepared, asked, number),
            lambda error: self._not_switched(asked, shown_error(error)),
        )

    def _switch_to(self, prepared: PreparedModel, asked: AskedModels, number: int) -> None:
        if self._run is None or not self._switches.is_newest(number):
            return
        try:
            self._switches.note(self._run.switch_model(prepared), asked)
        except RkVideoError as error:
            self._not_switched(asked, shown_error(error))  # the file came to its end meanwhile

    def _not_switched(self, asked: AskedModels, reason: str) -> None:
        self._beside_kept = self._beside
        self.model_refused.emit(asked.beside or asked.model, reason)
        self.told.emit(reason)

    def note_switch(self) -> None:
        """Look whether a model that was asked for is in use by now, or could not be loaded."""
        done = self.status().switches
        models = self._switches.take_in_use(done)
        if models is not None:
            self._config = replace(self._config, model=models.model)
            self._beside = self._beside_kept = models.beside
            self.model_changed.emit()
            self._infer_again()
        if (refused := self._switches.take_refused(done)) is not None:
            self._not_switched(refused, done.reason)

    def _forget_switch(self) -> None:
        self._switches.forget()
        self._beside = ""

    def suspend(self, then: Callable[[], None], lend_to: Task = "comparison") -> None:
        """End the run, keep its place; `then` is called once `lend_to` has the machine."""
        if self.is_suspended or self._is_ending:
            return
        self._resume_with = OpenRequest(self._config, self.place, self._beside_kept)
        self._lent_to, self._suspended = lend_to, then
        self._wanted = None
        self._forget_switch()
        self._bridge.forget_results()
        self._next()

    def resume(self) -> None:
        """Open again what `suspend` has ended, or what was asked for since."""
        if self.is_suspended:
            self._lent_to = self._suspended = None
            if self._resume_with is not None:
                self._request(replace(self._resume_with, config=self._config))

    def end(self, timeout_s: float) -> None:
        """End for good; `ended` follows within `timeout_s` seconds.

        It carries the words of a thread that did not end in time, else an empty text.
        """
        if self._is_ending:
            return
        self._is_ending = True
        self._wanted = None
        self._bridge.forget_results()
        runs = tuple(self._hung) if self._run is None else (self._run, *self._hung)
        for run in runs:
            run.stop()
        self._bridge.ask(lambda: joined(runs, timeout_s, leaves_slow=True), self.ended.emit)
