"""What the window needs of reports: starting an evaluation, opening reports, what differs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from rkvideo.config import AppConfig
from rkvideo.data import FrameResult
from rkvideo.errors import ConfigError
from rkvideo.evaluation.data_set import read_data_set
from rkvideo.evaluation.disagreeing import DisagreementSearch
from rkvideo.evaluation.job import EvalJob
from rkvideo.evaluation.pairing import disagreements, pair_boxes
from rkvideo.evaluation.plan import EvalPlan
from rkvideo.evaluation.predictions import PredictionFile
from rkvideo.evaluation.runner import Progress
from rkvideo.evaluation.unlabelled import read_unlabelled
from rkvideo.evaluation.worst import WorstPicture
from rkvideo.models.fetching import Fetching
from rkvideo.report.folder import MADE, ReportFolder, read_whole
from rkvideo.report.whole import JoinedReport
from rkvideo.report.wish import EvalWish


class ReportedEvaluation:
    """An evaluation that goes into a report. `run` blocks, once; the rest is for any thread."""

    def __init__(self, job: EvalJob, folder: ReportFolder) -> None:
        self._job, self._folder = job, folder

    @property
    def folder(self) -> Path:
        """Where its report goes."""
        return self._folder.folder

    def progress(self) -> Progress:
        """How far it is: pictures done and in all, and the row that is running."""
        return self._job.progress()

    def cancel(self) -> None:
        """End `run` soon; the same wish with the same folder goes on from there."""
        self._job.abandon()

    def run(self) -> JoinedReport | None:
        """Evaluate and make the report; None where it was cancelled. Raises RkVideoError."""
        found = self._job.run()
        if found is None:
            return None
        self._folder.add_evaluation(found)
        return self._folder.read()


class ReportService:
    """Serves the window; every method but `search` waits for the disk, and none needs Qt.

    `say` is told of a download and of what takes a while; `fetching` can end a download.
    """

    def __init__(
        self,
        say: Callable[[str], None] = lambda _line: None,
        fetching: Fetching | None = None,
    ) -> None:
        self._say, self._fetching = say, fetching

    def search(
        self,
        config: AppConfig,
        models: tuple[str, str],
        most: int,
        observer: Callable[[FrameResult], None] | None = None,
    ) -> DisagreementSearch:
        """A search, not begun, for the frames of a clip on which two models differ most.

        It looks at `most` frames of the source of `config` at most. Raises ConfigError where both
        models are one.
        """
        if self._fetching is not None:
            self._fetching.allow()
        return DisagreementSearch(
            config, models, most, say=self._say, observer=observer, fetching=self._fetching
        )

    def open(self, wish: EvalWish, folder: Path | None = None) -> ReportedEvaluation:
        """An evaluation that has not begun, into `folder` or a new one; reads the labels.

        Raises ConfigError for data that cannot be read, SinkOpenError for a folder of something
        else.
        """
        report = ReportFolder.named(folder, "eval")
        plan = EvalPlan(wish.config, wish.rows, wish.confidences, wish.same)
        if wish.against is None:
            data = read_data_set(wish.data)
        else:
            data = read_unlabelled(wish.data, wish.frames)
        job = EvalJob(plan, data, report.folder, self._say, against=wish.against)
        return ReportedEvaluation(job, report)

    def load(self, place: Path) -> JoinedReport:
        """A report: a folder, a bench.json, an eval.json or a pack. Raises ConfigError."""
        return read_whole(place)

    def page(self, folder: Path) -> Path:
        """The page of the report in `folder`, to be opened in a browser. Raises ConfigError."""
        page = folder / MADE[-1]
        if not page.is_file():
            raise ConfigError(f"{folder} holds no {page.name}: choose the folder of a report")
        return page

    def disagreements(
        self, folder: Path, first: str, second: str, confidence: float
    ) -> tuple[WorstPicture, ...]:
        """The pictures on which two rows of a report's evaluation differ most, the worst first.

        `first` and `second` are `TITLE BACKEND`, as `Row.name` has it. `false` of the errors are
        boxes that only the first has, `missed` those that only the second has; `position_s` tells
        where in a clip it is. There are no thumbnails. Raises ConfigError.
        """
        files = [PredictionFile(path) for path in sorted((folder / "predictions").glob("*.jsonl"))]
        pair = pair_boxes(_named(files, first), _named(files, second))
        return disagreements([(0, pair)], confidence)


def _named(files: Sequence[PredictionFile], name: str) -> PredictionFile:
    for file in files:
        if file.facts is not None and f"{file.facts.title} {file.facts.backend}" == name:
            return file
    raise ConfigError(f"the report holds no boxes of {name}")
