"""What the window's comparison needs: benches, and AP or agreement beside their fps."""

from __future__ import annotations

import logging
import shutil
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from rkvideo.assembly import local_path_of
from rkvideo.bench.plan import BenchPlan
from rkvideo.bench.result_file import read_result, write_result
from rkvideo.bench.results import BenchReport
from rkvideo.bench.runner import BenchRunner
from rkvideo.bench.service import BenchService
from rkvideo.config import AppConfig
from rkvideo.data import FrameResult
from rkvideo.errors import ConfigError, SinkOpenError, SinkWriteError
from rkvideo.evaluation.data_set import read_data_set
from rkvideo.evaluation.job import EvalJob
from rkvideo.evaluation.plan import EvalPlan
from rkvideo.evaluation.truth import DataSet
from rkvideo.evaluation.unlabelled import read_unlabelled
from rkvideo.files.scratch import remove_dead_scratch, scratch_prefix
from rkvideo.files.untrusted import at_home, is_folder
from rkvideo.machine.places import state_folder
from rkvideo.report.exports import WRITERS, from_text, suffix_of, to_markdown
from rkvideo.report.folder import MADE, ReportFolder
from rkvideo.report.quality import CLIP_PICTURES, Quality, QualityStatus, QualityWish
from rkvideo.report.whole import JoinedReport
from rkvideo.sinks.files import why

_MOST_BYTES: Final = 48_000_000
_LAST: Final = "last-quality"

_log = logging.getLogger(__name__)


class QualityJob:
    """Runs the models of a bench over pictures; `run` blocks, once, the rest is for any thread."""

    def __init__(self, plan: EvalPlan, data: DataSet, folder: Path, against: str) -> None:
        """`folder` is where the boxes are kept; `against` is the stronger model, or empty."""
        self._plan, self._data, self._folder = plan, data, folder
        self._against = (against, plan.config.backend) if against else None
        self._lock = threading.Lock()
        self._job: EvalJob | None = None
        self._is_cancelled = self._keeps = False

    @property
    def folder(self) -> Path:
        """Where the boxes are."""
        return self._folder

    def run(self) -> Quality | None:
        """The figures of every row; after `stop` of those that were done, None without one.

        Raises RkVideoError, as `EvalJob.run` does.
        """
        try:
            job = EvalJob(self._plan, self._data, self._folder, against=self._against)
            with self._lock:
                self._job = job
                if self._is_cancelled:
                    job.cancel()
            found = job.run()
            return job.so_far() if found is None and self._keeps else found
        except ConfigError as error:
            raise _without_option(error) from error

    def stop(self) -> None:
        """End `run` soon, with the rows that are done."""
        with self._lock:
            self._is_cancelled = self._keeps = True
            if self._job is not None:
                self._job.cancel()

    def cancel(self) -> None:
        """End `run` soon, without figures."""
        with self._lock:
            self._is_cancelled, self._keeps = True, False
            if self._job is not None:
                self._job.abandon()

    def status(self) -> QualityStatus:
        """A snapshot."""
        with self._lock:
            job = self._job
        if job is None:
            return QualityStatus()
        now = job.progress()
        is_over = now.done >= now.total or (job.is_cancelled and not now.running)
        return QualityStatus(now.done, now.total, now.running, is_over)


class ComparisonService:
    """Serves the panel of the window; see `ui.contract.bench_services` for each method."""

    def __init__(
        self,
        config: AppConfig,
        *,
        say: Callable[[str], None] = lambda _line: None,
        folder: Path | None = None,
    ) -> None:
        """As that of `BenchService`."""
        self.config = config
        self._say = say
        self._folder = folder or state_folder()
        self._bench = BenchService(config, say=say, folder=self._folder)
        self._run: QualityJob | None = None
        self._pages: dict[str, Path] = {}

    def open(
        self, plan: BenchPlan, observer: Callable[[FrameResult], None] | None = None
    ) -> BenchRunner:
        """A bench that has not begun; returns at once."""
        return self._bench.open(plan, observer)

    def read_data(self, config: AppConfig, wish: QualityWish) -> DataSet:
        """The pictures that are asked for. Raises ConfigError."""
        try:
            if wish.data is not None:
                found = read_data_set(at_home(str(wish.data)))
                return found if wish.pictures is None else found.at_most(wish.pictures)
            place = at_home(config.source)
            clip = place if is_folder(place) else local_path_of(config, self._say)
            if clip is None:
                raise ConfigError(
                    "agreement is measured on a clip or a folder of this machine: choose one as "
                    "source, or labelled data"
                )
            return read_unlabelled(clip, wish.pictures or CLIP_PICTURES)
        except ConfigError as error:
            raise _without_option(error) from error

    def open_quality(
        self, bench: BenchReport, config: AppConfig, wish: QualityWish, data: DataSet
    ) -> QualityJob:
        """The evaluation of the rows of a bench that were measured, on pictures that were read.

        Boxes are counted at the confidence of the bench. Raises SinkOpenError.
        """
        models = [row.argument for row in bench.rows if row.measurements]
        plan = EvalPlan(
            config,
            tuple((model, config.backend) for model in dict.fromkeys(models)),
            (config.filter.confidence,),
        )
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            remove_dead_scratch(self._folder)
            made = Path(tempfile.mkdtemp(prefix=scratch_prefix("quality"), dir=self._folder))
        except OSError as error:
            raise SinkOpenError(f"{self._folder}: {why(error)}") from error
        self._drop_boxes()
        self._run = QualityJob(plan, data, made, wish.against)
        return self._run

    def keep(self, report: JoinedReport) -> None:
        """Remember a result for the next start, its boxes too, and its rates."""
        (bench,) = report.benches
        self._bench.keep(bench)
        last, run = self._folder / _LAST, self._run
        try:
            shutil.rmtree(last, ignore_errors=True)
            if run is not None and report.has_quality:
                run.folder.rename(last)
                ReportFolder(last).add(report)
            self._drop_boxes()
        except (OSError, SinkWriteError) as error:
            _log.warning("the result of the comparison is not kept: %s", error)

    def last(self) -> JoinedReport | None:
        """What `keep` was last given; None where it never was, or its file is damaged."""
        bench = self._bench.last()
        if bench is None:
            return None
        try:
            kept = ReportFolder(self._folder / _LAST).read()
        except ConfigError as error:
            _log.warning("what was measured beside the bench is not shown: %s", error)
            kept = JoinedReport()
        is_its = kept.benches == (bench,)
        return kept if is_its else JoinedReport((bench,))

    def forget(self) -> None:
        """Remove the last result; what was measured of the models stays theirs."""
        self._bench.forget()
        shutil.rmtree(self._folder / _LAST, ignore_errors=True)

    def load(self, path: Path) -> JoinedReport:
        """Read a bench.json, or what `export` wrote as JSON. Raises ConfigError."""
        return from_text(read_result(path, _MOST_BYTES), path.name)

    def export(self, report: JoinedReport, path: Path, beside: JoinedReport | None = None) -> Path:
        """Write JSON, CSV or Markdown, as the suffix says. Raises ConfigError, SinkWriteError."""
        return write_result(path, WRITERS[suffix_of(path)](report, beside))

    def markdown(self, report: JoinedReport, beside: JoinedReport | None = None) -> str:
        """What `export` writes as Markdown."""
        return to_markdown(report, beside)

    def write_page(self, report: JoinedReport) -> Path:
        """The page of a report of this result, in a new folder among the user's videos."""
        (bench,) = report.benches
        known = self._pages.get(bench.made_at)
        if known is not None and known.is_file():
            return known
        made, last = ReportFolder.named(None, "report"), ReportFolder(self._folder / _LAST)
        if report.has_quality and last.read() == report:
            # With the boxes, which say on which pictures two rows differ.
            try:
                shutil.copytree(last.folder, made.folder)
            except OSError as error:
                raise SinkWriteError(f"{made.folder} could not be written: {why(error)}") from error
        else:
            made.add(report)
        self._pages[bench.made_at] = made.folder / MADE[-1]
        return self._pages[bench.made_at]

    def export_folder(self) -> Path:
        """The user's folder of videos and pictures."""
        return self._bench.export_folder()

    def export_name(self, report: JoinedReport, kind: str) -> str:
        """A file name after source and date, such as `street-2026-05-04-1812.csv`."""
        return self._bench.export_name(report.benches[0], kind)

    def public_name(self, source: str) -> str:
        """`source` without a password, and a file without its folder."""
        return self._bench.public_name(source)

    def is_live(self, source: str) -> bool:
        """True where a source plays at its own speed whoever reads it."""
        return self._bench.is_live(source)

    def _drop_boxes(self) -> None:
        """Those of an evaluation that was not kept."""
        if self._run is not None:
            shutil.rmtree(self._run.folder, ignore_errors=True)
            self._run = None


def _without_option(error: ConfigError) -> ConfigError:
    """The same without the option of the command line that it names."""
    words = str(error)
    return ConfigError(words.removeprefix("--data ").removeprefix("--against "))
