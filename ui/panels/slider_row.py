"""A number that is set with a slider or typed."""

from __future__ import annotations

from PyQt5.QtCore import QObject, QSignalBlocker, Qt, pyqtSignal
from PyQt5.QtWidgets import QDoubleSpinBox, QGridLayout, QLabel, QSlider

from ..look.sizes import px

_SHORTEST_SLIDER = 20


class SliderRow(QObject):
    """A row of a grid: label, slider and spin box that show one number.

    `changed` carries the number that the user has set; `show_value` emits nothing.
    """

    changed = pyqtSignal(float)

    def __init__(
        self, low: float, high: float, step: float, decimals: int, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._step = step
        self.label = QLabel()
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(round(low / step), round(high / step))
        self.slider.setPageStep(max(1, (self.slider.maximum() - self.slider.minimum()) // 10))
        self.slider.setMinimumWidth(px(_SHORTEST_SLIDER))
        self.spin = QDoubleSpinBox()
        self.spin.setRange(low, high)
        self.spin.setSingleStep(step)
        self.spin.setDecimals(decimals)
        # Without it `0.45` would act as `0`, `0.4` and `0.45` while it is typed.
        self.spin.setKeyboardTracking(False)
        self.label.setBuddy(self.spin)
        self.slider.valueChanged.connect(self._slid)
        self.spin.valueChanged.connect(self._typed)
        # The digits are keys of the window again once a number is entered.
        self.spin.editingFinished.connect(self.spin.clearFocus)

    def add_to(self, grid: QGridLayout, row: int) -> None:
        """Put the three widgets into columns 0 to 2."""
        for column, widget in enumerate((self.label, self.slider, self.spin)):
            grid.addWidget(widget, row, column)

    def set_text(self, text: str, tip: str) -> None:
        """The words of the label, and what all three say when the mouse rests on them."""
        self.label.setText(text)
        for widget in (self.label, self.slider, self.spin):
            widget.setToolTip(tip)
        self.slider.setAccessibleName(text)
        self.spin.setAccessibleName(text)

    def show_value(self, value: float) -> None:
        """Show a number that was set elsewhere."""
        self._show_on_slider(value)
        self._show_in_spin(value)

    def _slid(self, steps: int) -> None:
        value = steps * self._step
        self._show_in_spin(value)
        self.changed.emit(self.spin.value())

    def _typed(self, value: float) -> None:
        self._show_on_slider(value)
        self.changed.emit(value)

    def _show_on_slider(self, value: float) -> None:
        with QSignalBlocker(self.slider):
            self.slider.setValue(round(value / self._step))

    def _show_in_spin(self, value: float) -> None:
        with QSignalBlocker(self.spin):
            self.spin.setValue(value)
