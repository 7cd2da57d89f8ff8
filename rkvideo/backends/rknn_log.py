"""What RKNNLite logs, told by our own log and only to those who ask (`-v`).

The wrapper writes each failure with its traceback to standard error, for every context, before the
error that rkvideo makes of it; and a line with its version for each context that opens well.
librknnrt itself writes to standard error too, which stays.
"""

from __future__ import annotations

import logging

# rknnlite/api/rknn_log.py of 2.3.2 and 2.5.0. It does not propagate and has a handler of its own.
_WRAPPERS_LOGGER = "acuityLogger"

_log = logging.getLogger(__name__)


def take_over_log() -> None:
    """From now on nothing of RKNNLite's log goes to standard error; may be called again."""
    logging.getLogger(_WRAPPERS_LOGGER).addFilter(_to_our_log)


def _to_our_log(record: logging.LogRecord) -> bool:
    for line in record.getMessage().splitlines():
        _log.debug("rknnlite: %s", line)
    return False
