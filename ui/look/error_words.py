"""Errors of the program in the user's language: by their kind, with the words of the program."""

from __future__ import annotations

from typing import Final

from PyQt5.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from rkvideo import errors

from .language import ENGLISH, current_language

# The nearest class counts: an error of a kind that is not listed is told by its parent's.
_KINDS: Final[dict[type[BaseException], str]] = {
    errors.ConfigError: QT_TRANSLATE_NOOP("ErrorKind", "this is not right"),
    errors.SourceError: QT_TRANSLATE_NOOP("ErrorKind", "the source makes trouble"),
    errors.SourceOpenError: QT_TRANSLATE_NOOP("ErrorKind", "the source cannot be opened"),
    errors.SourceLostError: QT_TRANSLATE_NOOP("ErrorKind", "the source was lost"),
    errors.DecodeError: QT_TRANSLATE_NOOP("ErrorKind", "a picture cannot be decoded"),
    errors.ModelError: QT_TRANSLATE_NOOP("ErrorKind", "the model makes trouble"),
    errors.ModelNotFoundError: QT_TRANSLATE_NOOP("ErrorKind", "there is no such model"),
    errors.ModelLoadError: QT_TRANSLATE_NOOP("ErrorKind", "the model cannot be loaded"),
    errors.ModelMismatchError: QT_TRANSLATE_NOOP("ErrorKind", "the model does not fit"),
    errors.BackendUnavailableError: QT_TRANSLATE_NOOP(
        "ErrorKind", "what runs the model is not on this machine"
    ),
    errors.InferenceError: QT_TRANSLATE_NOOP("ErrorKind", "an inference failed"),
    errors.SinkError: QT_TRANSLATE_NOOP("ErrorKind", "a file makes trouble"),
    errors.SinkOpenError: QT_TRANSLATE_NOOP("ErrorKind", "a file cannot be created"),
    errors.SinkWriteError: QT_TRANSLATE_NOOP("ErrorKind", "a file cannot be written further"),
    errors.PipelineStateError: QT_TRANSLATE_NOOP("ErrorKind", "this is not possible now"),
    errors.ThreadError: QT_TRANSLATE_NOOP("ErrorKind", "the system gives no thread"),
    errors.ShutdownTimeout: QT_TRANSLATE_NOOP("ErrorKind", "something does not end"),
    errors.SlowShutdown: QT_TRANSLATE_NOOP("ErrorKind", "something is still slow"),
    errors.RkVideoError: QT_TRANSLATE_NOOP("ErrorKind", "this did not work"),
}


def shown_error(error: BaseException) -> str:
    """The words of an error; one that nobody foresaw is told with its kind.

    The program's own words are English: they name the object and what to do. In another language
    the kind stands before them, so that who cannot read them knows what has happened.
    """
    if not isinstance(error, errors.RkVideoError):
        return f"{type(error).__name__}: {error}"
    if current_language() == ENGLISH:
        return str(error)
    kind = next(_KINDS[one] for one in type(error).__mro__ if one in _KINDS)
    words = QCoreApplication.translate("ErrorKind", "{kind}: {words}")
    return words.format(kind=QCoreApplication.translate("ErrorKind", kind), words=error)
