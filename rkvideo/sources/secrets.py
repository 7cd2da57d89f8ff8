"""What of an address is not for others to read, and the address without it.

Cameras take a password in many places: in the login, in the query, in the path
(`/user=admin_password=x_channel=1.sdp`), and people mistype them in as many ways.
"""

from __future__ import annotations

import re
from urllib.parse import unquote, unquote_plus, urlsplit

from rkvideo.sources.stream_keys import is_key, without_tokens

HIDDEN = "***"

_SECRET_KEY = re.compile(
    r"pas|pwd|psw|token|secret|auth|key|sig|session|jwt|cred|^(?:p|pw|sid|code)$", re.IGNORECASE
)
_COLON = re.compile(r":|%3a", re.IGNORECASE)
# What can only be a host, whatever stands before it.
_SURE_HOST = re.compile(
    r"(?:\d{1,3}(?:\.\d{1,3}){3}|\[[\da-f:.]+\]|[\w.-]+(?=:\d))(?::\d{1,5})?(?:[/?#]|$)",
    re.IGNORECASE,
)
# Some recorders join the pairs of their path by `_`, which may be in a password too.
_OF_A_PATH = re.compile(
    r"([&;/,]|_(?=(?:channel|stream|user|pass|pwd|subtype|type|proto)\w*=))", re.IGNORECASE
)
_OF_A_QUERY = re.compile(r"([&;])")
_INNER_LOGIN = re.compile(r"(://[^/@\s:]*):\S*@")
_INNER_LOGIN_CODED = re.compile(
    r"(%3a%2f%2f(?:(?!%3a|%40)[^&;\s])*)%3a(?:(?!%40)\S)*%40", re.IGNORECASE
)
_MISTYPED = re.compile(r"\W*(?:rtsps?|https?|rtmps?|srt|udp|rtp)\W{1,3}(?=[^@]*@)", re.IGNORECASE)
_RTMP = re.compile(r"rtmp(?:s|e|t|te|ts)?", re.IGNORECASE)
# SRT has the path in its query; servers take `publish:PATH:USER:PASSWORD` (MediaMTX).
_STREAM_ID = re.compile(r"(?:(?:publish|read|request):)?[^:]*", re.IGNORECASE)
_BARE_LOGIN = re.compile(r"([^\s/:@]+):\S+@([\w.:\[\]-]+(?:/.*)?)")


def public_name(text: str) -> str:
    """`text` without what is secret in it; what is no address stays as it is.

    The password of the login goes, and so does the value of every pair in query or path whose name
    tells of a secret (`password`, `pwd`, `token`, ...), and the fragment.
    """
    scheme, mark, rest = text.partition("://")
    if not mark:
        return _without_mistyped_login(text)
    login, place = _split_login(rest)
    try:
        urlsplit(text)
    except ValueError:
        login = ""
    end = re.search(r"[/?#]", place)
    host = place if end is None else place[: end.start()]
    tail = "" if end is None else place[end.start() :]
    return (
        f"{scheme}://{_public_login(login)}{_public_host(host, login)}{_public_tail(tail, scheme)}"
    )


def without_login(text: str) -> str:
    """As `public_name`, also for `user:password@host`, which might be the name of a file."""
    bare = None if "://" in text else _BARE_LOGIN.fullmatch(text)
    return public_name(text) if bare is None else f"{bare[1]}:{HIDDEN}@{bare[2]}"


def splits_a_login(text: str) -> bool:
    """True where a `/`, `?` or `#` of the password ends the login for every parser of addresses.

    Of `rtsp://user:p@ss/word@host` parsers take `ss` for the host. An address within the address
    has a login of its own, and so may a pair of a query.
    """
    rest = text.partition("://")[2]
    login, _ = _split_login(rest)
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    return len(login) > len(authority) and not re.search("://|%3a%2f%2f|=", login, re.IGNORECASE)


def _without_mistyped_login(text: str) -> str:
    start = _MISTYPED.match(text)
    if start is None:
        return text
    login, _, place = text[start.end() :].rpartition("@")
    return f"{start[0]}{_public_login(f'{login}@')}{place}"


def _split_login(rest: str) -> tuple[str, str]:
    """The login with its `@`, empty where there is none, and what follows it.

    `user:pass/word@host` is one, which every parser takes for the host `user`.
    """
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    before, at, place = rest.rpartition("@")
    if len(before) >= len(authority) and not _is_broken_login(authority, before, place):
        before, at, _ = authority.rpartition("@")
        place = rest[len(before) + len(at) :]
    return f"{before}{at}", place


def _is_broken_login(authority: str, before: str, place: str) -> bool:
    user, colon, port = authority.partition(":")
    if not colon or "[" in user:
        return False
    if _SURE_HOST.match(place):
        return True
    in_query = before[len(authority) :][:1] in ("?", "#") and "=" not in before
    return "@" not in authority and (not port.isdecimal() or in_query)


def _public_login(login: str) -> str:
    user = _COLON.split(login, maxsplit=1)[0]
    return login if len(user) == len(login) else f"{user}:{HIDDEN}@"


def _public_host(host: str, login: str) -> str:
    name, colon, port = host.partition(":")
    # A login whose host is missing: a port is a number.
    is_secret = not login and colon and port and not port.isdecimal() and "[" not in name
    return f"{name}:{HIDDEN}" if is_secret else host


def _public_tail(tail: str, scheme: str) -> str:
    tail = _INNER_LOGIN.sub(rf"\1:{HIDDEN}@", tail.partition("#")[0])
    path, mark, query = _INNER_LOGIN_CODED.sub(rf"\1%3A{HIDDEN}%40", tail).partition("?")
    path = _without_key(path) if _RTMP.fullmatch(scheme) else path
    path = _public_pairs(_OF_A_PATH, without_tokens(path, HIDDEN))
    return path + mark + _public_pairs(_OF_A_QUERY, query)


def _without_key(path: str) -> str:
    """The key of RTMP is what follows the application: the last part of the path."""
    place, mark, key = path.rpartition("/")
    return f"{place}{mark}{HIDDEN}" if place and is_key(unquote(key)) else path


def _public_stream_id(value: str) -> str:
    text = unquote_plus(value)
    if text.startswith("#!"):
        return HIDDEN
    whole = _STREAM_ID.match(text)
    name = "" if whole is None else whole[0]
    if len(name) < len(text):
        return f"{_without_key(f'/{name}')[1:]}:{HIDDEN}"
    shown = _without_key(f"x/{without_tokens(text, HIDDEN)}")[2:]
    return value if shown == text else shown


def _public_pairs(between: re.Pattern[str], text: str) -> str:
    return "".join(map(_public_pair, between.split(text)))


def _public_pair(pair: str) -> str:
    key, equals, value = pair.partition("=")
    if equals and key.casefold() == "streamid":
        return f"{key}={_public_stream_id(value)}"
    is_secret = equals and value and _SECRET_KEY.search(unquote_plus(key))
    return f"{key}={HIDDEN}" if is_secret else pair
