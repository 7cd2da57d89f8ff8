"""What a run's state is called in the window."""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass

from PyQt5.QtCore import QCoreApplication

from rkvideo.errors import RkVideoError
from rkvideo.status import RunState, RunStatus, SourceTrouble

from ..look.error_words import shown_error

_translate = QCoreApplication.translate


class Tone(enum.Enum):
    """How a banner is meant."""

    STATE = "state"
    TROUBLE = "trouble"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Banner:
    """A state in words. `dims` says that the picture under it is not of now."""

    title: str
    detail: str = ""
    tone: Tone = Tone.STATE
    dims: bool = False


def banner_for(
    status: RunStatus, source: str, now: float, *, has_picture: bool, is_live: bool = True
) -> Banner | None:
    """The banner for a status at `now` (`perf_counter` seconds), None where all is well.

    `source` names the source without a password; it is told while there is no picture yet.
    `is_live` is false for a file, which nobody connects to.
    """
    if status.error is not None:
        return Banner(
            _translate("Banner", "failed"), shown_error(status.error), Tone.ERROR, dims=True
        )
    if status.trouble is not None and not status.state.is_final:
        return _trouble(status.trouble, now, was_playing=status.stream is not None)
    begins = _translate("Banner", "connecting…") if is_live else _translate("Banner", "opening…")
    words = {
        RunState.IDLE: begins,
        RunState.STARTING: begins,
        RunState.RECONNECTING: _translate("Banner", "reconnecting…"),
        RunState.PAUSED: _translate("Banner", "paused"),
        RunState.FINISHED: _translate("Banner", "finished"),
        RunState.STOPPED: _translate("Banner", "stopped"),
        RunState.FAILED: _translate("Banner", "failed"),
        RunState.RUNNING: "" if has_picture else _translate("Banner", "waiting for a picture…"),
    }[status.state]
    return Banner(words, "" if has_picture else source) if words else None


def state_line(status: RunStatus, now: float, *, has_picture: bool) -> tuple[str, Tone]:
    """The state of a live source in one line, and how it is meant; `now` as in `banner_for`."""
    if status.error is not None:
        return shown_error(status.error), Tone.ERROR
    if status.trouble is not None and not status.state.is_final:
        was_playing = status.stream is not None
        title = _trouble(status.trouble, now, was_playing=was_playing).title
        since = (
            _translate("Banner", "lost {seconds} s")
            if was_playing
            else _translate("Banner", "out of reach {seconds} s")
        )
        lost_s = _lost_s(status.trouble, now)
        return f"{title}, {since.format(seconds=lost_s)}", Tone.TROUBLE
    banner = banner_for(status, "", now, has_picture=has_picture)
    return (banner.title if banner else _translate("Banner", "live")), Tone.STATE


def error_text(error: BaseException) -> str:
    """The words of an error; one that nobody foresaw is told with its kind."""
    return str(error) if isinstance(error, RkVideoError) else f"{type(error).__name__}: {error}"


def _trouble(trouble: SourceTrouble, now: float, *, was_playing: bool) -> Banner:
    lost_s = _lost_s(trouble, now)
    if trouble.retry_at_s is None:
        title = _translate("Banner", "reconnecting…")
    else:
        wait_s = max(0, math.ceil(trouble.retry_at_s - now))
        title = _translate("Banner", "reconnecting in {seconds} s").format(seconds=wait_s)
    if was_playing:
        detail = _translate("Banner", "lost for {seconds} s: {reason}")
    else:
        detail = _translate("Banner", "out of reach for {seconds} s: {reason}")
    words = detail.format(seconds=lost_s, reason=trouble.reason)
    return Banner(title, words, Tone.TROUBLE, dims=True)


def _lost_s(trouble: SourceTrouble, now: float) -> int:
    return max(0, int(now - trouble.lost_at_s))
