"""The Boxes panel: what is detected and how it is drawn, changed while a run goes on."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from PyQt5.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, QSignalBlocker, pyqtSignal
from PyQt5.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QGroupBox,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from rkvideo.config import DetectionFilter
from rkvideo.pictures.overlay import LabelStyle, Look

from ..look import theme
from ..look.changes import follow_language
from ..look.elided import let_shrink
from .class_list import ClassList
from .slider_row import SliderRow
from .throttle import Throttle

# More often than a camera has frames, and no more work for it.
EMIT_EVERY_MS: Final = 50
_MOST_DETECTIONS: Final = 1000
_LABEL_STYLES: Final[tuple[tuple[LabelStyle, str], ...]] = (
    ("full", QT_TRANSLATE_NOOP("TuningPanel", "name and score")),
    ("name", QT_TRANSLATE_NOOP("TuningPanel", "name")),
    ("score", QT_TRANSLATE_NOOP("TuningPanel", "score")),
    ("off", QT_TRANSLATE_NOOP("TuningPanel", "no label")),
)


class TuningPanel(QWidget):
    """Thresholds, classes and look.

    `filter_changed` carries a DetectionFilter and `look_changed` a Look, at most every
    `EMIT_EVERY_MS` and always the newest one. A field that the user did not touch keeps the value
    it was given, even where a slider cannot show it.
    """

    filter_changed = pyqtSignal(object)
    look_changed = pyqtSignal(object)

    def __init__(self, wanted: DetectionFilter, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wanted = wanted
        self._look = look
        self._filters = Throttle(EMIT_EVERY_MS, self)
        self._looks = Throttle(EMIT_EVERY_MS, self)
        self.confidence = SliderRow(0.0, 1.0, 0.01, 2, self)
        self.iou = SliderRow(0.0, 1.0, 0.01, 2, self)
        self.most = QSpinBox()
        self.agnostic = QCheckBox()
        self.classes = ClassList()
        self.labels = QComboBox()
        self.thickness = SliderRow(0.5, 3.0, 0.1, 1, self)
        self.hud_scale = SliderRow(0.5, 3.0, 0.1, 1, self)
        self.defaults = QPushButton()
        self._boxes_group = QGroupBox()
        self._classes_group = QGroupBox()
        self._look_group = QGroupBox()
        self._most_label = QLabel()
        self._labels_label = QLabel()
        self._build()
        self._connect()
        follow_language(self, self._set_texts)
        self.show_filter(wanted)
        self.show_look(look)

    def set_labels(self, labels: tuple[str, ...]) -> None:
        """List the classes of the model in use.

        Where it knows others of the chosen classes than the model before, the filter is emitted.
        """
        self.classes.set_labels(labels)
        if labels and self.classes.wanted != self._wanted.classes:
            self._change_classes()

    def show_filter(self, wanted: DetectionFilter) -> None:
        """Show a filter that was set elsewhere."""
        self._filters.drop()
        self._wanted = wanted
        self.confidence.show_value(wanted.confidence)
        self.iou.show_value(wanted.iou)
        with QSignalBlocker(self.most), QSignalBlocker(self.agnostic):
            self.most.setValue(wanted.max_detections)
            self.agnostic.setChecked(wanted.class_agnostic)
        self.classes.show_wanted(wanted.classes)

    def show_look(self, look: Look) -> None:
        """Show a look that was set elsewhere."""
        self._looks.drop()
        self._look = look
        self.thickness.show_value(look.thickness)
        self.hud_scale.show_value(look.hud_scale)
        with QSignalBlocker(self.labels):
            self.labels.setCurrentIndex(self.labels.findData(look.labels))

    def _build(self) -> None:
        self.most.setRange(1, _MOST_DETECTIONS)
        self.most.setKeyboardTracking(False)
        self._most_label.setBuddy(self.most)
        self._labels_label.setBuddy(self.labels)
        for style, _ in _LABEL_STYLES:
            self.labels.addItem("", style)
        let_shrink(self.labels)
        self.labels.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._lay_out()

    def _lay_out(self) -> None:
        boxes = QGridLayout(self._boxes_group)
        look = QGridLayout(self._look_group)
        classes = QVBoxLayout(self._classes_group)
        column = QVBoxLayout(self)
        for layout in (boxes, look, classes, column):
            layout.setContentsMargins(*theme.panel_margins())
            layout.setSpacing(theme.panel_spacing())
        self.confidence.add_to(boxes, 0)
        self.iou.add_to(boxes, 1)
        boxes.addWidget(self._most_label, 2, 0, 1, 2)
        boxes.addWidget(self.most, 2, 2)
        boxes.addWidget(self.agnostic, 3, 0, 1, 3)
        look.addWidget(self._labels_label, 0, 0)
        look.addWidget(self.labels, 0, 1, 1, 2)
        self.thickness.add_to(look, 1)
        self.hud_scale.add_to(look, 2)
        classes.addWidget(self.classes)
        column.addWidget(self._boxes_group)
        column.addWidget(self._classes_group, 1)
        column.addWidget(self._look_group)
        column.addWidget(self.defaults)

    def _connect(self) -> None:
        self._filters.sent.connect(self.filter_changed)
        self._looks.sent.connect(self.look_changed)
        self.confidence.changed.connect(
            lambda value: self._change(replace(self._wanted, confidence=value))
        )
        self.iou.changed.connect(lambda value: self._change(replace(self._wanted, iou=value)))
        self.most.valueChanged.connect(
            lambda value: self._change(replace(self._wanted, max_detections=value))
        )
        self.most.editingFinished.connect(self.most.clearFocus)
        self.agnostic.toggled.connect(
            lambda on: self._change(replace(self._wanted, class_agnostic=on))
        )
        self.classes.changed.connect(self._change_classes)
        self.labels.currentIndexChanged.connect(
            lambda row: self._change_look(replace(self._look, labels=_LABEL_STYLES[row][0]))
        )
        self.thickness.changed.connect(
            lambda value: self._change_look(replace(self._look, thickness=value))
        )
        self.hud_scale.changed.connect(
            lambda value: self._change_look(replace(self._look, hud_scale=value))
        )
        self.defaults.clicked.connect(self._use_defaults)

    def _change(self, wanted: DetectionFilter) -> None:
        self._wanted = wanted
        self._filters.push(wanted)

    def _change_classes(self) -> None:
        self._change(replace(self._wanted, classes=self.classes.wanted))

    def _change_look(self, look: Look) -> None:
        self._look = look
        self._looks.push(look)

    def _use_defaults(self) -> None:
        self.show_filter(DetectionFilter())
        self.show_look(Look())
        self._change(self._wanted)
        self._change_look(self._look)

    def _set_texts(self) -> None:
        self._boxes_group.setTitle(self.tr("Boxes"))
        self._classes_group.setTitle(self.tr("Classes"))
        self._look_group.setTitle(self.tr("Look"))
        self.confidence.set_text(
            self.tr("Confidence"), self.tr("boxes with a lower score are not shown")
        )
        self.iou.set_text(
            self.tr("IoU"), self.tr("of two boxes that overlap by more, the better one is kept")
        )
        self._most_label.setText(self.tr("Most boxes"))
        self._most_label.setToolTip(self.tr("the best ones of a picture"))
        self.agnostic.setText(self.tr("Class-agnostic NMS"))
        self.agnostic.setToolTip(
            self.tr("of two boxes that overlap the better one is kept, whatever their classes")
        )
        self._labels_label.setText(self.tr("Label"))
        for row, (_, words) in enumerate(_LABEL_STYLES):
            self.labels.setItemText(row, QCoreApplication.translate("TuningPanel", words))
        self.thickness.set_text(self.tr("Lines"), self.tr("thickness of the boxes' lines"))
        self.hud_scale.set_text(self.tr("Figures"), self.tr("size of the figures"))
        self.defaults.setText(self.tr("Back to defaults"))
