from __future__ import annotations

import traceback

import pytest

from rkvideo.config import SourceOptions
from rkvideo.errors import ConfigError
from rkvideo.sources.camera import CameraSource
from rkvideo.sources.file import FileSource
from rkvideo.sources.folder import FolderSource
from rkvideo.sources.names import ServerAddress, server_address, short_name
from rkvideo.sources.paced import PacedSource
from rkvideo.sources.pattern import PatternSource
from rkvideo.sources.registry import make_source
from rkvideo.sources.secrets import public_name, without_login
from rkvideo.sources.stream import StreamSource


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("rtsp://cam/live", "rtsp://cam/live"),
        ("rtsp://ann:geheim@cam:8554/live", "rtsp://ann:***@cam:8554/live"),
        ("rtsp://ann@cam/live", "rtsp://ann@cam/live"),
        ("rtsp://ann:ge@he:im@cam/live", "rtsp://ann:***@cam/live"),
        ("rtsp://:geheim@cam/live", "rtsp://:***@cam/live"),
        ("rtsp://ann:geheim@[fe80::1]:554/x", "rtsp://ann:***@[fe80::1]:554/x"),
        ("http://cam/v.cgi?user=ann&password=geheim", "http://cam/v.cgi?user=ann&password=***"),
        ("http://cam/v.cgi?PWD=geheim&ch=1", "http://cam/v.cgi?PWD=***&ch=1"),
        ("https://cam/live.m3u8?token=geheim", "https://cam/live.m3u8?token=***"),
        ("http://cam/v.cgi?channel=1&a=b%20c", "http://cam/v.cgi?channel=1&a=b%20c"),
        ("http://cam/v#geheim", "http://cam/v"),
        ("rtsp://ann:geheim@[fe80/x", "rtsp://[fe80/x"),
        ("rtsp://ann:ge/he#im@cam:554/live", "rtsp://ann:***@cam:554/live"),
        ("rtsp://ann:ge?im@cam/live?pwd=geheim", "rtsp://ann:***@cam/live?pwd=***"),
        ("rtsp://cam:554/live@2", "rtsp://cam:554/live@2"),
        ("/videos/a:b@c.mp4", "/videos/a:b@c.mp4"),
        ("clip.mp4?password=x", "clip.mp4?password=x"),
    ],
)
def test_public_name_holds_no_password(text, shown):
    assert public_name(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("rtsp://cam/user=ann_password=SECRET_channel=1.sdp", "user=ann_password=***_channel=1"),
        ("rtsp://cam/user=ann&password=SECRET&channel=1.sdp?real", "password=***&channel=1.sdp?"),
        ("http://cam/x;password=SECRET", "http://cam/x;password=***"),
        ("http://cam/x?a=1;token=SECRET", "http://cam/x?a=1;token=***"),
        ("http://cam/x?u=ann&p=SECRET", "u=ann&p=***"),
        ("http://cam/x?loginuse=ann&loginpas=SECRET", "loginuse=ann&loginpas=***"),
        ("http://cam/x?pa%73s=SECRET/+==&ch=2", "?pa%73s=***&ch=2"),
        ("http://cam/x?url=rtsp://ann:SECRET@cam/x", "?url=rtsp://ann:***@cam/x"),
        ("http://cam/x?url=rtsp%3A%2F%2Fann%3ASECRET%40cam%2Fx", "ann%3A***%40cam"),
        ("http://proxy/http://ann:SECRET@cam/x", "http://proxy/http://ann:***@cam/x"),
        ("rtsp://ann:12/SECRET@cam:554/y", "rtsp://ann:***@cam:554/y"),
        ("rtsp://ann:12@SECRET/3@10.0.0.9/y", "rtsp://ann:***@10.0.0.9/y"),
        ("rtsp://ann:1234?SECRET@cam/y", "rtsp://ann:***@cam/y"),
        ("rtsp://ann%3ASECRET@cam/x", "rtsp://ann:***@cam/x"),
        ("rtsp://ann:SECRET", "rtsp://ann:***"),
        ("rtsp://ann:SECRET@", "rtsp://ann:***@"),
        ('"rtsp://ann:SECRET@cam/x"', "rtsp://ann:***@cam/x"),
        ("rtsp:/ann:SECRET@cam/x", "rtsp:/ann:***@cam/x"),
        ("rtsp//ann:SECRET@cam/x", "rtsp//ann:***@cam/x"),
        ("rtsp:ann:SECRET@cam/x", "rtsp:ann:***@cam/x"),
    ],
)
def test_a_password_is_found_wherever_cameras_and_slips_put_it(text, shown):
    assert shown in public_name(text)
    assert "SECRET" not in public_name(text) + short_name(text) + without_login(text)


@pytest.mark.parametrize(
    "text",
    [
        "rtsp://cam:554/Streaming/Channels/101?transportmode=unicast",
        "rtsp://cam/cam/realmonitor?channel=1&subtype=0",
        "rtsp://[fe80::1]:554/a@b",
        "http://cam/axis-cgi/mjpg/video.cgi?resolution=640x480&compression=30",
        "udp://@239.0.0.1:5000",
        "/videos/2025-01-01 12:00@home.mp4",
    ],
)
def test_what_is_no_secret_is_shown(text):
    assert public_name(text) == text


@pytest.mark.parametrize("text", ["ann:geheim@cam/live", "rtsp:/ann:geheim@cam/live"])
def test_an_address_without_its_kind_is_told_without_the_password(text, tmp_path, monkeypatch):
    with pytest.raises(ConfigError, match="nor an address: use rtsp://") as caught:
        make_source(text, SourceOptions())
    assert "geheim" not in "".join(traceback.format_exception(caught.value))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ann:geheim@cam").touch()
    assert type(make_source("ann:geheim@cam", SourceOptions())) is FileSource


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("rtsp://u:p@cam/live?x=1", ServerAddress("rtsp", "cam", 554, "/live")),
        ("RTSP://cam:8554", ServerAddress("rtsp", "cam", 8554, "/")),
        ("rtsps://cam/a", ServerAddress("rtsps", "cam", 322, "/a")),
        ("http://cam/a", ServerAddress("http", "cam", 80, "/a")),
        ("https://[::1]/a", ServerAddress("https", "::1", 443, "/a")),
        ("rtmp://host/app/key", ServerAddress("rtmp", "host", 1935, "/app/key")),
        ("udp://@:5000", ServerAddress("udp", "", 5000, "/")),
        ("srt://cam:9000?passphrase=x", ServerAddress("srt", "cam", 9000, "/")),
        # Addresses within addresses, each with a login of its own.
        (
            "http://nvr:1984/api?src=rtsp://u:p@10.0.0.9/x",
            ServerAddress("http", "nvr", 1984, "/api"),
        ),
        (
            "http://a:b@nvr/rtsp%3A%2F%2Fu:p@10.0.0.9/x",
            ServerAddress("http", "nvr", 80, "/rtsp%3A%2F%2Fu:p@10.0.0.9/x"),
        ),
        ("http://a:b@nvr/x?mail=c@10.0.0.9", ServerAddress("http", "nvr", 80, "/x")),
        ("rtsp://u:p@ss@cam/live@2", ServerAddress("rtsp", "cam", 554, "/live@2")),
    ],
)
def test_server_address(text, address):
    assert server_address(text) == address


@pytest.mark.parametrize(
    "text",
    [
        "rtsp://",
        "rtsp:///live",
        "rtsp://u:geheim@cam:x/",
        "udp://239.0.0.1",
        "rtsp://u:geheim#x@cam/",
        "rtsp://u:geheim@[fe80/x",
        "rtsp://u:p@geheim/w:rd#1@127.0.0.1:554/live",
        "rtsp://u:12/geheim@cam:554/live",
        "rtsp://u:p@geheim?@cam:554/live",
    ],
)
def test_bad_address_is_a_config_error_without_the_password(text):
    with pytest.raises(ConfigError, match=r"rtsp://HOST|write / . # % of a password") as caught:
        make_source(text, SourceOptions())
    assert "geheim" not in "".join(traceback.format_exception(caught.value))
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("rtsp://u:p@cam/live", StreamSource, "rtsp://u:***@cam/live"),
        ("https://host/live.m3u8", StreamSource, "https://host/live.m3u8"),
        ("rtmp://u:p@host/live", StreamSource, "rtmp://u:***@host/live"),
        ("udp://239.0.0.1:5000", StreamSource, "udp://239.0.0.1:5000"),
        ("srt://cam:9000?passphrase=p", StreamSource, "srt://cam:9000?passphrase=***"),
        ("file:///a%20b.mp4", FileSource, "/a b.mp4"),
        ("0", CameraSource, "/dev/video0"),
        ("/dev/video11", CameraSource, "/dev/video11"),
        ("/dev/v4l/by-id/usb-Cam", CameraSource, "/dev/v4l/by-id/usb-Cam"),
        ("pattern:64x48@5", PatternSource, "pattern:64x48@5"),
        ("clip.mp4", FileSource, "clip.mp4"),
    ],
)
def test_the_text_decides_the_kind(text, kind, name):
    source = make_source(text, SourceOptions())
    assert type(source) is kind
    assert source.name == name


def test_a_folder_is_one_of_images(tmp_path):
    assert type(make_source(str(tmp_path), SourceOptions())) is FolderSource


def test_realtime_paces_what_waits_and_leaves_what_is_live():
    assert type(make_source("clip.mp4", SourceOptions(realtime=True))) is PacedSource
    assert type(make_source("0", SourceOptions(realtime=True))) is CameraSource


def test_unknown_kind_of_address_is_named_without_its_password():
    with pytest.raises(ConfigError) as caught:
        make_source("mms://u:geheim@host/x", SourceOptions())
    assert str(caught.value) == (
        "mms://u:***@host/x: this kind of address is not known: use rtsp://, rtsps://, http://,"
        " https://, rtmp://, rtmps://, udp://, rtp:// or srt://"
    )


def test_empty_text_is_a_config_error():
    with pytest.raises(ConfigError, match="the source is empty"):
        make_source("", SourceOptions())


@pytest.mark.parametrize(
    ("source", "short"),
    [
        ("/videos/street/cars.mp4", "cars.mp4"),
        ("demo", "demo"),
        ("0", "0"),
        ("/dev/video2", "video2"),
        ("folder/", "folder"),
        ("rtsp://admin:s3cret@cam.lan:554/main?token=abc", "cam.lan:554/main"),
        ("rtsp://admin:pa/ss@cam/1", "cam/1"),
        ("http://host/", "host"),
        ("file:///videos/cars.mp4", "cars.mp4"),
    ],
)
def test_a_source_has_a_short_name_without_login_and_query(source: str, short: str) -> None:
    assert short_name(source) == short


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("rtmp://a.youtube.com/live2/abcd-efgh-ijkl-mnop-qrst", "rtmp://a.youtube.com/live2/***"),
        ("rtmps://fb.com:443/rtmp/FB-123456789012345-0-AbyDx7Qe", "rtmps://fb.com:443/rtmp/***"),
        ("rtmp://tw.tv/app/live_123456789_AbCdEfGh1234567890", "rtmp://tw.tv/app/***"),
        ("rtmp://host/app/x7Kd9QpZ", "rtmp://host/app/***"),
        ("rtmp://host/d41d8cd98f00b204e9800998ecf8427e", "rtmp://host/***"),
        ("rtsp://10.0.0.1:7447/0dkPqZlVaQw0j4Pq?enableSrtp", "rtsp://10.0.0.1:7447/***?enableSrtp"),
        ("rtsp://h/live/3f2504e0-4f89-11d3-9a0c-0305e82c3301/main", "rtsp://h/live/***/main"),
        ("http://h/hls/0123456789abcdef0123/index.m3u8", "http://h/hls/***/index.m3u8"),
        ("srt://h:8890?streamid=read:cam1:ann:geheim", "srt://h:8890?streamid=read:cam1:***"),
        ("srt://h:8890?streamid=%23!::r=cam1,s=geheim", "srt://h:8890?streamid=***"),
        ("srt://h:8890?streamid=x7Kd9QpZ4abc&mode=caller", "srt://h:8890?streamid=***&mode=caller"),
    ],
)
def test_a_key_that_is_a_bare_part_of_an_address_is_hidden(text: str, shown: str) -> None:
    assert public_name(text) == shown
    assert public_name(shown) == shown


@pytest.mark.parametrize(
    "text",
    [
        "rtmp://host/live/cam1",
        "rtmp://host/app/front-door",
        "rtmp://host/live/warehouse-north-entrance",
        "rtmp://host/live/h264_sub",
        "rtsp://host/h264Preview_01_main",
        "rtsp://host/Streaming/Channels/101",
        "rtsp://host/MediaInputH264Stream1",
        "http://host/clips/20240131T120000.mp4",
        "srt://host:8890?streamid=read:cam1",
        "srt://host:8890?streamid=live/cam1&mode=caller",
    ],
)
def test_a_name_in_an_address_is_no_key(text: str) -> None:
    assert public_name(text) == text
