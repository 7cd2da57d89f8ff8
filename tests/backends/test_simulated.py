from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from rkvideo.backends.planted import planted_boxes, planted_strides
from rkvideo.backends.simulated import STRIDES, SimulatedBackend, SimulatedNpu, dfl_logits
from rkvideo.config import ModelSpec, SimulationSpec
from rkvideo.errors import (
    BackendUnavailableError,
    ConfigError,
    InferenceError,
    ModelMismatchError,
    RkVideoError,
)
from tests.helpers.patience import PATIENCE_S

FAST = SimulationSpec(latency_ms=0)
SIZES = [(640, 640), (640, 384), (1920, 1088), (32, 32), (1280, 64), (64, 1280)]


def opened(
    npu: SimulatedNpu, core: int = 0, size: tuple[int, int] = (640, 640)
) -> SimulatedBackend:
    return npu.open(core, ModelSpec("any", None, size=size))


def picture(backend: SimulatedBackend) -> np.ndarray:
    return np.zeros(backend.spec.input.shape, np.uint8)


def in_thread(call: Callable[[], object]) -> RkVideoError | None:
    """What `call` raised in a thread of its own."""
    caught: list[RkVideoError | None] = []

    def run() -> None:
        try:
            call()
        except RkVideoError as error:
            caught.append(error)
        else:
            caught.append(None)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return caught[0]


def decode(outputs: tuple[np.ndarray, ...]) -> list[tuple[float, ...]]:
    """Every cell with a score: x1, y1, x2, y2, score, class; written out the long way."""
    found = []
    for number, stride in enumerate(STRIDES):
        box, score, total = outputs[3 * number : 3 * number + 3]
        for class_id, row, column in np.argwhere(score[0] > 0).tolist():
            bins = np.exp(box[0, :, row, column].reshape(4, 16).astype(np.float64))
            left, top, right, bottom = (bins / bins.sum(1, keepdims=True)) @ np.arange(16.0)
            x, y = column + 0.5, row + 0.5
            assert total[0, 0, row, column] == score[0, class_id, row, column]
            sides = (x - left, y - top, x + right, y + bottom)
            found.append(
                (*(side * stride for side in sides), score[0, class_id, row, column], class_id)
            )
    return sorted(found, key=lambda row: -row[4])


@pytest.mark.parametrize("size", SIZES)
def test_the_outputs_hold_the_planted_boxes(size: tuple[int, int]) -> None:
    backend = opened(SimulatedNpu(FAST), size=size)
    for frame_index in (0, 1, 29, 30, 300, 510, 3):  # falling too: cells are cleared
        xyxy, class_id, score = planted_boxes(frame_index, *size)
        found = np.array(decode(backend.infer(picture(backend), frame_index)))
        np.testing.assert_allclose(found[:, :4], xyxy, atol=0.01)
        np.testing.assert_array_equal(found[:, 4], score)
        np.testing.assert_array_equal(found[:, 5], class_id)


@pytest.mark.parametrize("size", SIZES)
def test_planted_boxes_lie_inside_and_apart(size: tuple[int, int]) -> None:
    for frame_index in range(0, 700, 7):
        xyxy, class_id, score = planted_boxes(frame_index, *size)
        assert (xyxy.dtype, class_id.dtype, score.dtype) == (np.float32, np.int32, np.float32)
        assert (xyxy[:, :2] >= 0).all()
        assert (xyxy[:, 2:] <= size).all()
        assert (xyxy[:, 2:] - xyxy[:, :2] >= 4).all()
        gaps = np.maximum(xyxy[:, None, :2], xyxy[None, :, :2]) - np.minimum(
            xyxy[:, None, 2:], xyxy[None, :, 2:]
        )
        apart = gaps.max(axis=2) > -1e-3
        assert (apart | np.eye(len(xyxy), dtype=bool)).all()


def test_the_number_of_boxes_goes_from_3_to_20() -> None:
    counts = [len(planted_boxes(index, 640, 640)[0]) for index in range(0, 570, 30)]
    assert counts == [*range(3, 21), 3]
    assert set(planted_strides(0, 640, 640)) == {8, 16, 32}
    first, second = (planted_boxes(index, 640, 640)[0] for index in (10, 11))
    assert 0.1 < np.abs(first - second).max() < 20


def test_dfl_logits_hold_the_distance() -> None:
    distances = np.array([[0, 0.25, 7, 15], [14.999, 3.5, 1e-9, 8.125]])
    lower, logits = dfl_logits(distances)
    bins = np.full((2, 4, 16), np.exp(-30.0))
    row, side = np.ogrid[:2, :4]
    bins[row, side, lower], bins[row, side, lower + 1] = np.exp(logits.reshape(2, 2, 4)).swapaxes(
        0, 1
    )
    expected = (bins / bins.sum(axis=2, keepdims=True)) @ np.arange(16.0)
    np.testing.assert_allclose(expected, distances, atol=1e-5)


def test_an_inference_takes_the_latency_and_the_same_jitter_again() -> None:
    npu = SimulatedNpu(SimulationSpec(latency_ms=30, jitter_ms=20))
    backend = opened(npu, size=(64, 64))

    def latency(frame_index: int) -> float:
        begin = time.perf_counter()
        backend.infer(picture(backend), frame_index)
        return time.perf_counter() - begin

    # Random(0).uniform(-1, 1) is 0.6888: at least 43.7 ms; Random(1) gives -0.7313: 15.4 ms.
    assert latency(0) >= 0.0437
    assert latency(0) >= 0.0437
    assert latency(1) >= 0.0153


def test_every_context_is_on_record() -> None:
    npu = SimulatedNpu(FAST)

    def live() -> None:
        backend = opened(npu, core=2, size=(64, 64))
        backend.infer(picture(backend), 0)
        backend.infer(picture(backend), 1)
        backend.close()

    assert in_thread(live) is None
    left_open = opened(npu, core=1, size=(64, 64))
    assert (npu.opened, npu.closed) == (2, 1)
    first, second = npu.contexts
    assert (first.core, first.inferences, first.opened_by) == (2, 2, first.closed_by)
    assert (second.core, second.inferences, second.closed_by) == (1, 0, None)
    assert second.opened_by == threading.get_ident() != first.opened_by
    left_open.close()
    assert npu.closed == 2


def test_another_thread_is_refused() -> None:
    backend = opened(SimulatedNpu(FAST), size=(64, 64))
    for call in (lambda: backend.infer(picture(backend), 4), backend.close):
        error = in_thread(call)
        assert isinstance(error, InferenceError)
        assert str(error).endswith("another thread uses this context")
    backend.close()


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("raise:7", "failed, as --npu-fault asks"),
        ("none:7", "the NPU gave nothing"),
        ("wrong-count:7", "gave 8 outputs, expected 9"),
    ],
)
def test_a_fault_hits_its_frame_only(fault: str, reason: str) -> None:
    backend = opened(SimulatedNpu(SimulationSpec(latency_ms=0, fault=fault)), 1, (64, 64))
    assert len(backend.infer(picture(backend), 6)) == 9
    with pytest.raises(InferenceError) as caught:
        backend.infer(picture(backend), 7)
    assert str(caught.value) == f"any@64x64 on simulated core 1, frame 7: {reason}"
    assert len(backend.infer(picture(backend), 8)) == 9


def test_a_hang_ends_on_request_and_other_contexts_go_on() -> None:
    npu = SimulatedNpu(SimulationSpec(latency_ms=0, fault="hang:3"))
    outputs: list[int] = []

    def hang() -> None:
        backend = opened(npu, 0, (64, 64))
        outputs.append(len(backend.infer(picture(backend), 3)))
        backend.close()

    thread = threading.Thread(target=hang)
    thread.start()
    assert npu.wait_for_hang(5)
    same_core, other_core = opened(npu, 0, (64, 64)), opened(npu, 1, (64, 64))
    assert len(same_core.infer(picture(same_core), 4)) == 9
    assert len(other_core.infer(picture(other_core), 5)) == 9
    assert outputs == []
    npu.release_hang()
    thread.join(PATIENCE_S)
    assert outputs == [9]
    assert len(same_core.infer(picture(same_core), 6)) == 9


def test_a_core_that_does_not_open() -> None:
    npu = SimulatedNpu(SimulationSpec(fault="open:1"))
    with pytest.raises(BackendUnavailableError, match="simulated NPU core 1 does not open"):
        opened(npu, 1)
    opened(npu, 0).close()
    assert npu.opened == 1


@pytest.mark.parametrize("fault", ["raise", "raise:", "raise:x", "burn:1", "raise:-1"])
def test_a_fault_that_is_not_understood(fault: str) -> None:
    with pytest.raises(ConfigError, match="is not KIND:NUMBER, where KIND is one of raise, hang"):
        SimulatedNpu(SimulationSpec(fault=fault))


def test_a_size_between_the_strides_is_refused() -> None:
    with pytest.raises(ModelMismatchError, match="multiples of 32, not 640x400"):
        opened(SimulatedNpu(FAST), size=(640, 400))


def test_without_a_size_it_is_640() -> None:
    backend = SimulatedNpu(FAST).open(0, ModelSpec("any", Path("any.onnx"), pad=0, color="bgr"))
    wanted = backend.spec.input
    assert (wanted.shape, wanted.pad, wanted.color) == ((1, 640, 640, 3), 0, "bgr")


def test_a_core_queues_its_inferences_and_another_core_does_not_wait() -> None:
    npu = SimulatedNpu(SimulationSpec(cores=2, latency_ms=40))
    asked_at = time.perf_counter()
    done_at = [npu.reserve(core, frame) for frame, core in enumerate((0, 0, 1, 0))]
    first = done_at[0]
    assert first >= asked_at + 0.04
    assert done_at[1] == pytest.approx(first + 0.04, abs=1e-9)
    assert done_at[3] == pytest.approx(first + 0.08, abs=1e-9)
    assert first <= done_at[2] < done_at[1]
