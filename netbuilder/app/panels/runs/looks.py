"""How runs are told apart in one plot: by colour and by the marks on the line."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap

from netbuilder.app.panels.train.run_plot import COLOURS
from netbuilder.app.theme import colour

#: Marks by their names in pyqtgraph. Dashes would tell, too, but are slow on long curves.
MARKS = ("o", "s", "t", "d", "+", "x", "p", "h", "star", "t1")
#: Of a piece of line in the list.
SIZE = QSize(26, 14)


def look(place: int) -> tuple[str, str]:
    """Colour and mark of the run at a place; the first fifty differ in one at least."""
    return COLOURS[(place + place // len(MARKS)) % len(COLOURS)], MARKS[place % len(MARKS)]


def icon(place: int) -> QIcon:
    """A piece of the line with its mark, for the list beside the plot."""
    from pyqtgraph.graphicsItems.ScatterPlotItem import Symbols

    token, mark = look(place)
    picture = QPixmap(SIZE * 2)
    picture.setDevicePixelRatio(2)
    picture.fill(QColor(0, 0, 0, 0))
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour(token), 1.5))
    middle = QRectF(QPointF(), SIZE.toSizeF()).center()
    painter.drawLine(0, int(middle.y()), SIZE.width(), int(middle.y()))
    painter.translate(middle)
    painter.scale(8, 8)
    pen = QPen(colour(token), 1.2)
    pen.setCosmetic(True)
    painter.setPen(pen)
    painter.setBrush(colour("panel"))
    painter.drawPath(Symbols[mark])
    painter.end()
    return QIcon(picture)
