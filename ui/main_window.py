"""The main window: it shows a run, and its keys act on it."""

from __future__ import annotations

import logging
import time
from typing import Final

from PyQt5.QtCore import QRect, QSize, QTimer, pyqtSignal
from PyQt5.QtGui import QCloseEvent
from PyQt5.QtWidgets import QMainWindow, QWidget

from rkvideo.data import RunState, RunStatus
from rkvideo.errors import RkVideoError
from ui.banner import Banner, banner_for, error_text
from ui.bridge import Bridge
from ui.hud import HudFacts
from ui.keys import bind_keys, key_list
from ui.paint_meter import PaintMeter
from ui.recording import RecordSwitch
from ui.run import Run, WindowOptions
from ui.toasts import Toasts
from ui.video_view import Overlays, VideoView

REFRESH_MS: Final = 500
SHUTDOWN_S: Final = 2.0
# How long a window manager may take to fill the screen.
_MANAGER_MS: Final = 250
_FIRST_SIZE: Final = QSize(1280, 720)

_log = logging.getLogger(__name__)


class MainWindow(QMainWindow):
    """Shows one run from its start to its end.

    `closed` is emitted once the window is closed and every thread of the run has ended, or was
    given up.
    """

    closed = pyqtSignal()

    def __init__(
        self, run: Run, bridge: Bridge, options: WindowOptions, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._run = run
        self._bridge = bridge
        self._options = options
        self._meter = PaintMeter()
        self._view = VideoView(self._meter)
        self._recording = RecordSwitch(run, bridge, options.make_recorders)
        self._toasts = Toasts(self)
        self._hud_wanted = True
        self._keys_wanted = False
        self._was_maximized = False
        self._small: QRect | None = None
        self._known = run.status()
        self._failed = False
        self._shutdown_error = ""
        self._closing_since: float | None = None
        self._is_ended = False
        self._timer = QTimer(self)
        self._timer.setInterval(REFRESH_MS)
        self._build()

    def _build(self) -> None:
        self.setCentralWidget(self._view)
        self._bridge.on_result(self._show_newest)
        self._bridge.told.connect(self._toasts.show)
        self._bridge.sink_closed.connect(lambda _number: self.refresh())
        self._bridge.ended.connect(self._run_ended)
        self._toasts.changed.connect(self._show_overlays)
        self._timer.timeout.connect(self.refresh)
        bind_keys(
            self,
            {
                "pause": self.toggle_pause,
                "record": self.toggle_recording,
                "snapshot": self.save_snapshot,
                "hud": self.toggle_hud,
                "fullscreen": self.toggle_fullscreen,
                "leave": self.leave_fullscreen,
                "keys": self.toggle_keys,
                "quit": self.close,
            },
        )

    @property
    def view(self) -> VideoView:
        """The widget with the picture."""
        return self._view

    @property
    def exit_code(self) -> int:
        """0, or 1 where the run failed or did not end in time."""
        return int(self._failed or bool(self._shutdown_error))

    @property
    def shutdown_error(self) -> str:
        """Which threads did not end in time, empty where all did."""
        return self._shutdown_error

    def open(self) -> None:
        """Start the run and show the window. Raises RkVideoError where it does not start."""
        self._run.observe(self._bridge.offer)
        if self._options.first_recorders:
            self._recording.add(self._options.first_recorders, _now(), required=True)
        self._run.start(wait=False)
        self.refresh()
        self._timer.start()
        if (screen := self.screen()) is not None:
            self.resize(_FIRST_SIZE.boundedTo(screen.availableSize()))
        if self._options.fullscreen:
            self._fill_screen()
        else:
            self.show()

    def toggle_pause(self) -> None:
        """Pause the run, or let it go on."""
        state = self._run.status().state
        if state is RunState.PAUSED:
            self._run.resume()
        elif state is RunState.RUNNING:
            self._run.pause()
        self.refresh()

    def toggle_recording(self) -> None:
        """Start a recording, or end the one that goes on."""
        if self._recording.is_on:
            self._recording.stop()
        else:
            try:
                self._recording.start(_now())
            except RkVideoError as error:
                self._toasts.show(str(error))
            else:
                self._toasts.show(self.tr("recording started"))
        self.refresh()

    def save_snapshot(self) -> None:
        """Write the picture on the screen to a file."""
        if self._view.result is None:
            self._toasts.show(self.tr("no snapshot: there is no picture yet"))
        else:
            self._bridge.save_snapshot(self._options.save_snapshot, self._view.result)

    def toggle_hud(self) -> None:
        """Hide the figures, or show them."""
        self._hud_wanted = not self._hud_wanted
        self._show_overlays()

    def toggle_keys(self) -> None:
        """Show the list of keys, or hide it."""
        self._keys_wanted = not self._keys_wanted
        self._show_overlays()

    def toggle_fullscreen(self) -> None:
        """Fill the screen, or go back to what was before."""
        if self.isFullScreen():
            self.leave_fullscreen()
        else:
            self._fill_screen()

    def leave_fullscreen(self) -> None:
        """Go back to a window; it does not quit."""
        if not self.isFullScreen():
            return
        if self._was_maximized:
            self.showMaximized()
        else:
            self.showNormal()
        if self._small is not None:
            self.setGeometry(self._small)
            self._small = None

    def _fill_screen(self) -> None:
        self._was_maximized = self.isMaximized()
        self.showFullScreen()
        QTimer.singleShot(_MANAGER_MS, self._fill_unmanaged_screen)

    def _fill_unmanaged_screen(self) -> None:
        """A bare X server, as on a kiosk, has no window manager that makes the window large."""
        screen, handle = self.screen(), self.windowHandle()
        if screen is None or handle is None or not self.isFullScreen():
            return
        if self.size() != screen.size():
            self._small = self.geometry()
            # The widget's own `setGeometry` would end its full-screen state.
            handle.setGeometry(screen.geometry())

    def refresh(self) -> None:
        """Read the run's status and show what changed."""
        status = self._run.status()
        self._tell_news(status)
        self._known = status
        titles = self._run.titles
        self.setWindowTitle(
            " - ".join(word for word in ("rkvideo", titles.source, titles.model) if word)
        )
        self._show_overlays()

    def closeEvent(self, event: QCloseEvent | None) -> None:
        """End the run first; the window closes by itself once that is done."""
        if self._is_ended:
            self._timer.stop()
            self.closed.emit()
            return
        if event is not None:
            event.ignore()
        if self._closing_since is None:
            self._closing_since = _now()
            self._bridge.end_run(self._run, SHUTDOWN_S)
            self._show_overlays()

    def _run_ended(self, error: str) -> None:
        waited_s = _now() - (self._closing_since or 0.0)
        self._shutdown_error = error
        if not self._bridge.wait_idle(max(0.0, SHUTDOWN_S - waited_s)):
            _log.warning("a snapshot was not written in time")
        self._tell_news(self._run.status())
        self._is_ended = True
        self.close()

    def _show_newest(self) -> None:
        result = self._bridge.take()
        if result is None:
            return
        is_first = self._view.result is None
        self._view.show_result(result, self._run.titles)
        if is_first or self._view.overlays.banner is not None:
            self.refresh()

    def _tell_news(self, status: RunStatus) -> None:
        if status.error is not None and not self._failed:
            self._failed = True
            if self._is_refused(status.error):
                QTimer.singleShot(0, self._close_window)
            else:
                _log.error("%s", error_text(status.error))
        for notice in status.notices:
            if notice not in self._known.notices:
                self._toasts.show(notice)
        for path in status.recordings[len(self._known.recordings) :]:
            self._toasts.show(self.tr("recording finished: {path}").format(path=path))

    def _is_refused(self, error: Exception) -> bool:
        """A wrong name or option: the terminal tells it, there is nothing to look at."""
        is_usage_error = isinstance(error, RkVideoError) and error.is_usage_error
        return is_usage_error and self._view.result is None

    def _close_window(self) -> None:
        self.close()

    def _show_overlays(self) -> None:
        now = _now()
        has_picture = self._view.result is not None
        has_hud = has_picture and self._hud_wanted and not self._keys_wanted
        self._view.set_overlays(
            Overlays(
                hud=self._hud_facts(now) if has_hud else None,
                banner=self._banner(now, has_picture),
                toasts=self._toasts.lines,
                toast_opacity=self._toasts.opacity,
                keys=key_list() if self._keys_wanted else (),
            )
        )

    def _banner(self, now: float, has_picture: bool) -> Banner | None:
        if self._closing_since is not None:
            return Banner(self.tr("closing…"))
        return banner_for(self._known, self._run.titles.source, now, has_picture=has_picture)

    def _hud_facts(self, now: float) -> HudFacts:
        stats, painted = self._run.stats(), self._meter.figures(now)
        counts, titles = self._known.counts, self._run.titles
        stages = (*stats.stages, ("paint", painted.paint_s))
        return HudFacts(
            shown_fps=painted.fps,
            source_fps=stats.source_fps,
            latency_p50=painted.latency.p50 * 1e3,
            latency_p95=painted.latency.p95 * 1e3,
            stages=tuple((stage, seconds * 1e3) for stage, seconds in stages),
            dropped=counts.dropped,
            late=counts.late,
            failed=counts.failed,
            model=titles.model,
            backend=titles.backend,
            decoder=self._known.stream.decoder if self._known.stream else "",
            recording_s=self._recording.seconds(now),
            record_dropped=counts.record_dropped,
            npu=self._known.npu,
        )


def _now() -> float:
    return time.perf_counter()
