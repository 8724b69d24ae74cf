"""How large a node is and where its parts are, in logical pixels from its corner."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Literal

from PySide6.QtCore import QPointF, QRectF, Qt

from netbuilder.app.canvas.ink import (
    advance,
    caption_font,
    chip_font,
    metrics,
    mono_font,
    title_font,
)
from netbuilder.app.canvas.node_face import NodeFace
from netbuilder.app.theme import sizes

#: Which pictures are shown on a node: none, one strip, or two rows of samples.
ViewKind = Literal["none", "strip", "samples"]
VIEW_HEIGHT = {"none": 0, "strip": sizes.NODE_VIEW, "samples": sizes.NODE_VIEW_DATA}
PAD = 10  # least distance of a text from the right border


@dataclass(frozen=True, slots=True)
class NodeLayout:
    """Places of the parts of one node; texts are already cut to fit."""

    width: float
    height: float
    title: str
    summary: str
    shape: str
    names: bool
    marks: tuple[str, ...]
    chip: QRectF
    view: QRectF
    footer: float
    inputs: tuple[QPointF, ...]
    outputs: tuple[QPointF, ...]

    @property
    def body(self) -> QRectF:
        """The box of the node."""
        return QRectF(0, 0, self.width, self.height)


def lay_out(face: NodeFace, view: ViewKind = "none", playing: bool = False) -> NodeLayout:
    """Lay out one node: 140 wide, growing by 8 up to 232 until every text fits.

    A collapsed one is its header, with the ports spread over its sides.
    """
    rows = max(1, len(face.inputs), len(face.outputs))
    names = rows > 1
    marks = _marks(face, playing)
    chip_width = advance(chip_font(), f"×{face.repeat}") + 8 if face.repeat > 1 else 0
    right = PAD + len(marks) * (sizes.NODE_MARK + 7) + (chip_width + 4 if chip_width else 0)

    title_width = advance(title_font(), face.title)
    shape_width = advance(mono_font(), face.shape)
    needed = [sizes.NODE_TITLE_X + title_width + right]
    if not face.collapsed:
        needed += [sizes.NODE_SHAPE_X + shape_width + PAD, _rows_width(face, names)]
    steps = ceil((max(needed) - sizes.NODE_WIDTH) / sizes.NODE_WIDTH_STEP)
    width = min(sizes.NODE_WIDTH + sizes.NODE_WIDTH_STEP * max(0, steps), sizes.NODE_WIDTH_MAX)

    shape = face.shape
    if sizes.NODE_SHAPE_X + shape_width + PAD > width:
        shape = face.narrow_shape or shape
    room = width - sizes.NODE_TITLE_X - right
    title = face.title
    if title_width > room:
        title = metrics(title_font()).elidedText(title, Qt.TextElideMode.ElideRight, room)

    if face.collapsed:
        view, rows = "none", 0
    top = sizes.NODE_HEADER + sizes.NODE_ROW * rows
    footer = top + VIEW_HEIGHT[view]
    chip_left = width - 7 - len(marks) * (sizes.NODE_MARK + 7) - chip_width
    return NodeLayout(
        width=float(width),
        height=float(sizes.NODE_HEADER if face.collapsed else footer + sizes.NODE_FOOTER),
        title=title,
        summary=_summary(face, names, width),
        shape=shape,
        names=names,
        marks=marks,
        chip=QRectF(chip_left, 7, chip_width, 14) if chip_width else QRectF(),
        view=QRectF(0, top, width, VIEW_HEIGHT[view]),
        footer=float(footer),
        inputs=_side(0, len(face.inputs), face.collapsed),
        outputs=_side(width, len(face.outputs), face.collapsed),
    )


def _marks(face: NodeFace, playing: bool) -> tuple[str, ...]:
    found: list[str] = [face.problem] if face.problem else []
    if playing:
        found.append("play")
    if face.muted:
        found.append("muted")
    if face.shared:
        found.append("shared")
    return tuple(found[: sizes.NODE_MARKS_MAX])


def _rows_width(face: NodeFace, names: bool) -> float:
    if not names:
        return 2 * sizes.NODE_PARAMETERS_X + advance(mono_font(), face.summary)
    widest = 0.0
    for i in range(max(len(face.inputs), len(face.outputs))):
        left = advance(caption_font(), face.inputs[i].name) if i < len(face.inputs) else 0.0
        right = advance(caption_font(), face.outputs[i].name) if i < len(face.outputs) else 0.0
        widest = max(widest, left + right + (12 if left and right else 0))
    return widest + 2 * sizes.NODE_PORT_NAME_X


def _summary(face: NodeFace, names: bool, width: float) -> str:
    """The parameters; beside the name of a port only as much as there is room for."""
    if not names or face.inputs or not face.outputs:
        return "" if names else face.summary
    taken = advance(caption_font(), face.outputs[0].name) + sizes.NODE_PORT_NAME_X + 12
    room = width - sizes.NODE_PARAMETERS_X - taken
    return metrics(mono_font()).elidedText(face.summary, Qt.TextElideMode.ElideRight, room)


def _side(x: float, count: int, collapsed: bool) -> tuple[QPointF, ...]:
    if collapsed:
        step = sizes.NODE_HEADER / (count + 1)
        return tuple(QPointF(x, step * (i + 1)) for i in range(count))
    return tuple(QPointF(x, sizes.PORT_FIRST_Y + sizes.PORT_PITCH * i) for i in range(count))
