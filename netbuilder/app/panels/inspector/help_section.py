"""Formula and help of a kind, from its declaration."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from netbuilder.app.panels.form import Section
from netbuilder.app.panels.inspector.curve_view import CurveView
from netbuilder.app.panels.inspector.formula_box import FormulaBox
from netbuilder.app.theme import fonts
from netbuilder.app.widgets import Link, ThemedLabel
from netbuilder.layers import Layer


class HelpSection(Section):
    """Formula, its curve, what the layer does, when to use it, and where that is taught.

    Common mistakes unfold; what is unfolded stays so while other nodes are looked at.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Formula", parent=parent)
        self._unfolded = False
        self.formula = FormulaBox()
        self.curve = CurveView()
        self.help = _text("Help")
        self.use = _text("When to use it")
        self.use.setTextFormat(Qt.TextFormat.RichText)
        self.how = Link("Common mistakes", self._turn)
        self.mistakes = _text("Common mistakes")
        self.cites = ThemedLabel(token="text3", font=fonts.caption(), wrap=True)
        self.add(self.formula, self.curve, self.help, self.use)
        self.body.addWidget(self.how, 0, Qt.AlignmentFlag.AlignLeft)
        self.add(self.mistakes, self.cites)
        self.body.setSpacing(8)

    def show_kind(self, kind: type[Layer]) -> None:
        """Show what a declaration tells; what is empty takes no room."""
        self.heading.setText("Formula" if kind.tex else "What it does")
        self.formula.show_formula(kind.tex)
        _show(self.help, unfolded(kind.help()))
        _show(self.use, f"<b>When to use it.</b> {escape(kind.use)}" if kind.use else "")
        self.mistakes.setText("\n".join(f"• {mistake}" for mistake in kind.mistakes))
        self.how.setVisible(bool(kind.mistakes))
        self._fold()
        _show(self.cites, kind.cites)
        self.setVisible(bool(kind.tex or kind.help()))

    def show_words(self, words: str) -> None:
        """Show one sentence about what no declaration tells of."""
        self.heading.setText("What it does")
        self.formula.show_formula("")
        _show(self.help, words)
        self.mistakes.setText("")
        for part in (self.use, self.how, self.mistakes, self.cites):
            part.hide()
        self.setVisible(bool(words))

    def _turn(self) -> None:
        self._unfolded = not self._unfolded
        self._fold()

    def _fold(self) -> None:
        self.how.setText("Hide common mistakes" if self._unfolded else "Common mistakes")
        self.how.setAccessibleName(f"{'Hide' if self._unfolded else 'Show'} common mistakes")
        self.how.updateGeometry()
        self.mistakes.setVisible(self._unfolded and bool(self.mistakes.text()))


def _text(name: str) -> ThemedLabel:
    label = ThemedLabel(token="text2", wrap=True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setAccessibleName(name)
    return label


def _show(label: ThemedLabel, text: str) -> None:
    label.setText(text)
    label.setVisible(bool(text))


def unfolded(text: str) -> str:
    """A docstring whose lines are joined to paragraphs."""
    plain = text.replace("`", "")  # marks of code, for who reads the source
    return "\n\n".join(" ".join(part.split()) for part in plain.split("\n\n"))
