"""The page that asks what to watch: an address, recent sources, cameras, a file, the demo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtGui import QImage
from PyQt5.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from rkvideo.config import CameraChoice, CameraMode
from rkvideo.sources.names import DEMO, short_name

from ..look.changes import follow_font, follow_language
from ..look.flow import FlowLayout
from ..look.icons import tool_button
from ..look.key_names import with_key
from ..look.sizes import margins, px
from .tile import Tile

_MARGIN: Final = 16
_WIDEST_FIELD: Final = 720


@dataclass(frozen=True, slots=True)
class RecentSource:
    """A source that was watched: what it is called, without its password, and its picture."""

    shown: str
    image: QImage = field(default_factory=QImage)


@dataclass(frozen=True, slots=True)
class OfferedCamera:
    """A camera and the sizes and rates that it offers."""

    camera: CameraChoice
    modes: tuple[CameraMode, ...] = ()


def mode_text(mode: CameraMode) -> str:
    """`1920x1080  30 fps`."""
    return "{}x{}  {:g} fps".format(*mode.size, mode.rate)


class StartPage(QScrollArea):
    """Lies over the picture. `opened` carries a source, `camera_opened` a camera and its mode.

    `file_asked` wants the dialog for files, `closed` the picture back.
    """

    opened = pyqtSignal(str)
    camera_opened = pyqtSignal(str, object)
    file_asked = pyqtSignal()
    closed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._recent: tuple[RecentSource, ...] = ()
        self._cameras: tuple[OfferedCamera, ...] = ()
        self.address = QLineEdit()
        self.paste = QPushButton()
        self.watch = QPushButton()
        self.close_button = tool_button("close")
        self._heading = QLabel()
        self._hint = QLabel()
        self._titles = {name: QLabel() for name in ("open", "recent")}
        self._flows = {name: FlowLayout() for name in ("open", "recent")}
        self._body = QWidget()
        self._column = QVBoxLayout(self._body)
        self._lay_out()
        self._connect()
        follow_font(self, self._measure)
        follow_language(self, self._set_texts)

    def show_recent(self, recent: Sequence[RecentSource]) -> None:
        """The sources that were watched, newest first."""
        self._recent = tuple(recent)
        self._fill()

    def show_cameras(self, cameras: Sequence[OfferedCamera]) -> None:
        """The cameras of this machine."""
        self._cameras = tuple(cameras)
        self._fill()

    @property
    def tiles(self) -> tuple[Tile, ...]:
        """Every tile, top to bottom."""
        flows = (self._flows["open"], self._flows["recent"])
        items = [flow.itemAt(place) for flow in flows for place in range(flow.count())]
        widgets = [item.widget() for item in items if item is not None]
        return tuple(widget for widget in widgets if isinstance(widget, Tile))

    @property
    def buttons_bottom(self) -> float:
        """Where its uppermost buttons and the line below them end."""
        return float(self._hint.mapTo(self, self._hint.rect().bottomLeft()).y())

    def _lay_out(self) -> None:
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        for label in (self._heading, self._hint):
            label.setWordWrap(True)
        self._heading.setObjectName("heading")
        for title in self._titles.values():
            title.setObjectName("section")
        self.watch.setDefault(True)
        for button in (self.paste, self.watch):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.address.setClearButtonEnabled(True)
        self.address.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        top = QHBoxLayout()
        top.addWidget(self._heading, 1)
        top.addWidget(self.close_button)
        row = QHBoxLayout()
        row.addWidget(self.address, 8)
        row.addWidget(self.paste)
        row.addWidget(self.watch)
        row.addStretch(1)
        self._column.addLayout(top)
        self._column.addLayout(row)
        self._column.addWidget(self._hint)
        for name in ("open", "recent"):
            self._column.addWidget(self._titles[name])
            self._column.addLayout(self._flows[name])
        self._column.addStretch(1)
        self.setWidget(self._body)

    def _connect(self) -> None:
        self.address.returnPressed.connect(self._watch)
        self.watch.clicked.connect(self._watch)
        self.paste.clicked.connect(self._paste)
        self.close_button.clicked.connect(lambda _checked: self.closed.emit())

    def _watch(self) -> None:
        text = self.address.text().strip()
        if text:
            self.opened.emit(text)

    def _paste(self) -> None:
        clipboard = QApplication.clipboard()
        self.address.setText(clipboard.text().strip() if clipboard is not None else "")
        self.address.setFocus()

    def _fill(self) -> None:
        opens, recent = self._flows["open"], self._flows["recent"]
        opens.clear()
        recent.clear()
        file = Tile(
            self.tr("Open a file…"), "folder", tip=with_key(self.tr("a video file"), "open")
        )
        file.clicked.connect(lambda _checked: self.file_asked.emit())
        demo = Tile(self.tr("Demo"), "play", tip=self.tr("a short clip of a street"))
        demo.clicked.connect(lambda _checked: self.opened.emit(DEMO))
        for tile in (file, demo, *(self._camera_tile(one) for one in self._cameras)):
            opens.addWidget(tile)
        for one in self._recent:
            recent.addWidget(self._recent_tile(one))
        self._titles["recent"].setVisible(bool(self._recent))

    def _recent_tile(self, recent: RecentSource) -> Tile:
        tile = Tile(short_name(recent.shown), "play", recent.image, recent.shown)
        tile.clicked.connect(lambda _checked: self.opened.emit(recent.shown))
        return tile

    def _camera_tile(self, offered: OfferedCamera) -> Tile:
        camera = offered.camera
        tile = Tile(camera.name, "camera", tip=f"{camera.name}\n{camera.source}")
        tile.clicked.connect(lambda _checked: self.camera_opened.emit(camera.source, None))
        if offered.modes:
            menu = QMenu(tile)
            for mode in offered.modes:
                self._add_mode(menu, camera.source, mode)
            tile.offer(menu)
        return tile

    def _add_mode(self, menu: QMenu, source: str, mode: CameraMode) -> None:
        action = menu.addAction(mode_text(mode))
        if action is not None:
            action.triggered.connect(lambda _on: self.camera_opened.emit(source, mode))

    def _measure(self) -> None:
        self._column.setContentsMargins(*margins(_MARGIN, _MARGIN / 2, _MARGIN, _MARGIN))
        self._column.setSpacing(px(8))
        self.address.setMaximumWidth(px(_WIDEST_FIELD))
        self._fill()

    def _set_texts(self) -> None:
        self._heading.setText(self.tr("What do you want to watch?"))
        self._hint.setText(self.tr("Or drop a video, a folder of pictures or an address here."))
        self._titles["open"].setText(self.tr("Open"))
        self._titles["recent"].setText(self.tr("Watched before"))
        self.address.setPlaceholderText(self.tr("address or file"))
        self.address.setToolTip(self.tr("rtsp://, http:// and others, a file, a folder, a camera"))
        self.paste.setText(self.tr("Paste"))
        self.paste.setToolTip(self.tr("take the address from the clipboard"))
        self.watch.setText(self.tr("Watch"))
        self.watch.setToolTip(self.tr("open the address"))
        self.close_button.setToolTip(with_key(self.tr("back to the picture"), "leave"))
        self._fill()
