"""`rknn-c` over the stand-in for librknnrt.so, built for this machine; RKNNLite is one too."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rkvideo.backends.rknn import LITE, RknnBackend
from rkvideo.backends.rknn_c import NAME, RknnCBackend
from rkvideo.backends.rknn_proof import NpuContexts
from rkvideo.config import ModelSpec
from rkvideo.data import QuantisedTensor
from rkvideo.errors import BackendUnavailableError, InferenceError
from rkvideo.machine.soc import Soc
from tests.board.played_model import HEIGHT, WIDTH, output_shapes, played_rknn
from tests.helpers.played_library import Played, PlayedLite, build_library, play, played_lite
from tests.helpers.told_paths import told_of

RK3588 = Soc("rk3588", 3)
PICTURE = np.zeros((1, HEIGHT, WIDTH, 3), np.uint8)
PROOF_PICTURES = 4


@pytest.fixture
def npu(built_library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Played]:
    monkeypatch.setattr(PlayedLite, "model_shapes", output_shapes())
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    played = play(built_library, tmp_path, monkeypatch)
    with played_lite(played):
        yield played
    assert played.held == (0, 0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "played.rknn"
    path.write_bytes(played_rknn())
    return path


def contexts(npu: Played, path: Path, fast: str = "auto", soc: Soc = RK3588) -> NpuContexts:
    return NpuContexts(path, ModelSpec("m", path), soc, fast, npu.path)


def numbers(output: Any) -> np.ndarray:
    return output.numbers() if isinstance(output, QuantisedTensor) else output


def marked(number: int) -> np.ndarray:
    """A picture that carries this number where the stand-in looks for it."""
    picture = PICTURE.copy()
    for bit in range(7):
        picture[0, :16, 16 * bit : 16 * bit + 16] = 255 * (number >> bit & 1)
    return picture


def test_one_model_is_loaded_for_six_contexts(npu: Played, path: Path) -> None:
    made = contexts(npu, path)
    opened = [made.open(worker % 3) for worker in range(6)]
    assert [backend.spec.way for backend in opened] == [NAME] * 6
    told = told_of(NAME, "m@320x192")
    figures = dict(told.figures)
    assert (told.state, told.words) == ("used", "gives what RKNNLite gives")
    assert min(figures.pop("lite_ms"), figures.pop("c_ms")) > 0
    assert list(figures) == [f"output_{number}_of_allowed" for number in range(9)]
    assert max(figures.values()) <= 1
    assert npu.held == (7, path.stat().st_size)
    # RKNNLite's for the proof, and the one that the others are made of.
    assert len(npu.of_call("init")) == 2
    assert len(npu.of_call("dup")) == 6
    for number, backend in enumerate(opened):
        picture = marked(number)
        outputs = backend.infer(picture, number)
        assert all(isinstance(output, QuantisedTensor) for output in outputs)
        assert [output.shape for output in outputs] == list(output_shapes())
        assert number in outputs[1].values
        assert np.shares_memory(outputs[0].values, backend.infer(picture, number)[0].values)
    for backend in opened:
        backend.close()
        backend.close()
    assert npu.broken == []
    masks = [line.split()[1] for line in npu.of_call("core")]
    assert masks == ["0", "0", "1", "2", "0", "1", "2"]


def test_weights_are_counted_once_where_rknnlite_has_six_copies(npu: Played, path: Path) -> None:
    weights = 12_000_000
    path.write_bytes(path.read_bytes() + bytes(weights - path.stat().st_size))
    for fast, copies in (("off", 6), ("auto", 1)):
        made = contexts(npu, path, fast)
        opened = [made.open(worker % 3) for worker in range(6)]
        assert npu.held[1] == copies * weights
        for backend in opened:
            backend.close()
    assert npu.broken == []


@pytest.mark.parametrize(
    "plays", ["", "nc1hwc2", "nhwc", "padded-rows", "float16", "float16 nc1hwc2 padded-rows"]
)
def test_every_layout_gives_what_rknnlite_gives(
    npu: Played, path: Path, monkeypatch: pytest.MonkeyPatch, plays: str
) -> None:
    monkeypatch.setenv("STAND_IN_PLAYS", plays)
    lite = RknnBackend(path, ModelSpec("m", path), 1, RK3588)
    fast = contexts(npu, path, "require").open(2)
    assert isinstance(fast, RknnCBackend)
    for number in (5, 99):
        expected, found = lite.infer(marked(number), 0), fast.infer(marked(number), 0)
        for one, other in zip(expected, found, strict=True):
            assert isinstance(other, QuantisedTensor) == ("float16" not in plays)
            np.testing.assert_allclose(numbers(other), one, rtol=1e-6)
    lite.close()
    fast.close()
    assert npu.broken == []


FAULTS = {
    "init@2": "rknn_init answers -1, it failed",
    "dup@3": "rknn_dup_context answers -1, it failed",
    "query@2": "rknn_query answers -1, it failed",
    "create_mem@1": "rknn_create_mem gives no 184320 bytes",
    "create_mem@4": r"rknn_create_mem gives no \d+ bytes",
    "set_io_mem@1": "rknn_set_io_mem answers -1, it failed",
    "set_io_mem@10": "rknn_set_io_mem answers -1, it failed",
    "run@3": r"m@320x192 on NPU core 1, frame 0: rknn_run answers -1, it failed",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_fails_leaves_rknnlite_and_says_why(
    npu: Played, path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    made = contexts(npu, path)
    monkeypatch.setenv("STAND_IN_FAIL", fault)
    first, second = made.open(1), made.open(2)
    assert isinstance(first, RknnBackend)
    assert isinstance(second, RknnBackend)
    assert (first.spec.way, second.spec.way) == (LITE, LITE)
    assert re.fullmatch(rf"m: rknn-c is not used, but RKNNLite: {FAULTS[fault]}", first.spec.note)
    assert second.spec.note == ""
    first.close()
    second.close()
    assert npu.broken == []


def test_numbers_that_differ_by_two_steps_are_not_taken(
    npu: Played, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAND_IN_PLAYS", "wrong-steps")
    backend = contexts(npu, path).open(0)
    assert backend.spec.way == LITE
    assert backend.spec.note == (
        "m: rknn-c is not used, but RKNNLite: its output t1 differs from RKNNLite's by 0.5, where "
        "0.25 is allowed"
    )
    told = told_of(NAME, "m@320x192")
    assert told.state == "not used"
    assert told.words.startswith("its output t1 differs")
    backend.close()
    with pytest.raises(BackendUnavailableError, match=r"^--fast require: its output t1 differs"):
        contexts(npu, path, "require").open(0)
    assert npu.broken == []


def test_without_the_fast_path_no_call_of_its_own_is_made(npu: Played, path: Path) -> None:
    backend = contexts(npu, path, "off").open(0)
    assert (backend.spec.way, backend.spec.note) == (LITE, "")
    assert told_of(NAME, "m@320x192").state == "switched off"
    backend.close()
    assert npu.of_call("dup") == []


def test_a_library_without_the_calls_leaves_rknnlite(
    npu: Played, path: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "old"
    folder.mkdir()
    old = build_library(folder, "-DWITHOUT_DUP")
    backend = NpuContexts(path, ModelSpec("m", path), RK3588, "auto", old).open(0)
    assert backend.spec.note.endswith("librknnrt.so has no rknn_dup_context: it is too old")
    backend.close()
    absent = NpuContexts(path, ModelSpec("m", path), RK3588, "auto", tmp_path / "none.so").open(0)
    assert "none.so does not load" in absent.spec.note
    absent.close()


def test_a_run_that_fails_is_an_error_and_the_next_one_is_not(
    npu: Played, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend = contexts(npu, path).open(2)
    runs = len(npu.of_call("run"))
    monkeypatch.setenv("STAND_IN_FAIL", f"run@{runs + 1}")
    with pytest.raises(InferenceError) as caught:
        backend.infer(PICTURE, 41)
    assert str(caught.value) == (
        "m@320x192 on NPU core 2, frame 41: rknn_run answers -1, it failed"
    )
    assert len(backend.infer(PICTURE, 42)) == 9
    backend.close()


def test_a_context_belongs_to_its_thread_and_ends_once(npu: Played, path: Path) -> None:
    backend = contexts(npu, path).open(0)
    with ThreadPoolExecutor(1) as pool, pytest.raises(InferenceError, match="another thread"):
        pool.submit(backend.infer, PICTURE, 0).result()
    with pytest.raises(InferenceError, match=r"was given uint8 \(1, 4, 4, 3\)"):
        backend.infer(PICTURE[:, :4, :4], 0)
    backend.close()
    with pytest.raises(InferenceError, match="the model is closed"):
        backend.infer(PICTURE, 0)
    assert npu.broken == []


def test_a_chip_of_one_core_is_given_no_mask(npu: Played, tmp_path: Path) -> None:
    path = tmp_path / "one.rknn"
    path.write_bytes(played_rknn())
    backend = contexts(npu, path, soc=Soc("rk3588", 1)).open(0)
    backend.close()
    assert npu.of_call("core") == []


def in_threads(count: int, work: Callable[[int], None]) -> None:
    """Run `work` in as many threads; the first error is raised here."""
    with ThreadPoolExecutor(count) as pool:
        list(pool.map(work, range(count)))


def test_six_threads_open_run_and_end_their_contexts_in_any_order(npu: Played, path: Path) -> None:
    made = contexts(npu, path)
    together = threading.Barrier(6, timeout=20)

    def work(worker: int) -> None:
        backend = made.open(worker % 3)
        together.wait()
        for number in range(10):
            assert number in backend.infer(marked(number), number)[1].values
        backend.close()

    in_threads(6, work)
    assert npu.held == (0, 0)
    # The pool comes back after a switch: what was proven holds, and the model is loaded anew.
    in_threads(6, work)
    assert npu.broken == []
    assert len(npu.of_call("init")) == 3
    runs = [line for line in npu.of_call("run") if line.endswith("-> 0")]
    assert len(runs) == 2 * 60 + 2 * PROOF_PICTURES + 1


def test_the_first_worker_that_is_refused_leaves_the_proof_to_the_next(
    npu: Played, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = contexts(npu, path)
    monkeypatch.setenv("STAND_IN_FAIL", "core@0")
    with pytest.raises(Exception, match="NPU core 0 did not open"):
        made.open(0)
    backend = made.open(1)
    assert backend.spec.way == NAME
    with pytest.raises(BackendUnavailableError, match="rknn_set_core_mask answers -1"):
        made.open(0)
    backend.close()
    assert npu.broken == []
