"""How far a model agrees with a stronger one, where there are no labels. It is not accuracy.

What the stronger model finds is taken for itself, also where it is wrong: two models that make the
same mistake agree. So no word of this module says correct, false or missed.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rkvideo.evaluation.bootstrap import Interval
from rkvideo.evaluation.worst import WorstPicture, check_pictures
from rkvideo.evaluation.written import read_written, written
from rkvideo.machine.identity import Machine
from rkvideo.model_files.network import Network


@dataclass(frozen=True, slots=True)
class Agreement:
    """Boxes of at least `confidence` that both models have, or only one of them."""

    confidence: float
    both: int
    only_row: int
    only_reference: int

    @property
    def share(self) -> float | None:
        """2 both / (boxes of one + boxes of the other); None where neither has a box."""
        boxes = 2 * self.both + self.only_row + self.only_reference
        return 2 * self.both / boxes if boxes else None


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """A model at one size on one backend. `interval` is of the share at `AgreementReport.told_at`.

    `unknown` are classes of the row that the reference does not have: their boxes are not compared.
    With `trouble` there are no figures.
    """

    argument: str
    title: str
    backend: str
    sha256: str = ""
    at: tuple[Agreement, ...] = ()
    interval: Interval | None = None
    infer_ms: float | None = None
    network: Network | None = None
    unknown: tuple[str, ...] = ()
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class AgreementReport:
    """Rows against the model `reference`, on pictures without labels.

    `frames` are those on which all rows together differ most from it: `false` of their errors are
    boxes that only the row has, `missed` those that only the reference has.
    """

    version: str
    made_at: str
    machine: Machine
    data: str
    kind: str
    pictures: int
    reference: str
    told_at: float
    rows: tuple[AgreementRow, ...]
    frames: tuple[WorstPicture, ...] = ()


def to_json(report: AgreementReport) -> str:
    """Everything; `read_agreement` reads it back."""
    return written(report)


def read_agreement(path: Path) -> AgreementReport:
    """What `to_json` wrote. Raises ConfigError."""
    return read_written(
        path, AgreementReport, lambda found: check_pictures(found.frames, len(found.rows))
    )
