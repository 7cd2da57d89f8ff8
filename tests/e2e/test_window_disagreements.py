"""Where two models differ on a clip, in the real window: real models, a real clip, keys, mouse."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
import pytest
from PyQt5.QtCore import QRect, Qt

from rkvideo import Detector
from rkvideo.pictures.pixels import plane_array
from rkvideo.status import RunState
from rkvideo.ui.report.panel import DisagreementPanel
from tests.helpers.paths import MODELS
from tests.helpers.real_desk import RealDesk

A, B = "yolo11n@416", "yolo11n@320"
# So slow that twenty frames are several moments.
CONFIDENCE, RATE, FRAMES = 0.25, 5, 20
STREET = MODELS / "clips" / "bikes.mp4"


@dataclass(frozen=True)
class Counted:
    """What a frame has of A and of B alone, by index of box, and how much that is."""

    alone: tuple[list[int], list[int]]
    weight: float


def cut_clip(path: Path, frames: int = FRAMES) -> str:
    """The scene with a rider of a real clip, written anew from its beginning."""
    with av.open(str(STREET)) as clip, av.open(str(path), "w") as scene:
        stream = scene.add_stream("libx264", rate=RATE, options={"crf": "12", "g": "12"})
        stream.width, stream.height, stream.pix_fmt = 640, 272, "yuv420p"
        shown = (frame for frame in clip.decode(video=0) if frame.time >= 4.4)
        for number, frame in zip(range(frames), shown, strict=False):
            picture = av.VideoFrame.from_ndarray(frame.to_ndarray(format="yuv420p"), "yuv420p")
            picture.pts = number
            scene.mux(stream.encode(picture))
        scene.mux(stream.encode())
    return str(path)


def pictures_of(path: str) -> list[av.VideoFrame]:
    with av.open(path) as clip:
        return list(clip.decode(video=0))


def iou(one: np.ndarray, other: np.ndarray) -> float:
    low, high = np.maximum(one[:2], other[:2]), np.minimum(one[2:], other[2:])
    shared = float(np.prod(np.clip(high - low, 0, None)))
    sizes = [float(np.prod(box[2:] - box[:2])) for box in (one, other)]
    return shared / (sum(sizes) - shared)


def count(first, second) -> Counted:
    """Pairs one to one, A's surest box first; by loops, to be read beside the definition."""
    free = list(range(len(second)))
    lone = []
    for row in range(len(first)):
        fits = [
            (iou(first.xyxy[row], second.xyxy[other]), other)
            for other in free
            if first.class_id[row] == second.class_id[other]
        ]
        best = max(fits, default=(0.0, -1))
        if best[0] >= 0.5:
            free.remove(best[1])
        else:
            lone.append(row)
    scores = [*(float(first.score[row]) for row in lone), *(float(second.score[n]) for n in free)]
    weight = sum((score - CONFIDENCE) / (1 - CONFIDENCE) for score in scores)
    return Counted((lone, free), weight)


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> list[Counted]:
    """Of each frame of the clip, counted apart from the window."""
    clip = cut_clip(tmp_path_factory.mktemp("clip") / "street.mp4")
    with Detector(A, backend="onnx") as first, Detector(B, backend="onnx") as second:
        return [
            count(first(picture), second(picture))
            for picture in (frame.to_ndarray(format="rgb24") for frame in pictures_of(clip))
        ]


def open_panel(desk: RealDesk, source: str, backend: str = "onnx") -> DisagreementPanel:
    # As `Detector` makes its inputs: another way differs in the second decimal of a score.
    desk.open(source, backend=backend, model=B, workers=1, fast="off")
    desk.press(Qt.Key_D)
    panel = desk.window.parts.docks.panel("disagreements")
    assert isinstance(panel, DisagreementPanel)
    desk.until(lambda: panel.combos[0].count() > 0)
    panel.choose(A, B)
    return panel


def search(desk: RealDesk, panel: DisagreementPanel) -> None:
    desk.click(panel.button)
    desk.until(lambda: panel.is_running)
    desk.qtbot.waitUntil(lambda: not panel.is_running, timeout=120_000)


def until_frame(desk: RealDesk, number: int) -> None:
    """Wait until that frame is on the screen, in A|B, and stays."""
    desk.until_refreshed(
        lambda: (
            [side.model.partition("x")[0] for side in desk.result.sides] == [A, B]
            and number_of_shown(desk) == number
            and desk.window.player.beside == B
        )
    )
    desk.settle()
    assert number_of_shown(desk) == number
    assert desk.status.state is RunState.PAUSED


def number_of_shown(desk: RealDesk) -> int:
    return round((desk.result.frame.position_s or 0.0) * RATE)


def marked(desk: RealDesk) -> dict[str, list[tuple[float, ...]]]:
    """The boxes that are marked, by side, and those that are not, as they are painted."""
    found: dict[str, list[tuple[float, ...]]] = {"A": [], "B": [], "": []}
    for layer in desk.window.view._scene().layers:
        found[layer.only] += [tuple(box) for box in layer.found.xyxy.tolist()]
    return found


def assert_marks(desk: RealDesk) -> None:
    """The marks of the frame on the screen are those of a count of its own boxes."""
    first, second = (side.detections for side in desk.result.sides)
    alone = count(first, second).alone
    found = marked(desk)
    for name, side, lone in zip("AB", (first, second), alone, strict=True):
        assert found[name] == [tuple(box) for box in side.xyxy[lone].tolist()]
    assert len(found[""]) == len(first) + len(second) - len(alone[0]) - len(alone[1])


def test_the_list_and_the_way_to_each_frame(desk: RealDesk, counted: list[Counted]) -> None:
    clip = cut_clip(desk.home / "street.mp4")
    panel = open_panel(desk, clip)
    search(desk, panel)
    report = panel.report
    assert report is not None
    assert (report.looked_at, report.frames) == (FRAMES, FRAMES)
    assert report.differing == sum(bool(each.alone[0] or each.alone[1]) for each in counted)
    worst = max(range(FRAMES), key=lambda number: counted[number].weight)
    first = report.found[0]
    assert round(first.position_s * RATE) == worst
    assert first.weight == pytest.approx(counted[worst].weight, rel=1e-3)
    assert [first.only(0), first.only(1)] == [len(each) for each in counted[worst].alone]
    words = panel.list.item(0).text().splitlines()
    assert words[0] == f"0:0{worst // RATE}.{worst % RATE * 2}"
    assert f"{first.only(0)} only in {A}" in words

    item = panel.list.visualItemRect(panel.list.item(0))
    assert isinstance(item, QRect)
    desk.click(panel.list.viewport(), item.center())
    until_frame(desk, worst)
    shown = pictures_of(clip)[worst]
    assert (plane_array(desk.result.frame.picture, 0) == plane_array(shown, 0)).all()
    assert_marks(desk)
    assert marked(desk)["A"] or marked(desk)["B"]

    desk.press(Qt.Key_Comma if worst else Qt.Key_Period)
    until_frame(desk, worst - 1 if worst else 1)
    assert_marks(desk)

    assert len(report.found) > 1
    desk.press(Qt.Key_N)
    second = round(report.found[1].position_s * RATE)
    until_frame(desk, second)
    assert panel.list.currentRow() == 1
    desk.press(Qt.Key_P)
    until_frame(desk, worst)
    desk.press(Qt.Key_P)
    assert desk.told[-1] == "this is the first disagreement of the list"
    desk.press(Qt.Key_B, Qt.ShiftModifier)
    assert desk.told[-1] == "marks: off"
    assert marked(desk)["A"] == marked(desk)["B"] == []
    assert not panel.marks.isChecked()


def test_a_file_that_has_come_to_its_end_is_opened_at_the_frame(
    desk: RealDesk, counted: list[Counted]
) -> None:
    panel = open_panel(desk, cut_clip(desk.home / "street.mp4"))
    search(desk, panel)
    desk.until_refreshed(lambda: desk.status.state is RunState.FINISHED)
    desk.press(Qt.Key_N)
    until_frame(desk, max(range(FRAMES), key=lambda number: counted[number].weight))


def test_what_was_found_in_another_clip_goes(desk: RealDesk) -> None:
    panel = open_panel(desk, cut_clip(desk.home / "street.mp4", 3))
    search(desk, panel)
    assert panel.list.count() > 0
    desk.window._sources.open(cut_clip(desk.home / "other.mp4", 3))
    desk.wait_picture("other.mp4")
    desk.window.refresh()
    assert (panel.report, panel.list.count()) == (None, 0)
    desk.press(Qt.Key_N)
    assert desk.told[-1] == "nothing is listed yet: look for disagreements first"


def test_a_search_can_be_cancelled_and_the_clip_goes_on(desk: RealDesk) -> None:
    panel = open_panel(desk, str(STREET))
    desk.click(panel.button)
    desk.until(lambda: panel.is_running and panel.progress.value() > 0)
    desk.click(panel.button)
    desk.until(lambda: not panel.is_running)
    assert panel.message.text() == "cancelled: nothing of it is kept"
    desk.wait_picture()
    desk.wait_next()


def test_what_has_no_frame_to_go_back_to_says_so(desk: RealDesk) -> None:
    panel = open_panel(desk, "pattern:320x320@30", backend="simulated")
    desk.click(panel.button)
    refusal = "no frame of it can be gone back to: record it to a file"
    desk.until(lambda: refusal in panel.message.text())
    assert not panel.is_running
    panel.show_source("rtsp://camera/stream", is_live=True)
    assert not panel.button.isEnabled()
    assert panel.message.text().startswith("This source is live: no frame of it")
    panel.choose(A, A)
    assert not panel.button.isEnabled()


def test_the_window_closes_while_it_searches(desk: RealDesk) -> None:
    panel = open_panel(desk, str(STREET))
    desk.click(panel.button)
    desk.until(lambda: panel.is_running and panel.progress.value() > 0)
    desk.close()
    assert desk.window.shutdown_error == ""
    assert desk.bridge.wait_idle(10)
