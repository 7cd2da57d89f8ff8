from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from rkvideo.errors import SinkOpenError
from rkvideo.pictures.overlay import Look, class_color
from rkvideo.sinks.recorder import RawRecorder, Recorder
from rkvideo.sinks.snapshot import save_snapshot
from rkvideo.stats import StatsSnapshot
from rkvideo.status import RunStatus
from tests.helpers.recordings import opened, paired, record
from tests.helpers.sink_samples import (
    INFO,
    STATUS,
    TITLES,
    found,
    grey_picture,
    noise_picture,
    pts_of,
    read_video,
    result,
    write_many,
)


def test_every_frame_is_in_the_file_at_its_own_time(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    record(path, [index / 25 for index in range(60)])
    frames = read_video(path)
    assert pts_of(frames) == [3600 * index for index in range(60)]
    assert {frame.time_base for frame in frames} == {Fraction(1, 90_000)}
    assert {(frame.width, frame.height) for frame in frames} == {(320, 240)}


def test_a_variable_rate_stays_true_and_starts_at_zero(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    record(path, [10.5, 10.54, 10.6, 11.0, 13.5, 13.51, 19.0])
    assert pts_of(read_video(path)) == [0, 3600, 9000, 45000, 270000, 270900, 765000]


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_the_last_picture_lasts_as_long_as_in_the_source(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"clip{suffix}"
    recorder = opened(path)
    for index, (pts_s, shown_s) in enumerate([(0, 1), (1, 2), (3, 4)]):
        shown = result(index, pts_s)
        recorder.write(replace(shown, frame=replace(shown.frame, shown_s=shown_s)), STATUS)
    recorder.close()
    with av.open(str(path)) as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
        assert container.duration == 7_000_000
        assert packets[-1].pts * packets[-1].time_base == 3


def test_the_time_of_a_clip_stands_still_while_nothing_comes(tmp_path: Path) -> None:
    recorder = opened(tmp_path / "out.mp4")
    told = [recorder.seconds]
    for pts_s in (100.0, 100.5, 112.0):
        still = result(0)
        recorder.write(replace(still, frame=replace(still.frame, pts_s=pts_s)), STATUS)
        told.append(recorder.seconds)
    recorder.close()
    assert told == [0.0, 0.0, 0.5, 12.0]


def test_matroska_keeps_times_to_the_millisecond(tmp_path: Path) -> None:
    path = tmp_path / "out.mkv"
    record(path, [7.0, 7 + 1 / 30, 7 + 2 / 30, 8.5])
    assert pts_of(read_video(path)) == [0, 33, 67, 1500]


def test_times_that_do_not_rise_are_made_to_rise(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    record(path, [0.0, 0.04, 0.04, 0.03, 0.08])
    assert pts_of(read_video(path)) == [0, 3600, 3601, 3602, 7200]


@pytest.mark.parametrize("rate", [Fraction(25), Fraction(1), None])
def test_keyframes_are_two_seconds_apart_whatever_the_rate_was_said_to_be(
    tmp_path: Path, rate: Fraction | None
) -> None:
    path = tmp_path / "out.mp4"
    record(path, [index * 0.5 for index in range(13)], rate)
    keyframes = [float(frame.time) for frame in read_video(path) if frame.key_frame]
    assert keyframes[0] == 0
    assert np.diff([*keyframes, 6.0]).max() <= 2
    assert set(keyframes) >= {0.0, 2.0, 4.0, 6.0}


def test_boxes_are_recorded_in_the_colour_of_their_class(tmp_path: Path) -> None:
    recorder = opened(tmp_path / "out.mp4")
    boxes = found((100, 60, 260, 200, 0.9, 1))
    recorder.write(result(0, detections=boxes), STATUS)
    (path,) = recorder.close()
    pixels = read_video(path)[0].to_ndarray(format="rgb24").astype(int)
    for x, y in ((100, 130), (258, 130), (180, 60), (180, 198)):
        assert np.abs(pixels[y : y + 2, x : x + 2] - class_color(1)).max() <= 20, (x, y)
    for x, y in ((97, 130), (104, 130), (262, 130), (180, 130), (180, 204)):
        # Luma 100 of limited range is level 98.
        assert np.abs(pixels[y, x] - 98).max() <= 12, (x, y)


@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuvj420p", "yuvj422p", "nv12", "rgb24"])
@pytest.mark.parametrize(("space", "matrix"), [(1, "ITU709"), (5, "ITU601"), (2, "ITU601")])
def test_a_full_range_picture_and_its_boxes_keep_their_colours(
    tmp_path: Path, pixel_format: str, space: int, matrix: str
) -> None:
    pixels = np.full((720, 1280, 3), (200, 90, 30), np.uint8)
    rgb = av.VideoFrame.from_ndarray(pixels, "rgb24")
    full = rgb.reformat(format=pixel_format, dst_colorspace=matrix, dst_color_range="JPEG")
    if pixel_format != "rgb24":
        full.colorspace, full.color_range = space, 2
    sink = opened(tmp_path / "out.mp4")
    sink.write(result(0, picture=full, detections=found((100, 60, 600, 500, 0.9, 1))), STATUS)
    sink.close()
    (path,) = tmp_path.iterdir()
    with av.open(str(path)) as container:
        picture = next(container.decode(video=0))
    # Players take an untagged picture of 720 lines for BT.709: what it is must be said.
    is_709 = space == 1 and pixel_format != "rgb24"
    assert picture.colorspace in ((1,) if is_709 else (5, 6))
    seen = picture.to_ndarray(format="rgb24").astype(int)
    assert np.abs(seen[300, 300] - (200, 90, 30)).max() <= 5
    for x, y in ((101, 300), (599, 300), (300, 499)):
        assert np.abs(seen[y, x] - class_color(1)).max() <= 6, (x, y)
    shot = save_snapshot(
        result(0, picture=full, detections=found((100, 60, 600, 500, 0.9, 1))),
        tmp_path,
        TITLES,
        "png",
        boxes=True,
    )
    saved = cv2.imread(str(shot))[..., ::-1].astype(int)
    assert np.abs(saved[300, 300] - (200, 90, 30)).max() <= 5
    assert np.abs(saved[300, 101] - class_color(1)).max() <= 6


@pytest.mark.parametrize("hud", [True, False])
def test_the_hud_is_recorded_only_if_asked(tmp_path: Path, hud: bool) -> None:
    recorder = opened(tmp_path / "out.mp4", hud=hud)
    recorder.write(result(0), STATUS)
    (path,) = recorder.close()
    luma = read_video(path)[0].to_ndarray(format="gray").astype(int)
    top_left, bottom_right = luma[4:60, 4:60], luma[180:, 260:]
    assert bool(top_left.min() < 50) is hud
    assert bool(top_left.max() > 180) is hud
    assert np.abs(bottom_right - 98).max() <= 3


def test_the_shared_picture_is_not_drawn_on(tmp_path: Path) -> None:
    picture = grey_picture()
    recorder = opened(tmp_path / "out.mp4", hud=True)
    recorder.write(result(0, picture=picture, detections=found((9, 9, 99, 99, 0.9, 1))), STATUS)
    recorder.close()
    assert [set(bytes(plane)) for plane in picture.planes] == [{100}, {128}, {128}]
    assert picture.pts is None


def test_titles_are_asked_for_when_a_frame_is_written(tmp_path: Path) -> None:
    asked = []

    def titles_of_now():
        asked.append(True)
        return TITLES

    recorder = Recorder(tmp_path / "out.mp4", titles_of_now, StatsSnapshot)
    recorder.open(INFO)
    assert asked == []
    recorder.write(result(0), STATUS)
    recorder.close()
    assert asked == [True]


def test_no_file_is_overwritten(tmp_path: Path) -> None:
    taken = tmp_path / "out.mp4"
    taken.write_bytes(b"mine")
    first, second = opened(taken), opened(taken)
    for recorder in (first, second):
        recorder.write(result(0), STATUS)
    assert first.close() == (str(tmp_path / "out-2.mp4"),)
    assert second.close() == (str(tmp_path / "out-3.mp4"),)
    assert taken.read_bytes() == b"mine"
    assert [len(read_video(tmp_path / name)) for name in ("out-2.mp4", "out-3.mp4")] == [1, 1]


def status_of(width: int, height: int) -> RunStatus:
    return replace(STATUS, stream=replace(INFO, width=width, height=height))


def test_another_picture_size_after_a_new_opening_starts_the_next_file(tmp_path: Path) -> None:
    recorder = opened(tmp_path / "out.mp4")
    for index, width in enumerate((320, 320, 160, 160, 160)):
        picture = grey_picture(width, 120)
        # The newest opening is known before the last frames of the one before are written.
        named = 320 if index == 0 else 160
        recorder.write(result(index, 5 + index, picture), status_of(named, 120))
    first, second = recorder.close()
    assert (first, second) == (str(tmp_path / "out.mp4"), str(tmp_path / "out-2.mp4"))
    assert [(f.width, f.pts) for f in read_video(first)] == [(320, 0), (320, 90_000)]
    assert [(f.width, f.pts) for f in read_video(second)] == [
        (160, 0),
        (160, 90_000),
        (160, 180_000),
    ]


def test_the_smallest_picture_there_is(tmp_path: Path) -> None:
    recorder = opened(tmp_path / "out.mp4", hud=True)
    boxes = found((0, 0, 2, 2, 0.9, 1))
    recorder.write(result(0, picture=grey_picture(2, 2), detections=boxes), STATUS)
    (path,) = recorder.close()
    (frame,) = read_video(path)
    assert (frame.width, frame.height) == (2, 2)


def test_pictures_of_one_pixel_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "out.mp4", TITLES, StatsSnapshot, hud=False)
    with pytest.raises(SinkOpenError, match="pictures of 1x1 cannot be recorded"):
        recorder.open(replace(INFO, width=1, height=1))
    assert list(tmp_path.iterdir()) == []


def test_an_odd_picture_loses_its_last_column_and_row(tmp_path: Path) -> None:
    recorder = opened(tmp_path / "out.mp4")
    recorder.write(result(0, picture=grey_picture(161, 121)), STATUS)
    (path,) = recorder.close()
    (frame,) = read_video(path)
    assert (frame.width, frame.height) == (160, 120)


def test_a_name_that_libav_would_take_for_a_protocol_or_a_pattern(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    record(Path("rtsp:cam %d.mp4"), [0.0])
    assert len(read_video(f"file:{tmp_path}/rtsp:cam %d.mp4")) == 1


def test_no_frame_leaves_no_file(tmp_path: Path) -> None:
    assert opened(tmp_path / "out.mp4").close() == ()
    assert list(tmp_path.iterdir()) == []


def test_another_suffix_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SinkOpenError) as caught:
        opened(tmp_path / "out.avi")
    assert str(caught.value) == (
        f"cannot record to {tmp_path}/out.avi: its name ends in '.avi',"
        " give one that ends in .mp4 or .mkv"
    )


def test_the_raw_file_has_the_sources_pixels_where_a_box_is_drawn_in_the_other(
    tmp_path: Path,
) -> None:
    recorder = paired(tmp_path)
    boxes = found((100, 60, 260, 200, 0.9, 1))
    write_many(recorder, (result(n, 3 + n**2 / 100, detections=boxes) for n in range(30)))
    assert recorder.paths == (tmp_path / "out.mp4", tmp_path / "out-raw.mp4")
    files = recorder.close()
    assert files == tuple(str(path) for path in recorder.paths)
    assert recorder.size_bytes == sum(path.stat().st_size for path in recorder.paths)
    with_boxes, without = (read_video(path) for path in files)
    assert len(without) == 30
    assert pts_of(without) == pts_of(with_boxes)
    for drawn, bare in zip(with_boxes, without, strict=True):
        # Luma 100 of limited range is level 98.
        assert np.abs(bare.to_ndarray(format="rgb24").astype(int) - 98).max() <= 1
        outline = drawn.to_ndarray(format="rgb24")[130, 100:102].astype(int)
        assert np.abs(outline - class_color(1)).max() <= 20


@pytest.mark.parametrize("size", [(320, 240), (161, 121)])
def test_the_shared_picture_keeps_its_own_times(tmp_path: Path, size: tuple[int, int]) -> None:
    picture = grey_picture(*size)
    for recorder in (RawRecorder(tmp_path / "raw.mp4"), opened(tmp_path / "nothing-drawn.mp4")):
        recorder.open(INFO)
        recorder.write(result(0, 5.0, picture), STATUS)
        (path,) = recorder.close()
        (frame,) = read_video(path)
        assert (frame.width, frame.height) == (size[0] // 2 * 2, size[1] // 2 * 2)
        assert frame.pts == 0
    assert picture.pts is None
    assert picture.pict_type == av.video.frame.PictureType.NONE
    assert set(bytes(picture.planes[0])) == {100}


def test_a_raw_recording_of_an_rgb_source_keeps_its_colours(tmp_path: Path) -> None:
    orange = np.full((48, 64, 3), (230, 159, 0), np.uint8)
    recorder = RawRecorder(tmp_path / "raw.mp4")
    recorder.open(INFO)
    recorder.write(result(0, picture=av.VideoFrame.from_ndarray(orange, "rgb24")), STATUS)
    (path,) = recorder.close()
    pixels = read_video(path)[0].to_ndarray(format="rgb24").astype(int)
    assert np.abs(pixels - (230, 159, 0)).max() <= 6


def test_the_clip_follows_the_look_of_the_moment(tmp_path: Path) -> None:
    looks = [Look(labels="off"), Look(labels="off", thickness=3)]
    recorder = Recorder(tmp_path / "out.mp4", TITLES, StatsSnapshot, False, lambda: looks.pop(0))
    recorder.open(INFO)
    boxes = found((100, 60, 480, 600, 0.9, 1))
    for index in range(2):
        recorder.write(result(index, picture=grey_picture(640, 720), detections=boxes), STATUS)
    (path,) = recorder.close()
    widths = []
    for frame in read_video(path):
        row = frame.to_ndarray(format="rgb24")[300, 90:130].astype(int)
        widths.append(int((np.abs(row - 98).max(axis=1) > 40).sum()))
    assert widths == [2, 6]


def test_quality_decides_the_size_of_the_file(tmp_path: Path) -> None:
    sizes = []
    for quality in ("low", "medium", "high"):
        recorder = RawRecorder(tmp_path / f"{quality}.mp4", quality)
        recorder.open(INFO)
        write_many(recorder, (result(index, picture=noise_picture(index)) for index in range(10)))
        (path,) = recorder.close()
        assert len(read_video(path)) == 10
        sizes.append(Path(path).stat().st_size)
    low, medium, high = sizes
    assert low * 1.1 < medium
    assert medium * 1.1 < high


def test_size_and_paths_can_be_read_while_it_records(tmp_path: Path) -> None:
    recorder = opened(tmp_path / "out.mp4")
    assert (recorder.paths, recorder.size_bytes) == ((), 0)
    sizes = []
    for index in range(60):
        size = (320, 240) if index < 40 else (160, 120)
        picture = noise_picture(index, *size)
        recorder.write(result(index, picture=picture), status_of(*size))
        on_disk = sum(path.stat().st_size for path in recorder.paths)
        assert recorder.size_bytes == on_disk
        sizes.append(on_disk)
    assert recorder.paths == (tmp_path / "out.mp4", tmp_path / "out-2.mp4")
    assert sizes == sorted(sizes)
    assert sizes[-1] > 500_000
    recorder.close()
    assert recorder.size_bytes == sum(path.stat().st_size for path in recorder.paths)


def test_the_figures_of_a_clip_are_asked_for_twice_a_second(tmp_path: Path) -> None:
    now_s, asked_at = 100.0, []

    def stats() -> StatsSnapshot:
        asked_at.append(now_s)
        return StatsSnapshot()

    recorder = Recorder(tmp_path / "out.mp4", TITLES, stats, clock=lambda: now_s)
    recorder.open(INFO)
    for index in range(60):
        now_s = 100 + index / 25
        recorder.write(result(index), STATUS)
    recorder.close()
    assert asked_at == pytest.approx([100, 100.52, 101.04, 101.56, 102.08])
