"""What an evaluation is asked for: the data, the models, the rules, where its report goes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from PyQt5.QtCore import QSignalBlocker, Qt, pyqtSignal
from PyQt5.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QWidget,
)

from rkvideo.config import (
    DEFAULT_IOU,
    AppConfig,
    DetectionFilter,
    ModelChoice,
    ModelName,
    parse_words,
)
from rkvideo.errors import ConfigError
from rkvideo.evaluation.choices import DEFAULT_CONFIDENCES
from rkvideo.evaluation.class_mapping import parse_same
from rkvideo.report.wish import EvalWish

from ..look.changes import follow_language
from ..look.file_dialog import folder_dialog, open_dialog
from ..look.path_field import PathField
from ..look.sizes import px

_CHOICE: Final = int(Qt.ItemDataRole.UserRole)
_SQUARE, _FITTED = 0, 1
_LIST_HEIGHT: Final = 150


class EvalForm(QWidget):
    """The fields; `changed` tells that another wish may be in them. `wish` reads them."""

    changed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fields = QFormLayout(self)
        self._fields.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._fields.setContentsMargins(0, 0, 0, 0)
        self.data, self.report = PathField(), PathField()
        self.data_file, self.data_folder, self.report_folder = (QPushButton() for _ in range(3))
        self.models = QListWidget()
        self.models.setFixedHeight(px(_LIST_HEIGHT))
        self.confidences = QLineEdit(", ".join(f"{each:g}" for each in DEFAULT_CONFIDENCES))
        self.protocol = QComboBox()
        self.iou = QDoubleSpinBox()
        self.iou.setRange(0.05, 0.95)
        self.iou.setSingleStep(0.05)
        self.iou.setValue(DEFAULT_IOU)
        self.same = QLineEdit()
        self._captions = [self._row(field) for field in self._rows()]
        for signal in (self.data.textChanged, self.report.textChanged, self.models.itemChanged):
            signal.connect(lambda _: self.changed.emit())
        self.data_file.clicked.connect(lambda _on: self._ask_data_file())
        self.data_folder.clicked.connect(lambda _on: self._ask_data_folder())
        self.report_folder.clicked.connect(lambda _on: self._ask_report())
        follow_language(self, self._set_texts)

    def show_choices(self, choices: Sequence[ModelChoice], ticked: Sequence[str]) -> None:
        """The models that can be evaluated, and which of them are proposed."""
        with QSignalBlocker(self.models):
            self.models.clear()
            for choice in choices:
                if choice.trouble:
                    continue
                item = QListWidgetItem(f"{choice.argument}   {choice.precision}   {choice.backend}")
                item.setData(_CHOICE, choice)
                is_ticked = choice.argument in ticked
                item.setCheckState(Qt.CheckState.Checked if is_ticked else Qt.CheckState.Unchecked)
                self.models.addItem(item)
        self.changed.emit()

    @property
    def ticked(self) -> tuple[ModelChoice, ...]:
        """What is to be evaluated, in the order of the list."""
        items = (self.models.item(row) for row in range(self.models.count()))
        return tuple(
            item.data(_CHOICE)
            for item in items
            if item is not None and item.checkState() == Qt.CheckState.Checked
        )

    @property
    def is_complete(self) -> bool:
        """Whether there is data and a model."""
        return bool(self.data.text().strip() and self.ticked)

    @property
    def folder(self) -> Path | None:
        """Where the report goes, None for a new folder."""
        text = self.report.text().strip()
        return Path(text).expanduser() if text else None

    def wish(self, config: AppConfig) -> EvalWish:
        """What is asked for, with what else holds for a run. Raises ConfigError."""
        words = parse_words(self.confidences.text(), self.tr("Thresholds"))
        try:
            confidences = tuple(sorted({float(word) for word in words}))
        except ValueError as error:
            raise ConfigError(
                self.tr("the thresholds are {text}: give numbers from 0 to 1").format(
                    text=self.confidences.text()
                )
            ) from error
        data = Path(self.data.text().strip()).expanduser()
        fits = self.protocol.currentIndex() == _FITTED
        same = self.same.text().strip()
        return EvalWish(
            config=replace(
                config,
                source=str(data),
                filter=DetectionFilter(iou=round(self.iou.value(), 2)),
                policy="every",
                frames=None,
                fits=fits,
            ),
            data=data,
            rows=_rows_of(self.ticked, fits=fits),
            confidences=confidences,
            same=parse_same(same) if same else {},
        )

    def _rows(self) -> tuple[tuple[QWidget, ...], ...]:
        return (
            (self.data, self.data_file, self.data_folder),
            (self.models,),
            (self.confidences,),
            (self.protocol,),
            (self.iou,),
            (self.same,),
            (self.report, self.report_folder),
        )

    def _row(self, parts: tuple[QWidget, ...]) -> int:
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        for place, part in enumerate(parts):
            row.addWidget(part, 0 if place else 1)
        number = self._fields.rowCount()
        self._fields.addRow(" ", row)
        label = self._fields.labelForField(row)
        if isinstance(label, QLabel):
            label.setBuddy(parts[0])
        return number

    def _set_texts(self) -> None:
        captions = (
            self.tr("Data"),
            self.tr("Models and sizes"),
            self.tr("Thresholds"),
            self.tr("Protocol"),
            self.tr("NMS, IoU"),
            self.tr("Same class"),
            self.tr("Report"),
        )
        for number, caption in zip(self._captions, captions, strict=True):
            item = self._fields.itemAt(number, QFormLayout.ItemRole.LabelRole)
            label = item.widget() if item is not None else None
            if label is not None:
                label.setText(caption)
        self.data.setPlaceholderText(self.tr("a JSON, a data.yaml, or a folder"))
        self.data.setToolTip(
            self.tr("COCO JSON, YOLO data.yaml, Pascal VOC or CVAT, or the folder of one of them")
        )
        self.data_file.setText(self.tr("File…"))
        self.data_folder.setText(self.tr("Folder…"))
        self.report_folder.setText(self.tr("Choose…"))
        self.report.setPlaceholderText(self.tr("a new folder among the videos"))
        self.report.setToolTip(
            self.tr("a folder that holds this evaluation already is taken up: its boxes are kept")
        )
        self.confidences.setToolTip(self.tr("correct, false and missed boxes are counted at each"))
        self.same.setPlaceholderText(self.tr("DATA=MODEL, such as tvmonitor=tv"))
        self.same.setToolTip(self.tr("classes that have another name in the data and are one"))
        self.iou.setToolTip(
            self.tr("NMS of the boxes that are counted; AP as COCO has it is always at 0.7")
        )
        chosen = max(0, self.protocol.currentIndex())
        self.protocol.clear()
        self.protocol.addItems(
            [
                self.tr("square inputs, as published figures"),
                self.tr("inputs that fit each picture, as here"),
            ]
        )
        self.protocol.setCurrentIndex(chosen)
        self.protocol.setToolTip(
            self.tr("AP is told both ways: as the window shows boxes, and as COCO counts them")
        )

    def _ask_data_folder(self) -> None:
        title = self.tr("Labelled pictures")
        _then(folder_dialog(self.window(), title, _near(self.data.text())), self.data.setText)

    def _ask_data_file(self) -> None:
        title, labels = self.tr("Labelled pictures"), self.tr("Labels (*.json *.yaml *.yml *.xml)")
        near = _near(self.data.text())
        _then(open_dialog(self.window(), title, [labels], near), self.data.setText)

    def _ask_report(self) -> None:
        title = self.tr("Folder of the report")
        _then(folder_dialog(self.window(), title, _near(self.report.text())), self.report.setText)


def _then(dialog: QFileDialog, use: Callable[[str], None]) -> None:
    dialog.fileSelected.connect(use)
    dialog.open()


def _near(text: str) -> str:
    """The folder to begin in: that of what is typed, if it is there."""
    path = Path(text.strip()).expanduser()
    folder = path if path.is_dir() else path.parent
    return str(folder) if text.strip() and folder.is_dir() else ""


def _rows_of(choices: Sequence[ModelChoice], *, fits: bool) -> tuple[tuple[str, str], ...]:
    """Rows of an evaluation; with square inputs `@640` and `@640x640` are one."""
    rows: dict[tuple[str, tuple[int, int], str], tuple[str, str]] = {}
    for choice in choices:
        name = choice.argument if fits else ModelName.parse(choice.argument).name
        rows.setdefault((name, choice.size, choice.backend), (choice.argument, choice.backend))
    return tuple(rows.values())
