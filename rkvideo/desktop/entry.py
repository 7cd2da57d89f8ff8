"""The text of the desktop file: the Desktop Entry Specification of freedesktop.org."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rkvideo.machine.places import APP

# What FFmpeg opens and file managers tell apart; without a MimeType none offers the program.
_TYPES: Final = (
    *("video/mp4", "video/x-matroska", "video/webm", "video/quicktime", "video/mpeg"),
    *("video/mp2t", "video/x-msvideo", "video/x-flv", "video/ogg"),
)
# Within quotes these are escaped, and in a value each backslash again.
_ESCAPED: Final = str.maketrans({sign: f"\\\\{sign}" for sign in '"`$'} | {"\\": "\\\\\\\\"})


def entry_text(program: Sequence[str]) -> str:
    """The desktop file of a program that `program` starts, an absolute path first."""
    first = program[0].translate(_ESCAPED)
    lines = (
        "[Desktop Entry]",
        "Type=Application",
        "Version=1.1",
        f"Name={APP}",
        "GenericName=Video object detection",
        "GenericName[zh_CN]=视频目标检测",
        "Comment=Shows what a model finds in a camera, a stream or a video",
        "Comment[zh_CN]=显示模型在摄像头、网络流或视频中检测到的目标",
        f"Icon={APP}",
        # In TryExec nothing is quoted or expanded, only a backslash is escaped.
        "TryExec=" + program[0].replace("\\", "\\\\"),
        f"Exec={' '.join((_quoted(first), *map(_argument, program[1:])))} view %f",
        "Terminal=false",
        f"StartupWMClass={APP}",
        "Categories=AudioVideo;Video;Player;Qt;",
        "Keywords=YOLO;NPU;RK3588;camera;RTSP;detection;",
        f"MimeType={';'.join(_TYPES)};",
    )
    return "\n".join(lines) + "\n"


def _argument(word: str) -> str:
    return _quoted(word.translate(_ESCAPED))


def _quoted(word: str) -> str:
    """A word of Exec; a percent sign alone would begin a field code."""
    return f'"{word.replace("%", "%%")}"'
