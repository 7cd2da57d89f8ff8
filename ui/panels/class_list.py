"""Which classes are wanted: a list of names with check boxes, and a search."""

from __future__ import annotations

from collections.abc import Iterator

from PyQt5.QtCore import QSignalBlocker, Qt, pyqtSignal
from PyQt5.QtGui import QColor
from PyQt5.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from rkvideo.pictures.overlay import class_color

from ..look import theme
from ..look.changes import follow_language
from ..look.class_names import shown_labels
from ..look.sizes import px, square

_LEAST_HEIGHT = 70  # three names
_SWATCH = 12
_NAME = int(Qt.ItemDataRole.UserRole)


class ClassList(QWidget):
    """The class filter: None while every class is wanted, else the names of those that are.

    Names that the model in use does not know are remembered for one that does, and left out of
    `wanted`. `changed` says that the user has chosen otherwise.
    """

    changed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._labels: tuple[str, ...] = ()
        self._chosen: frozenset[int | str] | None = None
        self._is_showing = False
        self.search = QLineEdit()
        self.list = QListWidget()
        self.all = QPushButton()
        self.none = QPushButton()
        self._count = QLabel()
        self._build()
        follow_language(self, self._set_texts)

    def _build(self) -> None:
        self.search.setClearButtonEnabled(True)
        self.list.setUniformItemSizes(True)
        self.list.setMinimumHeight(px(_LEAST_HEIGHT))
        self.list.setIconSize(square(_SWATCH))
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.search.textChanged.connect(self._show_found)
        self.list.itemChanged.connect(self._ticked)
        self.all.clicked.connect(lambda: self._tick_found(True))
        self.none.clicked.connect(lambda: self._tick_found(False))
        self._count.setAlignment(
            Qt.Alignment(Qt.AlignmentFlag.AlignRight) | Qt.AlignmentFlag.AlignVCenter
        )
        buttons = QHBoxLayout()
        buttons.addWidget(self.all)
        buttons.addWidget(self.none)
        buttons.addWidget(self._count, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.panel_spacing())
        column.addWidget(self.search)
        column.addWidget(self.list, 1)
        column.addLayout(buttons)

    @property
    def wanted(self) -> frozenset[int | str] | None:
        """The classes that are wanted of those that the model knows, None for all."""
        if self._chosen is None or not self._labels:
            return self._chosen
        return self._chosen & frozenset(self._labels)

    def set_labels(self, labels: tuple[str, ...]) -> None:
        """List the classes of another model."""
        if labels == self._labels:
            return
        self._labels = labels
        self._chosen = self._by_name(self._chosen)
        with QSignalBlocker(self.list):
            self.list.clear()
            # A model may have two classes of one name: they are wanted together.
            for name in dict.fromkeys(labels):
                item = QListWidgetItem(self.list)
                item.setData(_NAME, name)
                item.setData(
                    Qt.ItemDataRole.DecorationRole, QColor(*class_color(labels.index(name)))
                )
                item.setToolTip(name)
        self._show_words()
        self._show_found()
        self._show_ticks()

    def show_wanted(self, classes: frozenset[int | str] | None) -> None:
        """Show a choice that was made elsewhere, by name or by class id."""
        self._chosen = self._by_name(classes)
        self._show_ticks()

    def _by_name(self, classes: frozenset[int | str] | None) -> frozenset[int | str] | None:
        if classes is None:
            return None
        spelled = {label.lower(): label for label in self._labels}
        named: set[int | str] = set()
        for wanted in classes:
            if isinstance(wanted, str):
                named.add(spelled.get(wanted.lower(), wanted))
            else:
                is_known = 0 <= wanted < len(self._labels)
                named.add(self._labels[wanted] if is_known else wanted)
        return frozenset(named)

    def _items(self) -> Iterator[QListWidgetItem]:
        for row in range(self.list.count()):
            item = self.list.item(row)
            if item is not None:
                yield item

    def _ticked(self, item: QListWidgetItem) -> None:
        if not self._is_showing:
            self._choose({item.data(_NAME)}, item.checkState() == Qt.CheckState.Checked)

    def _tick_found(self, wanted: bool) -> None:
        self._choose({item.data(_NAME) for item in self._items() if not item.isHidden()}, wanted)

    def _choose(self, names: set[str], wanted: bool) -> None:
        known: frozenset[int | str] = frozenset(self._labels)
        before = known if self._chosen is None else self._chosen
        chosen = before | names if wanted else before - names
        self._chosen = None if known <= chosen else chosen
        self._show_ticks()
        self.changed.emit()

    def _show_ticks(self) -> None:
        wanted = self.wanted
        self._is_showing = True
        for item in self._items():
            is_wanted = wanted is None or item.data(_NAME) in wanted
            item.setCheckState(Qt.CheckState.Checked if is_wanted else Qt.CheckState.Unchecked)
        self._is_showing = False
        total = self.list.count()
        count = total if wanted is None else len(wanted)
        self._count.setText(f"{count} / {total}" if total else "")

    def _show_found(self) -> None:
        text = self.search.text().strip().lower()
        for item in self._items():
            words = f"{item.text()} {item.data(_NAME)}".lower()
            item.setHidden(text not in words)

    def _show_words(self) -> None:
        """Call the classes what the window calls them, and find them by either name."""
        shown = dict(zip(self._labels, shown_labels(self._labels), strict=True))
        with QSignalBlocker(self.list):
            for item in self._items():
                item.setText(shown[item.data(_NAME)])

    def _set_texts(self) -> None:
        self._show_words()
        self.search.setPlaceholderText(self.tr("search a class"))
        self.all.setText(self.tr("All"))
        self.all.setToolTip(self.tr("tick every class that the list shows"))
        self.none.setText(self.tr("None"))
        self.none.setToolTip(self.tr("untick every class that the list shows"))
