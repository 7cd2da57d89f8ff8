"""The recorders that a user's choice asks for."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from rkvideo.config import RecordOptions
from rkvideo.pictures.overlay import Look
from rkvideo.sinks.base import FileSink
from rkvideo.sinks.encoders import check_encoders
from rkvideo.sinks.files import raw_path
from rkvideo.sinks.folders import clip_path
from rkvideo.sinks.picture_files import PictureFiles
from rkvideo.sinks.recorder import PairRecorder, RawRecorder, Recorder
from rkvideo.stats import StatsSnapshot
from rkvideo.status import RunTitles


class RecordedRun(Protocol):
    """What a recorder wants to know of the run that it records."""

    @property
    def titles(self) -> RunTitles:
        """What the run is called now."""
        ...

    def stats(self) -> StatsSnapshot:
        """The figures of the last seconds."""
        ...


def make_recorders(
    run: RecordedRun, options: RecordOptions, look: Callable[[], Look], folder: Path
) -> tuple[FileSink, ...]:
    """The sinks of one new recording of what `run` shows.

    The files are named after this moment and lie in `options.folder`, else in `folder`; a raw
    one ends in `-raw`. `look` is asked for each frame, so that a clip follows the window. Nothing
    is created yet.
    """
    path = clip_path(options.folder or folder)
    return recorders_at(run, options, look, raw_path(path) if options.what == "raw" else path)


def picture_files(
    run: RecordedRun, options: RecordOptions, look: Callable[[], Look], folder: Path
) -> tuple[FileSink, ...]:
    """What records a folder of pictures as pictures, into `folder`."""
    return (PictureFiles(folder, lambda: run.titles, look, options.quality),)


def recorders_at(
    run: RecordedRun,
    options: RecordOptions,
    look: Callable[[], Look],
    path: Path,
    *,
    elsewhere: bool = False,
) -> tuple[FileSink, ...]:
    """The same to a path of the user's own; of two files the raw one lies beside it.

    With `elsewhere` they go to the folder of this user's recordings where that of `path` is not
    there when the run begins. Raises SinkOpenError where nothing encodes what will be drawn.
    """
    if options.what != "raw":
        check_encoders(options.codec)
    make_raw = functools.partial(
        RawRecorder,
        quality=options.quality,
        codec=options.codec,
        elsewhere=elsewhere,
        comment=comment_of(run.titles),
    )
    every_frame = options.frames == "all"
    if options.what == "raw":
        return (make_raw(path, every_frame=every_frame),)
    annotated = Recorder(
        path,
        lambda: run.titles,
        run.stats,
        options.hud,
        look=look,
        quality=options.quality,
        codec=options.codec,
        every_frame=every_frame,
        elsewhere=elsewhere,
        comment=comment_of(run.titles),
    )
    if options.what == "annotated":
        return (annotated,)
    return (PairRecorder(annotated, make_raw(raw_path(path))),)


def comment_of(titles: RunTitles) -> str:
    """What the files of a recording say of where their boxes come from; empty for a real model.

    A raw one says it too: it lies beside boxes and tables of the same run.
    """
    return f"{titles.mark}: the boxes of this run are made up" if titles.mark else ""
