"""Frames for a sink that wants each of them: order, boxes, bounds."""

from __future__ import annotations

import io
import threading

import av
import numpy as np
import pytest

from rkvideo.data import CodedFrame, Detections, Frame, FrameResult, SideResult, StageTimings
from rkvideo.pipeline.channels import ChannelClosed
from rkvideo.pipeline.frame_feed import QUEUED_FRAMES, FrameFeed
from tests.helpers.patience import PATIENCE_S

NO_TIMES = StageTimings(0, 0, 0, 0, 0, 0, 0, 0)


def frame(index: int, size: tuple[int, int] = (64, 48)) -> Frame:
    return Frame(index, index / 25, 0.0, 0.0, av.VideoFrame(*size, "yuv420p"))


def result(index: int) -> FrameResult:
    """Has one box, whose left edge is the frame's index."""
    box = np.array([[index, 0, index + 1, 1]], np.float32)
    found = Detections(box, np.ones(1, np.float32), np.zeros(1, np.int32))
    return FrameResult(frame(index), 0, (SideResult(found, NO_TIMES, "m"),))


def taken(feed: FrameFeed, count: int) -> list[tuple[int, list[int]]]:
    """Index of the frame and left edges of its boxes, for so many frames."""
    results = [feed.get() for _ in range(count)]
    return [(r.frame.index, r.first.detections.xyxy[:, 0].astype(int).tolist()) for r in results]


def test_a_frame_that_no_model_saw_carries_the_last_boxes_before_it() -> None:
    feed = FrameFeed()
    for index in range(6):
        assert feed.decoded(frame(index))
    feed.emitted(result(1))
    feed.emitted(result(4))
    assert taken(feed, 5) == [(0, []), (1, [1]), (2, [1]), (3, [1]), (4, [4])]
    feed.close()
    assert taken(feed, 1) == [(5, [4])]
    with pytest.raises(ChannelClosed):
        feed.get()


def test_a_frame_waits_for_its_own_boxes() -> None:
    feed = FrameFeed()
    feed.decoded(frame(0))
    got: list[tuple[int, list[int]]] = []
    thread = threading.Thread(target=lambda: got.extend(taken(feed, 1)))
    thread.start()
    feed.emitted(result(0))
    thread.join(PATIENCE_S)
    assert got == [(0, [0])]


def test_a_model_that_is_silent_holds_back_a_second_and_no_more() -> None:
    feed = FrameFeed()
    accepted = [feed.decoded(frame(index)) for index in range(60)]
    assert accepted == [index < 32 + QUEUED_FRAMES for index in range(60)]
    assert taken(feed, QUEUED_FRAMES) == [(index, []) for index in range(QUEUED_FRAMES)]
    # What comes out late are still the newest boxes for what follows.
    feed.emitted(result(3))
    feed.emitted(result(9))
    assert taken(feed, 2) == [(8, [3]), (9, [9])]


def test_large_pictures_are_held_in_less_number() -> None:
    feed = FrameFeed()
    accepted = [feed.decoded(frame(index, (3840, 2160))) for index in range(30)]
    assert accepted.count(True) == 8 + QUEUED_FRAMES


def test_boxes_of_another_picture_size_are_not_carried() -> None:
    feed = FrameFeed()
    feed.decoded(frame(0))
    feed.emitted(result(0))
    feed.decoded(frame(1, (128, 96)))
    feed.close()
    assert taken(feed, 2) == [(0, [0]), (1, [])]


def test_a_bare_frame_carries_no_boxes_and_does_not_wait() -> None:
    feed = FrameFeed()
    feed.decoded(frame(0))
    feed.emitted(result(0))
    feed.decoded(frame(1), bare=True)
    assert taken(feed, 2) == [(0, [0]), (1, [])]


def test_results_alone_wait_for_room_and_end_with_the_sink() -> None:
    feed = FrameFeed()
    for index in range(QUEUED_FRAMES):
        feed.put(result(index))
    ended: list[bool] = []

    def put_one_more() -> None:
        try:
            feed.put(result(QUEUED_FRAMES))
        except ChannelClosed:
            ended.append(True)

    thread = threading.Thread(target=put_one_more)
    thread.start()
    feed.cancel()
    thread.join(PATIENCE_S)
    assert ended == [True]


def test_packets_that_were_thrown_away_no_longer_count_as_waiting() -> None:
    feed = FrameFeed()
    container = av.open(io.BytesIO(), "w", "mp4")
    packet = CodedFrame(bytes(40 << 20), 0.0, 0.0, True, container.add_stream("mpeg4"))
    assert [feed.coded(packet) for _ in range(3)] == [True, True, False]
    feed.choose(frames=True, coded=False)
    feed.choose(frames=True, coded=True)
    assert feed.coded(packet)
