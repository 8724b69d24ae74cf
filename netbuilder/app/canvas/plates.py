"""Words on a wire whose gradient has vanished or exploded."""

from __future__ import annotations

import math
from collections.abc import Iterable

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from netbuilder.app.canvas.ink import advance, chip_font, ink
from netbuilder.app.canvas.wire_item import EXPLODING, VANISHING, WireItem
from netbuilder.app.canvas.wire_path import level_piece
from netbuilder.app.theme import sizes


def plate_text(norm: float) -> str:
    """``grad 3e-9 ↓``, ``grad 4e+6 ↑``, or nothing for a norm that is all right."""
    if math.isnan(norm) or math.isinf(norm):
        return "grad not finite ↑"
    if norm > EXPLODING:
        return f"grad {_short(norm)} ↑"
    if norm < VANISHING:
        return f"grad {_short(norm)} ↓"
    return ""


def _short(norm: float) -> str:
    digits, power = f"{norm:.0e}".split("e")
    return f"{digits}e{int(power):+d}"


def draw_plates(painter: QPainter, wires: Iterable[WireItem]) -> None:
    """Paint a plate on each wire that needs one."""
    own = ink()
    for wire in wires:
        if wire.gradient is None:
            continue
        text = plate_text(wire.gradient)
        if not text:
            continue
        middle, room = level_piece(wire.path())
        if advance(chip_font(), text) + 16 > room - 8:
            text = text[-1]  # between two neighbours there is room for the arrow alone
        width = advance(chip_font(), text) + (16 if len(text) > 1 else 10)
        height = sizes.WIRE_PLATE_HEIGHT
        plate = QRectF(middle.x() - width / 2, middle.y() - height / 2, width, height)
        if text.endswith("↓"):
            pen = QPen(own.warn, 1)
            pen.setDashPattern([2, 2])
            painter.setBrush(own.canvas)
        else:
            pen = QPen(own.error, 1)
            painter.setBrush(QColor(own.tokens.error_bg))
        painter.setPen(pen)
        painter.drawRoundedRect(plate, height / 2, height / 2)
        painter.setFont(chip_font())
        painter.setPen(own.text)
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, text)
