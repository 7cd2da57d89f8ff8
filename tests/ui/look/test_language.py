"""The two languages: every word of the window is translated, and it switches while it runs."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PyQt5.QtCore import QCoreApplication, QTranslator
from PyQt5.QtWidgets import QApplication, QDialogButtonBox, QLabel

from rkvideo.ui.look.changes import follow_language
from rkvideo.ui.look.language import (
    LANGUAGES,
    TRANSLATIONS,
    current_language,
    language_for,
    switch_language,
)
from rkvideo.ui.window.keys import key_list

UI = TRANSLATIONS.parent
TS = TRANSLATIONS / "rkvideo_zh_CN.ts"
TRANSLATING = ("translate", "_translate", "QT_TRANSLATE_NOOP")
Words = tuple[str, str]


def words_of(tree: ast.AST) -> Iterator[Words]:
    """(context, text) of each literal that is handed to `tr`, `translate` or QT_TRANSLATE_NOOP."""

    def visit(node: ast.AST, class_name: str) -> Iterator[Words]:
        if isinstance(node, ast.ClassDef):
            class_name = node.name
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            texts = [getattr(argument, "value", None) for argument in node.args]
            if name == "tr":
                assert isinstance(texts[0], str), f"tr() without a literal in {class_name}"
                yield class_name, texts[0]
            # A rectangle has a `translate` too, and the words of a table are marked where they are.
            elif name in TRANSLATING and all(isinstance(text, str) for text in texts[:2]):
                yield texts[0], texts[1]
        for child in ast.iter_child_nodes(node):
            yield from visit(child, class_name)

    return visit(tree, "")


def trees() -> Iterator[ast.Module]:
    for path in sorted(UI.rglob("*.py")):
        yield ast.parse(path.read_text(encoding="utf-8"), str(path))


def translations() -> dict[Words, str]:
    """The finished ones of the .ts."""
    found = {}
    for context in ElementTree.parse(TS).iter("context"):
        for message in context.iter("message"):
            translation = message.find("translation")
            assert translation is not None
            if translation.get("type") is None and translation.text:
                key = (context.findtext("name") or "", message.findtext("source") or "")
                found[key] = translation.text
    return found


def placeholders(text: str) -> list[str]:
    return sorted(re.findall(r"\{[^}]*\}", text))


@pytest.fixture
def _english_after() -> Iterator[None]:
    yield
    switch_language("en")


def test_every_word_of_the_window_is_translated() -> None:
    said = {words for tree in trees() for words in words_of(tree)}
    assert len(said) > 30
    missing = said - translations().keys()
    assert sorted(missing) == [], "run docs/make_translations.sh and translate what it lists"


def test_the_file_holds_no_words_that_are_gone() -> None:
    said = {words for tree in trees() for words in words_of(tree)}
    assert sorted(translations().keys() - said) == []


def test_placeholders_are_the_same_in_both_languages() -> None:
    differ = [
        (english, chinese)
        for (_, english), chinese in translations().items()
        if placeholders(english) != placeholders(chinese)
    ]
    assert differ == []


def test_chinese_words_have_chinese_punctuation() -> None:
    # A space before a bracket, as in `(*.json)`, is that of a filter or of a unit.
    wrong = re.compile(r"[一-鿿][,:;!?(]|[,;!?(][一-鿿]|[一-鿿]\)|\.\.\.")
    assert [text for text in translations().values() if wrong.search(text)] == []


def test_words_that_go_on_end_in_one_letter() -> None:
    assert [english for _, english in translations() if "..." in english] == []


def test_the_compiled_file_gives_the_texts_of_its_source(qapp: QApplication) -> None:
    compiled = QTranslator()
    assert compiled.load(str(TS.with_suffix(".qm")))
    qapp.installTranslator(compiled)
    try:
        given = {key: QCoreApplication.translate(*key) for key in translations()}
    finally:
        qapp.removeTranslator(compiled)
    assert given == translations()


def test_tr_is_only_called_in_classes_without_heirs() -> None:
    """`tr` looks under the name of the object's own class, the extractor under that of the text."""
    classes = [
        node for tree in trees() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)
    ]
    bases = {base.id for node in classes for base in node.bases if isinstance(base, ast.Name)}
    talking = {
        node.name
        for node in classes
        for call in ast.walk(node)
        if isinstance(call, ast.Attribute) and call.attr == "tr"
    }
    assert talking
    assert bases & talking == set()


@pytest.mark.parametrize(
    ("wanted", "system", "expected"),
    [
        ("auto", ["zh-Hans-CN", "zh-CN", "zh"], "zh_CN"),
        ("auto", ["zh_CN"], "zh_CN"),
        ("auto", ["zh-Hans-HK", "en"], "zh_CN"),
        ("auto", ["zh-Hant-TW", "zh-TW"], "en"),
        ("auto", ["zh-TW", "zh-CN"], "zh_CN"),
        ("auto", ["de-DE", "zh-CN"], "zh_CN"),
        ("auto", ["en-GB", "zh-CN"], "en"),
        ("auto", ["C"], "en"),
        ("auto", [], "en"),
        ("en", ["zh-CN"], "en"),
        ("zh_CN", ["en-US"], "zh_CN"),
    ],
)
def test_language_for(wanted: str, system: list[str], expected: str) -> None:
    assert language_for(wanted, system) == expected


class PausedLabel(QLabel):
    """A widget that sets its words as all of them do."""

    def __init__(self) -> None:
        super().__init__()
        self.changes = -1
        follow_language(self, self._set_texts)

    def _set_texts(self) -> None:
        self.changes += 1
        self.setText(QCoreApplication.translate("Banner", "paused"))


@pytest.mark.usefixtures("_english_after")
def test_widgets_change_their_words_while_the_program_runs(qtbot) -> None:
    widget, buttons = PausedLabel(), QDialogButtonBox(QDialogButtonBox.Cancel)
    for each in (widget, buttons):
        qtbot.addWidget(each)
    switch_language("zh_CN")
    qtbot.waitUntil(lambda: widget.text() == "已暂停")
    assert current_language() == "zh_CN"
    assert ("Q", "退出") in key_list()
    # The words of Qt's own dialogs.
    assert buttons.button(QDialogButtonBox.Cancel).text() == "取消"
    changes = widget.changes
    switch_language("zh_CN")
    QApplication.processEvents()
    assert widget.changes == changes
    switch_language("en")
    qtbot.waitUntil(lambda: widget.text() == "paused")
    assert ("Q", "quit") in key_list()
    assert buttons.button(QDialogButtonBox.Cancel).text() == "Cancel"
    assert QApplication.instance().findChildren(QTranslator) == []


def test_an_unknown_language_is_an_error(qapp: QApplication) -> None:
    with pytest.raises(KeyError):
        switch_language("tlh")
    assert list(LANGUAGES) == ["en", "zh_CN"]


@pytest.mark.usefixtures("_english_after")
def test_a_missing_file_is_told_and_leaves_english(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog
) -> None:
    monkeypatch.setattr("rkvideo.ui.look.language.TRANSLATIONS", tmp_path)
    switch_language("zh_CN")
    assert QCoreApplication.translate("Banner", "paused") == "paused"
    assert caplog.messages == [f"no translation: {tmp_path / 'rkvideo_zh_CN.qm'} cannot be read"]
