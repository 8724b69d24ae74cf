"""How a node looks. One function a part; nothing here changes state."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath

from netbuilder.app.canvas.ink import Ink, caption_font, chip_font, ink, mono_font, title_font
from netbuilder.app.canvas.node_face import NO_SHAPE, PortFace
from netbuilder.app.canvas.ports import PortRef, glyph
from netbuilder.app.theme import icons, sizes

if TYPE_CHECKING:
    from netbuilder.app.canvas.node_item import NodeItem

MARKS = {
    "error": ("error", "error"),
    "warning": ("warning", "warn"),
    "play": ("run", "accent"),
    "shared": ("link", "text2"),
    "muted": ("muted", "text2"),
    "frozen": ("frozen", "info"),
}
_CENTRE_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
_CENTRE_RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight


def paint_node(painter: QPainter, item: NodeItem) -> None:
    """Paint a node at the scale of the painter; below 0.6 without its details."""
    own = ink()
    scale = painter.worldTransform().m11()
    detailed = scale >= sizes.DETAIL_BELOW
    if item.face.block:
        _plates(painter, item, own)
    _body(painter, item, own)
    content = 0.6 if item.face.muted else 1.0
    painter.setOpacity(content)
    _header(painter, item, own, scale)
    if not item.face.collapsed:
        if detailed:
            _rows(painter, item, own)
            if item.view is not None:
                _view(painter, item, own)
        _footer(painter, item, own, detailed)
    painter.setOpacity(1.0)
    if item.face.muted:
        _through(painter, item, own)
    _ports(painter, item, own)
    if item.isSelected():
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(own.ring_focus if item.state.focused else own.ring)
        ring = item.layout.body.adjusted(-3, -3, 3, 3)
        painter.drawRoundedRect(ring, sizes.SELECTION_RADIUS, sizes.SELECTION_RADIUS)
    if item.state.hovered and detailed:
        painter.setFont(mono_font())
        painter.setPen(own.text2)
        below = QRectF(0, item.layout.height + 4, item.layout.width + 50, 16)
        painter.drawText(below, _CENTRE_LEFT, item.face.caption)


def _plates(painter: QPainter, item: NodeItem, own: Ink) -> None:
    painter.setBrush(own.head)
    painter.setPen(own.line_strong)
    for away in (6, 3):
        painter.drawRoundedRect(item.layout.body.translated(away, -away), 6, 6)


def _body(painter: QPainter, item: NodeItem, own: Ink) -> None:
    painter.setBrush(own.node)
    dashed = item.face.unknown or item.face.muted
    if item.face.problem:
        painter.setPen(own.severity[item.face.problem][2 if dashed else 0])
    elif dashed:
        painter.setPen(own.line_dashed)
    else:
        strong = item.state.hovered or item.face.block
        painter.setPen(own.line_strong if strong else own.line)
    painter.drawRoundedRect(item.layout.body, sizes.RADIUS_NODE, sizes.RADIUS_NODE)


@lru_cache(maxsize=64)
def _header_shape(width: float, alone: bool = False) -> QPainterPath:
    """Rounded above, straight below, inside the border; `alone` is rounded all around."""
    if alone:
        box = QPainterPath()
        inside, radius = sizes.NODE_HEADER - 1.0, sizes.RADIUS_NODE - 0.5
        box.addRoundedRect(QRectF(0.5, 0.5, width - 1, inside), radius, radius)
        return box
    h, r = float(sizes.NODE_HEADER), sizes.RADIUS_NODE - 0.5
    path = QPainterPath(QPointF(0.5, h))
    path.lineTo(0.5, r)
    path.quadTo(0.5, 0.5, r, 0.5)
    path.lineTo(width - r, 0.5)
    path.quadTo(width - 0.5, 0.5, width - 0.5, r)
    path.lineTo(width - 0.5, h)
    path.closeSubpath()
    return path


def _header(painter: QPainter, item: NodeItem, own: Ink, scale: float) -> None:
    face, layout = item.face, item.layout
    painter.fillPath(
        _header_shape(layout.width, face.collapsed),
        own.head_hover if item.state.hovered else own.head,
    )
    painter.setPen(own.line)
    if not face.collapsed:
        painter.drawLine(QPointF(0.5, 28), QPointF(layout.width - 0.5, 28))
    if item.state.progress is not None:
        painter.fillRect(QRectF(0.5, 28, (layout.width - 1) * item.state.progress, 2), own.accent)

    # Pictures of icons are sharp at whole and half steps of scale.
    ratio = painter.device().devicePixelRatioF() * min(4.0, max(1.0, round(scale * 2 + 0.49) / 2))
    colour = "text2" if face.unknown else face.flow
    name = icons.FAMILY_ICON.get(face.family, icons.FAMILY_ICON["Unknown"])
    painter.drawPixmap(QPointF(8, 6.5), icons.pixmap(name, colour, sizes.NODE_ICON, ratio))

    if not item.state.renaming:
        painter.setFont(title_font())
        painter.setPen(own.text)
        painter.drawText(
            QRectF(sizes.NODE_TITLE_X, 0, layout.width, 28), _CENTRE_LEFT, layout.title
        )
    x = layout.width - 7 - sizes.NODE_MARK
    for mark in layout.marks:
        icon, tint = MARKS[mark]
        painter.drawPixmap(QPointF(x, 7), icons.pixmap(icon, tint, sizes.NODE_MARK, ratio))
        x -= sizes.NODE_MARK + 7
    if not layout.chip.isNull():
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(own.head_hover if not item.state.hovered else own.head)
        painter.drawRoundedRect(layout.chip, 3, 3)
        painter.setFont(chip_font())
        painter.setPen(own.text)
        painter.drawText(layout.chip, Qt.AlignmentFlag.AlignCenter, f"×{face.repeat}")


def _through(painter: QPainter, item: NodeItem, own: Ink) -> None:
    """What comes in goes out: a dotted wire from port to port."""
    if not item.layout.inputs or not item.layout.outputs:
        return
    painter.setPen(own.through[item.face.outputs[0].flow])
    painter.drawLine(item.layout.inputs[0], item.layout.outputs[0])


def _row(i: int, x: float, width: float) -> QRectF:
    return QRectF(x, sizes.NODE_HEADER + sizes.NODE_ROW * i, width, sizes.NODE_ROW)


def _rows(painter: QPainter, item: NodeItem, own: Ink) -> None:
    face, layout = item.face, item.layout
    painter.setPen(own.text2)
    if layout.summary:
        painter.setFont(mono_font())
        row = _row(0, sizes.NODE_PARAMETERS_X, layout.width)
        painter.drawText(row, _CENTRE_LEFT, layout.summary)
    if not layout.names:
        return
    painter.setFont(caption_font())
    inner = layout.width - 2 * sizes.NODE_PORT_NAME_X
    for i, port in enumerate(face.inputs):
        painter.drawText(_row(i, sizes.NODE_PORT_NAME_X, inner), _CENTRE_LEFT, port.name)
    for i, port in enumerate(face.outputs):
        painter.drawText(_row(i, sizes.NODE_PORT_NAME_X, inner), _CENTRE_RIGHT, port.name)


def _view(painter: QPainter, item: NodeItem, own: Ink) -> None:
    area = item.layout.view
    view = item.view
    if isinstance(view, np.ndarray):
        painter.fillPath(item.bars(), own.view[item.face.flow])
        return
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
    if item.face.flow == "sequence" and view and item.view_kind != "samples":
        # A sequence is one wide picture: time to the right, features downward.
        painter.drawImage(QRectF(10, area.top() + 4, item.layout.width - 20, 40), view[0])
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, True)
        return
    side, columns = (27, 4) if item.view_kind == "samples" else (38, 3)
    gap = 3
    left = 10.0
    for i, image in enumerate((view or ())[: 8 if side == 27 else 3]):
        x = left + (i % columns) * (side + gap)
        y = area.top() + 4 + (i // columns) * (side + gap)
        painter.drawImage(QRectF(x, y, side, side), image)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, True)


def histogram(counts: np.ndarray, area: QRectF) -> QPainterPath:
    """Bars as high as the counts, the highest filling `area`; nothing if none is above 0."""
    bars = QPainterPath()
    top = float(counts.max(initial=0.0))
    if not np.isfinite(top) or top <= 0:
        return bars
    step = area.width() / len(counts)
    width = max(step - 0.8, 0.5)
    for i, height in enumerate((np.maximum(counts, 0) / top * area.height()).tolist()):
        if height > 0:
            bars.addRect(area.left() + i * step, area.bottom() - height, width, height)
    return bars


def _footer(painter: QPainter, item: NodeItem, own: Ink, detailed: bool) -> None:
    face, layout = item.face, item.layout
    painter.setPen(own.line)
    painter.drawLine(QPointF(0.5, layout.footer), QPointF(layout.width - 0.5, layout.footer))
    if not detailed:
        return
    middle = layout.footer + sizes.NODE_FOOTER / 2
    painter.save()
    painter.translate(sizes.NODE_GLYPH_X, middle)
    missing = face.shape == NO_SHAPE
    shape = glyph(face.flow, sizes.NODE_GLYPH_RADIUS)
    if face.flow == "any":
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(own.error if missing else own.text3)
        painter.drawPath(shape)
    else:
        painter.fillPath(shape, own.fill[face.flow])
    painter.restore()
    painter.setFont(mono_font())
    painter.setPen(own.error if missing else own.text if face.flow != "any" else own.text3)
    box = QRectF(sizes.NODE_SHAPE_X, layout.footer, layout.width, sizes.NODE_FOOTER)
    painter.drawText(box, _CENTRE_LEFT, layout.shape)


def _ports(painter: QPainter, item: NodeItem, own: Ink) -> None:
    node_id, state = item.node.id, item.state
    for output, faces, places in (
        (False, item.face.inputs, item.layout.inputs),
        (True, item.face.outputs, item.layout.outputs),
    ):
        for face, at in zip(faces, places, strict=True):
            painter.translate(at)
            ref = PortRef(node_id, face.name, output)
            _port(painter, face, state.port == ref, state.fits.get(ref), own)
            painter.translate(-at)


def _port(painter: QPainter, face: PortFace, hovered: bool, fits: bool | None, own: Ink) -> None:
    if fits is False:
        painter.setOpacity(0.35)
    if hovered and fits is not False:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(own.halo[face.flow])
        painter.drawEllipse(QPointF(0, 0), sizes.PORT_HALO, sizes.PORT_HALO)
    if fits:
        painter.setPen(own.ring)
        painter.setBrush(own.canvas)
        painter.drawEllipse(QPointF(0, 0), sizes.PORT_HALO, sizes.PORT_HALO)
    shape = glyph(face.flow, sizes.PORT_RADIUS_HOVER if hovered else sizes.PORT_RADIUS)
    painter.setPen(own.port[face.flow])
    filled = face.connected or hovered or bool(fits)
    painter.setBrush(own.fill[face.flow] if filled and face.flow != "any" else own.canvas)
    painter.drawPath(shape)
    if fits is False:
        painter.setOpacity(1.0)
