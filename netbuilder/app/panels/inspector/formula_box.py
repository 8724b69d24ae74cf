"""A formula in a frame: drawn where it was laid out, told as text where it was not."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QFont,
    QGuiApplication,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from netbuilder.app.formula_drawing import Drawing, drawing
from netbuilder.app.theme import colour, sizes, theme
from netbuilder.app.widgets import ThemedLabel
from netbuilder.app.widgets.menu import Menu
from netbuilder.layers import formula

_LETTER = 15
_PAD = 10


class FormulaBox(QWidget):
    """The formula of a kind, as wide as the panel; a menu copies it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tex = ""
        self._drawing: Drawing | None = None
        font = QFont(["STIX Two Text", "Cambria", "Liberation Serif", "DejaVu Serif", "Times"])
        font.setStyleHint(QFont.StyleHint.Serif)
        font.setPixelSize(_LETTER)
        font.setItalic(True)
        self.words = ThemedLabel(token="text", font=font, parent=self, wrap=True)
        self.words.setTextFormat(Qt.TextFormat.RichText)
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        theme.changed.connect(self.update)

    def show_formula(self, tex: str) -> None:
        """Show a formula in LaTeX; without one there is no box."""
        self.setVisible(bool(tex))
        if tex == self._tex:
            return
        self._tex, self._drawing = tex, drawing(tex)
        self.words.setVisible(self._drawing is None)
        self.words.setText("" if self._drawing else formula.rich(tex))
        self.setAccessibleName(f"Formula: {formula.plain(tex)}")
        self.updateGeometry()
        self.update()

    @property
    def drawn(self) -> bool:
        """Whether a picture is shown, not text."""
        return self._drawing is not None

    def sizeHint(self) -> QSize:
        return QSize(200, self.heightForWidth(max(200, self.width())))

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self.heightForWidth(max(80, self.width())))

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        if self._drawing is None:
            return max(20, self.words.heightForWidth(width - 2 * _PAD)) + 2 * _PAD
        scale = self._drawing.scale(_LETTER, width - 2 * _PAD)
        return round(self._drawing.height * scale) + 2 * _PAD

    def resizeEvent(self, event: QResizeEvent) -> None:
        # A layout would hide from the panel that the height follows from the width.
        self.words.setGeometry(self.rect().adjusted(_PAD, _PAD, -_PAD, -_PAD))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour("line"), 1))
        painter.setBrush(colour("input"))
        inside = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(inside, sizes.RADIUS_CONTROL, sizes.RADIUS_CONTROL)
        if self._drawing is not None:
            room = QRectF(self.rect()).adjusted(_PAD, _PAD, -_PAD, -_PAD)
            self._drawing.paint(painter, room, _LETTER, colour("text"))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = Menu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        clipboard = QGuiApplication.clipboard()
        menu.addAction("Copy as LaTeX", lambda: clipboard.setText(self._tex_in_lines()))
        menu.addAction("Copy as text", lambda: clipboard.setText(formula.plain(self._tex)))
        menu.popup(event.globalPos())

    def _tex_in_lines(self) -> str:
        return " \\\\\n".join(formula.lines(self._tex))
