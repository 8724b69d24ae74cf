"""Where one is and how large it is, in the upper left corner of the canvas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPen

from netbuilder.app.canvas.node_face import number
from netbuilder.app.canvas.overlay import PaintedOverlay
from netbuilder.app.theme import colour, fonts, icons, theme, translucent
from netbuilder.compiler.report import Check

if TYPE_CHECKING:
    from netbuilder.app.canvas.view import CanvasView

LEFT, TOP, HEIGHT = 12, 8, 26


def amount(n: int) -> str:
    """A large number in few letters: ``9 312``, ``5.2 M``."""
    for size, letter in ((10**12, "T"), (10**9, "G"), (10**6, "M")):
        if n >= size:
            return f"{n / size:.1f}\u202f{letter}"
    return number(n)


def totals(check: Check, place: tuple[str, ...], nodes: int) -> str:
    """Nodes, parameters and multiply-adds of what is shown."""
    if place:
        infos = check.inside(place[-1]).values()
        parameters = sum(info.parameters for info in infos)
        work = sum(info.multiply_adds for info in infos)
    else:
        parameters, work = check.parameters, check.multiply_adds
    parts = ["1 node" if nodes == 1 else f"{number(nodes)} nodes"]
    if parameters:
        parts.append(f"{number(parameters)} parameters")
    if work:
        parts.append(f"{amount(work)} multiply-adds")
    return " · ".join(parts)


class Breadcrumb(PaintedOverlay):
    """The way from the project into the block that is shown; each part goes back there."""

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view)
        self._view = view
        self._parts: list[tuple[str, QRectF]] = []
        self.totals = ""
        #: The part that a carried property would go to, and whether one is carried at all.
        self.target: int | None = None
        self.inviting = False
        self.setMouseTracking(True)
        self.setAccessibleName("Path and totals")
        theme.changed.connect(self.redraw)

    @property
    def names(self) -> tuple[str, ...]:
        """The project's name, then that of each block on the way."""
        document = self._view.document
        return (document.title, *self._view.place)

    def refresh(self) -> None:
        """Read the path and the totals anew."""
        view = self._view
        self.totals = totals(view.canvas.check, view.place, len(view.canvas.graph))
        self.setAccessibleDescription(f"{' › '.join(self.names)}, {self.totals}")
        self.settle()
        self.redraw()

    def settle(self) -> None:
        """Find the width the words need."""
        x = 26.0
        bold = self.fontMetrics()
        title = fonts.title()
        from netbuilder.app.canvas.ink import advance

        self._parts = []
        for name in self.names:
            width = advance(title, name)
            self._parts.append((name, QRectF(x, 0, width, HEIGHT)))
            x += width + 22
        width = x + bold.horizontalAdvance(self.totals) + 10
        self.setGeometry(
            LEFT, TOP, min(int(width) + 4, max(0, self._view.width() - 2 * LEFT)), HEIGHT
        )
        self.raise_()

    def draw(self, painter: QPainter) -> None:
        """Paint the way and the totals."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(translucent("canvas", 0.85))
        painter.drawRoundedRect(QRectF(self.rect()), 4, 4)
        ratio = self.devicePixelRatioF()
        painter.drawPixmap(5, 5, icons.pixmap("home", "text2", 16, ratio))
        end = 26.0
        for i, (name, rect) in enumerate(self._parts):
            painter.setFont(fonts.title())
            painter.setPen(colour("text" if i == len(self._parts) - 1 else "text2"))
            painter.drawText(rect.adjusted(0, 0, 4, 0), Qt.AlignmentFlag.AlignVCenter, name)
            painter.setFont(fonts.body())
            painter.setPen(colour("text3"))
            gap = QRectF(rect.right(), 0, 22, HEIGHT)
            painter.drawText(gap, Qt.AlignmentFlag.AlignCenter, "›")
            end = gap.right()
            if self.inviting and i == len(self._parts) - 1:
                self._invite(painter, rect, i == self.target)
        painter.setPen(colour("text2"))
        area = QRectF(end, 0, self.width() - end, HEIGHT)
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, self.totals)

    def _invite(self, painter: QPainter, rect: QRectF, over: bool) -> None:
        """A border around the block that takes what is carried, filled when it is over it."""
        painter.setPen(QPen(colour("accent"), 1, Qt.PenStyle.SolidLine))
        painter.setBrush(translucent("accent", 0.25) if over else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(rect.adjusted(-5, 3.5, 5, -3.5), 4, 4)

    def part_at(self, at: QPoint) -> int | None:
        """Which part of the path is at a point of this widget, counted from the project."""
        found = (
            i
            for i, (_, rect) in enumerate(self._parts)
            if rect.left() - 8 <= at.x() <= rect.right() + 8
        )
        return next(found, None) if self.rect().contains(at) else None

    def invite(self, inviting: bool, target: int | None = None) -> None:
        """Show where a carried property may be let go, and whether it is there."""
        if (inviting, target) != (self.inviting, self.target):
            self.inviting, self.target = inviting, target
            self.redraw()

    def _place_at(self, event: QMouseEvent) -> int | None:
        x = event.position().x()
        for i, (_, rect) in enumerate(self._parts[:-1]):
            left = 0 if i == 0 else rect.left()
            if left <= x <= rect.right():
                return i
        return None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        over = self._place_at(event) is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        depth = self._place_at(event)
        if depth is not None:
            self._view.enter_place(self._view.place[:depth])
