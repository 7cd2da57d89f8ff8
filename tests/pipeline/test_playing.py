"""Playing a file: seeks, steps, speeds and loops of a run."""

from __future__ import annotations

import threading
import time
from fractions import Fraction
from itertools import pairwise

import pytest

from rkvideo.assembly import open_run
from rkvideo.config import AppConfig, SimulationSpec, SourceOptions
from rkvideo.errors import ConfigError
from rkvideo.pipeline.playback import Controls
from rkvideo.sources.file import FileSource
from rkvideo.status import Playback, RunState
from tests.helpers.patience import PATIENCE_S
from tests.helpers.video_samples import Clip, make_clip, number_of, x264


def test_a_wait_ends_when_something_else_is_wanted():
    ended = threading.Event()
    controls = Controls(Playback(), ended.is_set)
    turn = controls.turn()
    assert (turn.at_once, turn.seek_to_s, turn.playback) == (False, None, Playback())
    assert controls.wait_until(time.perf_counter() + 0.01, turn)
    for change in (controls.hold, controls.release, lambda: controls.seek(1.0), controls.wake):
        turn = controls.turn()
        change()
        assert not controls.wait_until(time.perf_counter() + PATIENCE_S, turn)
        controls.release()
    assert controls.turn() is not None
    ended.set()
    assert controls.turn() is None


def test_of_several_seeks_the_newest_counts_and_steps_before_it_do_not():
    ended = threading.Event()
    controls = Controls(Playback(), ended.is_set)
    controls.hold()
    controls.step()
    controls.seek(1.0)
    controls.seek(-2.0)
    controls.step()
    assert [(turn.seek_to_s, turn.at_once) for turn in (controls.turn(), controls.turn())] == [
        (0.0, True),
        (None, True),
    ]
    waiting = threading.Thread(target=controls.turn)
    waiting.start()
    waiting.join(0.05)
    assert waiting.is_alive()
    ended.set()
    controls.wake()
    waiting.join()


@pytest.mark.parametrize("speed", [0.0, 0.2, 4.5, -1.0])
def test_a_speed_out_of_range_is_refused(speed):
    with pytest.raises(ConfigError, match=r"give a factor from 0\.25 to 4"):
        Controls(Playback(), lambda: False).set_speed(speed)


class Playing:
    """A run and what it has shown."""

    def __init__(self, source: str, *, paced: bool = True, **options) -> None:
        self.run = open_run(
            AppConfig(
                source=source,
                model="yolo11n@64",
                backend="simulated",
                source_options=SourceOptions(**options),
                simulation=SimulationSpec(latency_ms=1.0),
            ),
            print,
            paced=paced,
        )
        self.results = []
        self.places: list[int] = []
        """The numbers that the pictures carry."""
        self._changed = threading.Condition()
        self.run.observe(self._add)

    def _add(self, result) -> None:
        with self._changed:
            self.results.append(result)
            self.places.append(number_of(result.frame))
            self._changed.notify_all()

    def wait_for(self, condition) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: condition(self.places), PATIENCE_S)

    def wait_count(self, count: int) -> None:
        self.wait_for(lambda places: len(places) >= count)

    def wait_still(self) -> None:
        """Wait until nothing is under way any more: every decoded frame was shown."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            before = self.run.status().counts
            self.run.wait(0.2)
            counts = self.run.status().counts
            if counts == before and counts.decoded == counts.shown:
                return
            assert time.monotonic() < deadline

    def pause(self) -> int:
        """Pause; gives how many frames were shown once nothing more came."""
        self.run.pause()
        self.wait_still()
        return len(self.results)


@pytest.fixture
def play():
    made = []

    def make(*args, **options):
        made.append(Playing(*args, **options))
        made[-1].run.start()
        return made[-1]

    yield make
    for playing in made:
        playing.run.stop()
        playing.run.join(20)
        indices = [result.frame.index for result in playing.results]
        if not playing.run.status().stream.live:
            assert indices == list(range(len(indices)))
        stamps = [result.frame.pts_s for result in playing.results]
        assert all(after > before for before, after in pairwise(stamps))


def test_after_a_seek_nothing_older_comes(play):
    playing = play("pattern:256x48@50:5000")
    playing.wait_count(10)
    playing.run.seek(60.01)
    playing.wait_for(lambda places: 3010 in places)
    playing.run.seek(1.0)
    playing.wait_for(lambda places: places[-1] < 3000 and places[-1] > 55)
    places = playing.places
    forth, back = places.index(3000), len(places) - 1 - places[::-1].index(50)
    assert places[:forth] == list(range(forth))
    assert places[forth:back] == list(range(3000, 3000 + back - forth))
    assert places[back:] == list(range(50, 50 + len(places) - back))


def test_the_newest_seek_overtakes_one_that_is_under_way(play, tmp_path):
    clip = Clip(tmp_path / "one.mp4", 256, 48, 750)
    make_clip(clip, options=x264(keyint=1000, scenecut=0))
    playing = play(str(clip.path))
    playing.wait_count(3)
    shown = playing.pause()
    real, begun, released = FileSource.seek, threading.Event(), threading.Event()

    def seek(source, position_s, goes_on):
        if position_s > 20:
            begun.set()
            assert released.wait(PATIENCE_S)
            assert not goes_on()
        real(source, position_s, goes_on)

    with pytest.MonkeyPatch.context() as patch:
        # The real seek, held back until the newer one is wanted.
        patch.setattr(FileSource, "seek", seek)
        playing.run.seek(28.0)
        assert begun.wait(PATIENCE_S)
        playing.run.seek(1.0)
        released.set()
        playing.wait_count(shown + 1)
        playing.wait_still()
    assert playing.places[shown:] == [25]


def test_a_seek_while_paused_shows_that_frame_and_stays_paused(play):
    playing = play("pattern:256x48@50:5000")
    playing.wait_count(3)
    shown = playing.pause()
    for position_s, place in ((50.0, 2500), (10.0, 500), (1000.0, 4999)):
        playing.run.seek(position_s)
        playing.wait_count(shown + 1)
        playing.wait_still()
        shown += 1
        assert (len(playing.results), playing.places[-1]) == (shown, place)
        assert playing.run.status().state is RunState.PAUSED
        assert playing.results[-1].frame.position_s == place / 50


def test_a_step_while_paused_shows_the_next_frame(play):
    playing = play("pattern:256x48@50:5000")
    playing.wait_count(3)
    shown = playing.pause()
    for _ in range(3):
        playing.run.step()
        playing.wait_count(shown + 1)
        playing.wait_still()
        shown += 1
        assert playing.places == list(range(shown))
    playing.run.seek(20.0)
    playing.run.step()
    playing.wait_count(shown + 2)
    playing.wait_still()
    assert playing.places[shown:] == [1000, 1001]
    assert playing.run.status().state is RunState.PAUSED
    playing.run.resume()
    playing.wait_count(shown + 10)
    assert playing.places[shown:][:10] == list(range(1000, 1010))


def test_a_step_while_playing_does_nothing(play):
    playing = play("pattern:256x48@10:5000")
    playing.run.step()
    playing.wait_count(2)
    shown = playing.pause()
    assert playing.places == list(range(shown))


def test_a_frame_that_waits_until_it_is_due_is_the_next_step(play):
    playing = play("pattern:256x48@1:1000")
    playing.wait_count(1)
    shown = playing.pause()
    playing.run.step()
    playing.wait_count(shown + 1)
    assert playing.places == list(range(shown + 1))


def test_a_seek_passes_over_the_frame_that_waits_and_leaves_no_gap(play):
    playing = play("pattern:256x48@0.5:1000")
    playing.wait_count(1)
    for place in (500, 20, 700):
        # The frame after the last one is due in two seconds; the test is faster than that.
        playing.run.seek(2.0 * place)
        playing.wait_for(lambda places, place=place: places[-1] == place)
    assert playing.places[0] == 0
    assert [place for place in playing.places if place in (500, 20, 700)] == [500, 20, 700]


def test_slow_motion_takes_its_time(play):
    started = time.perf_counter()
    playing = play("pattern:256x48@100:1000")
    playing.run.set_speed(0.25)
    assert playing.run.status().playback == Playback(0.25)
    playing.wait_count(21)
    # The first frames may have come before the change.
    assert time.perf_counter() - started >= 15 * 0.04


def test_a_faster_speed_and_none_at_all_act_on_the_frame_that_waits(play):
    playing = play("pattern:256x48@0.01:50")
    playing.wait_count(1)
    playing.run.set_speed(4.0)
    assert playing.run.status().playback == Playback(4.0)
    playing.run.set_speed(None)
    playing.wait_count(50)
    assert playing.places == list(range(50))
    playing.run.wait(PATIENCE_S)
    assert playing.run.status().state is RunState.FINISHED


def test_a_loop_is_switched_on_and_off(play):
    playing = play("pattern:256x48@100:20", loop=True)
    assert playing.run.status().playback == Playback(1.0, loop=True)
    playing.wait_count(45)
    playing.run.set_loop(False)
    status = playing.run.wait(PATIENCE_S)
    assert (status.state, status.playback.loop) == (RunState.FINISHED, False)
    assert len(playing.results) % 20 == 0
    assert playing.places == [index % 20 for index in range(len(playing.results))]


def test_a_loop_that_is_switched_on_goes_over_the_end(play):
    playing = play("pattern:256x48@100:20")
    playing.run.set_loop(True)
    playing.wait_count(50)
    assert playing.places[:50] == [index % 20 for index in range(50)]


def test_a_seek_beyond_the_end_plays_the_last_frame_and_ends(play):
    playing = play("pattern:256x48@10:1000")
    playing.wait_count(2)
    playing.run.seek(1e6)
    status = playing.run.wait(PATIENCE_S)
    assert status.state is RunState.FINISHED
    places = playing.places
    assert places == [*range(len(places) - 1), 999]


def test_seeking_a_live_source_does_nothing(play):
    playing = play("pattern:256x48@50:5000", realtime=True)
    playing.run.seek(50.0)
    playing.wait_count(20)
    playing.run.stop()
    playing.run.join(20)
    assert max(playing.places) < 1000
    assert playing.places == sorted(set(playing.places))


def test_a_real_clip_is_played_from_another_place(play, tmp_path):
    clip = make_clip(
        Clip(tmp_path / "clip.ts", 128, 64, 250, Fraction(50)), options=x264(bframes=2, keyint=25)
    )
    playing = play(str(clip.path))
    stream = playing.run.status().stream
    assert stream.seekable
    assert stream.duration_s == pytest.approx(5.0, abs=0.1)
    playing.wait_count(5)
    playing.run.seek(4.19)
    status = playing.run.wait(PATIENCE_S)
    assert status.state is RunState.FINISHED
    places = playing.places
    new = places.index(209)
    assert places == [*range(new), *range(209, 250)]
