"""Stands between the Disagreements panel and the rest of the window."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast

from PyQt5.QtCore import QObject
from PyQt5.QtWidgets import QWidget

from rkvideo.bench.plan import is_always_live
from rkvideo.config import ModelChoice
from rkvideo.evaluation.disagreement import Disagreement
from rkvideo.status import RunTitles

from ..contract.panels import Bench, Differences, Models
from ..look.changes import follow_language
from ..playing.frame_guide import FrameGuide
from .offered import borrow_machine, button_for
from .parts import WindowParts


class ReportDesk(QObject):
    """A window without the panel works without it."""

    def __init__(self, parts: WindowParts, window: QWidget) -> None:
        super().__init__(window)
        self._parts = parts
        self._guide = FrameGuide(parts.player, self)
        self._panel = cast("Differences | None", parts.docks.panel("disagreements"))
        self._models = cast("Models | None", parts.docks.panel("models"))
        self._bench = cast("Bench | None", parts.docks.panel("compare"))
        self._action = button_for("disagreements", self.open, self)
        if self._bench is not None and self._panel is not None:
            self._bench.offer(self._action)
        follow_language(window, self._set_texts)
        parts.settings.changed.connect(self._show_marks)
        if self._panel is not None:
            self._panel.start_asked.connect(self._start)
            self._panel.finished.connect(parts.player.resume)
            self._panel.chosen.connect(self._go_to)
            self._panel.marks_toggled.connect(self._use_marks)
        self._show_marks()

    def handlers(self) -> Mapping[str, Callable[..., object]]:
        """The handlers of the keys that lead from one disagreement to the next."""
        return {
            "next moment": lambda: self._step(1),
            "previous moment": lambda: self._step(-1),
        }

    @property
    def is_running(self) -> bool:
        """Whether something goes on that a slip of a finger is not to end."""
        return self._panel is not None and self._panel.is_running

    @property
    def titles(self) -> RunTitles | None:
        """What a search runs just now, None where none does."""
        return self._panel.titles if self._panel is not None else None

    def cancel(self) -> None:
        """End what goes on: the window closes."""
        if self._panel is not None:
            self._panel.cancel()

    def show_choices(self, choices: tuple[ModelChoice, ...]) -> None:
        """The models that there are."""
        if self._panel is not None:
            self._panel.show_choices(choices)

    def refresh(self) -> None:
        """Show the panel what is played, with which models."""
        player = self._parts.player
        if self._panel is None or player.is_suspended:
            return
        source = player.config.source
        self._panel.show_source(source, is_live=is_always_live(source))
        first, other = player.config.model, player.beside
        if self._models is not None:
            # What is played may be named without its size; the list has it with one.
            running = self._models.running
            first = first if running is None else running.argument
            other = other or self._models.neighbour(-1) or self._models.neighbour(1) or ""
        if other:
            self._panel.propose(first, other)

    def _set_texts(self) -> None:
        self._action.setText(self.tr("Disagreements…"))
        self._action.setToolTip(
            self.tr("where the two rows that are selected, or ticked, differ on this clip")
        )

    def open(self) -> None:
        """Open the panel with the two rows of the table, else with two of those ticked."""
        panel, bench = self._panel, self._bench
        if panel is None or bench is None:
            return
        for rows in (bench.selected, bench.ticked):
            if len(rows) >= 2:
                # The larger size is what the smaller one is judged by.
                panel.choose(rows[-1], rows[0])
                break
        self._parts.docks.open_only("disagreements")

    def _start(self) -> None:
        panel, player = self._panel, self._parts.player
        if panel is None:
            return
        if not player.is_suspended:
            self._guide.forget()
        tell = self._parts.toasts.show_toast
        borrow_machine(player, "search", lambda: panel.run(player.config), tell)

    def _go_to(self, moment: Disagreement) -> None:
        report = self._panel.report if self._panel is not None else None
        if report is not None and not self._parts.player.is_suspended:
            self._guide.go(moment.position_s, (report.first, report.second))

    def _step(self, by: int) -> None:
        if self._panel is None or self._panel.step(by):
            return
        if self._panel.report is None:
            words = self.tr("nothing is listed yet: look for disagreements first")
        elif by > 0:
            words = self.tr("this is the last disagreement of the list")
        else:
            words = self.tr("this is the first disagreement of the list")
        self._parts.toasts.show_toast(words, topic="key")

    def _use_marks(self, marks: bool) -> None:
        self._parts.settings.change(marks_alone=marks)

    def _show_marks(self) -> None:
        marks = self._parts.settings.state.marks_alone
        self._parts.view.mark_alone(marks)
        if self._panel is not None:
            self._panel.show_marks(marks)
