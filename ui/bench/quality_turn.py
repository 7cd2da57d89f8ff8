"""The second half of a comparison: the pictures are read, then the rows run over them."""

from __future__ import annotations

from functools import partial

from PyQt5.QtCore import QObject, pyqtSignal

from rkvideo.bench.results import BenchReport
from rkvideo.config import AppConfig
from rkvideo.errors import RkVideoError
from rkvideo.evaluation.truth import DataSet
from rkvideo.report.quality import Quality, QualityStatus, QualityWish

from ..bridge import Bridge
from ..contract.bench_services import BenchServices, QualityRun
from ..look.time_left import TimeLeft


class QualityTurn(QObject):
    """One wish at a time: `read`, then `begin`; `over` has what was found, None for nothing.

    `data_read` or `refused` answers `read`, `over` or `refused` answers `begin`.
    """

    data_read = pyqtSignal()
    over = pyqtSignal(object)
    refused = pyqtSignal(object)

    def __init__(self, bridge: Bridge, services: BenchServices, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge, self._services = bridge, services
        self._wish: QualityWish | None = None
        self._data: DataSet | None = None
        self._run: QualityRun | None = None
        self._is_stopped = False
        self._clock = TimeLeft()

    @property
    def is_wanted(self) -> bool:
        """Whether pictures were read for the comparison that runs or comes."""
        return self._data is not None

    @property
    def is_reading(self) -> bool:
        """Whether the pictures are being read."""
        return self._wish is not None and self._data is None

    @property
    def is_agreement(self) -> bool:
        """Whether the models are laid beside a stronger one."""
        return self._wish is not None and bool(self._wish.against)

    def drop(self) -> None:
        """Forget the wish: the comparison is over, or is one of fps alone."""
        self._wish = self._data = self._run = None

    def read(self, config: AppConfig, wish: QualityWish) -> None:
        """Read the pictures, before anything is measured: a wrong folder is to cost nothing."""
        self.drop()
        self._wish = wish
        self._bridge.ask(
            partial(self._services.read_data, config, wish), self._has_data, self._refuse
        )

    def begin(self, bench: BenchReport, config: AppConfig) -> None:
        """Run the rows of a bench over the pictures."""
        wish, data = self._wish, self._data
        if wish is None or data is None:
            raise RuntimeError("read() comes first")
        self._is_stopped = False
        self._bridge.ask(
            partial(self._services.open_quality, bench, config, wish, data),
            self._opened,
            self._refuse,
        )

    def stop(self) -> None:
        """End it soon, with the rows that are done."""
        self._is_stopped = True
        if self._run is not None:
            self._run.stop()

    def cancel(self) -> None:
        """End it soon, without figures."""
        self._is_stopped = True
        if self._run is not None:
            self._run.cancel()

    def status(self) -> tuple[QualityStatus, float | None]:
        """How far it is, and the seconds that are left if the rest goes as what was done."""
        status = QualityStatus() if self._run is None else self._run.status()
        return status, self._clock.seconds(status.done / (status.total or 1))

    def _has_data(self, data: DataSet) -> None:
        self._data = data
        self.data_read.emit()

    def _opened(self, run: QualityRun) -> None:
        self._run = run
        if self._is_stopped:
            run.cancel()
        self._clock.start()
        self._bridge.ask(run.run, self._end, self._refuse, is_measuring=True)

    def _end(self, found: Quality | None) -> None:
        self.drop()
        self.over.emit(found)

    def _refuse(self, error: RkVideoError) -> None:
        self.drop()
        self.refused.emit(error)
