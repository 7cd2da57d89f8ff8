"""The field over the picture: what plays, and what shall play next."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PyQt5.QtCore import QPoint, QSize, QStringListModel, Qt, pyqtSignal
from PyQt5.QtGui import QIcon
from PyQt5.QtWidgets import (
    QAction,
    QCheckBox,
    QCompleter,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QWidget,
)

from rkvideo.sources.address_book import has_password, is_masked
from rkvideo.sources.names import short_name

from ..look.changes import follow_font, follow_language
from ..look.file_dialog import open_dialog
from ..look.icons import icon, tool_button
from ..look.key_names import with_key
from ..look.sizes import px
from .start_page import OfferedCamera, mode_text

_FILES: Final = "*.mp4 *.mkv *.avi *.mov *.webm *.ts *.m4v *.mpg *.mpeg *.h264 *.h265 *.264 *.265"
_MOST_RECENT: Final = 10
_NARROWEST: Final = 90
_USUAL: Final = 220


class SourceBar(QWidget):
    """The button of the start page and a field for an address, with a menu at its arrow.

    `opened` carries the text of a source, `camera_opened` a camera and a mode of it; `menu_asked`
    wants `show_cameras`, `page_asked` the start page. Whoever owns the bar masks what it shows.
    """

    opened = pyqtSignal(str)
    camera_opened = pyqtSignal(str, object)
    menu_asked = pyqtSignal()
    page_asked = pyqtSignal()
    remember_toggled = pyqtSignal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown = ""
        self._field = QLineEdit()
        self._history = QStringListModel(self)
        self._remember = QCheckBox()
        self.home = tool_button("home")
        self.menu = QMenu(self)
        self.menu.setToolTipsVisible(True)
        self._file = QAction(icon("folder"), "", self)
        self._page = QAction(icon("home"), "", self)
        self.arrow = tool_button("down")
        self._dialog: QFileDialog | None = None
        self._folder = ""
        self._lay_out()
        self._connect()
        follow_font(self, self._measure)
        follow_language(self, self._set_texts)

    def _lay_out(self) -> None:
        completer = QCompleter(self._history, self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self._field.setCompleter(completer)
        # The window's keys hold from the start: the field takes the focus when it is asked to.
        self._field.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._remember.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._remember.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.home)
        row.addWidget(self._field, 1)
        row.addWidget(self.arrow)
        row.addWidget(self._remember)

    def _connect(self) -> None:
        self._field.returnPressed.connect(self._open_typed)
        self._field.textEdited.connect(self._typed)
        self.arrow.clicked.connect(lambda _on: self.open_menu())
        self._file.triggered.connect(self._ask_file)
        self.home.clicked.connect(lambda _on: self.page_asked.emit())
        self._page.triggered.connect(lambda _on: self.page_asked.emit())
        self._remember.toggled.connect(self.remember_toggled)

    def _measure(self) -> None:
        self._field.setMinimumWidth(px(_NARROWEST))

    def sizeHint(self) -> QSize:
        """Some words of an address."""
        least = self.minimumSizeHint()
        return QSize(least.width() + px(_USUAL - _NARROWEST), least.height())

    def _set_texts(self) -> None:
        self._field.setPlaceholderText(self.tr("address or file"))
        self._field.setToolTip(with_key(self.tr("the source"), "address"))
        self.arrow.setToolTip(self.tr("watched before, files, cameras"))
        self._file.setText(self.tr("Open a file…"))
        self._page.setText(self.tr("Start page"))
        self.home.setToolTip(with_key(self.tr("start page: what to watch"), "start page"))
        self._remember.setText(self.tr("remember the password"))
        self._remember.setToolTip(self.tr("store it in a file that only you can read"))

    @property
    def field(self) -> QLineEdit:
        """The field for addresses."""
        return self._field

    def show_source(self, shown: str) -> None:
        """Show what is open, masked; a password can be remembered then."""
        self._shown = shown
        self.forget_typing()

    def show_remember(self, remember: bool) -> None:
        """Show whether passwords are remembered; emits nothing."""
        self._remember.blockSignals(True)
        self._remember.setChecked(remember)
        self._remember.blockSignals(False)

    def show_history(self, shown: Sequence[str]) -> None:
        """Complete from these masked addresses, newest first."""
        self._history.setStringList(list(shown))

    def focus_field(self) -> None:
        """Let the user type an address."""
        self._field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._field.selectAll()

    def forget_typing(self) -> None:
        """Show again what is open."""
        self._field.setText(self._shown)
        self._field.setCursorPosition(0)
        self._typed(self._shown)

    def open_menu(self) -> None:
        """Show what can be watched, below the field; the cameras follow when they are found."""
        self.menu.clear()
        for shown in self._history.stringList()[:_MOST_RECENT]:
            self._add(QIcon(), short_name(shown), shown)
        self.menu.addSeparator()
        self.menu.addActions([self._file, self._page])
        self.menu.popup(self._field.mapToGlobal(QPoint(0, self._field.height())))
        self.menu_asked.emit()

    def _add(self, sign: QIcon, words: str, source: str) -> None:
        action = self.menu.addAction(sign, words)
        if action is not None:
            action.setToolTip(source)
            action.setData(source)
            action.triggered.connect(lambda _on: self.opened.emit(source))

    def show_cameras(self, cameras: Sequence[OfferedCamera]) -> None:
        """Add these to the menu, each with the sizes and rates that it offers."""
        self.menu.addSeparator()
        for offered in cameras:
            self._add_camera(offered)
        if not cameras:
            nothing = self.menu.addAction(icon("camera"), self.tr("no camera found: plug one in"))
            if nothing is not None:
                nothing.setEnabled(False)

    def _add_camera(self, offered: OfferedCamera) -> None:
        camera = offered.camera
        # A link stays the same when cameras are plugged in in another order.
        menu = self.menu.addMenu(icon("camera"), camera.name)
        if menu is None:
            return
        for source in (camera.source, *camera.links):
            action = menu.addAction(source)
            if action is not None:
                action.triggered.connect(
                    lambda _on, source=source: self.camera_opened.emit(source, None)
                )
        menu.addSeparator()
        for mode in offered.modes:
            action = menu.addAction(mode_text(mode))
            if action is not None:
                action.triggered.connect(
                    lambda _on, mode=mode: self.camera_opened.emit(camera.source, mode)
                )

    def open_file(self) -> QFileDialog:
        """Show the dialog for files; the picture goes on behind it."""
        if self._dialog is None:
            videos, everything = self.tr("Videos"), self.tr("All files")
            filters = [f"{videos} ({_FILES})", f"{everything} (*)"]
            dialog = open_dialog(self.window(), self.tr("Open a video"), filters, self._folder)
            dialog.fileSelected.connect(self._file_chosen)
            dialog.finished.connect(self._dialog_closed)
            self._dialog = dialog
        self._dialog.open()
        return self._dialog

    def _ask_file(self, _on: bool) -> None:
        self.open_file()

    def _typed(self, text: str) -> None:
        self._remember.setVisible(has_password(text) or is_masked(text))

    def _file_chosen(self, path: str) -> None:
        self._folder = str(Path(path).parent)
        self.opened.emit(path)

    def _dialog_closed(self, _result: int) -> None:
        self._dialog = None

    def _open_typed(self) -> None:
        text = self._field.text().strip()
        if text:
            self.opened.emit(text)
