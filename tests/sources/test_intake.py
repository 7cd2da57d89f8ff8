"""The thread that reads a source, with a real file in the place of the network."""

from __future__ import annotations

import contextlib
import gc
import itertools
import threading
import weakref

import av
import pytest

from rkvideo.errors import SourceLostError, SourceOpenError, ThreadError
from rkvideo.sources.intake import Intake
from rkvideo.sources.stream_clock import StreamClock
from tests.helpers.stand_ins import no_more_threads
from tests.helpers.video_samples import Clip, make_clip


class FileAsSource:
    """Stands in for a network source; `fault` happens after ten packets."""

    def __init__(self, path, *, live=True, fault=None):
        self.path, self.live, self.fault = path, live, fault
        self.threads = []
        self.container = None

    def open_container(self):
        self.threads.append(threading.get_ident())
        if isinstance(self.fault, UnicodeError):
            raise self.fault
        if not self.path.exists():
            raise SourceOpenError("nothing there")
        self.container = av.open(str(self.path))
        return self.container

    def is_live(self, container):
        return self.live

    def packets(self, container, stream):
        for number, packet in enumerate(container.demux(stream)):
            if self.fault is not None and number == 10:
                raise self.fault
            yield packet
        self.threads.append(threading.get_ident())


@pytest.fixture
def clip(tmp_path):
    return make_clip(Clip(tmp_path / "clip.ts")).path


def read_all(intake):
    return list(iter(intake.take, None))


def is_closed(container):
    return len(container.streams) == 0


def test_packets_come_with_their_times(clip):
    times = iter(range(100, 1000))
    intake = Intake(FileAsSource(clip), "clip", StreamClock(), now=lambda: float(next(times)))
    items = read_all(intake)
    intake.close()
    assert len(items) == 30
    # MPEG-TS holds two units back.
    assert [item.times.due_s for item in items[:4]] == [100.0, 101.0, 102.0, 103.0]
    assert [item.times.arrived_s for item in items[:4]] == [100.0, 101.0, 100.0, 101.0]


def test_what_was_kept_while_a_stream_was_opened_anew_keeps_its_spacing(clip):
    clock = StreamClock()
    for began in (100.0, 200.0):
        handed = itertools.chain([began] * 20, itertools.count(began + 0.04, 0.04))
        intake = Intake(FileAsSource(clip), "clip", clock, now=handed.__next__)
        items = read_all(intake)
        intake.close()
    media = sorted(item.times.media_s for item in items)
    assert [b - a for a, b in itertools.pairwise(media)] == pytest.approx([0.04] * 29, abs=0.001)
    assert {item.times.due_s for item in items[:20]} == {200.0}


def test_the_packets_of_a_file_leave_their_time_to_their_stamps(clip):
    intake = Intake(FileAsSource(clip, live=False), "clip", StreamClock(), now=lambda: 5.0)
    items = read_all(intake)
    intake.close()
    assert {(item.times.arrived_s, item.times.media_s) for item in items} == {(5.0, None)}


def test_one_thread_owns_the_container_and_keeps_it_until_it_is_released(clip):
    source = FileAsSource(clip)
    intake = Intake(source, "clip", StreamClock())
    assert len(read_all(intake)) == 30
    # The decoder still asks the stream for its time base.
    assert not is_closed(source.container)
    intake.close()
    assert is_closed(source.container)
    assert len(set(source.threads)) == 1
    assert threading.get_ident() not in source.threads


def test_a_source_that_does_not_open(tmp_path):
    intake = Intake(FileAsSource(tmp_path / "none.ts"), "none", StreamClock())
    with pytest.raises(SourceOpenError, match="nothing there"):
        intake.opened()
    intake.close()


def test_a_file_without_pictures_is_closed(tmp_path):
    path = tmp_path / "sound.wav"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=8000)
        stream.layout = "mono"
        frame = av.AudioFrame("s16", "mono", 800)
        frame.sample_rate = 8000
        container.mux(stream.encode(frame))
    source = FileAsSource(path)
    intake = Intake(source, "sound", StreamClock())
    with pytest.raises(SourceOpenError, match="holds no video stream"):
        intake.opened()
    intake.close()
    assert is_closed(source.container)


@pytest.mark.parametrize("fault", [SourceLostError("gone"), ZeroDivisionError("a fault of ours")])
def test_what_ends_the_reading_reaches_the_taker_after_the_packets_before_it(clip, fault):
    intake = Intake(FileAsSource(clip, fault=fault), "clip", StreamClock())
    assert [intake.take() is not None for _ in range(10)] == [True] * 10
    with pytest.raises(type(fault), match=str(fault)):
        intake.take()
    intake.close()


def test_interrupt_ends_the_taking(clip):
    intake = Intake(FileAsSource(clip), "clip", StreamClock())
    intake.opened()
    intake.interrupt()
    assert intake.take() is None
    intake.close()


def test_interrupt_ends_an_opening_that_hangs(clip):
    class Hanging(FileAsSource):
        """Stands in for a camera that takes the connection and is silent."""

        goes_on = threading.Event()

        def open_container(self):
            self.goes_on.wait(30)
            return super().open_container()

    source = Hanging(clip)
    intake = Intake(source, "clip", StreamClock())
    intake.interrupt()
    with pytest.raises(SourceOpenError, match="clip: opening was interrupted"):
        intake.opened()
    source.goes_on.set()
    intake.close()
    assert is_closed(source.container)


def test_a_fault_while_opening_reaches_who_waits_for_it(clip):
    intake = Intake(FileAsSource(clip, fault=UnicodeError("a fault")), "clip", StreamClock())
    with pytest.raises(UnicodeError, match="a fault"):
        intake.opened()
    intake.close()


def test_a_thread_that_cannot_be_had_is_told(clip, monkeypatch):
    with no_more_threads(monkeypatch), pytest.raises(ThreadError, match="for reading clip: can't"):
        Intake(FileAsSource(clip), "clip", StreamClock())


class BreaksOff(FileAsSource):
    """Raises an error that nobody else keeps, as a real source does."""

    def packets(self, container, stream):
        yield from (packet for _, packet in zip(range(10), container.demux(stream), strict=False))
        raise SourceLostError("gone")


def test_what_a_lost_source_has_held_does_not_wait_for_the_collector(clip):
    gc.collect()
    gc.disable()
    try:
        intake = Intake(BreaksOff(clip), "clip", StreamClock())
        with contextlib.suppress(SourceLostError):
            read_all(intake)
        intake.close()
        ended = weakref.ref(intake)
        del intake
        assert ended() is None
    finally:
        gc.enable()
