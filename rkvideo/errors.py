"""The error tree.

RkVideoError
 |- ConfigError                 a wrong option, file of options or label file
 |- SourceError
 |   |- SourceOpenError         nothing could be read yet
 |   |- SourceLostError         it was playing and stopped: a live source reconnects
 |   |- DecodeError             data arrived that is no picture
 |- ModelError
 |   |- ModelNotFoundError
 |   |- ModelLoadError          the file is no model, or is damaged
 |   |- ModelMismatchError      a good model that this program or this size cannot serve
 |   |- BackendUnavailableError the runtime or the hardware is not here
 |- InferenceError              one inference failed
 |- SinkError
 |   |- SinkOpenError
 |   |- SinkWriteError
 |- ServiceError                systemd refuses
 |- PipelineStateError          a call that the run's state does not allow
 |- ThreadError                 a thread that cannot be started, or was ended by no error
 |- ShutdownTimeout             threads that did not end in time
 |   |- SlowShutdown            those are at an inference that is slow

Every message is one line that says what failed, on which object, and what to do next.
Exceptions of other libraries are mapped at one border each and kept as `__cause__`.
"""

from __future__ import annotations

from typing import Final

DONE: Final = 0
"""Exit code of a command that did what it was asked for."""
FAILED: Final = 1
USAGE: Final = 2
"""Exit code where the user's words or input are at fault."""
DOUBTFUL: Final = 3
"""Exit code of a conversion that a warning speaks against."""
INTERRUPTED: Final = 130


class RkVideoError(Exception):
    """Base of every error that rkvideo raises on purpose."""

    @property
    def is_usage_error(self) -> bool:
        """True where the user's input is at fault: the command line ends with 2, not 1."""
        return False


class _UsageError(RkVideoError):
    @property
    def is_usage_error(self) -> bool:
        return True


class ConfigError(_UsageError):
    """An option, a file of options or a label file is wrong."""


class SourceError(RkVideoError):
    """Something is wrong with where the frames come from."""


class SourceOpenError(SourceError):
    """The source cannot be opened, or its first picture cannot be read.

    `usage` tells a wrong name (no such file, not a video) from a source that is out of reach
    just now (a refused connection), which is worth another try.
    """

    def __init__(self, message: str, *, usage: bool = False) -> None:
        super().__init__(message)
        self.usage = usage

    @property
    def is_usage_error(self) -> bool:
        """True where the name is wrong, not the network."""
        return self.usage


class SourceLostError(SourceError):
    """A source that was playing stopped: connection lost, stalled, unplugged."""


class DecodeError(SourceError):
    """Data arrived that the decoder cannot turn into a picture."""


class ModelError(_UsageError):
    """Something is wrong with the model that was asked for."""


class ModelNotFoundError(ModelError):
    """No model of that name or at that path."""


class ModelLoadError(ModelError):
    """The file is not a model, is damaged, or its runtime refuses it."""


class ModelMismatchError(ModelError):
    """The model loads, but its shapes, size or labels do not fit."""


class BackendUnavailableError(ModelError):
    """The runtime library or the hardware of a backend is not on this machine."""


class InferenceError(RkVideoError):
    """One inference failed; the message names the worker, the core and the frame."""


class SinkError(RkVideoError):
    """Something is wrong with where results are written."""


class SinkOpenError(SinkError):
    """The output cannot be created."""

    @property
    def is_usage_error(self) -> bool:
        """Always: the user chose where to write."""
        return True


class SinkWriteError(SinkError):
    """Writing failed after a good start: what was written before stays."""


class ServiceError(RkVideoError):
    """The systemd service could not be started or stopped."""


class PipelineStateError(RkVideoError):
    """A call that the state of the run does not allow."""


class ThreadError(RkVideoError):
    """The system gives no thread, or something like SystemExit ended one."""


class ShutdownTimeout(RkVideoError):
    """Threads did not end in time; the message names them."""


class SlowShutdown(ShutdownTimeout):
    """The same of workers that are slow and do not hang: nothing is lost without them."""
