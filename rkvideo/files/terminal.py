"""Text of files, names and addresses on its way to a terminal."""

from __future__ import annotations

import logging

from rich.markup import escape as _escape

from rkvideo.files.untrusted import plain_text


def escape(text: str) -> str:
    """`text` for Rich, without markup and without what steers a terminal."""
    return _escape(plain_text(text))


class PlainFormatter(logging.Formatter):
    """A log line without what steers a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """The formatted line."""
        return plain_text(super().format(record))
