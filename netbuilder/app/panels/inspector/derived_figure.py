"""A number with its name, that unfolds to the steps by which it comes about."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from netbuilder.app.theme import fonts
from netbuilder.app.widgets import Link, ThemedLabel


class DerivedFigure(QWidget):
    """One line like those of `Figures`; "how" beside the name shows the steps, and hides them.

    What is unfolded stays so while other nodes are looked at.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._unfolded = False
        self.name = ThemedLabel(name, "text2")
        self.number = ThemedLabel(token="text", font=fonts.panel_mono())
        self.number.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.number.setAccessibleName(name)
        self.how = Link("how", self._turn)
        self.steps = ThemedLabel(token="text2", font=fonts.panel_mono(), wrap=True)
        self.steps.setTextFormat(Qt.TextFormat.PlainText)
        self.steps.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.steps.setAccessibleName(f"How many {name.lower()}, step by step")
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.name)
        row.addWidget(self.how)
        row.addWidget(self.number, 1, Qt.AlignmentFlag.AlignRight)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(row)
        layout.addWidget(self.steps)
        self.show_figure("", ())

    def show_figure(self, number: str, steps: Sequence[str]) -> None:
        """Show a number; without steps there is nothing to unfold."""
        self.number.setText(number)
        self.steps.setText("\n".join(steps))
        self.how.setVisible(bool(steps))
        self._fold()

    def _turn(self) -> None:
        self._unfolded = not self._unfolded
        self._fold()

    def _fold(self) -> None:
        self.how.setText("hide" if self._unfolded else "how")
        self.how.setAccessibleName(
            f"{'Hide' if self._unfolded else 'Show'} how many {self.name.text().lower()}"
        )
        self.how.updateGeometry()
        self.steps.setVisible(self._unfolded and bool(self.steps.text()))
