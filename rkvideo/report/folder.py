"""The folder of a report: what was measured, and the four files that are made of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from rkvideo.bench.report import read_report, to_json
from rkvideo.bench.results import BenchReport
from rkvideo.errors import ConfigError, SinkOpenError, SinkWriteError
from rkvideo.evaluation.agreement import AgreementReport, read_agreement
from rkvideo.evaluation.agreement import to_json as agreement_json
from rkvideo.evaluation.plan import PLAN_FILE
from rkvideo.evaluation.report import read_evaluation
from rkvideo.evaluation.report import to_json as evaluation_json
from rkvideo.evaluation.results import EvalReport
from rkvideo.files.untrusted import exists
from rkvideo.files.whole import replace_all_whole
from rkvideo.report.pack import SUFFIX, read_pack
from rkvideo.report.page import to_html
from rkvideo.report.texts import to_csv, to_markdown
from rkvideo.report.texts import to_json as report_json
from rkvideo.report.whole import JoinedReport
from rkvideo.sinks.files import check_place, numbered, why
from rkvideo.sinks.folders import new_folder

BENCH: Final = "bench.json"
EVALUATION: Final = "eval.json"
AGREEMENT: Final = "agreement.json"
MADE: Final = ("report.json", "report.csv", "report.md", "report.html")
_MOST_BENCHES: Final = 200


@dataclass(frozen=True, slots=True)
class ReportFolder:
    """A folder into which benches and an evaluation go, one after another.

    Each bench has a file of its own, `bench.json`, `bench-2.json`; the evaluation is `eval.json`.
    These are never written over by another one. The four files of the report are made of them,
    anew each time.
    """

    folder: Path

    @staticmethod
    def named(folder: Path | None, kind: str) -> ReportFolder:
        """The folder that the user names, else a new one for what is called `kind`.

        Raises SinkOpenError where it holds anything but a report.
        """
        report = ReportFolder(folder or new_folder(kind))
        report.check()
        return report

    def check(self) -> None:
        """Raises SinkOpenError where the folder cannot take the files, or is not a report's."""
        try:
            check_place(self.folder)
        except NotADirectoryError as error:
            raise SinkOpenError(
                f"{self.folder} is no folder: name another one with --out"
            ) from error
        except OSError as error:
            raise SinkOpenError(f"--out {self.folder}: {why(error)}") from error
        if not exists(self.folder):
            return
        if not self.folder.is_dir():
            raise SinkOpenError(f"{self.folder} is no folder: name another one with --out")
        there = {path.name for path in self.folder.iterdir()}
        is_ours = PLAN_FILE in there or EVALUATION in there or BENCH in there
        if there and not is_ours:
            raise SinkOpenError(
                f"{self.folder} is not empty and holds no report: name another folder with --out"
            )

    def read(self) -> JoinedReport:
        """What was measured so far. Raises ConfigError for a damaged file."""
        benches = tuple(read_report(path) for path in self._benches() if path.is_file())
        place = self.folder / EVALUATION
        evaluation = read_evaluation(place) if place.is_file() else None
        place = self.folder / AGREEMENT
        return JoinedReport(benches, evaluation, read_agreement(place) if place.is_file() else None)

    def add_bench(self, bench: BenchReport) -> tuple[Path, ...]:
        """Keep a bench and make the report anew; gives the files, those of the report first.

        Raises SinkWriteError, ConfigError for a damaged file that is there already.
        """
        place = next(path for path in self._benches() if not path.exists())
        return self._write(self.read().with_bench(bench), (place, to_json(bench)))

    def add(self, report: JoinedReport) -> tuple[Path, ...]:
        """Keep everything of a report in a folder that holds none of it; see `add_bench`."""
        places = iter(self._benches())
        kept = [(next(places), to_json(bench)) for bench in report.benches]
        if report.evaluation is not None:
            kept.append((self.folder / EVALUATION, evaluation_json(report.evaluation)))
        if report.agreement is not None:
            kept.append((self.folder / AGREEMENT, agreement_json(report.agreement)))
        return self._write(report, *kept)

    def add_evaluation(self, found: EvalReport | AgreementReport) -> tuple[Path, ...]:
        """Keep an evaluation in the place of the one before, whose rows it has; see `add_bench`."""
        if isinstance(found, AgreementReport):
            report = replace(self.read(), agreement=found)
            return self._write(report, (self.folder / AGREEMENT, agreement_json(found)))
        report = replace(self.read(), evaluation=found)
        return self._write(report, (self.folder / EVALUATION, evaluation_json(found)))

    def _benches(self) -> list[Path]:
        return [numbered(self.folder / BENCH, number) for number in range(1, _MOST_BENCHES)]

    def _write(self, report: JoinedReport, *kept: tuple[Path, str]) -> tuple[Path, ...]:
        makers = (report_json, to_csv, to_markdown, to_html)
        paths = [self.folder / name for name in MADE]
        made = [(path, maker(report)) for path, maker in zip(paths, makers, strict=True)]
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            replace_all_whole([*kept, *made])
        except OSError as error:
            raise SinkWriteError(f"{self.folder} could not be written: {why(error)}") from error
        return (*paths, *(place for place, _ in kept))


def read_whole(place: Path) -> JoinedReport:
    """The report in a folder, of a `bench.json`, an `eval.json` or a pack. Raises ConfigError."""
    if place.is_dir():
        report = ReportFolder(place).read()
        if report.is_empty:
            raise ConfigError(f"{place} holds no {BENCH} and no {EVALUATION}: name a report")
        return report
    if place.suffix == SUFFIX:
        return JoinedReport((read_pack(place),), None)
    if place.name == EVALUATION:
        return JoinedReport((), read_evaluation(place))
    return JoinedReport((read_report(place),), None)
