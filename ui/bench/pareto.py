"""The plot that a user decides by: AP, or agreement, against frames per second."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PyQt5.QtCore import QPointF, QRectF, QSize, Qt
from PyQt5.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen, QPolygonF
from PyQt5.QtWidgets import QWidget

from rkvideo.report.front import front_of
from rkvideo.report.svg import Axis, axis_of
from rkvideo.report.whole import JoinedReport, Row

from ..look import theme
from ..look.changes import follow_language
from ..look.sizes import px

_LETTERS: Final = 13
_DOT: Final = 5
_LINE: Final = 2
_GAP: Final = 4
_GRID_ALPHA: Final = 40
# Where a name can stand beside its point: right or left of it, and above or below.
_PLACES: Final = ((1, -1), (-1, -1), (1, 1), (-1, 1))


@dataclass(frozen=True, slots=True)
class Point:
    """A row of run A or B. `quality` and its `interval` are in hundredths."""

    name: str
    family: str
    fps: float
    quality: float
    interval: tuple[float, float] | None
    is_b: bool


@dataclass(frozen=True, slots=True)
class Pareto:
    """The points of one or two runs, and of each run those that no other one beats, by fps."""

    is_ap: bool = True
    points: tuple[Point, ...] = ()
    fronts: tuple[tuple[Point, ...], ...] = ()

    @staticmethod
    def of(a: JoinedReport | None, b: JoinedReport | None) -> Pareto:
        """What both runs have measured of the same kind; that of run A decides which it is."""
        runs = [(report, is_b) for report, is_b in ((a, False), (b, True)) if report is not None]
        first = next((report for report, _ in runs if report.has_quality), None)
        if first is None:
            return Pareto()
        is_ap = first.evaluation is not None
        points: list[Point] = []
        fronts = []
        for report, is_b in runs:
            rows = [row for row in report.rows if _quality(row, is_ap) is not None and row.fps]
            whole = {row.family: row.name for row in rows}
            by_name = {
                row.name: _point(row, is_ap, is_b, is_whole=row.name == whole[row.family])
                for row in rows
            }
            points += by_name.values()
            fronts.append(tuple(by_name[name] for name in front_of(rows)))
        return Pareto(is_ap, tuple(points), tuple(front for front in fronts if front))


class ParetoPlot(QWidget):
    """Up is more right, or more like the reference; right is faster. The front is a line.

    Run B is dashed, with hollow points. It is painted by itself: a plot of a handful of points
    needs no scene.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pareto = Pareto()
        self.setMinimumSize(160, 140)
        follow_language(self, self._set_texts)

    @property
    def pareto(self) -> Pareto:
        """What is drawn."""
        return self._pareto

    def show_reports(self, a: JoinedReport | None, b: JoinedReport | None) -> None:
        """Draw the rows of these in the place of those before."""
        self._pareto = Pareto.of(a, b)
        self._set_texts()

    def sizeHint(self) -> QSize:
        """As large as the other plots like to be."""
        return QSize(px(400), px(260))

    def words(self) -> str:
        """What is said in the place of points where there are none."""
        if self._pareto.points:
            return ""
        return self.tr("AP or agreement against fps: nothing was measured that has both yet")

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        """See QWidget."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.BACKGROUND)
        painter.setRenderHint(QPainter.Antialiasing)
        painter.setFont(theme.font(px(_LETTERS)))
        if self._pareto.points:
            _Drawing(painter, QRectF(self.rect()), self._pareto, self._titles()).draw()
        else:
            painter.setPen(theme.FAINT_TEXT)
            flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
            painter.drawText(self.rect().adjusted(8, 8, -8, -8), flags, self.words())
        painter.end()

    def _titles(self) -> tuple[str, str]:
        return "fps", "AP50-95, %" if self._pareto.is_ap else self.tr("agreement, %")

    def _set_texts(self) -> None:
        words = self.tr("the line joins the rows that no other one beats in both: take one of them")
        self.setToolTip(words if self._pareto.points else "")
        self.update()


class _Drawing:
    """One painting of the plot."""

    def __init__(
        self, painter: QPainter, area: QRectF, pareto: Pareto, titles: tuple[str, str]
    ) -> None:
        self._painter, self._pareto = painter, pareto
        points = pareto.points
        ends = [end for point in points for end in point.interval or (point.quality,)]
        self._x = axis_of(titles[0], [point.fps for point in points])
        values = [*ends, *(point.quality for point in points)]
        self._y = axis_of(titles[1], values, from_zero=False)
        self._letters = QFontMetricsF(painter.font())
        left = max(self._letters.horizontalAdvance(text) for _, text in self._y.ticks) + 3 * _GAP
        line = self._letters.height()
        self._plot = area.adjusted(left, 1.6 * line, -2 * line, -2.4 * line)
        families = list(dict.fromkeys(point.family for point in points))
        self._colors = {name: theme.series_color(at) for at, name in enumerate(families)}

    def draw(self) -> None:
        """Everything, what is to be read last."""
        self._draw_axes()
        for front in self._pareto.fronts:
            self._draw_front(front)
        for point in self._pareto.points:
            self._draw_interval(point)
        for point in self._pareto.points:
            self._draw_dot(point)
        self._draw_names()

    def _at(self, x: float, y: float) -> QPointF:
        return QPointF(
            self._plot.left() + _share(self._x, x) * self._plot.width(),
            self._plot.bottom() - _share(self._y, y) * self._plot.height(),
        )

    def _draw_axes(self) -> None:
        painter, plot, height = self._painter, self._plot, self._letters.height()
        grid = QColor(theme.FAINT_TEXT)
        grid.setAlpha(_GRID_ALPHA)
        for value, text in self._x.ticks:
            at = self._at(value, self._y.low)
            painter.setPen(grid)
            painter.drawLine(at, QPointF(at.x(), plot.top()))
            painter.setPen(theme.FAINT_TEXT)
            place = QRectF(at.x() - plot.width(), at.y() + _GAP, 2 * plot.width(), height)
            painter.drawText(place, int(Qt.AlignmentFlag.AlignHCenter), text)
        for value, text in self._y.ticks:
            at = self._at(self._x.low, value)
            painter.setPen(grid)
            painter.drawLine(at, QPointF(plot.right(), at.y()))
            painter.setPen(theme.FAINT_TEXT)
            place = QRectF(0, at.y() - height / 2, at.x() - _GAP, height)
            painter.drawText(place, int(Qt.AlignmentFlag.AlignRight), text)
        below = QRectF(plot.left(), plot.bottom() + _GAP + height, plot.width(), 1.2 * height)
        painter.drawText(below, int(Qt.AlignmentFlag.AlignHCenter), self._x.title)
        above = QRectF(_GAP, _GAP, plot.right(), 1.2 * height)
        painter.drawText(above, int(Qt.AlignmentFlag.AlignLeft), self._y.title)

    def _draw_front(self, front: Sequence[Point]) -> None:
        style = Qt.PenStyle.DashLine if front[0].is_b else Qt.PenStyle.SolidLine
        self._painter.setPen(QPen(theme.TEXT, px(_LINE), style))
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        places = [self._at(point.fps, point.quality) for point in front]
        self._painter.drawPolyline(QPolygonF(places))

    def _draw_interval(self, point: Point) -> None:
        if point.interval is None:
            return
        self._painter.setPen(QPen(self._colors[point.family], max(1, px(_LINE) // 2)))
        low, high = (self._at(point.fps, end) for end in point.interval)
        self._painter.drawLine(low, high)
        for end in (low, high):
            self._painter.drawLine(end - QPointF(px(_GAP), 0), end + QPointF(px(_GAP), 0))

    def _draw_dot(self, point: Point) -> None:
        color = self._colors[point.family]
        self._painter.setPen(QPen(color, px(_LINE)))
        self._painter.setBrush(theme.BACKGROUND if point.is_b else color)
        radius = px(_DOT)
        self._painter.drawEllipse(self._at(point.fps, point.quality), radius, radius)

    def _draw_names(self) -> None:
        radius = px(_DOT) + 1
        dots = [self._at(point.fps, point.quality) for point in self._pareto.points]
        taken = [_around(dot, radius) for dot in dots]
        for point, dot in zip(self._pareto.points, dots, strict=True):
            text = f"{point.name} B" if point.is_b else point.name
            place = self._place_of(text, dot, taken)
            taken.append(place)
            self._painter.setPen(self._colors[point.family])
            self._painter.drawText(place, theme.LEFT, text)

    def _place_of(self, text: str, dot: QPointF, taken: Sequence[QRectF]) -> QRectF:
        """Where the name hides least: of several equal places the first."""
        width, height = self._letters.horizontalAdvance(text) + 1, self._letters.height()
        away = px(_DOT) + _GAP
        room = self._plot.adjusted(0, -height, 2 * height, 0)
        places = [
            QRectF(
                dot.x() + away if across > 0 else dot.x() - away - width,
                dot.y() + (0 if down > 0 else -height),
                width,
                height,
            )
            for across, down in _PLACES
        ]
        return min(
            places,
            key=lambda place: (
                sum(place.intersects(other) for other in taken) + 2 * (not room.contains(place))
            ),
        )


def _share(axis: Axis, value: float) -> float:
    return (value - axis.low) / (axis.high - axis.low)


def _around(center: QPointF, radius: float) -> QRectF:
    return QRectF(center.x() - radius, center.y() - radius, 2 * radius, 2 * radius)


def _quality(row: Row, is_ap: bool) -> float | None:
    return row.ap if is_ap else row.agreement_share


def _point(row: Row, is_ap: bool, is_b: bool, *, is_whole: bool) -> Point:
    """One whole name is enough for a model: the colour tells it."""
    found = row.accuracy if is_ap else row.agreement
    interval = None if found is None else found.interval
    return Point(
        row.title if is_whole else row.title.rpartition("@")[2],
        row.family,
        row.fps or 0.0,
        100 * (_quality(row, is_ap) or 0.0),
        None if interval is None else (100 * interval.low, 100 * interval.high),
        is_b,
    )
