"""Formulas as mathtext laid them out, painted in the colour and at the size that is wanted."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QTransform

from netbuilder.help import formulas
from netbuilder.layers.formula import lines

#: Between two lines, in heights of a letter.
_GAP = 0.45


@dataclass(frozen=True, slots=True)
class Drawing:
    """A formula as one shape, of which one unit is the height of a letter; y runs downwards."""

    path: QPainterPath
    width: float
    height: float

    def scale(self, letter: float, room: float) -> float:
        """Pixels a unit: letters of this size, or smaller ones if `room` is too narrow."""
        return min(letter, room / self.width) if self.width else letter

    def paint(self, painter: QPainter, box: QRectF, letter: float, colour: QColor) -> None:
        """Paint it in the middle of `box`."""
        scale = self.scale(letter, box.width())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(
            box.center().x() - self.width * scale / 2, box.center().y() - self.height * scale / 2
        )
        painter.scale(scale, scale)
        painter.fillPath(self.path, colour)
        painter.restore()

    def image(self, letter: float, room: float, ratio: float, colour: QColor) -> QImage:
        """A picture of it for a screen of this pixel ratio, on nothing."""
        scale = self.scale(letter, room) * ratio
        image = QImage(
            max(1, round(self.width * scale)),
            max(1, round(self.height * scale)),
            QImage.Format.Format_ARGB32_Premultiplied,
        )
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        self.paint(painter, QRectF(image.rect()), letter * ratio, colour)
        painter.end()
        image.setDevicePixelRatio(ratio)
        return image


@cache
def drawing(tex: str) -> Drawing | None:
    """A formula to paint, or None if a line of it was never laid out."""
    kept = _kept()
    whole = QPainterPath()
    whole.setFillRule(Qt.FillRule.WindingFill)
    width = top = 0.0
    for line in lines(tex):
        found = kept["lines"].get(line)
        if found is None:
            return None
        long, above, below = (n / formulas.SIZE for n in found["size"])
        base = top + above
        for name, x, y, share in found["glyphs"]:
            scale = share / formulas.SIZE
            place = QTransform(scale, 0, 0, -scale, x / formulas.SIZE, base - y / formulas.SIZE)
            whole.addPath(place.map(_glyph(name)))
        for x, y, wide, high in found["bars"]:
            corner = base - (y + high) / formulas.SIZE
            whole.addRect(x / formulas.SIZE, corner, wide / formulas.SIZE, high / formulas.SIZE)
        width = max(width, long)
        top = base + below + _GAP
    if not width:
        return None
    # Slanted letters reach over the box that mathtext counts.
    box = whole.boundingRect().united(QRectF(0, 0, width, top - _GAP))
    return Drawing(whole.translated(-box.topLeft()), box.width(), box.height())


@cache
def _kept() -> Any:
    """What is in the file; nothing if it is missing or spoilt, for then formulas are text."""
    try:
        return json.loads(formulas.FILE.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {"lines": {}, "glyphs": {}}


@cache
def _glyph(name: str) -> QPainterPath:
    """An outline as the file has it, y upwards."""
    path = QPainterPath()
    parts = _kept()["glyphs"][name].split()
    at = 0
    while at < len(parts):
        letter, at = parts[at], at + 1
        count = {"M": 2, "L": 2, "Q": 4, "C": 6, "Z": 0}[letter]
        n = [float(part) for part in parts[at : at + count]]
        at += count
        if letter == "M":
            path.moveTo(n[0], n[1])
        elif letter == "L":
            path.lineTo(n[0], n[1])
        elif letter == "Q":
            path.quadTo(n[0], n[1], n[2], n[3])
        elif letter == "C":
            path.cubicTo(n[0], n[1], n[2], n[3], n[4], n[5])
        else:
            path.closeSubpath()
    return path
