"""Whether a source can be opened, asked while another plays."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from rkvideo.config import SourceOptions
from rkvideo.errors import ConfigError, SourceOpenError
from rkvideo.sources.check import check_source
from tests.helpers.video_samples import Clip, make_clip


def test_what_can_be_opened_passes(tmp_path: Path) -> None:
    clip = make_clip(Clip(tmp_path / "clip.mp4", 64, 64, 2)).path
    for source in (str(clip), f"file://{clip}", "pattern:64x64@25", "demo", "udp://:5000"):
        check_source(source, SourceOptions())
    with socket.create_server(("127.0.0.1", 0)) as server:
        check_source(f"rtsp://127.0.0.1:{server.getsockname()[1]}/live", SourceOptions())


def test_what_is_nothing_is_refused_in_one_line(tmp_path: Path) -> None:
    text = tmp_path / "notes.mp4"
    text.write_text("no video at all")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    for source, kind, words in (
        ("nonsense", SourceOpenError, "nonsense"),
        ("htp://cam/1", ConfigError, "this kind of address is not known"),
        (str(text), SourceOpenError, "notes.mp4"),
        ("/dev/video987", SourceOpenError, "no such camera"),
        (f"rtsp://u:s3cret@127.0.0.1:{port}/x", SourceOpenError, "is out of reach"),
    ):
        with pytest.raises(kind, match=words) as refused:
            check_source(source, SourceOptions())
        assert "\n" not in str(refused.value)
        assert "s3cret" not in str(refused.value)
