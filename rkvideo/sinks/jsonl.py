"""Boxes as JSON lines: one object per frame, in order."""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO

from rkvideo.data import UNNUMBERED, FrameResult, StreamInfo
from rkvideo.errors import SinkOpenError, SinkWriteError
from rkvideo.files.untrusted import exists
from rkvideo.sinks.base import TitlesSource, titles_now
from rkvideo.sinks.files import STDOUT, cut_torn_line, is_plain, open_new, why
from rkvideo.sinks.folders import recordings_folder
from rkvideo.status import RunStatus, RunTitles


class JsonLinesSink:
    """Writes to `path`, or to standard output where `path` is `-`.

    What is there is not overwritten: `out.jsonl` becomes `out-2.jsonl`, unless it is empty. A line
    is in the file as soon as its frame was written, so that another program can follow it. Where
    somebody removes or renames it the next line begins another one, in the folder of this user's
    recordings where its own went too.
    """

    def __init__(self, path: Path, titles: TitlesSource) -> None:
        self._path = path
        self._titles = titles
        self._file: TextIO | None = None
        self._failed = False
        self._may_go = False
        self._told: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What to call it in a status or an error."""
        return "detections"

    @property
    def sees_pictures(self) -> bool:
        """See WithoutPictures: never."""
        return False

    def open(self, info: StreamInfo) -> None:
        """Create the file. Raises SinkOpenError."""
        if self._path == STDOUT:
            # Absent where the program was started without one (`>&-`).
            if sys.stdout is None:
                raise SinkOpenError("cannot write detections to -: standard output is closed")
            self._file = sys.stdout
            return
        try:
            if is_plain(self._path) and _has_content(self._path):
                self._path, created = open_new(self._path)
                created.close()
            self._file = self._path.open("w", encoding="utf-8")
            self._may_go = is_plain(self._path)
        except OSError as error:
            raise SinkOpenError(f"cannot write detections to {self._path}: {why(error)}") from error

    def write(self, result: FrameResult, status: RunStatus) -> None:
        """Write the line of one frame. Raises SinkWriteError."""
        if self._file is None:
            raise SinkWriteError(f"detections were not opened for {self._path}: call open() first")
        if self._may_go and not exists(self._path):
            self._go_on_elsewhere()
        line = json.dumps(frame_record(result, titles_now(self._titles).of(result.first)))
        try:
            self._file.write(line + "\n")
            self._file.flush()
        except OSError as error:
            self._failed = True
            raise self._write_error(error) from error

    def told(self) -> tuple[str, ...]:
        """See Telling."""
        told, self._told = self._told, ()
        return told

    def close(self) -> tuple[str, ...]:
        """Close the file. Raises SinkWriteError where its end cannot be written."""
        file, self._file = self._file, None
        if file is None or file is sys.stdout:
            return ()
        try:
            file.close()
        except OSError as error:
            # After a failed write the rest of that line is still buffered and fails once more.
            if not self._failed:
                raise self._write_error(error) from error
        if self._failed and is_plain(self._path):
            # Half a line is none to who reads them; a disk that refuses this too keeps it.
            with suppress(OSError):
                cut_torn_line(self._path)
        return (str(self._path),)

    def _go_on_elsewhere(self) -> None:
        gone = self._path
        folder = gone.parent if gone.parent.is_dir() else recordings_folder()
        try:
            path, created = open_new(folder / gone.name)
            created.close()
            file = path.open("w", encoding="utf-8")
        except OSError as error:
            self._failed = True
            raise self._write_error(error) from error
        if self._file is not None:
            self._file.close()
        self._path, self._file = path, file
        self._told += (f"{gone} was removed: the detections go on in {folder}",)

    def _write_error(self, error: OSError) -> SinkWriteError:
        return SinkWriteError(f"detections in {self._path} stopped: {why(error)}")


def _has_content(path: Path) -> bool:
    return path.exists() and path.stat().st_size > 0


def frame_record(result: FrameResult, titles: RunTitles) -> dict[str, Any]:
    """The object of one frame; of an A|B view it holds what model A found.

    `pts` is in seconds, rounded to the microsecond; boxes are x1, y1, x2, y2 in source pixels,
    rounded to hundredths; scores are rounded to four decimals. `mark` is there where the boxes
    are made up, `track_id` where objects are tracked: null for one that has no number yet.
    """
    frame, found = result.frame, result.first.detections
    is_tracked = found.track_id is not None
    return {
        "frame": frame.index if frame.number is None else frame.number,
        **({"file": frame.file} if frame.file else {}),
        "pts": round(frame.pts_s, 6),
        "width": frame.width,
        "height": frame.height,
        **({"mark": titles.mark} if titles.mark else {}),
        "detections": [
            {
                "box": [round(side, 2) for side in box],
                "score": round(score, 4),
                "class_id": class_id,
                "name": titles.label(class_id),
                **({"track_id": None if number == UNNUMBERED else number} if is_tracked else {}),
            }
            for box, score, class_id, number in zip(
                found.xyxy.tolist(),
                found.score.tolist(),
                found.class_id.tolist(),
                found.track_ids,
                strict=True,
            )
        ],
    }
