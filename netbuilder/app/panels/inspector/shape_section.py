"""What flows into a node, what flows out, and what that costs."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from netbuilder.app.panels.form import Figures, Section, grouped, rounded
from netbuilder.app.panels.inspector.derived_figure import DerivedFigure
from netbuilder.app.theme import fonts
from netbuilder.app.widgets import ThemedLabel
from netbuilder.compiler.report import NodeInfo
from netbuilder.layers import TensorSpec
from netbuilder.layers.derivation import derived
from netbuilder.layers.sizes import by
from netbuilder.layers.telling import told

_WIDE = 34
"""Characters of 11-px mono that fit beside each other in the narrowest inspector."""


class ShapeSection(Section):
    """Shapes, number of parameters, multiply-adds and receptive field of one node."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Shape", parent=parent)
        self.shapes = ThemedLabel(token="text", font=fonts.panel_mono(), wrap=True)
        self.shapes.setTextFormat(Qt.TextFormat.PlainText)
        self.shapes.setAccessibleName("Shapes in and out")
        self.shapes.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.words = ThemedLabel(token="text2", wrap=True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setAccessibleName("Shapes in words")
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.parameters = DerivedFigure("Parameters")
        self.work = DerivedFigure("Multiply-adds")
        self.figures = Figures()
        self.add(self.shapes, self.words, self.parameters, self.work, self.figures)
        self.body.setSpacing(6)

    def show_info(
        self, info: NodeInfo | None, inside: bool = False, field: tuple[int, ...] = ()
    ) -> None:
        """Show what is known; None while a problem before it hides the shapes.

        inside: the node is in a block, whose shapes are those of its first instance.
        field: how many values of the data one value depends on, along each axis.
        """
        if info is None or not (info.inputs or info.outputs):
            self.shapes.set_token("text3")
            self.shapes.setFont(fonts.body())
            self.shapes.setText(
                "Not known until the block is placed and wired."
                if inside
                else "Not known yet: connect its inputs and mend what is wrong."
            )
        else:
            self.shapes.set_token("text")
            self.shapes.setFont(fonts.panel_mono())
            self.shapes.setText(shapes_text(info))
        self.words.setText(shapes_words(info) if info is not None else "")
        self.words.setVisible(bool(self.words.text()))
        for figure in (self.parameters, self.work):
            figure.setVisible(info is not None)
        if info is not None:
            # Weights shared with another node are counted there.
            own = info.weights if info.parameters else {}
            self.parameters.show_figure(grouped(info.parameters), derived(own))
            self.work.show_figure(rounded(info.multiply_adds), derived(info.work))
        self.figures.show_figures([("Receptive field", by(field))] if field else [])


def shapes_text(info: NodeInfo) -> str:
    """``B×16×28×28 → B×16×28×28``, or one line a port where there are several."""
    into = [(name, spec) for name, specs in info.inputs.items() for spec in specs]
    out = list(info.outputs.items())
    if len(into) == 1 and len(out) == 1:
        before, after = _text(into[0][1]), _text(out[0][1])
        wide = len(before) + len(after) + 3 > _WIDE
        return f"{before}\n→ {after}" if wide else f"{before} → {after}"
    width = max((len(name) for name, _ in into + out), default=0)
    lines = [f"{name:<{width}}  {_text(spec)}" for name, spec in into]
    lines += [f"→ {name:<{max(width - 2, len(name))}}  {_text(spec)}" for name, spec in out]
    return "\n".join(lines)


def shapes_words(info: NodeInfo) -> str:
    """Of each sample: ``Takes an image of 1 channel, 8 × 8. Gives a vector of 64 numbers.``"""
    into = [(name, spec) for name, specs in info.inputs.items() for spec in specs]
    sentences = [
        f"{verb} {', '.join(_told(found, len(found) > 1))}."
        for verb, found in (("Takes", into), ("Gives", list(info.outputs.items())))
        if found
    ]
    return " ".join(sentences)


def _told(found: list[tuple[str, TensorSpec]], named: bool) -> list[str]:
    return [f"{told(spec)} ({name})" if named else told(spec) for name, spec in found]


def _text(spec: TensorSpec) -> str:
    return spec.text("×")
