"""The picture by the GPU, played by Mesa's software driver: its pixels, never its speed."""

from __future__ import annotations

import pytest

from rkvideo.ui.picture.gl.proof import MOST_LEVELS
from tests.helpers.gl_child import LAYOUTS, MATRICES
from tests.ui.picture.gl.conftest import AskChild

# Boxes and labels are drawn by Qt both ways, with other roundings.
OF_A_WINDOW = 2


def test_every_layout_matrix_and_range_is_within_two_levels_of_the_cpu(
    ask_child: AskChild,
) -> None:
    worst = ask_child("pictures")["worst"]
    assert len(worst) == len(LAYOUTS) * len(MATRICES) * 2
    assert {name: levels for name, levels in worst.items() if levels > MOST_LEVELS} == {}


def test_noise_is_within_two_levels_at_each_pixel(ask_child: AskChild) -> None:
    worst = ask_child("noise")
    assert len(worst) == 3
    assert {name: levels for name, levels in worst.items() if levels > MOST_LEVELS} == {}


def test_opengl_es_draws_the_same(ask_child: AskChild) -> None:
    told = ask_child("pictures", "gles", QT_XCB_GL_INTEGRATION="xcb_egl")
    assert told["version"].startswith("OpenGL ES 3")
    assert {name: off for name, off in told["worst"].items() if off > MOST_LEVELS} == {}


def test_more_than_eight_bits_and_packed_pictures_are_drawn_too(ask_child: AskChild) -> None:
    levels = ask_child("others")
    assert len(levels) == 5
    # Ten bits become eight before they are scaled, or after.
    assert {layout: off for layout, off in levels.items() if off > MOST_LEVELS + 3} == {}
    assert levels["yuyv422"] <= MOST_LEVELS


def test_where_only_opengl_es_opens_that_is_taken(ask_child: AskChild) -> None:
    told = ask_child("es_only", QT_XCB_GL_INTEGRATION="xcb_egl")
    assert told["version"].startswith("OpenGL ES 3")
    assert (told["by_gpu"], told["levels"]) == (True, 255)


def test_what_lies_behind_the_rows_of_a_plane_is_not_seen(ask_child: AskChild) -> None:
    told = ask_child("padded")
    assert told["lines"][0] > 130
    assert told["levels"] <= MOST_LEVELS


@pytest.mark.parametrize("ratio", ["1", "1.5", "2"])
def test_a_window_shows_the_same_at_each_pixel_ratio(ask_child: AskChild, ratio: str) -> None:
    told = ask_child("window", QT_SCALE_FACTOR=ratio, QT_SCALE_FACTOR_ROUNDING_POLICY="PassThrough")
    assert told["ratio"] == float(ratio)
    assert {name: off for name, off in told["levels"].items() if off > OF_A_WINDOW} == {}


def test_auto_leaves_a_driver_that_draws_with_the_cpu(ask_child: AskChild) -> None:
    told = ask_child("automatic")
    assert "llvmpipe" in told["renderer"]
    assert told["by_gpu"] == [False, False, True]
    assert told["reasons"] == [
        f"{told['renderer']} draws with the CPU too",
        "the GPU's driver ended the program when it was tried; --paint gl tries it again",
    ]
    assert told["left"] == [False, False]


def test_a_driver_that_takes_no_program_is_left(ask_child: AskChild) -> None:
    told = ask_child("broken")
    assert told["reason"].startswith("the driver does not take the program of the picture")
    assert told["gl"] == f"--paint gl: {told['reason']}"


def test_a_driver_that_draws_other_colours_fails_its_proof(ask_child: AskChild) -> None:
    reason = ask_child("wrong")["reason"]
    assert reason.startswith("its colours differ from those of the CPU by ")
    assert reason.endswith(" levels of 255, where 2 are allowed")


def test_the_cpu_goes_on_where_the_driver_draws_no_more(ask_child: AskChild) -> None:
    told = ask_child("fails")
    assert told["by"] == [True, ""]
    assert told["levels"] <= OF_A_WINDOW


def test_a_view_draws_on_through_hiding_full_screen_and_another_window(
    ask_child: AskChild,
) -> None:
    assert ask_child("moves") == {"same": [True, True], "by_gpu": True}
