"""A switch: on or off, at once."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from netbuilder.app.panels.focus import by_keyboard
from netbuilder.app.theme import colour, fonts, sizes

_WIDTH, _HEIGHT = 28, 16


class Toggle(QAbstractButton):
    """A switch with words beside it; Space and a click turn it."""

    chosen = Signal(object)
    """The person turned it; the new state."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedHeight(sizes.FIELD_HEIGHT)
        self.setFont(fonts.caption())
        self.clicked.connect(lambda on: self.chosen.emit(on))

    def show_value(self, value: object) -> None:
        """Show a state without telling anybody."""
        self.setChecked(value is True)

    def sizeHint(self) -> QSize:
        words = self.fontMetrics().horizontalAdvance(self.text()) + 8 if self.text() else 0
        return QSize(_WIDTH + 4 + words, sizes.FIELD_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(_WIDTH + 4, sizes.FIELD_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        groove = QRectF(2, (self.height() - _HEIGHT) / 2, _WIDTH, _HEIGHT)
        on, enabled = self.isChecked(), self.isEnabled()
        fill = colour("accent_fill" if on else "input") if enabled else colour("hover")
        edge = colour("accent_fill" if on else "line_strong") if enabled else colour("line")
        painter.setBrush(fill)
        painter.setPen(QPen(edge, 1))
        inside = groove.adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(inside, inside.height() / 2, inside.height() / 2)
        x = groove.right() - _HEIGHT / 2 if on else groove.left() + _HEIGHT / 2
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("on_accent" if on else "text2") if enabled else colour("disabled"))
        painter.drawEllipse(QPointF(x, groove.center().y()), 5.5 if on else 5, 5.5 if on else 5)
        if by_keyboard(self):
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colour("accent"), 2))
            ring = groove.adjusted(-1, -1, 1, 1)
            painter.drawRoundedRect(ring, ring.height() / 2, ring.height() / 2)
        if self.text():
            painter.setPen(colour("text3" if enabled else "disabled"))
            words = self.rect().adjusted(_WIDTH + 10, 0, 0, 0)
            painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, self.text())
