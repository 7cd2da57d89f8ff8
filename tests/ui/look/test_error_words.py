"""Errors in the language of the window."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import pytest
from PyQt5.QtWidgets import QApplication

from rkvideo import errors
from rkvideo.models.fetching import FetchCancelled
from rkvideo.ui.look.error_words import _KINDS, shown_error
from rkvideo.ui.look.language import switch_language


@pytest.fixture
def chinese(qapp: QApplication) -> Iterator[None]:
    switch_language("zh_CN")
    yield
    switch_language("en")


def test_english_is_what_the_program_says(qapp: QApplication) -> None:
    assert shown_error(errors.SourceOpenError("no file at x")) == "no file at x"
    assert shown_error(ValueError("odd")) == "ValueError: odd"


def test_in_chinese_the_kind_stands_before_the_words(chinese: None) -> None:
    error = errors.SourceOpenError("no video file at x: check the name")
    assert shown_error(error) == "无法打开来源\uff1ano video file at x: check the name"
    assert shown_error(FetchCancelled("stopped")) == "没有成功\uff1astopped"


def test_each_public_kind_has_words_of_its_own() -> None:
    kinds = {
        one
        for name, one in inspect.getmembers(errors, inspect.isclass)
        if issubclass(one, errors.RkVideoError) and not name.startswith("_")
    }
    # It is systemd's, and no window asks for it.
    assert kinds - set(_KINDS) == {errors.ServiceError}
    assert len(set(_KINDS.values())) == len(_KINDS)
