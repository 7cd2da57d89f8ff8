"""The classes of COCO in the language of the window; a user's own labels are left alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PyQt5.QtWidgets import QApplication

from rkvideo.model_files.labels import coco_labels
from rkvideo.status import RunTitles
from rkvideo.ui.look.class_names import COCO, in_language, shown_labels
from rkvideo.ui.look.language import switch_language
from rkvideo.ui.panels.class_list import ClassList


@pytest.fixture
def chinese(qapp: QApplication) -> Iterator[None]:
    switch_language("zh_CN")
    yield
    switch_language("en")


def test_the_list_is_that_of_the_models() -> None:
    assert coco_labels() == COCO


def test_english_words_stay_as_the_model_has_them(qapp: QApplication) -> None:
    assert shown_labels(COCO) == COCO


def test_each_class_has_a_chinese_name_of_its_own(chinese: None) -> None:
    shown = shown_labels(COCO)
    assert (shown[0], shown[2], shown[9], shown[79]) == ("人", "汽车", "红绿灯", "牙刷")
    assert len(set(shown)) == 80
    assert not set(shown) & set(COCO)


def test_own_labels_are_left_alone_whatever_their_words(chinese: None) -> None:
    for own in (("person", "car"), COCO[:79], (*COCO[:79], "my brush")):
        assert shown_labels(own) == own
    titles = RunTitles("clip", "m@640", "onnx", ("person",))
    assert in_language(titles) is titles
    assert in_language(RunTitles("clip", "m@640", "onnx", COCO)).label(0) == "人"


def test_the_list_of_classes_shows_one_name_and_filters_by_the_other(chinese: None) -> None:
    classes = ClassList()
    classes.set_labels(COCO)
    classes.search.setText("汽车")
    names = [item.text() for item in classes._items() if not item.isHidden()]
    assert names == ["汽车", "公共汽车"] or names == ["汽车"]
    classes.search.setText("bus")
    classes.none.click()
    assert classes.wanted == frozenset(COCO) - {"bus"}
    switch_language("en")
    QApplication.processEvents()
    classes.search.clear()
    assert [item.text() for item in classes._items()] == list(COCO)
