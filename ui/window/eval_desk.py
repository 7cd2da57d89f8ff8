"""Stands between the evaluations, the Compare panel and the rest of the window."""

from __future__ import annotations

from pathlib import Path
from typing import Final, cast

from PyQt5.QtCore import QObject, QUrl
from PyQt5.QtGui import QDesktopServices
from PyQt5.QtWidgets import QWidget

from rkvideo.config import ModelChoice
from rkvideo.errors import RkVideoError

from ..contract.panels import Bench
from ..look.changes import follow_language
from ..look.error_words import shown_error
from ..look.spoken import SpokenNames
from ..report.eval_dialog import EvalDialog
from .offered import borrow_machine, button_for
from .parts import WindowParts
from .toasts import ToastAction

_MOST_RECENT: Final = 10


class EvalDesk(QObject):
    """Offers evaluations in the Compare panel; a window without the panel has none.

    The dialog is made when it is asked for. The run on the screen ends while an evaluation goes
    on, and comes back: two more models beside it would not fit into the memory of a board, and the
    times of an inference would be those of a busy machine.
    """

    def __init__(self, parts: WindowParts, window: QWidget) -> None:
        super().__init__(window)
        self._parts, self._window = parts, window
        self._choices: tuple[ModelChoice, ...] = ()
        self.dialog: EvalDialog | None = None
        self._action = button_for("evaluate", self.open, self)
        self._bench = cast("Bench | None", parts.docks.panel("compare"))
        if self._bench is not None:
            self._bench.offer(self._action)
        follow_language(window, self._set_texts)

    @property
    def is_running(self) -> bool:
        """Whether an evaluation goes on."""
        return self.dialog is not None and self.dialog.is_running

    def show_choices(self, choices: tuple[ModelChoice, ...]) -> None:
        """The models that there are, for the next time that the dialog is opened."""
        self._choices = choices

    def open(self) -> None:
        """Show the dialog, with the models that are ticked in the Compare panel."""
        dialog = self.dialog or self._make_dialog()
        dialog.show_recent(self._parts.settings.state.reports)
        if not dialog.isVisible() and self._bench is not None:
            dialog.show_choices(self._choices, self._bench.ticked)
        dialog.show()
        dialog.raise_()
        dialog.activateWindow()

    def cancel(self) -> None:
        """End an evaluation: the window closes."""
        if self.dialog is not None and self.dialog.is_running:
            self.dialog.cancel()

    def _make_dialog(self) -> EvalDialog:
        reports = self._parts.services.reports()
        dialog = EvalDialog(self._parts.bridge, reports, self._window)
        dialog.start_asked.connect(self._start)
        dialog.begun.connect(self._remember)
        dialog.finished_run.connect(self._finished)
        dialog.page_asked.connect(self._open_page)
        dialog.folder_asked.connect(self._show_folder)
        SpokenNames(dialog)
        self.dialog = dialog
        return dialog

    def _set_texts(self) -> None:
        self._action.setText(self.tr("Evaluate…"))
        self._action.setToolTip(self.tr("how right models are, on labelled pictures"))

    def _start(self) -> None:
        dialog, player = self.dialog, self._parts.player
        if dialog is not None:
            borrow_machine(player, "evaluation", lambda: dialog.run(player.config), dialog.tell)

    def _remember(self, folder: Path) -> None:
        text = str(folder.absolute())
        others = [each for each in self._parts.settings.state.reports if each != text]
        self._parts.settings.change(reports=(text, *others)[:_MOST_RECENT])

    def _finished(self, made: Path | None) -> None:
        self._parts.player.resume()
        dialog = self.dialog
        if dialog is None or dialog.isVisible():
            return
        if made is None:
            self._parts.toasts.show_toast(self.tr("the evaluation has ended without a report"))
            return
        open_it = ToastAction(self.tr("open report"), lambda: self._open_page(made))
        self._parts.toasts.show_toast(self.tr("the evaluation is done"), (open_it,))

    def _open_page(self, folder: Path) -> None:
        reports = self._parts.services.reports()
        self._parts.bridge.ask(
            lambda: reports.page(folder),
            self._show_page,
            lambda error: self._no_page(folder, error),
        )

    def _show_page(self, page: Path) -> None:
        if not _show(page) and self.dialog is not None:
            words = self.tr("nothing here opens a web page: open {page} elsewhere")
            self.dialog.tell(words.format(page=page))

    def _show_folder(self, folder: Path) -> None:
        _show(folder)

    def _no_page(self, folder: Path, error: RkVideoError) -> None:
        if self.dialog is None:
            return
        if folder.is_dir() and str(folder) in self._parts.settings.state.reports:
            self.dialog.form.report.setText(str(folder))
            words = self.tr("{name} has no report yet: Start takes that evaluation up again")
            self.dialog.tell(words.format(name=folder.name))
        else:
            self.dialog.tell(shown_error(error))


def _show(path: Path) -> bool:
    """Let the desktop show a page or a folder; False where nothing here can."""
    return QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
