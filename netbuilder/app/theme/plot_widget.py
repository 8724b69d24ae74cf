"""The plot of the look. Import it through :func:`netbuilder.app.theme.plots.styled_plot`."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite, log10
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import ArrayLike
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QWidget

from netbuilder.app.theme import fonts
from netbuilder.app.theme.calm_box import CalmBox
from netbuilder.app.theme.plot_axis import PlotAxis
from netbuilder.app.theme.state import colour, theme

HEADER = 24
"""Height of the line with the title and the legend."""

SAMPLE = 18
GAP = 14


@dataclass
class Series:
    """One curve: what it is called, how it is drawn and its latest value."""

    name: str
    token: str
    curve: pg.PlotDataItem
    faint: bool = False
    markers: bool = False
    dash: tuple[float, ...] | None = None
    width: float = 1.0
    value: str = ""

    def pen(self) -> QPen:
        """The pen in the colour of the theme in force."""
        ink = QColor(colour(self.token))
        if self.faint:
            ink.setAlphaF(0.4)
        pen: QPen = pg.mkPen(ink, width=self.width)
        if self.dash is not None:
            # Qt counts dashes in pen widths.
            pen.setDashPattern([length / self.width for length in self.dash])
        return pen


class Plot(pg.PlotWidget):  # type: ignore[misc]
    """A plot with title and legend in one line, lines across only, no antialiasing.

    Keep and reuse it: pyqtgraph does not give back all memory of a plot.
    """

    def __init__(
        self,
        title: str,
        x_label: str = "",
        *,
        log_y: bool = False,
        full_range: float | None = None,
        parent: QWidget | None = None,
    ) -> None:
        self._title = title
        self._note = ""
        self._series: dict[str, Series] = {}
        self._marks: list[tuple[pg.ScatterPlotItem, pg.TextItem]] = []
        self._x_label = x_label
        self._left = PlotAxis("left", lines=True)
        self._bottom = PlotAxis("bottom", lines=False)
        axes = {"left": self._left, "bottom": self._bottom}
        # What grows while one looks keeps its y axis still.
        box = CalmBox(enableMenu=False) if full_range is not None else None
        super().__init__(parent, axisItems=axes, viewBox=box, enableMenu=False)
        self.setAntialiasing(False)
        self.setAccessibleName(title)
        self.setFrameShape(self.Shape.NoFrame)
        item = self.getPlotItem()
        # Lines of the grid belong behind the curves.
        for axis in axes.values():
            axis.setZValue(-1000)
        item.hideButtons()
        item.setMenuEnabled(False)
        item.setContentsMargins(0, HEADER + 4, 8, 14 if x_label else 2)
        item.setLogMode(x=False, y=log_y)
        if full_range is not None:
            self.setFullRange(full_range)
        self._restyle()
        theme.changed.connect(self._restyle)

    # What is drawn

    def add_series(
        self,
        name: str,
        token: str = "image",
        *,
        faint: bool = False,
        markers: bool = False,
        dash: tuple[float, ...] | None = None,
        smooth: bool = False,
    ) -> pg.PlotDataItem:
        """Add a curve and its place in the legend; returns the item to ``setData`` on.

        ``faint`` is the raw curve behind its smoothed one and has no place in the legend;
        ``markers`` draws hollow points (validation); ``smooth`` is 1.5 wide, which is only
        quick because the curve is drawn in segments.
        """
        curve = pg.PlotDataItem(connect="finite")
        series = Series(name, token, curve, faint, markers, dash, 1.5 if smooth else 1.0)
        if smooth:
            curve.curve.setSegmentedLineMode("on")
        self._series[name] = series
        self._dress(series)
        self.addItem(curve)
        self._update_header()
        return curve

    def set_data(self, name: str, x: ArrayLike, y: ArrayLike, value: str | None = None) -> None:
        """Replace the points of a curve, and its latest value in the legend.

        On a log axis what is not positive leaves a gap instead of reaching down for ever.
        """
        series = self._series[name]
        points = np.asarray(y, np.float64)
        if self._is_log():
            points = np.where(points > 0, points, np.nan)
        series.curve.setData(np.asarray(x, np.float64), points)
        if value is not None:
            self.set_value(name, value)

    def set_value(self, name: str, value: str) -> None:
        """Show a latest value in the legend."""
        if self._series[name].value != value:
            self._series[name].value = value
            self._update_header()

    def set_title(self, title: str) -> None:
        """Another title: another figure is shown."""
        if title != self._title:
            self._title = title
            self.setAccessibleName(title)
            self._update_header()

    def set_note(self, note: str) -> None:
        """Show words at the right of the title, where there is no legend."""
        self._note = note
        self._update_header()

    def setFullRange(self, end: float, start: float = 0.0) -> None:
        """Show the whole run on the x axis, so that the empty part says what is left."""
        self.setXRange(start, end, padding=0)

    def mark_divergence(self, x: float, y: float) -> None:
        """Put a cross and the word where a run went wrong; on a log axis ``y`` is still ``y``."""
        if self._is_log():
            y = log10(y) if y > 0 and isfinite(y) else self.getPlotItem().viewRange()[1][1]
        cross = pg.ScatterPlotItem([x], [y], symbol="+", size=11)
        word = pg.TextItem("diverged", anchor=(0, 1))
        word.setPos(x, y)
        word.setFont(fonts.caption())
        self._marks.append((cross, word))
        self._dress_mark(cross, word)
        self.addItem(cross)
        self.addItem(word)

    def remove_series(self, name: str) -> None:
        """Take one curve and its place in the legend away."""
        self.removeItem(self._series.pop(name).curve)
        self._update_header()

    def clear_series(self) -> None:
        """Take all curves and marks away; the plot can be filled again."""
        for series in self._series.values():
            self.removeItem(series.curve)
        for mark in self._marks:
            for part in mark:
                self.removeItem(part)
        self._series.clear()
        self._marks.clear()
        self._update_header()

    def _is_log(self) -> bool:
        return bool(self._left.logMode)

    # Colours

    def _dress(self, series: Series) -> None:
        series.curve.setPen(series.pen())
        if series.markers:
            series.curve.setSymbol("o")
            series.curve.setSymbolSize(5)
            series.curve.setSymbolPen(pg.mkPen(colour(series.token), width=1))
            series.curve.setSymbolBrush(colour("panel"))

    def _dress_mark(self, cross: pg.ScatterPlotItem, word: pg.TextItem) -> None:
        cross.setPen(pg.mkPen(None))
        cross.setBrush(colour("error"))
        word.setColor(colour("error"))
        # Without it a line of the grid would strike the word through.
        word.fill = pg.mkBrush(colour("panel"))

    def _restyle(self) -> None:
        self.setBackground(colour("panel"))
        self._left.restyle()
        self._bottom.restyle()
        for series in self._series.values():
            self._dress(series)
        for cross, word in self._marks:
            self._dress_mark(cross, word)
        self.viewport().update()

    # The line above, and the name of the x axis

    def _update_header(self) -> None:
        self.viewport().update(0, 0, self.width(), HEADER)

    def drawForeground(self, painter: QPainter, rect: Any) -> None:
        """Draw title, legend and the name of the x axis over the plot."""
        super().drawForeground(painter, rect)
        painter.save()
        # Text belongs to the window here, not to the scene.
        painter.resetTransform()
        self._draw_title(painter)
        if self._x_label:
            painter.setFont(fonts.caption())
            painter.setPen(colour("text3"))
            below = QRectF(0, self.height() - 16, self.width() - 8, 14)
            painter.drawText(
                below, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom, self._x_label
            )
        painter.restore()

    def _draw_title(self, painter: QPainter) -> None:
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        font = fonts.title()
        title = QFontMetrics(font).horizontalAdvance(self._title)
        right = self._draw_legend(painter, title + GAP)
        painter.setFont(font)
        painter.setPen(colour("text"))
        width = max(right - GAP, 0.0)
        text = QFontMetrics(font).elidedText(
            self._title, Qt.TextElideMode.ElideRight, max(int(width), 24)
        )
        painter.drawText(QRectF(0, 0, width + 1, HEADER), left, text)

    def _legend_width(self, named: bool) -> float:
        """Room for a sample, a name and a value of each curve; without `named` no names."""
        plain, bold = QFontMetrics(fonts.caption()), QFontMetrics(fonts.ui(11, fonts.SEMIBOLD))
        width = 0.0
        for series in (s for s in self._series.values() if not s.faint):
            width += SAMPLE + 5 + GAP
            width += plain.horizontalAdvance(series.name) if named else 0
            width += bold.horizontalAdvance(series.value) + 4 if series.value else 0
        return width

    def _draw_legend(self, painter: QPainter, kept: float) -> float:
        """Draw the legend from the right; returns where it begins.

        The first `kept` pixels are the title's: the note gives way to it, then the names.
        """
        x = float(self.width() - 8)
        plain, bold = fonts.caption(), fonts.ui(11, fonts.SEMIBOLD)
        side = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        noted = QFontMetrics(plain).horizontalAdvance(self._note) + GAP if self._note else 0
        named = x - self._legend_width(named=True) >= kept
        if self._note and x - self._legend_width(named=named) - noted >= kept:
            width = QFontMetrics(plain).horizontalAdvance(self._note)
            x -= width
            painter.setFont(plain)
            painter.setPen(colour("text3"))
            painter.drawText(QRectF(x, 0, width + 1, HEADER), side, self._note)
            x -= GAP
        for series in reversed([s for s in self._series.values() if not s.faint]):
            name = series.name if named or not series.value else ""
            name_width = QFontMetrics(plain).horizontalAdvance(name)
            value_width = QFontMetrics(bold).horizontalAdvance(series.value)
            if series.value:
                x -= value_width
                painter.setFont(bold)
                painter.setPen(colour("text"))
                painter.drawText(QRectF(x, 0, value_width + 1, HEADER), side, series.value)
                x -= 4
            x -= name_width
            painter.setFont(plain)
            painter.setPen(colour("text2"))
            painter.drawText(QRectF(x, 0, name_width + 1, HEADER), side, name)
            x -= SAMPLE + 5
            self._draw_sample(painter, series, x)
            x -= GAP
        return x + GAP

    def _draw_sample(self, painter: QPainter, series: Series, x: float) -> None:
        middle = HEADER / 2
        painter.setPen(series.pen())
        painter.drawLine(QPointF(x, middle), QPointF(x + SAMPLE, middle))
        if series.markers:
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(colour(series.token), 1))
            painter.setBrush(colour("panel"))
            painter.drawEllipse(QPointF(x + SAMPLE / 2, middle), 2.5, 2.5)
            painter.restore()
