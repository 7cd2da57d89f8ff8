"""Models in the real window: switched by mouse and keys while the picture goes on."""

from __future__ import annotations

from PyQt5.QtCore import Qt

from rkvideo.config import SimulationSpec
from rkvideo.data import FrameResult
from rkvideo.status import RunState
from rkvideo.ui.panels.model_card import SizeChip
from tests.helpers.real_desk import RealDesk

REFUSAL = "yolox-nano@416x416 cannot be switched to, yolo11n goes on: no head fits"


def show_models(desk: RealDesk) -> None:
    desk.press(Qt.Key_M)
    desk.until_refreshed(lambda: "yolo11n@640" in rows(desk) and marked(desk) == "yolo11n@640")


def rows(desk: RealDesk) -> list[str]:
    return [choice.argument for choice in desk.models._book.choices]


def marked(desk: RealDesk) -> str:
    """The model that the panel shows as the one in use."""
    running = desk.models.running
    return running.argument if running is not None else ""


def chip_of(desk: RealDesk, argument: str) -> SizeChip:
    return next(chip for chip in desk.models.chips if chip.choice.argument == argument)


def click_row(desk: RealDesk, argument: str) -> None:
    desk.click(chip_of(desk, argument))


def until_model(desk: RealDesk, title: str) -> None:
    """Wait until `title` makes the pictures, and the window knows that it is in use."""
    desk.until_refreshed(
        lambda: (
            desk.result.first.model.startswith(title) and desk.window.player.config.model == title
        )
    )


def watched(desk: RealDesk) -> list[FrameResult]:
    """What the run gives from now on."""
    results: list[FrameResult] = []
    desk.run.observe(results.append)
    return results


def test_a_click_switches_and_no_frame_of_the_file_is_lost(desk: RealDesk) -> None:
    desk.open(desk.clip())
    show_models(desk)
    run, results = desk.run, watched(desk)
    click_row(desk, "yolo11n@320")
    until_model(desk, "yolo11n@320")
    desk.wait_next()
    assert desk.run is run
    assert (desk.status.switches.in_use, marked(desk)) == (1, "yolo11n@320")
    assert desk.run.titles.model == "yolo11n@320x192"
    indices = [result.frame.index for result in results]
    assert indices == list(range(indices[0], indices[0] + len(indices)))
    assert [result.first.model for result in results] == sorted(
        (result.first.model for result in results), reverse=True
    )
    desk.window.parts.settings.save()
    desk.until(lambda: desk.file.path.is_file() and desk.file.load().model == "yolo11n@320")


def test_keys_switch_by_number_and_by_size(desk: RealDesk) -> None:
    desk.open("pattern:640x384@30")
    show_models(desk)
    desk.press(Qt.Key_1)
    until_model(desk, rows(desk)[0])
    for key, title in (
        (Qt.Key_BracketRight, "yolo11n@416"),
        (Qt.Key_BracketRight, "yolo11n@640"),
        (Qt.Key_BracketRight, "yolo11n@640x640"),
        (Qt.Key_BracketLeft, "yolo11n@640"),
    ):
        desk.press(key)
        until_model(desk, title)
        assert marked(desk) == title


def test_keys_act_after_a_click_into_the_table(desk: RealDesk) -> None:
    desk.open("pattern:640x384@30")
    show_models(desk)
    click_row(desk, "yolo11n@320")
    until_model(desk, "yolo11n@320")
    desk.press(Qt.Key_2)
    until_model(desk, "yolo11n@416")
    desk.press(Qt.Key_S)
    desk.until(lambda: len(list(desk.videos.rglob("*.jpg"))) == 1)
    desk.press(Qt.Key_R)
    desk.until_refreshed(lambda: desk.status.counts.recorded > 2)
    desk.press(Qt.Key_R)
    desk.until_refreshed(lambda: len(desk.status.recordings) == 1)
    desk.press(Qt.Key_Space)
    assert desk.status.state is RunState.PAUSED


def test_a_model_that_cannot_be_loaded_is_told_and_the_old_one_goes_on(desk: RealDesk) -> None:
    desk.open("pattern:640x384@30")
    show_models(desk)
    click_row(desk, "yolo11n@640")
    for switch in (1, 2):
        click_row(desk, "yolox-nano@416x416")
        desk.until_refreshed(lambda number=switch: desk.status.switches.refused == number)
        desk.window.refresh()
        (toast,) = desk.window.parts.toasts.lines
        assert toast.startswith(REFUSAL)
        desk.window.parts.toasts._gone()
    desk.wait_next()
    assert desk.result.first.model == "yolo11n@640x384"
    assert (marked(desk), desk.status.switches.in_use) == ("yolo11n@640", 0)
    desk.window.parts.settings.save()
    assert desk.bridge.wait_idle(5)
    assert desk.file.load().model != "yolox-nano@416x416"
    click_row(desk, "yolo11n@416")
    until_model(desk, "yolo11n@416")


def test_a_file_that_is_no_model_leaves_the_old_one_in_use(desk: RealDesk) -> None:
    """On the real backend: the file is found, and cannot be loaded."""
    broken = desk.home / "broken.onnx"
    broken.write_bytes(b"garbage")
    desk.open("pattern:640x384@10", backend="onnx", model="yolo11n@320", workers=1)
    desk.window.player.switch_model(str(broken))
    desk.until_refreshed(lambda: desk.status.switches.refused == 1)
    desk.window.refresh()
    assert desk.told[-1].startswith("broken cannot be switched to, yolo11n@320 goes on: ")
    assert "is not an ONNX model that can be loaded" in desk.told[-1]
    assert desk.window.player.config.model == "yolo11n@320"
    desk.wait_next()
    assert desk.result.first.model == "yolo11n@320x192"


def test_a_paused_file_shows_what_the_other_model_finds(desk: RealDesk) -> None:
    desk.open(desk.clip())
    show_models(desk)
    desk.until(lambda: desk.number >= 5)
    desk.pause()
    held = desk.number
    desk.press(Qt.Key_BracketLeft)
    until_model(desk, "yolo11n@416")
    assert (desk.number, desk.status.state) == (held, RunState.PAUSED)
    desk.press(Qt.Key_B)
    desk.until_refreshed(lambda: len(desk.result.sides) == 2)
    assert desk.number == held


def test_a_size_is_shown_beside_the_one_in_use_on_the_same_frames(desk: RealDesk) -> None:
    desk.open("pattern:640x384@30")
    show_models(desk)
    click_row(desk, "yolo11n@320")
    until_model(desk, "yolo11n@320")
    desk.models.beside.trigger()
    click_row(desk, "yolo11n@416")
    desk.until_refreshed(lambda: desk.window.player.beside == "yolo11n@416")
    desk.until(lambda: len(desk.result.sides) == 2)
    assert [side.model for side in desk.result.sides] == ["yolo11n@320x192", "yolo11n@416x256"]


def test_a_b_goes_on_with_the_next_source_until_it_is_ended(desk: RealDesk) -> None:
    desk.open("pattern:640x384@30")
    show_models(desk)
    desk.press(Qt.Key_B)
    desk.until_refreshed(lambda: desk.window.player.beside == "yolo11n@416")
    desk.window._sources.open(desk.clip())
    desk.wait_picture("clip.mp4")
    desk.until_refreshed(lambda: len(desk.result.sides) == 2)
    assert desk.result.sides[1].model == "yolo11n@416x256"
    desk.until_refreshed(lambda: desk.window.player.beside == "yolo11n@416")
    desk.press(Qt.Key_B)
    desk.until_refreshed(lambda: desk.window.player.beside == "" and len(desk.result.sides) == 1)
    desk.window._sources.open(desk.clip("other.mp4"))
    desk.wait_picture("other.mp4")
    assert desk.bridge.wait_idle(5)
    desk.wait_next()
    assert (len(desk.result.sides), desk.status.loading) == (1, "")


def test_a_model_of_a_file_that_is_over_is_used_for_the_next_playing(desk: RealDesk) -> None:
    desk.open(desk.clip(frames=10), simulation=SimulationSpec(latency_ms=1.0))
    desk.until_refreshed(lambda: desk.status.state is RunState.FINISHED)
    show_models(desk)
    click_row(desk, "yolo11n@416")
    desk.until_refreshed(lambda: desk.result.first.model == "yolo11n@416x256")


def test_the_model_in_use_is_proposed_where_models_are_compared(desk: RealDesk) -> None:
    # The words `yolo11n` name no size; the list of models has it as yolo11n@640.
    desk.open(desk.clip())
    show_models(desk)
    differences = desk.window.parts.docks.panel("disagreements")
    desk.until_refreshed(lambda: differences.models == ("yolo11n@640", "yolo11n@416"))
    assert desk.window.player.config.model == "yolo11n"
    desk.press(Qt.Key_BracketLeft)
    until_model(desk, "yolo11n@416")
    desk.until_refreshed(lambda: differences.models == ("yolo11n@416", "yolo11n@320"))
