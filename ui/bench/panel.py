"""The panel of the bench: measures models and sizes side by side, shows and keeps what came out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from PyQt5.QtCore import QTimer, QUrl, pyqtSignal
from PyQt5.QtGui import QDesktopServices, QResizeEvent
from PyQt5.QtWidgets import QAction, QApplication, QFrame, QScrollArea, QVBoxLayout, QWidget

from rkvideo.bench.plan import BenchPlan
from rkvideo.bench.results import BenchReport, BenchRow
from rkvideo.config import ModelChoice
from rkvideo.errors import ConfigError, RkVideoError
from rkvideo.report.quality import Quality
from rkvideo.report.whole import JoinedReport
from rkvideo.status import RunTitles

from ..bridge import Bridge
from ..contract.bench_services import BenchRun, BenchServices
from ..kept.state import QualityChoice
from ..look.changes import follow_language
from ..look.error_words import shown_error
from ..look.sizes import px
from ..look.time_left import TimeLeft
from .columns import BesideFps
from .conditions import condition_lines
from .export import picture_of, save_picture
from .layout import BenchLayout, WrappedColumn
from .plot import BenchPlots
from .quality_setup import NONE
from .quality_turn import QualityTurn
from .result_bar import ResultBar
from .result_words import ResultWords
from .sentence import sentence_of_pair
from .setup import BenchSetup
from .table import BenchTable, BenchView

_POLL_MS: Final = 200
# The heading and two rows.
_LEAST_TABLE: Final = 100


class BenchPanel(QWidget):
    """Chooses, measures, shows, exports and lays two runs side by side.

    Start emits `start_asked` with a BenchPlan: its receiver frees what the bench needs and calls
    `run`. AP or agreement follows the bench where it was asked for. `finished` follows when all of
    it is over, however it ended; `measured` when the rates that the list of models shows are new.
    `quality_changed` has the QualityChoice.
    """

    start_asked = pyqtSignal(object)
    finished = pyqtSignal()
    measured = pyqtSignal()
    quality_changed = pyqtSignal(object)

    def __init__(self, bridge: Bridge, bench: BenchServices, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._services = bench
        self._source = bench.config.source
        self._bench: BenchRun | None = None
        self._a: JoinedReport | None = None
        self._b: JoinedReport | None = None
        self._rows: tuple[BenchRow, ...] = ()
        self._before: JoinedReport | None = None
        self._is_from_before = False
        self._is_running = self._is_closing = False
        self._plan: BenchPlan | None = None
        self._turn = QualityTurn(bridge, bench, self)
        self._turn.data_read.connect(self._ask_start)
        self._turn.over.connect(self._quality_over)
        self._turn.refused.connect(self._quality_refused)
        self._clock = TimeLeft()
        self._poll = QTimer(self)
        self._poll.setInterval(_POLL_MS)
        self._poll.timeout.connect(self._look)
        self._make_parts()
        self._lay_out()
        follow_language(self, self._refresh)
        self.show_source(self._source)
        bridge.ask(bench.last, self._show_last)

    def show_choices(self, choices: Sequence[ModelChoice]) -> None:
        """The models that can be ticked."""
        self.setup.show_choices(choices)

    def show_in_use(self, argument: str) -> None:
        """The `--model` argument of the model in use: what is proposed to be compared."""
        self.setup.propose(argument)

    def show_quality(self, choice: QualityChoice) -> None:
        """What was chosen to be laid beside fps."""
        self.setup.quality.choose(choice)

    def show_source(self, text: str) -> None:
        """The source that the window shows now, as the user gave it."""
        self._source = text
        name, is_live = self._services.public_name(text), self._services.is_live(text)
        self.setup.show_source(name, is_live=is_live)

    def run(self, plan: BenchPlan) -> None:
        """Measure; the frames go to the bridge meanwhile, as those of a run do."""
        if self._is_running:
            return
        bench = self._services.open(plan, self._bridge.observer())
        self._bench, self._plan = bench, plan
        self._is_running, self._is_closing = True, False
        self._before, self._a, self._rows = self._a, None, ()
        self.setup.tell("")
        self.setup.show_running(True)
        self._refresh()
        self._look()
        self._poll.start()
        self._clock.start()
        self._bridge.ask(bench.run, self._done, self._refused, is_measuring=True)

    def cancel(self) -> None:
        """End it soon, as the window closes; what was measured is kept."""
        self._is_closing = True
        if self._bench is not None:
            self._bench.cancel()
            # The window may be gone before its answer comes.
            self._keep(JoinedReport((self._bench.report(),)))
        self._turn.cancel()

    def stop(self) -> None:
        """End it soon; what was measured is shown and kept, with AP or agreement where it is."""
        if self._bench is not None:
            self._bench.cancel()
        else:
            self._turn.stop()

    @property
    def is_running(self) -> bool:
        """True from `run` until `finished`."""
        return self._is_running

    @property
    def titles(self) -> RunTitles | None:
        """What the run that is measured just now is called; None between two runs."""
        return None if self._bench is None else self._bench.titles

    @property
    def report(self) -> BenchReport | None:
        """The bench of run A, None where there is none yet."""
        return None if self._a is None else self._a.benches[0]

    @property
    def beside(self) -> BenchReport | None:
        """The bench of run B, None where there is none."""
        return None if self._b is None else self._b.benches[0]

    @property
    def result(self) -> JoinedReport | None:
        """Run A with what stands beside its fps, None where there is none yet."""
        return self._a

    @property
    def ticked(self) -> tuple[str, ...]:
        """The `--model` arguments that are ticked."""
        return self.setup.ticked()

    @property
    def selected(self) -> tuple[str, ...]:
        """The `--model` arguments of the rows that are selected in the table."""
        return self.view.selected

    def sentence_on(self, *titles: str) -> str:
        """What the last result says of two models, by their titles; empty for nothing."""
        return sentence_of_pair(self._rows, self._a, titles)

    def offer(self, action: QAction) -> None:
        """Have one more thing to do, in the bar below the table."""
        self.bar.offer(action)

    def export(self, path: Path) -> None:
        """Write what is shown to a file, of the kind that its suffix names."""
        report = self._a
        if report is None:
            return
        if path.suffix.lower() == ".png":
            lines = [self.words.sentence.text(), *condition_lines(report), *self._lines_of_b()]
            image = picture_of(lines, report, self._b, is_queued=self._is_queued())
            self._bridge.ask(partial(save_picture, image, path), self._written, self._complain)
        else:
            self._bridge.ask(
                partial(self._services.export, report, path, self._b),
                self._written,
                self._complain,
            )

    def open_beside(self, path: Path) -> None:
        """Lay the run of a bench.json beside the one that is shown."""
        self._bridge.ask(partial(self._services.load, path), self._show_b, self._complain)

    def open_result(self, path: Path) -> None:
        """Show the run of a bench.json, in the place of the last result."""
        self._bridge.ask(partial(self._services.load, path), self._show_last_anew, self._complain)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """The parts beside each other, or one below the other."""
        super().resizeEvent(event)
        self._arrange()

    def _make_parts(self) -> None:
        self.setup = BenchSetup()
        self.setup.start_clicked.connect(self._start)
        self.setup.cancel_clicked.connect(self.stop)
        self.setup.quality.changed.connect(self.quality_changed)
        self.setup.quality.kind.currentIndexChanged.connect(self._offer_plot)
        self.table = BenchTable(self)
        self.view = BenchView(self.table)
        self.view.setMinimumHeight(px(_LEAST_TABLE))
        self.plots = BenchPlots()
        self.words = ResultWords()
        self.bar = ResultBar(self._offered)
        self.bar.open_asked.connect(self.open_beside)
        self.bar.export_asked.connect(self.export)
        self.bar.keep_asked.connect(lambda: self._show_b(self._a))
        self.bar.close_asked.connect(lambda: self._show_b(None))
        self.bar.more_toggled.connect(self.view.show_all)
        self.bar.copy_asked.connect(self._copy)
        self.bar.page_asked.connect(self._open_page)

    def _lay_out(self) -> None:
        results = WrappedColumn(self.words, self.view, self.bar)
        self._layout = BenchLayout(self.setup, results, self.plots)
        # In a dock that is narrow and low at once the parts keep their size and are scrolled.
        scrolled = QScrollArea()
        scrolled.setFrameShape(QFrame.Shape.NoFrame)
        scrolled.setWidgetResizable(True)
        scrolled.setWidget(self._layout.whole)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(6, 6, 6, 6)
        whole.addWidget(scrolled)

    def _arrange(self) -> None:
        has_rows = bool(self._rows or self._rows_of_b())
        self._layout.arrange(self.size(), (self.view, self.plots), has_rows=has_rows)

    def _start(self) -> None:
        if self._turn.is_reading:
            return
        try:
            config = replace(self._services.config, source=self._source)
            plan, wish = self.setup.plan(config), self.setup.quality.wish()
        except ConfigError as error:
            self.setup.tell(shown_error(error))
            return
        self._plan = plan
        if wish is None:
            self._turn.drop()
            self._ask_start()
            return
        self.setup.tell(self.tr("reading the pictures"))
        self.setup.start_button.setEnabled(False)
        self._turn.read(plan.config, wish)

    def _ask_start(self) -> None:
        self.setup.tell("")
        self.start_asked.emit(self._plan)

    def _look(self) -> None:
        if self._bench is None:
            found, left_s = self._turn.status()
            self.setup.show_quality_status(found, left_s, is_agreement=self._turn.is_agreement)
            return
        status = self._bench.status()
        self.setup.show_status(status, self._clock.seconds(status.fraction))
        if status.rows != self._rows:
            self._rows = status.rows
            self._refresh()

    def _done(self, report: BenchReport) -> None:
        self._bench = None
        measured = JoinedReport((report,))
        is_whole = report.complete and not report.is_empty and not self._is_closing
        if not is_whole or self._plan is None or not self._turn.is_wanted:
            self._end(measured)
            return
        # Only now: before the bench it would have made the chip hot.
        self._show_a(measured, is_from_before=False)
        self._turn.begin(report, self._plan.config)

    def _refused(self, error: RkVideoError) -> None:
        self.setup.tell(shown_error(error))
        if self._bench is not None:
            # An error at the tenth row does not make the nine before it worthless.
            self._end(JoinedReport((self._bench.report(),)))

    def _quality_over(self, found: Quality | None) -> None:
        if self._a is not None:
            self._end(self._a if found is None else self._a.with_quality(found))

    def _quality_refused(self, error: RkVideoError) -> None:
        self.setup.tell(shown_error(error))
        if self._is_running and self._a is not None:
            self._end(self._a)
        else:
            self.setup.show_running(False)

    def _end(self, result: JoinedReport) -> None:
        self._poll.stop()
        self._bench, self._is_running = None, False
        self._turn.drop()
        if not result.benches[0].is_empty:
            self._show_a(result, is_from_before=False)
            self._keep(result)
        elif self._before is not None:
            # Nothing came out: what was there is worth more than an empty table.
            self._show_a(self._before, is_from_before=self._is_from_before)
        self.setup.show_running(False)
        self._refresh()
        self.finished.emit()

    def _keep(self, result: JoinedReport) -> None:
        if not result.benches[0].is_empty:
            self._bridge.ask(partial(self._services.keep, result), lambda _: self.measured.emit())

    def _show_last(self, result: JoinedReport | None) -> None:
        # A bench that was started meanwhile is newer.
        if result is not None and self._a is None and not self._is_running:
            self._show_a(result, is_from_before=True)

    def _show_last_anew(self, result: JoinedReport) -> None:
        if not self._is_running:
            self._show_a(result, is_from_before=True)

    def _show_a(self, result: JoinedReport, *, is_from_before: bool) -> None:
        self._a, self._is_from_before = result, is_from_before
        self._rows = result.benches[0].rows
        self._refresh()

    def _show_b(self, result: JoinedReport | None) -> None:
        self._b = result
        self._refresh()

    def _refresh(self) -> None:
        rows, beside = self._rows, self._rows_of_b()
        if self.table.show_rows(rows, beside, BesideFps.of(self._a, self._b)):
            self.plots.show_rows(rows, beside, is_queued=self._is_queued())
            self.plots.quality.show_reports(self._a, self._b)
        self._offer_plot()
        self.words.show_results(rows, self._a, self._b, is_from_before=self._is_from_before)
        self._arrange()
        self.bar.show_what_is_there(has_result=self._a is not None, has_beside=self._b is not None)

    def _offer_plot(self) -> None:
        """The plot of quality is there once somebody asks for it."""
        is_there = any(each is not None and each.has_quality for each in (self._a, self._b))
        self.plots.offer_quality(is_there or self.setup.quality.chosen != NONE)

    def _is_queued(self) -> bool:
        """Whether what is shown was read as fast as possible."""
        if self._bench is not None:
            return self.setup.is_at_full_speed
        shown = [result.benches[0] for result in (self._a, self._b) if result is not None]
        return any(bench.source is not None and not bench.source.live for bench in shown)

    def _rows_of_b(self) -> tuple[BenchRow, ...]:
        return () if self._b is None else self._b.benches[0].rows

    def _lines_of_b(self) -> tuple[str, ...]:
        return () if self._b is None else tuple(f"B: {line}" for line in condition_lines(self._b))

    def _written(self, path: Path) -> None:
        self._bridge.tell(self.tr("written: {path}").format(path=path))

    def _complain(self, error: RkVideoError) -> None:
        self._bridge.tell(shown_error(error))

    def _copy(self) -> None:
        clipboard = QApplication.clipboard()
        if self._a is not None and clipboard is not None:
            clipboard.setText(self._services.markdown(self._a, self._b))
            self._bridge.tell(self.tr("the table is on the clipboard, as Markdown"))

    def _open_page(self) -> None:
        if self._a is not None:
            write = partial(self._services.write_page, self._a)
            self._bridge.ask(write, self._page_written, self._complain)

    def _page_written(self, page: Path) -> None:
        self._written(page)
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(page)))

    def _offered(self, kind: str) -> Path:
        """The file that is offered for an export."""
        name = "" if self._a is None else self._services.export_name(self._a, kind)
        return self._services.export_folder() / name
