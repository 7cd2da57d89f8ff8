"""Packets from the thread that reads to the one that decodes."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import pytest

from rkvideo.sources.arrival import (
    ArrivalStamps,
    Arrived,
    PacketTimes,
    by_driver,
    has_driver_clock,
    held_units,
)
from rkvideo.sources.packet_queue import PacketQueue


@dataclass(frozen=True)
class StandInPacket:
    number: int
    is_keyframe: bool
    size: int = 10


def packet(number, gop=5):
    return Arrived(StandInPacket(number, number % gop == 0), PacketTimes(0.0, 0.0))


def fill(queue, numbers, gop=5):
    for number in numbers:
        assert queue.put(packet(number, gop))


def taken(queue):
    queue.end()
    items = iter(queue.take, None)
    return [item.packet.number for item in items]


def test_packets_come_out_in_order_and_then_the_end():
    queue = PacketQueue(waits=False)
    fill(queue, range(12))
    assert taken(queue) == list(range(12))
    assert queue.take() is None
    assert queue.thrown_out == 0


def test_a_full_queue_keeps_from_its_newest_keyframe_on():
    queue = PacketQueue(waits=False, most_bytes=80)
    fill(queue, range(8))
    assert taken(queue) == [5, 6, 7]
    assert queue.thrown_out == 5


def test_a_group_that_is_larger_than_the_queue_is_left_out_up_to_the_next_keyframe():
    queue = PacketQueue(waits=False, most_bytes=80)
    fill(queue, range(23), gop=20)
    assert taken(queue) == [20, 21, 22]
    assert queue.thrown_out == 20


def test_pictures_that_are_all_keyframes_are_thrown_out_oldest_first():
    queue = PacketQueue(waits=False, most_bytes=80)
    fill(queue, range(8), gop=1)
    assert taken(queue) == [7]


def test_a_file_waits_for_room():
    queue = PacketQueue(waits=True, most_bytes=30)
    fill(queue, range(3))
    thread = threading.Thread(target=fill, args=(queue, range(3, 6)))
    thread.start()
    numbers = [queue.take().packet.number for _ in range(6)]
    thread.join()
    assert numbers == list(range(6))
    assert queue.thrown_out == 0


@pytest.mark.parametrize("waits", [True, False])
def test_interrupt_ends_both_sides(waits):
    queue = PacketQueue(waits=waits, most_bytes=20)
    fill(queue, range(2))
    queue.interrupt()
    assert queue.take() is None
    assert not queue.put(packet(2))
    assert not queue.wait_until(10.0, lambda: 0.0)


def test_waiting_is_over_at_once_where_it_is_due():
    assert PacketQueue(waits=False).wait_until(10.0, lambda: 10.0)


@pytest.mark.parametrize(
    ("container", "codec", "held"),
    [
        ("rtsp", "h264", 1),
        ("rtsp", "hevc", 1),
        ("rtsp", "mjpeg", 0),
        ("mpegts", "h264", 2),
        ("hls", "hevc", 2),
        ("flv", "h264", 0),
        ("mpjpeg", "mjpeg", 0),
        ("v4l2", "h264", 0),
    ],
)
def test_units_that_a_parser_holds_back(container, codec, held):
    assert held_units(container, codec) == held


def test_a_unit_began_to_arrive_when_an_earlier_one_was_handed_out():
    handed = [10.0, 11.0, 12.0, 13.0]
    arrived = {held: [ArrivalStamps(held).stamp(at) for at in handed[:1]] for held in (0, 1, 2)}
    assert arrived == {0: [10.0], 1: [10.0], 2: [10.0]}
    stamps = ArrivalStamps(1)
    assert [stamps.stamp(at) for at in handed] == [10.0, 10.0, 11.0, 12.0]
    stamps = ArrivalStamps(2)
    assert [stamps.stamp(at) for at in handed] == [10.0, 11.0, 10.0, 11.0]
    stamps = ArrivalStamps(0)
    assert [stamps.stamp(at) for at in handed] == handed


@pytest.mark.parametrize(
    ("stamp_s", "arrived_s"),
    [(99.97, 99.97), (100.0, 100.0), (98.9, 100.0), (100.01, 100.0), (1.7e9, 100.0), (None, 100.0)],
)
def test_the_driver_knows_when_a_picture_began_to_come(stamp_s, arrived_s):
    assert by_driver(stamp_s, handed_s=100.0) == arrived_s


def test_only_a_camera_has_the_clock_of_this_machine():
    assert has_driver_clock("video4linux2,v4l2")
    assert not has_driver_clock("rtsp")
