"""The bar over the picture: where the next source comes from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PyQt5.QtCore import QPoint, QStringListModel, Qt, pyqtSignal
from PyQt5.QtWidgets import (
    QCheckBox,
    QCompleter,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QWidget,
)

from rkvideo.config import CameraChoice
from rkvideo.sources.address_book import has_password, is_masked

from ..look.changes import follow_language
from ..look.icons import tool_button

_FILES: Final = "*.mp4 *.mkv *.avi *.mov *.webm *.ts *.m4v *.mpg *.mpeg *.h264 *.h265 *.264 *.265"


class SourceBar(QWidget):
    """A field for an address with its history, a file dialog, and the cameras of this machine.

    `opened` carries the text of a source; `cameras_asked` wants `show_cameras`. Whoever owns the
    bar masks what it shows.
    """

    opened = pyqtSignal(str)
    cameras_asked = pyqtSignal()
    remember_toggled = pyqtSignal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown = ""
        self._field = QLineEdit()
        self._history = QStringListModel(self)
        self._remember = QCheckBox()
        self._files = tool_button("folder")
        self._cameras = tool_button("camera")
        self._menu = QMenu(self)
        self._dialog: QFileDialog | None = None
        self._folder = ""
        self._lay_out()
        self._connect()
        follow_language(self, self._set_texts)

    def _lay_out(self) -> None:
        completer = QCompleter(self._history, self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self._field.setCompleter(completer)
        self._field.setClearButtonEnabled(True)
        # The window's keys hold from the start: the field takes the focus when it is asked to.
        self._field.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._remember.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._remember.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 2, 6, 2)
        row.setSpacing(6)
        row.addWidget(self._files)
        row.addWidget(self._cameras)
        row.addWidget(self._field, 1)
        row.addWidget(self._remember)

    def _connect(self) -> None:
        self._field.returnPressed.connect(self._open_typed)
        self._files.clicked.connect(self._files_clicked)
        self._field.textEdited.connect(self._typed)
        self._cameras.clicked.connect(lambda _checked: self.cameras_asked.emit())
        self._remember.toggled.connect(self.remember_toggled)

    def _set_texts(self) -> None:
        self._field.setPlaceholderText(
            self.tr("rtsp://… or a file, a folder, a camera; drop one here")
        )
        self._field.setToolTip(self.tr("the source (Ctrl+L)"))
        self._files.setToolTip(self.tr("open a file (O)"))
        self._cameras.setToolTip(self.tr("cameras of this machine"))
        self._remember.setText(self.tr("remember the password"))

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

    def show_cameras(self, cameras: Sequence[CameraChoice]) -> None:
        """Let the user choose from these, below the button."""
        self._menu.clear()
        for camera in cameras:
            self._add_camera(f"{camera.name}  ({camera.source})", camera.source)
            for link in camera.links:
                self._add_camera(f"    {link}", link)
        if not cameras:
            nothing = self._menu.addAction(self.tr("no camera found: plug one in"))
            if nothing is not None:
                nothing.setEnabled(False)
        self._menu.popup(self._cameras.mapToGlobal(QPoint(0, self._cameras.height())))

    def _add_camera(self, text: str, source: str) -> None:
        action = self._menu.addAction(text)
        if action is not None:
            action.setData(source)
            action.triggered.connect(lambda _on: self.opened.emit(source))

    def open_file(self) -> QFileDialog:
        """Show the dialog for files; the picture goes on behind it."""
        if self._dialog is None:
            dialog = QFileDialog(self.window(), self.tr("Open a video"), self._folder)
            dialog.setFileMode(QFileDialog.ExistingFile)
            videos, everything = self.tr("Videos"), self.tr("All files")
            dialog.setNameFilters([f"{videos} ({_FILES})", f"{everything} (*)"])
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.fileSelected.connect(self._file_chosen)
            dialog.finished.connect(self._dialog_closed)
            self._dialog = dialog
        self._dialog.open()
        return self._dialog

    def _files_clicked(self, _checked: bool) -> None:
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
