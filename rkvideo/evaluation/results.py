"""What an evaluation found: plain data, as it is shown and written."""

from __future__ import annotations

from dataclasses import dataclass

from rkvideo.evaluation.bootstrap import Interval
from rkvideo.evaluation.class_mapping import ClassMapping
from rkvideo.evaluation.counts import Counts
from rkvideo.evaluation.difference import Difference
from rkvideo.evaluation.precision import Precision
from rkvideo.evaluation.worst import WorstPicture
from rkvideo.machine.identity import Machine
from rkvideo.model_files.network import Network


@dataclass(frozen=True, slots=True)
class DataFacts:
    """The data set: `pictures` and `targets` are those that were evaluated.

    `ignored` targets are crowds and difficult ones. `left_out` are pictures and why. `fingerprint`
    is a hash of names, sizes and labels of all pictures.
    """

    name: str
    kind: str
    classes: tuple[str, ...]
    pictures: int
    targets: int
    ignored: int
    left_out: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class ClassRow:
    """One class of a row: its counts by threshold."""

    name: str
    counts: tuple[Counts, ...]


@dataclass(frozen=True, slots=True)
class EvalRow:
    """A model at one size on one backend.

    `mapping` tells which classes met. `other_targets` are labelled objects of classes that the
    model does not know, `other_boxes` boxes of the lowest threshold of classes that are not
    labelled: both are counted apart, neither missed nor false. `watch` and `coco` are None where
    faster-coco-eval is not installed. `ap_draws` is AP in each draw of the
    pictures, empty where a draw has none. `infer_ms` is the median inference in milliseconds, and
    `pictures_per_s` what the evaluation made, with the reading of the pictures. With `trouble`
    there are no figures.
    """

    argument: str
    title: str
    backend: str
    sha256: str = ""
    mapping: ClassMapping | None = None
    other_targets: int = 0
    other_boxes: int = 0
    counts: tuple[Counts, ...] = ()
    classes: tuple[ClassRow, ...] = ()
    best: Counts | None = None
    curve: tuple[tuple[float, float, float], ...] = ()
    watch: Precision | None = None
    coco: Precision | None = None
    interval: Interval | None = None
    ap_draws: tuple[float, ...] = ()
    infer_ms: float | None = None
    pictures_per_s: float | None = None
    network: Network | None = None
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What `other` has more than `first`, the first row of the evaluation."""

    first: str
    other: str
    difference: Difference


@dataclass(frozen=True, slots=True)
class EvalReport:
    """A whole evaluation. `protocols` are the ways in which boxes were made, and what they mean.

    `worst` are the pictures with most errors at the confidence `worst_at`.
    """

    version: str
    made_at: str
    machine: Machine
    data: DataFacts
    protocols: tuple[tuple[str, str], ...]
    rows: tuple[EvalRow, ...]
    comparisons: tuple[Comparison, ...]
    worst: tuple[WorstPicture, ...] = ()
    worst_at: float | None = None
