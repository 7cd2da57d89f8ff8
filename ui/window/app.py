"""The application around the window: platform, error hook, messages, signals."""

from __future__ import annotations

import logging
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType, TracebackType
from typing import Final

from PyQt5.QtCore import (
    QCoreApplication,
    QLibraryInfo,
    QLocale,
    QMessageLogContext,
    Qt,
    QTimer,
    QtMsgType,
    qInstallMessageHandler,
)
from PyQt5.QtWidgets import QApplication

from rkvideo.config import AppConfig
from rkvideo.errors import ConfigError, ShutdownTimeout
from rkvideo.machine.display import bare_environment, bare_platform, bare_trouble
from rkvideo.machine.npu_files import ROOT

from ..bench.panel import BenchPanel
from ..bridge import Bridge
from ..contract.run import WindowOptions
from ..contract.services import Services
from ..kept.settings import Settings
from ..look.icons import set_icon
from ..look.language import AUTO, language_for, switch_language
from ..look.sizes import facts_of
from ..look.style import apply_style
from ..panels.graph import RateGraph
from ..panels.models_panel import ModelsPanel
from ..panels.record_panel import RecordPanel
from ..panels.settings_panel import SettingsPanel
from ..panels.tuning_panel import TuningPanel
from ..picture.gl.choice import TRIAL_NAME, choose_painting, paint_by
from ..report.panel import DisagreementPanel
from .docks import BOTTOM, RIGHT, PanelSpec
from .ending import SHUTDOWN_S
from .main_window import MainWindow

_HEARTBEAT_MS: Final = 1000
_QT_LEVELS: Final = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}

# The application, until the process ends: PyQt5 walks over every wrapper of a QObject when it is
# freed, and ends the process with SIGSEGV where one of them is being freed too. It walks once more
# at the interpreter's exit, which `leave` in `rkvideo/cli/main.py` goes round.
_applications: Final[list[QApplication]] = []

# Those that still measure when the window is gone: freed, they would wait for the end of that.
_bridges: Final[list[Bridge]] = []

_log = logging.getLogger(__name__)
_qt_log = logging.getLogger("rkvideo.ui.qt")


def run_window(services: Services, config: AppConfig, options: WindowOptions) -> int:
    """Show a window that plays `config` until the user closes it; gives the exit code.

    The code is 0, or 1 where the last source failed; its error was shown and logged. Raises
    ConfigError where there is no screen or no GPU for `options.paint`, the error of a source that
    `options.closes_on_refusal` leaves to the terminal, and ShutdownTimeout where threads are
    still alive after the window has closed: they would keep the interpreter from ending.
    """
    plugins = Path(QLibraryInfo.location(QLibraryInfo.PluginsPath))
    platform = choose_platform(os.environ, plugins)
    with _qt_messages_logged():
        app = _application(platform, pointer=not options.kiosk)
        language = options.language or options.state.language or AUTO
        switch_language(language_for(language, QLocale.system().uiLanguages()))
        screen = app.primaryScreen()
        apply_style(app, facts_of(screen).factor if screen is not None else 1.0)
        set_icon(app)
        file = options.state_file
        mark = None if file is None else file.path.with_name(TRIAL_NAME)
        painting = choose_painting(options.paint, mark)
        bridge = Bridge()
        settings = Settings(options.state, options.state_file, bridge)
        panels = panel_specs(services, bridge, settings, config)
        window = MainWindow(services, bridge, settings, config, options, panels)
        paint_by(painting, window.view)
        window.closed.connect(app.quit)
        try:
            with errors_reported(bridge.tell), _signals_close(window):
                _show(window, services, app)
        finally:
            # A thread that is left keeps the interpreter from ending.
            bridge.end_preparing()
        is_idle = bridge.wait_idle(SHUTDOWN_S)
        if bridge.is_measuring:
            _log.warning("what was measured had not ended: the program ends without it")
            _bridges.append(bridge)
    if window.refusal is not None:
        raise window.refusal
    if window.shutdown_error or not is_idle:
        raise ShutdownTimeout(
            window.shutdown_error or "a file is still being written or fetched: this is given up"
        )
    return window.exit_code


def _show(window: MainWindow, services: Services, app: QApplication) -> None:
    """Until it is closed; the services hear that the event loop goes on."""
    heartbeat = QTimer(window)
    heartbeat.timeout.connect(services.alive)
    window.open()
    services.alive()
    heartbeat.start(_HEARTBEAT_MS)
    app.exec_()


def panel_specs(
    services: Services, bridge: Bridge, settings: Settings, config: AppConfig
) -> tuple[PanelSpec, ...]:
    """The panels of the window, in the order of their tabs."""
    state = settings.state
    return (
        PanelSpec("models", RIGHT, ModelsPanel),
        PanelSpec("boxes", RIGHT, lambda: TuningPanel(config.filter, state.look)),
        PanelSpec("record", RIGHT, lambda: RecordPanel(state.record)),
        PanelSpec("compare", BOTTOM, lambda: BenchPanel(bridge, services.bench(config))),
        PanelSpec("graph", BOTTOM, RateGraph),
        PanelSpec("disagreements", RIGHT, lambda: DisagreementPanel(bridge, services.reports())),
        PanelSpec("settings", RIGHT, SettingsPanel),
    )


def choose_platform(
    environment: Mapping[str, str],
    plugins: Path | None = None,
    root: Path = ROOT,
    system: str = sys.platform,
) -> str | None:
    """The Qt platform to ask for, None for Qt's own choice; `plugins` is where Qt has its own.

    Without a desktop Qt would end the process; here it draws straight to the screen. Raises
    ConfigError where there is no screen to draw to.
    """
    named = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    if not system.startswith("linux") or any(environment.get(name) for name in named):
        return None
    trouble = bare_trouble(root, plugins)
    if trouble is not None:
        raise ConfigError(
            f"no window: neither DISPLAY nor WAYLAND_DISPLAY is set, and {trouble}; start it on a "
            "desktop, or use the command `run`, which needs no screen"
        )
    return bare_platform(root, plugins)


@contextmanager
def errors_reported(tell: Callable[[str], None]) -> Iterator[None]:
    """While inside, an error that escapes a slot is logged, and told once, and Qt goes on.

    Without a hook PyQt5 aborts the process. The same error at the same line, such as one of every
    painting, is logged and told the first time only.
    """
    seen: set[tuple[str, str, int]] = set()

    def report(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        last = traceback.extract_tb(trace)[-1:]
        key = (kind.__name__, *((last[0].filename, last[0].lineno or 0) if last else ("", 0)))
        if key in seen:
            return
        seen.add(key)
        _log.error("error in the window", exc_info=(kind, error, trace))
        words = QCoreApplication.translate("App", "internal error, see the log: {error}")
        tell(words.format(error=f"{kind.__name__}: {error}"))

    before = sys.excepthook
    sys.excepthook = report
    try:
        yield
    finally:
        sys.excepthook = before


def bare_application() -> QApplication:
    """The application without a window, on the screen that a window would take.

    Raises ConfigError where there is none.
    """
    plugins = Path(QLibraryInfo.location(QLibraryInfo.PluginsPath))
    return _application(choose_platform(os.environ, plugins), pointer=True)


def _application(platform: str | None, *, pointer: bool) -> QApplication:
    running = QCoreApplication.instance()
    if isinstance(running, QApplication):
        app = running
    else:
        QApplication.setAttribute(Qt.ApplicationAttribute.AA_EnableHighDpiScaling)
        app = _on_platform(platform, pointer=pointer)
        _applications.append(app)
        app.setApplicationName("rkvideo")
    # The window says itself when it is done: it outlives its first close by the run's end.
    app.setQuitOnLastWindowClosed(False)
    return app


def _on_platform(platform: str | None, *, pointer: bool) -> QApplication:
    if platform is None:
        return QApplication(sys.argv[:1])
    with TemporaryDirectory(prefix="rkvideo-") as folder:
        os.environ.update(
            bare_environment(platform, os.environ, ROOT, Path(folder), pointer=pointer)
        )
        return QApplication([sys.argv[0], "-platform", platform])


@contextmanager
def _qt_messages_logged() -> Iterator[None]:
    before = qInstallMessageHandler(_log_qt_message)
    try:
        yield
    finally:
        qInstallMessageHandler(before)


def _log_qt_message(kind: QtMsgType, _where: QMessageLogContext, text: str | None) -> None:
    _qt_log.log(_QT_LEVELS.get(kind, logging.WARNING), "%s", text)


@contextmanager
def _signals_close(window: MainWindow) -> Iterator[None]:
    """While inside, SIGINT, SIGTERM and SIGHUP close the window.

    Python runs its handler when Qt next enters Python: at the window's timer, at the latest.
    """

    def close(_number: int, _frame: FrameType | None) -> None:
        QTimer.singleShot(0, close_window)

    def close_window() -> None:
        window.close()

    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, close) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
