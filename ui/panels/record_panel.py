"""The Record panel: what a recording holds, how it goes, and snapshots."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

from PyQt5.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, QSignalBlocker, Qt, pyqtSignal
from PyQt5.QtGui import QPainter, QPaintEvent
from PyQt5.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFormLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from rkvideo.config import RecordOptions, RecordQuality, RecordWhat

from ..contract.panels import Recording
from ..look import theme
from ..look.changes import follow_language
from ..look.elided import let_shrink
from ..look.file_dialog import folder_dialog
from ..look.sizes import square
from ..look.units import size_words, time_words

_WHAT: Final[tuple[tuple[RecordWhat, str], ...]] = (
    ("annotated", QT_TRANSLATE_NOOP("RecordPanel", "with boxes")),
    ("raw", QT_TRANSLATE_NOOP("RecordPanel", "without boxes")),
    ("both", QT_TRANSLATE_NOOP("RecordPanel", "both, in two files")),
)
_QUALITIES: Final[tuple[tuple[RecordQuality, str], ...]] = (
    ("low", QT_TRANSLATE_NOOP("RecordPanel", "low, small files")),
    ("medium", QT_TRANSLATE_NOOP("RecordPanel", "medium")),
    ("high", QT_TRANSLATE_NOOP("RecordPanel", "high, large files")),
)
_DOT: Final = 14


class RecordPanel(QWidget):
    """Starts and stops recordings and snapshots through the window.

    `options_changed` carries RecordOptions, for the next recording: while one goes on they cannot
    be changed. `snapshot_asked` says whether boxes are wanted.
    """

    record_toggled = pyqtSignal()
    snapshot_asked = pyqtSignal(bool)
    options_changed = pyqtSignal(object)

    def __init__(self, options: RecordOptions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._options = options
        self._recording: Recording | None = None
        self._dialog: QFileDialog | None = None
        self.toggle = QPushButton()
        self.dot = _Dot()
        self.figures = QLabel()
        self.dropped = QLabel()
        self.files = QLabel()
        self.what = QComboBox()
        self.quality = QComboBox()
        self.hud = QCheckBox()
        self.folder = QLineEdit()
        self.choose_folder = QPushButton()
        self.usual_folder = QPushButton()
        self.with_boxes = QPushButton()
        self.without_boxes = QPushButton()
        self._options_group = QGroupBox()
        self._snapshot_group = QGroupBox()
        self._what_label = QLabel()
        self._quality_label = QLabel()
        self._folder_label = QLabel()
        self._build()
        self._connect()
        follow_language(self, self._set_texts)
        self.show_recording(None)

    @property
    def options(self) -> RecordOptions:
        """What the next recording is made with."""
        return self._options

    def show_recording(self, recording: Recording | None) -> None:
        """Show how the recording goes on, or that there is none."""
        self._recording = recording
        self.dot.show_lit(recording is not None)
        self._options_group.setEnabled(recording is None)
        self._show_progress()

    def _build(self) -> None:
        for combo, table in ((self.what, _WHAT), (self.quality, _QUALITIES)):
            for value, _ in table:
                combo.addItem("", value)
            let_shrink(combo)
        self.folder.setReadOnly(True)
        self.files.setWordWrap(True)
        self.dropped.setWordWrap(True)
        self.files.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._lay_out()
        self._show_options()

    def _lay_out(self) -> None:
        state = QHBoxLayout()
        state.addWidget(self.dot)
        state.addWidget(self.figures, 1)
        form = self._options_form()
        snapshots = QHBoxLayout(self._snapshot_group)
        snapshots.addWidget(self.with_boxes)
        snapshots.addWidget(self.without_boxes)
        column = QVBoxLayout(self)
        for layout in (form, snapshots, column):
            layout.setContentsMargins(*theme.panel_margins())
        column.addWidget(self.toggle)
        column.addLayout(state)
        column.addWidget(self.dropped)
        column.addWidget(self.files)
        column.addWidget(self._options_group)
        column.addWidget(self._snapshot_group)
        column.addStretch(1)

    def _options_form(self) -> QFormLayout:
        folder_buttons = QHBoxLayout()
        folder_buttons.addWidget(self.choose_folder, 1)
        folder_buttons.addWidget(self.usual_folder)
        form = QFormLayout(self._options_group)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(self._what_label, self.what)
        form.addRow(self._quality_label, self.quality)
        form.addRow(self.hud)
        self._what_label.setBuddy(self.what)
        self._quality_label.setBuddy(self.quality)
        self._folder_label.setBuddy(self.folder)
        form.addRow(self._folder_label, self.folder)
        form.addRow(folder_buttons)
        return form

    def _connect(self) -> None:
        self.toggle.clicked.connect(self.record_toggled)
        self.what.currentIndexChanged.connect(
            lambda row: self._change(replace(self._options, what=_WHAT[row][0]))
        )
        self.quality.currentIndexChanged.connect(
            lambda row: self._change(replace(self._options, quality=_QUALITIES[row][0]))
        )
        self.hud.toggled.connect(lambda on: self._change(replace(self._options, hud=on)))
        self.choose_folder.clicked.connect(self._ask_folder)
        self.usual_folder.clicked.connect(lambda: self._change(replace(self._options, folder=None)))
        self.with_boxes.clicked.connect(lambda: self.snapshot_asked.emit(True))
        self.without_boxes.clicked.connect(lambda: self.snapshot_asked.emit(False))

    def _change(self, options: RecordOptions) -> None:
        if options != self._options:
            self._options = options
            self._show_options()
            self.options_changed.emit(options)

    def _ask_folder(self) -> None:
        """Ask in a window beside: the picture goes on, and the keys of the window work."""
        if self._dialog is None:
            start = str(self._options.folder or "")
            self._dialog = folder_dialog(self, self.tr("Folder of recordings"), start)
            self._dialog.fileSelected.connect(self._folder_chosen)
            self._dialog.destroyed.connect(self._forget_dialog)
        self._dialog.show()
        self._dialog.raise_()

    def _folder_chosen(self, folder: str) -> None:
        self._change(replace(self._options, folder=Path(folder)))

    def _forget_dialog(self) -> None:
        self._dialog = None

    def _show_options(self) -> None:
        options = self._options
        with QSignalBlocker(self.what), QSignalBlocker(self.quality), QSignalBlocker(self.hud):
            self.what.setCurrentIndex(self.what.findData(options.what))
            self.quality.setCurrentIndex(self.quality.findData(options.quality))
            self.hud.setChecked(options.hud)
        self.hud.setEnabled(options.what != "raw")
        self.usual_folder.setEnabled(options.folder is not None)
        self._show_folder()

    def _show_folder(self) -> None:
        folder = self._options.folder
        self.folder.setText(self.tr("videos folder") if folder is None else str(folder))
        self.folder.setToolTip("" if folder is None else str(folder))

    def _show_progress(self) -> None:
        recording = self._recording
        if recording is None:
            self.toggle.setText(self.tr("Start recording"))
            self.figures.setText(self.tr("not recording"))
            self.dropped.hide()
            self.files.hide()
            return
        self.toggle.setText(self.tr("Stop recording"))
        self.figures.setText(f"{time_words(recording.seconds)}   {size_words(recording.bytes)}")
        missing = (
            self.tr("1 frame is missing")
            if recording.dropped == 1
            else self.tr("{count} frames are missing")
        )
        self.dropped.setText(missing.format(count=recording.dropped))
        self.dropped.setVisible(recording.dropped > 0)
        self.files.setText("\n".join(path.name for path in recording.paths))
        self.files.setToolTip("\n".join(str(path) for path in recording.paths))
        self.files.setVisible(bool(recording.paths))

    def _set_texts(self) -> None:
        self._options_group.setTitle(self.tr("Next recording"))
        self._what_label.setText(self.tr("Picture"))
        self._quality_label.setText(self.tr("Quality"))
        for combo, table in ((self.what, _WHAT), (self.quality, _QUALITIES)):
            for row, (_, words) in enumerate(table):
                combo.setItemText(row, QCoreApplication.translate("RecordPanel", words))
        self.hud.setText(self.tr("Figures in the clip"))
        self._folder_label.setText(self.tr("Folder"))
        self.choose_folder.setText(self.tr("Choose…"))
        self.usual_folder.setText(self.tr("Default"))
        self.usual_folder.setToolTip(self.tr("record to the videos folder"))
        self.dropped.setToolTip(
            self.tr("frames that are not in the files: the disk or the encoder was too slow")
        )
        self._snapshot_group.setTitle(self.tr("Snapshot"))
        self.with_boxes.setText(self.tr("With boxes"))
        self.without_boxes.setText(self.tr("Without"))
        self.without_boxes.setToolTip(self.tr("the picture without boxes"))
        self._show_folder()
        self._show_progress()


class _Dot(QWidget):
    """A red dot, or the room for it."""

    def __init__(self) -> None:
        super().__init__()
        self._is_lit = False
        self.setFixedSize(square(_DOT))

    def show_lit(self, lit: bool) -> None:
        """Light it, or put it out."""
        if lit != self._is_lit:
            self._is_lit = lit
            self.update()

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        if self._is_lit:
            painter = QPainter(self)
            painter.setRenderHint(QPainter.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.RECORDING)
            painter.drawEllipse(self.rect().adjusted(1, 1, -1, -1))
