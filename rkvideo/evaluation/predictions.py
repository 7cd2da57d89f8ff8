"""What a model found in each picture, kept as JSON lines, so that a run can be taken up again."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any, TextIO

from rkvideo.data import Detections, FrameResult, StreamInfo
from rkvideo.errors import ConfigError, SinkOpenError, SinkWriteError
from rkvideo.evaluation.matching import Boxes
from rkvideo.evaluation.picture_source import GivenPictures
from rkvideo.evaluation.protocols import separated
from rkvideo.sinks.base import TitlesSource, titles_now
from rkvideo.sinks.files import why
from rkvideo.sources.rotation import UPRIGHT, Turn
from rkvideo.stats import rate_of
from rkvideo.status import RunStatus

_NOT_OURS = (
    ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError, RecursionError,
)  # fmt: skip
"""What reading a line that somebody changed may raise."""

_NO_BOXES = Boxes.of([], [], [])


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """Which model made the boxes: `title` is `NAME@WIDTHxHEIGHT`."""

    argument: str
    title: str
    backend: str
    labels: tuple[str, ...]
    sha256: str


@dataclass(frozen=True, slots=True, eq=False)
class PictureResult:
    """The boxes of one picture by both protocols, in its pixels as it is shown, model's classes.

    `infer_ms` is the time of its inference, `at_s` when it was handed on, in seconds from the
    beginning of the pass over the pictures, `position_s` where a frame lies in its clip. `trouble`
    says why there are none, empty where all went well.
    """

    name: str
    width: int = 0
    height: int = 0
    turn: Turn = UPRIGHT
    watch: Boxes = _NO_BOXES
    coco: Boxes = _NO_BOXES
    infer_ms: float = 0.0
    at_s: float = 0.0
    position_s: float | None = None
    trouble: str = ""


class PredictionFile:
    """A line of facts, then a line for each picture. What a kill left half written is cut off."""

    def __init__(self, path: Path) -> None:
        """Read what is there; raises ConfigError where it is another file."""
        self.path = path
        self.facts: ModelFacts | None = None
        self.results: dict[str, PictureResult] = {}
        self._file: TextIO | None = None
        self._whole_bytes = 0
        if path.exists():
            self._read()

    @property
    def infer_ms(self) -> float | None:
        """The median time of an inference in milliseconds; None where no picture has one."""
        known = [each.infer_ms for each in self.results.values() if each.infer_ms > 0]
        return median(known) if known else None

    @property
    def pictures_per_s(self) -> float | None:
        """Pictures a second of the longest pass that was not interrupted; see `rate_of`."""
        passes: list[list[float]] = [[]]
        for each in self.results.values():
            if each.at_s <= 0:
                continue
            if passes[-1] and each.at_s < passes[-1][-1]:
                passes.append([])
            passes[-1].append(each.at_s)
        longest = max(passes, key=len)
        return rate_of(len(longest), longest[-1] - longest[0]) if longest else None

    def open(self) -> None:
        """Open it to be written on. Raises SinkOpenError."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("a", encoding="utf-8")
            self._file.truncate(self._whole_bytes)
        except OSError as error:
            raise SinkOpenError(f"cannot write {self.path}: {why(error)}") from error

    def begin(self, facts: ModelFacts) -> None:
        """Say which model it is, once. Raises SinkWriteError, ConfigError for another model."""
        if self.facts is None:
            self.facts = facts
            self._write(asdict(facts))
        elif self.facts != facts:
            raise ConfigError(
                f"{self.path} holds boxes of another {facts.title} (its file or its labels"
                " changed): name a new folder with --out"
            )

    def add(self, result: PictureResult) -> None:
        """Keep the boxes of a picture. Raises SinkWriteError."""
        self._write(_record(result))
        self.results[result.name] = result

    def close(self) -> None:
        """Close it; harmless where it is not open. Raises SinkWriteError."""
        file, self._file = self._file, None
        if file is None:
            return
        try:
            file.close()
        except OSError as error:
            raise SinkWriteError(f"{self.path} stopped: {why(error)}") from error
        self._whole_bytes = self.path.stat().st_size

    def _write(self, content: dict[str, Any]) -> None:
        if self._file is None:
            raise SinkWriteError(f"{self.path} was not opened: call open() first")
        try:
            self._file.write(json.dumps(content) + "\n")
            self._file.flush()
        except OSError as error:
            raise SinkWriteError(f"{self.path} stopped: {why(error)}") from error

    def _read(self) -> None:
        try:
            lines = self.path.read_bytes().splitlines(keepends=True)
        except OSError as error:
            raise ConfigError(f"{self.path} cannot be read: {why(error)}") from error
        for line in lines:
            if not line.endswith(b"\n"):
                return
            try:
                self._take(json.loads(line))
            except _NOT_OURS as error:
                raise ConfigError(
                    f"{self.path} is damaged: name a new folder with --out"
                ) from error
            self._whole_bytes += len(line)

    def _take(self, content: dict[str, Any]) -> None:
        if self.facts is None:
            self.facts = ModelFacts(**{**content, "labels": tuple(content["labels"])})
            return
        result = _result(content)
        self.results[result.name] = result


class PredictionSink:
    """The sink of a run over `GivenPictures`: each result becomes a line of the file."""

    name = "predictions"

    def __init__(
        self,
        file: PredictionFile,
        source: GivenPictures,
        titles: TitlesSource,
        argument: str,
        sha256: str,
    ) -> None:
        """`argument` and `sha256` are of the model; what else it is called `titles` tells."""
        self._file = file
        self._source = source
        self._titles = titles
        self._argument, self._sha256 = argument, sha256
        self._began_s = 0.0

    def open(self, info: StreamInfo) -> None:
        """See Sink."""
        self._began_s = time.perf_counter()
        self._file.open()

    def write(self, result: FrameResult, status: RunStatus) -> None:
        """See Sink."""
        titles, side = titles_now(self._titles), result.first
        facts = ModelFacts(
            self._argument, side.model, titles.backend, tuple(titles.of(side).labels), self._sha256
        )
        self._file.begin(facts)
        picture, turn = self._source.given[result.frame.index]
        watch, coco = separated(side.detections)
        size = (result.frame.width, result.frame.height)
        times = side.timings
        self._file.add(
            PictureResult(
                *(picture.name, *size, turn, _boxes(watch), _boxes(coco)),
                infer_ms=round(times.infer * 1e3, 3),
                at_s=round(times.emitted_s - self._began_s, 4),
                position_s=result.frame.position_s,
            )
        )

    def close(self) -> tuple[str, ...]:
        """See Sink."""
        self._file.close()
        return (str(self._file.path),)


def _boxes(found: Detections) -> Boxes:
    """Rounded as they are written, so that a run that is taken up again gives the same figures."""
    return _from_rows(_rows(Boxes.of(found.xyxy, found.score, found.class_id)))


def _record(result: PictureResult) -> dict[str, Any]:
    if result.trouble:
        return {"picture": result.name, "trouble": result.trouble}
    return {
        "picture": result.name,
        "width": result.width,
        "height": result.height,
        "turn": [int(each) for each in result.turn],
        "watch": _rows(result.watch),
        "coco": _rows(result.coco),
        "infer_ms": result.infer_ms,
        "at_s": result.at_s,
        "position_s": result.position_s,
    }


def _result(content: dict[str, Any]) -> PictureResult:
    if content.get("trouble"):
        return PictureResult(str(content["picture"]), trouble=str(content["trouble"]))
    return PictureResult(
        str(content["picture"]),
        int(content["width"]),
        int(content["height"]),
        Turn(*map(bool, content["turn"])),
        _from_rows(content["watch"]),
        _from_rows(content["coco"]),
        float(content.get("infer_ms", 0.0)),
        float(content.get("at_s", 0.0)),
        None if content.get("position_s") is None else float(content["position_s"]),
    )


def _rows(boxes: Boxes) -> list[list[float]]:
    """x1, y1, x2, y2 to thousandths of a pixel, score to millionths, class id."""
    return [
        [*(round(side, 3) for side in box), round(score, 6), class_id]
        for box, score, class_id in zip(
            boxes.xyxy.tolist(), boxes.score.tolist(), boxes.class_id.tolist(), strict=True
        )
    ]


def _from_rows(rows: list[list[float]]) -> Boxes:
    return Boxes.of([row[:4] for row in rows], [row[4] for row in rows], [row[5] for row in rows])
