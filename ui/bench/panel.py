"""The panel of the bench: measures models and sizes side by side, shows and keeps what came out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from PyQt5.QtCore import QDateTime, QElapsedTimer, Qt, QTimer, pyqtSignal
from PyQt5.QtGui import QResizeEvent
from PyQt5.QtWidgets import (
    QAction,
    QApplication,
    QFileDialog,
    QFrame,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from rkvideo.bench.plan import BenchPlan
from rkvideo.bench.results import BenchReport, BenchRow
from rkvideo.config import ModelChoice
from rkvideo.errors import ConfigError, RkVideoError
from rkvideo.status import RunTitles

from ..bridge import Bridge
from ..contract.bench_services import BenchRun, BenchServices
from ..look.changes import follow_language
from ..look.folding_bar import FoldingBar
from ..look.icons import icon
from .conditions import condition_lines
from .export import picture_of, save_picture
from .layout import splitter, turn
from .plot import BenchPlots
from .sentence import sentence_of
from .setup import BenchSetup
from .table import BenchTable, BenchView

_POLL_MS: Final = 200
# From this width on the choice stands beside the results, from this height on the plots below.
_WIDE: Final = 860
_HIGH: Final = 520
_WIDE_SHARES: Final = (290, 940)
_TALL_SHARES: Final = (210, 430)
_RESULT_SHARES: Final = (200, 180)
# Read alike in both languages.
_WHEN: Final = "yyyy-MM-dd HH:mm"
# Before this share of the whole is done, what is left is a guess.
_LEAST_DONE: Final = 0.03
_KINDS: Final = ("csv", "json", "md", "png")
_ICONS: Final = {"png": "picture"}


class BenchPanel(QWidget):
    """Chooses, measures, shows, exports and lays two runs side by side.

    Start emits `start_asked` with a BenchPlan: its receiver frees what the bench needs and calls
    `run`. `finished` follows when the bench is over, however it ended; `measured` when the rates
    that the list of models shows are new.
    """

    start_asked = pyqtSignal(object)
    finished = pyqtSignal()
    measured = pyqtSignal()

    def __init__(self, bridge: Bridge, bench: BenchServices, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._services = bench
        self._source = bench.config.source
        self._bench: BenchRun | None = None
        self._a: BenchReport | None = None
        self._b: BenchReport | None = None
        self._rows: tuple[BenchRow, ...] = ()
        self._before: BenchReport | None = None
        self._is_from_before = False
        self._clock = QElapsedTimer()
        self._poll = QTimer(self)
        self._poll.setInterval(_POLL_MS)
        self._poll.timeout.connect(self._look)
        self._make_parts()
        self._lay_out()
        follow_language(self, self._set_texts)
        self.show_source(self._source)
        bridge.ask(bench.last, self._show_last)

    def show_choices(self, choices: Sequence[ModelChoice]) -> None:
        """The models that can be ticked."""
        self.setup.show_choices(choices)

    def show_in_use(self, argument: str) -> None:
        """The `--model` argument of the model in use: what is proposed to be compared."""
        self.setup.propose(argument)

    def show_source(self, text: str) -> None:
        """The source that the window shows now, as the user gave it."""
        self._source = text
        name, is_live = self._services.public_name(text), self._services.is_live(text)
        self.setup.show_source(name, is_live=is_live)

    def run(self, plan: BenchPlan) -> None:
        """Measure; the frames go to the bridge meanwhile, as those of a run do."""
        if self._bench is not None:
            return
        bench = self._services.open(plan, self._bridge.observer())
        self._bench = bench
        self._before, self._a, self._rows = self._a, None, ()
        self.setup.tell("")
        self.setup.show_running(True)
        self._refresh()
        self._look()
        self._poll.start()
        self._clock.start()
        self._bridge.ask(bench.run, self._done, self._refused)

    def cancel(self) -> None:
        """End the bench soon; what was measured is shown and kept."""
        if self._bench is not None:
            self._bench.cancel()

    @property
    def is_running(self) -> bool:
        """True from `run` until `finished`."""
        return self._bench is not None

    @property
    def titles(self) -> RunTitles | None:
        """What the run that is measured just now is called; None between two runs."""
        return None if self._bench is None else self._bench.titles

    @property
    def report(self) -> BenchReport | None:
        """Run A, None where there is none yet."""
        return self._a

    @property
    def beside(self) -> BenchReport | None:
        """Run B, None where there is none."""
        return self._b

    def export(self, path: Path) -> None:
        """Write what is shown to a file, of the kind that its suffix names."""
        report = self._a
        if report is None:
            return
        if path.suffix.lower() == ".png":
            lines = [*condition_lines(report), *self._conditions_of_b()]
            lines = [sentence_of(report.rows), *lines]
            image = picture_of(lines, report.rows, self._rows_of_b(), is_queued=self._is_queued())
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
        is_wide, is_low = self.width() >= _WIDE, self.height() < _HIGH
        turn(self._split, is_wide, _WIDE_SHARES if is_wide else _TALL_SHARES)
        turn(self._results, is_wide and is_low, _RESULT_SHARES)

    def _make_parts(self) -> None:
        self.setup = BenchSetup()
        self.setup.start_clicked.connect(self._start)
        self.setup.cancel_clicked.connect(self.cancel)
        self.table = BenchTable(self)
        self.view = BenchView(self.table)
        self.plots = BenchPlots()
        self._heading = QLabel()
        self._heading.setTextFormat(Qt.TextFormat.PlainText)
        self._sentence = QLabel()
        self._sentence.setWordWrap(True)
        self._sentence.setTextFormat(Qt.TextFormat.PlainText)
        self._sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        bold = self._sentence.font()
        bold.setBold(True)
        self._sentence.setFont(bold)
        # Two lines of conditions must not decide how narrow the panel can be.
        self._heading.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._bar = FoldingBar()
        self.open_action = self._action("folder", self._ask_open)
        self.keep_action = self._action("beside", lambda: self._show_b(self._a))
        self.close_action = self._action("close", lambda: self._show_b(None))
        self.more_action = self._action(
            "table", lambda: self.view.show_all(self.more_action.isChecked())
        )
        self.more_action.setCheckable(True)
        self.copy_action = self._action("copy", self._copy)
        self.export_actions = {
            kind: self._action(_ICONS.get(kind, "export"), partial(self._ask_export, kind))
            for kind in _KINDS
        }

    def _action(self, name: str, act: Callable[[], None]) -> QAction:
        action = QAction(icon(name), "", self)
        action.triggered.connect(lambda _checked: act())
        self._bar.add_action(action)
        return action

    def _lay_out(self) -> None:
        results = QWidget()
        column = QVBoxLayout(results)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addWidget(self._sentence)
        column.addWidget(self._heading)
        column.addWidget(self.view, 1)
        column.addWidget(self._bar)
        self._results = splitter(results, self.plots, _RESULT_SHARES)
        self._split = splitter(self.setup, self._results, _TALL_SHARES)
        # In a dock that is narrow and low at once the parts keep their size and are scrolled.
        scrolled = QScrollArea()
        scrolled.setFrameShape(QFrame.Shape.NoFrame)
        scrolled.setWidgetResizable(True)
        scrolled.setWidget(self._split)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(6, 6, 6, 6)
        whole.addWidget(scrolled)

    def _set_texts(self) -> None:
        self.open_action.setText(self.tr("Open..."))
        self.open_action.setToolTip(self.tr("lay an earlier result beside this one, as run B"))
        self.keep_action.setText(self.tr("Keep as B"))
        self.keep_action.setToolTip(self.tr("lay the next run beside this one"))
        self.close_action.setText(self.tr("Close B"))
        self.more_action.setText(self.tr("More columns"))
        self.more_action.setToolTip(self.tr("show every figure, not only what decides"))
        self.copy_action.setText(self.tr("Copy"))
        self.copy_action.setToolTip(self.tr("copy the table as Markdown"))
        names = {"csv": "CSV", "json": "JSON", "md": "Markdown", "png": "PNG"}
        for kind, action in self.export_actions.items():
            action.setText(names[kind])
            action.setToolTip(self.tr("export as {kind}").format(kind=names[kind]))
        self._refresh()

    def _start(self) -> None:
        try:
            plan = self.setup.plan(replace(self._services.config, source=self._source))
        except ConfigError as error:
            self.setup.tell(str(error))
            return
        self.start_asked.emit(plan)

    def _look(self) -> None:
        if self._bench is None:
            return
        status = self._bench.status()
        self.setup.show_status(status, self._left_s(status.fraction))
        if status.rows != self._rows:
            self._rows = status.rows
            self._refresh()

    def _left_s(self, fraction: float) -> float | None:
        """Seconds that are left if the rest goes as what was done; None too early to say."""
        if fraction < _LEAST_DONE:
            return None
        return self._clock.elapsed() / 1e3 * (1 - fraction) / fraction

    def _done(self, report: BenchReport) -> None:
        self._end(report)

    def _refused(self, error: RkVideoError) -> None:
        self.setup.tell(str(error))
        if self._bench is not None:
            # An error at the tenth row does not make the nine before it worthless.
            self._end(self._bench.report())

    def _end(self, report: BenchReport) -> None:
        self._poll.stop()
        self._bench = None
        if not report.is_empty:
            self._show_a(report, is_from_before=False)
            self._bridge.ask(partial(self._services.keep, report), self._kept)
        elif self._before is not None:
            # Nothing came out: what was there is worth more than an empty table.
            self._a, self._rows = self._before, self._before.rows
        self.setup.show_running(False)
        self._refresh()
        self.finished.emit()

    def _kept(self, _nothing: None) -> None:
        self.measured.emit()

    def _show_last(self, report: BenchReport | None) -> None:
        # A bench that was started meanwhile is newer.
        if report is not None and self._a is None and self._bench is None:
            self._show_a(report, is_from_before=True)

    def _show_last_anew(self, report: BenchReport) -> None:
        if self._bench is None:
            self._show_a(report, is_from_before=True)

    def _show_a(self, report: BenchReport, *, is_from_before: bool) -> None:
        self._a, self._rows, self._is_from_before = report, report.rows, is_from_before
        self._refresh()

    def _show_b(self, report: BenchReport | None) -> None:
        self._b = report
        self._refresh()

    def _refresh(self) -> None:
        if self.table.show_rows(self._rows, self._rows_of_b()):
            rows, beside = self._rows, self._rows_of_b()
            self.plots.show_rows(rows, beside, is_queued=self._is_queued())
        self._heading.setText("\n".join(self._headings()))
        self._heading.setVisible(bool(self._heading.text()))
        self._sentence.setText(sentence_of(self._rows))
        self._sentence.setVisible(bool(self._sentence.text()))
        self._heading.setToolTip(self._heading.text())
        self.keep_action.setEnabled(self._a is not None)
        self.close_action.setVisible(self._b is not None)
        for action in (self.copy_action, *self.export_actions.values()):
            action.setEnabled(self._a is not None)

    def _headings(self) -> list[str]:
        lines = []
        if self._a is not None:
            words = self.tr("last result: {when}, {source}")
            if not self._is_from_before:
                words = "A: {when}, {source}" if self._b is not None else "{when}, {source}"
            lines.append(_heading(words, self._a))
        if self._b is not None:
            lines.append(_heading("B: {when}, {source}", self._b))
        return lines

    def _is_queued(self) -> bool:
        """Whether what is shown was read as fast as possible."""
        if self._bench is not None:
            return self.setup.is_at_full_speed
        shown = [report for report in (self._a, self._b) if report is not None]
        return any(report.source is not None and not report.source.live for report in shown)

    def _rows_of_b(self) -> tuple[BenchRow, ...]:
        return () if self._b is None else self._b.rows

    def _conditions_of_b(self) -> tuple[str, ...]:
        return () if self._b is None else tuple(f"B: {line}" for line in condition_lines(self._b))

    def _written(self, path: Path) -> None:
        self._bridge.tell(self.tr("written: {path}").format(path=path))

    def _complain(self, error: RkVideoError) -> None:
        self.setup.tell(str(error))

    def _ask_open(self) -> None:
        dialog = self._dialog(self.tr("Open the result of a bench"), self.open_beside)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(self.tr("Results of a bench (*.json)"))
        dialog.open()

    def _copy(self) -> None:
        clipboard = QApplication.clipboard()
        if self._a is not None and clipboard is not None:
            clipboard.setText(self._services.markdown(self._a, self._b))
            self._bridge.tell(self.tr("the table is on the clipboard, as Markdown"))

    def _ask_export(self, kind: str) -> None:
        dialog = self._dialog(self.tr("Export"), self.export)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.setNameFilter(f"*.{kind}")
        dialog.setDefaultSuffix(kind)
        if self._a is not None:
            dialog.setDirectory(str(self._services.export_folder()))
            dialog.selectFile(self._services.export_name(self._a, kind))
        dialog.open()

    def _dialog(self, title: str, chosen: Callable[[Path], None]) -> QFileDialog:
        dialog = QFileDialog(self, title)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda text: chosen(Path(text)))
        return dialog


def _heading(words: str, report: BenchReport) -> str:
    when = QDateTime.fromString(report.made_at, Qt.DateFormat.ISODate).toString(_WHEN)
    source = report.source.name if report.source is not None else "–"  # noqa: RUF001
    return f"{words.format(when=when, source=source)} {report.mark}".rstrip()
