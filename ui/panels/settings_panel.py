"""The Settings panel: what holds for every source, and the keys."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PyQt5.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, QSignalBlocker, pyqtSignal
from PyQt5.QtGui import QKeySequence
from PyQt5.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QGridLayout,
    QGroupBox,
    QKeySequenceEdit,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ..contract.panels import ChosenSettings, KeyRow
from ..look import theme
from ..look.changes import follow_language
from ..look.file_dialog import folder_dialog
from ..look.language import AUTO, LANGUAGES
from ..look.sizes import px

_STARTS: Final = (
    ("last", QT_TRANSLATE_NOOP("SettingsPanel", "the last source")),
    ("page", QT_TRANSLATE_NOOP("SettingsPanel", "the start page")),
)
_FIGURES: Final = (
    ("none", QT_TRANSLATE_NOOP("SettingsPanel", "none")),
    ("line", QT_TRANSLATE_NOOP("SettingsPanel", "one line")),
    ("all", QT_TRANSLATE_NOOP("SettingsPanel", "all")),
)
_PAINTERS: Final = (
    ("auto", QT_TRANSLATE_NOOP("SettingsPanel", "the GPU where it is exact")),
    ("raster", QT_TRANSLATE_NOOP("SettingsPanel", "the CPU")),
)
_LABELS: Final = ("language", "start", "figures", "paint", "folder")
_KEY_WIDTH: Final = 98


class SettingsPanel(QWidget):
    """`changed` carries a ChosenSettings, `folder_chosen` a Path or None.

    `key_chosen` carries an action and a key, `language_chosen` one of `LANGUAGES` or `auto`;
    `keys_reset` wants the usual keys.
    """

    changed = pyqtSignal(object)
    language_chosen = pyqtSignal(str)
    folder_chosen = pyqtSignal(object)
    key_chosen = pyqtSignal(str, str)
    keys_reset = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chosen = ChosenSettings()
        self._folder: Path | None = None
        self._rows: tuple[KeyRow, ...] = ()
        self._dialog: QFileDialog | None = None
        self.language = QComboBox()
        self.start = QComboBox()
        self.figures = QComboBox()
        self.paint = QComboBox()
        self.calm = QCheckBox()
        self.tracks = QCheckBox()
        self.trails = QCheckBox()
        self.folder = QLabel()
        self.choose_folder = QPushButton()
        self.default_keys = QPushButton()
        self.trouble = QLabel()
        self.keys: dict[str, QKeySequenceEdit] = {}
        self._labels = {name: QLabel() for name in _LABELS}
        self._window_group = QGroupBox()
        self._key_group = QGroupBox()
        self._key_grid = QGridLayout()
        self._build()
        self._connect()
        follow_language(self, self._set_texts)

    def show_chosen(self, chosen: ChosenSettings, language: str, folder: Path | None) -> None:
        """Show what holds; emits nothing."""
        self._chosen, self._folder = chosen, folder
        for combo, value in (
            (self.language, language or AUTO),
            (self.start, chosen.start),
            (self.figures, chosen.figures),
            (self.paint, chosen.paint),
        ):
            with QSignalBlocker(combo):
                combo.setCurrentIndex(combo.findData(value))
        for box, on in (
            (self.calm, chosen.calm_boxes),
            (self.tracks, chosen.tracks),
            (self.trails, chosen.trails),
        ):
            with QSignalBlocker(box):
                box.setChecked(on)
        self.trails.setEnabled(chosen.tracks)
        self._show_folder()

    def show_keys(self, rows: Sequence[KeyRow], trouble: str = "") -> None:
        """List the actions with their keys; `trouble` says why the last one was not taken."""
        self.trouble.setText(trouble)
        self.trouble.setVisible(bool(trouble))
        if [row.action for row in rows] != [row.action for row in self._rows]:
            self._make_rows(rows)
        self._rows = tuple(rows)
        for place, row in enumerate(rows):
            item = self._key_grid.itemAtPosition(place, 0)
            label = None if item is None else item.widget()
            if isinstance(label, QLabel):
                label.setText(row.words)
            field = self.keys[row.action]
            with QSignalBlocker(field):
                field.setKeySequence(QKeySequence(row.key))
            field.setToolTip(self.tr("click, then press the key"))

    def _make_rows(self, rows: Sequence[KeyRow]) -> None:
        while (item := self._key_grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        self.keys = {}
        for place, row in enumerate(rows):
            label, field = QLabel(), QKeySequenceEdit()
            label.setWordWrap(True)
            field.setFixedWidth(px(_KEY_WIDTH))
            field.editingFinished.connect(lambda action=row.action: self._key_pressed(action))
            self._key_grid.addWidget(label, place, 0)
            self._key_grid.addWidget(field, place, 1)
            self.keys[row.action] = field

    def _key_pressed(self, action: str) -> None:
        field = self.keys[action]
        pressed = field.keySequence()
        first = QKeySequence(pressed[0]).toString() if not pressed.isEmpty() else ""
        known = next(row.key for row in self._rows if row.action == action)
        field.clearFocus()
        if QKeySequence(first) != QKeySequence(known):
            self.key_chosen.emit(action, first)

    def _build(self) -> None:
        self.language.addItem("", AUTO)
        for code, name in LANGUAGES.items():
            self.language.addItem(name, code)
        for combo, table in self._tables():
            for value, _ in table:
                combo.addItem("", value)
        self.folder.setWordWrap(True)
        self.trouble.setWordWrap(True)
        self.trouble.setObjectName("trouble")
        self.trouble.hide()
        keys = QVBoxLayout(self._key_group)
        keys.addWidget(self.trouble)
        keys.addLayout(self._key_grid)
        keys.addWidget(self.default_keys)
        self._key_grid.setColumnStretch(0, 1)
        column = QVBoxLayout(self)
        for layout in (self._window_form(), keys, column):
            layout.setContentsMargins(*theme.panel_margins())
        column.addWidget(self._window_group)
        column.addWidget(self._key_group)
        column.addStretch(1)

    def _window_form(self) -> QGridLayout:
        form = QGridLayout(self._window_group)
        for place, (name, field) in enumerate(
            (
                *(("language", self.language), ("start", self.start)),
                *(("figures", self.figures), ("paint", self.paint)),
            )
        ):
            form.addWidget(self._labels[name], 2 * place, 0)
            form.addWidget(field, 2 * place + 1, 0)
            self._labels[name].setBuddy(field)
        parts = (
            *(self.calm, self.tracks, self.trails),
            *(self._labels["folder"], self.folder, self.choose_folder),
        )
        for place, part in enumerate(parts, start=8):
            form.addWidget(part, place, 0)
        return form

    def _tables(self) -> tuple[tuple[QComboBox, tuple[tuple[str, str], ...]], ...]:
        """The lists of choices, with their values and words."""
        return (self.start, _STARTS), (self.figures, _FIGURES), (self.paint, _PAINTERS)

    def _connect(self) -> None:
        self.language.activated.connect(
            lambda row: self.language_chosen.emit(self.language.itemData(row))
        )
        self.start.activated.connect(lambda _row: self._tell())
        self.figures.activated.connect(lambda _row: self._tell())
        self.paint.activated.connect(lambda _row: self._tell())
        self.calm.clicked.connect(lambda _on: self._tell())
        self.tracks.clicked.connect(lambda _on: self._tell())
        self.trails.clicked.connect(lambda _on: self._tell())
        self.choose_folder.clicked.connect(lambda _on: self._ask_folder())
        self.default_keys.clicked.connect(lambda _on: self.keys_reset.emit())

    def _tell(self) -> None:
        self._chosen = ChosenSettings(
            start=self.start.currentData(),
            figures=self.figures.currentData(),
            calm_boxes=self.calm.isChecked(),
            tracks=self.tracks.isChecked(),
            trails=self.trails.isChecked(),
            paint=self.paint.currentData() or self._chosen.paint,
        )
        self.changed.emit(self._chosen)

    def _ask_folder(self) -> None:
        if self._dialog is None:
            title = self.tr("Folder of recordings and snapshots")
            dialog = folder_dialog(self.window(), title, str(self._folder or ""))
            dialog.fileSelected.connect(lambda path: self.folder_chosen.emit(Path(path)))
            dialog.finished.connect(self._dialog_closed)
            self._dialog = dialog
        self._dialog.open()

    def _dialog_closed(self, _result: int) -> None:
        self._dialog = None

    def _show_folder(self) -> None:
        folder = self._folder
        self.folder.setText(self.tr("videos folder") if folder is None else folder.name)
        self.folder.setToolTip("" if folder is None else str(folder))

    def _set_texts(self) -> None:
        self._window_group.setTitle(self.tr("Window"))
        self._key_group.setTitle(self.tr("Keys"))
        self._labels["language"].setText(self.tr("Language"))
        self._labels["start"].setText(self.tr("Begin with"))
        self._labels["figures"].setText(self.tr("Figures"))
        self._labels["paint"].setText(self.tr("Scaled and coloured by"))
        self.paint.setToolTip(self.tr("from the next start on"))
        self._labels["folder"].setText(self.tr("Clips go to"))
        self.language.setItemText(0, self.tr("as the system"))
        for combo, table in self._tables():
            for row, (_, words) in enumerate(table):
                combo.setItemText(row, QCoreApplication.translate("SettingsPanel", words))
        self.calm.setText(self.tr("Calm boxes"))
        self.calm.setToolTip(self.tr("boxes follow their objects smoothly; never in files"))
        self.tracks.setText(self.tr("Number the objects"))
        self.tracks.setToolTip(self.tr("each object keeps a number while it is seen"))
        self.trails.setText(self.tr("Show their trails"))
        self.trails.setToolTip(self.tr("where numbered objects stood in the last two seconds"))
        self.choose_folder.setText(self.tr("Choose…"))
        self.default_keys.setText(self.tr("The usual keys"))
        self._show_folder()
