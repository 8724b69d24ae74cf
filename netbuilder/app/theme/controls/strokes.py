"""The few shapes that all controls are made of."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyleOption, QWidget

from netbuilder.app.theme.sizes import RADIUS_CONTROL
from netbuilder.app.theme.state import colour

Direction = Literal["up", "down", "left", "right"]

# Whole numbers, because a flag of PySide takes microseconds to combine and there are
# a thousand to ask for in one repaint.
ENABLED = QStyle.StateFlag.State_Enabled.value
HOVERED = QStyle.StateFlag.State_MouseOver.value
PRESSED = QStyle.StateFlag.State_Sunken.value
FOCUSED = QStyle.StateFlag.State_HasFocus.value
BY_KEYBOARD = QStyle.StateFlag.State_KeyboardFocusChange.value
ON = QStyle.StateFlag.State_On.value
HALF = QStyle.StateFlag.State_NoChange.value
SELECTED = QStyle.StateFlag.State_Selected.value
OPEN = QStyle.StateFlag.State_Open.value
CHILDREN = QStyle.StateFlag.State_Children.value
HORIZONTAL = QStyle.StateFlag.State_Horizontal.value
RAISED = QStyle.StateFlag.State_Raised.value
AUTO_RAISE = QStyle.StateFlag.State_AutoRaise.value


def has(option: QStyleOption, flags: int) -> bool:
    """Whether one of these states is set."""
    return (option.state.value & flags) != 0


def focused_by_keyboard(option: QStyleOption) -> bool:
    """Whether to draw a focus ring: a mouse click alone must not."""
    both = FOCUSED | BY_KEYBOARD
    return (option.state.value & both) == both


def label_of(widget: QWidget | None, name: str) -> object:
    """A dynamic property of the widget, None where there is no widget."""
    return None if widget is None else widget.property(name)


def box(
    painter: QPainter,
    rect: QRect | QRectF,
    fill: QColor | None,
    border: QColor | None,
    radius: float = RADIUS_CONTROL,
    width: float = 1.0,
) -> None:
    """A rounded box whose border lies wholly inside ``rect``."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    inside = QRectF(rect)
    if border is None:
        painter.setPen(Qt.PenStyle.NoPen)
    else:
        half = width / 2
        inside.adjust(half, half, -half, -half)
        radius = max(radius - half, 0.0)
        painter.setPen(QPen(border, width))
    if fill is None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
    else:
        painter.setBrush(fill)
    painter.drawRoundedRect(inside, radius, radius)
    painter.restore()


def ring(painter: QPainter, rect: QRect | QRectF, radius: float = RADIUS_CONTROL) -> None:
    """The 2-px ring of the keyboard focus."""
    box(painter, rect, None, colour("accent"), radius, 2.0)


def chevron(
    painter: QPainter, centre: QPointF, direction: Direction, ink: QColor, reach: float = 3.5
) -> None:
    """An open arrow head, 1.4 wide and twice ``reach`` across."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(ink, 1.4)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    depth = reach / 2
    corners = {
        "down": ((-reach, -depth), (0.0, depth), (reach, -depth)),
        "up": ((-reach, depth), (0.0, -depth), (reach, depth)),
        "right": ((-depth, -reach), (depth, 0.0), (-depth, reach)),
        "left": ((depth, -reach), (-depth, 0.0), (depth, reach)),
    }[direction]
    painter.drawPolyline([QPointF(centre.x() + x, centre.y() + y) for x, y in corners])
    painter.restore()


def tick(painter: QPainter, rect: QRect | QRectF, ink: QColor) -> None:
    """The mark of a checked box, 1.8 wide."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(ink, 1.8)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    area = QRectF(rect)
    painter.drawPolyline(
        [
            QPointF(area.x() + area.width() * fx, area.y() + area.height() * fy)
            for fx, fy in ((0.24, 0.53), (0.43, 0.71), (0.77, 0.31))
        ]
    )
    painter.restore()


def centre_of(rect: QRect) -> QPointF:
    """The exact middle, which ``QRect.center`` rounds down."""
    return QRectF(rect).center()
