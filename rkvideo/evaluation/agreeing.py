"""From the boxes of rows and of a stronger model to a report of agreement, and its words."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from rkvideo import __version__
from rkvideo.errors import ConfigError, SourceError
from rkvideo.evaluation.agreement import AgreementReport, AgreementRow
from rkvideo.evaluation.figures import RowBoxes, told_at
from rkvideo.evaluation.pairing import (
    PairBoxes,
    agreements,
    disagreements,
    pair_boxes,
    share_interval,
)
from rkvideo.evaluation.plan import EvalPlan
from rkvideo.evaluation.truth import DataSet
from rkvideo.evaluation.unlabelled import ClipPictures
from rkvideo.evaluation.watched import Check, Watched, no_check
from rkvideo.evaluation.worst import WorstPicture, thumbnail_of, with_thumbnails
from rkvideo.machine.identity import this_machine
from rkvideo.models.file_facts import network_of_title

TITLES: Final = (
    "model", "backend", "conf", "agreement %", "95 %", "both have", "only it has",
    "only the reference has",
)  # fmt: skip


def make_agreement(
    plan: EvalPlan,
    data: DataSet,
    rows: Sequence[RowBoxes],
    against: tuple[str, str],
    check: Check = no_check,
) -> AgreementReport:
    """The report of all rows but the reference, which is the row `against` of the plan.

    `check` is called all the time and raises where nobody waits any more.
    Raises ConfigError where the reference could not be run, or no row has anything in common.
    """
    stronger = rows[plan.rows.index(against)]
    reference = stronger.file
    if reference is None or reference.facts is None:
        raise ConfigError(f"--against {against[0]}: {stronger.trouble or 'it has no boxes'}")
    at = told_at(plan)
    told: list[AgreementRow] = []
    pairs: list[tuple[int, PairBoxes]] = []
    for wanted, row in zip(plan.rows, rows, strict=True):
        if wanted == against:
            continue
        if row.file is None or row.file.facts is None:
            told.append(AgreementRow(row.argument, row.argument, row.backend, trouble=row.trouble))
            continue
        facts, pair = row.file.facts, pair_boxes(row.file, reference, check)
        pairs.append((len(told), pair))
        described = AgreementRow(
            *(facts.argument, facts.title, facts.backend, facts.sha256),
            infer_ms=row.file.infer_ms,
            network=network_of_title(plan.config_for(wanted), facts.title),
        )
        told.append(_with_agreement(described, pair, plan, check))
    frames = Watched(disagreements(pairs, at, check=check), check)
    return AgreementReport(
        version=__version__,
        made_at=datetime.datetime.now().astimezone().isoformat(timespec="seconds"),
        machine=this_machine(),
        data=data.name,
        kind=data.kind,
        pictures=max((len(pair.pictures) for _, pair in pairs), default=0),
        reference=f"{reference.facts.title} {reference.facts.backend}",
        told_at=at,
        rows=tuple(told),
        frames=_with_pictures(frames, data, check),
    )


def _with_agreement(
    row: AgreementRow, pair: PairBoxes, plan: EvalPlan, check: Check
) -> AgreementRow:
    return replace(
        row,
        at=agreements(pair, plan.confidences, check),
        interval=share_interval(pair, told_at(plan), plan.draws, check),
        unknown=pair.unknown,
    )


def agreement_lines(report: AgreementReport) -> list[str]:
    """What was compared, and what the figures are not."""
    return [
        f"Agreement with {report.reference} on {report.pictures} pictures of {report.data}"
        f" ({report.kind}). It is not accuracy: where the reference is wrong, a model that is right"
        " disagrees.",
        "A box is had by both where one of each is of the same class and they overlap by an IoU of"
        " 0.5; agreement is 2 both / (boxes of one + boxes of the other).",
        f"Machine: {report.machine.words}; rkvideo {report.version}, {report.made_at}.",
        *(
            f"{row.title}: boxes of {', '.join(row.unknown)} are not compared: the reference does"
            " not know them."
            for row in report.rows
            if row.unknown
        ),
    ]


def agreement_rows(report: AgreementReport) -> list[tuple[str, ...]]:
    """Cells of `TITLES`, a line for each row and threshold."""
    return [
        (
            *(row.title, row.backend, f"{at.confidence:g}"),
            "-" if at.share is None else f"{100 * at.share:.1f}",
            ""
            if row.interval is None or at.confidence != report.told_at
            else f"{100 * row.interval.low:.1f} to {100 * row.interval.high:.1f}",
            *(str(number) for number in (at.both, at.only_row, at.only_reference)),
        )
        for row in report.rows
        for at in row.at
    ]


def _with_pictures(
    frames: Sequence[WorstPicture], data: DataSet, check: Check
) -> tuple[WorstPicture, ...]:
    by_name = {picture.name: picture for picture in data.pictures}
    chosen = [by_name[frame.name] for frame in frames]
    if not chosen or chosen[0].frame is None:
        return with_thumbnails(frames, {each.name: each.path for each in chosen})
    thumbnails: dict[str, str] = {}
    source = ClipPictures(data.name, chosen)
    try:
        source.open()
        while (frame := source.read()) is not None:
            check()
            thumbnails[source.given[-1][0].name] = thumbnail_of(frame.picture)
    except SourceError:
        # The figures are there without their pictures.
        pass
    finally:
        source.close()
    return _named(frames, thumbnails)


def _named(
    frames: Sequence[WorstPicture], thumbnails: Mapping[str, str]
) -> tuple[WorstPicture, ...]:
    return tuple(replace(each, thumbnail=thumbnails.get(each.name, "")) for each in frames)
