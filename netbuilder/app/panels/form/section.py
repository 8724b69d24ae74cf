"""A part of a panel: a line above, a heading, perhaps something at its right."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from netbuilder.app.theme import colour, fonts, sizes
from netbuilder.app.widgets import ThemedLabel


class Section(QWidget):
    """Put widgets in with `add`; an empty `title` leaves the heading out."""

    def __init__(self, title: str = "", line: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._line = line
        self.body = QVBoxLayout(self)
        pad = sizes.PANEL_PADDING
        self.body.setContentsMargins(pad, 12, pad, 12)
        self.body.setSpacing(sizes.GRID)
        self._head: QHBoxLayout | None = None
        if title:
            self.heading = ThemedLabel(title, "text", fonts.title())
            self._head = QHBoxLayout()
            self._head.setContentsMargins(0, 0, 0, 4)
            self._head.setSpacing(8)
            self._head.addWidget(self.heading, 1)
            self.body.addLayout(self._head)

    def add(self, *widgets: QWidget) -> None:
        """Put widgets below what is there."""
        for widget in widgets:
            self.body.addWidget(widget)

    def add_to_head(self, widget: QWidget) -> None:
        """Put something at the right of the heading."""
        if self._head is not None:
            self._head.addWidget(widget, 0, Qt.AlignmentFlag.AlignRight)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._line:
            painter = QPainter(self)
            painter.fillRect(0, 0, self.width(), 1, colour("line"))


class Figures(QWidget):
    """Names at the left, numbers at the right, one a line."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(2)
        self._rows: list[tuple[QWidget, ThemedLabel, ThemedLabel]] = []

    def show_figures(self, figures: list[tuple[str, str]]) -> None:
        """Show these pairs of name and number."""
        while len(self._rows) < len(figures):
            self._rows.append(self._row())
        for place, (row, name, number) in enumerate(self._rows):
            row.setVisible(place < len(figures))
            if place < len(figures):
                name.setText(figures[place][0])
                number.setText(figures[place][1])
                number.setAccessibleName(figures[place][0])

    def texts(self) -> dict[str, str]:
        """What is shown."""
        return {
            name.text(): number.text() for row, name, number in self._rows if not row.isHidden()
        }

    def _row(self) -> tuple[QWidget, ThemedLabel, ThemedLabel]:
        row = QWidget(self)
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        name = ThemedLabel(token="text2")
        number = ThemedLabel(token="text", font=fonts.panel_mono())
        number.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout.addWidget(name)
        layout.addWidget(number, 1, Qt.AlignmentFlag.AlignRight)
        row.setFixedHeight(20)
        self._layout.addWidget(row)
        return row, name, number


def grouped(number: int) -> str:
    """A whole number with thin spaces between thousands: 27 354."""
    return f"{number:,}".replace(",", "\u2009")


def rounded(number: int) -> str:
    """A large number in few digits: 2 320, 1.81 M, 5.2 G."""
    for size, unit in ((1e12, "T"), (1e9, "G"), (1e6, "M")):
        if number >= size:
            return f"{number / size:.3g}\u2009{unit}"
    return grouped(number)
