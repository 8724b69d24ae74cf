"""Formula and help of a kind, from its declaration."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from netbuilder.app.panels.form import Section
from netbuilder.app.panels.inspector.curve_view import CurveView
from netbuilder.app.theme import colour, fonts, sizes
from netbuilder.app.widgets import ThemedLabel


class FormulaBox(QWidget):
    """A formula in a frame, in serif italics."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        font = QFont(["STIX Two Text", "Cambria", "Liberation Serif", "DejaVu Serif", "Times"])
        font.setStyleHint(QFont.StyleHint.Serif)
        font.setPixelSize(15)
        font.setItalic(True)
        self.words = ThemedLabel(token="text", font=font, wrap=True)
        self.words.setTextFormat(Qt.TextFormat.RichText)
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.words.setAccessibleName("Formula")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 10)
        layout.addWidget(self.words)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour("line"), 1))
        painter.setBrush(colour("input"))
        inside = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(inside, sizes.RADIUS_CONTROL, sizes.RADIUS_CONTROL)


class HelpSection(Section):
    """Formula, its curve, what the layer does, and where that is taught."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Formula", parent=parent)
        self.formula = FormulaBox()
        self.curve = CurveView()
        self.help = ThemedLabel(token="text2", wrap=True)
        self.help.setTextFormat(Qt.TextFormat.PlainText)
        self.help.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.help.setAccessibleName("Help")
        self.cites = ThemedLabel(token="text3", font=fonts.caption(), wrap=True)
        self.add(self.formula, self.curve, self.help, self.cites)
        self.body.setSpacing(8)

    def show_help(self, formula: str, help: str, cites: str) -> None:
        """Show the texts of a declaration; empty ones take no room."""
        self.heading.setText("Formula" if formula else "What it does")
        self.formula.words.setText(formula)
        self.formula.setVisible(bool(formula))
        self.help.setText(unfolded(help))
        self.help.setVisible(bool(help))
        self.cites.setText(cites)
        self.cites.setVisible(bool(cites))
        self.setVisible(bool(formula or help))


def unfolded(text: str) -> str:
    """A docstring whose lines are joined to paragraphs."""
    return "\n\n".join(" ".join(part.split()) for part in text.split("\n\n"))
