"""Check boxes, radio buttons and the small marks beside things."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QStyleOption, QWidget

from netbuilder.app.theme.controls.strokes import (
    CHILDREN,
    ENABLED,
    HALF,
    HOVERED,
    ON,
    OPEN,
    Direction,
    box,
    centre_of,
    chevron,
    has,
    tick,
)
from netbuilder.app.theme.sizes import RADIUS_CHIP
from netbuilder.app.theme.state import colour

INDICATOR = 14


def _square(option: QStyleOption) -> QRectF:
    """Always a whole square of one size, wherever the caller's rectangle is larger."""
    side = float(min(option.rect.width(), option.rect.height(), INDICATOR))
    area = QRectF(option.rect)
    left = area.x() + (area.width() - side) // 2
    top = area.y() + (area.height() - side) // 2
    return QRectF(left, top, side, side)


def check_box(painter: QPainter, option: QStyleOption, widget: QWidget | None) -> None:
    """``PE_IndicatorCheckBox`` and the check boxes of item views."""
    square = _square(option)
    enabled = has(option, ENABLED)
    if not (has(option, ON) or has(option, HALF)):
        lit = enabled and has(option, HOVERED)
        border = colour("text3" if lit else "line_strong" if enabled else "line")
        box(painter, square, colour("input"), border, RADIUS_CHIP)
        return
    box(painter, square, colour("accent_fill" if enabled else "hover"), None, RADIUS_CHIP)
    ink = colour("on_accent" if enabled else "disabled")
    if has(option, HALF):
        painter.fillRect(
            QRectF(square.x() + 3, square.center().y() - 1, square.width() - 6, 2), ink
        )
    else:
        tick(painter, square, ink)


def radio_button(painter: QPainter, option: QStyleOption, widget: QWidget | None) -> None:
    """``PE_IndicatorRadioButton``."""
    square = _square(option)
    enabled, on = has(option, ENABLED), has(option, ON)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if on:
        ink = "accent" if enabled else "disabled"
    else:
        ink = "line_strong" if enabled else "line"
        if enabled and has(option, HOVERED):
            ink = "text3"
    width = 1.5 if on else 1.0
    painter.setPen(QPen(colour(ink), width))
    painter.setBrush(colour("input"))
    half = width / 2
    painter.drawEllipse(square.adjusted(half, half, -half, -half))
    if on:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(ink))
        painter.drawEllipse(square.center(), 3.2, 3.2)
    painter.restore()


def arrow(painter: QPainter, option: QStyleOption, direction: Direction) -> None:
    """``PE_IndicatorArrow…``: a chevron instead of a filled triangle."""
    ink = colour("text2" if has(option, ENABLED) else "disabled")
    reach = min(3.5, max(2.5, min(option.rect.width(), option.rect.height()) / 3))
    chevron(painter, centre_of(option.rect), direction, ink, reach)


def branch(painter: QPainter, option: QStyleOption, widget: QWidget | None) -> None:
    """``PE_IndicatorBranch``: a chevron where there are children, no lines."""
    if has(option, CHILDREN):
        ink = colour("text2")
        chevron(painter, centre_of(option.rect), "down" if has(option, OPEN) else "right", ink)


def close_mark(painter: QPainter, option: QStyleOption, widget: QWidget | None) -> None:
    """``PE_IndicatorTabClose``: a cross."""
    if has(option, ENABLED) and has(option, HOVERED):
        box(painter, option.rect, colour("hover"), None, RADIUS_CHIP)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour("text2"), 1.4))
    middle, reach = centre_of(option.rect), 3.5
    for sign in (1.0, -1.0):
        painter.drawLine(
            middle + QPointF(-reach, -reach * sign), middle + QPointF(reach, reach * sign)
        )
    painter.restore()
