"""A whole evaluation, from what is asked for to its report; the command and the window run one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from rkvideo.errors import ConfigError
from rkvideo.evaluation.agreeing import make_agreement
from rkvideo.evaluation.agreement import AgreementReport
from rkvideo.evaluation.figures import RowBoxes, make_report
from rkvideo.evaluation.plan import EvalFolder, EvalPlan
from rkvideo.evaluation.results import EvalReport, EvalRow
from rkvideo.evaluation.runner import Evaluation, Progress
from rkvideo.evaluation.truth import DataSet
from rkvideo.evaluation.watched import Watched
from rkvideo.evaluation.worst import with_thumbnails
from rkvideo.models.file_facts import network_of_title


class EvalJob:
    """One evaluation of labelled pictures, or with `against` one of agreement.

    `run` blocks, once; `cancel` and `progress` are for any thread.
    """

    def __init__(
        self,
        plan: EvalPlan,
        data: DataSet,
        folder: Path,
        say: Callable[[str], None] = lambda _line: None,
        *,
        against: tuple[str, str] | None = None,
    ) -> None:
        """Make the folder, or take up the evaluation that is there.

        `against` is the row (`--model` argument, backend) of the stronger model, which need not be
        in the plan. `say` is told of a download and of what takes a while. Raises ConfigError,
        SinkOpenError where the folder holds another evaluation.
        """
        if against is not None:
            plan = replace(plan, rows=tuple(dict.fromkeys((against, *plan.rows))))
            if len(plan.rows) < 2:
                raise ConfigError("--against is the only model: name others with --models")
        self._data, self._say, self._against = data, say, against
        kept = EvalFolder(folder)
        self._plan, self.is_taken_up = kept.take(plan, data)
        self._evaluation = Evaluation(self._plan, data, kept, say)
        self._rows: list[RowBoxes] = []
        self._is_abandoned = False

    @property
    def total(self) -> int:
        """Pictures of all rows."""
        return self._evaluation.progress().total

    @property
    def is_cancelled(self) -> bool:
        """Whether it was told to end."""
        return self._evaluation.is_cancelled

    def progress(self) -> Progress:
        """A snapshot."""
        return self._evaluation.progress()

    def cancel(self) -> None:
        """End `run` soon; the boxes that are there stay for another time."""
        self._evaluation.cancel()

    def abandon(self) -> None:
        """End `run` or `so_far` soon, also while figures are worked out: nobody wants them."""
        self._is_abandoned = True
        self.cancel()

    def run(self) -> EvalReport | AgreementReport | None:
        """Run what is missing and make the report; None where it was cancelled.

        Raises what `Evaluation.run` raises, and ConfigError where model and data have no class in
        common.
        """
        self._rows = self._evaluation.run()
        return None if self.is_cancelled else self._report(self._plan, self._rows)

    def so_far(self) -> EvalReport | AgreementReport | None:
        """The report of the rows that `run` was through with when it was cancelled.

        None where that are none. Blocks, and raises, as `run` does.
        """
        names = {picture.name for picture in self._data.pictures}
        whole = {
            wanted: row
            for wanted, row in zip(self._plan.rows, self._rows, strict=False)
            if row.file is not None and names <= row.file.results.keys()
        }
        compared = whole.keys() - {self._against}
        if not compared or self._against not in (None, *whole):
            return None
        return self._report(replace(self._plan, rows=tuple(whole)), list(whole.values()))

    def _report(
        self, plan: EvalPlan, rows: Sequence[RowBoxes]
    ) -> EvalReport | AgreementReport | None:
        try:
            if self._against is not None:
                return make_agreement(plan, self._data, rows, self._against, self._check)
            report = make_report(plan, self._data, rows, self._say, self._check)
            networks = _with_networks(plan, report, self._check)
            paths = {picture.name: picture.path for picture in self._data.pictures}
            worst = with_thumbnails(Watched(report.worst, self._check), paths)
        except _Abandoned:
            return None
        return replace(report, rows=networks, worst=worst)

    def _check(self) -> None:
        if self._is_abandoned:
            raise _Abandoned


class _Abandoned(Exception):
    """Ends the making of a report."""


def _with_networks(
    plan: EvalPlan, report: EvalReport, check: Callable[[], None]
) -> tuple[EvalRow, ...]:
    """The rows with the sizes of their networks, once nothing is measured any more."""
    rows = []
    for row, each in zip(plan.rows, report.rows, strict=True):
        check()
        network = None
        if not each.trouble:
            network = network_of_title(plan.config_for(row), each.title)
        rows.append(replace(each, network=network))
    return tuple(rows)
