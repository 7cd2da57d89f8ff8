"""A recording that cannot go on as it began: names, folders, disks, a killed program."""

from __future__ import annotations

import shutil
import subprocess
import sys
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import av
import pytest

from rkvideo.errors import SinkOpenError, SinkWriteError
from rkvideo.sinks.recorder import PairRecorder, RawRecorder
from tests.helpers.paths import ROOT
from tests.helpers.recordings import TIME_BASES, opened, paired
from tests.helpers.sink_samples import (
    INFO,
    STATUS,
    file_size_limit,
    noise_picture,
    pts_of,
    read_video,
    result,
    write_many,
)


def pts_before_damage(path: Path) -> list[int]:
    times = []
    with av.open(str(path)) as container, suppress(av.FFmpegError):
        for frame in container.decode(video=0):
            times.append(frame.pts)
    return times


def test_a_missing_folder_is_refused_before_the_first_frame(tmp_path: Path) -> None:
    with pytest.raises(SinkOpenError) as caught:
        opened(tmp_path / "none" / "out.mp4")
    assert str(caught.value) == (
        f"cannot record to {tmp_path}/none/out.mp4: No such file or directory:"
        " create the folder, or write elsewhere"
    )


def test_a_folder_that_takes_no_file_is_refused() -> None:
    # Not even root can create a file in /sys.
    with pytest.raises(SinkOpenError, match=r"^cannot record to /sys/out\.mp4: .*: write to"):
        opened(Path("/sys/out.mp4"))


def test_a_full_disk_of_one_file_finishes_the_other(tmp_path: Path) -> None:
    recorder = paired(tmp_path, "high")
    noise = (result(index, picture=noise_picture(index)) for index in range(200))
    with file_size_limit(600_000):
        with pytest.raises(SinkWriteError, match=r"/out\.mp4 stopped: File too large"):
            write_many(recorder, noise)
        files = recorder.close()
    assert files == (str(tmp_path / "out.mp4"), str(tmp_path / "out-raw.mp4"))
    assert (tmp_path / "out.mp4").stat().st_size == 600_000
    frames = read_video(tmp_path / "out-raw.mp4")
    assert len(frames) >= 12
    assert pts_of(frames) == [3600 * index for index in range(len(frames))]


def test_a_folder_of_one_file_that_is_missing_refuses_both(tmp_path: Path) -> None:
    missing = RawRecorder(tmp_path / "none" / "raw.mp4")
    recorder = PairRecorder(RawRecorder(tmp_path / "out.mp4"), missing)
    with pytest.raises(SinkOpenError, match=r"none/raw\.mp4: No such file"):
        recorder.open(INFO)
    assert recorder.close() == ()
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def videos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder where recordings go that have no other place."""
    monkeypatch.setenv("XDG_VIDEOS_DIR", str(tmp_path / "videos"))
    return tmp_path / "videos" / "rkvideo"


def test_a_recording_whose_folder_is_removed_goes_on_in_the_default_folder(
    tmp_path: Path, videos: Path
) -> None:
    folder = tmp_path / "stick"
    folder.mkdir()
    recorder = opened(folder / "out.mp4")
    write_many(recorder, map(result, range(20)))
    assert recorder.told() == ()
    shutil.rmtree(folder)
    # The next picture notices it, and the one after is in the new file.
    write_many(recorder, map(result, range(20, 30)))
    assert recorder.told() == (
        f"{folder / 'out.mp4'} was removed: the recording goes on in {videos}",
    )
    assert recorder.told() == ()
    assert recorder.close() == (str(videos / "out.mp4"),)
    assert len(read_video(videos / "out.mp4")) == 9


def test_a_recording_that_is_removed_alone_goes_on_in_its_folder(tmp_path: Path) -> None:
    recorder = opened(tmp_path / "out.mp4")
    write_many(recorder, map(result, range(20)))
    (tmp_path / "out.mp4").unlink()
    write_many(recorder, map(result, range(20, 30)))
    assert recorder.told() == (
        f"{tmp_path / 'out.mp4'} was removed: the recording goes on in {tmp_path}",
    )
    assert recorder.close() == (str(tmp_path / "out.mp4"),)
    assert len(read_video(tmp_path / "out.mp4")) == 9


def test_a_folder_that_goes_between_two_files_is_left_for_the_default_one(
    tmp_path: Path, videos: Path
) -> None:
    folder = tmp_path / "stick"
    folder.mkdir()
    recorder = opened(folder / "out.mp4")
    shutil.rmtree(folder)
    recorder.write(result(0), STATUS)
    assert "was removed" in recorder.told()[0]
    assert recorder.close() == (str(videos / "out.mp4"),)


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_a_full_disk_stops_the_recording_and_leaves_it_playable(
    tmp_path: Path, suffix: str
) -> None:
    path = tmp_path / f"out{suffix}"
    recorder = opened(path)
    noise = (result(index, picture=noise_picture(index)) for index in range(200))
    with file_size_limit(600_000):
        with pytest.raises(SinkWriteError) as caught:
            write_many(recorder, noise)
        assert recorder.close() == (str(path),)
    assert str(caught.value) == (
        f"recording to {path} stopped: File too large:"
        " write to a file system that takes larger files"
    )
    assert isinstance(caught.value.__cause__, OSError)
    assert path.stat().st_size == 600_000
    assert pts_before_damage(path)[:12] == [
        round(index / 25 / TIME_BASES[suffix]) for index in range(12)
    ]


def test_a_disk_that_is_full_from_the_start_leaves_no_file(tmp_path: Path) -> None:
    recorder = opened(tmp_path / "out.mp4")
    with file_size_limit(0):
        with pytest.raises(SinkWriteError, match="File too large"):
            write_many(recorder, map(result, range(30)))
        assert recorder.close() == ()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_a_killed_program_leaves_a_playable_file_and_nothing_on_stderr(
    tmp_path: Path, suffix: str
) -> None:
    path = tmp_path / f"out{suffix}"
    with subprocess.Popen(
        [sys.executable, "-m", "tests.helpers.recorder_child", str(path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout.readline() == "written\n"
        child.kill()
        assert child.communicate(timeout=20) == ("", "")
    frames = read_video(path)
    # Half a second, and what the threads of the encoder hold.
    assert 180 - 13 - 4 <= len(frames) <= 180
    unit = Fraction(1, 25) / frames[0].time_base
    assert pts_of(frames) == [round(unit * index) for index in range(len(frames))]
