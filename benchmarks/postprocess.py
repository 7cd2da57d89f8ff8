"""CPU milliseconds of postprocessing per layout: decode, NMS and mapping of 20 objects.

Run as `python -m benchmarks.postprocess`. Each object lights up a patch of cells, as a trained
model does, so that NMS has its usual work. The inputs are synthetic; the time of reading a real
model's outputs from memory is part of it. The rows "int8" and "float of int8" are the same outputs
as an NPU gives them: decoded as they are, and made numbers first, as RKNNLite does.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np

from rkvideo.backends.base import OutputSpec
from rkvideo.config import DetectionFilter, InputSpec
from rkvideo.detection.boxes import nms
from rkvideo.detection.heads.base import HeadHints
from rkvideo.detection.heads.detect import bind_head
from rkvideo.detection.letterbox import InputMaker, fit
from rkvideo.detection.postprocess import detect
from tests.helpers import head_samples as made
from tests.helpers.head_samples import Known
from tests.helpers.quantised_samples import quantised

CLASSES = 80
OBJECTS = 20
PATCH = 9
ROUNDS = 200
WARM_UP_S = 0.2

Outputs = Sequence[np.ndarray]
QUANTISED = ("dfl, 9 outputs", "dfl, 6 outputs", "dfl, 6 outputs of logits", "anchors, 3 outputs")


def crowd(size: tuple[int, int]) -> list[Known]:
    """Twenty objects in rows; each is seen by three by three cells."""
    known = []
    width, height = size
    for index in range(OBJECTS):
        x, y = (index % 5 + 0.3) * width / 5, (index // 5 + 0.3) * height / 4
        for shift in range(PATCH):
            left, top = x + shift % 3 * 8, y + shift // 3 * 8
            score = 0.9 - 0.05 * shift
            known.append(Known((left, top, left + width / 9, top + height / 7), score, index % 3))
    return known


def layouts(size: tuple[int, int]) -> dict[str, Outputs]:
    """Outputs of every layout for the same objects; background scores are a low noise."""
    known = crowd(size)
    noise = np.random.default_rng(1)
    nine = made.dfl_outputs(size, CLASSES, known)
    for scores in nine[1::3]:
        np.maximum(scores, noise.random(scores.shape, np.float32) * 1e-3, out=scores)
    six = [tensor for index, tensor in enumerate(nine) if index % 3 != 2]
    logits = made.dfl_outputs(size, CLASSES, known, with_sum=False, logits=True)
    single = made.single_output(size, CLASSES, known)
    return {
        "dfl, 9 outputs": nine,
        "dfl, 6 outputs": six,
        "dfl, 6 outputs of logits": logits,
        "anchors, 3 outputs": made.anchor_outputs(size, CLASSES, known),
        "yolox, 3 outputs": made.yolox_outputs(size, CLASSES, known),
        "yolox, [1, n, 85]": [made.in_one_row(made.yolox_outputs(size, CLASSES, known))],
        "single, [1, 84, n]": [single],
        "single, [1, n, 84]": [single.transpose(0, 2, 1).copy()],
        "end2end, [1, 300, 6]": [made.end2end_output(known[::PATCH])],
    }


def cpu_ms(work: Callable[[], object]) -> tuple[float, float]:
    """Median CPU milliseconds of one call: of this thread, of all threads of the process."""
    # Long enough for the threads that numpy's BLAS starts at import to stop spinning.
    warm_until = time.perf_counter() + WARM_UP_S
    while time.perf_counter() < warm_until:
        work()
    thread, process = [], []
    for _ in range(ROUNDS):
        before = time.thread_time_ns(), time.process_time_ns()
        work()
        thread.append(time.thread_time_ns() - before[0])
        process.append(time.process_time_ns() - before[1])
    return float(np.median(thread)) / 1e6, float(np.median(process)) / 1e6


def report(name: str, found: object, work: Callable[[], object]) -> float:
    """Print one row; gives the milliseconds of this thread."""
    thread, process = cpu_ms(work)
    print(f"{name:48} {found!s:>6} {thread:10.3f} {process:10.3f}")
    return thread


def bench_layouts(size: tuple[int, int]) -> None:
    """Postprocessing of every layout at one input size."""
    letterbox = fit(size, InputSpec(*size))
    wanted = DetectionFilter()
    for name, outputs in layouts(size).items():
        specs = [OutputSpec(str(index), each.shape) for index, each in enumerate(outputs)]
        head = bind_head(specs, size, HeadHints(class_count=CLASSES))

        def work(outputs: Outputs = outputs, head=head):
            return detect(outputs, head, letterbox, wanted)

        report(f"{name} at {size[0]}x{size[1]}", len(work()), work)


def bench_quantised(size: tuple[int, int]) -> None:
    """The layouts that an NPU gives, as int8 and as numbers made of it; their boxes are equal."""
    letterbox = fit(size, InputSpec(*size))
    wanted = DetectionFilter()
    for name in QUANTISED:
        outputs = [quantised(each) for each in layouts(size)[name]]
        specs = [OutputSpec(str(index), each.shape) for index, each in enumerate(outputs)]
        head = bind_head(specs, size, HeadHints(class_count=CLASSES))

        def as_they_are(outputs=outputs, head=head):
            return detect(outputs, head, letterbox, wanted)

        def as_numbers(outputs=outputs, head=head):
            return detect([each.numbers() for each in outputs], head, letterbox, wanted)

        np.testing.assert_array_equal(as_they_are().xyxy, as_numbers().xyxy)
        ending = f"{name} at {size[0]}x{size[1]}"
        fast = report(f"int8, {ending}", len(as_they_are()), as_they_are)
        slow = report(f"float of int8, {ending}", len(as_numbers()), as_numbers)
        print(f"{'':48} {'':>6} {fast / slow:10.2f} of it")


def bench_nms() -> None:
    """NMS by itself on boxes that overlap at random."""
    random = np.random.default_rng(2)
    for count in (20, 200, 1000):
        corner = random.random((count, 2), np.float32) * 500
        xyxy = np.concatenate((corner, corner + 80), axis=1)
        score = random.random(count, np.float32)
        class_id = random.integers(0, 3, count, np.int32)

        def work(arrays=(xyxy, score, class_id)):
            return nms(*arrays, 0.45, 300)

        report(f"NMS of {count} candidates", len(work()), work)


def bench_input() -> None:
    """Letterbox of a 1920x1080 picture into a 640x640 input."""
    rgb = np.random.default_rng(3).integers(0, 256, (1080, 1920, 3), dtype=np.uint8)
    for layout, dtype in (("nhwc", "uint8"), ("nchw", "float32"), ("nchw", "float16")):
        maker = InputMaker(InputSpec(640, 640, layout, dtype))
        report(f"input {dtype} {layout}", "-", lambda maker=maker: maker.make(rgb))


def main() -> None:
    """Print the table."""
    print(f"{'':48} {'boxes':>6} {'thread ms':>10} {'process ms':>10}")
    bench_layouts((640, 640))
    bench_layouts((1920, 1088))
    bench_quantised((640, 640))
    bench_nms()
    bench_input()


if __name__ == "__main__":
    main()
