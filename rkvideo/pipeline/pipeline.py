"""The pipeline: every thread of a run, from the source to the sinks.

decode     owns the source
   | jobs      file: WAIT, bounded by tickets     live: KEEP_LATEST, 1
npu-0..n   the pool: each owns one context of the model
   | outcomes  worked off by the worker that brings one: order, statistics; it calls observers,
   |           gives tickets back
   | results   file: WAIT     live: bounded, a drop is counted
a thread for each sink
emit       hands on what was held back for a result that did not come, ends the sinks
watch      looks after the workers
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from dataclasses import dataclass

from rkvideo.config import DetectionFilter
from rkvideo.data import Frame, FrameResult
from rkvideo.errors import PipelineStateError, RkVideoError, ThreadError
from rkvideo.pipeline.channels import TicketWindow
from rkvideo.pipeline.deployment import Spread
from rkvideo.pipeline.emit import Emitter
from rkvideo.pipeline.ledger import Ledger, RunEnd
from rkvideo.pipeline.live_order import UnderWay
from rkvideo.pipeline.model_switch import MODEL, ModelSwitch
from rkvideo.pipeline.playback import Controls
from rkvideo.pipeline.prepared import PreparedModel
from rkvideo.pipeline.sink_runner import SinkRunner
from rkvideo.pipeline.source_runner import PlayOptions, SourceRunner
from rkvideo.pipeline.threads import ThreadGroup
from rkvideo.pipeline.tracker import Tracker
from rkvideo.pipeline.worker_pool import Cores
from rkvideo.sinks.base import Sink
from rkvideo.sources.base import Source
from rkvideo.stats import Percentiles, StatsSnapshot
from rkvideo.status import NpuSample, RunState, RunStatus, RunTitles

WATCH_S = 1.0


@dataclass(frozen=True, slots=True)
class RunSpec:
    """What a pipeline is put together from; it knows nothing of it but the protocols.

    `sample_npu(stop, publish)` publishes a sample now and then until `stop` is set. `track` numbers
    the objects. `place(name)` is called in each thread as it begins, and may choose its cores.
    """

    source: Source
    prepared: PreparedModel
    wanted: DetectionFilter
    play: PlayOptions
    titles: RunTitles
    sample_npu: Callable[[threading.Event, Callable[[NpuSample], None]], None] | None = None
    track: Tracker | None = None
    place: Callable[[str], None] | None = None


class Pipeline:
    """One run, from `start` to a final state; it is not started twice.

    Every method may be called from any thread and returns at once, but for `start(wait=True)`
    and `join`.
    """

    def __init__(self, spec: RunSpec) -> None:
        self._spec = spec
        self._ledger = Ledger()
        self._ledger.playback(spec.play.playback)
        self._threads = ThreadGroup(self._thread_ended, self._ledger.end, spec.place)
        # The pool in use decides how many there are.
        self._tickets = TicketWindow(1)
        under_way = UnderWay()
        self._emitter = Emitter(
            self._ledger,
            self._tickets,
            under_way,
            is_every=self._is_every,
            limit=spec.play.limit,
            limit_reached=self._drain,
            track=spec.track,
        )
        self._switch = ModelSwitch(
            spec.prepared,
            spec.wanted,
            self._emitter.outcomes,
            self._tickets,
            self._ledger,
            Cores(under_way, self._emitter),
            self._threads.run,
        )
        self._controls = Controls(
            spec.play.playback, lambda: self._ledger.ending is not RunEnd.NOT_YET
        )
        self._source_runner = SourceRunner(
            spec.source,
            spec.play,
            self._switch,
            self._tickets,
            self._ledger,
            self._controls,
            self._emitter,
        )
        self._early_sinks: list[SinkRunner] = []
        self._is_over = threading.Event()

    def start(self, wait: bool = True) -> None:
        """Start every thread.

        With `wait`, returns once source, model and sinks are open (or a source that is retried is
        not), and raises the first error that kept one from opening.
        """
        if self._ledger.status().state is not RunState.IDLE:
            raise PipelineStateError("this run was started before: build a new one")
        self._ledger.begin({"source", MODEL, *(runner.name for runner in self._early_sinks)})
        with self._threads.held():
            try:
                self._start_threads()
            except RkVideoError as error:
                self._fail(error)
        refusal = self._ledger.wait_started().error if wait else None
        if refusal is not None:
            self._cut_short()
            raise refusal

    def _start_threads(self) -> None:
        for runner in self._early_sinks:
            self._threads.run(runner.name, runner.run)
        self._threads.run("emit", self._emitter.run)
        self._threads.run("watch", self._watch)
        if self._spec.sample_npu is not None:
            sample = functools.partial(
                self._spec.sample_npu, self._is_over, self._ledger.npu_sampled
            )
            self._threads.run("monitor", sample)
        self._switch.start()
        self._threads.run("decode", self._source_runner.run)

    def pause(self) -> None:
        """A file stops where it is; of a live source the frames are dropped."""
        self._ledger.set_paused(True)
        self._source_runner.pause()

    def resume(self) -> None:
        """Go on after `pause`."""
        self._ledger.set_paused(False)
        self._controls.release()

    def seek(self, position_s: float) -> None:
        """Go on at the frame that a file shows at `position_s`; while paused that one is shown.

        Does nothing where the source cannot be sought (`StreamInfo.seekable`).
        """
        self._controls.seek(position_s)

    def step(self) -> None:
        """While paused: show the next frame of a file, and stay paused."""
        self._controls.step()

    def set_speed(self, speed: float | None) -> None:
        """Play a file at this factor of its own speed, None for as fast as possible.

        Raises ConfigError for a factor that is not from 0.25 to 4.
        """
        self._ledger.playback(self._controls.set_speed(speed))

    def set_loop(self, loop: bool) -> None:
        """Whether a file starts over at its end."""
        self._ledger.playback(self._controls.set_loop(loop))

    def stop(self) -> None:
        """End the run: what is under way is dropped, recordings are finished."""
        self._ledger.cut_short(by_user=True)
        self._cut_short()

    def join(self, timeout: float) -> None:
        """Wait for every thread; raises ShutdownTimeout naming those that are alive.

        That is SlowShutdown where they are workers within the limits of their plan.
        """
        self._threads.join(timeout, lambda names: self._switch.pool.are_slow(names))

    def wait(self, timeout: float) -> RunStatus:
        """Wait until the run has ended or `timeout` seconds went by; gives the snapshot."""
        return self._ledger.wait_ended(timeout)

    def wait_over(self, timeout: float) -> bool:
        """Wait until only `join` is left to do, `timeout` seconds at most; whether that is so.

        A run that is cut short is left even if a thread of it hangs: `join` tells which.
        """
        return self._ledger.wait_over(timeout)

    @property
    def is_ending(self) -> bool:
        """True once the run was cut short by `stop` or an error: only `join` is left to do."""
        return self._ledger.ending is RunEnd.CUT_SHORT

    def status(self) -> RunStatus:
        """A snapshot of the run."""
        return self._ledger.status()

    def stats(self) -> StatsSnapshot:
        """The figures of the last seconds."""
        return self._ledger.stats()

    def overall(self) -> tuple[float | None, dict[str, Percentiles]]:
        """Frames per second and percentiles in seconds, by stage, of the whole run."""
        return self._ledger.overall()

    def switch_model(self, prepared: PreparedModel) -> int:
        """Open another model beside the one in use and swap to it between two frames.

        Returns at once. `status().loading` names it until it is in use; where no context of it
        opens, the old model goes on and a notice says why. To or from an A|B view the old models
        leave first, and the picture waits. A further call takes the place of one that has not
        begun to load. Gives the number of the switch, from 1: `status().switches` tells by it how
        the switch ended. Classes of the filter that the new model does not know are left out,
        with a notice. Raises PipelineStateError once the run has ended.
        """
        state = self.status().state
        if state.is_final:
            raise PipelineStateError(f"the run is {state.value}: no frame is left for a model")
        return self._switch.switch(prepared)

    @property
    def titles(self) -> RunTitles:
        """What the run is called; model and labels are final once a worker has opened.

        After a switch they change with the first result of the new model. A result that is read
        later than it was given is named by `RunTitles.of`.
        """
        model = self._emitter.model or self._switch.model
        if model is None:
            return self._spec.titles
        source = self._spec.titles.source
        return RunTitles(
            source, model.title, model.backend, model.labels, model.way, model.picture_way
        )

    @property
    def workers(self) -> int:
        """How many workers the model in use has."""
        return self._switch.pool.workers

    @property
    def workers_used(self) -> int:
        """How many of them take frames now: a second one of a core may bring nothing."""
        return self._switch.pool.deployment.working

    @property
    def workers_on_one_cpu(self) -> bool:
        """Whether those are kept on one CPU core, because they are faster there."""
        return self._switch.pool.deployment.now.spread is not Spread.FREE

    @property
    def worker_changes(self) -> int:
        """How often that has changed since the model in use came, trials included."""
        return self._switch.pool.deployment.changes

    @property
    def cores(self) -> int:
        """How many NPU cores the model in use runs on; 0 where its workers are not bound."""
        return self._switch.pool.cores

    @property
    def wanted(self) -> DetectionFilter:
        """The filter of the next frame."""
        return self._switch.wanted

    def set_filter(self, wanted: DetectionFilter) -> None:
        """Use another filter from the next frame on."""
        self._switch.wanted = wanted

    @property
    def tracks(self) -> bool:
        """Whether objects are numbered."""
        return self._spec.track is not None and self._spec.track.is_on

    def set_tracking(self, on: bool) -> None:
        """Number objects from the next result on, or no longer. Raises ConfigError: it cannot."""
        if self._spec.track is not None:
            self._spec.track.turn(on=on)

    @property
    def objects_present(self) -> dict[int, int]:
        """How many tracked objects of each class the last result had, by class id."""
        return {} if self._spec.track is None else self._spec.track.present

    @property
    def objects_seen(self) -> dict[int, int]:
        """How many tracked objects there were of each class so far, by class id."""
        return {} if self._spec.track is None else self._spec.track.seen

    def observe(
        self,
        observer: Callable[[FrameResult], None],
        *,
        sees_pictures: bool = True,
        sees_lent: Callable[[Frame], None] | None = None,
    ) -> None:
        """Call `observer` with each result in order, from one thread at a time.

        It must return at once. Without `sees_pictures` it looks at no `Frame.picture`, and where
        nobody else does pictures of a video unit are not even fetched from it. One that does is
        called with the results whose picture is still there: not with those that were under way
        when it came as the first who wants to see any. `sees_lent` is called by a worker, also
        with frames that will have no result, while a video unit lends their pictures.
        """
        self._emitter.add_observer(observer, sees_pictures=sees_pictures, sees_lent=sees_lent)

    def add_sink(self, sink: Sink, *, required: bool = False) -> None:
        """Write each result from now on to `sink`, in a thread of its own.

        An error of a `required` sink ends the run, of another one it becomes a notice. Raises
        PipelineStateError once the run has ended, ThreadError where the sink gets no thread.
        """
        runner = SinkRunner(
            sink, self._ledger, self.status, waits=self._is_every, required=required
        )
        state = self.status().state
        if state.is_final:
            raise PipelineStateError(f"the run is {state.value}: nothing is left to write")
        self._emitter.add_sink(runner)
        if state is RunState.IDLE:
            self._early_sinks.append(runner)
            return
        try:
            self._threads.run(runner.name, runner.run)
        except ThreadError:
            self._emitter.remove_sink(runner.name)
            raise

    def remove_sink(self, name: str) -> bool:
        """Finish the sink of that name; False where there is none."""
        return self._emitter.remove_sink(name)

    @property
    def silent_s(self) -> dict[str, float]:
        """How many seconds the source, and who hands on results, have been at one piece of work."""
        return {"source": self._source_runner.pulse.silent_s, "emit": self._emitter.pulse.silent_s}

    def _watch(self) -> None:
        """Look after workers and sinks until the run is over: nobody who could hang with them."""
        while not self._is_over.wait(WATCH_S):
            self._switch.check_stalled()
            self._emitter.check_stalled()

    def _is_every(self) -> bool:
        return bool(self._source_runner.every)

    def _thread_ended(self, name: str, error: Exception | None) -> None:
        if name == "emit":
            self._is_over.set()
        if error is not None:
            self._fail(error)

    def _fail(self, error: Exception) -> None:
        self._ledger.fail(error)
        self._cut_short()

    def _drain(self) -> None:
        """The last frame that is wanted was shown: what is still under way is left out."""
        self._ledger.drains()
        self._source_runner.wake()

    def _cut_short(self) -> None:
        """Make every thread see that what is under way is dropped."""
        self._ledger.cut_short()
        self._source_runner.wake()
        self._tickets.cancel()
        self._switch.cancel()
        self._emitter.outcomes.cancel()
