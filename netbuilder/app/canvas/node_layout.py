"""How large a node is and where its parts are, in logical pixels from its corner."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest
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


@dataclass(frozen=True, slots=True)
class _Words:
    """All of a face that takes room; the same for hundreds of nodes of a large network."""

    title: str
    summary: str
    shape: str
    narrow_shape: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    marks: tuple[str, ...]
    repeat: int
    collapsed: bool


def lay_out(face: NodeFace, view: ViewKind = "none", playing: bool = False) -> NodeLayout:
    """Lay out one node: 140 wide, growing by 8 up to 232 until every text fits.

    A collapsed one is its header, with the ports spread over its sides.
    """
    words = _Words(
        face.title,
        face.summary,
        face.shape,
        face.narrow_shape,
        tuple([port.name for port in face.inputs]),
        tuple([port.name for port in face.outputs]),
        _marks(face, playing),
        face.repeat,
        face.collapsed,
    )
    return _laid_out(words, view)


@lru_cache(maxsize=4096)
def _laid_out(words: _Words, view: ViewKind) -> NodeLayout:
    rows = max(1, len(words.inputs), len(words.outputs))
    names = rows > 1
    marks = words.marks
    chip_width = advance(chip_font(), f"×{words.repeat}") + 8 if words.repeat > 1 else 0
    right = PAD + len(marks) * (sizes.NODE_MARK + 7) + (chip_width + 4 if chip_width else 0)

    title_width = advance(title_font(), words.title)
    shape_width = advance(mono_font(), words.shape)
    needed = [sizes.NODE_TITLE_X + title_width + right]
    if not words.collapsed:
        needed += [sizes.NODE_SHAPE_X + shape_width + PAD, _rows_width(words, names)]
    steps = ceil((max(needed) - sizes.NODE_WIDTH) / sizes.NODE_WIDTH_STEP)
    width = min(sizes.NODE_WIDTH + sizes.NODE_WIDTH_STEP * max(0, steps), sizes.NODE_WIDTH_MAX)

    shape = words.shape
    if sizes.NODE_SHAPE_X + shape_width + PAD > width:
        shape = words.narrow_shape or shape
    room = width - sizes.NODE_TITLE_X - right
    title = words.title
    if title_width > room:
        title = metrics(title_font()).elidedText(title, Qt.TextElideMode.ElideRight, room)

    if words.collapsed:
        view, rows = "none", 0
    top = sizes.NODE_HEADER + sizes.NODE_ROW * rows
    footer = top + VIEW_HEIGHT[view]
    chip_left = width - 7 - len(marks) * (sizes.NODE_MARK + 7) - chip_width
    return NodeLayout(
        width=float(width),
        height=float(sizes.NODE_HEADER if words.collapsed else footer + sizes.NODE_FOOTER),
        title=title,
        summary=_summary(words, names, width),
        shape=shape,
        names=names,
        marks=marks,
        chip=QRectF(chip_left, 7, chip_width, 14) if chip_width else QRectF(),
        view=QRectF(0, top, width, VIEW_HEIGHT[view]),
        footer=float(footer),
        inputs=_side(0, len(words.inputs), words.collapsed),
        outputs=_side(width, len(words.outputs), words.collapsed),
    )


def _marks(face: NodeFace, playing: bool) -> tuple[str, ...]:
    found: list[str] = [face.problem] if face.problem else []
    if playing:
        found.append("play")
    if face.muted:
        found.append("muted")
    if face.frozen:
        found.append("frozen")
    if face.shared:
        found.append("shared")
    return tuple(found[: sizes.NODE_MARKS_MAX])


def _rows_width(words: _Words, names: bool) -> float:
    if not names:
        return 2 * sizes.NODE_PARAMETERS_X + advance(mono_font(), words.summary)
    widest = 0.0
    for left_name, right_name in zip_longest(words.inputs, words.outputs, fillvalue=""):
        left = advance(caption_font(), left_name)
        right = advance(caption_font(), right_name)
        widest = max(widest, left + right + (12 if left and right else 0))
    return widest + 2 * sizes.NODE_PORT_NAME_X


def _summary(words: _Words, names: bool, width: float) -> str:
    """The parameters; beside the name of a port only as much as there is room for."""
    if not names or words.inputs or not words.outputs:
        return "" if names else words.summary
    taken = advance(caption_font(), words.outputs[0]) + sizes.NODE_PORT_NAME_X + 12
    room = width - sizes.NODE_PARAMETERS_X - taken
    return metrics(mono_font()).elidedText(words.summary, Qt.TextElideMode.ElideRight, room)


def _side(x: float, count: int, collapsed: bool) -> tuple[QPointF, ...]:
    if collapsed:
        step = sizes.NODE_HEADER / (count + 1)
        return tuple(QPointF(x, step * (i + 1)) for i in range(count))
    return tuple(QPointF(x, sizes.PORT_FIRST_Y + sizes.PORT_PITCH * i) for i in range(count))
