"""Where `--record` leads for a source, and the recorders for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from rkvideo.cli.outputs import Outputs
from rkvideo.errors import ConfigError, SinkOpenError
from rkvideo.pictures.overlay import Look
from rkvideo.sinks.base import FileSink
from rkvideo.sinks.files import raw_path, why
from rkvideo.sinks.folders import clip_path
from rkvideo.sinks.recorders import RecordedRun, picture_files, recorders_at
from rkvideo.sources.registry import is_picture_folder


def placed(asked: Outputs, source: str) -> Outputs:
    """The same for this source.

    Into a folder go the pictures of a folder, or a clip that is named after this moment. Raises
    ConfigError, SinkOpenError where the folder cannot be made.
    """
    if asked.record is None or not asked.to_folder:
        return asked
    is_pictures = is_picture_folder(source)
    if is_pictures and asked.recording.what != "annotated":
        raise ConfigError(
            f"--record-what {asked.recording.what}: the pictures are in {source} already: "
            "leave it out, or record to a file such as out.mp4"
        )
    try:
        asked.record.mkdir(exist_ok=True)
    except FileNotFoundError as error:
        # A clip of an unattended run goes elsewhere, and says so; pictures have no other place.
        if is_pictures or not asked.unattended:
            raise SinkOpenError(f"cannot record to {asked.record}: {why(error)}") from error
    except OSError as error:
        raise SinkOpenError(f"cannot record to {asked.record}: {why(error)}") from error
    if is_pictures:
        return asked
    path = clip_path(asked.record)
    path = raw_path(path) if asked.recording.what == "raw" else path
    return replace(asked, record=path, to_folder=False)


def recorders_of(
    run: RecordedRun, outputs: Outputs, look: Callable[[], Look]
) -> tuple[FileSink, ...]:
    """New recorders of what `run` shows, none where no recording was asked for."""
    if outputs.record is None:
        return ()
    if outputs.to_folder:
        return picture_files(run, outputs.recording, look, outputs.record)
    return recorders_at(run, outputs.recording, look, outputs.record, elsewhere=outputs.unattended)
