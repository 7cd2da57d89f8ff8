"""What is laid beside fps: nothing, AP on labelled data, or agreement with a stronger model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from PyQt5.QtCore import QSignalBlocker, pyqtSignal
from PyQt5.QtGui import QStandardItemModel
from PyQt5.QtWidgets import (
    QAction,
    QComboBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSizePolicy,
    QSpinBox,
    QToolButton,
    QWidget,
)

from rkvideo.config import ModelChoice, ModelName
from rkvideo.errors import ConfigError
from rkvideo.report.quality import CLIP_PICTURES, MOST_PICTURES, QualityWish

from ..kept.state import QualityChoice, QualityKind
from ..look.changes import follow_language
from ..look.elided import let_shrink
from ..look.file_dialog import folder_dialog, open_dialog
from ..look.icons import tool_button
from ..look.path_field import PathField
from ..look.sizes import px

NONE, LABELLED, AGREEMENT = 0, 1, 2
_KINDS: Final[tuple[QualityKind, ...]] = ("none", "labelled", "agreement")
_STRONG_SIDE: Final = 1280
# The number that stands for all of them.
_ALL: Final = 0


class QualitySetup(QWidget):
    """The choice, and below it what it needs; as it is at first, nothing is measured but fps.

    `changed` carries a QualityChoice: what the user has chosen, also where it waits for a clip or
    for a model.
    """

    changed = pyqtSignal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_live = False
        self._choice = QualityChoice()
        self.kind = QComboBox()
        self.kind.addItems(["", "", ""])
        self.folder = PathField()
        self.folder_button = tool_button("folder")
        self._menu = QMenu(self)
        self._of_folder, self._of_file = QAction(self), QAction(self)
        self._of_folder.triggered.connect(lambda _on: self._ask_folder())
        self._of_file.triggered.connect(lambda _on: self._ask_file())
        self._menu.addActions((self._of_folder, self._of_file))
        self.folder_button.setMenu(self._menu)
        self.folder_button.setPopupMode(QToolButton.InstantPopup)
        self.reference = QComboBox()
        for box in (self.kind, self.reference):
            let_shrink(box)
            box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            box.currentTextChanged.connect(box.setToolTip)
        self.pictures = QSpinBox()
        self.pictures.setRange(_ALL, MOST_PICTURES)
        self._labels = tuple(QLabel() for _ in range(4))
        self._lay_out()
        self.kind.currentIndexChanged.connect(self._kind_changed)
        self.folder.textChanged.connect(lambda text: self._change(data=text.strip()))
        self.reference.currentIndexChanged.connect(self._reference_changed)
        self.pictures.valueChanged.connect(self._pictures_changed)
        follow_language(self, self._set_texts)
        self._show_parts()

    @property
    def chosen(self) -> int:
        """`NONE`, `LABELLED` or `AGREEMENT`."""
        return self.kind.currentIndex()

    def choose(self, choice: QualityChoice) -> None:
        """Show that as chosen; it is no change that is told."""
        self._choice = choice
        self.folder.setText(choice.data)
        self._choose_reference()
        self._choose_kind()

    def wish(self) -> QualityWish | None:
        """What is asked for, None for fps alone. Raises ConfigError."""
        if self.chosen == NONE:
            return None
        pictures = self.pictures.value() or None
        if self.chosen == AGREEMENT:
            against = self.reference.currentText()
            if not against:
                raise ConfigError(self.tr("there is no stronger model to agree with"))
            return QualityWish(against=against, pictures=pictures)
        text = self.folder.text().strip()
        if not text:
            raise ConfigError(self.tr("choose the folder of labelled pictures first"))
        return QualityWish(data=Path(text), pictures=pictures)

    def show_choices(self, choices: Sequence[ModelChoice], in_use: str) -> None:
        """Offer the models that others can be laid beside; the one that is chosen stays."""
        offered = references(choices, in_use)
        if offered == self._offered():
            return
        with QSignalBlocker(self.reference):
            self.reference.clear()
            self.reference.addItems(offered)
        self._choose_reference()

    def show_source(self, *, is_live: bool) -> None:
        """Agreement needs pictures that two models can both be given."""
        self._is_live = is_live
        items = self.kind.model()
        if isinstance(items, QStandardItemModel):
            item = items.item(AGREEMENT)
            if item is not None:
                item.setEnabled(not is_live)
        self._choose_kind()

    def _choose_kind(self) -> None:
        """That of the choice, where the source can be measured so."""
        self.kind.setCurrentIndex(self._possible_kind)
        self._show_parts()
        self._set_kinds()

    @property
    def _possible_kind(self) -> int:
        kind = _KINDS.index(self._choice.kind)
        return NONE if self._is_live and kind == AGREEMENT else kind

    def _choose_reference(self) -> None:
        """That of the choice where it is offered, else the one that is proposed."""
        with QSignalBlocker(self.reference):
            row = self.reference.findText(self._choice.reference)
            self.reference.setCurrentIndex(max(0, row))
        self.reference.setToolTip(self.reference.currentText())
        self._set_kinds()

    def _offered(self) -> tuple[str, ...]:
        return tuple(self.reference.itemText(row) for row in range(self.reference.count()))

    def _lay_out(self) -> None:
        data = QHBoxLayout()
        data.setSpacing(2)
        data.addWidget(self.folder, 1)
        data.addWidget(self.folder_button)
        self._data = QWidget()
        self._data.setLayout(data)
        data.setContentsMargins(0, 0, 0, 0)
        form = QGridLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setVerticalSpacing(px(4))
        parts = (self.kind, self._data, self.reference, self.pictures)
        for row, (label, part) in enumerate(zip(self._labels, parts, strict=True)):
            form.addWidget(label, row, 0)
            label.setBuddy(part)
            form.addWidget(part, row, 1)
        form.setColumnStretch(1, 1)

    def _set_texts(self) -> None:
        texts = (self.tr("Quality"), self.tr("Data"), self.tr("Reference"), self.tr("Pictures"))
        for label, text in zip(self._labels, texts, strict=True):
            label.setText(text)
        self._labels[0].setToolTip(
            self.tr("AP on labelled data, or agreement with a stronger model: not accuracy")
        )
        self.folder.setPlaceholderText(self.tr("COCO, YOLO, VOC or CVAT"))
        self.folder_button.setToolTip(self.tr("choose labelled data"))
        self._of_folder.setText(self.tr("Folder…"))
        self._of_file.setText(self.tr("File…"))
        self._name_all()
        self.pictures.setToolTip(self.tr("at most so many, evenly spread"))
        self._set_kinds()

    def _set_kinds(self) -> None:
        self.kind.setItemText(NONE, self.tr("fps only"))
        self.kind.setItemText(LABELLED, self.tr("AP on labelled data"))
        words = self.tr("agreement with {model} on this clip")
        if self._is_live:
            words = self.tr("agreement: needs a clip")
        self.kind.setItemText(AGREEMENT, words.format(model=self.reference.currentText()))
        self.kind.setToolTip(self.kind.currentText())

    def _show_parts(self) -> None:
        kind = self.chosen
        wanted = (True, kind == LABELLED, kind == AGREEMENT, kind != NONE)
        parts = (self.kind, self._data, self.reference, self.pictures)
        for label, part, is_wanted in zip(self._labels, parts, wanted, strict=True):
            label.setVisible(is_wanted)
            part.setVisible(is_wanted)
        if kind == NONE:
            return
        choice, is_labelled = self._choice, kind == LABELLED
        with QSignalBlocker(self.pictures):
            # A clip has no end of pictures that are nearly alike.
            self.pictures.setMinimum(_ALL if is_labelled else 1)
            of_clip = choice.clip_pictures or CLIP_PICTURES
            self.pictures.setValue(choice.pictures if is_labelled else of_clip)
        self._name_all()

    def _kind_changed(self, kind: int) -> None:
        self._show_parts()
        if kind != self._possible_kind:
            self._change(kind=_KINDS[kind])

    def _reference_changed(self, row: int) -> None:
        # The first one is proposed by the model in use, and follows that.
        self._change(reference=self.reference.itemText(row) if row > 0 else "")
        self._set_kinds()

    def _name_all(self) -> None:
        # Qt shows it at the least value, whichever that is.
        is_there = self.pictures.minimum() == _ALL
        self.pictures.setSpecialValueText(self.tr("all") if is_there else "")

    def _pictures_changed(self, pictures: int) -> None:
        if self.chosen == LABELLED:
            self._change(pictures=pictures)
        elif self.chosen == AGREEMENT:
            self._change(clip_pictures=pictures if pictures != CLIP_PICTURES else 0)

    def _change(self, **fields: object) -> None:
        choice = replace(self._choice, **fields)  # type: ignore[arg-type]
        if choice != self._choice:
            self._choice = choice
            self.changed.emit(choice)

    def _ask_folder(self) -> None:
        self._ask(folder_dialog(self, self.tr("Labelled data"), self.folder.text()))

    def _ask_file(self) -> None:
        labels = self.tr("Labels (*.json *.yaml *.yml *.xml)")
        self._ask(open_dialog(self, self.tr("Labelled data"), [labels], self.folder.text()))

    def _ask(self, dialog: QFileDialog) -> None:
        dialog.fileSelected.connect(self.folder.setText)
        dialog.open()


def references(choices: Sequence[ModelChoice], in_use: str) -> tuple[str, ...]:
    """What others can be laid beside, the one that is proposed first.

    That is the model in use at 1280 where it takes any size, else its largest size; then come its
    other sizes and the other models, the largest first.
    """
    usable = sorted((each for each in choices if not each.trouble), key=lambda each: each.order)
    if not usable:
        return ()
    name = ModelName.parse(in_use).name if in_use else usable[-1].name
    own = [each for each in reversed(usable) if each.name == name]
    rest = [each for each in reversed(usable) if each.name != name]
    offered = [each.argument for each in (*own, *rest)]
    if any(each.fits for each in own):
        offered.insert(0, str(ModelName.at(name, str(_STRONG_SIDE))))
    return tuple(dict.fromkeys(offered))
