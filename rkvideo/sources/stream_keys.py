"""What in a path is likely a key, and no name: people choose names, programs choose keys.

A key that reads like a name cannot be told from one.
"""

from __future__ import annotations

import re

_UUID = re.compile(r"[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}", re.IGNORECASE)
_RUN = re.compile(r"[A-Za-z0-9]+")
_KIND = re.compile(r"[a-z]+|[A-Z]+|[0-9]+")
_HEX = re.compile(r"(?=.*\d)(?=.*[a-f])[\da-f]+", re.IGNORECASE)

_LONG = 16
"""Letters of a token: 16 of hexadecimal are 64 bits; UniFi's have 16 of letters and digits."""
_SHORT = 8
_MIXED = 0.4
"""Changes between small letters, capitals and digits for each letter. Of 62 drawn at random it is
0.64; `MediaInputH264Stream1` has 0.38."""

_GROUPS = 3
_LONGEST_NAME = 20


def is_token(text: str, least: int = _LONG) -> bool:
    """Whether a run of letters and digits is drawn at random, as far as its look tells."""
    if len(text) < least:
        return False
    if len(text) >= _LONG and _HEX.fullmatch(text):
        return True
    return len(_KIND.findall(text)) - 1 >= _MIXED * len(text)


def is_key(segment: str) -> bool:
    """Whether the last part of an RTMP path is a key: there the key has its place.

    `cam1`, `front-door` and `h264_sub` are names; YouTube's keys are groups of four letters, those
    of Twitch and Facebook are long and have numbers in them.
    """
    groups = re.split(r"[-_]", segment)
    if len(groups) >= _GROUPS and {len(group) for group in groups} == {4}:
        return True
    if len(segment) >= _LONGEST_NAME and re.search(r"\d", segment):
        return True
    return any(is_token(run, _SHORT) for run in groups)


def without_tokens(path: str, hidden: str) -> str:
    """The path with `hidden` in the place of each token, whatever stands around it."""
    return _RUN.sub(lambda run: hidden if is_token(run[0]) else run[0], _UUID.sub(hidden, path))
