"""What is wrong with a node, in words beneath it, with remedies that one click applies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QTextLayout, QTextOption
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from netbuilder.app.canvas.ink import advance, caption_font, ink, metrics
from netbuilder.app.theme import fonts, icons, sizes
from netbuilder.compiler.report import Fix, Problem

if TYPE_CHECKING:
    from netbuilder.app.canvas.scene import CanvasScene

CALLOUT_Z = 3.0
#: With more troubled nodes than this, the rest show only where the person looks.
AT_ONCE = 4
WIDTH, LEFT, TOP, LINE = 232.0, 28.0, 5.0, 15.0
GAP = 8.0  # below the node


class CalloutItem(QGraphicsItem):
    """One callout for the worst problem of a node; says how many more there are."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__()
        self.problems = tuple(problems)
        self.problem = next((p for p in problems if p.severity == "error"), problems[0])
        self.lines = _two_lines(self.problem.message, WIDTH - LEFT - 8)
        self.links: list[tuple[Fix, QRectF]] = []
        self.setZValue(CALLOUT_Z)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setToolTip("\n".join(p.message for p in problems))
        x, y = LEFT, TOP + LINE * len(self.lines) + 2
        for fix in self.problem.fixes[:2]:
            width = advance(_link_font(), fix.label)
            x, y = _next_to(x, y, width)
            self.links.append((fix, QRectF(x, y, width, LINE + 1)))
            x += width + 10
        self.more = f"{len(problems) - 1} more" if len(problems) > 1 else ""
        self.more_at = QPointF(*_next_to(x, y, advance(caption_font(), self.more)))
        below = self.more_at.y() if self.more else y
        last = below + LINE if self.links or self.more else TOP + LINE * len(self.lines)
        self.height = last + TOP

    def boundingRect(self) -> QRectF:
        return QRectF(-1, -1, WIDTH + 2, self.height + 2)

    def fix_at(self, pos: QPointF) -> Fix | None:
        """The remedy whose link is under a point of the scene."""
        local = pos - self.pos()
        return next((f for f, r in self.links if r.adjusted(-4, -4, 4, 4).contains(local)), None)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        own = ink()
        pen, brush, _ = own.severity[self.problem.severity]
        painter.setPen(pen)
        painter.setBrush(brush)
        painter.drawRoundedRect(QRectF(0, 0, WIDTH, self.height), 4, 4)
        error = self.problem.severity == "error"
        ratio = painter.device().devicePixelRatioF() * max(1.0, painter.worldTransform().m11())
        icon = icons.pixmap(
            "error" if error else "warning", "error" if error else "warn", 13, ratio
        )
        painter.drawPixmap(QPointF(8, TOP + 1), icon)
        painter.setFont(caption_font())
        painter.setPen(own.text)
        for i, line in enumerate(self.lines):
            painter.drawText(_line_box(LEFT, TOP + LINE * i), Qt.AlignmentFlag.AlignVCenter, line)
        painter.setFont(_link_font())
        painter.setPen(own.accent)
        for fix, rect in self.links:
            painter.drawText(rect.adjusted(0, 0, 20, 0), Qt.AlignmentFlag.AlignVCenter, fix.label)
        if self.more:
            painter.setFont(caption_font())
            painter.setPen(own.text2)
            where = _line_box(self.more_at.x(), self.more_at.y())
            painter.drawText(where, Qt.AlignmentFlag.AlignVCenter, self.more)


def _next_to(x: float, y: float, width: float) -> tuple[float, float]:
    """Where a link of this width begins: beside the one before, or beneath it."""
    return (LEFT, y + LINE) if x > LEFT and x + width > WIDTH - 8 else (x, y)


def _line_box(x: float, y: float) -> QRectF:
    return QRectF(x, y, WIDTH, LINE)


def _link_font():  # type: ignore[no-untyped-def]
    return fonts.ui(11, fonts.SEMIBOLD)


def _two_lines(text: str, width: float) -> list[str]:
    """`text` broken into at most two lines, the second one elided if need be."""
    layout = QTextLayout(text, caption_font())
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.beginLayout()
    line = layout.createLine()
    line.setLineWidth(width)
    cut = line.textLength()
    layout.endLayout()
    first, rest = text[:cut].rstrip(), text[cut:].lstrip()
    if not rest:
        return [first]
    measure: QFontMetricsF = metrics(caption_font())
    return [first, measure.elidedText(rest, Qt.TextElideMode.ElideRight, width)]


def _urgency(problems: Sequence[Problem]) -> tuple[bool, bool]:
    """Errors before warnings, what one click mends before what it does not."""
    error = any(p.severity == "error" for p in problems)
    return not error, not any(p.fixes for p in problems)


class Callouts:
    """The callouts of a scene: the most urgent ones, and those where the person looks."""

    def __init__(self, scene: CanvasScene) -> None:
        self._scene = scene
        self._problems: dict[str, Sequence[Problem]] = {}
        self._visible = True
        self.items: dict[str, CalloutItem] = {}

    def show(self, problems: Mapping[str, Sequence[Problem]]) -> None:
        """Say what is wrong with each node now."""
        self._problems = {i: found for i, found in problems.items() if i in self._scene.nodes}
        self.refresh()

    def refresh(self) -> None:
        """Follow a change of problems, selection or pointer."""
        scene = self._scene
        shown = self._problems
        if len(shown) > AT_ONCE:
            looked_at = {*scene.selected, scene.hovered}
            first = sorted(shown, key=lambda i: _urgency(shown[i]))[:AT_ONCE]
            shown = {i: found for i, found in shown.items() if i in looked_at or i in first}
        for node_id in [i for i in self.items if i not in shown]:
            scene.removeItem(self.items.pop(node_id))
        for node_id, found in shown.items():
            known = self.items.get(node_id)
            if known is not None and known.problems == tuple(found):
                continue
            if known is not None:
                scene.removeItem(known)
            self.items[node_id] = CalloutItem(found)
            self.items[node_id].setVisible(self._visible)
            scene.addItem(self.items[node_id])
        self.arrange()

    def arrange(self) -> None:
        """Put each callout beneath its node, lower where it would cover another one."""
        placed: list[QRectF] = []
        nodes = self._scene.nodes
        for node_id, callout in sorted(self.items.items(), key=lambda kv: nodes[kv[0]].x()):
            box = nodes[node_id].box
            where = QRectF(box.left(), box.bottom() + GAP, WIDTH, callout.height)
            for other in placed:
                if where.intersects(other):
                    where.moveTop(other.bottom() + sizes.GRID)
            placed.append(where)
            callout.setPos(where.topLeft())

    def drop(self, node_id: str) -> None:
        """The node is gone."""
        self._problems.pop(node_id, None)
        item = self.items.pop(node_id, None)
        if item is not None:
            self._scene.removeItem(item)

    def set_visible(self, visible: bool) -> None:
        """Hide all of them where they could not be read."""
        self._visible = visible
        for item in self.items.values():
            item.setVisible(visible)

    def at(self, pos: QPointF) -> CalloutItem | None:
        """The callout under a point of the scene that can be seen."""
        if not self._visible:
            return None
        return next((c for c in self.items.values() if c.sceneBoundingRect().contains(pos)), None)
